/* All pages, cut into ranges. */
#include "protocol/parts.h"

#include <inttypes.h>

#include "protocol/error.h"
#include "protocol/page.h"
#include "protocol/window.h"

pgai_status pgaii_parts_check(int64_t parts, pgai_error *error)
{
    if (parts == PGAI_UNSET)
        return pgaii_fail(error, PGAI_USAGE,
                          "parts is missing: say into how many ranges to cut all pages");
    if (parts < 1 || parts > PGAI_MAX_PARTS)
        return pgaii_fail(error, PGAI_USAGE,
                          "parts is %" PRId64
                          ", but must be from 1 to %d: it is into how many ranges all "
                          "pages are cut",
                          parts, PGAI_MAX_PARTS);
    return PGAI_OK;
}

/* How many pages there are; 0: that is not known, or there are none. If the page has more
 * contacts than its total says, the total means nothing. */
static int64_t count_pages(const pgai_page *first, int64_t limit)
{
    int64_t total = first->total;

    if (total < 0 || (int64_t)first->count > total)
        return 0;
    if (total > PGAII_MAX_POSITION)
        total = PGAII_MAX_POSITION;
    return total / limit + (total % limit > 0);
}

/* The first ranges have a page more than the others. */
bool pgaii_parts_cut(const pgai_page *first, int64_t limit, int64_t parts, size_t index,
                     pgai_part *out)
{
    bool told = first->limit >= 1 && first->limit <= PGAII_MAX_LIMIT;
    int64_t used = told ? first->limit : limit;
    int64_t pages = count_pages(first, used);
    int64_t last = (parts < pages ? parts : pages > 0 ? pages : 1) - 1;
    int64_t at = (int64_t)index;
    int64_t each = pages / (last + 1);
    int64_t more = pages % (last + 1);

    if (index > (size_t)last)
        return false;
    out->start = 1 + at * each + (at < more ? at : more);
    out->count = at == last ? PGAI_UNSET : each + (at < more);
    out->limit = used;
    return true;
}
