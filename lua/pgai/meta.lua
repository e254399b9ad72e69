---@meta pgai
-- Annotations for language servers; never loaded.

---@class pgai
---@field _VERSION string the version of the library
---@field _ABI "5.4"|"luajit" the Lua that pgai.core was compiled for
---@field null lightuserdata JSON null; the same as cjson.null and ngx.null
---@field array_mt table the metatable of arrays
local pgai = {}

---@class pgai.ContactsOptions
---@field api_key? string|fun():string the key, or a function that is called for it before each call; nil: $PGAI_API_KEY
---@field base_url? string nil: $PGAI_BASE_URL, else the service's own address
---@field timeout? number|false seconds for one attempt, 30; false: no end
---@field connect_timeout? number|false seconds for its connection, 10; false: no end
---@field deadline? number|false seconds for a call with all attempts and waits, 120, or 600 for each page of a walk; false: no end
---@field max_attempts? integer maximum of attempts of a call, 4, or 8 for each page of a walk; 1: exactly one request
---@field max_wait? number|false longest single wait for the rate limit in seconds, 120; a call that must wait longer fails as "rate_limited"; false: no maximum
---@field pace? boolean|"shared" false: do not wait for the rate limit before a request; "shared", outside nginx: wait together with all processes of this user on this host that say so
---@field share? number part of the rate limit to use, above 0, at most 1, which is the default; such as 1 / 8 in each of eight workers
---@field proxy? string URL of a proxy; "": none; nil: from the environment
---@field ca? string trusted certificates instead of the system's: a file, a directory of hashed names, or PEM text
---@field user_agent? string nil: "pgai/VERSION"
---@field allow_cleartext? boolean allow http:// to a host that is not loopback
---@field transport? "auto"|"curl"|"cosocket"|"resty_http"|pgai.Transport how requests are sent
---@field null? "omit"|"sentinel" what JSON null becomes: nothing, or pgai.null
---@field cache? pgai.Cache|false keeps responses; made by require("pgai.cache").shared()
---@field pacing? pgai.Pacing shares the pacing between workers; made by require("pgai.pacing").shared()
---@field on_event? false|fun(event: pgai.Event) called for each request, response, retry, wait and page

---@class pgai.CallOptions
---@field timeout? number|false seconds for one attempt
---@field deadline? number|false seconds for the call with all attempts and waits

---@class pgai.ListOptions: pgai.CallOptions
---@field page? integer from 1
---@field limit? integer contacts a page, from 1; the service may return fewer
---@field per_page? integer another name for limit
---@field keep_json? boolean whether the page can be written with its to_csv() and to_ndjson()

---@class pgai.EachOptions
---@field start? integer number of the first page, from 1
---@field count? integer how many pages, from 1; nil: all that follow. A cursor has it already
---@field limit? integer contacts a page, 50
---@field per_page? integer another name for limit
---@field prefetch? integer requests in flight at once, 1 to 32, 4
---@field details? boolean fetch each contact on its own, as lists have fewer fields
---@field strict? boolean prove that none is missing, or fail as "incomplete"
---@field cursor? string where an earlier walk stopped
---@field deadline? number|false seconds for the whole walk

---@class pgai.PagesOptions: pgai.EachOptions
---@field keep_json? boolean whether pages can be written with their to_csv() and to_ndjson()

---@class pgai.GetManyOptions
---@field prefetch? integer requests in flight at once, 1 to 32, 4
---@field deadline? number|false seconds for all of them

---@alias pgai.QueryValue string|number|boolean|(string|number|boolean)[]

---@class pgai.PlanOptions: pgai.CallOptions
---@field parts integer ranges at most, from 1 to 10000
---@field limit? integer contacts a page; nil: 50
---@field per_page? integer another name for limit

---A range of pages, for pages() and each().
---@class pgai.Part
---@field start integer number of the first page
---@field count? integer of pages; nil, of the last range: all that follow
---@field limit integer contacts a page, as the service takes it

---@class pgai.RequestOptions: pgai.CallOptions
---@field path string below base_url, such as "/territories"; percent-encoded if needed
---@field method? "GET"|"HEAD"|"POST"|"PUT"|"PATCH"|"DELETE" nil: GET
---@field query? table<string, pgai.QueryValue>|{ [1]: string, [2]: pgai.QueryValue }[] parameters, sent in the order of their names; or a list, sent in its order
---@field json? any the body: a table, text, a number, a boolean or pgai.null; nil: none

---@class pgai.Fields
---@field first_name? string|lightuserdata
---@field last_name? string|lightuserdata
---@field email? string|lightuserdata
---@field job_title? string|lightuserdata
---@field company? string|lightuserdata
---@field linkedin_url? string|lightuserdata
---@field location? string|lightuserdata
---@field phone? string|lightuserdata
---@field extra? table|string fields that are not documented, or their JSON text

---Make a client; nothing is sent.
---@param options? pgai.ContactsOptions
---@return pgai.Contacts
function pgai.contacts(options) end

---Mark a table as an array, so that it is sent as `[]` even when it is empty.
---@generic T: table
---@param items T
---@return T
function pgai.array(items) end

---Whether a value is an error of this package; if a kind is given, of that kind.
---@param value any
---@param kind? string
---@return boolean
function pgai.is_error(value, kind) end

---@class pgai.Contacts
local Contacts = {}

---List one page of contacts.
---@param options? pgai.ListOptions
---@return pgai.Page? page
---@return pgai.Error? err under safe()
function Contacts:list(options) end

---Fetch one contact.
---@param id string
---@param options? pgai.CallOptions
---@return pgai.Contact? contact
---@return pgai.Error? err under safe()
function Contacts:get(id, options) end

---Fetch contacts by their ids, several at once: `for contact in contacts:get_many(ids) do`. A
---contact that the service does not have is false.
---@param ids string[]
---@param options? pgai.GetManyOptions
---@return pgai.Pager
function Contacts:get_many(ids, options) end

---Create one contact.
---@param fields pgai.Fields
---@param options? pgai.CallOptions
---@return pgai.Contact? contact
---@return pgai.Error? err under safe()
function Contacts:create(fields, options) end

---Send a request to any other endpoint of the service. A GET or HEAD is tried again. Any other
---request is sent again only if the service certainly did not act on it. The cache is bypassed.
---@param options pgai.RequestOptions
---@return pgai.Response? response
---@return pgai.Error? err under safe()
function Contacts:request(options) end

---Cut all pages into ranges, for workers that walk over one each.
---@param options pgai.PlanOptions
---@return pgai.Part[]? parts
---@return pgai.Error? err under safe()
function Contacts:plan(options) end

---Walk over all pages: `for page in contacts:pages{} do`.
---@param options? pgai.PagesOptions
---@return pgai.Pager
function Contacts:pages(options) end

---Walk over all contacts: `for contact in contacts:each{} do`.
---@param options? pgai.EachOptions
---@return pgai.Pager
function Contacts:each(options) end

---The same client, which returns nil and an error where this one raises it.
---@return pgai.Contacts
function Contacts:safe() end

---A client like this one with other options.
---@param changes pgai.ContactsOptions
---@return pgai.Contacts
function Contacts:with_options(changes) end

---The rate limit, as the service last reported it.
---@return { limit?: integer, remaining?: integer, reset?: number, wait: number }?
function Contacts:rate_limit() end

---Close connections; later calls fail with the kind "closed".
function Contacts:close() end

---A walk: also the iterator of a `for` loop over itself.
---@class pgai.Pager
---@overload fun(): pgai.Page|pgai.Contact|false|nil
local Pager = {}

---The next page, or contact; nil at the end. Of get_many(): false for a contact that the service
---does not have.
---@return pgai.Page|pgai.Contact|false|nil
---@return pgai.Error? err under safe()
function Pager:next() end

---Where the walk stands, as text for the option `cursor`.
---@param used? integer of pages(): how many contacts of the last page you have used; nil: all
---@return string? cursor nil: of get_many()
function Pager:cursor(used) end

---What the walk did so far.
---@return pgai.Stats
function Pager:stats() end

---@class pgai.Stats
---@field pages integer returned
---@field contacts integer returned
---@field requests integer sent, retries included
---@field retries integer of them, after a failure or a 429
---@field waited_pacing number seconds waited to avoid a 429
---@field waited_limited number seconds waited after a 429
---@field waited_backoff number seconds waited before a retry
---@field duplicates integer contacts that came twice and were dropped
---@field drift integer signs that contacts moved between pages during the walk
---@field gone integer contacts that the service did not have when they were to be fetched
---@field elapsed number seconds since its first request, or that the whole walk took
---@field time_left? number seconds until the walk is over, estimated from its pace so far and the rate limit; nil:
---not known, as before the first page, without a total, and after a failure; 0: it is over
---@field total? integer as the service last reported it
---@field complete? boolean false: contacts are missing or may be missing, or the walk is not over; nil: it is
---over, without a sign of a gap; true: a strict walk proved that there is none
---@field incomplete_reason? string why complete is false

---A plain table of the fields that the service sent: text, or what it sent instead.
---@class pgai.Contact
---@field id? string|any
---@field first_name? string|any
---@field last_name? string|any
---@field email? string|any
---@field job_title? string|any
---@field company? string|any
---@field linkedin_url? string|any
---@field location? string|any
---@field phone? string|any
---@field created_at? string|any
---@field updated_at? string|any
---@field [string] any
local Contact = {}

---Whether the service sent the field, even as null.
---@param name string
---@return boolean
function Contact:has(name) end

---A new table without metatable, in which null is pgai.null.
---@return table
function Contact:to_table() end

---An array of contacts.
---@class pgai.Page
---@field [integer] pgai.Contact
---@field page? integer number of the page
---@field limit? integer contacts a page
---@field total? integer contacts in all
---@field requests integer requests sent for it, retries included
---@field response? pgai.Response that it came in, without its body; nil: it is not from a call
local Page = {}

---The contacts as JSON lines: each is its exact JSON text, and ends with a line feed. A text that
---has line breaks is written without any blanks between its parts. The page must have been asked for
---with keep_json.
---@return string
function Page:to_ndjson() end

---The contacts as CSV (RFC 4180), in rows that end with CR LF. The page must have been asked for with
---keep_json. Bad options raise.
---@param options? pgai.CSVOptions
---@return string
function Page:to_csv(options) end

---@class pgai.CSVOptions
---@field columns? string[] up to 1,000 names of fields, documented or not, in the order of the columns; a
---field that no contact has is an empty column; "extra" is a JSON object of all fields that are
---neither documented nor columns of their own; nil: all documented fields
---@field header? boolean whether the first row has the names of the columns; nil: true
---@field escape_formulas? boolean whether to put a ' before text that a spreadsheet might take for a
---formula, since it begins with = + - @ or a blank; it is then another text; nil: false

---The page as the service sends it: { data = {...}, pagination = {...} }.
---@return table
function Page:to_table() end

---A plain table.
---@class pgai.Response
---@field status integer from 200 to 299; of an error any
---@field headers table<string, string> by name in lower case; if a name came more than once, its values are joined by ", "
---@field json any the value of the body; nil: there is none, or it is null
---@field text? string the body, as it came; nil: there is none, or it was not kept, as of a page or an error

--- Something that happened in a call. What a kind does not have is nil.
---@class pgai.Event
---@field kind "request"|"response"|"retry"|"wait"|"page"
---@field call integer number of the call, among those with one key that are watched
---@field method string
---@field route? string the path without an id, such as "/contacts/{id}"; nil: of any other endpoint
---@field base_url string of the client
---@field path string below base_url, without a query
---@field attempt integer number of the request in its call, from 1; of a wait, that of the next one
---@field status? integer response, retry: of HTTP; nil: no response came
---@field error? string response, retry: the kind of the error; nil: there is none
---@field bytes? integer request: of its body; response: of its decoded body
---@field elapsed? number response: seconds since the request
---@field cause? "pacing"|"limited"|"backoff" retry, wait
---@field wait? number retry, wait: seconds until the next request
---@field limit? integer response: requests a minute
---@field remaining? integer response: of them
---@field reset? number response: seconds until the window ends
---@field page? integer page: its number
---@field contacts? integer page: contacts on it
---@field total? integer page: contacts in all
---@field request_id? string response: of the service

---@class pgai.Error
---@field kind string such as "not_found"
---@field message string for people
---@field status? integer of HTTP
---@field code? string the service's own
---@field request_id? string
---@field permission? string what the key lacks, such as "contacts:write"
---@field details? any the service's details
---@field retry_after? number wait so many seconds before you try again
---@field requests integer requests sent for the call
---@field response? pgai.Response that the call failed with, without its body; nil: none came
---@field outcome_unknown boolean a contact may have been created, or a request carried out
---@field cursor? string where the walk stopped
---@field where? string the position in the caller's code, for kind "usage"
---@field key_source? string where the key came from, for kind "authentication"
---@field traceback? string the stack where it was raised

---A request for a transport to send; it contains the key.
---@class pgai.Request
---@field method "GET"|"HEAD"|"POST"|"PUT"|"PATCH"|"DELETE"
---@field url string
---@field target string
---@field host string
---@field port integer
---@field tls boolean
---@field headers string[][] pairs of name and value
---@field body? string
---@field timeout number seconds
---@field connect_timeout number seconds
---@field once boolean it must not be sent twice

---@class pgai.Failure
---@field kind string
---@field sent? boolean false: certainly no byte of the request left
---@field permanent? boolean the same attempt cannot succeed
---@field message? string

---@class pgai.Transport
---@field request fun(self, request: pgai.Request): (integer?, table<string, string|string[]>|pgai.Failure, string?)
---@field sleep fun(self, seconds: number, cause: "pacing"|"limited"|"backoff"): (true?, string?)
---@field now fun(self): number
---@field close? fun(self)
---@field blocking? boolean it never yields, so nginx may use it anywhere

---Inside nginx: require("pgai.cache").
---@class pgai.cache
local cache = {}

---@class pgai.CacheOptions
---@field ttl? number seconds that a response is fresh, 30
---@field negative_ttl? number seconds that "not found" is fresh, 3
---@field stale_if_error? number further seconds that an old response is used while the service fails, 300
---@field lock_timeout? number seconds after which one more caller fetches what another one is still fetching, 5

---The cache in a lua_shared_dict of nginx.conf.
---@param dict string
---@param options? pgai.CacheOptions
---@return pgai.Cache
function cache.shared(dict, options) end

---@class pgai.Cache
local Cache = {}

---Responses from the cache (hits), from the service (misses), and older ones because it failed
---(stale); in all workers since nginx started.
---@return { hits: integer, misses: integer, stale: integer }
function Cache:counters() end

---The fresh response of that key; or nil, and an older one.
---@param key string
---@return { status: integer, body: string }? response
---@return { status: integer, body: string }? older
function Cache:look_up(key) end

---The response of that key, if the kept one is not fresh: another caller's, or fetched.
---@param key string
---@param older? { status: integer, body: string } what look_up() gave
---@param seconds number how long everything may take, waits for other callers included
---@param fetch fun(left: number, ...): { status: integer, body: string }?, pgai.Error?
---@param ... any for `fetch`, after the remaining seconds
---@return { status: integer, body: string }? response
---@return pgai.Error? err
function Cache:fetch(key, older, seconds, fetch, ...) end

---@param identity string what identifies the caller to the service; only a digest is kept
---@return string
function Cache:scope(identity) end

---@param scope string
---@param id string
---@return string
function Cache:contact_key(scope, id) end

---@param scope string
---@param page? integer
---@param limit? integer
---@return string
function Cache:page_key(scope, page, limit) end

---Forget a scope's pages.
---@param scope string
function Cache:drop_pages(scope) end

---Inside nginx: require("pgai.pacing").
---@class pgai.pacing
local pacing = {}

---The pacing in a lua_shared_dict of nginx.conf.
---@param dict string
---@return pgai.Pacing
function pacing.shared(dict) end

---@class pgai.Pacing
local Pacing = {}

---@param session userdata of pgai.core
---@param identity string what identifies the caller to the service; only a digest is kept
---@return table what paces the calls of that session
function Pacing:bind(session, identity) end

---@class pgai.NginxTransportOptions
---@field pool_size? integer connections that each worker keeps to one service, 30
---@field idle_timeout? number seconds that one is kept, 30
---@field backlog? integer callers that may wait for one of pool_size; nil: there is no maximum
---@field pool? string part of the name of its connections, so that other transports do not use them

---Inside nginx: require("pgai.transports.cosocket"), and require("pgai.transports.resty_http").
---@class pgai.transports.cosocket
local cosocket = {}

---@param options? pgai.NginxTransportOptions
---@return pgai.Transport
function cosocket.new(options) end

---Inside nginx: require("pgai.key_file")(path), the first line of a file that only its owner
---can read.
---@alias pgai.key_file fun(path: string): string

return pgai
