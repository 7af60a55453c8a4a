/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/intake.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/escrow/sign.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/vault_case.h"
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

static bool
is_same(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
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

static void
a_report_is_read_back_as_it_was_filed(void **state)
{
    struct vault_case *it = *state;
    struct vault_report report;
    struct intake_receipt receipt;
    struct record record;
    struct record_meta meta;
    struct seen seen = { 0 };

    vault_case_make(it, &(struct vault_spec) { .serial = 3, .mode = MODE_ACUTE, .keys = "abc" },
                    &report);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "first");
    assert_memory_equal(receipt.rid.bytes, report.header.rid.bytes, RID_LEN);
    assert_int_equal(receipt.route, ROUTE_AT_ONCE);
    assert_int_equal(receipt.act_within_s, 2 * 3600);
    assert_int_equal(receipt.day, clock_day(clock_now_s(it->clock)));
    assert_int_equal(vault_outstanding(it->vault), 1);

    vault_case_reopen(it, 0);
    assert_int_equal(vault_outstanding(it->vault), 1);
    assert_ok(record_read(it->vault, NULL, &report.header.rid, &record));
    assert_true(is_same(record.header, report.submission.header));
    assert_true(is_same(record.gate, report.submission.gate));
    assert_true(is_same(record.inner, report.submission.inner));
    assert_true(is_same(record.direct, report.submission.direct));
    assert_true(is_same(record.tickets, report.submission.tickets));
    assert_true(is_same(record.signature, report.submission.signature));
    assert_int_equal(record.sent, report.submission.sent);
    record_done(&record);
    assert_ok(record_read_meta(it->vault, NULL, &report.header.rid, &meta));
    assert_int_equal(meta.entity, 103);
    assert_int_equal(meta.sector, SECTOR_CARE);

    assert_ok(record_list_own(it->vault, 3, see, &seen));
    assert_int_equal(seen.count, 1);
    assert_memory_equal(seen.last.rid.bytes, report.header.rid.bytes, RID_LEN);
    assert_int_equal(seen.last.bucket, MARCH + 12);
    assert_int_equal(seen.last.mode, MODE_ACUTE);
    assert_int_equal(seen.last.band, BAND_ACUTE);
    assert_ok(record_list_own(it->vault, 2, see, &seen));
    assert_int_equal(seen.count, 1);
}

/* ---- what is refused ---- */

typedef void change(struct vault_case *it, struct vault_report *report);

static void
one_byte_more(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.header.len++;
}

static void
slots_out_of_order(struct vault_case *it, struct vault_report *report)
{
    uint8_t *slots = report->header_bytes + HEADER_FIXED_LEN + CTX_LEN;
    uint8_t first[HASH32_LEN];

    (void) it;
    memcpy(first, slots, HASH32_LEN);
    memcpy(slots, slots + HASH32_LEN, HASH32_LEN);
    memcpy(slots + HASH32_LEN, first, HASH32_LEN);
}

static void
thirteen_slots(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.header.len += HASH32_LEN;
}

static void
short_gate_box(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.gate.len--;
}

static void
long_inner_box(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.inner.len++;
}

static void
direct_box_in_escrow(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.direct.len = ENVELOPE_DIRECT_LEN;
}

static void
acute_without_direct_box(struct vault_case *it, struct vault_report *report)
{
    report->header.mode = MODE_ACUTE;
    vault_case_sign(it, report);
    report->submission.direct.len = 0;
}

static void
two_tickets_for_one_block(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.tickets.len--;
}

static void
short_signature(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.signature.len--;
}

static void
signature_of_another(struct vault_case *it, struct vault_report *report)
{
    struct key64 own = it->organisations[2].secret;

    it->organisations[2].secret = it->organisations[1].secret;
    vault_case_sign(it, report);
    it->organisations[2].secret = own;
}

static void
other_inner_than_signed(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->inner[100] ^= 1;
}

static void
other_time_than_signed(struct vault_case *it, struct vault_report *report)
{
    (void) it;
    report->submission.sent++;
}

static void
newer_registry(struct vault_case *it, struct vault_report *report)
{
    report->header.registry_version = VAULT_VERSION + 1;
    vault_case_sign(it, report);
}

static void
registry_replaced_long_ago(struct vault_case *it, struct vault_report *report)
{
    report->header.registry_version = VAULT_VERSION - 2;
    vault_case_sign(it, report);
}

static void
another_epoch(struct vault_case *it, struct vault_report *report)
{
    report->header.blocks[0].ctx.epoch = 2;
    vault_case_sign(it, report);
}

static void
make_ticket(struct vault_case *it, struct vault_report *report, uint32_t serial, uint16_t epoch,
            int days)
{
    struct escrow_ctx ctx = report->header.blocks[0].ctx;

    ctx.epoch = epoch;
    ticket_make(&it->ticket_secret, serial, &ctx,
                (uint32_t) ((int) clock_day(clock_now_s(it->clock)) + days), report->tickets);
    vault_case_sign(it, report);
}

static void
ticket_of_another(struct vault_case *it, struct vault_report *report)
{
    make_ticket(it, report, 1, 1, 0);
}

static void
ticket_of_another_epoch(struct vault_case *it, struct vault_report *report)
{
    make_ticket(it, report, 2, 2, 0);
}

static void
ticket_of_8_days_ago(struct vault_case *it, struct vault_report *report)
{
    make_ticket(it, report, 2, 1, -8);
}

static void
ticket_of_the_future(struct vault_case *it, struct vault_report *report)
{
    make_ticket(it, report, 2, 1, 2);
}

static void
forged_ticket(struct vault_case *it, struct vault_report *report)
{
    struct key64 own = it->ticket_secret;
    struct sign_public public;

    sign_key_new(&it->ticket_secret, &public);
    make_ticket(it, report, 2, 1, 0);
    it->ticket_secret = own;
}

static void
move_sent(struct vault_case *it, struct vault_report *report, int64_t by)
{
    report->submission.sent = (uint64_t) ((int64_t) report->submission.sent + by);
    vault_case_sign(it, report);
}

static void
sent_25_hours_ago(struct vault_case *it, struct vault_report *report)
{
    move_sent(it, report, -25 * 3600);
}

static void
sent_a_second_too_long_ago(struct vault_case *it, struct vault_report *report)
{
    move_sent(it, report, -24 * 3600 - 1);
}

static void
sent_25_hours_ahead(struct vault_case *it, struct vault_report *report)
{
    move_sent(it, report, 25 * 3600);
}

static void
basis_of_another_sector(struct vault_case *it, struct vault_report *report)
{
    report->header.legal_basis = BASIS_WPG_19;
    vault_case_sign(it, report);
}

static void
week_of_the_future(struct vault_case *it, struct vault_report *report)
{
    report->header.week++;
    vault_case_sign(it, report);
}

static void
week_105_weeks_ago(struct vault_case *it, struct vault_report *report)
{
    report->header.week = (uint16_t) (report->header.week - 105);
    vault_case_sign(it, report);
}

static void
bucket_that_is_over(struct vault_case *it, struct vault_report *report)
{
    report->header.bucket = MARCH - 1;
    vault_case_sign(it, report);
}

static void
bucket_25_months_ahead(struct vault_case *it, struct vault_report *report)
{
    report->header.bucket = MARCH + 25;
    vault_case_sign(it, report);
}

static void
bucket_beyond_the_event(struct vault_case *it, struct vault_report *report)
{
    report->header.week = (uint16_t) (report->header.week - 9);
    report->header.bucket = MARCH + 23;
    vault_case_sign(it, report);
}

static void
each_bad_part_is_refused_by_its_name_and_nothing_is_stored(void **state)
{
    const struct {
        const char *name;
        change *change;
        enum refusal wanted;
    } cases[] = {
        { "one byte more", one_byte_more, REFUSAL_BAD_SUBMISSION },
        { "slots out of order", slots_out_of_order, REFUSAL_BAD_SUBMISSION },
        { "thirteen slots", thirteen_slots, REFUSAL_BAD_SUBMISSION },
        { "short gate box", short_gate_box, REFUSAL_BAD_SUBMISSION },
        { "long inner box", long_inner_box, REFUSAL_BAD_SUBMISSION },
        { "direct box in escrow", direct_box_in_escrow, REFUSAL_BAD_SUBMISSION },
        { "acute without direct box", acute_without_direct_box, REFUSAL_BAD_SUBMISSION },
        { "tickets of another length", two_tickets_for_one_block, REFUSAL_BAD_SUBMISSION },
        { "short signature", short_signature, REFUSAL_BAD_SIGNATURE },
        { "signature of another", signature_of_another, REFUSAL_BAD_SIGNATURE },
        { "other inner than signed", other_inner_than_signed, REFUSAL_BAD_SIGNATURE },
        { "other time than signed", other_time_than_signed, REFUSAL_BAD_SIGNATURE },
        { "newer registry", newer_registry, REFUSAL_REGISTRY_NOT_CURRENT },
        { "old registry", registry_replaced_long_ago, REFUSAL_REGISTRY_NOT_CURRENT },
        { "another epoch", another_epoch, REFUSAL_WRONG_CONTEXT },
        { "ticket of another", ticket_of_another, REFUSAL_BAD_TICKET },
        { "ticket of another epoch", ticket_of_another_epoch, REFUSAL_BAD_TICKET },
        { "ticket of 8 days ago", ticket_of_8_days_ago, REFUSAL_TICKET_EXPIRED },
        { "ticket of the future", ticket_of_the_future, REFUSAL_BAD_TICKET },
        { "forged ticket", forged_ticket, REFUSAL_BAD_TICKET },
        { "sent 25 hours ago", sent_25_hours_ago, REFUSAL_SENT_TOO_FAR_OFF },
        { "sent 24 hours and a second ago", sent_a_second_too_long_ago, REFUSAL_SENT_TOO_FAR_OFF },
        { "sent 25 hours ahead", sent_25_hours_ahead, REFUSAL_SENT_TOO_FAR_OFF },
        { "basis of another sector", basis_of_another_sector, REFUSAL_BASIS_NOT_ALLOWED },
        { "week of the future", week_of_the_future, REFUSAL_WEEK_NOT_ALLOWED },
        { "week 105 weeks ago", week_105_weeks_ago, REFUSAL_WEEK_NOT_ALLOWED },
        { "bucket that is over", bucket_that_is_over, REFUSAL_BUCKET_NOT_ALLOWED },
        { "bucket 25 months ahead", bucket_25_months_ahead, REFUSAL_BUCKET_NOT_ALLOWED },
        { "bucket beyond the event", bucket_beyond_the_event, REFUSAL_BUCKET_NOT_ALLOWED },
    };
    struct vault_case *it = *state;
    uint64_t before = leaves(it);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vault_report report;
        struct intake_receipt receipt;
        struct record record;

        vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
        cases[i].change(it, &report);
        assert_refusal(cases[i].wanted, vault_case_submit(it, &report, &receipt), cases[i].name);
        assert_err(ERR_NOT_FOUND, record_read(it->vault, NULL, &report.header.rid, &record));
    }
    assert_int_equal(leaves(it), before);
    assert_int_equal(vault_outstanding(it->vault), 0);
}

static void
ticket_of_7_days_ago(struct vault_case *it, struct vault_report *report)
{
    make_ticket(it, report, 2, 1, -7);
}

static void
sent_24_hours_ago(struct vault_case *it, struct vault_report *report)
{
    move_sent(it, report, -24 * 3600);
}

static void
registry_replaced_lately(struct vault_case *it, struct vault_report *report)
{
    report->header.registry_version = VAULT_VERSION - 1;
    vault_case_sign(it, report);
}

static void
week_104_weeks_ago(struct vault_case *it, struct vault_report *report)
{
    report->header.week = (uint16_t) (report->header.week - 104);
    report->header.bucket = MARCH;
    vault_case_sign(it, report);
}

static void
bucket_24_months_ahead(struct vault_case *it, struct vault_report *report)
{
    report->header.bucket = MARCH + 24;
    vault_case_sign(it, report);
}

static void
bucket_of_this_month(struct vault_case *it, struct vault_report *report)
{
    report->header.bucket = MARCH;
    vault_case_sign(it, report);
}

static void
what_lies_just_within_the_bounds_is_taken(void **state)
{
    change *const changes[] = {
        ticket_of_7_days_ago, sent_24_hours_ago,      registry_replaced_lately,
        week_104_weeks_ago,   bucket_24_months_ahead, bucket_of_this_month,
    };
    struct vault_case *it = *state;

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct vault_report report;
        struct intake_receipt receipt;

        vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
        changes[i](it, &report);
        assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "bound");
    }
}

static void
the_police_keep_twelve_months_from_the_event(void **state)
{
    struct vault_case *it = *state;
    struct vault_report report;
    struct intake_receipt receipt;

    vault_case_make(it, &(struct vault_spec) { .serial = 1, .bucket = MARCH + 13 }, &report);
    assert_refusal(REFUSAL_BUCKET_NOT_ALLOWED, vault_case_submit(it, &report, &receipt), "13");
    vault_case_make(it, &(struct vault_spec) { .serial = 1, .bucket = MARCH + 12 }, &report);
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "12");
}

static void
every_flipped_header_bit_is_refused(void **state)
{
    struct vault_case *it = *state;
    struct vault_report report;
    struct intake_receipt receipt;

    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
    for (size_t i = 0; i < HEADER_ONE_LEN; i++) {
        report.header_bytes[i] ^= (uint8_t) (1U << i % 8);
        if (vault_case_submit(it, &report, &receipt) == REFUSAL_NONE) {
            fail_msg("byte %zu", i);
        }
        report.header_bytes[i] ^= (uint8_t) (1U << i % 8);
    }
    assert_refusal(REFUSAL_NONE, vault_case_submit(it, &report, &receipt), "whole");
}

static void
another_organisation_cannot_hand_it_in(void **state)
{
    struct vault_case *it = *state;
    struct intake_caller caller = { .registry = it->registry,
                                    .party = registry_party_by_serial(it->registry, 1),
                                    .oldest_version = VAULT_VERSION,
                                    .who = &it->who };
    struct vault_report report;
    struct intake_receipt receipt;

    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
    assert_refusal(REFUSAL_NOT_YOUR_SERIAL,
                   vault_intake(it->vault, &report.submission, &caller, &receipt), "other");
    vault_case_make(it, &(struct vault_spec) { .serial = VAULT_ORGANISATIONS }, &report);
    assert_refusal(REFUSAL_PARTY_ENDED, vault_case_submit(it, &report, &receipt), "ended");
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
    assert_int_equal(leaves(it), before);
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

enum { THREADS = 8 };

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
    struct vault_report report;
    struct racer racers[THREADS];
    pthread_t threads[THREADS];
    uint64_t before = leaves(it);

    vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
    for (size_t i = 0; i < THREADS; i++) {
        racers[i] = (struct racer) { .it = it, .report = &report };
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_refusal(REFUSAL_NONE, racers[i].refusal, "racer");
        assert_memory_equal(&racers[i].receipt, &racers[0].receipt, sizeof racers[0].receipt);
    }
    assert_int_equal(leaves(it), before + 1);
    assert_int_equal(vault_outstanding(it->vault), 1);
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
    struct vault_report report;
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
        VAULT_TEST(a_report_is_read_back_as_it_was_filed),
        VAULT_TEST(each_bad_part_is_refused_by_its_name_and_nothing_is_stored),
        VAULT_TEST(what_lies_just_within_the_bounds_is_taken),
        VAULT_TEST(the_police_keep_twelve_months_from_the_event),
        VAULT_TEST(every_flipped_header_bit_is_refused),
        VAULT_TEST(another_organisation_cannot_hand_it_in),
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
