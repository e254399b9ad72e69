-- What Lua 5.1, 5.4 and LuaJIT have in common.
std = "min"
max_line_length = 100
files["tests/lua"] = { std = "min+busted" }
files["examples"] = { std = "min" }
