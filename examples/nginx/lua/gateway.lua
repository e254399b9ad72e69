--- What the gateway does for each location of nginx.conf.

local cjson = require("cjson.safe")
local pgai = require("pgai")
local metered = require("metered")
local metrics = require("metrics")
local refusals = require("refusals")

metrics.declare("gateway_requests_total", "counter", "Responses of the gateway, by status.")
metrics.declare("gateway_cache_total", "counter", "Calls, by what the cache had for them.")

local M = {}

local cache = require("pgai.cache").shared("pgai_cache", { ttl = 30, negative_ttl = 3 })

-- It is better to tell a waiting caller soon to try again: no call takes longer than 5 seconds, or
-- waits more than one second for the rate limit.
local contacts = pgai.contacts({
    transport = metered(require("pgai.transports.cosocket").new()),
    cache = cache,
    pacing = require("pgai.pacing").shared("pgai_pacing"),
    deadline = 5,
    max_wait = 1,
})

-- The service's maximum of contacts a page.
local MAX_LIMIT = 50

-- More pages than there can be.
local MAX_PAGE = 1000000000

local WRITABLE = { "first_name", "last_name", "email", "job_title", "company",
    "linkedin_url", "location", "phone" }

local function respond(status, text)
    metrics.add(('gateway_requests_total{status="%d"}'):format(status))
    ngx.status = status
    ngx.header["Content-Length"] = #text + 1
    ngx.say(text)
end

local function refuse(err)
    local status, words = unpack(refusals[err.kind])
    if status == 503 then
        ngx.header["Retry-After"] = math.ceil(err.retry_after or 1)
    end
    if status >= 500 then
        ngx.log(ngx.WARN, tostring(err))
    end
    respond(status, cjson.encode({
        error = words or err.message,
        kind = err.kind,
        outcome_unknown = err.outcome_unknown or nil,
    }))
end

-- The result of a call; or nil and its error, also for a bad argument of our caller.
local function try(call, argument)
    local ok, result = pcall(call, contacts, argument)
    if ok then
        return result
    elseif pgai.is_error(result) then
        return nil, result
    end
    error(result, 0)
end

--- GET /contact/ID
function M.contact()
    local id = ngx.var.request_uri:match("^/contact/([^/?]+)")
    if not id then
        return respond(404, '{"error": "which contact?"}')
    end
    local contact, err = try(contacts.get, ngx.unescape_uri(id))
    if not contact then
        return refuse(err)
    end
    respond(200, cjson.encode(contact:to_table()))
end

-- A page in the service's form. Its contacts are written one by one, since some versions of cjson
-- write an empty list as an object.
local function page_text(page)
    local whole = page:to_table()
    local items = {}
    for i, contact in ipairs(whole.data) do
        items[i] = cjson.encode(contact)
    end
    return ('{"data": [%s], "pagination": %s}'):format(
        table.concat(items, ","), cjson.encode(whole.pagination))
end

-- A number of the query, nil if there is none; or nil and what is wrong with it.
local function number_of(name, most)
    local text = ngx.var["arg_" .. name]
    local number = text and text:find("^%d+$") and tonumber(text)
    if text and not (number and number >= 1 and number <= most) then
        return nil, ("%s must be a whole number from 1 to %d"):format(name, most)
    end
    return number
end

local function list()
    local number, wrong = number_of("page", MAX_PAGE)
    local limit, wrong_limit = number_of("limit", MAX_LIMIT)
    if wrong or wrong_limit then
        return respond(400, cjson.encode({ error = wrong or wrong_limit }))
    end
    local page, err = try(contacts.list, { page = number, limit = limit })
    if not page then
        return refuse(err)
    end
    respond(200, page_text(page))
end

-- The fields of the caller's JSON object; those that the library does not know are in extra.
local function fields_of(object)
    local fields = {}
    for _, name in ipairs(WRITABLE) do
        fields[name], object[name] = object[name], nil
    end
    fields.extra = next(object) and object
    return fields
end

local function create()
    ngx.req.read_body()
    local object = cjson.decode(ngx.req.get_body_data() or "")
    if type(object) ~= "table" then
        return respond(400, '{"error": "the body must be a JSON object"}')
    end
    local contact, err = try(contacts.create, fields_of(object))
    if not contact then
        return refuse(err)
    end
    respond(201, cjson.encode(contact:to_table()))
end

--- GET /contacts?page=&limit=, POST /contacts
function M.contacts()
    local method = ngx.req.get_method()
    if method == "GET" then
        return list()
    elseif method == "POST" then
        return create()
    end
    ngx.header["Allow"] = "GET, POST"
    respond(405, '{"error": "GET lists contacts, POST creates one"}')
end

--- GET /healthz: whether this worker serves requests; it does not ask the service.
function M.health()
    respond(200, '{"status": "ok"}')
end

--- GET /metrics, for Prometheus
function M.metrics()
    for name, count in pairs(cache:counters()) do
        metrics.set(('gateway_cache_total{result="%s"}'):format(name), count)
    end
    ngx.print(metrics.text())
end

return M
