/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

#include "base/yaml.h"
#include "clients/lib/client.h"
#include "clients/lib/report_csv.h"
#include "clients/lib/report_form.h"
#include "clients/sein/language.h"
#include "proto/escrow/terms.h"
#include "proto/rpc/channel.h"

static void
set_environment(const char *lc_all, const char *lc_messages, const char *lang)
{
    setenv("LC_ALL", lc_all, 1);
    setenv("LC_MESSAGES", lc_messages, 1);
    setenv("LANG", lang, 1);
}

static const char *
chosen(const char *asked)
{
    assert_ok(language_choose(asked));
    return _("Error:");
}

static void
the_option_goes_before_the_environment(void **state)
{
    (void) state;
    set_environment("en_GB.UTF-8", "", "");
    assert_string_equal(chosen("nl"), "Fout:");
    set_environment("nl_NL.UTF-8", "", "");
    assert_string_equal(chosen("en"), "Error:");
}

static void
the_first_variable_that_is_set_decides(void **state)
{
    (void) state;
    set_environment("", "", "nl_NL.UTF-8");
    assert_string_equal(chosen(NULL), "Fout:");
    set_environment("", "en_US", "nl_NL.UTF-8");
    assert_string_equal(chosen(NULL), "Error:");
    set_environment("nl_BE@euro", "en_US", "en_US");
    assert_string_equal(chosen(NULL), "Fout:");
}

static void
without_a_language_of_ours_it_is_english(void **state)
{
    (void) state;
    set_environment("", "", "");
    assert_string_equal(chosen(NULL), "Error:");
    set_environment("C", "nl", "nl");
    assert_string_equal(chosen(NULL), "Error:");
    set_environment("", "", "nld");
    assert_string_equal(chosen(NULL), "Error:");
}

static void
an_unknown_language_is_refused(void **state)
{
    (void) state;
    assert_err(ERR_INVALID, language_choose("fr"));
    assert_err(ERR_INVALID, language_choose("nl_NL"));
    assert_err(ERR_INVALID, language_choose(""));
}

/* gettext answers with the very pointer that it got when it has no translation. */
static void
assert_translated(const char *text)
{
    if (text[0] != '\0' && gettext(text) == text) {
        fail_msg("no Dutch for: %s", text);
    }
}

static void
every_refusal_has_its_dutch(void **state)
{
    (void) state;
    assert_ok(language_choose("nl"));
    for (int i = REFUSAL_NONE; i < REFUSAL_COUNT; i++) {
        assert_translated(refusal_sentence((enum refusal) i));
    }
}

static void
every_end_of_a_call_has_its_dutch(void **state)
{
    (void) state;
    assert_ok(language_choose("nl"));
    for (int end = RPC_END_OK; end <= RPC_END_BAD_ANSWER; end++) {
        const struct rpc_result result = { .end = (enum rpc_end) end };

        assert_translated(rpc_result_text(&result));
    }
}

static void
every_error_of_a_file_has_its_dutch(void **state)
{
    (void) state;
    assert_ok(language_choose("nl"));
    for (int kind = YAML_OK; kind <= YAML_BAD_VALUE; kind++) {
        struct yaml_error error = { .line = 0 };

        error.kind = (__typeof__(error.kind)) kind;
        assert_translated(yaml_error_text(&error));
    }
    for (int problem = REPORT_CSV_FINE; problem <= REPORT_CSV_CLOSED_COLUMN; problem++) {
        assert_translated(report_csv_problem_text((enum report_csv_problem) problem));
    }
    for (int reason = 0; reason < REPORT_REASON_COUNT; reason++) {
        assert_translated(report_reason_text((enum report_reason) reason));
    }
    for (int reason = 0; reason < IDENTITY_REASON_COUNT; reason++) {
        assert_translated(identity_reason_text((enum identity_reason) reason));
    }
    for (int problem = CLIENT_FINE; problem <= CLIENT_NO_MEMORY; problem++) {
        assert_translated(client_problem_text((enum client_problem) problem));
    }
}

static void
every_word_of_the_vocabulary_has_its_dutch(void **state)
{
    (void) state;
    assert_ok(language_choose("nl"));
    for (int kind = TERM_SECTOR; kind <= TERM_ROLE; kind++) {
        for (size_t i = 0; i < term_count((enum term_kind) kind); i++) {
            assert_translated(term_at((enum term_kind) kind, i)->text);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_option_goes_before_the_environment),
        cmocka_unit_test(the_first_variable_that_is_set_decides),
        cmocka_unit_test(without_a_language_of_ours_it_is_english),
        cmocka_unit_test(an_unknown_language_is_refused),
        cmocka_unit_test(every_refusal_has_its_dutch),
        cmocka_unit_test(every_end_of_a_call_has_its_dutch),
        cmocka_unit_test(every_error_of_a_file_has_its_dutch),
        cmocka_unit_test(every_word_of_the_vocabulary_has_its_dutch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
