/* A look-up of a name that outlives its Lua state. */
#include "support/unit.h"

#include <dirent.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

/* A Lua state that is closed while libcurl looks up a name, which its call gave up on:
 * the thread that does it goes on, in code that must still be there. */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int under_way;
static bool may_end;

/* In place of the C library's: it takes until the test lets it end. */
__attribute__((visibility("default"))) int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
            struct addrinfo **result)
{
    (void)node;
    (void)service;
    (void)hints;
    (void)result;
    pthread_mutex_lock(&mutex);
    under_way++;
    while (!may_end)
        pthread_cond_wait(&changed, &mutex);
    under_way--;
    pthread_mutex_unlock(&mutex);
    return EAI_NONAME;
}

static int count_under_way(void)
{
    int count;

    pthread_mutex_lock(&mutex);
    count = under_way;
    pthread_mutex_unlock(&mutex);
    return count;
}

static void let_end(bool end)
{
    pthread_mutex_lock(&mutex);
    may_end = end;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static int count_threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count - 2; /* . and .. */
}

static const char give_up[] =
    "local contacts = require('pgai').contacts{ api_key = 'test_key_0', proxy = '',\n"
    "    base_url = 'https://contacts.test/v1', deadline = 0.1, max_attempts = 1 }\n"
    "local found, err = contacts:safe():get('c1')\n"
    "assert(err.kind == 'timeout', tostring(err))\n";

static void leave_a_look_up_behind(void)
{
    lua_State *L = luaL_newstate();

    assert_non_null(L);
    luaL_openlibs(L);
    if (luaL_dostring(L, give_up) != 0)
        fail_msg("%s", lua_tostring(L, -1));
    lua_close(L);
}

static void a_look_up_may_outlive_its_state(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        int before = count_threads();

        let_end(false);
        leave_a_look_up_behind();
        while (count_under_way() == 0)
            sched_yield();
        let_end(true);
        while (count_threads() > before)
            sched_yield();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_look_up_may_outlive_its_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
