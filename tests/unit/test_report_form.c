/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

#include "clients/lib/report_form.h"
#include "clients/lib/report_message.h"
#include "proto/escrow/terms.h"

/* All persons here are made up. */

static const struct date TODAY = { 2026, 3, 10 };

static const struct report_filer POLICE = { .sector = SECTOR_POLICE,
                                            .may_use_bsn = true,
                                            .retention_months = 12 };
static const struct report_filer HOUSING = { .sector = SECTOR_HOUSING,
                                             .may_use_bsn = false,
                                             .retention_months = 12 };

static struct report_entry
police_entry(void)
{
    struct report_entry entry = { .text = { NULL } };

    entry.text[COLUMN_REFERENCE] = "P-2026/17";
    entry.text[COLUMN_OBSERVED_ON] = "2026-03-02";
    entry.text[COLUMN_DOMAINS] = "nuisance_justice  mental_health";
    entry.text[COLUMN_SEVERITY] = "serious";
    entry.text[COLUMN_LEGAL_BASIS] = "wpg_20";
    entry.text[COLUMN_CALL_NAME] = "Joke";
    entry.text[COLUMN_SURNAME] = "van Testen";
    entry.text[COLUMN_DATE_OF_BIRTH] = "1957-04-03";
    entry.text[COLUMN_BSN] = "999990019";
    entry.text[COLUMN_NARRATIVE] = "seen at night,\nconfused";
    return entry;
}

static struct report_entry
housing_entry(void)
{
    struct report_entry entry = police_entry();

    entry.text[COLUMN_BSN] = NULL;
    entry.text[COLUMN_DOMAINS] = "housing";
    entry.text[COLUMN_LEGAL_BASIS] = "avg_6_1_f";
    entry.text[COLUMN_ALREADY_TRIED] = "two visits";
    return entry;
}

/* Asserts that 'entry' is refused for 'field' alone, with a reason that holds 'words'. */
static void
assert_refused(const struct report_filer *filer, const struct report_entry *entry,
               const char *field, const char *words)
{
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    assert_err(ERR_MALFORMED, report_check(filer, entry, TODAY, &form, &problems));
    assert_int_equal(problems.count, 1);
    assert_string_equal(problems.list[0].field, field);
    assert_non_null(strstr(problems.list[0].reason, words));
}

static void
a_whole_report_is_taken_and_normalised(void **state)
{
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    assert_ok(report_check(&POLICE, &entry, TODAY, &form, &problems));
    assert_int_equal(form.band, BAND_SERIOUS);
    assert_int_equal(form.mode, MODE_ESCROW);
    assert_int_equal(form.legal_basis, BASIS_WPG_20);
    assert_int_equal(form.content.domains, 1 << DOMAIN_JUSTICE | 1 << DOMAIN_MENTAL);
    assert_int_equal(form.week, clock_week((struct date) { 2026, 3, 2 }));
    assert_int_equal(form.bucket, clock_bucket((struct date) { 2027, 3, 1 }));
    assert_string_equal(form.content.subject_name, "Joke van Testen");
    assert_string_equal(form.identity.person_number, "999990019");
    assert_string_equal(form.identity.surname, "testen");
}

static void
the_registry_can_shorten_the_term(void **state)
{
    struct report_entry entry = police_entry();
    struct report_filer filer = POLICE;
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    filer.retention_months = 3;
    assert_ok(report_check(&filer, &entry, TODAY, &form, &problems));
    assert_int_equal(form.bucket, clock_bucket((struct date) { 2026, 6, 1 }));
}

static void
a_missing_required_field_is_named(void **state)
{
    static const enum column REQUIRED[] = { COLUMN_REFERENCE, COLUMN_OBSERVED_ON, COLUMN_DOMAINS,
                                            COLUMN_SEVERITY, COLUMN_LEGAL_BASIS };

    (void) state;
    for (size_t i = 0; i < sizeof REQUIRED / sizeof REQUIRED[0]; i++) {
        struct report_entry entry = police_entry();

        entry.text[REQUIRED[i]] = "";
        assert_refused(&POLICE, &entry, report_column_key(REQUIRED[i]), "required");
    }
}

static void
all_problems_of_a_report_are_listed_at_once(void **state)
{
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    entry.text[COLUMN_OBSERVED_ON] = "2026-02-30";
    entry.text[COLUMN_SEVERITY] = "grave";
    entry.text[COLUMN_BSN] = "999990018";
    assert_err(ERR_MALFORMED, report_check(&POLICE, &entry, TODAY, &form, &problems));
    assert_int_equal(problems.count, 3);
    assert_string_equal(problems.list[0].field, "observed_on");
    assert_string_equal(problems.list[1].field, "severity");
    assert_string_equal(problems.list[2].field, "bsn");
}

static void
an_impossible_a_future_and_an_expired_day_are_refused(void **state)
{
    struct report_entry entry = police_entry();

    (void) state;
    entry.text[COLUMN_OBSERVED_ON] = "2026-02-30";
    assert_refused(&POLICE, &entry, "observed_on", "not a date");
    entry.text[COLUMN_OBSERVED_ON] = "02-03-2026";
    assert_refused(&POLICE, &entry, "observed_on", "not a date");
    entry.text[COLUMN_OBSERVED_ON] = "2026-03-11";
    assert_refused(&POLICE, &entry, "observed_on", "still to come");
    entry.text[COLUMN_OBSERVED_ON] = "2025-02-28";
    assert_refused(&POLICE, &entry, "observed_on", "expired");
}

static void
today_and_the_last_month_are_taken(void **state)
{
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    entry.text[COLUMN_OBSERVED_ON] = "2026-03-10";
    assert_ok(report_check(&POLICE, &entry, TODAY, &form, &problems));
    entry.text[COLUMN_OBSERVED_ON] = "2025-03-01";
    assert_ok(report_check(&POLICE, &entry, TODAY, &form, &problems));
}

static void
a_bsn_that_fails_the_elfproef_is_refused(void **state)
{
    struct report_entry entry = police_entry();

    (void) state;
    entry.text[COLUMN_BSN] = "999990018";
    assert_refused(&POLICE, &entry, "bsn", "fails its check");
}

static void
a_bsn_from_a_sector_that_may_not_use_it_is_refused(void **state)
{
    struct report_entry entry = housing_entry();

    (void) state;
    entry.text[COLUMN_BSN] = "999990019";
    assert_refused(&HOUSING, &entry, "bsn", "may not supply");
}

static void
a_bsn_that_the_registry_does_not_allow_is_refused_in_any_sector(void **state)
{
    struct report_entry entry = police_entry();
    struct report_filer filer = POLICE;

    (void) state;
    filer.may_use_bsn = false;
    assert_refused(&filer, &entry, "bsn", "may not supply");
}

static void
a_corporation_reports_no_health_and_says_what_it_tried(void **state)
{
    struct report_entry entry = housing_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    assert_ok(report_check(&HOUSING, &entry, TODAY, &form, &problems));
    entry.text[COLUMN_DOMAINS] = "housing addiction";
    assert_refused(&HOUSING, &entry, "domains", "health or addiction");
    entry.text[COLUMN_DOMAINS] = "housing";
    entry.text[COLUMN_ALREADY_TRIED] = "";
    assert_refused(&HOUSING, &entry, "already_tried", "required");
}

static void
a_legal_basis_of_another_sector_is_refused(void **state)
{
    struct report_entry entry = police_entry();

    (void) state;
    entry.text[COLUMN_LEGAL_BASIS] = "avg_6_1_f";
    assert_refused(&POLICE, &entry, "legal_basis", "not open to this sector");
    entry.text[COLUMN_LEGAL_BASIS] = "hearsay";
    assert_refused(&POLICE, &entry, "legal_basis", "not in the list");
}

static void
consent_needs_its_proof(void **state)
{
    static const struct report_filer CARE = { .sector = SECTOR_CARE,
                                              .may_use_bsn = true,
                                              .retention_months = 12 };
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    entry.text[COLUMN_LEGAL_BASIS] = "consent_bw_7_457";
    assert_refused(&CARE, &entry, "consent_reference", "consent");
    entry.text[COLUMN_LEGAL_BASIS] = "legal_duty";
    entry.text[COLUMN_MODE] = "consented";
    assert_refused(&CARE, &entry, "consent_reference", "consent");
    entry.text[COLUMN_CONSENT_REFERENCE] = "file 12";
    assert_ok(report_check(&CARE, &entry, TODAY, &form, &problems));
}

static void
all_or_unknown_domains_are_refused(void **state)
{
    struct report_entry entry = police_entry();

    (void) state;
    entry.text[COLUMN_DOMAINS] = "money work_day_activity housing domestic_relations mental_health "
                                 "physical_health addiction daily_living social_network "
                                 "participation nuisance_justice children_care";
    assert_refused(&POLICE, &entry, "domains", "all life domains");
    entry.text[COLUMN_DOMAINS] = "money,housing";
    assert_refused(&POLICE, &entry, "domains", "no life domain");
    entry.text[COLUMN_DOMAINS] = "a-word-that-is-longer-than-any-life-domain-is";
    assert_refused(&POLICE, &entry, "domains", "no life domain");
}

static void
a_text_at_its_bound_is_taken_and_one_beyond_is_not(void **state)
{
    char text[1002];
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    memset(text, 'x', sizeof text);
    text[1001] = '\0';
    entry.text[COLUMN_NARRATIVE] = text;
    assert_refused(&POLICE, &entry, "narrative", "too long");
    text[1000] = '\0';
    assert_ok(report_check(&POLICE, &entry, TODAY, &form, &problems));
    assert_int_equal(strlen(form.content.narrative), 1000);
}

static void
bytes_that_are_no_text_are_refused(void **state)
{
    struct report_entry entry = police_entry();

    (void) state;
    entry.text[COLUMN_NARRATIVE] = "caf\xe9";
    assert_refused(&POLICE, &entry, "narrative", "UTF-8");
    entry.text[COLUMN_NARRATIVE] = "\033[2J";
    assert_refused(&POLICE, &entry, "narrative", "control");
}

static void
too_little_to_recognise_anybody_is_refused(void **state)
{
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    entry.text[COLUMN_BSN] = NULL;
    entry.text[COLUMN_DATE_OF_BIRTH] = NULL;
    assert_err(ERR_MALFORMED, report_check(&POLICE, &entry, TODAY, &form, &problems));
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(problems.list[0].reason, "too little"));
}

static void
danger_now_is_acute(void **state)
{
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };

    (void) state;
    entry.text[COLUMN_MODE] = "acute";
    assert_refused(&POLICE, &entry, "severity", "acute");
    entry.text[COLUMN_SEVERITY] = "acute";
    assert_ok(report_check(&POLICE, &entry, TODAY, &form, &problems));
    assert_int_equal(form.mode, MODE_ACUTE);
}

static void
the_fullest_report_still_fits_its_envelope(void **state)
{
    char long_text[1001];
    struct report_content content = { .observed_on = { 2026, 3, 2 }, .domains = 0x7ff };
    struct report_content back;
    struct report_packed packed;
    struct bytes bytes;

    (void) state;
    memset(long_text, 'w', sizeof long_text);
    memcpy(content.subject_name, long_text, 120);
    memcpy(content.narrative, long_text, 1000);
    memcpy(content.already_tried, long_text, 300);
    memcpy(content.wishes, long_text, 200);
    memcpy(content.contact, long_text, 120);
    memcpy(content.consent_reference, long_text, 60);
    memcpy(content.reference, long_text, 40);
    content.awareness = 2;
    assert_ok(report_pack_content(&content, &packed));
    bytes = (struct bytes) { .data = packed.bytes, .len = packed.len };
    assert_ok(report_unpack_content(bytes, &back));
    assert_string_equal(back.narrative, content.narrative);
    assert_string_equal(back.reference, content.reference);
    assert_int_equal(back.domains, content.domains);
    assert_int_equal(back.awareness, 2);
    assert_int_equal(back.observed_on.day, 2);
}

static void
a_capsule_comes_back_as_it_was(void **state)
{
    struct report_entry entry = police_entry();
    struct report_form form;
    struct report_problems problems = { .count = 0 };
    struct report_capsule capsule = { .slot_count = 12, .key_types = { 1, 0, 2, 12 } };
    struct report_capsule back;
    struct report_packed packed;

    (void) state;
    assert_ok(report_check(&POLICE, &entry, TODAY, &form, &problems));
    capsule.identity = form.identity;
    assert_ok(report_pack_capsule(&capsule, &packed));
    assert_ok(
        report_unpack_capsule((struct bytes) { .data = packed.bytes, .len = packed.len }, &back));
    assert_memory_equal(back.key_types, capsule.key_types, sizeof back.key_types);
    assert_int_equal(back.slot_count, 12);
    assert_string_equal(back.identity.surname, "testen");
    assert_string_equal(back.identity.person_number, "999990019");
    assert_int_equal(back.identity.birth_date.year, 1957);
    assert_int_equal(back.identity.birth_date.day, 3);
}

static void
a_capsule_that_no_normaliser_made_is_refused(void **state)
{
    struct report_capsule capsule = { .slot_count = 12 };
    struct report_capsule back;
    struct report_packed packed;

    (void) state;
    snprintf(capsule.identity.surname, sizeof capsule.identity.surname, "Testen\033[2J");
    assert_ok(report_pack_capsule(&capsule, &packed));
    assert_err(
        ERR_MALFORMED,
        report_unpack_capsule((struct bytes) { .data = packed.bytes, .len = packed.len }, &back));
    assert_err(ERR_MALFORMED,
               report_unpack_capsule((struct bytes) { .data = (const uint8_t *) "\xff", .len = 1 },
                                     &back));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_report_is_taken_and_normalised),
        cmocka_unit_test(the_registry_can_shorten_the_term),
        cmocka_unit_test(a_missing_required_field_is_named),
        cmocka_unit_test(all_problems_of_a_report_are_listed_at_once),
        cmocka_unit_test(an_impossible_a_future_and_an_expired_day_are_refused),
        cmocka_unit_test(today_and_the_last_month_are_taken),
        cmocka_unit_test(a_bsn_that_fails_the_elfproef_is_refused),
        cmocka_unit_test(a_bsn_from_a_sector_that_may_not_use_it_is_refused),
        cmocka_unit_test(a_bsn_that_the_registry_does_not_allow_is_refused_in_any_sector),
        cmocka_unit_test(a_corporation_reports_no_health_and_says_what_it_tried),
        cmocka_unit_test(a_legal_basis_of_another_sector_is_refused),
        cmocka_unit_test(consent_needs_its_proof),
        cmocka_unit_test(all_or_unknown_domains_are_refused),
        cmocka_unit_test(a_text_at_its_bound_is_taken_and_one_beyond_is_not),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(too_little_to_recognise_anybody_is_refused),
        cmocka_unit_test(danger_now_is_acute),
        cmocka_unit_test(the_fullest_report_still_fits_its_envelope),
        cmocka_unit_test(a_capsule_comes_back_as_it_was),
        cmocka_unit_test(a_capsule_that_no_normaliser_made_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
