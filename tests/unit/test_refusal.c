/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/wire/refusal.h"

#include <string.h>

#include "tests/lib/cmocka_all.h"

static void
every_refusal_is_found_again_by_its_message(void **state)
{
    (void) state;
    for (unsigned int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        char text[REFUSAL_MESSAGE_ROOM];
        enum refusal found = REFUSAL_NONE;
        size_t len = refusal_message((enum refusal) i, text);

        assert_int_equal(len, strlen(text));
        assert_true(refusal_parse(text, len, &found));
        assert_int_equal(found, i);
    }
}

static void
every_refusal_has_an_error_and_a_sentence_that_ends(void **state)
{
    (void) state;
    for (unsigned int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        const char *sentence = refusal_sentence((enum refusal) i);

        assert_int_not_equal(refusal_err((enum refusal) i), ERR_OK);
        assert_true(strlen(sentence) > 20);
        assert_int_equal(sentence[strlen(sentence) - 1], '.');
    }
}

static void
a_text_without_a_known_token_is_not_ours(void **state)
{
    static const char *const foreign[] = {
        "", ":", "BUSY", "BUSYX: no", "busy: no", "Socket closed", "NO: BUSY: no"
    };

    (void) state;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        enum refusal found = REFUSAL_COUNT;

        assert_false(refusal_parse(foreign[i], strlen(foreign[i]), &found));
        assert_int_equal(found, REFUSAL_COUNT);
    }
}

static void
every_error_becomes_a_refusal_and_success_none(void **state)
{
    (void) state;
    assert_int_equal(refusal_of_err(ERR_OK), REFUSAL_NONE);
    for (int err = ERR_OK + 1; err <= ERR_INTERNAL; err++) {
        assert_int_not_equal(refusal_of_err((enum err) err), REFUSAL_NONE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_is_found_again_by_its_message),
        cmocka_unit_test(every_refusal_has_an_error_and_a_sentence_that_ends),
        cmocka_unit_test(a_text_without_a_known_token_is_not_ours),
        cmocka_unit_test(every_error_becomes_a_refusal_and_success_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
