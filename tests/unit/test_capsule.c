/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "clients/lib/similar.h"
#include "tests/unit/capsule_pair.h"

/* BASE against itself with one field changed. */
static void
expect(enum identity_field field, const char *text, enum capsule_verdict verdict)
{
    struct identity_input other = BASE;

    other.text[field] = text;
    assert_string_equal(capsule_verdict_key(compare(&BASE, &other).verdict),
                        capsule_verdict_key(verdict));
}

static void
errors_of_one_person_are_confirmed(void **state)
{
    (void) state;
    expect(IDENTITY_GIVEN_NAMES, "Johanna", CAPSULE_CONFIRMED);
    expect(IDENTITY_GIVEN_NAMES, "Johana", CAPSULE_CONFIRMED);
    expect(IDENTITY_GIVEN_NAMES, "Joh", CAPSULE_CONFIRMED);
    expect(IDENTITY_BIRTH_DATE, "1980-04-12", CAPSULE_CONFIRMED);
    expect(IDENTITY_BIRTH_DATE, "1980-12-05", CAPSULE_CONFIRMED);
    expect(IDENTITY_BIRTH_DATE, "1908-12-04", CAPSULE_CONFIRMED);
    expect(IDENTITY_BIRTH_DATE, "1980-00-00", CAPSULE_CONFIRMED);
    expect(IDENTITY_BIRTH_NAME, "Dyk", CAPSULE_CONFIRMED);
    expect(IDENTITY_BIRTH_NAME, "Pietersen", CAPSULE_CONFIRMED);
    expect(IDENTITY_POSTCODE, "9876ZX", CAPSULE_CONFIRMED);
}

static void
another_person_is_refused(void **state)
{
    (void) state;
    expect(IDENTITY_GIVEN_NAMES, "Petra", CAPSULE_REFUSED);
    expect(IDENTITY_BIRTH_DATE, "1955-03-21", CAPSULE_REFUSED);
}

/* BASE against itself with other fields, by rules that do not guard relatives. */
static enum capsule_verdict
compare_unguarded(const char *given_names, const char *birth_date, const char *postcode)
{
    struct identity_rules rules = COUNTRY_NL;
    struct identity_input input = BASE;
    struct identity a = normal(&BASE);
    struct identity b;
    struct capsule_comparison it = { .verdict = CAPSULE_REFUSED };
    const struct capsule_policy policy = { .rules = &rules, .today = POLICY.today };

    rules.guards_relatives = false;
    input.text[IDENTITY_GIVEN_NAMES] = given_names;
    input.text[IDENTITY_BIRTH_DATE] = birth_date;
    input.text[IDENTITY_POSTCODE] = postcode;
    b = normal(&input);
    capsule_compare(&policy, &a, &b, &it);
    return it.verdict;
}

static void
a_namesake_with_another_date_of_birth_is_refused_where_relatives_are_guarded(void **state)
{
    (void) state;
    expect(IDENTITY_BIRTH_DATE, "1994-03-21", CAPSULE_REFUSED);
    expect(IDENTITY_BIRTH_DATE, "1965-03-21", CAPSULE_REFUSED);
}

static void
elsewhere_a_namesake_at_home_is_another_person_only_a_generation_away(void **state)
{
    (void) state;
    assert_int_equal(compare_unguarded("Johanna", "1995-03-21", "1234AB"), CAPSULE_REFUSED);
    assert_int_equal(compare_unguarded("Johanna", "1994-03-21", "1234AB"), CAPSULE_CONFIRMED);
    assert_int_equal(compare_unguarded("Johanna", "1966-03-21", "1234AB"), CAPSULE_CONFIRMED);
    assert_int_equal(compare_unguarded("Johanna", "1965-03-21", "1234AB"), CAPSULE_REFUSED);
    assert_int_equal(compare_unguarded("Johanna", "1994-03-21", "9876ZX"), CAPSULE_REFUSED);
    assert_int_equal(compare_unguarded("Johanka", "1994-03-21", "1234AB"), CAPSULE_REFUSED);
}

static void
dates_compare_alike_both_ways_round(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_BIRTH_DATE] = "1980-10-25";
    b.text[IDENTITY_BIRTH_DATE] = "1980-05-12";
    assert_int_equal(compare(&a, &b).birth_date, compare(&b, &a).birth_date);
    for (uint16_t month = 1; month <= 12; month++) {
        for (uint16_t day = 1; day <= 28; day++) {
            struct birth_date one = { 1980, 10, 25 };
            struct birth_date other = { 1980, (uint8_t) month, (uint8_t) day };

            assert_int_equal(similar_date_edits(one, other), similar_date_edits(other, one));
        }
    }
}

static void
one_house_number_with_two_additions_is_two_doors(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_HOUSE_ADDITION] = "a";
    assert_int_equal(compare(&a, &b).address, CAPSULE_EQUAL);
    b.text[IDENTITY_HOUSE_ADDITION] = "b";
    assert_int_equal(compare(&a, &b).address, CAPSULE_CLOSE);
    /* First name and birthday alone, next door. */
    a.text[IDENTITY_BIRTH_NAME] = NULL;
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
}

static void
a_call_name_stands_for_the_given_name(void **state)
{
    expect(IDENTITY_GIVEN_NAMES, "Hanneke", CAPSULE_CONFIRMED);
    expect(IDENTITY_GIVEN_NAMES, "Joke", CAPSULE_CONFIRMED);
    expect(IDENTITY_GIVEN_NAMES, "Truus", CAPSULE_REFUSED);
    (void) state;
}

static void
initials_confirm_when_both_sides_have_all_of_them(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_GIVEN_NAMES] = "Johanna Maria";
    b.text[IDENTITY_GIVEN_NAMES] = "J.M.";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_CONFIRMED);
    b.text[IDENTITY_GIVEN_NAMES] = "J.";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
    b.text[IDENTITY_GIVEN_NAMES] = "J.P.";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
    b.text[IDENTITY_GIVEN_NAMES] = "P.";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
    a.text[IDENTITY_GIVEN_NAMES] = "J.";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_REFUSED);
}

static void
a_missing_first_name_or_date_leaves_doubt(void **state)
{
    (void) state;
    expect(IDENTITY_GIVEN_NAMES, NULL, CAPSULE_UNDECIDED);
    expect(IDENTITY_BIRTH_DATE, NULL, CAPSULE_UNDECIDED);
}

static void
elsewhere_all_the_rest_may_stand_for_a_missing_field(void **state)
{
    (void) state;
    assert_int_equal(compare_unguarded(NULL, "1980-12-04", "1234AB"), CAPSULE_CONFIRMED);
    assert_int_equal(compare_unguarded("Johanna", NULL, "1234AB"), CAPSULE_CONFIRMED);
    assert_int_equal(compare_unguarded(NULL, "1980-12-05", "1234AB"), CAPSULE_UNDECIDED);
    assert_int_equal(compare_unguarded(NULL, NULL, "1234AB"), CAPSULE_UNDECIDED);
    assert_int_equal(compare_unguarded("Johanna", NULL, "9876ZX"), CAPSULE_UNDECIDED);
}

static void
a_call_name_may_be_any_of_the_given_names_when_the_initials_say_so(void **state)
{
    struct identity_rules unguarded = COUNTRY_NL;
    struct identity_input called = BASE;
    struct identity_input given = BASE;
    struct capsule_comparison it = { .verdict = CAPSULE_REFUSED };
    const struct capsule_policy policy = { .rules = &unguarded, .today = POLICY.today };
    struct identity a;
    struct identity b;

    (void) state;
    called.text[IDENTITY_GIVEN_NAMES] = NULL;
    called.text[IDENTITY_CALL_NAME] = "Johanna";
    given.text[IDENTITY_GIVEN_NAMES] = "Anna Johanna";
    /* A twin may bear the other's name behind its own. */
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_UNDECIDED);
    unguarded.guards_relatives = false;
    a = normal(&called);
    b = normal(&given);
    capsule_compare(&policy, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_CONFIRMED);
    called.text[IDENTITY_INITIALS] = "A.J.";
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_CONFIRMED);
    called.text[IDENTITY_INITIALS] = "B.J.";
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_UNDECIDED);
    /* Where it is not said to be one, it may be the twin's. */
    assert_int_equal(compare(&BASE, &given).verdict, CAPSULE_UNDECIDED);
}

static void
another_surname_needs_the_very_same_address(void **state)
{
    struct identity_input other = BASE;

    (void) state;
    other.text[IDENTITY_BIRTH_NAME] = "Pietersen";
    assert_int_equal(compare(&BASE, &other).verdict, CAPSULE_CONFIRMED);
    other.text[IDENTITY_POSTCODE] = "1234AC";
    assert_int_equal(compare(&BASE, &other).verdict, CAPSULE_UNDECIDED);
    other.text[IDENTITY_BIRTH_NAME] = "Dijk";
    assert_int_equal(compare(&BASE, &other).verdict, CAPSULE_CONFIRMED);
}

static void
other_second_initials_leave_doubt_about_equal_names(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_GIVEN_NAMES] = "Johanna Maria";
    b.text[IDENTITY_GIVEN_NAMES] = "Johanna Petra";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
    b.text[IDENTITY_GIVEN_NAMES] = "Johanna";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_CONFIRMED);
    b.text[IDENTITY_GIVEN_NAMES] = "Petra Johanna";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
}

static void
the_usual_names_are_sorted_and_normal(void **state)
{
    static const struct identity_rules *const ALL[] = { &COUNTRY_NL, &COUNTRY_AU };

    (void) state;
    for (size_t k = 0; k < 2; k++) {
        const char *const *names = ALL[k]->usual_names;

        for (size_t i = 0; i < *ALL[k]->usual_name_count; i++) {
            assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
            assert_int_equal(strspn(names[i], "abcdefghijklmnopqrstuvwxyz"), strlen(names[i]));
        }
        assert_null(names[*ALL[k]->usual_name_count]);
    }
}

static void
doubt_is_left_undecided(void **state)
{
    struct identity_input other = BASE;

    (void) state;
    expect(IDENTITY_SEX, "m", CAPSULE_UNDECIDED);
    other.text[IDENTITY_BIRTH_DATE] = "1980-11-05";
    other.text[IDENTITY_POSTCODE] = NULL;
    assert_int_equal(compare(&BASE, &other).verdict, CAPSULE_UNDECIDED);
    other = BASE;
    other.text[IDENTITY_BIRTH_NAME] = "Pietersen";
    other.text[IDENTITY_POSTCODE] = "9876ZX";
    assert_int_equal(compare(&BASE, &other).verdict, CAPSULE_UNDECIDED);
}

static void
equal_numbers_confirm_and_different_ones_refuse(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_PERSON_NUMBER] = "123456782";
    b.text[IDENTITY_PERSON_NUMBER] = "111222333";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_REFUSED);
    assert_int_equal(compare(&a, &b).person_number, CAPSULE_CONFLICT);
    b.text[IDENTITY_PERSON_NUMBER] = "123456782";
    b.text[IDENTITY_BIRTH_NAME] = "Pietersen";
    b.text[IDENTITY_POSTCODE] = NULL;
    b.text[IDENTITY_GIVEN_NAMES] = NULL;
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_CONFIRMED);
}

static void
a_childs_number_on_its_parents_form_does_not_confirm(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_PERSON_NUMBER] = "123456782";
    b.text[IDENTITY_PERSON_NUMBER] = "123456782";
    b.text[IDENTITY_GIVEN_NAMES] = "Petra";
    b.text[IDENTITY_BIRTH_DATE] = "1955-03-21";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
}

static void
names_swapped_by_a_source_are_seen(void **state)
{
    struct identity_input swapped = BASE;

    (void) state;
    swapped.text[IDENTITY_GIVEN_NAMES] = "Dijk";
    swapped.text[IDENTITY_BIRTH_NAME] = "Johanna";
    assert_int_equal(compare(&BASE, &swapped).verdict, CAPSULE_CONFIRMED);
}

static void
either_surname_counts(void **state)
{
    struct identity_input married = BASE;
    struct identity_input by_partner = BASE;

    (void) state;
    married.text[IDENTITY_PARTNER_NAME] = "de Vries";
    married.text[IDENTITY_POSTCODE] = NULL;
    by_partner.text[IDENTITY_BIRTH_NAME] = "de Vries";
    assert_int_equal(compare(&married, &by_partner).surname, CAPSULE_EQUAL);
    assert_int_equal(compare(&married, &by_partner).verdict, CAPSULE_CONFIRMED);
}

static void
agreements_name_the_field_and_not_its_content(void **state)
{
    struct identity_input other = BASE;
    struct capsule_comparison it;

    (void) state;
    other.text[IDENTITY_GIVEN_NAMES] = "Johana";
    other.text[IDENTITY_HOUSE_NUMBER] = "99";
    other.text[IDENTITY_SEX] = NULL;
    it = compare(&BASE, &other);
    assert_string_equal(capsule_agreement_key(it.first_name), "close");
    assert_string_equal(capsule_agreement_key(it.surname), "equal");
    assert_string_equal(capsule_agreement_key(it.address), "close");
    assert_string_equal(capsule_agreement_key(it.sex), "unknown");
    assert_string_equal(capsule_agreement_key(it.person_number), "unknown");
}

static void
only_tier_a_brings_doubt_to_a_human(void **state)
{
    (void) state;
    assert_int_equal(capsule_outcome(CAPSULE_UNDECIDED, MATCHKEY_TIER_A), CAPSULE_ASK_HUMAN);
    assert_int_equal(capsule_outcome(CAPSULE_UNDECIDED, MATCHKEY_TIER_B), CAPSULE_CUT);
    assert_int_equal(capsule_outcome(CAPSULE_CONFIRMED, MATCHKEY_TIER_B), CAPSULE_GO_ON);
    assert_int_equal(capsule_outcome(CAPSULE_REFUSED, MATCHKEY_TIER_A), CAPSULE_CUT);
}

static void
edits_are_counted(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned int edits;
    } CASES[] = {
        { "", "", 0 },        { "", "abc", 3 },    { "abc", "abc", 0 },        { "abc", "acb", 1 },
        { "abc", "abcd", 1 }, { "abc", "axc", 1 }, { "kitten", "sitting", 3 }, { "ca", "abc", 3 }
    };

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_int_equal(similar_edits(CASES[i].a, CASES[i].b), CASES[i].edits);
        assert_int_equal(similar_edits(CASES[i].b, CASES[i].a), CASES[i].edits);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_of_one_person_are_confirmed),
        cmocka_unit_test(another_person_is_refused),
        cmocka_unit_test(
            a_namesake_with_another_date_of_birth_is_refused_where_relatives_are_guarded),
        cmocka_unit_test(elsewhere_a_namesake_at_home_is_another_person_only_a_generation_away),
        cmocka_unit_test(dates_compare_alike_both_ways_round),
        cmocka_unit_test(one_house_number_with_two_additions_is_two_doors),
        cmocka_unit_test(a_call_name_stands_for_the_given_name),
        cmocka_unit_test(initials_confirm_when_both_sides_have_all_of_them),
        cmocka_unit_test(a_missing_first_name_or_date_leaves_doubt),
        cmocka_unit_test(elsewhere_all_the_rest_may_stand_for_a_missing_field),
        cmocka_unit_test(a_call_name_may_be_any_of_the_given_names_when_the_initials_say_so),
        cmocka_unit_test(another_surname_needs_the_very_same_address),
        cmocka_unit_test(other_second_initials_leave_doubt_about_equal_names),
        cmocka_unit_test(the_usual_names_are_sorted_and_normal),
        cmocka_unit_test(doubt_is_left_undecided),
        cmocka_unit_test(equal_numbers_confirm_and_different_ones_refuse),
        cmocka_unit_test(a_childs_number_on_its_parents_form_does_not_confirm),
        cmocka_unit_test(names_swapped_by_a_source_are_seen),
        cmocka_unit_test(either_surname_counts),
        cmocka_unit_test(agreements_name_the_field_and_not_its_content),
        cmocka_unit_test(only_tier_a_brings_doubt_to_a_human),
        cmocka_unit_test(edits_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
