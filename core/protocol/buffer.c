/* Bytes that grow up to a maximum. */
#include "protocol/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"

enum { FIRST_CAPACITY = 256 };

void pgaii_buffer_init(pgaii_buffer *buffer, size_t maximum)
{
    memset(buffer, 0, sizeof(*buffer));
    buffer->maximum = maximum;
}

static bool fail(pgaii_buffer *buffer, bool over)
{
    size_t maximum = buffer->maximum;

    free(buffer->data);
    pgaii_buffer_init(buffer, maximum);
    buffer->failed = true;
    buffer->over = over;
    return false;
}

bool pgaii_buffer_reserve(pgaii_buffer *buffer, size_t length)
{
    if (buffer->failed)
        return false;
    if (length > buffer->maximum)
        return fail(buffer, true);
    if (!pgaii_grow((void **)&buffer->data, &buffer->capacity, length + 1, 1,
                    FIRST_CAPACITY))
        return fail(buffer, false);
    buffer->data[buffer->length] = '\0';
    return true;
}

static bool fits(const pgaii_buffer *buffer, size_t length)
{
    return buffer->data && length < buffer->capacity - buffer->length &&
           length <= buffer->maximum - buffer->length;
}

static bool make_room(pgaii_buffer *buffer, size_t length)
{
    if (buffer->failed)
        return false;
    if (length > buffer->maximum - buffer->length)
        return fail(buffer, true);
    return pgaii_buffer_reserve(buffer, buffer->length + length);
}

bool pgaii_buffer_add(pgaii_buffer *buffer, const void *data, size_t length)
{
    if (!fits(buffer, length) && !make_room(buffer, length))
        return false;
    if (length > 0)
        memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return true;
}

bool pgaii_buffer_printf(pgaii_buffer *buffer, const char *format, ...)
{
    size_t room = buffer->data ? buffer->capacity - buffer->length : 0;
    va_list args;
    va_list again;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(room ? buffer->data + buffer->length : NULL, room, format, args);
    va_end(args);
    if (length < 0) {
        fail(buffer, false);
    } else if (fits(buffer, (size_t)length)) {
        buffer->length += (size_t)length;
    } else if (make_room(buffer, (size_t)length)) {
        vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    return !buffer->failed;
}

char *pgaii_buffer_take(pgaii_buffer *buffer)
{
    char *data = buffer->data;
    size_t maximum = buffer->maximum;

    pgaii_buffer_init(buffer, maximum);
    return data;
}

void pgaii_buffer_reset(pgaii_buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    buffer->over = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

void pgaii_buffer_clear(pgaii_buffer *buffer)
{
    size_t maximum = buffer->maximum;

    free(buffer->data);
    pgaii_buffer_init(buffer, maximum);
}
