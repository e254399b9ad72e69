--- Stands in for lua-resty-http 0.17, which Debian does not have: as much of it as
-- pgai.transports.resty_http uses, with its return values and its words.
local Http = { _VERSION = "0.17.2" }
Http.__index = Http

function Http.new()
    return setmetatable({ socket = ngx.socket.tcp(), keepalive = true }, Http)
end

function Http:set_timeout(ms)
    self.socket:settimeout(ms)
end

function Http:set_timeouts(connect, send, read)
    self.socket:settimeouts(connect, send, read)
end

function Http:connect(options)
    self.host = options.host .. ":" .. options.port
    local ok, err = self.socket:connect(options.host, options.port, {
        pool = options.pool or "stub:" .. self.host,
        pool_size = options.pool_size,
        backlog = options.backlog,
    })
    if ok and options.scheme == "https" and self.socket:getreusedtimes() == 0 then
        ok, err = self.socket:sslhandshake(nil, options.ssl_server_name, options.ssl_verify)
        if not ok then
            self.socket:close()
        end
    end
    return ok and true, err
end

function Http:get_reused_times()
    return self.socket:getreusedtimes()
end

function Http:set_keepalive(ms)
    if self.keepalive then
        return self.socket:setkeepalive(ms)
    end
    self.socket:close()
    return 2, "connection must be closed"
end

function Http:close()
    return self.socket:close()
end

local function read_headers(socket)
    local headers = {}
    while true do
        local line, err = socket:receive("*l")
        if not line or line == "" then
            return line and headers, err
        end
        local name, value = line:match("^([^:]+):%s*(.*)$")
        if name then
            headers[name] = value
        end
    end
end

-- The next piece; nil at the end; nil, or what there was, and an error.
local function reader_of_length(socket, left)
    return function(most)
        local piece, err = nil, nil
        if left > 0 then
            piece, err = socket:receive(math.min(most, left))
            left = left - (piece and #piece or 0)
        end
        return piece, err
    end
end

local function reader_to_end(socket)
    return function(most)
        local piece, err, partial = socket:receive(most)
        return piece or partial, err
    end
end

local function reader_of_chunks(socket)
    return function()
        local line, err = socket:receive("*l")
        if not line then
            return nil, err
        end
        local size = tonumber(line, 16)
        if not size then
            return nil, "unable to read chunksize"
        end
        local piece
        if size > 0 then
            piece, err = socket:receive(size)
        end
        socket:receive(2)
        return piece, err
    end
end

local function body_reader(socket, headers)
    if headers["Transfer-Encoding"] == "chunked" then
        return reader_of_chunks(socket)
    elseif headers["Content-Length"] then
        return reader_of_length(socket, tonumber(headers["Content-Length"]))
    end
    return reader_to_end(socket)
end

-- What has a body, if an empty one. It is refused without any, as newer ones than 0.17.2 do.
local EXPECTING_BODY = { POST = true, PUT = true, PATCH = true }

local function written(host, given)
    local lines = { given.method .. " " .. given.path .. " HTTP/1.1", "Host: " .. host }
    for name, value in pairs(given.headers) do
        lines[#lines + 1] = name .. ": " .. value
    end
    if given.body then
        lines[#lines + 1] = "Content-Length: " .. #given.body
    end
    return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (given.body or "")
end

function Http:request(given)
    if not given.body and EXPECTING_BODY[given.method] then
        return nil, "Request body is nil but " .. given.method .. " method expects a body."
    end
    local sent, err = self.socket:send(written(self.host, given))
    if not sent then
        return nil, err
    end
    local line
    line, err = self.socket:receive("*l")
    if not line then
        return nil, err
    end
    local headers
    headers, err = read_headers(self.socket)
    if not headers then
        return nil, err
    end
    self.keepalive = headers["Connection"] ~= "close"
    local status = tonumber(line:match("^HTTP/1%.%d (%d+)"))
    local has_body = given.method ~= "HEAD" and status ~= 204 and status ~= 304
    return {
        status = status,
        headers = headers,
        has_body = has_body,
        body_reader = has_body and body_reader(self.socket, headers) or nil,
    }
end

return Http
