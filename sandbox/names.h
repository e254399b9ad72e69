#ifndef PGAI_SANDBOX_NAMES_H
#define PGAI_SANDBOX_NAMES_H

#include <stddef.h>

/** A word as people write it, and in ASCII for e-mail and web addresses. */
typedef struct pgaii_name {
    const char *text;
    const char *ascii;
} pgaii_name;

enum {
    PGAII_NAMES_EACH = 10, /**< first names, and last names, of a culture */
    PGAII_PLACES_EACH = 4  /**< places of a culture */
};

/** What people of one script and region are called, and where they live. */
typedef struct pgaii_culture {
    pgaii_name first[PGAII_NAMES_EACH];
    pgaii_name last[PGAII_NAMES_EACH];
    const char *places[PGAII_PLACES_EACH];
    const char *dial; /**< the country's telephone prefix */
} pgaii_culture;

extern const pgaii_culture pgaii_cultures[];
extern const size_t pgaii_culture_count;

/** Companies; the ASCII form is a host name under the reserved domain `example`. Some
 * have quotation marks, which JSON must escape. */
extern const pgaii_name pgaii_companies[];
extern const size_t pgaii_company_count;

extern const char *const pgaii_job_titles[];
extern const size_t pgaii_job_title_count;

/** Emoji that now and then follow a first name, as in people's own profiles. */
extern const char *const pgaii_emoji[];
extern const size_t pgaii_emoji_count;

#endif
