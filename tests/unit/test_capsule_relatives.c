/* SPDX-License-Identifier: EUPL-1.2 */
/* Twins, brothers and sisters, father and son: who may not be taken for one, and who may. */
#include "tests/unit/capsule_pair.h"

static void
father_and_son_a_digit_apart_are_not_confirmed(void **state)
{
    struct identity_input father = BASE;
    struct identity_input son = BASE;

    (void) state;
    father.text[IDENTITY_BIRTH_DATE] = "1950-12-04";
    assert_int_equal(compare(&father, &son).verdict, CAPSULE_UNDECIDED);
    /* Newcomers whose birthday nobody knew: the swap of two digits is no sign either. */
    father.text[IDENTITY_BIRTH_DATE] = "1949-01-01";
    son.text[IDENTITY_BIRTH_DATE] = "1994-01-01";
    assert_int_equal(compare(&father, &son).verdict, CAPSULE_UNDECIDED);
}

static void
a_grown_up_has_no_twin_in_the_house(void **state)
{
    static const struct capsule_policy LATER = { .rules = &COUNTRY_NL, .today = { 2026, 6, 30 } };
    struct identity_input initial = BASE;
    struct identity a = normal(&BASE);
    struct identity b;
    struct capsule_comparison it = { .verdict = CAPSULE_REFUSED };

    (void) state;
    initial.text[IDENTITY_GIVEN_NAMES] = "J.";
    b = normal(&initial);
    capsule_compare(&POLICY, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_UNDECIDED);
    capsule_compare(&LATER, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_CONFIRMED);
    /* Not elsewhere, nor of another sex, nor with a name that conflicts, nor on the first of January. */
    initial.text[IDENTITY_HOUSE_NUMBER] = "14";
    b = normal(&initial);
    capsule_compare(&LATER, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_UNDECIDED);
    initial = BASE;
    initial.text[IDENTITY_GIVEN_NAMES] = "J.";
    initial.text[IDENTITY_SEX] = "m";
    b = normal(&initial);
    capsule_compare(&LATER, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_UNDECIDED);
    initial.text[IDENTITY_GIVEN_NAMES] = "Petra";
    b = normal(&initial);
    capsule_compare(&LATER, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_REFUSED);
    initial.text[IDENTITY_GIVEN_NAMES] = "Emma";
    initial.text[IDENTITY_SEX] = "v";
    a = normal(&initial);
    initial.text[IDENTITY_GIVEN_NAMES] = "Gemma";
    b = normal(&initial);
    capsule_compare(&LATER, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_UNDECIDED);
    initial = BASE;
    initial.text[IDENTITY_BIRTH_DATE] = "1980-01-01";
    a = normal(&initial);
    initial.text[IDENTITY_GIVEN_NAMES] = "J.";
    b = normal(&initial);
    capsule_compare(&LATER, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_UNDECIDED);
}

static void
names_that_siblings_may_bear_leave_doubt(void **state)
{
    /* The first two pairs are of names that no list knows: short ones, and three letters apart. */
    static const char *const PAIRS[][2] = {
        { "Ziro", "Zibo" },      { "Wolderine", "Walderona" }, { "Amir", "Amira" },
        { "Nour", "Noura" },     { "Zainab", "Zaina" },        { "Hasan", "Hasna" },
        { "Michel", "Michele" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        struct identity_input a = BASE;
        struct identity_input b = BASE;

        a.text[IDENTITY_SEX] = NULL;
        b.text[IDENTITY_SEX] = NULL;
        a.text[IDENTITY_GIVEN_NAMES] = PAIRS[i][0];
        b.text[IDENTITY_GIVEN_NAMES] = PAIRS[i][1];
        assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
    }
}

static void
several_initials_alike_vouch_for_a_call_name_of_no_list(void **state)
{
    struct identity_input called = BASE;
    struct identity_input given = BASE;

    (void) state;
    called.text[IDENTITY_GIVEN_NAMES] = NULL;
    called.text[IDENTITY_CALL_NAME] = "Jinx";
    called.text[IDENTITY_INITIALS] = "J.M.";
    given.text[IDENTITY_GIVEN_NAMES] = "Johanna Maria";
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_CONFIRMED);
    called.text[IDENTITY_INITIALS] = "J.";
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_UNDECIDED);
}

/* Registers part one name in different ways. */
static void
a_newcomer_with_one_name_is_known_by_it_at_one_address_only(void **state)
{
    struct identity_input first = BASE;
    struct identity_input last = BASE;

    (void) state;
    first.text[IDENTITY_GIVEN_NAMES] = "Sivakumar";
    first.text[IDENTITY_BIRTH_NAME] = NULL;
    last.text[IDENTITY_GIVEN_NAMES] = NULL;
    last.text[IDENTITY_BIRTH_NAME] = "Sivakumar";
    assert_int_equal(compare(&first, &last).verdict, CAPSULE_CONFIRMED);
    last.text[IDENTITY_POSTCODE] = "9876ZX";
    assert_int_equal(compare(&first, &last).verdict, CAPSULE_UNDECIDED);
    /* Two of one family name, of whom nobody knows the first name. */
    first.text[IDENTITY_GIVEN_NAMES] = NULL;
    first.text[IDENTITY_BIRTH_NAME] = "Sivakumar";
    last.text[IDENTITY_POSTCODE] = "1234AB";
    assert_int_equal(compare(&first, &last).verdict, CAPSULE_UNDECIDED);
}

static void
half_a_swap_of_names_counts_where_relatives_are_not_guarded(void **state)
{
    struct identity_rules rules = COUNTRY_NL;
    const struct capsule_policy policy = { .rules = &rules, .today = POLICY.today };
    struct identity_input half = BASE;
    struct identity a = normal(&BASE);
    struct identity b;
    struct capsule_comparison it = { .verdict = CAPSULE_REFUSED };

    (void) state;
    rules.guards_relatives = false;
    half.text[IDENTITY_GIVEN_NAMES] = "Petra";
    half.text[IDENTITY_BIRTH_NAME] = "Johanna";
    b = normal(&half);
    capsule_compare(&policy, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_CONFIRMED);
    capsule_compare(&POLICY, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_REFUSED);
    /* Two of one surname that is also the first name of one of them. */
    half = BASE;
    half.text[IDENTITY_BIRTH_NAME] = "Johanna";
    a = normal(&half);
    half.text[IDENTITY_GIVEN_NAMES] = "Petra";
    b = normal(&half);
    capsule_compare(&policy, &a, &b, &it);
    assert_int_equal(it.verdict, CAPSULE_REFUSED);
}

static void
sisters_with_names_that_look_alike_are_not_confirmed(void **state)
{
    struct identity_input emma = BASE;
    struct identity_input gemma = BASE;

    (void) state;
    emma.text[IDENTITY_GIVEN_NAMES] = "Emma";
    gemma.text[IDENTITY_GIVEN_NAMES] = "Gemma";
    assert_int_equal(compare(&emma, &gemma).verdict, CAPSULE_UNDECIDED);
    gemma.text[IDENTITY_GIVEN_NAMES] = "Ewmma";
    assert_int_equal(compare(&emma, &gemma).verdict, CAPSULE_CONFIRMED);
}

static void
a_call_name_and_an_initial_leave_doubt_since_twins_share_letters(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_GIVEN_NAMES] = NULL;
    a.text[IDENTITY_CALL_NAME] = "Sven";
    b.text[IDENTITY_GIVEN_NAMES] = "S.";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
    b.text[IDENTITY_GIVEN_NAMES] = "Sytse";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_UNDECIDED);
    b.text[IDENTITY_GIVEN_NAMES] = "Klaas";
    assert_int_equal(compare(&a, &b).verdict, CAPSULE_REFUSED);
}

/* Compares what differs from BASE, in 2026, when the resident is forty-five. */
static enum capsule_verdict
grown_up(const struct identity_input *a_input, const struct identity_input *b_input)
{
    static const struct capsule_policy later = { .rules = &COUNTRY_NL, .today = { 2026, 6, 30 } };
    struct identity a = normal(a_input);
    struct identity b = normal(b_input);
    struct capsule_comparison it = { .verdict = CAPSULE_REFUSED };

    capsule_compare(&later, &a, &b, &it);
    return it.verdict;
}

static void
husband_and_wife_of_one_birthday_are_not_confirmed_by_their_initials(void **state)
{
    struct identity_input wife = BASE;
    struct identity_input initial = BASE;

    (void) state;
    initial.text[IDENTITY_GIVEN_NAMES] = "P.";
    assert_int_equal(grown_up(&wife, &initial), CAPSULE_CONFIRMED);
    initial.text[IDENTITY_SEX] = NULL;
    assert_int_equal(grown_up(&wife, &initial), CAPSULE_UNDECIDED);
}

static void
a_call_name_of_no_list_goes_to_a_person_where_no_twin_is_expected(void **state)
{
    struct identity_input called = BASE;
    struct identity_input given = BASE;

    (void) state;
    called.text[IDENTITY_GIVEN_NAMES] = NULL;
    called.text[IDENTITY_CALL_NAME] = "Wubbigje";
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_REFUSED);
    assert_int_equal(grown_up(&called, &given), CAPSULE_UNDECIDED);
    called.text[IDENTITY_CALL_NAME] = NULL;
    called.text[IDENTITY_INITIALS] = "H.";
    given.text[IDENTITY_GIVEN_NAMES] = "J.";
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_REFUSED);
    assert_int_equal(grown_up(&called, &given), CAPSULE_UNDECIDED);
}

static void
whoever_is_thirty_five_is_not_grown_up_yet(void **state)
{
    struct identity_input name = BASE;
    struct identity_input initial = BASE;

    (void) state;
    initial.text[IDENTITY_GIVEN_NAMES] = "J.";
    name.text[IDENTITY_BIRTH_DATE] = "1991-12-04";
    initial.text[IDENTITY_BIRTH_DATE] = "1991-12-04";
    assert_int_equal(grown_up(&name, &initial), CAPSULE_UNDECIDED);
    name.text[IDENTITY_BIRTH_DATE] = "1990-12-04";
    initial.text[IDENTITY_BIRTH_DATE] = "1990-12-04";
    assert_int_equal(grown_up(&name, &initial), CAPSULE_CONFIRMED);
}

static void
an_initial_beside_a_surname_means_another_first_name(void **state)
{
    struct identity_input one_name = BASE;
    struct identity_input brother = BASE;

    (void) state;
    one_name.text[IDENTITY_GIVEN_NAMES] = "Mohammed";
    one_name.text[IDENTITY_BIRTH_NAME] = NULL;
    brother.text[IDENTITY_GIVEN_NAMES] = "M.";
    brother.text[IDENTITY_BIRTH_NAME] = "Mohammed";
    assert_int_equal(compare(&one_name, &brother).verdict, CAPSULE_UNDECIDED);
}

static void
a_parents_number_on_a_childs_form_leaves_doubt(void **state)
{
    struct identity_input parent = BASE;
    struct identity_input child = BASE;

    (void) state;
    parent.text[IDENTITY_PERSON_NUMBER] = "123456782";
    child.text[IDENTITY_PERSON_NUMBER] = "123456782";
    assert_int_equal(compare(&parent, &child).verdict, CAPSULE_CONFIRMED);
    child.text[IDENTITY_GIVEN_NAMES] = "Petra";
    assert_int_equal(compare(&parent, &child).verdict, CAPSULE_CONFIRMED);
    child.text[IDENTITY_SEX] = "m";
    assert_int_equal(compare(&parent, &child).verdict, CAPSULE_UNDECIDED);
    child.text[IDENTITY_SEX] = "v";
    child.text[IDENTITY_BIRTH_DATE] = NULL;
    assert_int_equal(compare(&parent, &child).verdict, CAPSULE_UNDECIDED);
}

static void
twins_of_names_that_are_not_all_on_a_list_leave_doubt(void **state)
{
    static const char *const PAIRS[][2] = {
        { "Maud", "Maya" },   { "Emir", "Omar" }, { "Eva", "Ivy" },
        { "Elisa", "Elise" }, { "Maud", "Muyd" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        struct identity_input a = BASE;
        struct identity_input b = BASE;

        a.text[IDENTITY_GIVEN_NAMES] = PAIRS[i][0];
        b.text[IDENTITY_GIVEN_NAMES] = PAIRS[i][1];
        assert_int_not_equal(compare(&a, &b).verdict, CAPSULE_CONFIRMED);
    }
}

/* Both first names are like the surname: no swap of names where the surnames agree. */
static void
twins_whose_names_resemble_their_surname_have_swapped_nothing(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_BIRTH_NAME] = "Jansen";
    b.text[IDENTITY_BIRTH_NAME] = "Jansen";
    a.text[IDENTITY_GIVEN_NAMES] = "Jannes";
    b.text[IDENTITY_GIVEN_NAMES] = "Janske";
    assert_int_not_equal(compare(&a, &b).verdict, CAPSULE_CONFIRMED);
}

static void
a_usual_call_name_is_not_vouched_for_by_initials(void **state)
{
    struct identity_input called = BASE;
    struct identity_input given = BASE;

    (void) state;
    called.text[IDENTITY_GIVEN_NAMES] = NULL;
    called.text[IDENTITY_CALL_NAME] = "Kees";
    called.text[IDENTITY_INITIALS] = "J.M.";
    given.text[IDENTITY_GIVEN_NAMES] = "Johanna Maria";
    assert_int_equal(compare(&called, &given).verdict, CAPSULE_UNDECIDED);
}

static void
a_year_mistyped_beside_an_unknown_day_is_no_conflict(void **state)
{
    struct identity_input a = BASE;
    struct identity_input b = BASE;

    (void) state;
    a.text[IDENTITY_BIRTH_DATE] = "1957-00-00";
    b.text[IDENTITY_BIRTH_DATE] = "1956-11-30";
    assert_int_equal(compare(&a, &b).birth_date, CAPSULE_DIFFERENT);
    b.text[IDENTITY_BIRTH_DATE] = "1975-03-14";
    assert_int_equal(compare(&a, &b).birth_date, CAPSULE_DIFFERENT);
    b.text[IDENTITY_BIRTH_DATE] = "1984-03-14";
    assert_int_equal(compare(&a, &b).birth_date, CAPSULE_CONFLICT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(father_and_son_a_digit_apart_are_not_confirmed),
        cmocka_unit_test(a_grown_up_has_no_twin_in_the_house),
        cmocka_unit_test(names_that_siblings_may_bear_leave_doubt),
        cmocka_unit_test(several_initials_alike_vouch_for_a_call_name_of_no_list),
        cmocka_unit_test(a_newcomer_with_one_name_is_known_by_it_at_one_address_only),
        cmocka_unit_test(half_a_swap_of_names_counts_where_relatives_are_not_guarded),
        cmocka_unit_test(sisters_with_names_that_look_alike_are_not_confirmed),
        cmocka_unit_test(a_call_name_and_an_initial_leave_doubt_since_twins_share_letters),
        cmocka_unit_test(husband_and_wife_of_one_birthday_are_not_confirmed_by_their_initials),
        cmocka_unit_test(a_call_name_of_no_list_goes_to_a_person_where_no_twin_is_expected),
        cmocka_unit_test(whoever_is_thirty_five_is_not_grown_up_yet),
        cmocka_unit_test(an_initial_beside_a_surname_means_another_first_name),
        cmocka_unit_test(a_parents_number_on_a_childs_form_leaves_doubt),
        cmocka_unit_test(twins_of_names_that_are_not_all_on_a_list_leave_doubt),
        cmocka_unit_test(twins_whose_names_resemble_their_surname_have_swapped_nothing),
        cmocka_unit_test(a_usual_call_name_is_not_vouched_for_by_initials),
        cmocka_unit_test(a_year_mistyped_beside_an_unknown_day_is_no_conflict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
