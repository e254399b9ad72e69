#ifndef PGAI_SANDBOX_CONTACTS_H
#define PGAI_SANDBOX_CONTACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgai/text.h>

#include "protocol/buffer.h"

/** @file
 * The contacts of the service: seeded ones first, each a pure function of seed and
 * number, so that a million of them cost nothing until they are read; then the created
 * ones, which are kept. Others may add some anywhere, which are made up like seeded ones,
 * delete some, and change their order.
 */

enum {
    PGAII_CONTACT_ID_SIZE = 37, /**< the shape of a UUID, and a NUL */
    /** Most contacts at the start: the last one, with one a minute since 2024, must still
     * have a year of four digits. */
    PGAII_MAX_CONTACTS = 1000000000
};

typedef struct pgaii_contacts pgaii_contacts;

/** Make a store of @p seeded contacts, from 0 to PGAII_MAX_CONTACTS; NULL when there is
 * no memory. Freed with pgaii_contacts_free(). */
pgaii_contacts *pgaii_contacts_new(uint64_t seed, int64_t seeded);

/** Free a store; NULL is allowed. */
void pgaii_contacts_free(pgaii_contacts *contacts);

/** How many contacts were seeded or created, and how many were created. Their numbers
 * go from 0, and stay when others are deleted. */
int64_t pgaii_contacts_count(const pgaii_contacts *contacts);
int64_t pgaii_contacts_created(const pgaii_contacts *contacts);

/** How many contacts are not deleted. */
int64_t pgaii_contacts_living(const pgaii_contacts *contacts);

/** The number of the contact at a place among those that are not deleted. */
int64_t pgaii_contacts_at(const pgaii_contacts *contacts, int64_t place);

/** Append contact number @p index as an item of a list: the LISTED fields. */
bool pgaii_contacts_add_listed(pgaii_contacts *contacts, int64_t index,
                               pgaii_buffer *out);

/** Append contact number @p index as get has it: all fields. */
bool pgaii_contacts_add_whole(const pgaii_contacts *contacts, int64_t index,
                              pgaii_buffer *out);

/** The number of the contact of that id; -1 when there is none, or it is deleted. */
int64_t pgaii_contacts_find(const pgaii_contacts *contacts, pgai_text id);

/** Write the id of contact number @p index, which may be one past the last: the id that
 * the next created contact gets. */
void pgaii_contacts_id(const pgaii_contacts *contacts, int64_t index,
                       char out[PGAII_CONTACT_ID_SIZE]);

/** Keep a created contact at the end.
 *
 * @param listed Its text as an item of a list; copied.
 * @param whole  Its text as get has it; copied.
 * @return false when there is no memory; nothing was kept.
 */
bool pgaii_contacts_create(pgaii_contacts *contacts, pgai_text listed, pgai_text whole);

/** Delete contact number @p index, which is not deleted; false when there is no memory.
 */
bool pgaii_contacts_delete(pgaii_contacts *contacts, int64_t index);

/** Add a contact at a place of the list, from 0 to how many there are, as other programs
 * would: it is not among those created. False when there is no memory. */
bool pgaii_contacts_add(pgaii_contacts *contacts, int64_t place);

/** Delete the contact at a place of the list; false when there is no memory. */
bool pgaii_contacts_delete_at(pgaii_contacts *contacts, int64_t place);

/** Put the contact at a place to another one, counted without it; false when there is no
 * memory. */
bool pgaii_contacts_move(pgaii_contacts *contacts, int64_t from, int64_t to);

/** Forget what was created, added, deleted and moved. */
void pgaii_contacts_reset(pgaii_contacts *contacts);

#endif
