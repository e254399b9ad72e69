/* The keys that the service knows, and what each may do. */
#include "sandbox/key.h"

#include "protocol/text.h"

static const struct {
    const char *text; /* NULL: not a key */
    const char *name;
    int scopes;
} keys[PGAII_KEY_COUNT] = {
    [PGAII_KEY_NONE] = {NULL, "none", 0},
    [PGAII_KEY_UNKNOWN] = {NULL, "unknown", 0},
    [PGAII_KEY_FULL] = {"sandbox_key", "full", PGAII_SCOPE_READ | PGAII_SCOPE_WRITE},
    [PGAII_KEY_READ] = {"sandbox_read", "read", PGAII_SCOPE_READ},
    [PGAII_KEY_WRITE] = {"sandbox_write", "write", PGAII_SCOPE_WRITE},
};

pgaii_key pgaii_key_find(pgai_text text)
{
    if (!text.data)
        return PGAII_KEY_NONE;
    for (int key = PGAII_KEY_FULL; key < PGAII_KEY_COUNT; key++) {
        if (pgaii_text_equal(text, pgaii_text(keys[key].text)))
            return (pgaii_key)key;
    }
    return PGAII_KEY_UNKNOWN;
}

const char *pgaii_key_name(pgaii_key key)
{
    return keys[key].name;
}

bool pgaii_key_is_valid(pgaii_key key)
{
    return keys[key].text != NULL;
}

bool pgaii_key_has(pgaii_key key, pgaii_scope scope)
{
    return (keys[key].scopes & (int)scope) != 0;
}
