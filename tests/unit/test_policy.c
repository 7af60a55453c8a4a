/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"
#include "vault/workdays.h"

static void
the_default_policy_says_what_the_rules_of_the_field_say(void **state)
{
    struct policy *policy = NULL;
    struct yaml_error error;

    (void) state;
    assert_ok(policy_load(SEINHUIS_SOURCE "/vault/policy/default.yaml", &policy, &error));
    assert_string_equal(policy->name, "default");
    assert_int_equal(policy->version, 1);
    assert_int_equal(policy->windows.source_weeks, 52);
    assert_int_equal(policy->windows.escalation_weeks, 13);
    assert_int_equal(policy->windows.repeat_weeks, 4);
    assert_int_equal(policy->thresholds.organisations, 2);
    assert_int_equal(policy->thresholds.sectors, 2);
    assert_int_equal(policy->thresholds.domains, 2);
    assert_int_equal(policy->thresholds.complex_domains, 3);
    assert_int_equal(policy->thresholds.escalating_signals, 3);
    assert_int_equal(policy->thresholds.escalating_sectors, 3);
    assert_int_equal(policy->deadlines.triage_days, 5);
    assert_int_equal(policy_act_within_s(policy, MODE_ACUTE, BAND_ACUTE), 2 * 3600);
    assert_int_equal(policy_act_within_s(policy, MODE_ACUTE, BAND_SERIOUS), 6 * 3600);
    assert_int_equal(policy_act_within_s(policy, MODE_ACUTE, BAND_MILD), 24 * 3600);
    assert_int_equal(policy_act_within_s(policy, MODE_CONSENTED, BAND_MILD), 7 * 24 * 3600);
    assert_int_equal(policy_act_within_s(policy, MODE_ESCROW, BAND_ACUTE), 0);
    assert_int_equal(policy->sector_count, 7);
    assert_int_equal(policy_sector(policy, SECTOR_POLICE)->retention_months, 12);
    free(policy);
}

static void
every_legal_basis_of_the_terms_is_allowed_to_its_own_sector_alone(void **state)
{
    struct policy *policy = NULL;
    struct yaml_error error;

    (void) state;
    assert_ok(policy_load(SEINHUIS_SOURCE "/vault/policy/default.yaml", &policy, &error));
    for (size_t i = 0; i < term_count(TERM_BASIS); i++) {
        uint16_t basis = term_at(TERM_BASIS, i)->code;

        for (uint8_t sector = 1; sector <= 7; sector++) {
            assert_int_equal(policy_allows_basis(policy_sector(policy, sector), basis),
                             basis / 10 == sector);
        }
    }
    assert_null(policy_sector(policy, 8));
    free(policy);
}

enum { TEXT_ROOM = 16 * 1024 };

/* The default text with the first 'from' replaced by 'to'. */
static void
changed_text(const char *from, const char *to, char out[TEXT_ROOM])
{
    char text[TEXT_ROOM] = "";
    size_t len = 0;
    const char *at;

    assert_ok(
        file_read_into(SEINHUIS_SOURCE "/vault/policy/default.yaml", text, sizeof text - 1, &len));
    at = strstr(text, from);
    assert_non_null(at);
    snprintf(out, TEXT_ROOM, "%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
}

/* The line on which 'what' begins in the text. */
static unsigned int
line_of(const char *text, const char *what)
{
    const char *end = strstr(text, what);
    unsigned int line = 1;

    assert_non_null(end);
    for (; text < end; text++) {
        line += *text == '\n';
    }
    return line;
}

static void
each_bad_value_is_refused_with_its_field_and_line(void **state)
{
    const struct {
        const char *from;
        const char *to;
        const char *field;
        const char *on; /* text that begins on the line blamed */
        int kind;
    } cases[] = {
        { "name: default", "name: De Fault", "name", "name: De", YAML_BAD_VALUE },
        { "version: \"1\"", "version: \"0\"", "version", "version: \"0\"", YAML_BAD_VALUE },
        { "version: \"1\"", "version: \"1a\"", "version", "version: \"1a\"", YAML_BAD_VALUE },
        { "source_weeks: \"52\"", "source_weeks: \"0\"", "source_weeks", "source_weeks",
          YAML_BAD_VALUE },
        { "source_weeks: \"52\"", "source_weeks: \"105\"", "source_weeks", "source_weeks",
          YAML_BAD_VALUE },
        { "source_weeks: \"52\"", "source_weeks: \"052\"", "source_weeks", "source_weeks",
          YAML_BAD_VALUE },
        { "repeat_weeks: \"4\"", "repeat_weeks: \"-4\"", "repeat_weeks", "repeat_weeks",
          YAML_BAD_VALUE },
        { "  sectors: \"2\"", "  sectors: \"1\"", "sectors", "sectors: \"1\"", YAML_BAD_VALUE },
        { "organisations: \"2\"", "organisations: \"1\"", "organisations", "organisations",
          YAML_BAD_VALUE },
        { "complex_domains: \"3\"", "complex_domains: \"1\"", "complex_domains", "complex_domains",
          YAML_BAD_VALUE },
        { "acute_green_hours: \"24\"", "acute_green_hours: \"5\"", "acute_green_hours",
          "acute_green_hours", YAML_BAD_VALUE },
        { "sector: welfare", "sector: police", "sector", "sector: police\n      bases: [consent",
          YAML_BAD_VALUE },
        { "sector: welfare", "sector: astrology", "sector", "sector: astrology", YAML_BAD_VALUE },
        { "[wpg_18, wpg_19, wpg_20]", "[wpg_18, avg_6_1_b]", "bases", "bases: [wpg_18",
          YAML_BAD_VALUE },
        { "[avg_6_1_b, avg_6_1_f]", "[avg_6_1_b, avg_6_1_b]", "bases", "bases: [avg_6_1_b",
          YAML_BAD_VALUE },
        { "[escrow, consented, acute]", "[escrow, open]", "modes", "modes: [escrow, open]",
          YAML_BAD_VALUE },
        { "retention_months: \"24\"", "retention_months: \"25\"", "retention_months",
          "retention_months: \"25\"", YAML_BAD_VALUE },
        { "oldest_weeks:", "oldest_years:", "oldest_years", NULL, YAML_UNKNOWN_KEY },
        { "  domains: \"2\"\n", "", "domains", NULL, YAML_MISSING_KEY },
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TEXT_ROOM];
        struct policy *policy = NULL;
        struct yaml_error error = { .kind = YAML_OK };

        changed_text(cases[i].from, cases[i].to, text);
        assert_err(ERR_MALFORMED, policy_load_text(text, strlen(text), &policy, &error));
        assert_null(policy);
        if ((int) error.kind != cases[i].kind || strcmp(error.field, cases[i].field) != 0) {
            fail_msg("case %zu: kind %d, field %s", i, (int) error.kind, error.field);
        }
        if (cases[i].on != NULL && error.line != line_of(text, cases[i].on)) {
            fail_msg("case %zu: line %u", i, error.line);
        }
    }
}

static void
working_days_skip_weekends_and_dutch_holidays(void **state)
{
    const struct {
        const char *from;
        const char *to;
    } cases[] = {
        { "2026-01-05T10:00:00Z", "2026-01-12T10:00:00Z" }, /* Monday to Monday */
        { "2026-01-09T23:59:59Z", "2026-01-16T23:59:59Z" }, /* Friday */
        { "2026-01-10T08:00:00Z", "2026-01-16T08:00:00Z" }, /* Saturday */
        { "2026-04-02T09:00:00Z", "2026-04-10T09:00:00Z" }, /* Easter Monday 6 April */
        { "2026-04-24T09:00:00Z", "2026-05-04T09:00:00Z" }, /* King's Day, Monday 27 April */
        { "2025-04-28T09:00:00Z", "2025-05-06T09:00:00Z" }, /* Liberation Day of a fifth year */
        { "2026-05-04T09:00:00Z", "2026-05-11T09:00:00Z" }, /* and of another */
        { "2026-05-13T09:00:00Z", "2026-05-21T09:00:00Z" }, /* Ascension 14 May */
        { "2026-05-22T09:00:00Z", "2026-06-01T09:00:00Z" }, /* Whit Monday 25 May */
        { "2026-12-24T09:00:00Z", "2027-01-04T09:00:00Z" }, /* Christmas and New Year */
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t from = 0;
        char text[TIME_TEXT_ROOM];

        assert_ok(time_parse(cases[i].from, &from));
        time_format(workdays_after(from, 5), text);
        assert_string_equal(text, cases[i].to);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_policy_says_what_the_rules_of_the_field_say),
        cmocka_unit_test(every_legal_basis_of_the_terms_is_allowed_to_its_own_sector_alone),
        cmocka_unit_test(each_bad_value_is_refused_with_its_field_and_line),
        cmocka_unit_test(working_days_skip_weekends_and_dutch_holidays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
