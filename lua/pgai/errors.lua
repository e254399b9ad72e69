--- Errors: tables that print well.
--
-- Fields: kind (see the table of kinds), message, status (of HTTP), code, request_id,
-- permission, details, retry_after (seconds), requests, outcome_unknown; response (status and
-- headers, of the response that the call failed with; nil: none came); where (the position
-- of the mistake) for kind "usage"; cursor when a walk ended; traceback once it was raised.
local errors = {}

local Error = { __name = "pgai.Error" }
Error.__index = Error

local here = debug.getinfo(1, "S").source:match("^(.*)errors%.lua$") or "@pgai"

function Error:__tostring()
    local text = ("pgai: %s"):format(self.message or self.kind)
    if self.where then
        text = ("%s: %s"):format(self.where, text)
    end
    if self.status and not text:find("status " .. self.status, 1, true) then
        text = ("%s (HTTP status %d)"):format(text, self.status)
    end
    if self.key_source then
        text = ("%s (the key came from %s: is it the right one?)"):format(text, self.key_source)
    end
    if self.request_id then
        text = ("%s (request %s)"):format(text, self.request_id)
    end
    return text
end

-- The position of the first function on the stack that is not part of this package.
local function caller()
    local level = 2
    local info = debug.getinfo(level, "Sl")
    while info do
        if info.currentline > 0 and info.source:sub(1, #here) ~= here then
            return ("%s:%d"):format(info.short_src, info.currentline)
        end
        level = level + 1
        info = debug.getinfo(level, "Sl")
    end
    return nil
end

--- Make an error of the fields that it has, which become the error itself.
-- @tparam table fields kind and message at least
-- @treturn table
function errors.new(fields)
    if fields.kind == "usage" then
        fields.where = caller()
    end
    fields.requests = fields.requests or 0
    fields.outcome_unknown = fields.outcome_unknown or false
    return setmetatable(fields, Error)
end

-- Whether an error that is raised now reaches ngx_lua itself: above the chunk of nginx.conf the
-- stack has only Lua functions and require(), which do not catch it. If a light thread or a
-- coroutine begins with another function, its starter may want the error.
local function reaches_nginx()
    if not rawget(_G, "ngx") then
        return false
    end
    local level = 2
    local info = debug.getinfo(level, "Sn")
    local begins_with
    while info do
        if info.what == "C" and info.name ~= "require" then
            return false
        end
        begins_with = info.what
        level = level + 1
        info = debug.getinfo(level, "Sn")
    end
    local thread, is_main = coroutine.running()
    return begins_with == "main" or not thread or is_main
end

--- Raise an error. If only nginx can catch it, which prints only text, the error is text.
-- @tparam table err made by `new`
function errors.raise(err)
    if reaches_nginx() then
        error(tostring(err), 0)
    end
    err.traceback = debug.traceback(tostring(err), 2)
    error(err, 0)
end

--- Raise the error that an argument is not acceptable, at the caller's line.
-- @tparam string message
-- @param ... for string.format
function errors.usage(message, ...)
    errors.raise(errors.new({ kind = "usage", message = message:format(...) }))
end

--- Whether a value is an error of this package, and of a kind if one is given.
-- @param value anything
-- @tparam[opt] string kind such as "not_found"
-- @treturn boolean
function errors.is_error(value, kind)
    return getmetatable(value) == Error and (kind == nil or value.kind == kind)
end

return errors
