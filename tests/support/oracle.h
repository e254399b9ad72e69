#ifndef PGAI_TESTS_SUPPORT_ORACLE_H
#define PGAI_TESTS_SUPPORT_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

/** Compare the scanner with jansson on one body, read as a page and as a contact: both
 * must accept it or both refuse it, and find the same values.
 *
 * Where the library differs from jansson on purpose, the body is changed for jansson
 * first: a lone surrogate escape becomes U+FFFD, a number beyond a double or 64 bits
 * becomes one within. What is nested deeper than 64 levels, or has a raw NUL in it,
 * counts as refused.
 *
 * @param[out] why What differs; empty when nothing does.
 */
bool oracle_agrees(const char *body, size_t length, char *why, size_t size);

#endif
