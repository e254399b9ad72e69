--- Plays rows of the conformance table through the whole module, over a transport that checks
-- every request to the byte, with virtual time. What is compared is what a user of Lua sees.
local core = require("pgai.core")
local json = require("dkjson")
local pgai = require("pgai")

local conformance = {}

local unpack = table.unpack or rawget(_G, "unpack") -- luacheck: ignore 143

local folder = debug.getinfo(1, "S").source:match("^@(.*)lua/[^/]*$") .. "conformance/"

local usual = { api_key = "test_key_0123456789", user_agent = "conformance",
    base_url = "http://127.0.0.1:1/v1" }

-- Options of a row in milliseconds, and what they are called here.
local seconds = { timeout_ms = "timeout", connect_timeout_ms = "connect_timeout",
    deadline_ms = "deadline", max_wait_ms = "max_wait" }

local function demand(holds, message, ...)
    if not holds then
        error(message:format(...), 0)
    end
end

local function read_file(name)
    local file = assert(io.open(folder .. name, "rb"))
    local content = file:read("*a")
    file:close()
    return content
end

-- Bytes in the table's notation.
local function to_bytes(value)
    if type(value) == "string" then
        return value
    elseif value.hex then
        return (value.hex:gsub("%x%x", function(pair)
            return string.char(tonumber(pair, 16))
        end))
    elseif value["repeat"] then
        return to_bytes(value["repeat"][1]):rep(value["repeat"][2])
    end
    local parts = {}
    for i, part in ipairs(value) do
        parts[i] = to_bytes(part)
    end
    return table.concat(parts)
end

local function to_text(value)
    if value ~= nil and value ~= json.null then
        return to_bytes(value)
    end
    return nil
end

local function to_body(response)
    if response.body then
        return to_bytes(response.body)
    elseif response.body_file then
        return read_file(response.body_file)
    end
    return response.json ~= nil and json.encode(response.json) or ""
end

local function fits(expected, number)
    if type(expected) == "table" then
        return number >= expected[1] and number <= expected[2]
    end
    return number == expected
end

-- A number of milliseconds from one of seconds.
local function to_ms(value)
    return math.floor(value * 1000 + 0.5)
end

local function header_map(list)
    if not list then
        return { ["Content-Type"] = "application/json" }
    end
    local map = {}
    for _, header in ipairs(list) do
        local values = map[header[1]] or {}
        values[#values + 1] = header[2]
        map[header[1]] = values
    end
    return map
end

-- The transport: takes the steps of a row, one after the other.
local Steps = {}
Steps.__index = Steps

-- Jitter may make nothing of a wait.
local function may_be_nothing(step)
    return step and step.wait and type(step.ms) == "table" and step.ms[1] == 0
end

function Steps:take(kind)
    self.taken = self.taken + 1
    if kind == "request" and may_be_nothing(self.steps[self.taken]) then
        self.taken = self.taken + 1
    end
    local step = self.steps[self.taken]
    demand(step and step[kind], "step %d is not a %s", self.taken, kind)
    return step
end

function Steps:check_headers(req)
    local expected = { { "x-api-key", self.key }, { "accept", "application/json" },
        { "user-agent", self.user_agent }, { "content-type", "application/json" } }
    local bodiless = (req.body or "") == ""
    demand(#req.headers == (bodiless and 3 or 4), "there are %d headers", #req.headers)
    for i, header in ipairs(req.headers) do
        demand(header[1] == expected[i][1] and header[2] == expected[i][2],
            "header %d is %s: %s", i, header[1], header[2])
    end
end

function Steps:request(req)
    local step = self:take("request")
    local line = req.method .. " " .. req.target
    demand(line == step.request, "the request is %s", line)
    demand(req.once == (req.method ~= "GET" and req.method ~= "HEAD"), "once is %s",
        tostring(req.once))
    demand(req.body == to_text(step.body), "the body is %s", tostring(req.body))
    demand(not step.url or req.url == step.url, "the URL is %s", req.url)
    demand(req.url:sub(-#req.target) == req.target, "the URL %s has another target", req.url)
    demand(not step.timeout_ms or fits(step.timeout_ms, to_ms(req.timeout)),
        "the timeout is %s", tostring(req.timeout))
    self:check_headers(req)
    self.ms = self.ms + (step.takes_ms or 0)
    if self.send then
        return self.send(req, step)
    elseif step.failure then
        return nil, step.failure
    end
    local response = step.response
    return response.status or 200, header_map(response.headers), to_body(response)
end

function Steps:sleep(wait, cause)
    local step = self:take("wait")
    demand(step.wait == cause and fits(step.ms, to_ms(wait)), "step %d is a wait of %s s for %s",
        self.taken, tostring(wait), cause)
    self.ms = self.ms + to_ms(wait)
    return true
end

function Steps:now()
    return self.ms / 1000
end

-- Requests in flight: each is answered as it is sent, and tells of it in its turn.
local Flights = {}
Flights.__index = Flights

function Flights:begin(call)
    self[#self + 1] = { call, self.steps:request(call:request()) }
    return true
end

function Flights:poll()
    return unpack(table.remove(self, 1), 1, 4)
end

function Steps:flights()
    return setmetatable({ steps = self }, Flights)
end

function Steps:begin(steps)
    self.steps, self.taken = steps, 0
end

function Steps:finish()
    demand(self.taken == #self.steps, "%d of %d steps were taken", self.taken, #self.steps)
end

function Steps:requests()
    local count = 0
    for _, step in ipairs(self.steps) do
        count = count + (step.request and 1 or 0)
    end
    return count
end

-- Whether a value of ours says the same as one that dkjson read.
local function same(ours, theirs)
    if type(theirs) == "table" and type(ours) == "table" then
        for name, value in pairs(theirs) do
            if not same(ours[name], value) then
                return false
            end
        end
        for name in pairs(ours) do
            if theirs[name] == nil then
                return false
            end
        end
        return true
    end
    if theirs == json.null then
        return ours == pgai.null
    end
    -- What the machine's numbers cannot hold is text.
    return ours == theirs
        or (type(theirs) == "number" and (math.abs(theirs) >= 2 ^ 53 or theirs == 0)
            and type(ours) == "string" and tonumber(ours) == theirs)
end

-- Half a surrogate pair is no character, and reads as U+FFFD.
local function mend(text)
    return (text:gsub("\\\\", "\\u005c")
        :gsub("\\u([dD][89abAB]%x%x)\\u([dD][c-fC-F]%x%x)", "\\U%1\\U%2")
        :gsub("\\u[dD][89a-fA-F]%x%x", "\\ufffd")
        :gsub("\\U", "\\u"))
end

local function same_as_json(ours, text)
    return same(ours, json.decode(mend(text), 1, json.null))
end

local function check_field(contact, name, expected)
    local ours = contact[name]
    if expected == nil then
        demand(ours == nil and not contact:has(name), "%s is there", name)
    elseif expected == json.null then
        demand(ours == pgai.null, "%s is not null", name)
    elseif type(expected) == "table" then
        demand(same_as_json(ours, expected.json), "%s is %s", name, tostring(ours))
    else
        demand(ours == expected, "%s is %s", name, tostring(ours))
    end
end

local function check_contact(contact, expected)
    local left = contact:to_table()
    for name in pairs(core.fields) do
        check_field(contact, name, (expected.fields or {})[name])
        left[name] = nil
    end
    for _, pair in ipairs(expected.extra or {}) do
        demand(same_as_json(left[pair[1]], pair[2]), "%s is not %s", pair[1], pair[2])
        left[pair[1]] = nil
    end
    demand(next(left) == nil, "there is another field: %s", tostring(next(left)))
end

-- The response of a page or an error: of this status, without its body.
local function check_kept(response, expected, status)
    demand((response and response.status) == status, "the response is of %s",
        tostring(response and response.status))
    demand(not response or response.text == nil and response.json == nil, "it has a body")
    for _, header in ipairs(expected and expected.headers or {}) do
        demand(response.headers[header[1]] == header[2], "the header %s is %s", header[1],
            tostring(response.headers[header[1]]))
    end
end

local function check_page(page, expected)
    demand(page.requests >= 1 and page.requests == (expected.requests or page.requests),
        "requests are %s", page.requests)
    check_kept(page.response, expected.response, 200)
    for _, name in ipairs({ "page", "limit", "total" }) do
        demand(page[name] == expected[name], "%s is %s", name, tostring(page[name]))
    end
    demand(#page == #expected.contacts, "there are %d contacts", #page)
    for i, contact in ipairs(expected.contacts) do
        check_contact(page[i], contact)
    end
end

local function without_null(value)
    if type(value) ~= "table" then
        return value
    end
    local copy = {}
    for name, item in pairs(value) do
        copy[name] = item ~= pgai.null and item ~= json.null and without_null(item) or nil
    end
    return copy
end

local function check_no_key(err, key)
    for name, value in pairs(err.response and err.response.headers or {}) do
        demand(key == "" or not value:find(key, 1, true), "the key is in the header %s", name)
    end
    for name, value in pairs(err) do
        demand(type(value) ~= "string" or key == "" or not value:find(key, 1, true),
            "the key is in %s: %s", name, tostring(value))
    end
    demand(key == "" or not tostring(err):find(key, 1, true), "the key is in %s", tostring(err))
end

local function check_words(message, words, present)
    for _, word in ipairs(words or {}) do
        word = seconds[word] or word
        demand((message:find(word, 1, true) ~= nil) == present, "the message is %s", message)
    end
end

local function check_details(details, expected)
    if expected then
        demand(same(without_null(details), without_null(json.decode(expected, 1, json.null))),
            "the details are not %s", expected)
    else
        demand(details == nil, "there are details")
    end
end

local function check_error(err, expected, requests, key)
    demand(pgai.is_error(err, expected.status), "failed with %s", tostring(err))
    for ours, theirs in pairs({ code = "code", request_id = "request_id",
        permission = "permission", status = "http_status" }) do
        demand(err[ours] == expected[theirs], "%s is %s", ours, tostring(err[ours]))
    end
    demand(err.message ~= "" and (not expected.message or err.message == expected.message),
        "the message is %s", err.message)
    check_words(err.message, expected.message_contains, true)
    check_words(err.message, expected.message_lacks, false)
    check_kept(err.response, expected.response, err.status)
    check_details(err.details, expected.details)
    demand(fits(expected.requests or requests, err.requests), "requests are %s", err.requests)
    demand(fits(expected.retry_after_ms or 0, to_ms(err.retry_after or 0)), "retry_after is %s",
        tostring(err.retry_after))
    demand(err.outcome_unknown == (expected.outcome_unknown or false), "outcome_unknown is %s",
        tostring(err.outcome_unknown))
    check_no_key(err, key)
end

local function to_seconds(ms)
    return ms and ms / 1000
end

local function options_of(row, transport)
    local options = { transport = transport, null = "sentinel" }
    for name, value in pairs(usual) do
        options[name] = value
    end
    for name, value in pairs(row.client or {}) do
        if name == "no_pacing" then
            options.pace = not value
        elseif seconds[name] then
            options[seconds[name]] = to_seconds(value)
        elseif value == json.null then
            options[name] = nil
        else
            options[name] = type(value) == "table" and to_bytes(value) or value
        end
    end
    return options
end

-- The page as text; or why not.
local function check_written(page, expected)
    for _, each in ipairs(expected) do
        local options = { header = each.header, escape_formulas = each.escape_formulas }
        for i, name in ipairs(each.columns or {}) do
            options.columns = options.columns or {}
            options.columns[i] = to_text(name)
        end
        options.columns = options.columns or each.columns
        local method = "to_" .. each.format
        local good, written = pcall(page[method], page, options)
        demand(good == not each.refused, "%s gives %s", method, tostring(written))
        check_words(tostring(written), each.refused, true)
        demand(not good or written == to_text(each.text), "%s gives %s", method, written)
    end
end

local play = {}

function play.list(contacts, arguments, result)
    if result.written then
        local given = { page = arguments.page, limit = arguments.limit, keep_json = true }
        check_written(contacts:list(given), result.written)
        return
    end
    check_page(contacts:list({ page = arguments.page, limit = arguments.limit }), result.page)
end

function play.get(contacts, arguments, result)
    check_contact(contacts:get(to_text(arguments.id)), result.contact)
end

function play.create(contacts, arguments, result)
    local fields = {}
    for name, value in pairs(arguments) do
        fields[name] = to_text(value)
    end
    check_contact(contacts:create(fields), result.contact)
end

-- The value of a JSON text, as it is given to this library.
local function to_value(text)
    local value = json.decode(text, 1, json.null)
    local function mark(item)
        if item == json.null then
            return pgai.null
        elseif type(item) ~= "table" then
            return item
        end
        local is_array = getmetatable(item).__jsontype == "array"
        local copy = is_array and pgai.array({}) or {}
        for name, each in pairs(item) do
            copy[name] = mark(each)
        end
        return copy
    end
    return mark(value)
end

local function check_response(response, expected)
    demand(response.status == expected.status, "the status is %s", response.status)
    for _, header in ipairs(expected.headers or {}) do
        demand(response.headers[header[1]] == header[2], "the header %s is %s", header[1],
            tostring(response.headers[header[1]]))
    end
    demand(response.text == expected.body, "the body is %s", tostring(response.text))
    demand(expected.body and same_as_json(response.json, expected.body) or response.json == nil
        and not expected.body, "the JSON is %s", tostring(response.json))
end

function play.plan(contacts, arguments, result)
    local parts, expected = contacts:plan(arguments), result.parts
    demand(expected, "ranges, which are not expected")
    demand(same(parts, expected), "the ranges are %s", json.encode(parts))
end

function play.request(contacts, arguments, result)
    local query, body = {}, to_text(arguments.json)
    for i, pair in ipairs(arguments.query or {}) do
        query[i] = { to_text(pair[1]), to_text(pair[2]) }
    end
    check_response(contacts:request({
        method = to_text(arguments.method), path = to_text(arguments.path), query = query,
        json = body and to_value(body),
    }), result.response)
end

local function check_stats(stats, expected)
    for name, number in pairs(expected or {}) do
        local got = stats[(name:gsub("_ms$", ""))]
        local fine
        if name == "complete" or name == "incomplete_reason" then
            fine = got == number or (got == nil and number == json.null)
        elseif name:find("_ms$") then
            fine = fits(number, got and to_ms(got) or -1)
        else
            fine = fits(number, got or -1)
        end
        demand(fine, "%s is %s", name, tostring(got))
    end
end

-- Take pages until there are no more, or so many; the ids join the list.
local function take_pages(pager, all, most, after)
    while #all < most do
        local page = pager:next()
        if not page then
            return
        end
        local ids = {}
        for i, contact in ipairs(page) do
            ids[i] = contact.id or json.null
        end
        all[#all + 1] = ids
        check_stats(pager:stats(), after and after[#all])
    end
end

local function first_cursor(pager, how, all)
    local finished, err = pcall(take_pages, pager, all, how.pages or math.huge)
    demand(finished == (how.pages ~= nil), "the first walk: %s", tostring(err))
    return pager:cursor(how.used)
end

local function check_ids(all, pages)
    demand(#all == #pages, "there are %d pages", #all)
    for i, ids in ipairs(pages) do
        demand(same(all[i], ids), "page %d has other contacts: %s", i, json.encode(all[i]))
    end
end

-- Take the rest of a walk.
local function finish(pager, result, all, take)
    local finished, err = pcall(take, pager, all, math.huge, result.after)
    check_ids(all, result.pages)
    check_stats(pager:stats(), result.stats)
    if not finished then
        error(err, 0)
    end
end

function play.pages(contacts, arguments, result)
    local how, all = arguments.resume, {}
    local prefetch = arguments.prefetch or 1
    local pager = contacts:pages({ start = arguments.start, count = arguments.count,
        limit = arguments.limit, prefetch = prefetch, details = arguments.details,
        strict = arguments.strict,
        cursor = to_text(arguments.cursor), deadline = to_seconds(arguments.deadline_ms) })
    if how then
        pager = contacts:pages({ cursor = first_cursor(pager, how, all), prefetch = prefetch,
            strict = arguments.strict })
    end
    finish(pager, result, all, take_pages)
end

local function take_contacts(pager, all, _, after)
    for contact in pager do
        all[#all + 1] = { contact and contact.id or nil }
        check_stats(pager:stats(), after and after[#all])
    end
end

function play.get_many(contacts, arguments, result)
    local ids = {}
    for i, id in ipairs(arguments.ids) do
        ids[i] = to_text(id)
    end
    local pager = contacts:get_many(ids, { prefetch = arguments.prefetch or 1,
        deadline = to_seconds(arguments.deadline_ms) })
    finish(pager, result, {}, take_contacts)
end

-- A member of an event in the table, if it is not that of the event itself.
local members = {
    status = function(event) return event.error or "ok" end,
    http_status = function(event) return event.status or 0 end,
    elapsed_ms = function(event) return to_ms(event.elapsed or 0) end,
    wait_ms = function(event) return to_ms(event.wait or 0) end,
    reset_ms = function(event) return event.reset and to_ms(event.reset) or -1 end,
    limit = function(event) return event.limit or -1 end,
    remaining = function(event) return event.remaining or -1 end,
    page = function(event) return event.page or -1 end,
    total = function(event) return event.total or -1 end,
    request_id = function(event) return event.request_id or "" end,
}

local function check_event(event, expected)
    for name, wanted in pairs(expected) do
        local got = event[name]
        if members[name] then
            got = members[name](event)
        end
        local fine = got == wanted or got == nil and wanted == json.null
        if type(got) == "number" then
            fine = fits(wanted, got)
        end
        demand(fine, "%s of the event %s is %s", name, event.kind, tostring(got))
    end
end

local function check_events(events, expected, requests, key)
    local count = { request = 0, response = 0 }
    for _, event in ipairs(events) do
        count[event.kind] = (count[event.kind] or 0) + 1
        for name, value in pairs(event) do
            demand(type(value) ~= "string" or key == "" or not value:find(key, 1, true),
                "the key is in %s of an event", name)
        end
        demand(not event.path:find("?", 1, true), "a query is in %s", event.path)
    end
    demand(count.request == requests and count.response == requests,
        "%d requests have %d and %d events", requests, count.request, count.response)
    if expected then
        demand(#events == #expected, "there are %d events", #events)
        for i, event in ipairs(events) do
            check_event(event, expected[i])
        end
    end
end

local function play_call(contacts, entry)
    local name, arguments = next(entry.call)
    play[name](contacts, arguments, entry.result)
end

-- Play one call of a row; `made` is the client, or why there is none.
local function play_entry(entry, transport, good, made)
    transport:begin(entry.steps)
    transport.events = {}
    local failure = made
    if good then
        good, failure = pcall(play_call, made, entry)
    end
    local expected = entry.result.error
    if good then
        demand(not expected, "the call went well")
    elseif not expected or not pgai.is_error(failure) then
        error(failure, 0)
    else
        check_error(failure, expected, transport:requests(), transport.key)
    end
    check_events(transport.events, entry.result.events, transport:requests(), transport.key)
    transport:finish()
end

--- The names of the files of the table.
function conformance.files()
    local names = {}
    local pipe = assert(io.popen("ls '" .. folder .. "'"))
    for name in pipe:lines() do
        names[#names + 1] = name:match("%.json$") and name
    end
    pipe:close()
    return names
end

--- The rows of a file of the table.
function conformance.rows(name)
    return assert(json.decode(read_file(name), 1, json.null))
end

--- Play a row. An error is raised where something is not as the table has it.
-- @tparam table row
-- @tparam[opt] function send makes what follows from a request happen: of it, once it was
-- checked, and its step, it returns what a transport returns
function conformance.play(row, send)
    local transport = setmetatable({ ms = 1000000, send = send }, Steps)
    local options = options_of(row, transport)
    options.on_event = function(event)
        table.insert(transport.events, event)
    end
    transport.key, transport.user_agent = options.api_key or "", options.user_agent
    local good, made = pcall(pgai.contacts, options)
    for _, entry in ipairs(row.calls or { row }) do
        for _ = 1, entry.times or 1 do
            play_entry(entry, transport, good, made)
        end
    end
end

return conformance
