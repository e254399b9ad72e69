/* Memory that grows, is copied, and is wiped. */
#include "protocol/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool pgaii_multiply(size_t count, size_t size, size_t *out)
{
    size_t product;

    if (__builtin_mul_overflow(count, size, &product))
        return false;
    *out = product;
    return true;
}

void *pgaii_new(size_t size)
{
    return calloc(1, size);
}

bool pgaii_grow(void **array, size_t *capacity, size_t needed, size_t size, size_t first)
{
    size_t wanted = *capacity ? *capacity : first;
    size_t bytes;
    void *grown;

    if (needed <= *capacity)
        return true;
    while (wanted < needed) {
        if (!pgaii_multiply(wanted, 2, &wanted))
            return false;
    }
    if (!pgaii_multiply(wanted, size, &bytes))
        return false;
    grown = realloc(*array, bytes);
    if (!grown)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

char *pgaii_copy(const char *data, size_t length)
{
    char *copy = length < SIZE_MAX ? malloc(length + 1) : NULL;

    if (!copy)
        return NULL;
    if (length > 0)
        memcpy(copy, data, length);
    copy[length] = '\0';
    return copy;
}

void pgaii_wipe(void *data, size_t length)
{
    if (!data)
        return;
    memset(data, 0, length);
    /* As if the zeros were read, so that the compiler must write them. */
    __asm__ volatile("" : : "r"(data) : "memory");
}
