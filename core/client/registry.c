/* The sessions of the process, one for each key, base URL and share. */
#include "client/registry.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "client/shared_session.h"
#include "engine/process.h"
#include "protocol/memory.h"
#include "protocol/session.h"

typedef struct entry {
    pgai_session *session;
    size_t references;
    struct entry *next;
} entry;

static entry *entries; /* only under the lock of the process */

static bool is_same(const pgai_session *a, const pgai_session *b)
{
    return strcmp(a->key, b->key) == 0 && strcmp(a->url.text, b->url.text) == 0 &&
           a->pacer.share == b->pacer.share &&
           pgaii_shared_session_is(a) == pgaii_shared_session_is(b);
}

static entry *find_or_add(entry *fresh)
{
    entry *found = entries;

    while (found && !is_same(found->session, fresh->session))
        found = found->next;
    if (!found) {
        fresh->next = entries;
        found = entries = fresh;
    }
    found->references++;
    return found;
}

pgai_session *pgaii_registry_share(pgai_session *fresh)
{
    entry *added = pgaii_new(sizeof(*added));
    entry *found = NULL;
    pgai_session *shared = NULL;

    if (added) {
        added->session = fresh;
        pgaii_process_lock(NULL);
        found = find_or_add(added);
        shared = found->session;
        pgaii_process_unlock(NULL);
    }
    if (found != added)
        free(added);
    if (shared != fresh)
        pgaii_shared_session_free(fresh);
    return shared;
}

/* The place of a session's entry. */
static entry **place_of(const pgai_session *session)
{
    entry **at = &entries;

    while ((*at)->session != session)
        at = &(*at)->next;
    return at;
}

void pgaii_registry_keep(pgai_session *session)
{
    pgaii_process_lock(NULL);
    (*place_of(session))->references++;
    pgaii_process_unlock(NULL);
}

/* Take out the entry of a session that nobody uses any more; NULL: it is in use. */
static entry *remove_unused(const pgai_session *session)
{
    entry **at = place_of(session);
    entry *found = *at;

    if (--found->references > 0)
        return NULL;
    *at = found->next;
    return found;
}

void pgaii_registry_release(pgai_session *session)
{
    entry *unused;

    if (!session)
        return;
    pgaii_process_lock(NULL);
    unused = remove_unused(session);
    pgaii_process_unlock(NULL);
    if (unused) {
        pgaii_shared_session_free(unused->session);
        free(unused);
    }
}
