/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/case_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "vault/rules.h"

static size_t
places_in(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        count += text[0] == '%' && text[1] == 'u' ? 1 : 0;
    }
    return count;
}

/* How many of the numbers 9001, 9002 ... stand in the client's sentence, in their order. */
static size_t
numbers_in(const char *rule, bool is_raised)
{
    uint32_t numbers[RULE_NUMBERS_MAX];
    char words[CASE_RULE_ROOM];
    const char *at = words;
    size_t count = 0;

    for (size_t i = 0; i < RULE_NUMBERS_MAX; i++) {
        numbers[i] = (uint32_t) (9001 + i);
    }
    assert_true(case_rule_words(rule, is_raised, numbers, RULE_NUMBERS_MAX, words));
    for (; count < RULE_NUMBERS_MAX; count++) {
        char text[8];

        snprintf(text, sizeof text, "%u", (unsigned int) numbers[count]);
        at = strstr(at, text);
        if (at == NULL) {
            break;
        }
    }
    return count;
}

static void
every_rule_of_the_vault_has_its_sentence_with_as_many_numbers(void **state)
{
    (void) state;
#define RULE_SAME(name, number, key, flag, yes, no)                                                \
    assert_int_equal(numbers_in(key, true), places_in(yes));                                       \
    assert_int_equal(numbers_in(key, false), places_in(no));
    RULE_MAP(RULE_SAME)
#undef RULE_SAME
}

static void
an_unknown_rule_or_too_few_numbers_have_no_sentence(void **state)
{
    const uint32_t one = 1;
    char words[CASE_RULE_ROOM];

    (void) state;
    assert_false(case_rule_words("of_tomorrow", true, &one, 1, words));
    assert_false(case_rule_words("escalating_signals", true, &one, 1, words));
}

static void
a_week_goes_from_monday_to_sunday(void **state)
{
    char words[CASE_WEEK_ROOM];

    (void) state;
    case_week_words(0, words);
    assert_string_equal(words, "2000-01-03 - 2000-01-09");
}

static void
what_others_wrote_cannot_steer_the_terminal(void **state)
{
    char *printed = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&printed, &len);

    (void) state;
    assert_non_null(out);
    case_print_text("> ", "one\033[2J\ntwo", out);
    fclose(out);
    assert_string_equal(printed, "> one?[2J\n> two\n");
    free(printed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_of_the_vault_has_its_sentence_with_as_many_numbers),
        cmocka_unit_test(an_unknown_rule_or_too_few_numbers_have_no_sentence),
        cmocka_unit_test(a_week_goes_from_monday_to_sunday),
        cmocka_unit_test(what_others_wrote_cannot_steer_the_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
