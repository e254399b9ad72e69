#ifndef PGAI_PROTOCOL_MEMORY_H
#define PGAI_PROTOCOL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/** @p count times @p size in @p out; false, with @p out untouched, when it does not fit.
 */
bool pgaii_multiply(size_t count, size_t size, size_t *out);

/** calloc() of one object; NULL when there is no memory. Freed with free(). */
void *pgaii_new(size_t size);

/** Grow @p array of elements of @p size bytes so that it holds @p needed of them.
 *
 * Capacity doubles, from @p first. On failure false, and the array is as it was.
 */
bool pgaii_grow(void **array, size_t *capacity, size_t needed, size_t size, size_t first);

/** Copy @p length bytes and a NUL; NULL when there is no memory. Freed with free(). */
char *pgaii_copy(const char *data, size_t length);

/** Overwrite a secret before its memory is freed, in a way that compilers keep. */
void pgaii_wipe(void *data, size_t length);

#endif
