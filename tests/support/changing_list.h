#ifndef PGAI_TESTS_SUPPORT_CHANGING_LIST_H
#define PGAI_TESTS_SUPPORT_CHANGING_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/retry.h"

enum { CHOICES = 256 };

/** Numbers that are drawn in such a way that all are, in the end: a run takes them from
 * here, and choices_next() changes the last one that can be. All zero is the first run.
 */
typedef struct choices {
    size_t drawn[CHOICES];
    size_t bounds[CHOICES];
    size_t at;    /* drawn in this run */
    size_t count; /* to be drawn as they are */
} choices;

/** Prepare for the next run; false when there is none that was not made. */
bool choices_next(choices *all);

/** A list of numbered contacts that others change, in memory. */
typedef struct changing_list {
    int *numbers; /* in order */
    size_t count;
    size_t capacity;
    bool *gone; /* by number */
    size_t gone_capacity;
    int made; /* numbers so far */
    int most; /* contacts a page: larger limits are clamped */
    pgaii_random random;
    choices *choices; /* NULL: numbers are drawn at random */
} changing_list;

/** A list of the numbers from 0 to below @p count. */
void changing_list_init(changing_list *list, int count, int most, uint64_t seed);
void changing_list_clear(changing_list *list);

/** Put a new contact before the one at a place. */
void changing_list_insert(changing_list *list, size_t place);

/** Delete the contact at a place; nothing when there is none. */
void changing_list_delete(changing_list *list, size_t place);

/** Put a contact to another place, as no list does whose order is fixed. */
void changing_list_move(changing_list *list, size_t from, size_t to);

/** The hash that stands for the id of a contact, and the contact of a hash. */
uint64_t changing_list_hash(int number);
int changing_list_number(uint64_t hash);

/** A number from 0 to below @p bound, which is not 0. */
size_t changing_list_draw(changing_list *list, size_t bound);

#endif
