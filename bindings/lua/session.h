#ifndef PGAII_LUA_SESSION_H
#define PGAII_LUA_SESSION_H

#include <lua.h>

#include <pgai/protocol.h>

/** core.session{api_key=, base_url=, user_agent=, allow_cleartext=, share=, seed=}: a
 * session; or nil and an error. Its methods: list, get, create, pages, rate_limit, save,
 * load. */
int pgaii_lua_session_new(lua_State *L);

/** The session at @p index, borrowed from the userdata; an error is raised where there is
 * none. */
pgai_session *pgaii_lua_session_at(lua_State *L, int index);

/** Make the metatable of sessions. */
void pgaii_lua_session_open(lua_State *L);

/** Free a call or a walk whose request nobody will report any more, because its sender
 * was ended.
 *
 * It then no longer counts as being on its way. Where others share the session's state,
 * so that it is loaded before each step, it must be freed after that: until then it is
 * kept.
 *
 * @param session  The userdata of its session.
 */
void pgaii_lua_session_leave(void *session, void *object, void (*release)(void *object));

#endif
