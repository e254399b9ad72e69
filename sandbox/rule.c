/* Which requests meet which fault. */
#include "sandbox/rule.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/text.h"
#include "sandbox/random.h"
#include "sandbox/rule_internal.h"

void pgaii_rules_init(pgaii_rules *rules, uint64_t seed)
{
    memset(rules, 0, sizeof(*rules));
    rules->random = seed;
}

void pgaii_rule_clear(pgaii_rule *rule)
{
    free(rule->match.method);
    free(rule->match.path);
}

void pgaii_rules_cut(pgaii_rules *rules, size_t count)
{
    while (rules->count > count)
        pgaii_rule_clear(&rules->items[--rules->count]);
}

void pgaii_rules_reset(pgaii_rules *rules, uint64_t seed)
{
    pgaii_rules_cut(rules, 0);
    rules->random = seed;
}

void pgaii_rules_clear(pgaii_rules *rules)
{
    pgaii_rules_cut(rules, 0);
    free(rules->items);
    pgaii_rules_init(rules, rules->random);
}

static bool path_fits(const char *pattern, pgai_text path)
{
    size_t length = strlen(pattern);

    if (length > 0 && pattern[length - 1] == '*')
        return path.length >= length - 1 && memcmp(path.data, pattern, length - 1) == 0;
    return pgaii_text_equal(path, pgaii_text(pattern));
}

static bool request_fits(const pgaii_rule *rule, const pgaii_sandbox_exchange *exchange)
{
    const pgaii_match *match = &rule->match;
    const pgaii_sandbox_request *request = exchange->request;

    if ((rule->fault->stage == PGAII_AT_ACCEPT) != !request)
        return false;
    if (!request)
        return true;
    return (rule->fault->operations & (int)exchange->operation) &&
           (!match->method ||
            pgaii_text_equal(request->method, pgaii_text(match->method))) &&
           (!match->path || path_fits(match->path, request->path));
}

/* 53 random bits make any double from 0 to just below 1 that has so many. */
static bool draw(pgaii_rules *rules, double probability)
{
    return (double)(pgaii_random_next(&rules->random) >> 11) * 0x1p-53 < probability;
}

static bool
rule_applies(pgaii_rules *rules, pgaii_rule *rule, const pgaii_sandbox_exchange *exchange)
{
    const pgaii_match *match = &rule->match;

    if (!request_fits(rule, exchange))
        return false;
    rule->seen++;
    if (match->times > 0 && rule->times >= (uint64_t)match->times)
        return false;
    if (match->nth > 0 && rule->seen != (uint64_t)match->nth)
        return false;
    if (match->every > 0 && rule->seen % (uint64_t)match->every != 0)
        return false;
    return match->probability >= 1 || draw(rules, match->probability);
}

const pgaii_fault *
pgaii_rules_match(pgaii_rules *rules, const pgaii_sandbox_exchange *exchange)
{
    const pgaii_fault *first = NULL;

    for (size_t i = 0; i < rules->count; i++) {
        pgaii_rule *rule = &rules->items[i];

        rule->active = rule_applies(rules, rule, exchange);
        if (!rule->active)
            continue;
        rule->times++;
        rule->random = pgaii_random_next(&rules->random);
        if (!first)
            first = rule->fault;
    }
    return first;
}

void pgaii_rules_apply(const pgaii_rules *rules, pgaii_stage stage,
                       pgaii_sandbox_exchange *exchange)
{
    for (size_t i = 0; i < rules->count; i++) {
        const pgaii_rule *rule = &rules->items[i];
        pgaii_fault_call call = {rule->values, rule->times, rule->random};

        if (rule->active && rule->fault->stage == stage)
            rule->fault->apply(exchange, &call);
    }
}
