--- Client of the PG:AI Contacts API.
--
--     local pgai = require "pgai"
--     local contacts = pgai.contacts{ api_key = "..." }
--     for contact in contacts:each{} do print(contact.first_name) end
local loaded, core = pcall(require, "pgai.core")
if not loaded then
    local jit = rawget(_G, "jit")
    error(("pgai.core cannot be loaded into %s. Each Lua needs the module that was built for "
        .. "it, in its own folder of package.cpath:\n%s"):format(
            jit and jit.version or _VERSION, core), 0)
end

local client = require("pgai.client")
local errors = require("pgai.errors")

-- Arrays are marked in the same way as by lua-cjson, if it marks them.
local has_cjson, cjson = pcall(require, "cjson")
local array_mt = has_cjson and cjson.array_mt or core.array_mt
core.use_array_mt(array_mt)

local pgai = {
    _VERSION = core._VERSION,
    _ABI = core._ABI,
    null = core.null,
    array_mt = array_mt,
    contacts = client.new,
    is_error = errors.is_error,
}

--- Mark a table as an array, so that it is sent as `[]` even when it is empty.
-- @tparam table items
-- @treturn table the same
function pgai.array(items)
    return setmetatable(items, array_mt)
end

return pgai
