#ifndef TESTS_CONFORMANCE_EXCHANGE_H
#define TESTS_CONFORMANCE_EXCHANGE_H

#include <stdbool.h>

#include <jansson.h>

#include <pgai/protocol.h>

/** The row that is being played: the script of its steps, and what did not fit. */
struct exchange {
    const char *folder; /**< where body files are */
    const char *key;    /**< must show in requests, and nowhere else */
    const char *user_agent;
    const json_t *steps; /**< of the call under way */
    size_t taken;        /**< how many of them are done */
    int64_t now_ms;      /**< the virtual clock */
    json_t *events;      /**< of the call under way; NULL: none was driven */
    char mismatch[2048]; /**< the first thing that did not fit; empty: none */
};

/** Note what does not fit; only the first is kept. @return false, for the caller to hand
 * on. */
bool exchange_mismatch(struct exchange *exchange, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The call number @p index, from 0; NULL: there are no more. */
typedef pgai_call *(*exchange_calls)(void *data, size_t index);

/** Drive calls along the steps until one or more are over: each request compared and
 * answered, in the order of the calls; each wait compared and sat out on the virtual
 * clock. false: something did not fit. */
bool exchange_drive(struct exchange *exchange, exchange_calls calls, void *data);

/** Whether the steps are used up, as they are to be when a call is over. */
bool exchange_finish(struct exchange *exchange);

#endif
