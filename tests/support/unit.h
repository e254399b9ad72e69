#ifndef PGAI_TESTS_SUPPORT_UNIT_H
#define PGAI_TESTS_SUPPORT_UNIT_H

/** @file
 * What every cmocka test includes, in the order that cmocka wants, and what it lacks.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <pgai/text.h>

/** A text equals a NUL-terminated one. */
#define assert_text(text, expected)                                                      \
    do {                                                                                 \
        pgai_text text_ = (text);                                                        \
        assert_non_null(text_.data);                                                     \
        assert_int_equal(text_.length, strlen(expected));                                \
        assert_memory_equal(text_.data, expected, text_.length);                         \
    } while (0)

/** A string has another in it. */
#define assert_contains(text, part)                                                      \
    do {                                                                                 \
        if (!strstr(text, part))                                                         \
            fail_msg("\"%s\" is not in \"%s\"", part, text);                             \
    } while (0)

/** The length of an array. */
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#endif
