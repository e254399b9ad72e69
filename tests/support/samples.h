#ifndef PGAI_TESTS_SUPPORT_SAMPLES_H
#define PGAI_TESTS_SUPPORT_SAMPLES_H

/** @file
 * Bodies as the service sends them, and what they hold.
 */

#define SAMPLE_KEY "sandbox_key"
#define SAMPLE_ID "c1d2e3f4-a5b6-7890-cdef-123456789012"

#define SAMPLE_CONTACT                                                                   \
    "{\"id\": \"" SAMPLE_ID "\", \"first_name\": \"Zo\\u00eb\", \"last_name\": "         \
    "\"Connor\", \"email\": null, \"created_at\": \"2026-01-15T09:00:00Z\"}"

#define SAMPLE_PAGE                                                                      \
    "{\"data\": [" SAMPLE_CONTACT ", {\"id\": \"2\", \"first_name\": \"John\"}], "       \
    "\"pagination\": {\"page\": 1, \"limit\": 25, \"total\": 2}}"

#endif
