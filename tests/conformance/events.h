#ifndef TESTS_CONFORMANCE_EVENTS_H
#define TESTS_CONFORMANCE_EVENTS_H

#include "conformance/exchange.h"

/** Listen to a call, unless that was done. */
void events_listen(struct exchange *exchange, pgai_call *call);

/** Add what happened in a call since the last time to the events of the row's call. */
void events_take(struct exchange *exchange, pgai_call *call);

/** Whether the events are what any call has, and those of the member `events`; they are
 * forgotten then. */
bool events_finish(struct exchange *exchange, const json_t *result);

#endif
