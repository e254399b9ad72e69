/* JSON that we write, with jansson. It never reads what comes from outside. */
#include "protocol/json.h"

#include <jansson.h>

static int add_bytes(const char *bytes, size_t length, void *buffer)
{
    return pgaii_buffer_add(buffer, bytes, length) ? 0 : -1;
}

bool pgaii_json_add_string(pgaii_buffer *out, pgai_text text)
{
    json_t *value = json_stringn(text.data, text.length);
    bool done = value && json_dump_callback(value, add_bytes, out, JSON_ENCODE_ANY) == 0;

    json_decref(value);
    return done;
}

bool pgaii_json_add_member(pgaii_buffer *out, bool first, pgai_text name, pgai_text value)
{
    return pgaii_buffer_add(out, first ? "{" : ",", 1) &&
           pgaii_json_add_string(out, name) && pgaii_buffer_add(out, ":", 1) &&
           pgaii_buffer_add(out, value.data, value.length);
}
