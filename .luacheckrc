-- What Lua 5.1, 5.4 and LuaJIT have in common.
std = "min"
max_line_length = 100
-- It is read by language servers alone.
exclude_files = { "**/meta.lua" }
files["tests/lua/test_*.lua"] = { std = "min+busted" }
