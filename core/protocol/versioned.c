/* Structs whose length differs between older and newer programs. */
#include "protocol/versioned.h"

#include <string.h>

#include "protocol/error.h"

static size_t size_of(const void *versioned)
{
    size_t size;

    memcpy(&size, versioned, sizeof(size));
    return size;
}

pgai_status pgaii_versioned_read(void *out, size_t size, const void *given, size_t first,
                                 const char *name, pgai_error *error)
{
    size_t known = size_of(given);

    if (known < first)
        return pgaii_fail(error, PGAI_USAGE,
                          "%s.struct_size is %zu, at least %zu is needed: initialise the "
                          "struct with its _INIT macro",
                          name, known, first);
    memcpy(out, given, known < size ? known : size);
    return PGAI_OK;
}

void pgaii_versioned_write(void *out, const void *value, size_t size)
{
    size_t known = size_of(out);

    if (known > size)
        known = size;
    if (known < sizeof(size_t))
        return;
    memcpy((char *)out + sizeof(size_t), (const char *)value + sizeof(size_t),
           known - sizeof(size_t));
}
