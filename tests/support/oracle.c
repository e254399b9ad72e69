/* Pages and contacts as jansson reads them, compared with ours. */
#include "support/oracle.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/lexer.h"
#include "protocol/page.h"
#include "protocol/scan.h"

enum { LOAD_FLAGS = JSON_ALLOW_NUL | JSON_DECODE_ANY };

static int hex4(const char *at, const char *end)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdefABCDEF";
        const char *found = at + i < end && at[i] ? strchr(digits, at[i]) : NULL;

        if (!found)
            return -1;
        value = value * 16 + (int)(found - digits - (found - digits > 15 ? 6 : 0));
    }
    return value;
}

static bool between(int value, int first, int last)
{
    return value >= first && value <= last;
}

/* Copy an escape; a lone surrogate becomes U+FFFD. Returns how many bytes were read. */
static size_t copy_escape(pgaii_buffer *out, const char *at, const char *end)
{
    int unit = end - at >= 2 && at[1] == 'u' ? hex4(at + 2, end) : -1;
    int low = end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? hex4(at + 8, end) : -1;
    size_t used = end - at >= 2 ? 2 : 1;

    if (between(unit, 0xD800, 0xDBFF) && between(low, 0xDC00, 0xDFFF)) {
        used = 12;
    } else if (between(unit, 0xD800, 0xDFFF)) {
        pgaii_buffer_add_string(out, "\\ufffd");
        return 6;
    } else if (unit >= 0) {
        used = 6;
    }
    pgaii_buffer_add(out, at, used);
    return used;
}

static size_t copy_string(pgaii_buffer *out, const char *at, const char *end)
{
    const char *start = at;

    pgaii_buffer_add(out, at++, 1);
    while (at < end && *at != '"') {
        if (*at == '\\') {
            at += copy_escape(out, at, end);
        } else {
            pgaii_buffer_add(out, at, 1);
            at++;
        }
    }
    if (at < end)
        pgaii_buffer_add(out, at++, 1);
    return (size_t)(at - start);
}

static bool is_out_of_range(const char *number)
{
    bool real = strpbrk(number, ".eE") != NULL;

    errno = 0;
    if (real)
        return isinf(strtod(number, NULL));
    (void)strtoll(number, NULL, 10);
    return errno == ERANGE;
}

static bool is_number(const char *text)
{
    text += *text == '-';
    if (*text == '0' && strspn(text, "0123456789") > 1)
        return false;
    if (strspn(text, "0123456789") == 0)
        return false;
    text += strspn(text, "0123456789");
    if (*text == '.') {
        text++;
        if (strspn(text, "0123456789") == 0)
            return false;
        text += strspn(text, "0123456789");
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '-' || *text == '+';
        if (strspn(text, "0123456789") == 0)
            return false;
        text += strspn(text, "0123456789");
    }
    return *text == '\0';
}

static size_t copy_number(pgaii_buffer *out, const char *at, const char *end)
{
    size_t length = 0;
    char *copy;

    while (at + length < end && at[length] && strchr("0123456789+-.eE", at[length]))
        length++;
    copy = strndup(at, length);
    if (is_number(copy) && is_out_of_range(copy))
        pgaii_buffer_add_string(out, "0.5");
    else
        pgaii_buffer_add(out, at, length);
    free(copy);
    return length;
}

/* What jansson is given instead of the body. Returns the deepest nesting. */
static int normalise(pgaii_buffer *out, const char *body, size_t length)
{
    const char *at = body;
    const char *end = body + length;
    int depth = 0;
    int deepest = 0;

    pgaii_buffer_init(out, 6 * length + 16);
    pgaii_buffer_reserve(out, length);
    while (at < end) {
        if (*at == '"') {
            at += copy_string(out, at, end);
        } else if (between(*at, '0', '9') || *at == '-') {
            at += copy_number(out, at, end);
        } else {
            depth += *at == '[' || *at == '{';
            depth -= *at == ']' || *at == '}';
            deepest = depth > deepest ? depth : deepest;
            pgaii_buffer_add(out, at++, 1);
        }
    }
    return deepest;
}

/* A raw NUL is never JSON, but jansson 2.14 overlooks one behind a number: its lexer puts
 * the byte back, and takes the buffer for empty when it meets it again. */
static json_t *load(const char *text, size_t length)
{
    pgaii_buffer normal;
    json_t *tree = NULL;

    if (memchr(text, '\0', length))
        return NULL;
    if (normalise(&normal, text, length) <= PGAII_MAX_DEPTH)
        tree = json_loadb(normal.data, normal.length, LOAD_FLAGS, NULL);
    pgaii_buffer_clear(&normal);
    return tree;
}

static bool same_value(pgai_text raw, const json_t *expected)
{
    json_t *tree = raw.data ? load(raw.data, raw.length) : NULL;
    bool same = tree && json_equal(tree, expected);

    json_decref(tree);
    return same;
}

static bool
same_field(const pgai_contact *contact, pgai_field field, const json_t *expected)
{
    pgai_text text = pgai_contact_text(contact, field);

    switch (pgai_contact_presence(contact, field)) {
    case PGAI_PRESENCE_ABSENT:
        return expected == NULL;
    case PGAI_PRESENCE_NULL:
        return json_is_null(expected);
    case PGAI_PRESENCE_TEXT:
        return json_is_string(expected) && text.length == json_string_length(expected) &&
               memcmp(text.data, json_string_value(expected), text.length) == 0;
    case PGAI_PRESENCE_OTHER:
        return expected && !json_is_string(expected) && !json_is_null(expected) &&
               same_value(pgai_contact_value(contact, field), expected);
    }
    return false;
}

static bool same_contact(const pgai_contact *contact, const json_t *expected)
{
    size_t known = 0;

    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++) {
        const json_t *value =
            json_object_get(expected, pgai_field_name((pgai_field)field));

        known += value != NULL;
        if (!same_field(contact, (pgai_field)field, value))
            return false;
    }
    for (size_t i = 0; i < pgai_contact_extra_count(contact); i++) {
        pgai_text name;
        pgai_text value;
        const json_t *wanted;

        pgai_contact_extra(contact, i, &name, &value);
        wanted = json_object_getn(expected, name.data, name.length);
        if (!wanted || !same_value(value, wanted))
            return false;
    }
    return known + pgai_contact_extra_count(contact) == json_object_size(expected) &&
           same_value(pgai_contact_json(contact), expected);
}

static int64_t count_in(const json_t *pagination, const char *name)
{
    const json_t *value = json_object_get(pagination, name);

    return json_is_integer(value) && json_integer_value(value) >= 0
               ? json_integer_value(value)
               : -1;
}

/* "-0" is an integer to jansson, and no count to us. */
static bool same_count(int64_t found, const json_t *pagination, const char *name)
{
    int64_t expected = count_in(pagination, name);

    return found == expected || (expected == 0 && found == -1);
}

static bool same_page(const pgai_page *page, const json_t *tree)
{
    const json_t *data = json_object_get(tree, "data");
    const json_t *pagination = json_object_get(tree, "pagination");

    if (page->count != json_array_size(data) ||
        !same_count(page->number, pagination, "page") ||
        !same_count(page->limit, pagination, "limit") ||
        !same_count(page->total, pagination, "total"))
        return false;
    for (size_t i = 0; i < page->count; i++) {
        if (!same_contact(&page->contacts[i], json_array_get(data, i)))
            return false;
    }
    return true;
}

static bool is_page(const json_t *tree)
{
    const json_t *data = json_object_get(tree, "data");

    for (size_t i = 0; i < json_array_size(data); i++) {
        if (!json_is_object(json_array_get(data, i)))
            return false;
    }
    return json_is_array(data);
}

static const json_t *contact_in(const json_t *tree)
{
    const json_t *inner = json_object_get(tree, "data");

    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++) {
        if (json_object_get(tree, pgai_field_name((pgai_field)field)))
            return tree;
    }
    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++) {
        if (json_object_get(inner, pgai_field_name((pgai_field)field)))
            return inner;
    }
    return NULL;
}

static pgai_page *new_page(const char *body, size_t length)
{
    pgaii_buffer copy;

    pgaii_buffer_init(&copy, length + 1);
    pgaii_buffer_add(&copy, body, length);
    return pgaii_page_new_take(&copy);
}

bool oracle_agrees(const char *body, size_t length, char *why, size_t size)
{
    json_t *tree = load(body, length);
    pgai_page *page = new_page(body, length);
    pgai_page *single = new_page(body, length);
    const json_t *contact = contact_in(tree);
    pgaii_scan_fault fault;
    bool page_found = pgaii_scan_page(page, &fault) == PGAII_SCAN_OK;
    bool contact_found = pgaii_scan_contact(single, &fault) == PGAII_SCAN_OK;

    why[0] = '\0';
    if (page_found != is_page(tree))
        snprintf(why, size, "as a page: scan says %d, jansson %d", page_found,
                 is_page(tree));
    else if (page_found && !same_page(page, tree))
        snprintf(why, size, "the pages differ");
    else if (contact_found != (contact != NULL))
        snprintf(why, size, "as a contact: scan says %d, jansson %d", contact_found,
                 contact != NULL);
    else if (contact_found && !same_contact(&single->contacts[0], contact))
        snprintf(why, size, "the contacts differ");
    json_decref(tree);
    pgai_page_free(page);
    pgai_page_free(single);
    return why[0] == '\0';
}
