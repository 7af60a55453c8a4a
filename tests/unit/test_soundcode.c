/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/country.h"
#include "clients/lib/soundcode.h"
#include "tests/lib/cmocka_all.h"

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dutch_spellings_of_one_sound_are_one),
        cmocka_unit_test(different_names_sound_different),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
