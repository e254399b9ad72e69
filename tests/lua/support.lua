--- What tests share: made-up responses, and clients that get them.
local fake = require("pgai.transports.fake")
local pgai = require("pgai")

local support = {}

--- A client over a fake transport, and the transport.
function support.client(responses, options)
    local transport = fake.new(responses)
    local given = { api_key = "test_key_0", transport = transport }
    for name, value in pairs(options or {}) do
        given[name] = value
    end
    return pgai.contacts(given), transport
end

--- A response with a page of contacts of these ids.
function support.page(number, ids, total, limit)
    local contacts = {}
    for i, id in ipairs(ids) do
        contacts[i] = ('{"id":"%s"}'):format(id)
    end
    return { body = ('{"data":[%s],"pagination":{"page":%d,"limit":%d,"total":%d}}'):format(
        table.concat(contacts, ","), number, limit or 2, total) }
end

--- A function of requests that answers as a service of so many contacts would.
function support.service(total)
    return function(req)
        local number = tonumber(req.target:match("page=(%d+)") or 1)
        local limit = tonumber(req.target:match("limit=(%d+)") or 25)
        local ids = {}
        for i = (number - 1) * limit + 1, math.min(number * limit, total) do
            ids[#ids + 1] = "c" .. i
        end
        return support.page(number, ids, total, limit)
    end
end

--- A fake transport of such a service, with as many responses as asked for.
function support.endless(total)
    local transport = fake.new()
    transport.responses = setmetatable({}, { __index = function()
        return support.service(total)
    end })
    return transport
end

--- The key that a request holds.
function support.key_of(req)
    for _, header in ipairs(req.headers) do
        if header[1] == "x-api-key" then
            return header[2]
        end
    end
end

--- The error that a function raises.
function support.raised(...)
    local finished, err = pcall(...)
    assert(not finished, "nothing was raised")
    return err
end

return support
