/* A contact, as slices of the page that it came in. */
#include <pgai/contact.h>

#include "protocol/page.h"
#include "protocol/text.h"
#include "protocol/versioned.h"

static const char *const names[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable) [number] = #lower,
    PGAI_FIELD_LIST(X)
#undef X
};

const char *pgai_field_name(pgai_field field)
{
    return (unsigned)field < PGAI_FIELD_COUNT ? names[field] : NULL;
}

pgai_field pgai_field_find(pgai_text name)
{
    static const size_t lengths[PGAI_FIELD_COUNT] = {
#define X(upper, number, lower, listed, writable) [number] = sizeof(#lower) - 1,
        PGAI_FIELD_LIST(X)
#undef X
    };

    for (unsigned field = 0; field < PGAI_FIELD_COUNT; field++) {
        if (lengths[field] == name.length &&
            pgaii_text_equal(name, (pgai_text){names[field], lengths[field]}))
            return (pgai_field)field;
    }
    return PGAI_FIELD_NONE;
}

pgai_presence pgai_contact_presence(const pgai_contact *contact, pgai_field field)
{
    if (!contact || (unsigned)field >= PGAI_FIELD_COUNT)
        return PGAI_PRESENCE_ABSENT;
    return (pgai_presence)contact->presence[field];
}

static pgai_text
field_of(const pgai_contact *contact, pgai_field field, pgai_presence wanted)
{
    if (pgai_contact_presence(contact, field) != wanted)
        return (pgai_text){NULL, 0};
    return contact->field[field];
}

pgai_text pgai_contact_text(const pgai_contact *contact, pgai_field field)
{
    return field_of(contact, field, PGAI_PRESENCE_TEXT);
}

pgai_text pgai_contact_value(const pgai_contact *contact, pgai_field field)
{
    return field_of(contact, field, PGAI_PRESENCE_OTHER);
}

pgai_text pgai_contact_json(const pgai_contact *contact)
{
    return contact ? contact->json : (pgai_text){NULL, 0};
}

size_t pgai_contact_extra_count(const pgai_contact *contact)
{
    return contact ? contact->extra_count : 0;
}

void pgai_contact_extra(const pgai_contact *contact, size_t index, pgai_text *name,
                        pgai_text *value)
{
    pgaii_extra extra = {{NULL, 0}, {NULL, 0}};

    if (index < pgai_contact_extra_count(contact))
        extra = contact->page->extras[contact->extra_first + index];
    if (name)
        *name = extra.name;
    if (value)
        *value = extra.value;
}

void pgai_contact_layout_read(const pgai_contact *contact, pgai_contact_layout *out)
{
    pgai_contact_layout layout = PGAI_CONTACT_LAYOUT_INIT;

    if (contact) {
        layout.json = contact->json;
        layout.extra_count = contact->extra_count;
        layout.in_order = contact->in_order;
        layout.field_count = PGAI_FIELD_COUNT;
        layout.presence = contact->presence;
        layout.values = contact->field;
    }
    pgaii_versioned_write(out, &layout, sizeof(layout));
}

void pgai_contact_free(pgai_contact *contact)
{
    if (contact)
        pgai_page_free(contact->page);
}
