#ifndef PGAI_SANDBOX_RULE_INTERNAL_H
#define PGAI_SANDBOX_RULE_INTERNAL_H

#include "rule.h"

/** Free what one rule holds. */
void pgaii_rule_clear(pgaii_rule *rule);

/** Forget the rules from number @p count on. */
void pgaii_rules_cut(pgaii_rules *rules, size_t count);

#endif
