#ifndef TESTS_CONFORMANCE_VALUE_H
#define TESTS_CONFORMANCE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <pgai/text.h>

/** @file
 * The notations of the table for values: text, bytes, numbers and ranges. README.md
 * defines them. A table that breaks its own rules ends the program: value_demand().
 */

/** End the program with a message unless the table is as it should be. */
void value_demand(bool holds, const char *what, const json_t *at);

/** Bytes written as text, `{"hex"}`, `{"repeat"}` or a list of those; NUL-terminated
 * besides, freed with free(). data is NULL for null and for nothing. */
typedef struct value_bytes {
    char *data;
    size_t length;
} value_bytes;

value_bytes value_bytes_new(const json_t *value);

/** The body of a response: its member `body`, `body_file` (in @p folder) or `json`; empty
 * when it has none of them. data is never NULL. */
value_bytes value_body_new(const json_t *response, const char *folder);

/** A whole number, @p missing when there is none. */
int64_t value_number(const json_t *value, int64_t missing);

/** Whether a number is the one expected, or inside the range [least, most] expected. */
bool value_matches(const json_t *expected, int64_t number);

/** Whether a text is the JSON string expected; a text without data is null. */
bool value_text_is(const json_t *expected, pgai_text text);

#endif
