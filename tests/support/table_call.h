#ifndef PGAI_TESTS_SUPPORT_TABLE_CALL_H
#define PGAI_TESTS_SUPPORT_TABLE_CALL_H

#include <jansson.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

/** @file
 * What rows of tests/call_options.json and tests/messages.json say, in C.
 */

/** A number of seconds among options, in milliseconds; 0: it is not there. */
int64_t table_milliseconds(const json_t *options, const char *name);

/** The options of a row that have no text in them, and a proxy from nowhere. */
void table_options(const json_t *row, pgai_client_options *out);

/** The sandbox of a row, with its faults; NULL: it does not start. */
pgai_sandbox *table_sandbox(const json_t *row);

/** Make the call of a row, and free what comes of it. */
pgai_status table_call(pgai_client *client, const json_t *row, pgai_error *error);

#endif
