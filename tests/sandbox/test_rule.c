/* Which requests a rule meets, and which rules are refused. */
#include "support/unit.h"

#include <stdlib.h>

#include <jansson.h>

#include "protocol/text.h"
#include "sandbox/rule.h"

enum { MAX_PAGE = 64 * 1024 };

/* The requests, of @p count alike, that meet a rule: a digit 1 in the text. */
static void assert_hits(const char *rule, const char *method, const char *path,
                        pgaii_sandbox_operation operation, const char *expected)
{
    pgaii_sandbox_request request = {.method = pgaii_text(method),
                                     .path = pgaii_text(path)};
    pgaii_sandbox_exchange exchange = {.request = &request, .operation = operation};
    pgaii_rules rules;

    pgaii_rules_init(&rules, 1);
    assert_int_equal(pgaii_rules_add(&rules, pgaii_text(rule), NULL), PGAI_OK);
    for (size_t i = 0; i < strlen(expected); i++)
        assert_int_equal(pgaii_rules_match(&rules, &exchange) != NULL,
                         expected[i] == '1');
    pgaii_rules_clear(&rules);
}

#define ASSERT_LIST_HITS(rule, expected)                                                 \
    assert_hits(rule, "GET", "/v1/contacts", PGAII_SANDBOX_LIST, expected)

static void test_counting(void **state)
{
    (void)state;
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\"}", "11111");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"nth\":3}}", "00100000");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"every\":3}}", "00100100");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"times\":2}}", "11000000");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"every\":2,\"times\":2}}",
                     "0101000");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"probability\":0}}", "0000");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"probability\":1}}", "1111");
}

static void test_method_path_and_operation(void **state)
{
    (void)state;
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"method\":\"GET\"}}", "1");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"method\":\"POST\"}}", "0");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"path\":\"/v1/contacts\"}}",
                     "1");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"path\":\"/v1/contact\"}}",
                     "0");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"path\":\"/v1/*\"}}", "1");
    ASSERT_LIST_HITS("{\"fault\":\"close_idle\",\"match\":{\"path\":\"/v1/contacts/*\"}}",
                     "0");
    ASSERT_LIST_HITS("{\"fault\":\"empty_page\"}", "1");
    ASSERT_LIST_HITS("{\"fault\":\"commit_then_drop\"}", "0");
    ASSERT_LIST_HITS("{\"fault\":\"accept_close\"}", "0");
    assert_hits("{\"fault\":\"empty_page\"}", "GET", "/v1/contacts/x", PGAII_SANDBOX_GET,
                "0");
    assert_hits("{\"fault\":\"commit_then_drop\"}", "POST", "/v1/contacts",
                PGAII_SANDBOX_CREATE, "1");
}

static int count_hits(uint64_t seed)
{
    pgaii_sandbox_request request = {.method = pgaii_text("GET"),
                                     .path = pgaii_text("/")};
    pgaii_sandbox_exchange exchange = {.request = &request, .operation = PGAII_OTHER};
    pgaii_rules rules;
    int hits = 0;

    pgaii_rules_init(&rules, seed);
    assert_int_equal(
        pgaii_rules_add(
            &rules,
            pgaii_text("{\"fault\":\"close_idle\",\"match\":{\"probability\":0.25}}"),
            NULL),
        PGAI_OK);
    for (int i = 0; i < 4000; i++)
        hits += pgaii_rules_match(&rules, &exchange) != NULL;
    pgaii_rules_clear(&rules);
    return hits;
}

static void test_probability_follows_the_seed(void **state)
{
    (void)state;
    assert_in_range(count_hits(1), 900, 1100);
    assert_int_equal(count_hits(1), count_hits(1));
    assert_int_not_equal(count_hits(1), count_hits(2));
}

static void test_bad_rules_are_explained(void **state)
{
    static const struct {
        const char *rules;
        const char *message;
    } cases[] = {
        {"{\"fault\"", "the fault rules are not JSON: line 1, column "},
        {"[42]",
         "fault rule 1: it must be an object whose member \"fault\" names a fault"},
        {"{}", "fault rule 1: it must be an object whose member \"fault\" names a fault"},
        {"[{\"fault\":\"close_idle\"},{\"fault\":\"cat\"}]",
         "fault rule 2: there is no fault \"cat\""},
        {"{\"fault\":\"cut\"}",
         "fault rule 1: cut needs k, an integer from 0 to 268435456"},
        {"{\"fault\":\"cut\",\"k\":-1}",
         "fault rule 1: k must be an integer from 0 to 268435456"},
        {"{\"fault\":\"cut\",\"k\":\"7\"}",
         "fault rule 1: k must be an integer from 0 to 268435456"},
        {"{\"fault\":\"cut\",\"k\":7,\"n\":1}",
         "fault rule 1: n is not a parameter of cut"},
        {"{\"fault\":\"status\",\"code\":500,\"body\":\"xml\"}",
         "fault rule 1: body must be one of json|html|text|empty"},
        {"{\"fault\":\"status\",\"code\":500,\"body\":\"js\"}",
         "fault rule 1: body must be one of json|html|text|empty"},
        {"{\"fault\":\"close_idle\",\"match\":[]}",
         "fault rule 1: match must be an object"},
        {"{\"fault\":\"close_idle\",\"match\":{\"nht\":1}}",
         "fault rule 1: match.nht is not known: use method, path, nth, every, "
         "probability or times"},
        {"{\"fault\":\"close_idle\",\"match\":{\"nth\":0}}",
         "fault rule 1: match.nth must be an integer from 1 to 9223372036854775807"},
        {"{\"fault\":\"close_idle\",\"match\":{\"probability\":1.5}}",
         "fault rule 1: match.probability must be a number from 0 to 1"},
        {"{\"fault\":\"close_idle\",\"match\":{\"path\":\"\"}}",
         "fault rule 1: match.path must be text that is not empty"},
        {"{\"fault\":\"accept_close\",\"match\":{\"path\":\"/\"}}",
         "fault rule 1: match.path has no meaning for accept_close, which acts before "
         "any request"},
    };
    pgaii_rules rules;

    (void)state;
    pgaii_rules_init(&rules, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        pgai_error error = PGAI_ERROR_INIT;

        assert_int_equal(pgaii_rules_add(&rules, pgaii_text(cases[i].rules), &error),
                         PGAI_USAGE);
        assert_ptr_equal(strstr(error.message, cases[i].message), error.message);
        assert_int_equal(rules.count, 0);
    }
    pgaii_rules_clear(&rules);
}

/* Each fault can be named in a rule, and no name stands twice in the catalogue. */
static void test_the_catalogue_is_in_order(void **state)
{
    (void)state;
    for (size_t group = 0; group < pgaii_fault_group_count; group++) {
        for (const pgaii_fault *at = pgaii_fault_groups[group].faults; at->name; at++) {
            assert_ptr_equal(pgaii_fault_find(at->name), at);
            assert_non_null(at->apply);
            assert_true(at->operations != 0);
            for (size_t i = 0; i < PGAII_MAX_PARAMETERS && at->parameters[i].name; i++)
                assert_true(at->parameters[i].words ||
                            at->parameters[i].least <= at->parameters[i].most);
        }
    }
}

/* The page of the sandbox names each fault and each of its parameters. */
static void test_the_catalogue_is_documented(void **state)
{
    static char page[MAX_PAGE];
    FILE *file = fopen(PGAI_SANDBOX_PAGE, "rb");
    char quoted[64];

    (void)state;
    assert_non_null(file);
    assert_in_range(fread(page, 1, sizeof(page) - 1, file), 1, sizeof(page) - 2);
    fclose(file);
    for (size_t group = 0; group < pgaii_fault_group_count; group++) {
        for (const pgaii_fault *at = pgaii_fault_groups[group].faults; at->name; at++) {
            snprintf(quoted, sizeof(quoted), "`%s`", at->name);
            if (!strstr(page, quoted))
                fail_msg("%s is not documented", at->name);
            for (size_t i = 0; i < PGAII_MAX_PARAMETERS && at->parameters[i].name; i++) {
                snprintf(quoted, sizeof(quoted), "`%s`", at->parameters[i].name);
                assert_non_null(strstr(page, quoted));
            }
        }
    }
}

/* Add the rules of a group's list; @return whether one of them is of that fault. */
static bool add_listed(pgaii_rules *rules, const json_t *listed, const char *name)
{
    const json_t *entry;
    bool found = false;
    size_t index;

    json_array_foreach(listed, index, entry)
    {
        json_t *rule = json_object_get(entry, "rule");
        char *text = json_dumps(rule, 0);
        pgai_error error = PGAI_ERROR_INIT;

        assert_non_null(text);
        if (pgaii_rules_add(rules, pgaii_text(text), &error) != PGAI_OK)
            fail_msg("%s: %s", text, error.message);
        found |= strcmp(json_string_value(json_object_get(rule, "fault")), name) == 0;
        free(text);
    }
    return found;
}

/* Tests in all languages meet every fault by this list: its rules are right, and no fault
 * is missing in its group. */
static void test_the_list_for_tests_has_every_fault(void **state)
{
    json_t *list = json_load_file(PGAI_SANDBOX_FAULTS, 0, NULL);

    (void)state;
    assert_non_null(list);
    assert_int_equal(json_object_size(list), pgaii_fault_group_count);
    for (size_t i = 0; i < pgaii_fault_group_count; i++) {
        const pgaii_fault_group *group = &pgaii_fault_groups[i];
        const json_t *listed = json_object_get(list, group->name);

        for (const pgaii_fault *at = group->faults; at->name; at++) {
            pgaii_rules rules;

            pgaii_rules_init(&rules, 1);
            if (!add_listed(&rules, listed, at->name))
                fail_msg("%s is not listed in %s", at->name, group->name);
            pgaii_rules_clear(&rules);
        }
    }
    json_decref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counting),
        cmocka_unit_test(test_method_path_and_operation),
        cmocka_unit_test(test_probability_follows_the_seed),
        cmocka_unit_test(test_bad_rules_are_explained),
        cmocka_unit_test(test_the_catalogue_is_in_order),
        cmocka_unit_test(test_the_catalogue_is_documented),
        cmocka_unit_test(test_the_list_for_tests_has_every_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
