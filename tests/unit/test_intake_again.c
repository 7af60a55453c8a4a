/* SPDX-License-Identifier: EUPL-1.2 */
/* A report handed in again, at the same time, or where there is no room; and what a row and a receipt do
 * not tell. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/vault_case.h"
#include "vault/intake.h"
#include "vault/record.h"
#include "vault/store/keyring.h"

enum { MARCH = 314 };

static void
assert_refusal(enum refusal wanted, enum refusal got, const char *what)
{
    if (wanted != got) {
        fail_msg("%s: %s instead of %s", what, refusal_token(got), refusal_token(wanted));
    }
}

struct seen {
    size_t count;
    struct own_report last;
};

static enum err
see(void *context, const struct own_report *report)
{
    struct seen *seen = context;

    seen->count++;
    seen->last = *report;
    return ERR_OK;
}

static uint64_t
leaves(struct vault_case *it)
{
    struct store_head head;

    assert_ok(store_head(it->store, NULL, &head));
    return head.size;
}

/* ---- the same again ---- */

static void
the_same_report_gets_its_first_receipt_again(void **state)
{
    struct vault_case *it = *state;
    struct vault_report report;
    struct intake_receipt first;
    struct intake_receipt again;
    uint64_t before;

    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &first), "first");
    before = leaves(it);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &again), "at once");
    assert_memory_equal(&first, &again, sizeof first);

    /* When its ticket and its time are too old already, and after a new start. */
    vault_case_set_clock(it, "2026-04-20T12:00:00Z");
    vault_case_reopen(it, 0);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &again), "later");
    assert_memory_equal(&first, &again, sizeof first);
    assert_int_equal(leaves(it), before + 2); /* no receipt without a record, again neither */
    assert_int_equal(vault_outstanding(it->vault), 1);
}

static void
other_content_under_a_used_rid_is_refused(void **state)
{
    struct vault_case *it = *state;
    struct vault_report report;
    struct vault_report other;
    struct intake_receipt receipt;

    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "first");
    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &other);
    other.header.rid = report.header.rid;
    vault_case_sign(it, &other);
    assert_refusal(REFUSAL_RID_USED, vault_case_submit(it, &other, &receipt), "content");

    /* Also in another bucket, and by another organisation. */
    other.header.bucket--;
    vault_case_sign(it, &other);
    assert_refusal(REFUSAL_RID_USED, vault_case_submit(it, &other, &receipt), "bucket");
    vault_case_make(it, &(struct vault_spec) { .serial = 3 }, &other);
    other.header.rid = report.header.rid;
    vault_case_sign(it, &other);
    assert_refusal(REFUSAL_RID_USED, vault_case_submit(it, &other, &receipt), "organisation");
}

static void
a_used_ticket_is_refused(void **state)
{
    struct vault_case *it = *state;
    struct vault_report report;
    struct vault_report other;
    struct intake_receipt receipt;

    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "first");
    vault_case_reopen(it, 0);
    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &other);
    memcpy(other.tickets, report.tickets, sizeof other.tickets);
    vault_case_sign(it, &other);
    assert_refusal(REFUSAL_TICKET_USED, vault_case_submit(it, &other, &receipt), "ticket");
}

enum { THREADS = 8, ROUNDS = 50 };

struct racer {
    struct vault_case *it;
    const struct vault_report *report;
    enum refusal refusal;
    struct intake_receipt receipt;
};

static void *
race(void *context)
{
    struct racer *racer = context;

    racer->refusal = vault_case_submit(racer->it, racer->report, &racer->receipt);
    return NULL;
}

static void
eight_at_once_with_one_report_get_one_receipt(void **state)
{
    struct vault_case *it = *state;
    uint64_t before = leaves(it);

    for (uint32_t round = 1; round <= ROUNDS; round++) {
        struct vault_report report;
        struct racer racers[THREADS];
        pthread_t threads[THREADS];

        vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
        for (size_t i = 0; i < THREADS; i++) {
            racers[i] = (struct racer) { .it = it, .report = &report };
            assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
        }
        for (size_t i = 0; i < THREADS; i++) {
            assert_refusal(REFUSAL_NONE, racers[i].refusal, "racer");
            assert_memory_equal(&racers[i].receipt, &racers[0].receipt, sizeof racers[0].receipt);
        }
        assert_int_equal(leaves(it), before + THREADS * round);
        assert_int_equal(vault_outstanding(it->vault), round);
    }
}

static void
eight_at_once_with_one_ticket_file_one_report(void **state)
{
    struct vault_case *it = *state;
    static struct vault_report reports[THREADS];
    struct racer racers[THREADS];
    pthread_t threads[THREADS];
    size_t taken = 0;

    for (size_t i = 0; i < THREADS; i++) {
        vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &reports[i]);
        memcpy(reports[i].tickets, reports[0].tickets, sizeof reports[0].tickets);
        vault_case_sign(it, &reports[i]);
        racers[i] = (struct racer) { .it = it, .report = &reports[i] };
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        taken += racers[i].refusal == REFUSAL_NONE;
        assert_true(racers[i].refusal == REFUSAL_NONE || racers[i].refusal == REFUSAL_TICKET_USED);
    }
    assert_int_equal(taken, 1);
    assert_int_equal(vault_outstanding(it->vault), 1);
}

/* ---- what is not told ---- */

static void
receipts_and_rows_are_alike_with_and_without_a_match(void **state)
{
    struct vault_case *it = *state;
    struct store_stats stats[3];
    uint64_t sizes[3];
    struct intake_receipt receipts[2];
    const char *keys[] = { "abc", "xyz" }; /* the first meets an indexed report, the second none */

    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "abc" });
    vault_case_correlate(it);
    for (size_t i = 0; i < 2; i++) {
        struct vault_report report;

        assert_ok(store_stats(it->store, &stats[i]));
        sizes[i] = leaves(it);
        vault_case_make(it, &(struct vault_spec) { .serial = 2, .keys = keys[i] }, &report);
        assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipts[i]), keys[i]);
        memset(&receipts[i].rid, 0, sizeof receipts[i].rid);
        memset(&receipts[i].p, 0, sizeof receipts[i].p);
    }
    assert_ok(store_stats(it->store, &stats[2]));
    sizes[2] = leaves(it);
    assert_memory_equal(&receipts[0], &receipts[1], sizeof receipts[0]);
    assert_int_equal(stats[1].rows - stats[0].rows, stats[2].rows - stats[1].rows);
    assert_int_equal(sizes[1] - sizes[0], sizes[2] - sizes[1]);
}

/* Calls 'each' for every row of the store. */
static void
each_row(struct vault_case *it, void (*each)(void *context, const struct store_row *row),
         void *context)
{
    for (int space = STORE_STATE; space <= STORE_OUTBOX; space++) {
        uint16_t months[64];
        size_t count = 0;

        assert_ok(store_months(it->store, (enum store_space) space, months, 64, &count));
        for (size_t i = 0; i < count; i++) {
            struct store_range range = { .space = (enum store_space) space,
                                         .month = months[i],
                                         .limit = STORE_SCAN_MAX };
            struct store_page page;

            assert_ok(store_scan(it->store, NULL, &range, &page));
            assert_true(page.is_last);
            for (size_t j = 0; j < page.count; j++) {
                each(context, &page.rows[j]);
            }
            store_page_done(&page);
        }
    }
}

struct search {
    const struct vault_report *report;
    size_t rows;
};

static void
search_row(void *context, const struct store_row *row)
{
    struct search *search = context;
    const struct report_header *header = &search->report->header;

    search->rows++;
    assert_null(memmem(row->data, row->len, header->rid.bytes, RID_LEN));
    assert_null(memmem(row->key.data, row->key.len, header->rid.bytes, RID_LEN));
    for (size_t i = 0; i < HEADER_SLOTS; i++) {
        assert_null(memmem(row->data, row->len, header->blocks[0].index[i].bytes, 16));
        assert_null(memmem(row->key.data, row->key.len, header->blocks[0].index[i].bytes, 16));
    }
    assert_null(memmem(row->data, row->len, search->report->gate, 16));
    assert_null(memmem(row->data, row->len, search->report->inner, 16));
}

static void
no_row_holds_a_rid_an_index_value_or_a_box_in_clear(void **state)
{
    struct vault_case *it = *state;
    struct vault_report report;
    struct intake_receipt receipt;
    struct search search = { .report = &report };

    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "first");
    each_row(it, search_row, &search);
    vault_case_correlate(it);
    each_row(it, search_row, &search);
    assert_true(search.rows > 16);
}

static void
a_report_whose_month_key_is_destroyed_cannot_be_read(void **state)
{
    struct vault_case *it = *state;
    struct rid rid = vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    struct record_meta meta;
    struct record record;

    assert_ok(keyring_destroy(it->ring, KEYRING_BUCKET, MARCH + 12));
    assert_err(ERR_EXPIRED, record_read_meta(it->vault, NULL, &rid, &meta));
    assert_err(ERR_EXPIRED, record_read(it->vault, NULL, &rid, &record));
}

static void
a_full_store_says_so_and_keeps_what_it_has(void **state)
{
    struct vault_case *it = *state;
    enum refusal refusal = REFUSAL_NONE;
    struct intake_receipt receipt;
    struct vault_report report = { .signature = { { 0 } } };
    uint32_t stored = 0;
    struct seen seen = { 0 };

    vault_case_reopen(it, 1024 * 1024);
    while (refusal == REFUSAL_NONE && stored < 1000) {
        vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
        refusal = vault_case_submit(it, &report, &receipt);
        stored += refusal == REFUSAL_NONE;
    }
    assert_refusal(REFUSAL_STORAGE_FULL, refusal, "full");
    assert_true(stored > 10);
    assert_int_equal(vault_outstanding(it->vault), stored);
    vault_case_reopen(it, 4 * 1024 * 1024);
    assert_ok(record_list_own(it->vault, 2, see, &seen));
    assert_int_equal(seen.count, stored);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "the refused one");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define VAULT_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, vault_case_setup, vault_case_teardown)
        VAULT_TEST(the_same_report_gets_its_first_receipt_again),
        VAULT_TEST(other_content_under_a_used_rid_is_refused),
        VAULT_TEST(a_used_ticket_is_refused),
        VAULT_TEST(eight_at_once_with_one_report_get_one_receipt),
        VAULT_TEST(eight_at_once_with_one_ticket_file_one_report),
        VAULT_TEST(receipts_and_rows_are_alike_with_and_without_a_match),
        VAULT_TEST(no_row_holds_a_rid_an_index_value_or_a_box_in_clear),
        VAULT_TEST(a_report_whose_month_key_is_destroyed_cannot_be_read),
        VAULT_TEST(a_full_store_says_so_and_keeps_what_it_has),
    };

    if (secret_start(2 * KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
