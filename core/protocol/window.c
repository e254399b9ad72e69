/* Windows: which page of which limit shows a place of the list. */
#include "protocol/window.h"

/* Limits that are tried. Half of the largest is the smallest of use: what a smaller one
 * does not cut apart, a multiple of it does not, either. */
enum { MAX_TRIED = 64 };

static int64_t least_limit(int64_t most)
{
    int64_t half = (most + 1) / 2;

    return half > most - MAX_TRIED ? half : most - MAX_TRIED;
}

pgaii_window pgaii_window_forward(int64_t end, int64_t most)
{
    int64_t shown = end > 0 ? end - 1 : 0;
    pgaii_window best = {shown / most + 1, most};

    for (int64_t limit = most; limit >= least_limit(most); limit--) {
        pgaii_window window = {shown / limit + 1, limit};

        if (pgaii_window_end(window) > pgaii_window_end(best))
            best = window;
    }
    return best;
}

pgaii_window pgaii_window_back(int64_t start, int64_t most)
{
    pgaii_window best = {0, most};

    for (int64_t limit = most; limit >= least_limit(most); limit--) {
        pgaii_window window = {start / limit + 1, limit};

        if (start % limit != 0 &&
            (best.page == 0 || pgaii_window_start(window) < pgaii_window_start(best)))
            best = window;
    }
    if (best.page == 0)
        best.page = (start - 1) / most + 1;
    return best;
}
