/* Memory that runs out on purpose, in the libraries of one program. */
#include "support/failing_allocator.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

/* The linker gives the library's own calls to __wrap_malloc() and the like; libcurl and
 * jansson are told to call them. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static _Thread_local size_t countdown; /* 0: not armed */
static _Thread_local bool stays;
static _Thread_local bool failed;
static _Thread_local long live;

static bool fails(void)
{
    if (failed && stays)
        return true;
    if (countdown == 0 || --countdown > 0)
        return false;
    failed = true;
    return true;
}

static void *counted(void *block)
{
    live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    void *moved = fails() ? NULL : __real_realloc(block, size);

    return block ? moved : counted(moved);
}

void __wrap_free(void *block)
{
    live -= block != NULL;
    __real_free(block);
}

static char *copy_string(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

void failing_allocator_install(void)
{
    json_set_alloc_funcs(__wrap_malloc, __wrap_free);
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, __wrap_malloc, __wrap_free,
                             __wrap_realloc, copy_string, __wrap_calloc) != CURLE_OK)
        abort();
}

void failing_allocator_arm(size_t nth, bool for_good)
{
    countdown = nth;
    stays = for_good;
    failed = false;
}

bool failing_allocator_disarm(void)
{
    bool did = failed;

    countdown = 0;
    stays = false;
    failed = false;
    return did;
}

long failing_allocator_live(void)
{
    return live;
}
