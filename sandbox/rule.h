#ifndef PGAI_SANDBOX_RULE_H
#define PGAI_SANDBOX_RULE_H

#include <stddef.h>
#include <stdint.h>

#include <pgai/error.h>

#include "sandbox/fault.h"

/** @file
 * Rules say which requests get which fault: `{"fault": "cut", "k": 100, "match":
 * {"method": "GET", "nth": 2}}`.
 */

/** Which requests, or connections, get a fault. A condition that is not set matches all.
 */
typedef struct pgaii_match {
    char *method;       /**< NULL: any */
    char *path;         /**< without a query; one that ends with `*` is a prefix; NULL:
                             any */
    int64_t nth;        /**< only the n-th of those that match, from 1; 0: all */
    int64_t every;      /**< each n-th of those that match; 0: all */
    double probability; /**< of those that are left, from 0 to 1 */
    int64_t times;      /**< at most this often; 0: always */
} pgaii_match;

typedef struct pgaii_rule {
    const pgaii_fault *fault;
    pgaii_match match;
    int64_t values[PGAII_MAX_PARAMETERS];
    uint64_t seen;   /**< requests that match method, path and fault */
    uint64_t times;  /**< how often it was applied */
    uint64_t random; /**< drawn for the exchange in progress */
    bool active;     /**< in the exchange in progress */
} pgaii_rule;

typedef struct pgaii_rules {
    pgaii_rule *items;
    size_t count;
    size_t capacity;
    uint64_t random; /**< state of the sequence */
} pgaii_rules;

/** No rules; @p seed is that of all random choices. */
void pgaii_rules_init(pgaii_rules *rules, uint64_t seed);

/** Add a rule, or an array of them, from JSON; all of them or none.
 *
 * @return PGAI_OK; PGAI_USAGE with a message that names the rule by its number, and the
 * member, and says what would be right; PGAI_NO_MEMORY.
 */
pgai_status pgaii_rules_add(pgaii_rules *rules, pgai_text json, pgai_error *error);

/** Find the rules that apply to an exchange, and count them as applied.
 *
 * @return The fault of the first one; NULL when there is none.
 */
const pgaii_fault *
pgaii_rules_match(pgaii_rules *rules, const pgaii_sandbox_exchange *exchange);

/** Apply the rules found whose faults act at @p stage, in the order they were added. */
void pgaii_rules_apply(const pgaii_rules *rules, pgaii_stage stage,
                       pgaii_sandbox_exchange *exchange);

/** Forget all rules and draw random numbers from the start. */
void pgaii_rules_reset(pgaii_rules *rules, uint64_t seed);

/** Free all rules. */
void pgaii_rules_clear(pgaii_rules *rules);

#endif
