--- The locations that bench_lookups.py measures; each says one contact's first name, or
-- what it has instead.
local cjson = require("cjson")
local pgai = require("pgai")

local M = {}

local url, key = os.getenv("PGAI_BASE_URL"), os.getenv("PGAI_API_KEY")
local host, port, base = url:match("^http://([^:/]+):(%d+)(.*)$")
local path = base .. "/contacts/"
local dict = ngx.shared.constant

local READ_SECONDS = 30
local POOL_SIZE = 30

-- There is no rate limit here, and a benchmark must not wait for one.
local contacts = pgai.contacts({ base_url = url, api_key = key, pace = false })
local cached = contacts:with_options({ cache = require("pgai.cache").shared("cache") })

local function say(text)
    ngx.header["Content-Length"] = #text
    ngx.print(text)
end

local function id()
    return ngx.var.arg_id
end

--- What somebody writes who trusts the service to answer as it should.
function M.by_hand()
    local socket = ngx.socket.tcp()
    socket:settimeouts(READ_SECONDS * 1000, READ_SECONDS * 1000, READ_SECONDS * 1000)
    assert(socket:connect(host, tonumber(port), { pool_size = POOL_SIZE }))
    assert(socket:send({
        "GET ", path, ngx.escape_uri(id()), " HTTP/1.1\r\nHost: ", host, ":", port,
        "\r\nX-API-Key: ", key, "\r\nAccept: application/json\r\n\r\n",
    }))
    local status = assert(socket:receive()):match("^HTTP/1%.1 (%d+)")
    local length
    while true do
        local line = assert(socket:receive())
        if line == "" then
            break
        end
        local name, value = line:match("^([^:]+):%s*(.*)$")
        if name:lower() == "content-length" then
            length = tonumber(value)
        end
    end
    local body = assert(socket:receive(length))
    assert(socket:setkeepalive(READ_SECONDS * 1000, POOL_SIZE))
    assert(status == "200")
    say(cjson.decode(body).first_name)
end

--- Over lua-resty-http, with cjson.
function M.resty()
    local client = require("resty.http").new()
    client:set_timeout(READ_SECONDS * 1000)
    local response = assert(client:request_uri(url .. "/contacts/" .. ngx.escape_uri(id()), {
        headers = { ["X-API-Key"] = key, Accept = "application/json" },
        keepalive_pool = POOL_SIZE,
    }))
    assert(response.status == 200)
    say(cjson.decode(response.body).first_name)
end

function M.pgai()
    say(contacts:get(id()).first_name)
end

function M.cached()
    say(cached:get(id()).first_name)
end

--- A page, which the sandbox is told to take its time for.
function M.slow()
    say(contacts:list({ limit = 1 })[1].first_name)
end

function M.constant()
    say(dict:get("name"))
end

dict:set("name", "Sarah")

return M
