/* Pages and contacts found in JSON, without a copy. */
#include "protocol/scan.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "protocol/lexer.h"
#include "protocol/page.h"
#include "protocol/text.h"

typedef struct scanner {
    pgaii_lexer lexer;
    pgai_page *page;
    const char *reason; /* what is wrong with the shape; NULL: nothing */
    bool no_memory;     /* why a function returned false, when it is not the syntax */
} scanner;

static void start(scanner *scan, pgai_page *page, pgai_text text)
{
    pgaii_lexer_init(&scan->lexer, text);
    scan->page = page;
    scan->reason = NULL;
    scan->no_memory = false;
}

static bool fail_memory(scanner *scan)
{
    scan->no_memory = true;
    return false;
}

/* A documented name as most servers write it, `"first_name":`, padded to one vector. */
enum { QUOTED_SIZE = 16 };
#define QUOTED(name) "\"" #name "\":"
#define PADDING "                "
_Static_assert(sizeof(PADDING) - 1 == QUOTED_SIZE, "a vector is read of each name");

/* A guess at a name. They stand in the order of the table, which is that of the service
 * and not of the numbers. */
typedef struct guess {
    const char *text;
    unsigned wanted; /* a bit a byte; of a name that is longer, bits that never are */
    unsigned char length;
    unsigned char field;
} guess;

static const guess guesses[PGAI_FIELD_COUNT] = {
#define WANTED(length) ((length) > QUOTED_SIZE ? UINT_MAX : (1U << (length)) - 1)
#define X(upper, number, lower, listed, writable)                                        \
    {QUOTED(lower) PADDING, WANTED(sizeof(QUOTED(lower)) - 1),                           \
     sizeof(QUOTED(lower)) - 1, number},
    PGAI_FIELD_LIST(X)
#undef X
};

enum place {
#define X(upper, number, lower, listed, writable) PLACE_##upper,
    PGAI_FIELD_LIST(X)
#undef X
};

static const unsigned char places[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable) [number] = PLACE_##upper,
    PGAI_FIELD_LIST(X)
#undef X
};

/* Whether the next bytes are that name and its colon. Names come in the order of the
 * field table nearly always, so this guess saves reading and looking up most of them. */
static bool skip_expected_name(pgaii_lexer *lexer, const guess *expected)
{
    if (lexer->end - lexer->at < QUOTED_SIZE)
        return false;
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)lexer->at);
    __m128i name = _mm_loadu_si128((const __m128i *)(const void *)expected->text);
    unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, name));

    if ((same & expected->wanted) != expected->wanted)
        return false;
#else
    if (expected->length > QUOTED_SIZE ||
        memcmp(lexer->at, expected->text, expected->length) != 0)
        return false;
#endif
    lexer->at += expected->length;
    return true;
}

/* Give the string that was read last its meaning. */
static bool unescape(scanner *scan, pgai_text *string)
{
    if (scan->lexer.escaped && !pgaii_page_unescape(scan->page, *string, string))
        return fail_memory(scan);
    return true;
}

static bool read_name(scanner *scan, pgai_text *out)
{
    return pgaii_lex_name(&scan->lexer, out) && unescape(scan, out);
}

/* The value of a documented field; a field that comes twice is simply set again. */
static bool read_field(scanner *scan, pgai_contact *contact, unsigned field)
{
    pgaii_lexer *lexer = &scan->lexer;
    pgai_text *value = &contact->field[field];
    pgai_presence presence;

    pgaii_lex_blank(lexer);
    if (*lexer->at == '"') {
        if (!pgaii_lex_string(lexer, value) || !unescape(scan, value))
            return false;
        presence = PGAI_PRESENCE_TEXT;
    } else {
        if (!pgaii_lex_value(lexer, value))
            return false;
        presence = value->data[0] == 'n' ? PGAI_PRESENCE_NULL : PGAI_PRESENCE_OTHER;
    }
    contact->presence[field] = (unsigned char)presence;
    return true;
}

/* Undocumented fields of all contacts of a page. The newer shape has about 15 a contact;
 * the shortest need six bytes in the body, and five times as much here. */
enum { MAX_EXTRAS = 100000 };

static bool read_extra(scanner *scan, pgai_text name)
{
    pgai_text value;

    if (!pgaii_lex_value(&scan->lexer, &value))
        return false;
    if (scan->page->extra_count >= MAX_EXTRAS) {
        scan->reason = "it has more than 100,000 unknown fields";
        return true;
    }
    if (!pgaii_page_add_extra(scan->page, name, value))
        return fail_memory(scan);
    return true;
}

/* One member; @p expected is the name that would come next in the usual order. */
static bool read_member(scanner *scan, pgai_contact *contact, const guess **expected)
{
    const guess *next = *expected;
    pgai_text name;

    if (next == guesses + PGAI_FIELD_COUNT || !skip_expected_name(&scan->lexer, next)) {
        pgai_field field;

        if (!read_name(scan, &name))
            return false;
        field = pgai_field_find(name);
        if (field == PGAI_FIELD_NONE)
            return read_extra(scan, name);
        next = guesses + places[field];
        contact->in_order = contact->in_order && next >= *expected;
    }
    *expected = next + 1;
    return read_field(scan, contact, next->field);
}

static bool read_contact(scanner *scan)
{
    pgaii_lexer *lexer = &scan->lexer;
    const unsigned char *first;
    pgai_contact *contact;
    const guess *expected = guesses;

    pgaii_lex_blank(lexer);
    first = lexer->at;
    if (!pgaii_lex_open(lexer, '{'))
        return false;
    contact = pgaii_page_add(scan->page);
    if (!contact)
        return fail_memory(scan);
    while (pgaii_lex_more(lexer, '}')) {
        if (!read_member(scan, contact, &expected))
            return false;
    }
    contact->json = (pgai_text){(const char *)first, (size_t)(lexer->at - first)};
    pgaii_page_settle_extras(scan->page);
    return lexer->closed;
}

/* Read a value of another kind than the documented one. This is not a failure yet: what
 * is not JSON at all is a syntax error before it is a wrong shape, and of members with
 * one name the last counts. */
static bool read_misfit(scanner *scan, const char *reason)
{
    pgai_text value;

    scan->reason = reason;
    return pgaii_lex_value(&scan->lexer, &value);
}

/* Contacts of a page; the service documents 50 at most. Empty ones need three bytes in
 * the body, eighty times as much here, and as much again as objects of a language. */
enum { MAX_CONTACTS = 20000 };

static bool read_item(scanner *scan)
{
    pgaii_lex_blank(&scan->lexer);
    if (scan->page->count >= MAX_CONTACTS)
        return read_misfit(scan, "it has more than 20,000 contacts");
    if (*scan->lexer.at != '{')
        return read_misfit(scan, "an item of `data` is not an object");
    return read_contact(scan);
}

static bool read_data(scanner *scan)
{
    pgaii_lexer *lexer = &scan->lexer;

    pgaii_page_empty(scan->page);
    pgaii_lex_blank(lexer);
    if (*lexer->at != '[')
        return read_misfit(scan, "`data` is not an array");
    scan->reason = NULL;
    if (!pgaii_lex_open(lexer, '['))
        return false;
    while (pgaii_lex_more(lexer, ']')) {
        if (!read_item(scan))
            return false;
    }
    return lexer->closed;
}

static int64_t *pagination_part(pgai_page *page, pgai_text name)
{
    if (pgaii_text_equal(name, pgaii_text("page")))
        return &page->number;
    if (pgaii_text_equal(name, pgaii_text("limit")))
        return &page->limit;
    if (pgaii_text_equal(name, pgaii_text("total")))
        return &page->total;
    return NULL;
}

static bool read_pagination_part(scanner *scan)
{
    pgai_text name;
    pgai_text value;
    int64_t *part;

    if (!read_name(scan, &name) || !pgaii_lex_value(&scan->lexer, &value))
        return false;
    part = pagination_part(scan->page, name);
    if (part && !pgaii_text_number(value, part))
        *part = -1;
    return true;
}

static bool read_pagination(scanner *scan)
{
    pgaii_lexer *lexer = &scan->lexer;
    pgai_text value;

    scan->page->number = scan->page->limit = scan->page->total = -1;
    pgaii_lex_blank(lexer);
    if (*lexer->at != '{')
        return pgaii_lex_value(lexer, &value);
    if (!pgaii_lex_open(lexer, '{'))
        return false;
    while (pgaii_lex_more(lexer, '}')) {
        if (!read_pagination_part(scan))
            return false;
    }
    return lexer->closed;
}

static bool read_page_member(scanner *scan)
{
    pgai_text name;
    pgai_text value;

    if (!read_name(scan, &name))
        return false;
    if (pgaii_text_equal(name, pgaii_text("data")))
        return read_data(scan);
    if (pgaii_text_equal(name, pgaii_text("pagination")))
        return read_pagination(scan);
    return pgaii_lex_value(&scan->lexer, &value);
}

static bool read_page(scanner *scan)
{
    pgaii_lexer *lexer = &scan->lexer;

    pgaii_lex_blank(lexer);
    if (*lexer->at != '{')
        return read_misfit(scan, "it is not an object") && pgaii_lex_end(&scan->lexer);
    if (!pgaii_lex_open(lexer, '{'))
        return false;
    scan->reason = "`data` is missing";
    while (pgaii_lex_more(lexer, '}')) {
        if (!read_page_member(scan))
            return false;
    }
    return lexer->closed && pgaii_lex_end(&scan->lexer);
}

static bool read_object(scanner *scan)
{
    pgaii_lex_blank(&scan->lexer);
    if (*scan->lexer.at != '{')
        return read_misfit(scan, "it is not an object") && pgaii_lex_end(&scan->lexer);
    return read_contact(scan) && pgaii_lex_end(&scan->lexer);
}

/* @p parsed: the text was JSON to its end; then only its shape can be wrong. */
static pgaii_scan
outcome(const scanner *scan, pgai_text text, bool parsed, pgaii_scan_fault *fault)
{
    fault->reason = scan->reason;
    fault->at = (size_t)((const char *)scan->lexer.at - text.data);
    if (parsed)
        return scan->reason ? PGAII_SCAN_SHAPE : PGAII_SCAN_OK;
    if (!scan->lexer.too_deep)
        return scan->no_memory ? PGAII_SCAN_NO_MEMORY : PGAII_SCAN_SYNTAX;
    fault->reason = "it is nested deeper than 64 levels";
    return PGAII_SCAN_SHAPE;
}

pgaii_scan pgaii_scan_page(pgai_page *page, pgaii_scan_fault *fault)
{
    pgai_text text = {page->body, page->body_length};
    scanner scan;

    start(&scan, page, text);
    return outcome(&scan, text, read_page(&scan), fault);
}

pgaii_scan pgaii_scan_object(pgai_page *page, pgai_text text, pgaii_scan_fault *fault)
{
    scanner scan;

    start(&scan, page, text);
    return outcome(&scan, text, read_object(&scan), fault);
}

pgaii_scan pgaii_scan_value(pgai_text text, pgaii_scan_fault *fault)
{
    scanner scan;
    pgai_text value;

    start(&scan, NULL, text);
    return outcome(&scan, text,
                   pgaii_lex_value(&scan.lexer, &value) && pgaii_lex_end(&scan.lexer),
                   fault);
}

void pgaii_scan_explain(pgaii_scan result, const pgaii_scan_fault *fault, pgai_text text,
                        char *out, size_t size)
{
    size_t line = 1;
    size_t column = 1;

    if (result != PGAII_SCAN_SYNTAX) {
        snprintf(out, size, "%s", fault->reason);
        return;
    }
    for (size_t i = 0; i < fault->at && i < text.length; i++) {
        column = text.data[i] == '\n' ? 1 : column + 1;
        line += text.data[i] == '\n';
    }
    if (text.length == 0)
        snprintf(out, size, "it is empty");
    else if (fault->at >= text.length)
        snprintf(out, size, "its JSON ends too early, at line %zu column %zu", line,
                 column);
    else
        snprintf(out, size, "it is not JSON from line %zu column %zu on", line, column);
}

static bool has_documented_field(const pgai_contact *contact)
{
    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++) {
        if (contact->presence[field] != PGAI_PRESENCE_ABSENT)
            return true;
    }
    return false;
}

/* The object under `data`; data NULL when there is none. */
static pgai_text wrapped_object(const pgai_contact *contact)
{
    for (size_t i = 0; i < contact->extra_count; i++) {
        const pgaii_extra *extra = &contact->page->extras[contact->extra_first + i];

        if (pgaii_text_equal(extra->name, pgaii_text("data")) &&
            extra->value.data[0] == '{')
            return extra->value;
    }
    return (pgai_text){NULL, 0};
}

pgaii_scan pgaii_scan_contact(pgai_page *page, pgaii_scan_fault *fault)
{
    pgai_text text = {page->body, page->body_length};
    pgaii_scan result = pgaii_scan_object(page, text, fault);
    pgai_text inner;

    if (result != PGAII_SCAN_OK || has_documented_field(&page->contacts[0]))
        return result;
    inner = wrapped_object(&page->contacts[0]);
    if (inner.data) {
        pgaii_page_empty(page);
        result = pgaii_scan_object(page, inner, fault);
        if (result != PGAII_SCAN_OK || has_documented_field(&page->contacts[0]))
            return result;
    }
    fault->reason = "it has none of a contact's fields";
    return PGAII_SCAN_SHAPE;
}
