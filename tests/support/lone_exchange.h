#ifndef PGAI_TESTS_SUPPORT_LONE_EXCHANGE_H
#define PGAI_TESTS_SUPPORT_LONE_EXCHANGE_H

#include "engine/multi.h"

/** Send a request over a multi on which no other is out, and wait for its response.
 *
 * @param[out] response  Borrowed until the next exchange; filled on true.
 * @param[out] failure Its message is borrowed as long; filled on false.
 * @return whether a whole response came.
 */
static inline bool lone_exchange(pgaii_multi *multi, const pgai_request *request,
                                 pgai_response *response, pgai_failure *failure)
{
    pgaii_exchange *exchange = pgaii_multi_begin(multi, request, failure);

    if (!exchange)
        return false;
    for (pgaii_multi_work(multi); exchange->ending == PGAII_UNDER_WAY;
         pgaii_multi_work(multi))
        pgaii_multi_poll(multi, PGAII_MULTI_SLICE_MS);
    pgaii_multi_end(multi, exchange);
    return pgaii_exchange_result(exchange, response, failure);
}

#endif
