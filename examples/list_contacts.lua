-- List contacts: lua5.4 list_contacts.lua [PAGE [LIMIT]]. The key is in $PGAI_API_KEY.
local pgai = require("pgai")

local contacts = pgai.contacts():safe()
local page, err = contacts:list{ page = tonumber(arg[1]), limit = tonumber(arg[2]) }
if not page then
    io.stderr:write(err.kind, ": ", err.message, "\n")
    os.exit(1)
end
for _, contact in ipairs(page) do
    local name = ("%s %s"):format(contact.first_name or "", contact.last_name or "")
    print(contact.id, name, contact.email or "-")
end
print(("page %d, %d of %d contacts"):format(page.page, #page, page.total))
