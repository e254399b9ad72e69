#ifndef PGAI_SANDBOX_KEY_H
#define PGAI_SANDBOX_KEY_H

#include <stdbool.h>

#include <pgai/text.h>

/** The kind of key of a request. A key's text is kept nowhere. */
typedef enum pgaii_key {
    PGAII_KEY_NONE,    /**< no key was sent */
    PGAII_KEY_UNKNOWN, /**< a key that the service did not issue */
    PGAII_KEY_FULL,    /**< sandbox_key: contacts:* */
    PGAII_KEY_READ,    /**< sandbox_read: contacts:read */
    PGAII_KEY_WRITE,   /**< sandbox_write: contacts:write */
    PGAII_KEY_COUNT
} pgaii_key;

/** Permissions; a set of them is the sum. */
typedef enum pgaii_scope { PGAII_SCOPE_READ = 1, PGAII_SCOPE_WRITE = 2 } pgaii_scope;

/** Who a key belongs to; @p text has data NULL when none was sent. */
pgaii_key pgaii_key_find(pgai_text text);

/** Its name in logs: "none", "unknown", "full", "read", "write". Static. */
const char *pgaii_key_name(pgaii_key key);

/** Whether the service issued the key. */
bool pgaii_key_is_valid(pgaii_key key);

/** Whether the key has a permission. */
bool pgaii_key_has(pgaii_key key, pgaii_scope scope);

#endif
