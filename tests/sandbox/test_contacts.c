/* Seeded contacts: always the same, and as varied as real ones. */
#include "support/unit.h"

#include <stdlib.h>

#include <jansson.h>
#include <pgai/contact.h>

#include "protocol/text.h"
#include "sandbox/contacts.h"
#include "sandbox/random.h"

enum { SAMPLE = 2000, MAX_TEXT = 1 << 20 };

static const char *const names[] = {
#define X(upper, number, lower, listed, writable) [number] = #lower,
    PGAI_FIELD_LIST(X)
#undef X
};

enum { LISTED, DETAIL };

static const int where[] = {
#define X(upper, number, lower, listed, writable) [number] = listed,
    PGAI_FIELD_LIST(X)
#undef X
};

static json_t *read_contact(pgaii_contacts *contacts, int64_t index, bool listed)
{
    pgaii_buffer text;
    json_t *tree;

    pgaii_buffer_init(&text, MAX_TEXT);
    assert_true(listed ? pgaii_contacts_add_listed(contacts, index, &text)
                       : pgaii_contacts_add_whole(contacts, index, &text));
    tree = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(tree);
    pgaii_buffer_clear(&text);
    return tree;
}

static void test_mix_has_an_inverse(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        uint64_t value = pgaii_random_next(&seed);

        assert_true(pgaii_random_unmix(pgaii_random_mix(value)) == value);
    }
}

static void test_every_id_is_found_and_unlike_the_others(void **state)
{
    pgaii_contacts *contacts = pgaii_contacts_new(3, SAMPLE);
    char id[PGAII_CONTACT_ID_SIZE];
    char before[PGAII_CONTACT_ID_SIZE] = "";

    (void)state;
    for (int64_t i = 0; i < SAMPLE; i++) {
        pgaii_contacts_id(contacts, i, id);
        assert_int_equal(strlen(id), 36);
        assert_int_equal(id[14], '4');
        assert_string_not_equal(id, before);
        assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), i);
        memcpy(before, id, sizeof(id));
    }
    pgaii_contacts_free(contacts);
}

static void test_foreign_ids_are_not_found(void **state)
{
    static const char *const foreign[] = {"",
                                          ".",
                                          "c1d2e3f4-a5b6-7890-cdef-123456789012",
                                          "d2e3f4a5-b6c7-8901-defg-234567890123",
                                          "00000000-0000-4000-8000-000000000000",
                                          "                                    "};
    pgaii_contacts *contacts = pgaii_contacts_new(3, SAMPLE);
    char id[PGAII_CONTACT_ID_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(foreign); i++)
        assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(foreign[i])), -1);
    pgaii_contacts_id(contacts, SAMPLE, id); /* the next to be created */
    assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), -1);
    pgaii_contacts_id(contacts, 0, id);
    id[35] = id[35] == '0' ? '1' : '0';
    assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), -1);
    pgaii_contacts_free(contacts);
}

static void test_the_same_seed_gives_the_same_bytes(void **state)
{
    pgaii_contacts *one = pgaii_contacts_new(5, SAMPLE);
    pgaii_contacts *two = pgaii_contacts_new(5, SAMPLE);
    pgaii_contacts *other = pgaii_contacts_new(6, SAMPLE);

    (void)state;
    for (int64_t i = SAMPLE - 1; i >= 0; i -= 97) {
        json_t *a = read_contact(one, i, true);
        json_t *again = read_contact(one, i, true);
        json_t *b = read_contact(two, i, true);
        json_t *c = read_contact(other, i, true);

        assert_true(json_equal(a, again));
        assert_true(json_equal(a, b));
        assert_false(json_equal(a, c));
        json_decref(a);
        json_decref(again);
        json_decref(b);
        json_decref(c);
    }
    pgaii_contacts_free(one);
    pgaii_contacts_free(two);
    pgaii_contacts_free(other);
}

/* The cache keeps contacts by number modulo its size, so far ones share a place. */
static void test_far_contacts_do_not_mix(void **state)
{
    pgaii_contacts *contacts = pgaii_contacts_new(5, PGAII_MAX_CONTACTS);

    (void)state;
    for (int64_t i = 0; i < PGAII_MAX_CONTACTS; i += 32768 * 1000) {
        char id[PGAII_CONTACT_ID_SIZE];
        json_t *contact = read_contact(contacts, i, true);

        pgaii_contacts_id(contacts, i, id);
        assert_string_equal(json_string_value(json_object_get(contact, "id")), id);
        json_decref(contact);
    }
    pgaii_contacts_free(contacts);
}

static void test_every_field_but_the_id_is_sometimes_missing(void **state)
{
    pgaii_contacts *contacts = pgaii_contacts_new(1, SAMPLE);
    int absent[PGAI_FIELD_COUNT] = {0};
    int null[PGAI_FIELD_COUNT] = {0};

    (void)state;
    for (int64_t i = 0; i < SAMPLE; i++) {
        json_t *contact = read_contact(contacts, i, false);

        for (int field = 0; field < PGAI_FIELD_COUNT; field++) {
            json_t *value = json_object_get(contact, names[field]);

            absent[field] += !value;
            null[field] += json_is_null(value);
        }
        json_decref(contact);
    }
    assert_int_equal(absent[PGAI_ID] + null[PGAI_ID], 0);
    for (int field = PGAI_ID + 1; field < PGAI_FIELD_COUNT; field++) {
        assert_in_range(absent[field], SAMPLE / 200, SAMPLE / 20);
        assert_in_range(null[field], SAMPLE / 200, SAMPLE / 20);
    }
    pgaii_contacts_free(contacts);
}

static void test_list_items_are_the_listed_part_of_the_whole(void **state)
{
    pgaii_contacts *contacts = pgaii_contacts_new(1, SAMPLE);

    (void)state;
    for (int64_t i = 0; i < SAMPLE; i += 7) {
        json_t *item = read_contact(contacts, i, true);
        json_t *whole = read_contact(contacts, i, false);
        const char *name;
        json_t *value;

        json_object_foreach(item, name, value)
        {
            assert_true(json_equal(value, json_object_get(whole, name)));
        }
        for (int field = 0; field < PGAI_FIELD_COUNT; field++) {
            if (where[field] == DETAIL)
                assert_null(json_object_get(item, names[field]));
        }
        json_decref(item);
        json_decref(whole);
    }
    pgaii_contacts_free(contacts);
}

/* One letter of each script, and an emoji, somewhere among the contacts. */
static void test_names_come_in_many_scripts(void **state)
{
    static const char *const letters[] = {"a", "ü",  "ś",  "ο",  "о",
                                          "م", "王", "さ", "タ", "🚀"};
    pgaii_contacts *contacts = pgaii_contacts_new(1, SAMPLE);
    pgaii_buffer text;

    (void)state;
    pgaii_buffer_init(&text, MAX_TEXT);
    for (int64_t i = 0; i < SAMPLE; i++)
        assert_true(pgaii_contacts_add_listed(contacts, i, &text));
    for (size_t i = 0; i < COUNT(letters); i++)
        assert_non_null(strstr(text.data, letters[i]));
    pgaii_buffer_clear(&text);
    pgaii_contacts_free(contacts);
}

static void test_created_contacts_come_last_and_go_with_reset(void **state)
{
    pgaii_contacts *contacts = pgaii_contacts_new(1, 2);
    char id[PGAII_CONTACT_ID_SIZE];
    json_t *contact;

    (void)state;
    pgaii_contacts_id(contacts, 2, id);
    assert_true(pgaii_contacts_create(contacts, pgaii_text("{\"a\":1}"),
                                      pgaii_text("{\"a\":1,\"b\":2}")));
    assert_int_equal(pgaii_contacts_count(contacts), 3);
    assert_int_equal(pgaii_contacts_created(contacts), 1);
    assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), 2);
    contact = read_contact(contacts, 2, false);
    assert_int_equal(json_object_size(contact), 2);
    json_decref(contact);
    pgaii_contacts_reset(contacts);
    assert_int_equal(pgaii_contacts_count(contacts), 2);
    assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), -1);
    pgaii_contacts_free(contacts);
}

/* The others keep their numbers and ids, and move up in lists. */
static void test_deleted_contacts_are_gone_until_reset(void **state)
{
    static const int64_t order[] = {3, 0, 4};
    static const int64_t left[] = {1, 2, 5};
    pgaii_contacts *contacts = pgaii_contacts_new(1, 5);
    char id[PGAII_CONTACT_ID_SIZE];

    (void)state;
    assert_true(pgaii_contacts_create(contacts, pgaii_text("{}"), pgaii_text("{}")));
    for (size_t i = 0; i < COUNT(order); i++)
        assert_true(pgaii_contacts_delete(contacts, order[i]));
    assert_int_equal(pgaii_contacts_living(contacts), COUNT(left));
    assert_int_equal(pgaii_contacts_count(contacts), 6);
    for (size_t i = 0; i < COUNT(left); i++) {
        assert_int_equal(pgaii_contacts_at(contacts, (int64_t)i), left[i]);
        pgaii_contacts_id(contacts, left[i], id);
        assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), left[i]);
        pgaii_contacts_id(contacts, order[i], id);
        assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), -1);
    }
    pgaii_contacts_reset(contacts);
    assert_int_equal(pgaii_contacts_living(contacts), 5);
    assert_int_equal(pgaii_contacts_at(contacts, 3), 3);
    pgaii_contacts_free(contacts);
}

/* What others add is found, and belongs to the list, but is not among those created. */
static void test_contacts_that_others_add_and_move(void **state)
{
    pgaii_contacts *contacts = pgaii_contacts_new(1, 3);
    char id[PGAII_CONTACT_ID_SIZE];
    int64_t added;
    json_t *contact;

    (void)state;
    assert_true(pgaii_contacts_create(contacts, pgaii_text("{}"), pgaii_text("{}")));
    assert_true(pgaii_contacts_add(contacts, 1));
    added = pgaii_contacts_at(contacts, 1);
    pgaii_contacts_id(contacts, added, id);
    contact = read_contact(contacts, added, true);
    assert_string_equal(json_string_value(json_object_get(contact, "id")), id);
    json_decref(contact);
    assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), added);
    assert_int_equal(pgaii_contacts_created(contacts), 1);
    assert_int_equal(pgaii_contacts_living(contacts), 5);
    assert_true(pgaii_contacts_move(contacts, 1, 4));
    assert_int_equal(pgaii_contacts_at(contacts, 1), 1);
    assert_int_equal(pgaii_contacts_at(contacts, 4), added);
    assert_true(pgaii_contacts_delete_at(contacts, 4));
    assert_int_equal(pgaii_contacts_find(contacts, pgaii_text(id)), -1);
    pgaii_contacts_reset(contacts);
    assert_int_equal(pgaii_contacts_living(contacts), 3);
    pgaii_contacts_free(contacts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mix_has_an_inverse),
        cmocka_unit_test(test_every_id_is_found_and_unlike_the_others),
        cmocka_unit_test(test_foreign_ids_are_not_found),
        cmocka_unit_test(test_the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(test_far_contacts_do_not_mix),
        cmocka_unit_test(test_every_field_but_the_id_is_sometimes_missing),
        cmocka_unit_test(test_list_items_are_the_listed_part_of_the_whole),
        cmocka_unit_test(test_names_come_in_many_scripts),
        cmocka_unit_test(test_created_contacts_come_last_and_go_with_reset),
        cmocka_unit_test(test_deleted_contacts_are_gone_until_reset),
        cmocka_unit_test(test_contacts_that_others_add_and_move),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
