-- Fetch so many pages of 50 contacts.
local contacts = require("pgai").contacts()

for i = 0, tonumber(arg[1]) - 1 do
    assert(#contacts:list{ page = i % 200 + 1, limit = 50 } == 50)
end
