--- Which transport a call goes over.
local core = require("pgai.core")
local errors = require("pgai.errors")

local transports = {}

local names = { auto = true, curl = true, cosocket = true, resty_http = true }

-- Threads of nginx, and other programs, may have an `ngx` that cannot open a socket.
local function in_nginx()
    local ngx = rawget(_G, "ngx")
    return type(ngx) == "table" and type(ngx.socket) == "table" and ngx.socket.tcp ~= nil
end

-- Asked for each call, as one client may be used in nginx and before it has started.
local function name_of(choice)
    if choice == nil or choice == "auto" then
        return in_nginx() and "cosocket" or "curl"
    end
    return choice
end

--- Check the option `transport`.
-- @tparam table options of a client
-- @raise usage
function transports.check(options)
    local choice = options.transport
    if type(choice) == "string" and not names[choice] then
        errors.usage("transport must be auto, curl, cosocket, resty_http or a table, not %s", choice)
    end
    if choice ~= nil and type(choice) ~= "string" and type(choice) ~= "table"
        and type(choice) ~= "userdata" then
        errors.usage("transport must be a string or a table, not %s", type(choice))
    end
    if choice == nil or type(choice) == "string" then
        return
    end
    for _, method in ipairs({ "now", "sleep", "request" }) do
        if type(choice[method]) ~= "function" then
            errors.usage("transport has no method %s", method)
        end
    end
end

--- The transport for a client's next call.
-- @tparam table record of a client; one is made and kept in record.shared where needed
-- @treturn table the transport
-- @return what tells its clock from others
function transports.get(record)
    local name = name_of(record.options.transport)
    if type(name) ~= "string" then
        record.shared.transports[name] = name
        return name, name
    end
    local made = record.shared.transports[name]
    if not made then
        local why
        made, why = require("pgai.transports." .. name).new({
            base_url = record.options.base_url,
            proxy = record.options.proxy,
            ca = record.options.ca,
        })
        if not made then
            errors.usage("%s", why)
        end
        record.shared.transports[name] = made
    end
    return made, name
end

--- Whether a call would have to wait where nginx cannot.
-- @tparam table record of a client
-- @treturn ?table the fields of an error
function transports.cannot_wait(record)
    local name = name_of(record.options.transport)
    if type(name) ~= "string" or name == "curl" or not in_nginx() or core.isyieldable() then
        return nil
    end
    local ngx = rawget(_G, "ngx")
    return {
        kind = "not_yieldable",
        message = ("a call has to wait, which nginx cannot do in %s, at the top of a module, or "
            .. "under a C function such as table.sort: start it with ngx.timer.at(0, f)"):format(
            ngx.get_phase and ngx.get_phase() or "this phase"),
    }
end

return transports
