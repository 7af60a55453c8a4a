/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "clients/lib/country.h"
#include "clients/lib/matchkeys.h"
#include "tests/lib/cmocka_all.h"

static const struct date TODAY = { 2026, 6, 30 };

/* A made-up resident of whom everything is known. */
static const struct identity_input WHOLE = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Johanna",
              [IDENTITY_BIRTH_NAME] = "van den Dijk",
              [IDENTITY_BIRTH_DATE] = "1980-12-04",
              [IDENTITY_SEX] = "v",
              [IDENTITY_POSTCODE] = "1243AB",
              [IDENTITY_HOUSE_NUMBER] = "21",
              [IDENTITY_PERSON_NUMBER] = "123456782" },
    .may_use_person_number = true,
};

static void
build(const struct identity_rules *rules, const struct identity_input *input, struct matchkeys *out)
{
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    assert_ok(identity_normalise(rules, input, TODAY, &identity, &refusal));
    assert_ok(matchkeys_build(rules, &identity, out, &refusal));
}

/* The 'nth' key of a type, or NULL. */
static const struct matchkey *
find(const struct matchkeys *keys, uint16_t type, size_t nth)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].type == type && nth-- == 0) {
            return &keys->keys[i];
        }
    }
    return NULL;
}

static void
expect_bytes(const struct matchkeys *keys, uint16_t type, const char *bytes, size_t len)
{
    const struct matchkey *key = find(keys, type, 0);

    assert_non_null(key);
    assert_int_equal(key->len, len);
    assert_memory_equal(key->bytes, bytes, len);
}

#define EXPECT_BYTES(keys, type, bytes) expect_bytes(keys, type, bytes, sizeof(bytes) - 1)

/* Whether two inputs share a key of 'type'. */
static bool
share(const struct identity_input *a, const struct identity_input *b, uint16_t type)
{
    struct matchkeys a_keys = { 0 };
    struct matchkeys b_keys = { 0 };

    build(&COUNTRY_NL, a, &a_keys);
    build(&COUNTRY_NL, b, &b_keys);
    for (size_t i = 0; i < a_keys.count; i++) {
        for (size_t k = 0; k < b_keys.count; k++) {
            if (a_keys.keys[i].type == type && a_keys.keys[i].len == b_keys.keys[k].len &&
                memcmp(a_keys.keys[i].bytes, b_keys.keys[k].bytes, a_keys.keys[i].len) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void
each_dutch_key_has_its_golden_bytes(void **state)
{
    struct identity_input input = WHOLE;
    struct matchkeys keys = { 0 };

    (void) state;
    build(&COUNTRY_NL, &WHOLE, &keys);
    assert_int_equal(keys.count, 12);
    EXPECT_BYTES(&keys, 1,
                 "\0\x01"
                 "\x01\0\x09"
                 "123456782");
    EXPECT_BYTES(&keys, 2,
                 "\0\x02"
                 "\x02\0\x02"
                 "dk"
                 "\x02\0\x02"
                 "jn"
                 "\x0b\0\x06"
                 "1234ab"
                 "\x0e\0\x02"
                 "12");
    EXPECT_BYTES(&keys, 3,
                 "\0\x03"
                 "\x05\0\x01"
                 "j"
                 "\x07\0\x08"
                 "19080412"
                 "\x0b\0\x06"
                 "1234ab"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 4,
                 "\0\x04"
                 "\x04\0\x02"
                 "dk"
                 "\x09\0\x04"
                 "1980"
                 "\x0b\0\x06"
                 "1234ab"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 5,
                 "\0\x05"
                 "\x04\0\x02"
                 "dk"
                 "\x05\0\x01"
                 "j"
                 "\x06\0\x08"
                 "19800412");
    EXPECT_BYTES(&keys, 6,
                 "\0\x06"
                 "\x04\0\x02"
                 "dk"
                 "\x07\0\x08"
                 "19080412"
                 "\x0a\0\x06"
                 "1243ab");
    EXPECT_BYTES(&keys, 7,
                 "\0\x07"
                 "\x03\0\x04"
                 "joha"
                 "\x09\0\x04"
                 "1980"
                 "\x0a\0\x06"
                 "1243ab"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 8,
                 "\0\x08"
                 "\x02\0\x02"
                 "dk"
                 "\x02\0\x02"
                 "jn"
                 "\x07\0\x08"
                 "19080412");
    EXPECT_BYTES(&keys, 9,
                 "\0\x09"
                 "\x02\0\x02"
                 "dk"
                 "\x02\0\x02"
                 "jn"
                 "\x08\0\x06"
                 "198012"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 10,
                 "\0\x0a"
                 "\x04\0\x02"
                 "dy"
                 "\x05\0\x01"
                 "j"
                 "\x09\0\x04"
                 "1980"
                 "\x0a\0\x06"
                 "1243ab"
                 "\x0e\0\x02"
                 "12");
    EXPECT_BYTES(&keys, 11,
                 "\0\x0b"
                 "\x02\0\x03"
                 "dyk"
                 "\x02\0\x03"
                 "joh"
                 "\x06\0\x08"
                 "19800412"
                 "\x0e\0\x02"
                 "12");
    EXPECT_BYTES(&keys, 12,
                 "\0\x0c"
                 "\x04\0\x03"
                 "dyk"
                 "\x06\0\x08"
                 "19800412"
                 "\x0a\0\x06"
                 "1243ab"
                 "\x0e\0\x02"
                 "12");
    /* Who has a number does without the last one. */
    assert_null(find(&keys, 13, 0));
    input.text[IDENTITY_PERSON_NUMBER] = NULL;
    build(&COUNTRY_NL, &input, &keys);
    assert_int_equal(keys.count, 12);
    EXPECT_BYTES(&keys, 13,
                 "\0\x0d"
                 "\x04\0\x02"
                 "dy"
                 "\x05\0\x01"
                 "j"
                 "\x08\0\x06"
                 "198012"
                 "\x0a\0\x06"
                 "1243ab"
                 "\x0d\0\x02"
                 "21");
}

static void
each_australian_key_has_its_golden_bytes(void **state)
{
    static const struct identity_input INPUT = {
        .text = { [IDENTITY_CALL_NAME] = "Jessica",
                  [IDENTITY_SURNAME] = "Waller",
                  [IDENTITY_BIRTH_DATE] = "1980-12-04",
                  [IDENTITY_POSTCODE] = "4021",
                  [IDENTITY_HOUSE_NUMBER] = "21" },
    };
    struct matchkeys keys = { 0 };

    (void) state;
    build(&COUNTRY_AU, &INPUT, &keys);
    assert_int_equal(keys.count, 12);
    EXPECT_BYTES(&keys, 14,
                 "\0\x0e"
                 "\x04\0\x03"
                 "wal"
                 "\x06\0\x08"
                 "19800412"
                 "\x0c\0\x02"
                 "40");
    EXPECT_BYTES(&keys, 15,
                 "\0\x0f"
                 "\x04\0\x03"
                 "wal"
                 "\x09\0\x04"
                 "1980"
                 "\x0b\0\x04"
                 "0412"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 16,
                 "\0\x10"
                 "\x02\0\x03"
                 "jes"
                 "\x02\0\x03"
                 "wal"
                 "\x0c\0\x02"
                 "40"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 17,
                 "\0\x11"
                 "\x03\0\x03"
                 "jsk"
                 "\x06\0\x08"
                 "19800412"
                 "\x0e\0\x02"
                 "12");
    EXPECT_BYTES(&keys, 18,
                 "\0\x12"
                 "\x06\0\x08"
                 "19800412"
                 "\x0b\0\x04"
                 "0412");
    EXPECT_BYTES(&keys, 19,
                 "\0\x13"
                 "\x04\0\x03"
                 "wal"
                 "\x05\0\x01"
                 "j"
                 "\x0a\0\x04"
                 "4021"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 20,
                 "\0\x14"
                 "\x04\0\x03"
                 "wal"
                 "\x07\0\x08"
                 "19080412"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 21,
                 "\0\x15"
                 "\x03\0\x04"
                 "jess"
                 "\x06\0\x08"
                 "19800412"
                 "\x0c\0\x02"
                 "40");
    EXPECT_BYTES(&keys, 22,
                 "\0\x16"
                 "\x02\0\x02"
                 "je"
                 "\x02\0\x02"
                 "wa"
                 "\x06\0\x08"
                 "19800412");
    EXPECT_BYTES(&keys, 23,
                 "\0\x17"
                 "\x06\0\x08"
                 "19800412"
                 "\x0c\0\x02"
                 "40"
                 "\x0d\0\x02"
                 "21");
    EXPECT_BYTES(&keys, 24,
                 "\0\x18"
                 "\x02\0\x03"
                 "jes"
                 "\x02\0\x03"
                 "wal"
                 "\x0b\0\x04"
                 "0412");
    EXPECT_BYTES(&keys, 25,
                 "\0\x19"
                 "\x03\0\x04"
                 "jess"
                 "\x0a\0\x04"
                 "4021"
                 "\x0d\0\x02"
                 "21");
}

static void
a_swap_of_names_or_of_day_and_month_still_meets(void **state)
{
    struct identity_input other = WHOLE;

    (void) state;
    other.text[IDENTITY_GIVEN_NAMES] = "Dijk";
    other.text[IDENTITY_BIRTH_NAME] = "Johanna";
    assert_true(share(&WHOLE, &other, 8));
    assert_true(share(&WHOLE, &other, 2));
    other = WHOLE;
    other.text[IDENTITY_BIRTH_DATE] = "1980-04-12";
    assert_true(share(&WHOLE, &other, 5));
    assert_true(share(&WHOLE, &other, 8));
    other.text[IDENTITY_BIRTH_DATE] = "1981-04-12";
    assert_false(share(&WHOLE, &other, 5));
    assert_true(share(&WHOLE, &other, 2));
}

static void
two_digits_swapped_in_postcode_year_or_house_number_still_meet(void **state)
{
    struct identity_input other = WHOLE;

    (void) state;
    other.text[IDENTITY_POSTCODE] = "1234AB";
    assert_true(share(&WHOLE, &other, 2));
    assert_false(share(&WHOLE, &other, 6));
    other.text[IDENTITY_HOUSE_NUMBER] = "12";
    assert_true(share(&WHOLE, &other, 2));
    assert_false(share(&WHOLE, &other, 4));
    other = WHOLE;
    other.text[IDENTITY_BIRTH_DATE] = "1908-12-04";
    assert_true(share(&WHOLE, &other, 8));
    assert_false(share(&WHOLE, &other, 5));
}

static void
the_long_y_meets_the_y(void **state)
{
    struct identity_input other = WHOLE;

    (void) state;
    other.text[IDENTITY_BIRTH_NAME] = "van den Dyk";
    for (uint16_t type = 2; type <= 12; type++) {
        assert_true(share(&WHOLE, &other, type));
    }
}

static void
either_surname_of_a_married_person_meets(void **state)
{
    struct identity_input married = WHOLE;
    struct identity_input by_partner = WHOLE;

    (void) state;
    married.text[IDENTITY_BIRTH_NAME] = NULL;
    married.text[IDENTITY_SURNAME] = "de Vries-van den Dijk";
    by_partner.text[IDENTITY_BIRTH_NAME] = NULL;
    by_partner.text[IDENTITY_SURNAME] = "de Vries";
    assert_true(share(&married, &WHOLE, 5));
    assert_true(share(&married, &by_partner, 5));
    assert_false(share(&WHOLE, &by_partner, 5));
}

static void
call_name_and_given_name_each_make_keys(void **state)
{
    struct identity_input both = WHOLE;
    struct identity_input called = WHOLE;

    (void) state;
    both.text[IDENTITY_PERSON_NUMBER] = NULL;
    both.text[IDENTITY_CALL_NAME] = "Hanneke";
    called.text[IDENTITY_GIVEN_NAMES] = "Hanneke";
    assert_true(share(&both, &called, 2));
    assert_true(share(&both, &WHOLE, 2));
}

static void
no_identity_has_more_keys_than_slots_or_one_twice(void **state)
{
    struct identity_input input = WHOLE;
    struct matchkeys keys = { 0 };

    (void) state;
    input.text[IDENTITY_CALL_NAME] = "Hanneke";
    input.text[IDENTITY_PARTNER_NAME] = "de Vries";
    build(&COUNTRY_NL, &input, &keys);
    assert_int_equal(keys.count, MATCHKEYS_MAX);
    for (size_t i = 0; i < keys.count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_false(keys.keys[i].len == keys.keys[k].len &&
                         memcmp(keys.keys[i].bytes, keys.keys[k].bytes, keys.keys[i].len) == 0);
        }
    }
}

static void
all_keys_are_those_with_a_slot_and_more(void **state)
{
    struct identity_input input = WHOLE;
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };
    struct matchkeys keys = { 0 };
    struct matchkeys_all all = { 0 };

    (void) state;
    input.text[IDENTITY_CALL_NAME] = "Hanneke";
    input.text[IDENTITY_PARTNER_NAME] = "de Vries";
    assert_ok(identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_ok(matchkeys_build(&COUNTRY_NL, &identity, &keys, &refusal));
    matchkeys_build_all(&COUNTRY_NL, &identity, &all);
    assert_true(all.count > keys.count && all.count < MATCHKEYS_ALL_MAX);
    assert_memory_equal(all.keys, keys.keys, sizeof keys.keys);
    memset(&identity, 0, sizeof identity);
    matchkeys_build_all(&COUNTRY_NL, &identity, &all);
    assert_int_equal(all.count, 0);
}

static void
one_name_meets_wherever_it_is_kept(void **state)
{
    static const struct identity_input FIRST = {
        .text = { [IDENTITY_GIVEN_NAMES] = "Tesfay",
                  [IDENTITY_BIRTH_DATE] = "1990-05-07",
                  [IDENTITY_POSTCODE] = "1234AB",
                  [IDENTITY_HOUSE_NUMBER] = "12" },
    };
    struct identity_input last = FIRST;

    (void) state;
    last.text[IDENTITY_GIVEN_NAMES] = NULL;
    last.text[IDENTITY_SURNAME] = "Tesfay";
    assert_true(share(&FIRST, &last, 4));
    assert_true(share(&FIRST, &last, 6));
}

static void
a_key_with_a_missing_part_is_not_made(void **state)
{
    struct identity_input input = { .text = { [IDENTITY_GIVEN_NAMES] = "J.",
                                              [IDENTITY_SURNAME] = "Dijk",
                                              [IDENTITY_BIRTH_DATE] = "1980-00-12",
                                              [IDENTITY_POSTCODE] = "1234AB",
                                              [IDENTITY_HOUSE_NUMBER] = "12" } };
    struct matchkeys keys = { 0 };

    (void) state;
    build(&COUNTRY_NL, &input, &keys);
    assert_int_equal(keys.count, 2);
    assert_int_equal(keys.keys[0].type, 4);
    assert_int_equal(keys.keys[1].type, 10);
}

static void
too_few_fields_are_refused_with_what_would_help(void **state)
{
    struct identity_input input = { .text = { [IDENTITY_SURNAME] = "Dijk",
                                              [IDENTITY_POSTCODE] = "1234AB",
                                              [IDENTITY_HOUSE_NUMBER] = "12" } };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };
    struct matchkeys keys = { .count = 77 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_err(ERR_MALFORMED, matchkeys_build(&COUNTRY_NL, &identity, &keys, &refusal));
    assert_int_equal(refusal.reason, IDENTITY_TOO_FEW);
    assert_int_equal(refusal.field, IDENTITY_BIRTH_DATE);
    assert_int_equal(keys.count, 77);
}

static void
the_longest_identity_fits_every_key(void **state)
{
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };
    struct matchkeys keys = { 0 };

    (void) state;
    for (size_t i = 0; i + 1 < IDENTITY_NAME_ROOM; i++) {
        identity.given_names[i] = i % 2 == 0 ? 'b' : 'd';
        identity.surname[i] = i % 2 == 0 ? 'k' : 'p';
    }
    memset(identity.postcode, '1', sizeof identity.postcode - 1);
    memset(identity.house_number, '1', sizeof identity.house_number - 1);
    memset(identity.person_number, '1', sizeof identity.person_number - 1);
    memcpy(identity.initials, "b", 2);
    identity.sex = 'm';
    identity.birth_date = (struct birth_date) { 1980, 12, 4 };
    assert_ok(matchkeys_build(&COUNTRY_NL, &identity, &keys, &refusal));
    assert_int_equal(keys.count, MATCHKEYS_MAX);
    assert_ok(matchkeys_build(&COUNTRY_AU, &identity, &keys, &refusal));
    assert_int_equal(keys.count, MATCHKEYS_MAX);
}

static void
every_type_has_a_tier_a_name_and_a_text(void **state)
{
    enum matchkey_tier tier = MATCHKEY_TIER_B;
    struct matchkey_text text = { "" };

    (void) state;
    assert_ok(matchkey_tier(1, &tier));
    assert_int_equal(tier, MATCHKEY_TIER_A);
    assert_ok(matchkey_tier(12, &tier));
    assert_int_equal(tier, MATCHKEY_TIER_B);
    assert_err(ERR_NOT_FOUND, matchkey_tier(0, &tier));
    assert_err(ERR_NOT_FOUND, matchkey_tier(MATCHKEY_TYPES, &tier));
    assert_string_equal(matchkey_name(8), "names_born");
    assert_string_equal(matchkey_name(99), "?");
    matchkey_describe(1, &text);
    assert_string_equal(text.text, "person number");
    matchkey_describe(2, &text);
    assert_string_equal(
        text.text,
        "{first name, surname} by sound, postcode with sorted pairs, sorted house number");
    matchkey_describe(23, &text);
    assert_string_equal(text.text, "birth date, area, house number");
    matchkey_describe(99, &text);
    assert_string_equal(text.text, "?");
}

/* "Address and surname alone is never a key, nor is a household": whatever names neither a first name, nor
 * an initial, nor a part of the birth date is none. */
static void
no_key_is_an_address_with_a_surname_alone(void **state)
{
    static const struct identity_input HOUSEHOLD = {
        .text = { [IDENTITY_SURNAME] = "Dijk",
                  [IDENTITY_PARTNER_NAME] = "de Vries",
                  [IDENTITY_SEX] = "v",
                  [IDENTITY_POSTCODE] = "1234AB",
                  [IDENTITY_HOUSE_NUMBER] = "12" },
    };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };
    struct matchkeys keys = { 0 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &HOUSEHOLD, TODAY, &identity, &refusal));
    assert_err(ERR_MALFORMED, matchkeys_build(&COUNTRY_NL, &identity, &keys, &refusal));
    memcpy(identity.postcode, "1234", 5);
    assert_err(ERR_MALFORMED, matchkeys_build(&COUNTRY_AU, &identity, &keys, &refusal));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_dutch_key_has_its_golden_bytes),
        cmocka_unit_test(each_australian_key_has_its_golden_bytes),
        cmocka_unit_test(a_swap_of_names_or_of_day_and_month_still_meets),
        cmocka_unit_test(two_digits_swapped_in_postcode_year_or_house_number_still_meet),
        cmocka_unit_test(the_long_y_meets_the_y),
        cmocka_unit_test(either_surname_of_a_married_person_meets),
        cmocka_unit_test(call_name_and_given_name_each_make_keys),
        cmocka_unit_test(no_identity_has_more_keys_than_slots_or_one_twice),
        cmocka_unit_test(all_keys_are_those_with_a_slot_and_more),
        cmocka_unit_test(one_name_meets_wherever_it_is_kept),
        cmocka_unit_test(a_key_with_a_missing_part_is_not_made),
        cmocka_unit_test(no_key_is_an_address_with_a_surname_alone),
        cmocka_unit_test(too_few_fields_are_refused_with_what_would_help),
        cmocka_unit_test(the_longest_identity_fits_every_key),
        cmocka_unit_test(every_type_has_a_tier_a_name_and_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
