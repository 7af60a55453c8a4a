/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/correlate.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/vault_case.h"
#include "vault/cases.h"
#include "vault/record.h"
#include "vault/store/keyring.h"

enum { MARCH = 314, CASES = 16 };

struct listed {
    size_t count;
    struct case_summary cases[CASES]; /* newest first */
};

static struct listed
list(struct vault_case *it, bool include_closed)
{
    const struct case_query query = { .include_closed = include_closed };
    struct listed listed;

    cases_list(it->vault, &query, listed.cases, CASES, &listed.count);
    return listed;
}

/* The only open case. */
static struct case_file *
only_case(struct vault_case *it)
{
    struct listed listed = list(it, false);
    struct case_file *file = NULL;

    assert_int_equal(listed.count, 1);
    assert_ok(cases_get(it->vault, &listed.cases[0].id, &file));
    return file;
}

static bool
has_record(const struct case_file *file, const struct rid *rid, bool is_attached)
{
    for (size_t i = 0; i < file->record_count; i++) {
        if (memcmp(file->records[i].rid.bytes, rid->bytes, RID_LEN) == 0) {
            return file->records[i].facts.is_attached == is_attached;
        }
    }
    return false;
}

static void
two_sectors_on_one_person_are_flagged_with_an_explanation(void **state)
{
    struct vault_case *it = *state;
    struct rid police = vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "abc" });
    struct rid housing =
        vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "cde", .weeks_ago = 20 });
    struct correlate_report report = vault_case_correlate(it);
    struct case_file *file = only_case(it);
    char number[CASE_NUMBER_ROOM];

    assert_int_equal(report.done, 2);
    assert_int_equal(report.flagged, 1);
    assert_int_equal(vault_outstanding(it->vault), 0);
    assert_int_equal(file->record_count, 2);
    assert_true(has_record(file, &police, false));
    assert_true(has_record(file, &housing, false));
    assert_int_equal(file->summary.flags, FLAG_MULTI_SOURCE);
    assert_int_equal(file->summary.state, CASE_FLAGGED);
    assert_int_equal(file->summary.record_count, 2);
    assert_int_equal(file->summary.sector_count, 2);
    assert_int_equal(file->summary.domain_count, 2);
    assert_int_equal(file->explanations[0].rule, RULE_MULTI_SOURCE);
    assert_true(file->explanations[0].is_raised);
    assert_int_equal(file->explanations[0].records, 3);
    assert_string_equal(file->policy, "default 1");
    /* Monday to Monday. */
    assert_int_equal(file->summary.triage_before - file->summary.flagged_at, 7 * 24 * 3600);
    case_number_format(&file->summary, number);
    assert_string_equal(number, "2026-0001");
    free(file);
}

static void
a_match_is_found_in_another_bucket_and_another_run(void **state)
{
    struct vault_case *it = *state;

    vault_case_file(it, &(struct vault_spec) { .serial = 1, .bucket = MARCH + 3 });
    vault_case_correlate(it);
    vault_case_reopen(it, 0);
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .bucket = MARCH + 9 });
    vault_case_correlate(it);
    free(only_case(it));
}

static void
a_match_is_found_in_another_bucket_within_one_run(void **state)
{
    struct vault_case *it = *state;

    vault_case_file(it, &(struct vault_spec) { .serial = 1, .bucket = MARCH + 3 });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .bucket = MARCH + 9 });
    assert_int_equal(vault_case_correlate(it).done, 2);
    free(only_case(it));
}

static void
a_waiting_report_is_found_through_one_that_is_stored(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;

    /* The second police force meets the first one alone; the third report meets the first one too. */
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "ab" });
    vault_case_correlate(it);
    vault_case_file(it, &(struct vault_spec) { .serial = 6, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "b" });
    vault_case_correlate(it);
    file = only_case(it);
    assert_int_equal(file->record_count, 3);
    free(file);
}

static void
one_organisation_sector_or_legal_entity_links_nothing(void **state)
{
    const uint32_t pairs[][2] = {
        { 1, 1 }, /* one organisation twice */
        { 1, 6 }, /* two of one sector */
        { 4, 7 }, /* two sectors of one legal entity */
    };
    struct vault_case *it = *state;
    const char *keys[] = { "a", "b", "c" };

    for (size_t i = 0; i < 3; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = pairs[i][0], .keys = keys[i] });
        vault_case_file(it, &(struct vault_spec) { .serial = pairs[i][1], .keys = keys[i] });
    }
    assert_int_equal(vault_case_correlate(it).done, 6);
    assert_int_equal(list(it, true).count, 0);
    assert_int_equal(it->gate.calls, 0);
}

static void
other_persons_are_not_mixed_in(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;

    vault_case_file(it, &(struct vault_spec) { .serial = 3, .keys = "xyz" });
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "abc" });
    vault_case_file(it, &(struct vault_spec) { .serial = 4, .keys = "uvw" });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "cde" });
    vault_case_correlate(it);
    file = only_case(it);
    assert_int_equal(file->record_count, 2);
    free(file);
}

static void
one_domain_alone_flags_nothing_until_another_one_comes(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;

    it->gate.tags[1] = 4;
    it->gate.tags[2] = 4;
    it->gate.tags[3] = 8;
    vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    vault_case_correlate(it);
    assert_int_equal(it->gate.calls, 1);
    assert_int_equal(list(it, true).count, 0);
    vault_case_file(it, &(struct vault_spec) { .serial = 3 });
    vault_case_correlate(it);
    file = only_case(it);
    assert_int_equal(file->record_count, 3);
    assert_int_equal(file->summary.domain_count, 2);
    free(file);
}

static void
the_gate_is_not_asked_about_what_lies_too_far_apart(void **state)
{
    struct vault_case *it = *state;

    vault_case_file(it, &(struct vault_spec) { .serial = 2, .weeks_ago = 53, .bucket = MARCH + 1 });
    vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    vault_case_correlate(it);
    assert_int_equal(it->gate.calls, 0);
    assert_int_equal(list(it, true).count, 0);
}

static void
an_attached_record_counts_but_is_not_a_source(void **state)
{
    struct vault_case *it = *state;
    struct rid second;
    struct case_file *file;

    /* The second police force shares a key with the first one alone. */
    vault_case_file(
        it,
        &(struct vault_spec) { .serial = 1, .keys = "ab", .weeks_ago = 30, .bucket = MARCH + 3 });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "b", .weeks_ago = 20 });
    vault_case_correlate(it);
    second = vault_case_file(it, &(struct vault_spec) { .serial = 6, .keys = "a", .band = 3 });
    assert_int_equal(vault_case_correlate(it).changed, 1);
    file = only_case(it);
    assert_int_equal(file->record_count, 3);
    assert_true(has_record(file, &second, true));
    assert_int_equal(file->summary.record_count, 2);
    assert_int_equal(file->summary.highest_band, 3);
    assert_int_equal(file->summary.flags, FLAG_MULTI_SOURCE | FLAG_ESCALATING);
    free(file);
}

static void
a_record_that_joins_two_components_merges_their_cases(void **state)
{
    struct vault_case *it = *state;
    struct listed listed;
    struct case_file *older = NULL;
    struct case_file *younger = NULL;

    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "b" });
    vault_case_file(it, &(struct vault_spec) { .serial = 3, .keys = "b" });
    assert_int_equal(vault_case_correlate(it).flagged, 2);
    vault_case_file(it, &(struct vault_spec) { .serial = 4, .keys = "ab" });
    assert_int_equal(vault_case_correlate(it).changed, 1);

    listed = list(it, true);
    assert_int_equal(listed.count, 2);
    assert_ok(cases_get(it->vault, &listed.cases[0].id, &younger));
    assert_ok(cases_get(it->vault, &listed.cases[1].id, &older));
    assert_int_equal(older->summary.state, CASE_FLAGGED);
    assert_int_equal(older->record_count, 5);
    assert_int_equal(younger->summary.state, CASE_CLOSED);
    assert_int_equal(younger->summary.close_reason, CASE_MERGED);
    assert_memory_equal(younger->merged_into.bytes, older->summary.id.bytes, CASE_ID_LEN);
    free(older);
    free(younger);

    /* What comes next goes to the older one. */
    vault_case_file(it, &(struct vault_spec) { .serial = 5, .keys = "b" });
    vault_case_correlate(it);
    older = only_case(it);
    assert_int_equal(older->record_count, 6);
    free(older);
}

static void
an_expired_bucket_never_takes_part(void **state)
{
    struct vault_case *it = *state;

    vault_case_file(it, &(struct vault_spec) { .serial = 2, .bucket = MARCH });
    vault_case_correlate(it);
    vault_case_set_clock(it, "2026-04-01T00:00:00Z");
    vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    assert_int_equal(vault_case_correlate(it).done, 1);
    assert_int_equal(list(it, true).count, 0);
    assert_int_equal(it->gate.calls, 0);
}

static void
a_report_that_expires_before_its_turn_is_dropped(void **state)
{
    struct vault_case *it = *state;
    struct correlate_report report;

    vault_case_file(it, &(struct vault_spec) { .serial = 2, .bucket = MARCH });
    vault_case_file(it, &(struct vault_spec) { .serial = 3, .bucket = MARCH + 1 });
    assert_ok(keyring_destroy(it->ring, KEYRING_BUCKET, MARCH + 1));
    vault_case_set_clock(it, "2026-04-01T00:00:00Z");
    vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    report = vault_case_correlate(it);
    assert_int_equal(report.done, 3);
    assert_int_equal(report.dropped, 2);
    assert_int_equal(list(it, true).count, 0);
    assert_int_equal(vault_outstanding(it->vault), 0);
}

static void
an_acute_or_consented_report_is_a_case_at_once_and_alone(void **state)
{
    struct vault_case *it = *state;
    struct listed listed;

    vault_case_file(it, &(struct vault_spec) { .serial = 1, .mode = MODE_ACUTE, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 3, .mode = MODE_CONSENTED, .keys = "b" });
    assert_int_equal(vault_case_correlate(it).flagged, 2);
    listed = list(it, false);
    assert_int_equal(listed.count, 2);
    assert_int_equal(listed.cases[0].flags, FLAG_CONSENTED);
    assert_int_equal(listed.cases[1].flags, FLAG_ACUTE);
    assert_int_equal(listed.cases[1].record_count, 1);
    /* Band 4: two hours. */
    assert_int_equal(listed.cases[1].triage_before - listed.cases[1].flagged_at, 2 * 3600);
    assert_int_equal(it->gate.calls, 0);
}

static void
an_acute_case_grows_when_another_sector_reports(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;

    vault_case_file(it, &(struct vault_spec) { .serial = 1, .mode = MODE_ACUTE });
    vault_case_correlate(it);
    vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    assert_int_equal(vault_case_correlate(it).changed, 1);
    file = only_case(it);
    assert_int_equal(file->record_count, 2);
    assert_int_equal(file->summary.flags, FLAG_MULTI_SOURCE | FLAG_ACUTE);
    free(file);
}

static void
an_acute_report_shows_no_other_one_below_the_threshold(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;

    it->gate.tags[1] = 4;
    it->gate.tags[2] = 4; /* one domain: no flag of several sources */
    vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .mode = MODE_ACUTE });
    vault_case_correlate(it);
    file = only_case(it);
    assert_int_equal(file->record_count, 1);
    assert_int_equal(file->summary.flags, FLAG_ACUTE);
    free(file);
}

static void
with_the_gate_away_tasks_wait_and_nothing_is_lost(void **state)
{
    struct vault_case *it = *state;
    struct correlate_report report;
    struct case_file *file;

    it->gate.err = ERR_UNAVAILABLE;
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 3, .keys = "a", .mode = MODE_ACUTE });
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "z" });
    report = vault_case_correlate(it);
    assert_int_equal(report.done, 2);
    assert_int_equal(report.deferred, 2);
    assert_int_equal(report.gate_err, ERR_UNAVAILABLE);
    assert_int_equal(it->gate.calls, 1);
    assert_int_equal(vault_outstanding(it->vault), 2);
    /* The acute one does not wait for the gate. */
    file = only_case(it);
    assert_int_equal(file->summary.flags, FLAG_ACUTE);
    free(file);
    report = vault_case_correlate(it);
    assert_int_equal(report.done, 0);
    assert_int_equal(report.flagged, 0);

    it->gate.err = ERR_OK;
    vault_case_reopen(it, 0);
    assert_int_equal(vault_outstanding(it->vault), 2);
    report = vault_case_correlate(it);
    assert_int_equal(report.done, 2);
    assert_int_equal(report.deferred, 0);
    file = only_case(it);
    assert_int_equal(file->record_count, 3);
    assert_int_equal(file->summary.flags & FLAG_MULTI_SOURCE, FLAG_MULTI_SOURCE);
    free(file);
}

/* A gate that cannot answer about serial 3. */
static enum err
assess_but_one(void *context, const struct rid *rids, size_t count, uint16_t *tags,
               uint64_t *rejected)
{
    struct vault_case *it = context;
    const struct correlate_gate gate = vault_case_gate(it);

    for (size_t i = 0; i < count; i++) {
        struct record_meta meta;

        assert_ok(record_read_meta(it->vault, NULL, &rids[i], &meta));
        if (meta.header.serial == 3) {
            return ERR_INVALID;
        }
    }
    return gate.assess(gate.context, rids, count, tags, rejected);
}

static void
a_question_that_the_gate_refuses_keeps_no_other_one_waiting(void **state)
{
    struct vault_case *it = *state;
    const struct correlate_gate gate = { .assess = assess_but_one, .context = it };
    struct correlate_report report;

    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 3, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "z" });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "z" });
    assert_ok(correlate_run(it->vault, &gate, SIZE_MAX, &report));
    assert_int_equal(report.gate_err, ERR_INVALID);
    assert_int_equal(report.deferred, 1);
    assert_int_equal(report.flagged, 1);
    assert_int_equal(vault_outstanding(it->vault), 1);
    free(only_case(it));
}

static void
a_record_that_the_gate_rejects_blocks_no_other_one(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;

    it->gate.rejected_serial = 3;
    vault_case_file(it, &(struct vault_spec) { .serial = 3 });
    vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    assert_int_equal(vault_case_correlate(it).done, 3);
    file = only_case(it);
    assert_int_equal(file->record_count, 2);
    free(file);
    /* And by itself it is in no case. */
    vault_case_file(it, &(struct vault_spec) { .serial = 3 });
    assert_int_equal(vault_case_correlate(it).done, 1);
    file = only_case(it);
    assert_int_equal(file->record_count, 2);
    free(file);
}

static void
equal_index_values_look_unlike_on_the_disk(void **state)
{
    struct vault_case *it = *state;
    const struct store_range range = { .space = STORE_INDEX,
                                       .month = MARCH + 12,
                                       .limit = STORE_SCAN_MAX };
    struct store_page page;

    for (uint32_t i = 0; i < 10; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = 1 + i % 2, .keys = "abcdef" });
    }
    vault_case_correlate(it);
    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 120);
    for (size_t i = 1; i < page.count; i++) {
        assert_int_equal(page.rows[i].len, page.rows[0].len);
        assert_int_equal(page.rows[i].key.len, page.rows[0].key.len);
        /* Rows are in the order of their keys. */
        assert_memory_not_equal(page.rows[i].key.data, page.rows[i - 1].key.data, 4);
        assert_memory_not_equal(page.rows[i].data, page.rows[i - 1].data, 8);
    }
    store_page_done(&page);
}

static void
an_interrupted_run_is_taken_up_again_without_loss_or_double(void **state)
{
    struct vault_case *it = *state;
    const struct correlate_gate gate = vault_case_gate(it);
    struct correlate_report report;
    enum refusal refusal = REFUSAL_NONE;
    uint32_t filed = 0;
    uint32_t calls = 0;
    struct case_file *file;

    /* Fill the store to the brim with reports, those of the pair first. */
    vault_case_reopen(it, 2 * 1024 * 1024);
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "a" });
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "a" });
    while (refusal == REFUSAL_NONE) {
        struct vault_report filler;
        struct intake_receipt receipt;

        vault_case_make(it, &(struct vault_spec) { .serial = 3, .keys = "" }, &filler);
        refusal = vault_case_submit(it, &filler, &receipt);
        filed += refusal == REFUSAL_NONE;
    }
    assert_int_equal(refusal, REFUSAL_STORAGE_FULL);
    while (calls < 100 && correlate_run(it->vault, &gate, 1, &report) == ERR_OK &&
           report.done > 0) {
        calls++;
    }
    assert_err(ERR_FULL, correlate_run(it->vault, &gate, SIZE_MAX, &report));
    assert_true(vault_outstanding(it->vault) > 0);

    vault_case_reopen(it, 64 * 1024 * 1024);
    vault_case_correlate(it);
    assert_int_equal(vault_outstanding(it->vault), 0);
    file = only_case(it);
    assert_int_equal(file->record_count, 2);
    free(file);
    /* Every filler is in the index: another sector that knows one of them would find it. */
    assert_true(filed > 10);
    assert_int_equal(vault_case_correlate(it).done, 0);
}

static void
a_report_on_a_closed_case_gives_a_new_one(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;
    struct listed listed;

    vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    vault_case_correlate(it);
    file = only_case(it);
    assert_ok(cases_close(it->vault, &file->summary.id, CASE_REJECTED, &it->who));
    free(file);
    vault_case_file(it, &(struct vault_spec) { .serial = 3 });
    assert_int_equal(vault_case_correlate(it).flagged, 1);
    listed = list(it, true);
    assert_int_equal(listed.count, 2);
    assert_int_equal(listed.cases[0].number, 2);
    assert_int_equal(listed.cases[0].record_count, 3);
    assert_int_equal(listed.cases[1].state, CASE_CLOSED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define VAULT_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, vault_case_setup, vault_case_teardown)
        VAULT_TEST(two_sectors_on_one_person_are_flagged_with_an_explanation),
        VAULT_TEST(a_match_is_found_in_another_bucket_and_another_run),
        VAULT_TEST(a_match_is_found_in_another_bucket_within_one_run),
        VAULT_TEST(a_waiting_report_is_found_through_one_that_is_stored),
        VAULT_TEST(one_organisation_sector_or_legal_entity_links_nothing),
        VAULT_TEST(other_persons_are_not_mixed_in),
        VAULT_TEST(one_domain_alone_flags_nothing_until_another_one_comes),
        VAULT_TEST(the_gate_is_not_asked_about_what_lies_too_far_apart),
        VAULT_TEST(an_attached_record_counts_but_is_not_a_source),
        VAULT_TEST(a_record_that_joins_two_components_merges_their_cases),
        VAULT_TEST(an_expired_bucket_never_takes_part),
        VAULT_TEST(a_report_that_expires_before_its_turn_is_dropped),
        VAULT_TEST(an_acute_or_consented_report_is_a_case_at_once_and_alone),
        VAULT_TEST(an_acute_case_grows_when_another_sector_reports),
        VAULT_TEST(an_acute_report_shows_no_other_one_below_the_threshold),
        VAULT_TEST(with_the_gate_away_tasks_wait_and_nothing_is_lost),
        VAULT_TEST(a_question_that_the_gate_refuses_keeps_no_other_one_waiting),
        VAULT_TEST(a_record_that_the_gate_rejects_blocks_no_other_one),
        VAULT_TEST(equal_index_values_look_unlike_on_the_disk),
        VAULT_TEST(an_interrupted_run_is_taken_up_again_without_loss_or_double),
        VAULT_TEST(a_report_on_a_closed_case_gives_a_new_one),
    };

    if (secret_start(2 * KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
