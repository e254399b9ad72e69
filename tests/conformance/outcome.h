#ifndef TESTS_CONFORMANCE_OUTCOME_H
#define TESTS_CONFORMANCE_OUTCOME_H

#include "conformance/exchange.h"

/** @file
 * What came out of a call against the `result` of the table. Each function notes the
 * first difference with exchange_mismatch() and returns false.
 */

/** The page against the member `page`. */
bool outcome_page(struct exchange *exchange, const json_t *result, const pgai_page *page);

/** The contact against the member `contact`. */
bool outcome_contact(struct exchange *exchange, const json_t *result,
                     const pgai_contact *contact);

/** The response against the member `response`. */
bool outcome_response(struct exchange *exchange, const json_t *result,
                      const pgai_response *response);

/** The error against the member `error`; and the key must not be in it. @p requests: how
 * many the steps hold, which is what `requests` is when the table does not say. */
bool outcome_error(struct exchange *exchange, const json_t *result,
                   const pgai_error *error, int requests);

/** The response that came with an error: of its status, with the headers of the member
 * `response` of `error`, and without the key. NULL: none came. */
bool outcome_error_response(struct exchange *exchange, const json_t *result,
                            const pgai_error *error, const pgai_response *response);

/** The ranges of a plan against the member `parts`. */
bool outcome_parts(struct exchange *exchange, const json_t *result,
                   const pgai_call *call);

/** What a walk did against expected statistics; only what stands there is compared. */
bool outcome_stats(struct exchange *exchange, const json_t *expected,
                   const pgai_walk_stats *stats);

#endif
