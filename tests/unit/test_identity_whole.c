/* SPDX-License-Identifier: EUPL-1.2 */
/* An identity as a whole: entered again, or come from elsewhere. */
#include <string.h>

#include "clients/lib/country.h"
#include "clients/lib/identity.h"
#include "tests/lib/cmocka_all.h"

static const struct date TODAY = { 2026, 6, 30 };

static const struct identity_input WHOLE = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Johanna-Anna Maria Th.",
              [IDENTITY_CALL_NAME] = "Anne Marie",
              [IDENTITY_SURNAME] = "van der Brök e/v in 't Veld",
              [IDENTITY_BIRTH_DATE] = "12-04-1980",
              [IDENTITY_SEX] = "vrouw",
              [IDENTITY_POSTCODE] = "1234 AB",
              [IDENTITY_HOUSE_NUMBER] = "12 bis",
              [IDENTITY_HOUSE_ADDITION] = "2",
              [IDENTITY_STREET] = "1e Dr. Schaepmanstraat",
              [IDENTITY_TOWN] = "'s-Hertogenbosch",
              [IDENTITY_PERSON_NUMBER] = "123456782" },
    .may_use_person_number = true,
};

static void
a_normalised_identity_is_a_fixed_point(void **state)
{
    struct identity identity = { 0 };
    struct identity again = { 0 };
    struct identity_text text = { 0 };
    struct identity_input input = { 0 };
    struct identity_refusal refusal = { 0 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &WHOLE, TODAY, &identity, &refusal));
    assert_string_equal(identity.given_names, "johannaanna maria");
    assert_string_equal(identity.call_name, "annemarie");
    assert_string_equal(identity.initials, "jmt");
    assert_string_equal(identity.surname, "brok");
    assert_string_equal(identity.other_surname, "veld");
    assert_string_equal(identity.house_addition, "bis2");
    assert_string_equal(identity.street, "1e dr schaepmanstraat");
    assert_ok(identity_check(&identity));
    identity_as_input(&identity, &text, &input);
    assert_ok(identity_normalise(&COUNTRY_NL, &input, TODAY, &again, &refusal));
    assert_memory_equal(&identity, &again, sizeof identity);
}

static void
an_identity_from_elsewhere_is_checked(void **state)
{
    struct identity good = { 0 };
    struct identity bad;
    struct identity_refusal refusal = { 0 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &WHOLE, TODAY, &good, &refusal));
    bad = good;
    memset(bad.surname, 'a', sizeof bad.surname);
    assert_err(ERR_MALFORMED, identity_check(&bad));
    bad = good;
    bad.call_name[0] = 'A';
    assert_err(ERR_MALFORMED, identity_check(&bad));
    bad = good;
    bad.birth_date.month = 13;
    assert_err(ERR_MALFORMED, identity_check(&bad));
    bad = good;
    bad.sex = '?';
    assert_err(ERR_MALFORMED, identity_check(&bad));
}

static void
fields_and_reasons_have_their_words(void **state)
{
    enum identity_field field = IDENTITY_COUNTRY;

    (void) state;
    assert_ok(identity_field_by_key("date_of_birth", &field));
    assert_int_equal(field, IDENTITY_BIRTH_DATE);
    assert_err(ERR_NOT_FOUND, identity_field_by_key("Date_of_birth", &field));
    for (unsigned int i = 0; i < IDENTITY_REASON_COUNT; i++) {
        assert_true(strlen(identity_reason_text((enum identity_reason) i)) > 10);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_normalised_identity_is_a_fixed_point),
        cmocka_unit_test(an_identity_from_elsewhere_is_checked),
        cmocka_unit_test(fields_and_reasons_have_their_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
