#ifndef PGAI_TESTS_SUPPORT_STRICT_DRIVE_H
#define PGAI_TESTS_SUPPORT_STRICT_DRIVE_H

#include "protocol/strict.h"
#include "support/changing_list.h"

/** A strict walk over a list that changes, and what became of it. */
typedef struct strict_drive {
    changing_list *list;
    void (*change)(struct strict_drive *drive); /**< before each answer but the first;
                                                     NULL: nothing changes */
    /** What the service makes of an answer, whose hashes it may change; NULL: nothing. */
    void (*reshape)(struct strict_drive *drive, pgaii_strict_answer *answer,
                    uint64_t *hashes);
    void *data;  /**< for these */
    size_t stop; /**< save the place behind so many contacts, and resume from there;
                      0: never */
    const pgaii_strict_place *place; /**< where it begins; NULL: at the head */
    int64_t limit;
    size_t flight;
    size_t remembered;

    pgaii_strict walk;
    int *seen; /**< by number: how often a contact was handed out */
    size_t seen_capacity;
    int64_t front;    /**< position that was asked for last */
    int64_t answers;  /**< made so far */
    int64_t handed;   /**< contacts handed out */
    int64_t requests; /**< sent, by all parts of the walk */
    int first_made;   /**< contacts below this number were there at the beginning */
    bool complete;    /**< the walk said that nothing is missing */
    int missed;       /**< contacts that existed throughout and were not handed out */
    int doubles;      /**< contacts that were handed out again */
    pgaii_strict_why why;
} strict_drive;

/** The usual walk: from the head, limit 50, eight in flight. */
strict_drive strict_drive_of(changing_list *list);

/** Fill in what a list answers to the page of @p answer when it takes that limit. */
void strict_drive_answer(const changing_list *list, int64_t limit,
                         pgaii_strict_answer *answer, uint64_t *hashes);

/** Drive it to its end. */
void strict_drive_run(strict_drive *drive);

#endif
