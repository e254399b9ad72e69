#include <lauxlib.h>
#include <lua.h>

#include <pgai/version.h>

__attribute__((visibility("default"))) int luaopen_pgai_core(lua_State *L);

int luaopen_pgai_core(lua_State *L)
{
    lua_newtable(L);
    return 1;
}
