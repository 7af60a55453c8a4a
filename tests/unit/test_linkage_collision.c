/* SPDX-License-Identifier: EUPL-1.2 */
/* The chance that two strangers share a key, for people of whom it is known.  No test names a type:
 * the list of keys is the country's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "clients/lib/country.h"
#include "tests/lib/cmocka_all.h"
#include "tools/linkage/evaluate.h"
#include "tools/linkage/print.h"

enum { PEOPLE = 4 };

/* What differs between the people of a case; all have the same date of birth. */
struct who {
    const char *first_name, *surname, *postcode, *house;
};

/* Fills the chances of all types for the people, each another person. */
static void
evaluate_people(const struct who people[PEOPLE], struct evaluation *out)
{
    struct person at[PEOPLE] = { { .line = 0 } };
    struct persons persons = { .at = at, .count = PEOPLE };

    *out = (struct evaluation) { .true_pairs = 0 };
    for (uint32_t i = 0; i < PEOPLE; i++) {
        struct identity *identity = &at[i].identity;

        at[i].truth = i;
        snprintf(identity->given_names, sizeof identity->given_names, "%s", people[i].first_name);
        snprintf(identity->initials, sizeof identity->initials, "%.1s", people[i].first_name);
        snprintf(identity->surname, sizeof identity->surname, "%s", people[i].surname);
        snprintf(identity->postcode, sizeof identity->postcode, "%s", people[i].postcode);
        snprintf(identity->house_number, sizeof identity->house_number, "%s", people[i].house);
        identity->birth_date = (struct birth_date) { 1980, 3, 14 };
    }
    for (size_t i = 0; i < KEYTABLE_TYPES; i++) {
        out->types[i].rows = 1;
    }
    assert_ok(evaluate_collisions(&persons, &COUNTRY_NL, out));
}

/* How many types have this chance. */
static size_t
count_of(const struct evaluation *evaluation, double chance)
{
    size_t count = 0;

    for (size_t i = 1; i < KEYTABLE_TYPES; i++) {
        double found = evaluation->types[i].collision;

        count += found > chance * 0.999 && found < chance * 1.001 ? 1 : 0;
    }
    return count;
}

static size_t
count_above_zero(const struct evaluation *evaluation)
{
    size_t count = 0;

    for (size_t i = 1; i < KEYTABLE_TYPES; i++) {
        count += evaluation->types[i].collision > 0.0 ? 1 : 0;
    }
    return count;
}

/* Two couples of one name: two of the six pairs share it.  Part by part it would be one in nine. */
static void
names_that_go_together_count_as_one_part(void **state)
{
    static const struct who PAIRS[PEOPLE] = {
        { "johanna", "dijk", "1234ab", "7" },
        { "johanna", "dijk", "1234ab", "7" },
        { "piet", "smit", "1234ab", "7" },
        { "piet", "smit", "1234ab", "7" },
    };
    struct evaluation evaluation;

    (void) state;
    evaluate_people(PAIRS, &evaluation);
    assert_true(count_of(&evaluation, 1.0 / 3.0) > 0);
    assert_int_equal(count_of(&evaluation, 1.0 / 3.0) + count_of(&evaluation, 1.0),
                     count_above_zero(&evaluation));
}

/* Whoever shares an address is a relative, not a stranger. */
static void
postcode_and_house_number_count_apart(void **state)
{
    static const struct who HOUSES[PEOPLE] = {
        { "johanna", "dijk", "1234ab", "7" },
        { "johanna", "dijk", "1234ab", "7" },
        { "johanna", "dijk", "5678cd", "12" },
        { "johanna", "dijk", "5678cd", "12" },
    };
    struct evaluation evaluation;

    (void) state;
    evaluate_people(HOUSES, &evaluation);
    assert_true(count_of(&evaluation, 1.0 / 9.0) > 0);
    assert_int_equal(count_of(&evaluation, 1.0 / 9.0) + count_of(&evaluation, 1.0 / 3.0) +
                         count_of(&evaluation, 1.0),
                     count_above_zero(&evaluation));
}

static void
names_that_nobody_shares_whole_count_part_by_part(void **state)
{
    static const struct who CROSSED[PEOPLE] = {
        { "johanna", "dijk", "1234ab", "7" },
        { "johanna", "smit", "1234ab", "7" },
        { "piet", "dijk", "1234ab", "7" },
        { "piet", "smit", "1234ab", "7" },
    };
    struct evaluation crossed;
    struct evaluation same;

    (void) state;
    evaluate_people(CROSSED, &crossed);
    evaluate_people((const struct who[PEOPLE]) { CROSSED[0], CROSSED[0], CROSSED[0], CROSSED[0] },
                    &same);
    assert_int_equal(count_above_zero(&crossed), count_above_zero(&same));
    assert_true(count_of(&crossed, 1.0 / 9.0) > 0); /* an initial and a surname */
}

static void
a_key_that_only_one_person_has_is_no_collision(void **state)
{
    static const struct who ALONE[PEOPLE] = {
        { "johanna", "dijk", "1234ab", "7" },
        { "", "", "", "" },
        { "", "", "", "" },
        { "", "", "", "" },
    };
    struct evaluation evaluation;

    (void) state;
    evaluate_people(ALONE, &evaluation);
    assert_int_equal(count_above_zero(&evaluation), 0);
    assert_int_equal(evaluation_holds_to(&evaluation), 0);
}

/* What is printed of 'evaluation'; free() it. */
static char *
print(const struct evaluation *evaluation, bool is_json)
{
    const struct persons persons = { .count = 2 };
    const struct keytable table = { .count = 2 };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    if (is_json) {
        assert_ok(print_json(&persons, &table, evaluation, out));
    } else {
        print_table(&persons, &table, evaluation, out);
    }
    fclose(out);
    return text;
}

static void
the_number_of_persons_up_to_which_the_sum_is_small_enough_is_printed(void **state)
{
    struct evaluation evaluation = { .true_pairs = 1 };
    char *text = NULL;

    (void) state;
    evaluation.types[1].collision = 3.0e-6;
    evaluation.types[KEYTABLE_TYPES - 1].collision = 0.9e-6;
    assert_int_equal(evaluation_holds_to(&evaluation), 506); /* 1/506^2 > 3.9e-6 > 1/507^2 */
    text = print(&evaluation, false);
    assert_non_null(strstr(text, " up to M = 506 persons"));
    free(text);
    text = print(&evaluation, true);
    assert_non_null(strstr(text, "\"holds_to_persons\": 506,"));
    free(text);
}

static void
a_file_that_cannot_tell_says_so(void **state)
{
    struct evaluation evaluation = { .true_pairs = 1 };
    char *text = print(&evaluation, false);

    (void) state;
    assert_non_null(strstr(text, "The file is too small to tell"));
    free(text);
    text = print(&evaluation, true);
    assert_non_null(strstr(text, "\"holds_to_persons\": null,"));
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_go_together_count_as_one_part),
        cmocka_unit_test(postcode_and_house_number_count_apart),
        cmocka_unit_test(names_that_nobody_shares_whole_count_part_by_part),
        cmocka_unit_test(a_key_that_only_one_person_has_is_no_collision),
        cmocka_unit_test(the_number_of_persons_up_to_which_the_sum_is_small_enough_is_printed),
        cmocka_unit_test(a_file_that_cannot_tell_says_so),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
