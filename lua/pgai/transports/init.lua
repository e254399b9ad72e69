--- Which transport a call goes over.
local core = require("pgai.core")
local errors = require("pgai.errors")

local transports = {}

local names = { auto = true, curl = true, cosocket = true, resty_http = true }

-- nginx's own threads, and other programs, may have an `ngx` that cannot open a socket.
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

-- Options that only nginx.conf can set, and no client.
local settled = {
    ca = "the option ca has no effect inside nginx: set lua_ssl_trusted_certificate in nginx.conf",
    proxy = "the option proxy has no effect inside nginx, which connects directly: remove it",
}

local function check_settled(options)
    local name = name_of(options.transport)
    for option, message in pairs(settled) do
        if (name == "cosocket" or name == "resty_http") and options[option] ~= nil then
            errors.usage(message)
        end
    end
end

-- The file that processes share has the clock of the transport over libcurl.
local function check_pace(options)
    if options.pace == "shared" and name_of(options.transport) ~= "curl" then
        errors.usage('pace = "shared" needs the transport curl; inside nginx, workers share the '
            .. "option pacing")
    end
end

--- Check the option `transport`, and those that it excludes.
-- @tparam table options of a client
-- @raise usage
function transports.check(options)
    local choice = options.transport
    if type(choice) == "string" and not names[choice] then
        errors.usage("transport must be auto, curl, cosocket, resty_http or a table, not %s",
            choice)
    end
    if choice ~= nil and type(choice) ~= "string" and type(choice) ~= "table"
        and type(choice) ~= "userdata" then
        errors.usage("transport must be a string or a table, not %s", type(choice))
    end
    check_pace(options)
    if choice == nil or type(choice) == "string" then
        return check_settled(options)
    end
    for _, method in ipairs({ "now", "sleep", "request" }) do
        if type(choice[method]) ~= "function" then
            errors.usage("transport has no method %s", method)
        end
    end
end

--- Whether requests may go over a transport's own `exchange`. A wrapper that inherits from a
-- transport, to see or change its requests, also inherits `exchange`, which would bypass it.
function transports.has_exchange(transport)
    return transport.exchange ~= nil and transport.exchanges == transport.request
end

-- The options of a client that its transport depends on.
local made_of = { "base_url", "user_agent", "proxy", "ca" }

--- Whether changed options need a separate transport.
function transports.differ(changes)
    for _, name in ipairs(made_of) do
        if changes[name] ~= nil then
            return true
        end
    end
    return changes.transport ~= nil
end

-- Transports inside nginx use no option of a client: nginx.conf has their settings.
local function make(name, options)
    if name ~= "curl" then
        return require("pgai.transports." .. name).new()
    end
    local given = {}
    for _, option in ipairs(made_of) do
        given[option] = options[option]
    end
    return require("pgai.transports.curl").new(given)
end

--- The transport for a client's next call.
-- @tparam table record of a client; one is made and kept in record.shared where needed
-- @treturn table the transport; or nil
-- @return what identifies its clock; or the fields of an error
function transports.get(record)
    local name = name_of(record.options.transport)
    local made = type(name) == "string" and record.shared.transports[name] or name
    if type(made) == "string" then
        local why
        made, why = make(name, record.options)
        if not made then
            return nil, why
        end
    end
    record.shared.transports[name] = made
    return made, name
end

--- Make the transport of a new client, so that its options are checked; in nginx this waits until a
-- call is made.
-- @treturn ?boolean true; or nil and the fields of an error
function transports.prepare(record)
    if in_nginx() then
        return true
    end
    local made, err = transports.get(record)
    if not made then
        return nil, err
    end
    return true
end

--- Whether a call would have to wait in a place where nginx cannot.
-- @tparam table record of a client
-- @treturn ?table the fields of an error
function transports.cannot_wait(record)
    if core.isyieldable() or not in_nginx() then
        return nil
    end
    local name = name_of(record.options.transport)
    if name == "curl" or type(name) ~= "string" and name.blocking then
        return nil
    end
    local ngx = rawget(_G, "ngx")
    return {
        kind = "not_yieldable",
        message = ("a call has to wait, which nginx cannot do in %s, while a module is loaded, or "
            .. "inside a C function such as table.sort: start it with ngx.timer.at(0, f)"):format(
            ngx.get_phase and ngx.get_phase() or "this phase"),
    }
end

return transports
