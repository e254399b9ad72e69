#ifndef PGAI_PROTOCOL_WINDOW_H
#define PGAI_PROTOCOL_WINDOW_H

#include <stdint.h>

/** What a cursor can hold, and so far below INT64_MAX that no walk gets there. */
#define PGAII_MAX_POSITION INT64_C(999999999999999999)

/** No service means more than this as the size of a page. */
#define PGAII_MAX_LIMIT 1000000

/** A stretch of the list as one request can ask for it: a page of a limit. Positions
 * count from 0; they, and limits, must be so small that their sum is an int64_t. */
typedef struct pgaii_window {
    int64_t page;  /* from 1 */
    int64_t limit; /* contacts a page, from 1 */
} pgaii_window;

/** The position of its first contact, and the one behind its last. */
static inline int64_t pgaii_window_start(pgaii_window window)
{
    return (window.page - 1) * window.limit;
}

static inline int64_t pgaii_window_end(pgaii_window window)
{
    return window.page * window.limit;
}

/** The window, of a limit of at most @p most, that holds the contact before position
 * @p end, if there is one, and ends furthest. It ends at @p end, and goes on no further,
 * where that is a multiple of all limits. */
pgaii_window pgaii_window_forward(int64_t end, int64_t most);

/** The window, of a limit of at most @p most, that holds the contact before position
 * @p start, which is from 1, and the one at it, if any does, and begins furthest before.
 */
pgaii_window pgaii_window_back(int64_t start, int64_t most);

#endif
