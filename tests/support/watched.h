#ifndef PGAI_TESTS_SUPPORT_WATCHED_H
#define PGAI_TESTS_SUPPORT_WATCHED_H

#include "client/watch.h"

/** Send a request over a multi, and wait for its response as a blocking call does.
 *
 * @param[out] response  Borrowed until the next exchange; filled on true.
 * @param[out] failure Its message is borrowed alike; filled on false.
 * @return whether a whole response came.
 */
static inline bool watched_exchange(pgaii_multi *multi, const pgai_request *request,
                                    pgaii_watch *watch, pgai_response *response,
                                    pgai_failure *failure)
{
    pgaii_exchange *exchange = pgaii_multi_begin(multi, request, failure);

    if (!exchange)
        return false;
    pgaii_watch_exchange(watch, multi, exchange);
    pgaii_multi_end(multi, exchange);
    return pgaii_exchange_result(exchange, response, failure);
}

#endif
