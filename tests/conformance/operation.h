#ifndef TESTS_CONFORMANCE_OPERATION_H
#define TESTS_CONFORMANCE_OPERATION_H

#include "conformance/exchange.h"

/** Make the calls of the table and compare what becomes of them.
 *
 * @param session  To make calls of; NULL: it could not be made, @p error tells why, and
 *                 that is what became of the call.
 * @param call_options   For the call, as the row's `client` says.
 * @param entry    An object with `call`, `steps` and `result`.
 * @return false: something did not fit; exchange->mismatch tells what.
 */
bool operation_play(struct exchange *exchange, pgai_session *session,
                    const pgai_call_options *call_options, const json_t *entry,
                    const pgai_error *error);

#endif
