/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "clients/lib/country.h"
#include "clients/lib/matchkeys.h"
#include "clients/lib/soundcode.h"
#include "tests/lib/cmocka_all.h"

static const struct date TODAY = { 2026, 6, 30 };

/* A made-up resident of whom everything is known. */
static const struct identity_input WHOLE = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Johanna",
              [IDENTITY_BIRTH_NAME] = "van den Dijk",
              [IDENTITY_BIRTH_DATE] = "1980-12-04",
              [IDENTITY_SEX] = "v",
              [IDENTITY_POSTCODE] = "1243AB",
              [IDENTITY_HOUSE_NUMBER] = "12",
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
each_of_the_first_keys_has_its_golden_bytes(void **state)
{
    struct matchkeys keys = { 0 };

    (void) state;
    build(&COUNTRY_NL, &WHOLE, &keys);
    assert_int_equal(keys.count, 12);
    EXPECT_BYTES(&keys, 1,
                 "\0\1"
                 "\1\0\x09"
                 "123456782");
    EXPECT_BYTES(&keys, 2,
                 "\0\2"
                 "\2\0\3"
                 "dij"
                 "\2\0\3"
                 "joh"
                 "\6\0\x08"
                 "19800412");
    EXPECT_BYTES(&keys, 3,
                 "\0\3"
                 "\4\0\2"
                 "dk"
                 "\5\0\1"
                 "j"
                 "\6\0\x08"
                 "19800412");
    EXPECT_BYTES(&keys, 4,
                 "\0\4"
                 "\2\0\2"
                 "dk"
                 "\2\0\2"
                 "jn"
                 "\x09\0\6"
                 "1234ab");
    EXPECT_BYTES(&keys, 5,
                 "\0\5"
                 "\3\0\2"
                 "jn"
                 "\6\0\x08"
                 "19800412"
                 "\x0a\0\4"
                 "1243");
    EXPECT_BYTES(&keys, 6,
                 "\0\6"
                 "\4\0\3"
                 "dij"
                 "\6\0\x08"
                 "19800412"
                 "\x0a\0\4"
                 "1243");
    EXPECT_BYTES(&keys, 7,
                 "\0\7"
                 "\6\0\x08"
                 "19800412"
                 "\x09\0\6"
                 "1234ab");
}

static void
each_of_the_last_keys_has_its_golden_bytes(void **state)
{
    struct identity_input input = WHOLE;
    struct matchkeys keys = { 0 };

    /* Who has a number does without the last one. */
    (void) state;
    build(&COUNTRY_NL, &WHOLE, &keys);
    assert_null(find(&keys, 8, 0));
    input.text[IDENTITY_PERSON_NUMBER] = NULL;
    build(&COUNTRY_NL, &input, &keys);
    EXPECT_BYTES(&keys, 8,
                 "\0\x08"
                 "\6\0\x08"
                 "19800412"
                 "\x0a\0\4"
                 "1243"
                 "\x0b\0\2"
                 "12");
    EXPECT_BYTES(&keys, 9,
                 "\0\x09"
                 "\2\0\3"
                 "dij"
                 "\2\0\3"
                 "joh"
                 "\x0a\0\4"
                 "1243"
                 "\x0b\0\2"
                 "12");
    EXPECT_BYTES(&keys, 10,
                 "\0\x0a"
                 "\3\0\2"
                 "jn"
                 "\x08\0\6"
                 "1243ab"
                 "\x0b\0\2"
                 "12");
    EXPECT_BYTES(&keys, 11,
                 "\0\x0b"
                 "\7\0\6"
                 "198004"
                 "\x09\0\6"
                 "1234ab"
                 "\x0b\0\2"
                 "12");
    EXPECT_BYTES(&keys, 12,
                 "\0\x0c"
                 "\4\0\3"
                 "dij"
                 "\6\0\x08"
                 "19800412"
                 "\x0b\0\2"
                 "12");
}

static void
a_slot_that_is_free_holds_the_key_for_unknown_dates(void **state)
{
    struct identity_input input = WHOLE;
    struct matchkeys keys = { 0 };

    (void) state;
    input.text[IDENTITY_PERSON_NUMBER] = NULL;
    build(&COUNTRY_NL, &input, &keys);
    assert_int_equal(keys.count, 12);
    EXPECT_BYTES(&keys, 13,
                 "\0\x0d"
                 "\4\0\2"
                 "dk"
                 "\5\0\1"
                 "j"
                 "\x09\0\6"
                 "1234ab"
                 "\x0b\0\2"
                 "12");
}

static void
a_swap_of_names_or_of_day_and_month_still_meets(void **state)
{
    struct identity_input other = WHOLE;

    (void) state;
    other.text[IDENTITY_GIVEN_NAMES] = "Dijk";
    other.text[IDENTITY_BIRTH_NAME] = "Johanna";
    assert_true(share(&WHOLE, &other, 2));
    other = WHOLE;
    other.text[IDENTITY_BIRTH_DATE] = "1980-04-12";
    assert_true(share(&WHOLE, &other, 2));
    assert_true(share(&WHOLE, &other, 3));
    other.text[IDENTITY_BIRTH_DATE] = "1981-04-12";
    assert_false(share(&WHOLE, &other, 2));
    assert_true(share(&WHOLE, &other, 4));
}

static void
two_digits_swapped_in_a_postcode_still_meet(void **state)
{
    struct identity_input other = WHOLE;

    (void) state;
    other.text[IDENTITY_POSTCODE] = "1234AB";
    assert_true(share(&WHOLE, &other, 4));
    assert_false(share(&WHOLE, &other, 5));
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
    assert_true(share(&married, &WHOLE, 2));
    assert_true(share(&married, &by_partner, 2));
    assert_false(share(&WHOLE, &by_partner, 2));
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
    assert_int_equal(keys.keys[0].type, 13);
    assert_int_equal(keys.keys[1].type, 11);
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
}

static void
dutch_spellings_of_one_sound_are_one(void **state)
{
    static const char *const ALIKE[][2] = {
        { "dijk", "dyk" },          { "meijer", "meyer" },       { "meier", "meijer" },
        { "visser", "fisser" },     { "schmid", "schmidt" },     { "bosch", "bos" },
        { "philips", "filips" },    { "thijssen", "tijsen" },    { "backer", "bakker" },
        { "koch", "kog" },          { "zanders", "sanders" },    { "claassen", "klasen" },
        { "ijsbrand", "eisbrant" }, { "ouwens", "auwens" },      { "brandt", "brand" },
        { "willems", "willemsz" },  { "hendricks", "hendriks" }, { "dekker", "decker" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof ALIKE / sizeof ALIKE[0]; i++) {
        struct sound a = { "" };
        struct sound b = { "" };

        sound_of(&COUNTRY_NL, ALIKE[i][0], &a);
        sound_of(&COUNTRY_NL, ALIKE[i][1], &b);
        assert_string_equal(a.text, b.text);
    }
}

static void
different_names_sound_different(void **state)
{
    static const char *const APART[][2] = {
        { "jansen", "hansen" }, { "bakker", "dekker" }, { "vries", "bries" },
        { "smit", "mulder" },   { "jong", "jonker" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof APART / sizeof APART[0]; i++) {
        struct sound a = { "" };
        struct sound b = { "" };

        sound_of(&COUNTRY_NL, APART[i][0], &a);
        sound_of(&COUNTRY_NL, APART[i][1], &b);
        assert_string_not_equal(a.text, b.text);
    }
}

static void
every_type_has_a_tier_and_a_name(void **state)
{
    enum matchkey_tier tier = MATCHKEY_TIER_B;

    (void) state;
    assert_ok(matchkey_tier(1, &tier));
    assert_int_equal(tier, MATCHKEY_TIER_A);
    assert_ok(matchkey_tier(12, &tier));
    assert_int_equal(tier, MATCHKEY_TIER_B);
    assert_err(ERR_NOT_FOUND, matchkey_tier(0, &tier));
    assert_err(ERR_NOT_FOUND, matchkey_tier(14, &tier));
    assert_string_equal(matchkey_name(2), "names_born");
    assert_string_equal(matchkey_name(99), "?");
    assert_string_equal(matchkey_text(99), "?");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_the_first_keys_has_its_golden_bytes),
        cmocka_unit_test(each_of_the_last_keys_has_its_golden_bytes),
        cmocka_unit_test(a_slot_that_is_free_holds_the_key_for_unknown_dates),
        cmocka_unit_test(a_swap_of_names_or_of_day_and_month_still_meets),
        cmocka_unit_test(either_surname_of_a_married_person_meets),
        cmocka_unit_test(call_name_and_given_name_each_make_keys),
        cmocka_unit_test(no_identity_has_more_keys_than_slots_or_one_twice),
        cmocka_unit_test(a_key_with_a_missing_part_is_not_made),
        cmocka_unit_test(too_few_fields_are_refused_with_what_would_help),
        cmocka_unit_test(two_digits_swapped_in_a_postcode_still_meet),
        cmocka_unit_test(the_longest_identity_fits_every_key),
        cmocka_unit_test(dutch_spellings_of_one_sound_are_one),
        cmocka_unit_test(different_names_sound_different),
        cmocka_unit_test(every_type_has_a_tier_and_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
