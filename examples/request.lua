-- Send a request to any endpoint: lua5.4 request.lua METHOD PATH [NAME=VALUE...]. The key is in
-- $PGAI_API_KEY. It prints the body as it came.
--
--     lua5.4 request.lua GET /contacts page=2 limit=10
--     lua5.4 request.lua DELETE /territories/7
local pgai = require("pgai")

local query = {}
for i = 3, #arg do
    query[#query + 1] = { arg[i]:match("^([^=]*)=?(.*)$") }
end

local contacts = pgai.contacts()
local fine, response = pcall(contacts.request, contacts,
    { method = arg[1], path = arg[2], query = query })
if not fine then
    io.stderr:write(tostring(response), "\n")
    os.exit(1)
end
print(response.text or ("status %d, without a body"):format(response.status))
