/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "tests/unit/identity_field.h"

static void
case_marks_and_special_letters_vanish(void **state)
{
    static const struct pair PAIRS[] = {
        { "JANSEN", "jansen" },         { "Jánšëñ", "jansen" },     { "Brückner", "bruckner" },
        { "Strauß", "strauss" },        { "Sørensen", "sorensen" }, { "Wałęsa", "walesa" },
        { "ĲSBRAND", "ijsbrand" },      { "Đorđević", "dordevic" }, { "Æbeltoft", "aebeltoft" },
        { "O’Hara", "ohara" },          { "O'Hara", "ohara" },      { "D´Arcy", "darcy" },
        { "Yılmaz", "yilmaz" },         { "İpek", "ipek" },         { "Ｗｉｄｅ", "wide" },
        { "Jan\xc2\xa0sen", "jansen" },
    };

    (void) state;
    EXPECT_TEXTS(IDENTITY_SURNAME, surname, PAIRS);
}

static void
an_addition_given_twice_counts_once(void **state)
{
    struct identity_input input = {
        .text = { [IDENTITY_HOUSE_NUMBER] = "12a", [IDENTITY_HOUSE_ADDITION] = "A" }
    };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_string_equal(identity.house_number, "12");
    assert_string_equal(identity.house_addition, "a");
    expect_refusal(IDENTITY_HOUSE_NUMBER, "12²", IDENTITY_HOUSE_FORM);
}

/* U+202E in bytes. */
static const char RIGHT_TO_LEFT[] = { 'a', (char) 0xe2, (char) 0x80, (char) 0xae, 'b', '\0' };

/* What a field says of a symbol: a form of its own, or that no name has it. */
static enum identity_reason
reason_of_a_symbol(enum identity_field field)
{
    switch (field) {
        case IDENTITY_BIRTH_DATE:
            return IDENTITY_DATE_FORM;
        case IDENTITY_SEX:
            return IDENTITY_SEX_FORM;
        case IDENTITY_POSTCODE:
            return IDENTITY_POSTCODE_FORM;
        case IDENTITY_HOUSE_NUMBER:
        case IDENTITY_HOUSE_ADDITION:
            return IDENTITY_HOUSE_FORM;
        case IDENTITY_COUNTRY:
            return IDENTITY_COUNTRY_FORM;
        case IDENTITY_PERSON_NUMBER:
            return IDENTITY_NUMBER_FORM;
        default:
            return IDENTITY_NOT_A_NAME;
    }
}

static void
invisible_broken_and_overlong_text_is_refused_in_every_field(void **state)
{
    char longest[IDENTITY_INPUT_MAX + 2];

    (void) state;
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (unsigned int i = 0; i < IDENTITY_FIELD_COUNT; i++) {
        expect_refusal((enum identity_field) i, "a\tb", IDENTITY_INVISIBLE);
        expect_refusal((enum identity_field) i, "a\xe2\x80\x8f", IDENTITY_INVISIBLE);
        expect_refusal((enum identity_field) i, RIGHT_TO_LEFT, IDENTITY_INVISIBLE);
        expect_refusal((enum identity_field) i, "\xe9", IDENTITY_NOT_UTF8);
        expect_refusal((enum identity_field) i, "😀", reason_of_a_symbol((enum identity_field) i));
    }
    for (unsigned int i = 0; i < IDENTITY_COUNTRY; i++) {
        if (i == IDENTITY_INITIALS || (i >= IDENTITY_BIRTH_DATE && i <= IDENTITY_POSTCODE)) {
            continue;
        }
        expect_refusal((enum identity_field) i, longest, IDENTITY_TOO_LONG);
    }
}

static void
what_is_too_long_is_refused_in_every_field_and_names_it(void **state)
{
    char longest[IDENTITY_INPUT_MAX + 2];

    (void) state;
    memset(longest, '1', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (unsigned int i = 0; i < IDENTITY_FIELD_COUNT; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { .reason = IDENTITY_ACCEPTED };

        assert_err(ERR_MALFORMED, enter((enum identity_field) i, longest, &identity, &refusal));
        assert_int_equal(refusal.field, i);
        assert_int_not_equal(refusal.reason, IDENTITY_ACCEPTED);
    }
}

static void
one_letter_is_a_name_an_initial_or_refused(void **state)
{
    static const struct {
        enum identity_field field;
        enum identity_reason reason;
    } CASES[] = {
        { IDENTITY_GIVEN_NAMES, IDENTITY_ACCEPTED },
        { IDENTITY_CALL_NAME, IDENTITY_ACCEPTED },
        { IDENTITY_INITIALS, IDENTITY_ACCEPTED },
        { IDENTITY_SURNAME, IDENTITY_ACCEPTED },
        { IDENTITY_BIRTH_NAME, IDENTITY_ACCEPTED },
        { IDENTITY_PARTNER_NAME, IDENTITY_ACCEPTED },
        { IDENTITY_BIRTH_DATE, IDENTITY_DATE_FORM },
        { IDENTITY_SEX, IDENTITY_SEX_FORM },
        { IDENTITY_POSTCODE, IDENTITY_POSTCODE_FORM },
        { IDENTITY_HOUSE_NUMBER, IDENTITY_HOUSE_FORM },
        { IDENTITY_HOUSE_ADDITION, IDENTITY_ACCEPTED },
        { IDENTITY_STREET, IDENTITY_ACCEPTED },
        { IDENTITY_TOWN, IDENTITY_ACCEPTED },
        { IDENTITY_COUNTRY, IDENTITY_COUNTRY_FORM },
        { IDENTITY_PERSON_NUMBER, IDENTITY_NUMBER_FORM },
    };

    (void) state;
    assert_int_equal(sizeof CASES / sizeof CASES[0], IDENTITY_FIELD_COUNT);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { .reason = IDENTITY_ACCEPTED };
        enum err err = enter(CASES[i].field, "b", &identity, &refusal);

        assert_int_equal(err, CASES[i].reason == IDENTITY_ACCEPTED ? ERR_OK : ERR_MALFORMED);
        assert_int_equal(refusal.reason, CASES[i].reason);
        if (err != ERR_OK) {
            assert_int_equal(refusal.field, CASES[i].field);
        }
    }
}

static void
an_empty_or_unknown_field_counts_as_nothing(void **state)
{
    static const char *const NOTHING[] = {
        NULL, "", " ", "-", ".", "onbekend", "Onbekend.", "n.n."
    };
    static const struct identity EMPTY;

    (void) state;
    for (unsigned int field = 0; field < IDENTITY_FIELD_COUNT; field++) {
        for (size_t i = 0; i < sizeof NOTHING / sizeof NOTHING[0]; i++) {
            struct identity identity = { 0 };
            struct identity_refusal refusal = { 0 };

            /* "n.n." is a way to write a name, not a number or a date. */
            if (i == 7 && field > IDENTITY_CALL_NAME && field != IDENTITY_INITIALS) {
                continue;
            }
            if ((i == 5 || i == 6) && field == IDENTITY_INITIALS) {
                continue;
            }
            assert_ok(enter((enum identity_field) field, NOTHING[i], &identity, &refusal));
            assert_memory_equal(&identity, &EMPTY, sizeof EMPTY);
        }
    }
}

static void
dates_are_read_in_every_usual_form(void **state)
{
    static const struct {
        const char *entered;
        struct birth_date wanted;
    } CASES[] = {
        { "1980-04-12", { 1980, 4, 12 } }, { "19800412", { 1980, 4, 12 } },
        { "12-04-1980", { 1980, 4, 12 } }, { "12/4/1980", { 1980, 4, 12 } },
        { "12.04.1980", { 1980, 4, 12 } }, { "1980", { 1980, 0, 0 } },
        { "1980-04", { 1980, 4, 0 } },     { "04-1980", { 1980, 4, 0 } },
        { "1980-00-00", { 1980, 0, 0 } },  { "00-00-1980", { 1980, 0, 0 } },
        { "0000-00-00", { 0, 0, 0 } },     { "2000-02-29", { 2000, 2, 29 } },
        { "2026-06-30", { 2026, 6, 30 } }, { "1896-01-01", { 1896, 1, 1 } },
        { "1980-01-01", { 1980, 1, 1 } },
    };

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { 0 };

        assert_ok(enter(IDENTITY_BIRTH_DATE, CASES[i].entered, &identity, &refusal));
        assert_int_equal(identity.birth_date.year, CASES[i].wanted.year);
        assert_int_equal(identity.birth_date.month, CASES[i].wanted.month);
        assert_int_equal(identity.birth_date.day, CASES[i].wanted.day);
    }
}

static void
dates_that_cannot_be_are_refused(void **state)
{
    (void) state;
    expect_refusal(IDENTITY_BIRTH_DATE, "1981-02-29", IDENTITY_DATE_IMPOSSIBLE);
    expect_refusal(IDENTITY_BIRTH_DATE, "1980-13-01", IDENTITY_DATE_IMPOSSIBLE);
    expect_refusal(IDENTITY_BIRTH_DATE, "1980-04-31", IDENTITY_DATE_IMPOSSIBLE);
    expect_refusal(IDENTITY_BIRTH_DATE, "2026-07-01", IDENTITY_DATE_FUTURE);
    expect_refusal(IDENTITY_BIRTH_DATE, "2027", IDENTITY_DATE_FUTURE);
    expect_refusal(IDENTITY_BIRTH_DATE, "1895-06-30", IDENTITY_DATE_TOO_OLD);
    expect_refusal(IDENTITY_BIRTH_DATE, "1894-00-00", IDENTITY_DATE_TOO_OLD);
    expect_refusal(IDENTITY_BIRTH_DATE, "12-04-80", IDENTITY_DATE_FORM);
    expect_refusal(IDENTITY_BIRTH_DATE, "12 april 1980", IDENTITY_DATE_FORM);
    expect_refusal(IDENTITY_BIRTH_DATE, "1980041", IDENTITY_DATE_FORM);
    expect_refusal(IDENTITY_BIRTH_DATE, "1980-04-12-1", IDENTITY_DATE_FORM);
}

/* TODAY is 30 June 2026: whoever is 130 is not yet older. */
static void
a_person_of_130_years_is_accepted(void **state)
{
    static const char *const DATES[] = { "1895-07-01", "1895-12-31", "1895-00-00", "1896-06-30" };

    (void) state;
    for (size_t i = 0; i < sizeof DATES / sizeof DATES[0]; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { 0 };

        assert_ok(enter(IDENTITY_BIRTH_DATE, DATES[i], &identity, &refusal));
    }
}

static void
an_estimated_first_of_january_is_a_year_only(void **state)
{
    struct identity_input input = { .text = { [IDENTITY_BIRTH_DATE] = "1980-01-01" },
                                    .birth_day_is_estimated = true };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_int_equal(identity.birth_date.year, 1980);
    assert_int_equal(identity.birth_date.month, 0);
    assert_int_equal(identity.birth_date.day, 0);
}

static void
postcodes_are_checked_against_the_country(void **state)
{
    static const struct pair PAIRS[] = { { "1234AB", "1234ab" },
                                         { "1234 ab", "1234ab" },
                                         { "NL-1234 AB", "1234ab" } };
    struct identity_input input = { .text = { [IDENTITY_POSTCODE] = "2600" } };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    (void) state;
    EXPECT_TEXTS(IDENTITY_POSTCODE, postcode, PAIRS);
    expect_refusal(IDENTITY_POSTCODE, "BE-1234 AB", IDENTITY_POSTCODE_FORM);
    expect_refusal(IDENTITY_POSTCODE, "0234AB", IDENTITY_POSTCODE_FORM);
    expect_refusal(IDENTITY_POSTCODE, "1234A", IDENTITY_POSTCODE_FORM);
    expect_refusal(IDENTITY_POSTCODE, "1234ABC", IDENTITY_POSTCODE_FORM);
    expect_refusal(IDENTITY_POSTCODE, "1234 1B", IDENTITY_POSTCODE_FORM);
    expect_refusal(IDENTITY_POSTCODE, "12345678901234", IDENTITY_POSTCODE_FORM);
    expect_refusal(IDENTITY_POSTCODE, "1234SS", IDENTITY_POSTCODE_LETTERS);
    expect_refusal(IDENTITY_POSTCODE, "1234 sd", IDENTITY_POSTCODE_LETTERS);
    expect_refusal(IDENTITY_POSTCODE, "1234SA", IDENTITY_POSTCODE_LETTERS);
    assert_ok(identity_normalise(&COUNTRY_AU, &input, TODAY, &identity, &refusal));
    assert_string_equal(identity.postcode, "2600");
}

static void
an_address_abroad_does_not_count(void **state)
{
    struct identity_input input = { .text = { [IDENTITY_POSTCODE] = "SW1A 1AA",
                                              [IDENTITY_HOUSE_NUMBER] = "10",
                                              [IDENTITY_COUNTRY] = "GB" } };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_string_equal(identity.postcode, "");
    assert_string_equal(identity.house_number, "");
    expect_refusal(IDENTITY_COUNTRY, "GBR", IDENTITY_COUNTRY_FORM);
    expect_refusal(IDENTITY_COUNTRY, "1", IDENTITY_COUNTRY_FORM);
}

static void
house_numbers_shed_their_addition(void **state)
{
    static const struct {
        const char *entered, *number, *addition;
    } CASES[] = {
        { "12", "12", "" },       { "012", "12", "" },       { "12a", "12", "a" },
        { "12-A", "12", "a" },    { "12 bis", "12", "bis" }, { "12-2", "12", "2" },
        { "12345", "12345", "" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { 0 };

        assert_ok(enter(IDENTITY_HOUSE_NUMBER, CASES[i].entered, &identity, &refusal));
        assert_string_equal(identity.house_number, CASES[i].number);
        assert_string_equal(identity.house_addition, CASES[i].addition);
    }
    expect_refusal(IDENTITY_HOUSE_NUMBER, "a", IDENTITY_HOUSE_FORM);
    expect_refusal(IDENTITY_HOUSE_NUMBER, "0", IDENTITY_HOUSE_FORM);
    expect_refusal(IDENTITY_HOUSE_NUMBER, "123456", IDENTITY_HOUSE_FORM);
}

static void
a_bsn_passes_its_check_or_is_refused(void **state)
{
    static const struct pair PAIRS[] = { { "123456782", "123456782" },
                                         { "1234.56.782", "123456782" },
                                         { "111222333", "111222333" },
                                         { "10000008", "010000008" } };

    (void) state;
    EXPECT_TEXTS(IDENTITY_PERSON_NUMBER, person_number, PAIRS);
    expect_refusal(IDENTITY_PERSON_NUMBER, "123456783", IDENTITY_NUMBER_CHECK);
    expect_refusal(IDENTITY_PERSON_NUMBER, "000000000", IDENTITY_NUMBER_CHECK);
    expect_refusal(IDENTITY_PERSON_NUMBER, "1234567", IDENTITY_NUMBER_FORM);
    expect_refusal(IDENTITY_PERSON_NUMBER, "1234567820", IDENTITY_NUMBER_FORM);
    expect_refusal(IDENTITY_PERSON_NUMBER, "12345678x", IDENTITY_NUMBER_FORM);
}

static void
every_single_wrong_digit_of_a_bsn_is_noticed(void **state)
{
    (void) state;
    for (size_t i = 0; i < 9; i++) {
        for (char digit = '0'; digit <= '9'; digit++) {
            char number[10] = "123456782";
            bool is_same = number[i] == digit;

            number[i] = digit;
            assert_int_equal(country_nl_bsn_is_valid(number), is_same);
        }
    }
}

static void
a_bsn_from_who_may_not_use_it_is_refused(void **state)
{
    struct identity_input input = { .text = { [IDENTITY_PERSON_NUMBER] = "123456782" } };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    (void) state;
    assert_err(ERR_MALFORMED, identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_int_equal(refusal.field, IDENTITY_PERSON_NUMBER);
    assert_int_equal(refusal.reason, IDENTITY_NUMBER_NOT_ALLOWED);
}

static void
sexes_are_read_in_dutch_and_english(void **state)
{
    static const struct {
        const char *entered;
        char wanted;
    } CASES[] = { { "M", 'm' }, { "man", 'm' },    { "V", 'f' }, { "vrouw", 'f' },
                  { "f", 'f' }, { "female", 'f' }, { "x", 'x' } };

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { 0 };

        assert_ok(enter(IDENTITY_SEX, CASES[i].entered, &identity, &refusal));
        assert_int_equal(identity.sex, CASES[i].wanted);
    }
    expect_refusal(IDENTITY_SEX, "jongen", IDENTITY_SEX_FORM);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_marks_and_special_letters_vanish),
        cmocka_unit_test(invisible_broken_and_overlong_text_is_refused_in_every_field),
        cmocka_unit_test(what_is_too_long_is_refused_in_every_field_and_names_it),
        cmocka_unit_test(one_letter_is_a_name_an_initial_or_refused),
        cmocka_unit_test(an_empty_or_unknown_field_counts_as_nothing),
        cmocka_unit_test(dates_are_read_in_every_usual_form),
        cmocka_unit_test(dates_that_cannot_be_are_refused),
        cmocka_unit_test(a_person_of_130_years_is_accepted),
        cmocka_unit_test(an_addition_given_twice_counts_once),
        cmocka_unit_test(an_estimated_first_of_january_is_a_year_only),
        cmocka_unit_test(postcodes_are_checked_against_the_country),
        cmocka_unit_test(an_address_abroad_does_not_count),
        cmocka_unit_test(house_numbers_shed_their_addition),
        cmocka_unit_test(a_bsn_passes_its_check_or_is_refused),
        cmocka_unit_test(every_single_wrong_digit_of_a_bsn_is_noticed),
        cmocka_unit_test(a_bsn_from_who_may_not_use_it_is_refused),
        cmocka_unit_test(sexes_are_read_in_dutch_and_english),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
