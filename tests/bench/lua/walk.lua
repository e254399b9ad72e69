-- Walk over so many contacts.
local count = 0
for _ in require("pgai").contacts():each() do
    count = count + 1
end
assert(count == tonumber(arg[1]))
