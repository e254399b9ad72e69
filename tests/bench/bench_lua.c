/* What pgai costs in Lua, as whole processes: fetching pages to tables, against a bare
 * libcurl loop and against Lua-cURL with lua-cjson; loading the module; and the peak of a
 * walk. The sandbox runs in this process, whose time does not count. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pgai/sandbox.h>

#include "bench/bare.h"
#include "bench/child.h"
#include "support/ratio.h"

/* So many that the start of a process, which is counted, is a hundredth of what it does.
 */
enum { PAGES = 2000, ROUNDS = 7, STARTS = 51 };

/* Pages that the sandbox has; they are fetched again and again. */
enum { PAGES_EACH = 200 };

static const char programs[] = SOURCE_FOLDER "/tests/bench/lua";

static int fetch_bare(const char *base_url)
{
    bare loop;
    int failed = 0;

    bare_init(&loop, base_url, "sandbox_key");
    for (int done = 0; done < PAGES; done += PAGES_EACH)
        failed |= bare_fetch(&loop, PAGES_EACH);
    bare_clear(&loop);
    return failed != 0;
}

static void run_child(void *arguments)
{
    child_run(arguments);
}

static void use_machine(const char *name)
{
    const char *abi = strcmp(name, "luajit") == 0 ? name : "5.4";
    char path[4096];

    snprintf(path, sizeof(path), "%s/lua/?.lua;%s/lua/?/init.lua;;", SOURCE_FOLDER,
             SOURCE_FOLDER);
    setenv("LUA_PATH", path, 1);
    snprintf(path, sizeof(path), "%s/lua/%s/?.so;;", BINARY_FOLDER, abi);
    setenv("LUA_CPATH", path, 1);
}

static void compare_fetching(const char *self, const char *machine)
{
    char title[128];
    char pages[16];
    char ours[4096];
    char theirs[4096];
    const char *one_handle[] = {self, "bare", NULL};
    const char *pgai[] = {machine, ours, pages, NULL};
    const char *others[] = {machine, theirs, pages, NULL};
    const ratio_table table = {title, "page", PAGES, RATIO_CHILDREN, ROUNDS};
    const ratio_entry entries[] = {
        {"one libcurl handle, no decoding", run_child, one_handle},
        {"contacts:list{}", run_child, pgai},
        {"Lua-cURL and lua-cjson", run_child, others}};

    snprintf(title, sizeof(title), "%s: pages of 50 contacts over loopback, to tables",
             machine);
    snprintf(pages, sizeof(pages), "%d", PAGES);
    snprintf(ours, sizeof(ours), "%s/fetch_pgai.lua", programs);
    snprintf(theirs, sizeof(theirs), "%s/fetch_luacurl.lua", programs);
    /* Debian has Lua-cURL for Lua 5.1, whose modules only LuaJIT can load. */
    ratio_print(&table, entries, strcmp(machine, "luajit") == 0 ? 3 : 2);
}

static void compare_starts(const char *machine)
{
    char title[128];
    const char *alone[] = {machine, "-e", "local _", NULL};
    const char *module[] = {machine, "-e", "require 'pgai'", NULL};
    const char *client[] = {machine, "-e", "require('pgai').contacts{}", NULL};
    const ratio_table table = {title, "start", 1, RATIO_CHILDREN, STARTS};
    const ratio_entry entries[] = {{"nothing", run_child, alone},
                                   {"require \"pgai\"", run_child, module},
                                   {"and a client, with libcurl", run_child, client}};

    snprintf(title, sizeof(title), "%s: a process that does", machine);
    ratio_print(&table, entries, 3);
}

static long peak_of_walk(const char *machine, long contacts)
{
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;
    char command[4096];
    char line[32] = "";
    FILE *walk;

    options.contacts = contacts;
    if (pgai_sandbox_start(&options, &sandbox, NULL) != PGAI_OK)
        abort();
    setenv("PGAI_BASE_URL", pgai_sandbox_url(sandbox), 1);
    snprintf(command, sizeof(command), "%s %s/walk.lua %ld", machine, programs, contacts);
    walk = popen(command, "r");
    if (!walk || !fgets(line, sizeof(line), walk) || pclose(walk) != 0)
        abort();
    pgai_sandbox_stop(sandbox);
    return strtol(line, NULL, 10);
}

static void compare_memory(const char *machine)
{
    long small = peak_of_walk(machine, 10000);
    long large = peak_of_walk(machine, 1000000);

    printf("%s: peak of a whole process\n", machine);
    printf("  %-44s %9ld KiB     %7.3f\n", "each{} over 10,000 contacts", small, 1.0);
    printf("  %-44s %9ld KiB     %7.3f\n", "each{} over 1,000,000 contacts", large,
           (double)large / (double)small);
}

int main(int argc, char **argv)
{
    static const char *const machines[] = {"lua5.4", "luajit"};
    pgai_sandbox_options options = PGAI_SANDBOX_OPTIONS_INIT;
    pgai_sandbox *sandbox = NULL;

    if (argc == 2)
        return fetch_bare(getenv("PGAI_BASE_URL"));
    options.contacts = 10000;
    if (pgai_sandbox_start(&options, &sandbox, NULL) != PGAI_OK)
        abort();
    setenv("PGAI_API_KEY", pgai_sandbox_key(sandbox), 1);
    for (int i = 0; i < 2; i++) {
        setenv("PGAI_BASE_URL", pgai_sandbox_url(sandbox), 1);
        use_machine(machines[i]);
        compare_fetching(argv[0], machines[i]);
        compare_starts(machines[i]);
        compare_memory(machines[i]);
    }
    pgai_sandbox_stop(sandbox);
    return 0;
}
