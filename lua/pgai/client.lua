--- The client, as people use it.
local core = require("pgai.core")
local driver = require("pgai.driver")
local errors = require("pgai.errors")
local observer = require("pgai.observer")
local options = require("pgai.options")
local pager = require("pgai.pager")
local session = require("pgai.session")
local transports = require("pgai.transports")

local client = {}

local Contacts = { __name = "pgai.Contacts" }
Contacts.__index = Contacts

-- A client's data is here and not in the client, so that printing a client does not show the key.
local records = setmetatable({}, { __mode = "k" })

local NOT_FOUND = 404

-- Methods that change nothing.
local READS = { GET = true, HEAD = true }

local limit_names = { "timeout", "connect_timeout", "deadline", "max_wait", "max_attempts", "pace" }

local function record_of(self, method)
    local record = records[self]
    if not record then
        errors.usage("%s is a method: call it with a colon, contacts:%s(...)", method, method)
    end
    return record
end

local function wrap(record)
    local self = setmetatable({}, Contacts)
    records[self] = record
    return self
end

local function fail(record, fields)
    if fields.kind == "authentication" then
        fields.key_source = record.key_source
    end
    local err = errors.new(fields)
    if record.raising or err.kind == "usage" then
        errors.raise(err)
    end
    return nil, err
end

-- If core.so refuses to make something, an argument is not acceptable.
local function demand(made, fields)
    if not made then
        errors.raise(errors.new(fields))
    end
    return made
end

-- An environment variable; nil if it is not set, or empty.
local function variable(name)
    local value = os.getenv(name)
    return value ~= "" and value or nil
end

-- The key, and where it came from, in words.
local function read_key(given)
    if type(given) == "function" then
        return given, "the function given as api_key"
    end
    if given ~= nil then
        return given, "the option api_key"
    end
    local key = variable("PGAI_API_KEY")
    if not key then
        errors.usage("there is no API key: give the option api_key, or set PGAI_API_KEY%s",
            rawget(_G, "ngx") and "; workers see it with env PGAI_API_KEY; in nginx.conf" or "")
    end
    return key, "the environment variable PGAI_API_KEY"
end

local function key_of(record)
    local key = record.key
    if type(key) ~= "function" then
        return key
    end
    key = key()
    if type(key) ~= "string" then
        errors.usage("api_key() must return a string, not %s", type(key))
    end
    return key
end

-- The call options, and the deadline among them in seconds.
local function call_options_of(given)
    local chosen = {}
    for _, name in ipairs(limit_names) do
        chosen[name] = given[name]
    end
    local call_options = demand(core.call_options(chosen))
    local deadline = given.deadline
    if deadline == nil then
        deadline = core.default_deadline
    end
    return call_options, deadline or math.huge
end

-- Check the key and the address when the client is made. A function for the key is not called yet;
-- a placeholder that is valid everywhere is checked instead. Returns the address.
local function check_session(record)
    local given = record.options
    return demand(core.session({
        api_key = type(record.key) == "function" and "key" or record.key,
        base_url = given.base_url,
        user_agent = given.user_agent,
        allow_cleartext = given.allow_cleartext,
        share = given.share,
    })):base_url()
end

-- A record of these options. `shared`, the transports and whether the client is closed, is that of
-- another client, or a new one. `last` is the session that was used last, and its transport. What
-- was found in the environment is kept; `source` is where a key came from that was found before.
local function new_record(given, shared, source)
    local record = { options = given, raising = true, last = {} }
    record.shared = shared or { transports = {} }
    given.null = given.null or "omit"
    if given.null ~= "omit" and given.null ~= "sentinel" then
        errors.usage("null must be omit or sentinel, not %s", tostring(given.null))
    end
    record.sentinel = given.null == "sentinel"
    record.key, record.key_source = read_key(given.api_key)
    record.key_source = source or record.key_source
    given.api_key = record.key
    given.base_url = given.base_url or variable("PGAI_BASE_URL")
    record.call_options, record.deadline = call_options_of(given)
    record.observe = observer.new(given.on_event)
    given.base_url = check_session(record)
    transports.check(given)
    demand(transports.prepare(record))
    return record
end

local function copy_of(original)
    local copy = {}
    for name, value in pairs(original) do
        copy[name] = value
    end
    return copy
end

--- Make a client; nothing is sent. See docs/options.md.
-- @tparam ?table given
-- @treturn Contacts
-- @raise usage
function client.new(given)
    return wrap(new_record(options.check("contacts", given, ": pgai.contacts{ api_key = ... }")))
end

-- What the calls with one key share: the transport, the session, and the names of the key for the
-- options pacing and cache. It is kept until the key or the transport changes. Nil and the fields
-- of an error if it cannot be made.
local function open(record)
    if record.shared.closed then
        return nil, { kind = "closed", message = "the client is closed" }
    end
    local transport, clock = transports.get(record)
    if not transport then
        return nil, clock
    end
    local key = key_of(record)
    local opened, given = record.last.opened, record.options
    if opened and opened.key == key and opened.transport == transport then
        return opened
    end
    local made, err = session.get(clock, key, given)
    if not made then
        return nil, err
    end
    local shared
    if given.pace == "shared" then
        shared, err = require("pgai.shared_pace").open(made, key, given.share or 1)
        if not shared then
            return nil, err
        end
    end
    local identity = given.base_url .. "\0" .. key
    opened = {
        key = key,
        transport = transport,
        session = made,
        pacing = shared or given.pacing
            and given.pacing:bind(made, identity .. "\0" .. session.share_name(given.share)),
        scope = given.cache and given.cache:scope(identity),
    }
    record.last.opened = opened
    return opened
end

-- A call's own call_options, or those of the client; what call_options_of() returns.
local function call_options_for(record, given)
    if not given or (given.timeout == nil and given.deadline == nil) then
        return record.call_options, record.deadline
    end
    local changed = copy_of(record.options)
    for name in pairs(options.names.call) do
        if given[name] ~= nil then
            changed[name] = given[name]
        end
    end
    return call_options_of(changed)
end

-- Make a call with a method of the session, which checks its arguments; or nil and the fields
-- of an error. Nothing is sent yet.
local function begin(record, opened, method, argument, call_options)
    local call, err = opened.session[method](opened.session, argument, call_options)
    err = err or transports.cannot_wait(record)
    if err then
        return nil, err
    end
    return call
end

-- Drive a call to its end. Returns whether it succeeded, and with `as_text` the status and the
-- body of its last response.
local function perform(record, opened, call, as_text)
    return driver.run(call, opened.transport, opened.pacing, record.observe, as_text)
end

local function conclude(record, call, done)
    if done then
        return call:result(record.sentinel)
    end
    return fail(record, call:error())
end

-- Whether a call may change what the cached pages hold.
local function is_change(method, argument)
    return method == "create" or method == "request" and not READS[argument.method or "GET"]
end

local function run(record, opened, method, argument, given)
    local call, err = begin(record, opened, method, argument, (call_options_for(record, given)))
    if not call then
        return fail(record, err)
    end
    -- The cached pages are out of date then. They are dropped now, because nothing runs afterwards
    -- if the waiting request is ended; others may list them again meanwhile.
    local drops = is_change(method, argument) and opened.scope
    if drops then
        record.options.cache:drop_pages(drops)
    end
    local done = perform(record, opened, call)
    if drops and (done or call:error().outcome_unknown) then
        record.options.cache:drop_pages(drops)
    end
    return conclude(record, call, done)
end

local JSON = { ["content-type"] = "application/json" }

-- Read a response that was kept, as if it had just come.
local function replay(record, method, argument, response)
    record.replays = record.replays or demand(core.session({ api_key = "replay" }))
    local call = demand(record.replays[method](record.replays, argument))
    call:next(0)
    call:feed(0, response.status, JSON, response.body)
    return conclude(record, call, call:next(0) == "done")
end

-- A response for the cache; or nil and the fields of an error. `given` has the call's options.
-- `left` is the remaining seconds; `call` was made for all of them.
local function fetch(left, call, record, opened, method, argument, given)
    local _, deadline = call_options_for(record, given)
    local err
    if deadline - left >= 0.001 then
        local shorter = copy_of(given or {})
        shorter.deadline = left
        call, err = begin(record, opened, method, argument, (call_options_for(record, shorter)))
    end
    if not call then
        return nil, err
    end
    local done, status, body = perform(record, opened, call, true)
    if done or status == NOT_FOUND then
        return { status = status, body = body }
    end
    return nil, call:error()
end

-- The same as `run`, with a response that is kept under a key, or will be. Arguments are checked
-- before other callers have to wait.
local function run_cached(record, opened, method, argument, given, key)
    local call_options, deadline = call_options_for(record, given)
    -- Even a cached response may need a wait, while another caller fetches it.
    local err = transports.cannot_wait(record)
    if err then
        return fail(record, err)
    end
    local cache = record.options.cache
    local response, older = cache:look_up(key)
    if not response then
        local call
        call, err = begin(record, opened, method, argument, call_options)
        if not call then
            return fail(record, err)
        end
        response, err = cache:fetch(key, older, deadline, fetch, call, record, opened, method,
            argument, given)
    end
    if not response then
        return fail(record, err)
    elseif method == "get" and response.status ~= NOT_FOUND then
        return demand(core.contact(response.body, record.sentinel))
    end
    return replay(record, method, argument, response)
end

-- Whether responses are kept: callers that miss one wait for each other, and a transport that
-- blocks cannot do that.
local function is_cached(record)
    return record.options.cache and record.options.transport ~= "curl"
end

-- Arguments of another type have no key: `run` says what is wrong with them.
local function page_key(record, opened, given)
    local page, limit = given.page, given.limit
    if (page == nil or type(page) == "number") and (limit == nil or type(limit) == "number") then
        return record.options.cache:page_key(opened.scope, page, limit)
    end
end

local function contact_key(record, opened, id)
    return type(id) == "string" and record.options.cache:contact_key(opened.scope, id)
end

-- Make a call. `name` returns the cache key of its response, if that can be kept.
local function start(record, method, argument, given, name)
    local opened, err = open(record)
    if not opened then
        return fail(record, err)
    end
    local key = name and is_cached(record) and name(record, opened, argument)
    if key then
        return run_cached(record, opened, method, argument, given, key)
    end
    return run(record, opened, method, argument, given)
end

--- List one page of contacts.
-- @tparam ?table given page, limit or per_page; keep_json (whether the page can be written with its
-- to_csv() and to_ndjson()); timeout, deadline (seconds)
-- @treturn Page
function Contacts:list(given)
    local record = record_of(self, "list")
    local checked = options.check("list", given, ": contacts:list{ page = 1 }")
    return start(record, "list", checked, checked, page_key)
end

--- Fetch one contact.
-- @tparam string id
-- @tparam ?table given timeout, deadline (seconds)
-- @treturn Contact
function Contacts:get(id, given)
    local record = record_of(self, "get")
    return start(record, "get", id, given ~= nil and options.check("get", given), contact_key)
end

--- Create one contact.
-- @tparam table fields documented ones by name, text or pgai.null; others in the table extra
-- @tparam ?table given timeout, deadline (seconds)
-- @treturn Contact as the service returned it
function Contacts:create(fields, given)
    local record = record_of(self, "create")
    if fields == nil then
        errors.usage("create takes a table of fields, not nil")
    end
    local checked = options.check("create", fields, ", its fields")
    return start(record, "create", checked, given ~= nil and options.check("the call", given))
end

--- Send a request to any other endpoint of the service, with the key, retries, pacing and errors
-- of all calls. A GET or HEAD is tried again. Any other request is sent again only if the service
-- certainly did not act on it. The cache is bypassed.
-- @tparam table given method ("GET"); path, below base_url, percent-encoded; query, values by
-- name or a list of {name, value}; json, the body; timeout, deadline (seconds)
-- @treturn table status, from 200 to 299; headers, text by name in lower case; text, the body as it
-- came, and json, its value; both are nil if there is no body
function Contacts:request(given)
    local record = record_of(self, "request")
    local like = ': contacts:request{ path = "/territories" }'
    local checked = options.check("request", given, like)
    return start(record, "request", checked, checked)
end

--- Cut all pages into ranges, for workers that walk over one each. One request, for the first
-- page, tells how many pages there are; the cache is bypassed. Contacts that are added or deleted
-- between two walks move others over the edges of ranges: those may come twice, or be missing
-- without a sign. One strict walk over all contacts proves that none is.
-- @tparam table given parts, ranges at most, from 1 to 10000; limit or per_page, contacts a page
-- (50); timeout, deadline (seconds)
-- @treturn table a list of options for `pages` or `each`: start; count, which the last one lacks,
-- so that contacts added at the end are not lost; limit, as the service takes it. They follow each
-- other without a gap, and differ by one page at most. One for all pages, if the total is not told
function Contacts:plan(given)
    local record = record_of(self, "plan")
    local checked = options.check("plan", given, ": contacts:plan{ parts = 4 }")
    return start(record, "plan", checked, checked)
end

-- A pager of the walk that `make` makes of a session.
local function walk(record, by_contact, make)
    local opened, err = open(record)
    if not opened then
        return fail(record, err)
    end
    return pager.new({
        walk = demand(make(opened.session)),
        transport = opened.transport,
        drive = function(calls)
            driver.run_together(calls, opened.transport, opened.pacing, record.observe)
        end,
        record = record,
        by_contact = by_contact,
        fail = fail,
    })
end

local function walk_pages(self, method, given, by_contact)
    local record = record_of(self, method)
    local checked = options.check(method, given, ": contacts:" .. method .. "{ limit = 50 }")
    return walk(record, by_contact, function(opened)
        return opened:pages(checked, record.call_options)
    end)
end

--- Fetch contacts by their ids, several at once: `for contact in contacts:get_many(ids) do`. The
-- cache is bypassed.
-- @tparam table ids a list of strings; all are checked now
-- @tparam ?table given prefetch (requests in flight at once, 1 to 32, 4 if it is nil); deadline
-- (seconds, of all)
-- @treturn Pager in the order of the ids: each Contact, or false if the service does not have it.
-- Nothing is sent before the first is asked for
function Contacts:get_many(ids, given)
    local record = record_of(self, "get_many")
    if type(ids) ~= "table" then
        errors.usage("get_many takes a list of ids, not %s", type(ids))
    end
    local checked = options.check("get_many", given, ": contacts:get_many(ids, { prefetch = 4 })")
    return walk(record, true, function(opened)
        return opened:get_many(ids, checked, record.call_options)
    end)
end

--- Walk over all pages: `for page in contacts:pages{} do`.
-- @tparam ?table given start, count (of pages), limit or per_page, cursor, prefetch (requests in
-- flight at once, 1 to 32, 4 if it is nil), details (whether to fetch each contact on its own, as
-- lists have fewer fields), strict (whether to prove that none is missing, or to fail as
-- "incomplete"); keep_json (whether pages can be written with their to_csv() and to_ndjson());
-- deadline (seconds, of all)
-- @treturn Pager nothing is sent before its first page is asked for
function Contacts:pages(given)
    return walk_pages(self, "pages", given, false)
end

--- Walk over all contacts: `for contact in contacts:each{} do`.
-- @tparam ?table given as for `pages`, but for keep_json
-- @treturn Pager
function Contacts:each(given)
    return walk_pages(self, "each", given, true)
end

--- The same client, which returns nil and an error where this one raises it. Iterators and bad
-- arguments still raise.
-- @treturn Contacts
function Contacts:safe()
    local record = copy_of(record_of(self, "safe"))
    record.raising = false
    return wrap(record)
end

--- A client like this one with other options. The two share connections and are closed together,
-- unless an option changes that connections depend on. The environment is not read again for the
-- key and the address.
-- @tparam table changes options of pgai.contacts
-- @treturn Contacts
function Contacts:with_options(changes)
    local record = record_of(self, "with_options")
    local merged = copy_of(record.options)
    local checked = options.check("contacts", changes, ": contacts:with_options{ timeout = 5 }")
    for name, value in pairs(checked) do
        merged[name] = value
    end
    local made = new_record(merged, not transports.differ(checked) and record.shared or nil,
        checked.api_key == nil and record.key_source or nil)
    made.raising = record.raising
    return wrap(made)
end

--- The rate limit, as the service last reported it.
-- @treturn ?table limit, remaining, reset (seconds from now), of which each is nil if it was not
-- reported; wait: seconds until the next request may be sent without a 429. nil: nothing is known
function Contacts:rate_limit()
    local opened = record_of(self, "rate_limit").last.opened
    if not opened then
        return nil
    end
    local now = driver.now(opened.transport)
    local limit, remaining, reset, wait = opened.session:rate_limit(now)
    if not (limit or remaining or reset) and wait == 0 then
        return nil
    end
    return { limit = limit, remaining = remaining, reset = reset and reset / 1000,
        wait = wait / 1000 }
end

--- Close connections. Later calls fail with the kind "closed", also those of clients that share
-- this one's connections.
function Contacts:close()
    local shared = record_of(self, "close").shared
    shared.closed = true
    for name, transport in pairs(shared.transports) do
        shared.transports[name] = nil
        if transport.close then
            transport:close()
        end
    end
end

--- Where requests go.
function Contacts:__tostring()
    local record = records[self]
    return record and "pgai.Contacts of " .. record.options.base_url or "pgai.Contacts"
end

return client
