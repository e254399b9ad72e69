-- Fetch so many pages of 50 contacts with what Debian has for that.
local cjson = require("cjson")
local curl = require("curl")

local easy = curl.easy_init()
local pieces
easy:setopt(curl.OPT_HTTPHEADER, { "x-api-key: " .. os.getenv("PGAI_API_KEY") })
easy:setopt(curl.OPT_WRITEFUNCTION, function(piece)
    pieces[#pieces + 1] = piece
    return #piece
end)

for i = 0, tonumber(arg[1]) - 1 do
    pieces = {}
    easy:setopt(curl.OPT_URL, ("%s/contacts?page=%d&limit=50"):format(os.getenv("PGAI_BASE_URL"),
        i % 200 + 1))
    assert(easy:perform())
    assert(#cjson.decode(table.concat(pieces)).data == 50)
end
