/* Contacts made up from a seed and a number. */
#include "sandbox/seeded.h"

#include <stddef.h>

#include <pgai/contact.h>

#include "protocol/json.h"
#include "protocol/text.h"
#include "sandbox/clock.h"
#include "sandbox/names.h"
#include "sandbox/random.h"

enum {
    GAP_ONE_IN = 24,   /* a field in so many is not there, or null */
    EMOJI_ONE_IN = 40, /* a first name in so many is followed by one */
    UPDATED_WITHIN_MINUTES = 30 * 24 * 60
};

/* 2024-01-01T00:00:00Z; seeded contacts are a minute apart. */
#define FIRST_CREATED_MS INT64_C(1704067200000)
enum { CREATED_EVERY_MS = 60000 };

/* One contact while it is written. */
typedef struct person {
    const char *id;
    int64_t index;
    const pgaii_culture *culture;
    const pgaii_name *first;
    const pgaii_name *last;
    const pgaii_name *company;
    const char *emoji; /* NULL: none */
    uint64_t state;    /* of the random numbers that are left */
} person;

static person draw_person(uint64_t seed, int64_t index, const char *id)
{
    person drawn = {.id = id,
                    .index = index,
                    .state = pgaii_random_mix(seed ^ pgaii_random_mix((uint64_t)index))};
    uint64_t *state = &drawn.state;

    drawn.culture = &pgaii_cultures[pgaii_random_below(state, pgaii_culture_count)];
    drawn.first = &drawn.culture->first[pgaii_random_below(state, PGAII_NAMES_EACH)];
    drawn.last = &drawn.culture->last[pgaii_random_below(state, PGAII_NAMES_EACH)];
    drawn.company = &pgaii_companies[pgaii_random_below(state, pgaii_company_count)];
    if (pgaii_random_below(state, EMOJI_ONE_IN) == 0)
        drawn.emoji = pgaii_emoji[pgaii_random_below(state, pgaii_emoji_count)];
    return drawn;
}

static void write_text(pgaii_buffer *out, const char *text)
{
    pgaii_json_add_string(out, pgaii_text(text));
}

static void write_time(pgaii_buffer *out, int64_t ms)
{
    char date[PGAII_ISO_DATE_SIZE];

    pgaii_clock_iso_date(ms, date);
    write_text(out, date);
}

static void write_id(const person *who, uint64_t number, pgaii_buffer *out)
{
    (void)number;
    write_text(out, who->id);
}

static void write_first_name(const person *who, uint64_t number, pgaii_buffer *out)
{
    (void)number;
    if (who->emoji)
        pgaii_buffer_printf(out, "\"%s %s\"", who->first->text, who->emoji);
    else
        write_text(out, who->first->text);
}

static void write_last_name(const person *who, uint64_t number, pgaii_buffer *out)
{
    (void)number;
    write_text(out, who->last->text);
}

static void write_email(const person *who, uint64_t number, pgaii_buffer *out)
{
    pgaii_buffer_printf(out, "\"%s.%s%u@%s\"", who->first->ascii, who->last->ascii,
                        (unsigned)(number % 100), who->company->ascii);
}

static void write_job_title(const person *who, uint64_t number, pgaii_buffer *out)
{
    (void)who;
    write_text(out, pgaii_job_titles[number % pgaii_job_title_count]);
}

static void write_company(const person *who, uint64_t number, pgaii_buffer *out)
{
    (void)number;
    write_text(out, who->company->text);
}

static void write_linkedin_url(const person *who, uint64_t number, pgaii_buffer *out)
{
    pgaii_buffer_printf(out, "\"https://www.linkedin.com/in/%s-%s-%08x\"",
                        who->first->ascii, who->last->ascii, (unsigned)number);
}

static void write_location(const person *who, uint64_t number, pgaii_buffer *out)
{
    write_text(out, who->culture->places[number % PGAII_PLACES_EACH]);
}

static void write_phone(const person *who, uint64_t number, pgaii_buffer *out)
{
    pgaii_buffer_printf(out, "\"%s 555 %07u\"", who->culture->dial,
                        (unsigned)(number % 10000000));
}

static int64_t created_ms(const person *who)
{
    return FIRST_CREATED_MS + who->index * CREATED_EVERY_MS;
}

static void write_created_at(const person *who, uint64_t number, pgaii_buffer *out)
{
    (void)number;
    write_time(out, created_ms(who));
}

static void write_updated_at(const person *who, uint64_t number, pgaii_buffer *out)
{
    int64_t minutes = (int64_t)(number % UPDATED_WITHIN_MINUTES);

    write_time(out, created_ms(who) + minutes * 60000);
}

enum { LISTED, DETAIL };

/* A field without a writer of its name does not compile. */
static const struct {
    pgai_field field;
    const char *key;
    int kind;
    void (*write)(const person *who, uint64_t number, pgaii_buffer *out);
} fields[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable)                                        \
    {PGAI_##upper, "\"" #lower "\":", listed, write_##lower},
    PGAI_FIELD_LIST(X)
#undef X
};

static void write_field(person *who, size_t place, bool listed, pgaii_buffer *out)
{
    /* Drawn whether or not the field is written, so that both forms agree. */
    uint64_t number = pgaii_random_next(&who->state);
    uint64_t gap = fields[place].field == PGAI_ID ? 1 : (number >> 32) % GAP_ONE_IN;

    if (listed && fields[place].kind != LISTED)
        return;
    if (gap == 0 && number >> 63)
        return;
    if (place > 0)
        pgaii_buffer_add(out, ",", 1);
    pgaii_buffer_add_string(out, fields[place].key);
    if (gap == 0)
        pgaii_buffer_add_string(out, "null");
    else
        fields[place].write(who, number & UINT32_MAX, out);
}

bool pgaii_seeded_add(uint64_t seed, int64_t index, const char *id, bool listed,
                      pgaii_buffer *out)
{
    person who = draw_person(seed, index, id);

    pgaii_buffer_add(out, "{", 1);
    for (size_t place = 0; place < PGAI_FIELD_COUNT; place++)
        write_field(&who, place, listed, out);
    return pgaii_buffer_add(out, "}", 1);
}
