/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys that an identity would have with slots for all, and where they are named. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/file.h"
#include "clients/lib/country.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include "tools/linkage/allkeys.h"
#include "tools/linkage/explain.h"
#include "tools/town/corpus.h"

/* A made-up person of whom everything is known. */
static const struct identity WHOLE = {
    .given_names = "johanna maria",
    .call_name = "hanneke",
    .initials = "jm",
    .surname = "dijk",
    .other_surname = "smit",
    .birth_date = { 1980, 3, 14 },
    .sex = 'f',
    .postcode = "1234ab",
    .house_number = "12",
    .person_number = "999999990",
};

static void
read_corpus(struct persons *persons)
{
    struct corpus_config config = {
        .seed = 3, .residents = 500, .reports = 3, .typo_permille = 80, .end = { 2026, 6, 30 }
    };
    struct corpus_figures figures = { 0 };
    char *folder = temp_folder();
    char *file = temp_path(folder, "corpus.csv");
    char map_error[MAPPING_ERROR_ROOM] = "";
    char error[PERSONS_ERROR_ROOM] = "";
    struct mapping mapping;

    assert_ok(corpus_write(&config, folder, "corpus.csv", &figures));
    assert_ok(mapping_init(&mapping, DUTCH_MAP, map_error));
    assert_ok(persons_read(persons, &mapping, file, false, error));
    mapping_done(&mapping);
    free(file);
    temp_remove(folder);
}

static void
who_has_a_slot_free_has_all_keys_and_none_but_those(void **state)
{
    struct persons persons = { .at = NULL };
    size_t with_free_slots = 0;

    (void) state;
    read_corpus(&persons);
    for (size_t i = 0; i < persons.count; i++) {
        struct matchkeys keys = { 0 };
        struct identity_refusal refusal;
        struct allkeys all;

        assert_ok(matchkeys_build(&COUNTRY_NL, &persons.at[i].identity, &keys, &refusal));
        allkeys_build(&COUNTRY_NL, &persons.at[i].identity, &all);
        assert_true(all.count >= keys.count);
        for (size_t k = 0; k < keys.count; k++) {
            assert_int_equal(all.keys[k].len, keys.keys[k].len);
            assert_memory_equal(all.keys[k].bytes, keys.keys[k].bytes, keys.keys[k].len);
        }
        if (keys.count < MATCHKEYS_MAX) {
            assert_int_equal(all.count, keys.count);
            with_free_slots++;
        }
    }
    assert_in_range(with_free_slots, 100, persons.count);
    persons_done(&persons);
}

/* Whatever is known of WHOLE, its keys are among those of WHOLE, whether they had a slot or not. */
static void
a_key_is_found_whether_it_has_a_slot_or_not(void **state)
{
    struct identity less[] = { WHOLE, WHOLE, WHOLE };
    struct matchkeys keys = { 0 };
    struct identity_refusal refusal;
    struct allkeys all;

    (void) state;
    assert_ok(matchkeys_build(&COUNTRY_NL, &WHOLE, &keys, &refusal));
    assert_int_equal(keys.count, MATCHKEYS_MAX);
    allkeys_build(&COUNTRY_NL, &WHOLE, &all);
    assert_true(all.count > MATCHKEYS_MAX);
    memset(&less[0].person_number, 0, sizeof less[0].person_number);
    memset(&less[0].other_surname, 0, sizeof less[0].other_surname);
    memset(&less[1].birth_date, 0, sizeof less[1].birth_date);
    memset(&less[2].postcode, 0, sizeof less[2].postcode);
    for (size_t i = 0; i < sizeof less / sizeof less[0]; i++) {
        struct allkeys fewer;

        allkeys_build(&COUNTRY_NL, &less[i], &fewer);
        assert_in_range(fewer.count, 1, all.count - 1);
        for (size_t k = 0; k < fewer.count; k++) {
            const struct allkeys one = { .count = 1, .keys = { fewer.keys[k] } };

            assert_int_equal(allkeys_common(&all, &one), 1U << fewer.keys[k].type);
        }
    }
}

static void
strangers_have_no_key_in_common(void **state)
{
    struct identity stranger = { .given_names = "piet",
                                 .initials = "p",
                                 .surname = "bakker",
                                 .birth_date = { 1971, 5, 6 },
                                 .postcode = "4321zx",
                                 .house_number = "7" };
    struct identity nobody = { .given_names = "" };
    struct allkeys whole;
    struct allkeys other;

    (void) state;
    allkeys_build(&COUNTRY_NL, &WHOLE, &whole);
    allkeys_build(&COUNTRY_NL, &stranger, &other);
    assert_true(other.count > 0);
    assert_int_equal(allkeys_common(&whole, &other), 0);
    assert_true(allkeys_common(&whole, &whole) != 0);
    allkeys_build(&COUNTRY_NL, &nobody, &other);
    assert_int_equal(other.count, 0);
}

/* Of the second row only birthday and address are known; in the first one their keys come after those
 * of the names, number and second surname. */
static void
a_key_that_found_no_slot_is_named_for_a_missed_pair(void **state)
{
    static const char MAP[] = "country: nl\n"
                              "today: 2026-06-30\n"
                              "truth: { column: who }\n"
                              "columns:\n"
                              "  - { column: given, field: given_names }\n"
                              "  - { column: call, field: call_name }\n"
                              "  - { column: last, field: surname }\n"
                              "  - { column: partner, field: partner_surname }\n"
                              "  - { column: born, field: date_of_birth }\n"
                              "  - { column: code, field: postcode }\n"
                              "  - { column: house, field: house_number }\n"
                              "  - { column: bsn, field: bsn }\n";
    static const char TEXT[] = "who,given,call,last,partner,born,code,house,bsn\n"
                               "1,Johanna Maria,Hanneke,Dijk,Smit,1980-03-14,1234AB,12,999999990\n"
                               "1,,,,,1980-03-14,1234AB,12,\n";
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    char map_error[MAPPING_ERROR_ROOM] = "";
    char error[PERSONS_ERROR_ROOM] = "";
    struct mapping mapping;
    struct persons persons = { .at = NULL };
    struct keytable table;
    const struct capsule_policy policy = { &mapping.rules, NULL, mapping.today };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void) state;
    assert_non_null(out);
    assert_ok(file_create(map, MAP, strlen(MAP), 0600));
    assert_ok(file_create(file, TEXT, strlen(TEXT), 0600));
    assert_ok(mapping_init(&mapping, map, map_error));
    assert_ok(persons_read(&persons, &mapping, file, false, error));
    assert_ok(persons_number(&persons));
    assert_ok(keytable_init(&table, &persons, &mapping.rules, false));
    assert_ok(explain(&persons, &policy, &table, out));
    fclose(out);
    assert_memory_equal(text, "missed rows=2,3 ", strlen("missed rows=2,3 "));
    assert_non_null(strstr(text, " birth_date=equal "));
    assert_non_null(strstr(text, " left_out="));
    assert_null(strstr(text, " left_out=none"));
    free(text);
    keytable_done(&table);
    persons_done(&persons);
    mapping_done(&mapping);
    free(map);
    free(file);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_a_slot_free_has_all_keys_and_none_but_those),
        cmocka_unit_test(a_key_is_found_whether_it_has_a_slot_or_not),
        cmocka_unit_test(strangers_have_no_key_in_common),
        cmocka_unit_test(a_key_that_found_no_slot_is_named_for_a_missed_pair),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
