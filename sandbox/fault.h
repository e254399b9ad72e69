#ifndef PGAI_SANDBOX_FAULT_H
#define PGAI_SANDBOX_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/exchange.h"

/** @file
 * The catalogue of what can go wrong. A fault is a row of the table of its group, in
 * faults_GROUP.c; nothing else has to know of it.
 */

/** When a fault acts. */
typedef enum pgaii_stage {
    PGAII_AT_ACCEPT,  /**< a connection was made; there is no request yet */
    PGAII_AT_REQUEST, /**< before the service acts; it may answer in its place */
    PGAII_AT_SUCCESS, /**< the service has carried out the request: its response is 2xx */
    PGAII_AT_RESPONSE /**< there is a response, whatever it says */
} pgaii_stage;

enum { PGAII_MAX_PARAMETERS = 4 };

/** A parameter of a fault: a whole number, or a choice between words. */
typedef struct pgaii_parameter {
    const char *name;  /**< NULL: there is none */
    const char *words; /**< "one|two|three", of which the first is the default; NULL: a
                            number */
    bool required;
    int64_t least;
    int64_t most;
    int64_t preset; /**< when none is given */
} pgaii_parameter;

#define PGAII_NEEDED(name, least, most)                                                  \
    {                                                                                    \
        name, NULL, true, least, most, 0                                                 \
    }
#define PGAII_NUMBER(name, least, most, preset)                                          \
    {                                                                                    \
        name, NULL, false, least, most, preset                                           \
    }
#define PGAII_CHOICE(name, words)                                                        \
    {                                                                                    \
        name, words, false, 0, 0, 0                                                      \
    }

/** One application of a fault. */
typedef struct pgaii_fault_call {
    const int64_t *values; /**< of the parameters, in their order; a choice is the number
                                of its word, from 0 */
    uint64_t times;        /**< the rule's applications so far, this one counted */
    uint64_t random;       /**< a number of the sandbox's sequence */
} pgaii_fault_call;

typedef struct pgaii_fault {
    const char *name; /**< NULL: the end of the table */
    pgaii_stage stage;
    int operations; /**< a set of pgaii_sandbox_operation: other requests never match */
    pgaii_parameter parameters[PGAII_MAX_PARAMETERS];
    void (*apply)(pgaii_sandbox_exchange *exchange, const pgaii_fault_call *call);
} pgaii_fault;

/** A group of the catalogue. */
typedef struct pgaii_fault_group {
    const char *name;
    const pgaii_fault *faults; /**< up to one without a name */
} pgaii_fault_group;

extern const pgaii_fault_group pgaii_fault_groups[];
extern const size_t pgaii_fault_group_count;

/** The fault of that name; NULL when there is none. */
const pgaii_fault *pgaii_fault_find(const char *name);

/** The number of a word among a parameter's words; -1 when it is not one. */
int64_t pgaii_parameter_word(const pgaii_parameter *parameter, const char *word);

/** The forms of bodies with which gateways and services answer with a status. */
#define PGAII_BODY_WORDS "json|html|text|empty"

/** Replace the response by one of a status, its body number @p form of PGAII_BODY_WORDS.
 */
void pgaii_fault_response_status(pgaii_sandbox_exchange *exchange, int status,
                                 int64_t form);

/** The tables. */
extern const pgaii_fault pgaii_faults_transport[];
extern const pgaii_fault pgaii_faults_framing[];
extern const pgaii_fault pgaii_faults_headers[];
extern const pgaii_fault pgaii_faults_rate_limits[];
extern const pgaii_fault pgaii_faults_status[];
extern const pgaii_fault pgaii_faults_body[];
extern const pgaii_fault pgaii_faults_paging[];
extern const pgaii_fault pgaii_faults_create[];

#endif
