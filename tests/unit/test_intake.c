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
    };

    if (secret_start(2 * KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
