-- What Lua 5.1, 5.4 and LuaJIT have in common.
std = "min"
max_line_length = 100
-- It is read by language servers alone.
exclude_files = { "**/meta.lua" }
files["tests/lua/test_*.lua"] = { std = "min+busted" }
-- What runs inside nginx alone.
for _, name in ipairs({ "cache", "pacing", "monotonic", "transports/nginx", "transports/cosocket",
    "transports/resty_http" }) do
    files["lua/pgai/" .. name .. ".lua"] = { std = "min+ngx_lua" }
end
files["examples/nginx/lua/*.lua"] = { std = "min+ngx_lua" }
files["tests/nginx"] = { std = "min+ngx_lua" }
files["tests/bench/nginx"] = { std = "min+ngx_lua" }
