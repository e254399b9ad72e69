/* Pages made up for tests and benchmarks. */
#include "support/pages.h"

#include <inttypes.h>

#include <pgai/contact.h>

static uint32_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void add_value(pgaii_buffer *out, uint64_t *state, page_style style)
{
    static const char *const foreign[] = {"Zoë Müller-Lüdenscheidt", "Владимир",
                                          "山田太郎", "Ελένη Παπαδοπούλου"};
    static const char *const escaped[] = {"Sarah \\\"SJ\\\" Connor", "a\\/b\\/c",
                                          "M\\u00fcller", "line one\\nline two"};
    uint32_t luck = draw(state);

    if (style == PAGE_MIXED && luck % 6 == 0)
        pgaii_buffer_printf(out, "\"%s\"", escaped[luck / 6 % 4]);
    else if (luck % 20 == 1)
        pgaii_buffer_printf(out, "\"%s\"", foreign[luck / 20 % 4]);
    else
        pgaii_buffer_printf(out, "\"value %08" PRIx32 " of some length %04" PRIx32 "\"",
                            luck, draw(state) & 0xFFFF);
}

static void add_contact(pgaii_buffer *out, uint64_t *state, page_style style)
{
    static const char *const unknown[] = {"headline", "country", "score", "skills"};

    pgaii_buffer_printf(
        out, "{\"id\":\"%08" PRIx32 "-%04" PRIx32 "-4000-8000-%08" PRIx32 "0000\"",
        draw(state), draw(state) & 0xFFFF, draw(state));
    for (unsigned field = PGAI_FIRST_NAME; field < PGAI_FIELD_COUNT; field++) {
        if (style == PAGE_MIXED && field % 3 == 0)
            pgaii_buffer_printf(out, ",\"%s\":", unknown[field / 3 % 4]);
        else
            pgaii_buffer_printf(out, ",\"%s\":", pgai_field_name((pgai_field)field));
        add_value(out, state, style);
    }
    if (style == PAGE_NEWER)
        pgaii_buffer_printf(
            out,
            ",\"emails\":[\"a%" PRIu32 "@example.com\",\"b@example.com\"],"
            "\"company\":{\"name\":\"Cyberdyne\",\"linkedin_id\":%" PRIu32 "},"
            "\"experience\":[{\"title\":\"CEO\",\"years\":1.5e1,\"current\":true}]",
            draw(state), draw(state));
    pgaii_buffer_add_string(out, "}");
}

void pages_write(pgaii_buffer *out, page_style style, uint64_t seed, int contacts)
{
    uint64_t state = seed * 2 + 1;

    pgaii_buffer_add_string(out, "{\"data\":[");
    for (int i = 0; i < contacts; i++) {
        if (i > 0)
            pgaii_buffer_add_string(out, ",");
        add_contact(out, &state, style);
    }
    pgaii_buffer_printf(
        out, "],\"pagination\":{\"page\":%" PRIu64 ",\"limit\":50,\"total\":15000}}",
        seed + 1);
}
