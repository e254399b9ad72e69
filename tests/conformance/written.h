#ifndef TESTS_CONFORMANCE_WRITTEN_H
#define TESTS_CONFORMANCE_WRITTEN_H

#include "conformance/exchange.h"

/** Write a page in each way of the member `written`, and compare the text, or why it is
 * refused. Notes the first difference with exchange_mismatch() and returns false. */
bool written_fits(struct exchange *exchange, const json_t *result, const pgai_page *page);

#endif
