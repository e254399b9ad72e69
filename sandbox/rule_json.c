/* Rules as JSON, and what is wrong with them. */
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "protocol/error.h"
#include "protocol/memory.h"
#include "sandbox/rule.h"
#include "sandbox/rule_internal.h"

enum { FIRST_RULES = 8 };

/* A rule while it is read. */
typedef struct reader {
    pgaii_rule rule;
    size_t number; /* of the rule in its array, from 1 */
    pgai_error *error;
} reader;

#define FAIL(reader, format, ...)                                                        \
    pgaii_fail((reader)->error, PGAI_USAGE, "fault rule %zu: " format, (reader)->number, \
               __VA_ARGS__)

static pgai_status read_whole(reader *in, const char *name, const json_t *value,
                              int64_t least, int64_t most, int64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < least ||
        json_integer_value(value) > most)
        return FAIL(in, "%s must be an integer from %" PRId64 " to %" PRId64, name, least,
                    most);
    *out = json_integer_value(value);
    return PGAI_OK;
}

static pgai_status
read_word(reader *in, const pgaii_parameter *parameter, const json_t *value, int64_t *out)
{
    int64_t number = json_is_string(value)
                         ? pgaii_parameter_word(parameter, json_string_value(value))
                         : -1;

    if (number < 0)
        return FAIL(in, "%s must be one of %s", parameter->name, parameter->words);
    *out = number;
    return PGAI_OK;
}

static pgai_status
read_copy(reader *in, const char *name, const json_t *value, char **out)
{
    if (!json_is_string(value) || json_string_length(value) == 0)
        return FAIL(in, "match.%s must be text that is not empty", name);
    if (!*out)
        *out = pgaii_copy(json_string_value(value), json_string_length(value));
    return *out ? PGAI_OK : pgaii_fail_memory(in->error);
}

static pgai_status read_probability(reader *in, const json_t *value)
{
    double number = json_number_value(value);

    if (!json_is_number(value) || !(number >= 0 && number <= 1))
        return FAIL(in, "match.%s must be a number from 0 to 1", "probability");
    in->rule.match.probability = number;
    return PGAI_OK;
}

static pgai_status read_condition(reader *in, const char *name, const json_t *value)
{
    pgaii_match *match = &in->rule.match;
    bool accept = in->rule.fault->stage == PGAII_AT_ACCEPT;

    if (accept && (strcmp(name, "method") == 0 || strcmp(name, "path") == 0))
        return FAIL(in, "match.%s has no meaning for %s, which acts before any request",
                    name, in->rule.fault->name);
    if (strcmp(name, "method") == 0)
        return read_copy(in, name, value, &match->method);
    if (strcmp(name, "path") == 0)
        return read_copy(in, name, value, &match->path);
    if (strcmp(name, "nth") == 0)
        return read_whole(in, "match.nth", value, 1, INT64_MAX, &match->nth);
    if (strcmp(name, "every") == 0)
        return read_whole(in, "match.every", value, 1, INT64_MAX, &match->every);
    if (strcmp(name, "times") == 0)
        return read_whole(in, "match.times", value, 1, INT64_MAX, &match->times);
    if (strcmp(name, "probability") == 0)
        return read_probability(in, value);
    return FAIL(
        in, "match.%s is not known: use method, path, nth, every, probability or times",
        name);
}

static pgai_status read_match(reader *in, json_t *match)
{
    pgai_status status = PGAI_OK;
    const char *name;
    json_t *value;

    if (!match)
        return PGAI_OK;
    if (!json_is_object(match))
        return FAIL(in, "%s must be an object", "match");
    json_object_foreach(match, name, value)
    {
        if (status == PGAI_OK)
            status = read_condition(in, name, value);
    }
    return status;
}

static pgai_status read_parameter(reader *in, const pgaii_parameter *parameter,
                                  const json_t *value, int64_t *out)
{
    *out = parameter->preset;
    if (!value && parameter->required)
        return FAIL(in, "%s needs %s, an integer from %" PRId64 " to %" PRId64,
                    in->rule.fault->name, parameter->name, parameter->least,
                    parameter->most);
    if (!value)
        return PGAI_OK;
    if (parameter->words)
        return read_word(in, parameter, value, out);
    return read_whole(in, parameter->name, value, parameter->least, parameter->most, out);
}

static pgai_status read_parameters(reader *in, const json_t *source)
{
    pgai_status status = PGAI_OK;

    for (size_t i = 0; i < PGAII_MAX_PARAMETERS && status == PGAI_OK; i++) {
        const pgaii_parameter *parameter = &in->rule.fault->parameters[i];

        if (!parameter->name)
            break;
        status = read_parameter(in, parameter, json_object_get(source, parameter->name),
                                &in->rule.values[i]);
    }
    return status;
}

static bool has_parameter(const pgaii_fault *fault, const char *name)
{
    for (size_t i = 0; i < PGAII_MAX_PARAMETERS && fault->parameters[i].name; i++) {
        if (strcmp(fault->parameters[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Otherwise a rule with a misspelt member would silently do something else. */
static pgai_status check_members(reader *in, json_t *source)
{
    const char *name;
    json_t *value;

    json_object_foreach(source, name, value)
    {
        if (strcmp(name, "fault") != 0 && strcmp(name, "match") != 0 &&
            !has_parameter(in->rule.fault, name))
            return FAIL(in, "%s is not a parameter of %s", name, in->rule.fault->name);
    }
    return PGAI_OK;
}

static pgai_status read_rule(reader *in, json_t *source)
{
    const char *name = json_string_value(json_object_get(source, "fault"));
    pgai_status status;

    if (!name)
        return FAIL(in, "%s must be an object whose member \"fault\" names a fault",
                    "it");
    in->rule.fault = pgaii_fault_find(name);
    if (!in->rule.fault)
        return FAIL(in, "there is no fault \"%s\"", name);
    in->rule.match.probability = 1;
    status = check_members(in, source);
    if (status == PGAI_OK)
        status = read_parameters(in, source);
    if (status == PGAI_OK)
        status = read_match(in, json_object_get(source, "match"));
    return status;
}

static pgai_status
add_rule(pgaii_rules *rules, json_t *source, size_t number, pgai_error *error)
{
    reader in = {.number = number, .error = error};
    pgai_status status = read_rule(&in, source);

    if (status == PGAI_OK && !pgaii_grow((void **)&rules->items, &rules->capacity,
                                         rules->count + 1, sizeof(in.rule), FIRST_RULES))
        status = pgaii_fail_memory(error);
    if (status == PGAI_OK)
        rules->items[rules->count++] = in.rule;
    else
        pgaii_rule_clear(&in.rule);
    return status;
}

pgai_status pgaii_rules_add(pgaii_rules *rules, pgai_text json, pgai_error *error)
{
    size_t before = rules->count;
    pgai_status status = PGAI_OK;
    json_error_t why;
    json_t *tree = json_loadb(json.data, json.length, JSON_REJECT_DUPLICATES, &why);
    json_t *source;
    size_t index;

    if (!tree)
        return pgaii_fail(error, PGAI_USAGE,
                          "the fault rules are not JSON: line %d, column %d: %s",
                          why.line, why.column, why.text);
    if (!json_is_array(tree))
        status = add_rule(rules, tree, 1, error);
    json_array_foreach(tree, index, source)
    {
        if (status == PGAI_OK)
            status = add_rule(rules, source, index + 1, error);
    }
    if (status != PGAI_OK)
        pgaii_rules_cut(rules, before);
    json_decref(tree);
    return status;
}
