/* Any bytes as the headers of a response: no number below -1 comes of them. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "protocol/headers.h"

/* Lines of "name: value". */
static size_t split(const char *text, size_t size, pgai_header *headers, size_t most)
{
    size_t count = 0;

    while (size > 0 && count < most) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        const char *colon = memchr(text, ':', length);

        if (colon)
            headers[count++] =
                (pgai_header){{text, (size_t)(colon - text)},
                              {colon + 1, length - (size_t)(colon + 1 - text)}};
        length += end != NULL;
        text += length;
        size -= length;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pgai_header headers[64];
    pgaii_headers out;

    pgaii_headers_read(&out, headers, split((const char *)data, size, headers, 64));
    if (out.retry_after_ms < -1 || out.reset_ms < -1 || out.limit < -1 ||
        out.remaining < -1)
        abort();
    return 0;
}
