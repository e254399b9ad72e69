/* The contacts of the service: seeded ones, and those created or deleted since. */
#include "sandbox/contacts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/memory.h"
#include "protocol/text.h"
#include "sandbox/order.h"
#include "sandbox/random.h"
#include "sandbox/seeded.h"

enum {
    FIRST_CREATED = 16, /* capacity */
    /* The number of the first contact that others added: behind all that can be seeded
     * or created, so that each kind has numbers without a gap. */
    FIRST_ADDED = 2 * PGAII_MAX_CONTACTS,
    /* Texts of list items that are kept, by number modulo this; a walk over fewer
     * contacts renders each of them once. */
    CACHE_SLOTS = 32768,
    /* A slot is half a kibibyte, which the longest seeded list item stays below. */
    CACHE_TEXT = 512 - sizeof(int64_t) - sizeof(uint32_t)
};

typedef struct cache_slot {
    int64_t owner; /* number of the contact, from 1; 0: the slot is empty */
    uint32_t length;
    char text[CACHE_TEXT];
} cache_slot;

typedef struct created_contact {
    char *listed;
    char *whole;
    size_t listed_length;
    size_t whole_length;
} created_contact;

struct pgaii_contacts {
    uint64_t seed;
    int64_t seeded;
    created_contact *created;
    size_t created_count;
    size_t created_capacity;
    int64_t added;     /* by others, which are made up like seeded ones */
    pgaii_order order; /* of all that are not deleted */
    cache_slot *cache; /* pages of it that are not used cost no memory */
};

pgaii_contacts *pgaii_contacts_new(uint64_t seed, int64_t seeded)
{
    pgaii_contacts *contacts = pgaii_new(sizeof(*contacts));

    if (!contacts)
        return NULL;
    contacts->seed = seed;
    contacts->seeded = seeded;
    contacts->cache = calloc(CACHE_SLOTS, sizeof(*contacts->cache));
    if (!contacts->cache || !pgaii_order_init(&contacts->order, seeded)) {
        free(contacts->cache);
        free(contacts);
        return NULL;
    }
    return contacts;
}

void pgaii_contacts_reset(pgaii_contacts *contacts)
{
    for (size_t i = 0; i < contacts->created_count; i++) {
        free(contacts->created[i].listed);
        free(contacts->created[i].whole);
    }
    contacts->created_count = 0;
    contacts->added = 0;
    pgaii_order_reset(&contacts->order, contacts->seeded);
}

void pgaii_contacts_free(pgaii_contacts *contacts)
{
    if (!contacts)
        return;
    pgaii_contacts_reset(contacts);
    free(contacts->created);
    pgaii_order_clear(&contacts->order);
    free(contacts->cache);
    free(contacts);
}

int64_t pgaii_contacts_count(const pgaii_contacts *contacts)
{
    return contacts->seeded + (int64_t)contacts->created_count;
}

int64_t pgaii_contacts_created(const pgaii_contacts *contacts)
{
    return (int64_t)contacts->created_count;
}

int64_t pgaii_contacts_living(const pgaii_contacts *contacts)
{
    return contacts->order.length;
}

int64_t pgaii_contacts_at(const pgaii_contacts *contacts, int64_t place)
{
    return pgaii_order_at(&contacts->order, place);
}

/* The id holds the contact's number, mixed so that ids look random, and a check: 48 and
 * 16 bits of the one, 14 and 32 of the other, around the marks of a version 4 UUID. */
void pgaii_contacts_id(const pgaii_contacts *contacts, int64_t index,
                       char out[PGAII_CONTACT_ID_SIZE])
{
    uint64_t number =
        pgaii_random_mix((uint64_t)index + pgaii_random_mix(contacts->seed + 1));
    uint64_t check = pgaii_random_mix(number ^ contacts->seed);

    snprintf(out, PGAII_CONTACT_ID_SIZE,
             "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64 "-%04" PRIx64
             "%08" PRIx64,
             number >> 32, number >> 16 & 0xFFFF, check & 0xFFF,
             0x8000 | (check >> 12 & 0x3FFF), number & 0xFFFF, check >> 32);
}

int64_t pgaii_contacts_find(const pgaii_contacts *contacts, pgai_text id)
{
    char text[PGAII_CONTACT_ID_SIZE];
    uint64_t high;
    uint64_t middle;
    uint64_t low;
    uint64_t index;

    if (id.length != sizeof(text) - 1)
        return -1;
    memcpy(text, id.data, id.length);
    text[id.length] = '\0';
    if (sscanf(text, "%8" SCNx64 "-%4" SCNx64 "-%*4[0-9a-f]-%*4[0-9a-f]-%4" SCNx64, &high,
               &middle, &low) != 3)
        return -1;
    index = pgaii_random_unmix(high << 32 | middle << 16 | low) -
            pgaii_random_mix(contacts->seed + 1);
    if (index >= (uint64_t)(FIRST_ADDED + contacts->added))
        return -1;
    pgaii_contacts_id(contacts, (int64_t)index, text);
    if (memcmp(text, id.data, id.length) != 0 ||
        pgaii_order_find(&contacts->order, (int64_t)index) < 0)
        return -1;
    return (int64_t)index;
}

static bool is_created(const pgaii_contacts *contacts, int64_t index)
{
    return index >= contacts->seeded && index < FIRST_ADDED;
}

static bool
add_seeded(const pgaii_contacts *contacts, int64_t index, bool listed, pgaii_buffer *out)
{
    char id[PGAII_CONTACT_ID_SIZE];

    pgaii_contacts_id(contacts, index, id);
    return pgaii_seeded_add(contacts->seed, index, id, listed, out);
}

bool pgaii_contacts_add_listed(pgaii_contacts *contacts, int64_t index, pgaii_buffer *out)
{
    cache_slot *slot = &contacts->cache[index % CACHE_SLOTS];
    size_t start = out->length;

    if (is_created(contacts, index)) {
        const created_contact *created = &contacts->created[index - contacts->seeded];

        return pgaii_buffer_add(out, created->listed, created->listed_length);
    }
    if (slot->owner == index + 1)
        return pgaii_buffer_add(out, slot->text, slot->length);
    if (!add_seeded(contacts, index, true, out))
        return false;
    if (out->length - start <= sizeof(slot->text)) {
        slot->owner = index + 1;
        slot->length = (uint32_t)(out->length - start);
        memcpy(slot->text, out->data + start, slot->length);
    }
    return true;
}

bool pgaii_contacts_add_whole(const pgaii_contacts *contacts, int64_t index,
                              pgaii_buffer *out)
{
    const created_contact *created;

    if (!is_created(contacts, index))
        return add_seeded(contacts, index, false, out);
    created = &contacts->created[index - contacts->seeded];
    return pgaii_buffer_add(out, created->whole, created->whole_length);
}

bool pgaii_contacts_create(pgaii_contacts *contacts, pgai_text listed, pgai_text whole)
{
    created_contact created = {.listed = pgaii_copy(listed.data, listed.length),
                               .whole = pgaii_copy(whole.data, whole.length),
                               .listed_length = listed.length,
                               .whole_length = whole.length};

    if (!created.listed || !created.whole ||
        !pgaii_grow((void **)&contacts->created, &contacts->created_capacity,
                    contacts->created_count + 1, sizeof(created), FIRST_CREATED) ||
        !pgaii_order_insert(&contacts->order, contacts->order.length,
                            pgaii_contacts_count(contacts))) {
        free(created.listed);
        free(created.whole);
        return false;
    }
    contacts->created[contacts->created_count++] = created;
    return true;
}

bool pgaii_contacts_add(pgaii_contacts *contacts, int64_t place)
{
    if (!pgaii_order_insert(&contacts->order, place, FIRST_ADDED + contacts->added))
        return false;
    contacts->added++;
    return true;
}

bool pgaii_contacts_delete_at(pgaii_contacts *contacts, int64_t place)
{
    return pgaii_order_remove(&contacts->order, place);
}

bool pgaii_contacts_delete(pgaii_contacts *contacts, int64_t index)
{
    return pgaii_contacts_delete_at(contacts, pgaii_order_find(&contacts->order, index));
}

bool pgaii_contacts_move(pgaii_contacts *contacts, int64_t from, int64_t to)
{
    return pgaii_order_move(&contacts->order, from, to);
}
