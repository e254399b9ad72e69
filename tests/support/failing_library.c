/* Memory that runs out on purpose, in a whole process. */
#include "support/failing_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC __attribute__((visibility("default")))

static _Thread_local bool armed;
static _Thread_local bool failed;
static _Thread_local long left;
static _Thread_local long failures;

PUBLIC void failing_arm(long after, long count)
{
    left = after;
    failures = count;
    failed = false;
    armed = true;
}

PUBLIC int failing_disarm(void)
{
    armed = false;
    return failed;
}

static bool fails(void)
{
    if (!armed || left-- > 0)
        return false;
    left = 0;
    if (failures == 0)
        return false;
    if (failures > 0)
        failures--;
    failed = true;
    errno = ENOMEM;
    return true;
}

/* Stores the C library's own function of that name, once, in a pointer to a function:
 * that is what dlsym() is made for, and ISO C has no other way. */
static void find(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        abort();
    memcpy(function, &found, sizeof(found));
}

PUBLIC void *malloc(size_t size)
{
    static void *(*real)(size_t);

    if (!real)
        find(&real, "malloc");
    return fails() ? NULL : real(size);
}

PUBLIC void *calloc(size_t count, size_t size)
{
    static void *(*real)(size_t, size_t);

    if (!real)
        find(&real, "calloc");
    return fails() ? NULL : real(count, size);
}

PUBLIC void *realloc(void *block, size_t size)
{
    static void *(*real)(void *, size_t);

    if (!real)
        find(&real, "realloc");
    return fails() ? NULL : real(block, size);
}
