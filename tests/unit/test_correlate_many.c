/* SPDX-License-Identifier: EUPL-1.2 */
/* The correlator with many reports at once. */
#include "vault/correlate.h"

#include <stdlib.h>

#include "base/clock.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/vault_case.h"
#include "vault/cases.h"
#include "vault/store/keyring.h"

/* The only open case. */
static struct case_file *
only_case(struct vault_case *it)
{
    const struct case_query query = { .include_closed = false };
    struct case_summary cases[2];
    struct case_file *file = NULL;
    size_t count = 0;

    cases_list(it->vault, &query, cases, 2, &count);
    assert_int_equal(count, 1);
    assert_ok(cases_get(it->vault, &cases[0].id, &file));
    return file;
}

static void
nobody_is_crowded_out_by_filing_often(void **state)
{
    struct vault_case *it = *state;
    struct case_file *file;
    size_t of_police = 0;

    vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    for (size_t i = 0; i < 80; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    }
    vault_case_file(it, &(struct vault_spec) { .serial = 3 });
    vault_case_correlate(it);
    file = only_case(it);
    assert_int_equal(file->record_count, COMPONENT_MAX);
    for (size_t i = 0; i < file->record_count; i++) {
        of_police += file->records[i].facts.serial == 1;
    }
    assert_int_equal(of_police, COMPONENT_MAX - 2);
    assert_int_equal(file->summary.sector_count, 3);
    free(file);
}

/* Each index value is walked once for a report, however many others have it: 240,000 rows in all here, not
 * 24 million. */
static void
alike_reports_do_not_cost_the_square_of_their_number_each(void **state)
{
    enum { ALIKE = 200, MOST_MS = 15000 };
    struct vault_case *it = *state;
    uint64_t begun_ms;

    for (size_t i = 0; i < ALIKE; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "abcdefghijkl" });
    }
    begun_ms = clock_monotonic_ms();
    assert_int_equal(vault_case_correlate(it).done, ALIKE);
    assert_true(clock_monotonic_ms() - begun_ms < MOST_MS);
}

static void
quiet_reports_share_commits(void **state)
{
    struct vault_case *it = *state;
    struct store_stats before;
    struct store_stats after;

    for (size_t i = 0; i < 32; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "" });
    }
    assert_ok(store_stats(it->store, &before));
    assert_int_equal(vault_case_correlate(it).done, 32);
    assert_ok(store_stats(it->store, &after));
    assert_int_equal(after.batches - before.batches, 4);
}

static void
at_most_so_many_tasks_are_done_in_a_run(void **state)
{
    struct vault_case *it = *state;
    const struct correlate_gate gate = vault_case_gate(it);
    struct correlate_report report;

    for (size_t i = 0; i < 5; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "" });
    }
    assert_ok(correlate_run(it->vault, &gate, 3, &report));
    assert_int_equal(report.done, 3);
    assert_int_equal(vault_outstanding(it->vault), 2);
}

static size_t
index_rows(struct vault_case *it, uint16_t month)
{
    struct store_key after;
    struct store_range range = { .space = STORE_INDEX, .month = month, .limit = STORE_SCAN_MAX };
    size_t count = 0;
    bool is_last = false;

    while (!is_last) {
        struct store_page page;

        assert_ok(store_scan(it->store, NULL, &range, &page));
        is_last = page.is_last;
        count += page.count;
        if (page.count > 0) {
            after = page.rows[page.count - 1].key;
            range.after = &after;
        }
        store_page_done(&page);
    }
    return count;
}

static void
who_files_very_often_on_one_person_fills_no_chain(void **state)
{
    const uint16_t bucket = 326;
    struct vault_case *it = *state;

    for (size_t i = 0; i < 70; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = 1, .bucket = bucket });
    }
    vault_case_correlate(it);
    assert_int_equal(index_rows(it, bucket), COMPONENT_MAX * HEADER_SLOTS);
    assert_int_equal(vault_outstanding(it->vault), 0);
    /* Others are unaffected, and meet what is there. */
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .bucket = bucket });
    assert_int_equal(vault_case_correlate(it).flagged, 1);
    assert_int_equal(index_rows(it, bucket), (COMPONENT_MAX + 1) * HEADER_SLOTS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define VAULT_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, vault_case_setup, vault_case_teardown)
        VAULT_TEST(who_files_very_often_on_one_person_fills_no_chain),
        VAULT_TEST(nobody_is_crowded_out_by_filing_often),
        VAULT_TEST(alike_reports_do_not_cost_the_square_of_their_number_each),
        VAULT_TEST(quiet_reports_share_commits),
        VAULT_TEST(at_most_so_many_tasks_are_done_in_a_run),
    };

    if (secret_start(2 * KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
