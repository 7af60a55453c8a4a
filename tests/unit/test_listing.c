/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

#include "clients/sein/listing.h"
#include "clients/sein/say.h"

static const struct listing_column COLUMNS[] = {
    { "name", "Name" }, { "count", "Count" }, { "hidden", NULL }, { "kind", "Kind" }
};

static struct listing *
sample(void)
{
    struct listing *listing = NULL;

    assert_ok(listing_new(COLUMNS, 4, &listing));
    listing_text(listing, "caf\xc3\xa9");
    listing_number(listing, 7);
    listing_text(listing, "h");
    listing_term(listing, "mild", "licht");
    listing_text(listing, "a\033[2Jb");
    listing_number(listing, 1234);
    listing_none(listing);
    listing_none(listing);
    return listing;
}

static char *
printed(struct listing *listing, bool as_json)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_ok(listing_print(listing, as_json, "nothing", out));
    fclose(out);
    listing_free(listing);
    return text;
}

static void
a_table_is_aligned_by_width_and_steers_no_terminal(void **state)
{
    char *text = printed(sample(), false);

    (void) state;
    assert_string_equal(text,
                        "Name    Count  Kind\n"
                        "caf\xc3\xa9        7  licht\n"
                        "a?[2Jb   1234  -\n");
    free(text);
}

static void
json_has_machine_keys_and_every_column(void **state)
{
    char *text = printed(sample(), true);
    json_error_t error;
    json_t *value = json_loads(text, 0, &error);

    (void) state;
    assert_int_equal(json_array_size(value), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(value, 0), "kind")),
                        "mild");
    assert_string_equal(json_string_value(json_object_get(json_array_get(value, 0), "hidden")),
                        "h");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(value, 1), "count")), 1234);
    assert_true(json_is_null(json_object_get(json_array_get(value, 1), "kind")));
    json_decref(value);
    free(text);
}

static void
an_empty_listing_says_so_or_is_an_empty_array(void **state)
{
    struct listing *listing = NULL;
    char *text;

    (void) state;
    assert_ok(listing_new(COLUMNS, 4, &listing));
    text = printed(listing, false);
    assert_string_equal(text, "nothing\n");
    free(text);
    assert_ok(listing_new(COLUMNS, 4, &listing));
    text = printed(listing, true);
    assert_string_equal(text, "[]\n");
    free(text);
}

static void
a_half_row_and_a_text_that_is_no_text_are_errors(void **state)
{
    struct listing *listing = NULL;

    (void) state;
    assert_ok(listing_new(COLUMNS, 4, &listing));
    listing_text(listing, "one");
    assert_err(ERR_INVALID, listing_print(listing, false, "", stdout));
    listing_free(listing);
    assert_ok(listing_new(COLUMNS, 4, &listing));
    listing_text(listing, "caf\xe9");
    assert_err(ERR_INVALID, listing_print(listing, false, "", stdout));
    listing_free(listing);
}

static void
what_others_wrote_is_cleaned(void **state)
{
    static const struct {
        const char *text;
        const char *clean;
    } CASES[] = {
        { "plain", "plain" },
        { "\033]0;x\007", "?]0;x?" },
        { "caf\xc3\xa9", "caf\xc3\xa9" },
        { "caf\xe9", "caf?" },
        { "a\xc2\x9b"
          "b",
          "a?b" }, /* the control sequence introducer of C1 */
    };

    static const char OVERRIDE[] = { 'a', '\xe2', '\x80', '\xae', 'b', '\0' }; /* right to left */
    char cleaned[sizeof OVERRIDE];

    (void) state;
    say_clean(OVERRIDE, cleaned);
    assert_string_equal(cleaned, "a?b");
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char out[32];

        say_clean(CASES[i].text, out);
        assert_string_equal(out, CASES[i].clean);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_aligned_by_width_and_steers_no_terminal),
        cmocka_unit_test(json_has_machine_keys_and_every_column),
        cmocka_unit_test(an_empty_listing_says_so_or_is_an_empty_array),
        cmocka_unit_test(a_half_row_and_a_text_that_is_no_text_are_errors),
        cmocka_unit_test(what_others_wrote_is_cleaned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
