-- A tour of the library, as scripts/demo runs it. The last line is the same in every
-- language.
local pgai = require("pgai")

local contacts = pgai.contacts()
local page = contacts:list{ page = 1, limit = 10 }
for _, contact in ipairs(page) do
    print(contact.first_name, contact.last_name, contact.email)
end
print(("page %d, %d of %d contacts\n"):format(page.page, #page, page.total))

local fetched = contacts:get(page[1].id)
print(("fetched: %s %s\n"):format(fetched.id, fetched.email))
local created = contacts:create{
    first_name = "Sarah", last_name = "Connor", email = "sarah@example.com",
}
print(("created: %s %s\n"):format(created.id, created.email))
local refused, err = contacts:safe():create{ last_name = "Connor" }
if not refused then
    print(("refused: %s, HTTP %d: %s\n"):format(err.kind, err.status, err.message))
end

local walk = contacts:each()
local count = 0
for _ in walk do
    count = count + 1
end
print(("%s: %d contacts in %d requests"):format(rawget(_G, "jit") and "luajit" or "lua5.4", count,
    walk:stats().requests))
