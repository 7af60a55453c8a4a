/* SPDX-License-Identifier: EUPL-1.2 */
/* The gate's handlers on complete reports: what it answers to whom, and what it refuses. */
#include "services/gate/gate.h"

#include <stdlib.h>
#include <string.h>

#include "proto/escrow/answer.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/open.h"
#include "proto/escrow/terms.h"
#include "seinhuis/v1/gate.pb-c.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/gate_bench.h"
#include "tests/lib/office.h"

static ProtobufCBinaryData
lend(const void *data, size_t len)
{
    union {
        const void *in;
        uint8_t *out;
    } both = { .in = data };

    return (ProtobufCBinaryData) { .len = len, .data = both.out };
}

/* ---- what it is for ---- */

static void
two_sectors_are_assessed_and_each_answer_stands_in_the_log(void **state)
{
    struct audit_record record;
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    assert_int_equal(gate_bench_assess(&bench), REFUSAL_NONE);
    assert_int_equal(bench.answer.count, 2);
    /* Other domains, so other tags. */
    assert_int_equal(bench.answer.items[0].tags & bench.answer.items[1].tags, 0);
    office_last_record(bench.office, &record);
    assert_string_equal(record.type, "component_assessed");
    gate_bench_close(&bench);
}

static void
a_case_opens_in_two_halves_by_two_members(void **state)
{
    struct open_record record;
    struct hash32 released;
    struct gate_bench bench;
    struct key32 z1;
    struct key32 z2;
    uint16_t domains = 0;
    const struct filing *filing;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    gate_bench_hash(&bench, &released);
    filing =
        hash32_compare(&bench.filings[0].hashes.header, &bench.answer.items[0].header_hash) == 0
        ? &bench.filings[0]
        : &bench.filings[1];
    assert_int_equal(bench.answer.items[0].status, RELEASE_GIVEN);
    assert_int_equal(open_inner(&bench.office->world.team_secret, filing->submission.header,
                                filing == &bench.filings[0] ? SECTOR_POLICE : SECTOR_CARE,
                                filing->submission.inner, &record),
                     OPEN_FINE);
    assert_int_equal(open_released(&bench.office->world.team_secret, &record,
                                   bench.answer.items[0].sealed.released, &z1),
                     OPEN_FINE);
    assert_int_equal(gate_bench_confirm(&bench, &released, 0, 1), REFUSAL_NONE);
    assert_int_equal(open_confirmed(&bench.office->world.team_secret, &record,
                                    bench.answer.items[0].sealed.confirmed, &z2, &domains),
                     OPEN_FINE);
    assert_memory_not_equal(z1.bytes, z2.bytes, sizeof z1.bytes);
    gate_bench_close(&bench);
}

/* ---- below the threshold ---- */

static void
nothing_comes_out_for_one_sector_or_one_entity(void **state)
{
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB"); /* police */
    gate_bench_file(&bench, 3, "AB"); /* police of another entity */
    assert_int_equal(gate_bench_assess(&bench), REFUSAL_NOT_ONE_COMPONENT);
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    bench.count = 0;
    gate_bench_file(&bench, 2, "AB"); /* care */
    gate_bench_file(&bench, 5, "AB"); /* welfare of the same entity */
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    bench.count = 0;
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "CD"); /* another person */
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    assert_int_equal(bench.answer_len, 0);
    gate_bench_close(&bench);
}

static void
an_attached_or_unlinked_record_is_never_released_along(void **state)
{
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    gate_bench_file(&bench, 3, "AX"); /* shares A with the police alone: attached */
    assert_int_equal(gate_bench_assess(&bench), REFUSAL_NONE);
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    gate_bench_close(&bench);
}

/* ---- who asks ---- */

static void
only_a_members_own_signature_releases(void **state)
{
    struct audit_record record;
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    assert_int_equal(gate_bench_release(&bench, 1, 0), REFUSAL_BAD_MEMBER_SIGNATURE);
    office_last_record(bench.office, &record);
    assert_string_equal(record.refusal, "BAD_MEMBER_SIGNATURE");
    assert_int_equal(gate_bench_release(&bench, 0, 8), REFUSAL_UNKNOWN_MEMBER);
    assert_int_equal(bench.answer_len, 0);
    gate_bench_close(&bench);
}

static void
one_member_twice_or_no_release_before_never_yield_the_second_half(void **state)
{
    struct hash32 released = { { 0 } };
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    assert_int_equal(gate_bench_confirm(&bench, &released, 0, 1), REFUSAL_NOT_RELEASED);
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    gate_bench_hash(&bench, &released);
    assert_int_equal(gate_bench_confirm(&bench, &released, 0, 0), REFUSAL_SAME_MEMBER);
    assert_int_equal(bench.answer_len, 0);
    /* A record that was not in the released answer does not slip in. */
    gate_bench_file(&bench, 4, "AC");
    assert_int_equal(gate_bench_confirm(&bench, &released, 0, 1), REFUSAL_NOT_RELEASED);
    gate_bench_close(&bench);
}

static void
a_member_asks_for_so_many_releases_a_day(void **state)
{
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    for (int i = 0; i < GATE_BENCH_RATE; i++) {
        assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    }
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_RELEASE_RATE);
    assert_int_equal(gate_bench_release(&bench, 1, 1), REFUSAL_NONE);
    office_set_clock(bench.office, "2025-10-08T09:00:00Z"); /* put back: not a new day */
    bench.wish++;
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_RELEASE_RATE);
    office_set_clock(bench.office, "2025-10-10T09:00:00Z");
    bench.wish++;
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    gate_bench_close(&bench);
}

static void
a_members_wish_cannot_be_played_again_on_another_day(void **state)
{
    struct audit_record record;
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(gate_bench_release(&bench, 0, 0),
                     REFUSAL_NONE); /* the answer may have been lost */
    office_set_clock(bench.office, "2025-10-10T09:00:00Z");
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_OLD_WISH);
    assert_int_equal(bench.answer_len, 0);
    office_last_record(bench.office, &record);
    assert_string_equal(record.refusal, "OLD_WISH");
    gate_bench_close(&bench);
}

/* ---- what it is shown ---- */

static void
a_record_that_was_changed_is_named_and_blocks_no_other(void **state)
{
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    gate_bench_file(&bench, 4, "BD");
    bench.filings[2].submission.signature.bytes[5] ^= 1;
    assert_int_equal(gate_bench_assess(&bench), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 1);
    assert_int_equal(bench.answer_len, 0);
    bench.count = 2;
    assert_int_equal(gate_bench_assess(&bench), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 0);
    assert_int_equal(bench.answer.count, 2);
    gate_bench_close(&bench);
}

static void
naming_a_record_that_is_not_accepted_stands_in_the_log(void **state)
{
    struct audit_record record;
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    bench.filings[1].submission.signature.bytes[5] ^= 1;
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 1);
    assert_int_equal(office_log_size(bench.office), 1);
    office_last_record(bench.office, &record);
    assert_string_equal(record.type, "records_rejected");
    assert_string_equal(record.user, "lid-1");
    assert_int_equal(record.count, 1);
    gate_bench_close(&bench);
}

static void
a_record_whose_bucket_key_was_destroyed_stays_closed(void **state)
{
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    assert_ok(keyring_destroy(bench.office->storage.ring, KEYRING_GATE, FILING_BUCKET));
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 2);
    assert_int_equal(bench.answer_len, 0);
    gate_bench_close(&bench);
}

static void
a_record_past_its_month_stays_closed(void **state)
{
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB");
    gate_bench_file(&bench, 2, "BC");
    office_set_clock(bench.office, "2026-11-01T00:00:00Z"); /* the month after FILING_BUCKET */
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 2);
    gate_bench_close(&bench);
}

/* ---- the host ---- */

struct waiting_list {
    struct rpc_stream stream;
    size_t count;
    bool is_approved;
    uint8_t rid[RID_LEN];
};

static enum err
take_waiting(struct rpc_stream *stream, const ProtobufCMessage *message)
{
    struct waiting_list *list = (struct waiting_list *) stream;
    const Seinhuis__V1__WaitingRecord *record = (const Seinhuis__V1__WaitingRecord *) message;

    list->count++;
    list->is_approved = record->approved;
    memcpy(list->rid, record->rid.data, RID_LEN);
    return ERR_OK;
}

static void
list_waiting(struct gate_bench *bench, struct waiting_list *out)
{
    Seinhuis__V1__ListWaitingRequest request;
    char user[] = "officer-1";
    struct office_call call;

    seinhuis__v1__list_waiting_request__init(&request);
    *out = (struct waiting_list) { .stream = { .send = take_waiting } };
    request.user = user;
    office_dial(bench->office, OFFICE_OFFICER, "/seinhuis.v1.Gate/ListWaiting", &call);
    call.call.stream = &out->stream;
    assert_int_equal(gate_list_waiting(&bench->gate, &call.call, &request.base, NULL),
                     REFUSAL_NONE);
    office_hang_up(bench->office, &call);
}

static enum refusal
approve(struct gate_bench *bench, const uint8_t rid[RID_LEN])
{
    Seinhuis__V1__ApproveRequest request;
    Seinhuis__V1__ApproveResponse response;
    const struct case_id case_id = { { 7 } };
    char user[] = "officer-1";
    struct office_call call;
    enum refusal refusal;

    seinhuis__v1__approve_request__init(&request);
    seinhuis__v1__approve_response__init(&response);
    request.user = user;
    request.case_id = lend(case_id.bytes, CASE_ID_LEN);
    request.rid = lend(rid, RID_LEN);
    request.ground = GROUND_COORDINATION;
    office_dial(bench->office, OFFICE_OFFICER, "/seinhuis.v1.Gate/Approve", &call);
    refusal = gate_approve(&bench->gate, &call.call, &request.base, &response.base);
    office_hang_up(bench->office, &call);
    return refusal;
}

static size_t
given(const struct gate_bench *bench)
{
    size_t count = 0;

    for (size_t i = 0; i < bench->answer.count; i++) {
        count += bench->answer.items[i].status == RELEASE_GIVEN ? 1 : 0;
    }
    return count;
}

static void
what_only_a_host_confirms_waits_for_the_officer(void **state)
{
    static const uint8_t other[RID_LEN] = { 1 };
    struct waiting_list list;
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB"); /* police */
    gate_bench_file(&bench, 4, "BC"); /* the host's loket */
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 1); /* the loket's own; the police's waits */
    list_waiting(&bench, &list);
    assert_int_equal(list.count, 1);
    assert_false(list.is_approved);
    assert_memory_equal(list.rid, bench.filings[0].header.rid.bytes, RID_LEN);
    assert_int_equal(approve(&bench, other), REFUSAL_NOT_WAITING);
    assert_int_equal(approve(&bench, list.rid), REFUSAL_NONE);
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 2);
    gate_bench_close(&bench);
}

static void
what_only_a_host_confirms_after_others_left_does_not_open_without_the_officer(void **state)
{
    struct waiting_list list;
    struct hash32 released;
    struct gate_bench bench;

    (void) state;
    gate_bench_open(&bench);
    gate_bench_file(&bench, 1, "AB"); /* police */
    gate_bench_file(&bench, 4, "BC"); /* the host's loket */
    gate_bench_file(&bench, 2, "AD"); /* care: what the three have needs no officer */
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 3);
    gate_bench_hash(&bench, &released);
    /* The comparison found the care organisation's to be another person. */
    bench.count = 2;
    assert_int_equal(gate_bench_confirm(&bench, &released, 0, 1), REFUSAL_NOT_RELEASED);
    assert_int_equal(bench.answer_len, 0);
    assert_int_equal(gate_bench_release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 1);
    list_waiting(&bench, &list);
    assert_int_equal(approve(&bench, list.rid), REFUSAL_NONE);
    assert_int_equal(gate_bench_confirm(&bench, &released, 0, 1), REFUSAL_NONE);
    assert_int_equal(bench.answer.count, 2);
    gate_bench_close(&bench);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_sectors_are_assessed_and_each_answer_stands_in_the_log),
        cmocka_unit_test(a_case_opens_in_two_halves_by_two_members),
        cmocka_unit_test(nothing_comes_out_for_one_sector_or_one_entity),
        cmocka_unit_test(an_attached_or_unlinked_record_is_never_released_along),
        cmocka_unit_test(only_a_members_own_signature_releases),
        cmocka_unit_test(one_member_twice_or_no_release_before_never_yield_the_second_half),
        cmocka_unit_test(a_member_asks_for_so_many_releases_a_day),
        cmocka_unit_test(a_members_wish_cannot_be_played_again_on_another_day),
        cmocka_unit_test(a_record_that_was_changed_is_named_and_blocks_no_other),
        cmocka_unit_test(naming_a_record_that_is_not_accepted_stands_in_the_log),
        cmocka_unit_test(a_record_whose_bucket_key_was_destroyed_stays_closed),
        cmocka_unit_test(a_record_past_its_month_stays_closed),
        cmocka_unit_test(what_only_a_host_confirms_waits_for_the_officer),
        cmocka_unit_test(
            what_only_a_host_confirms_after_others_left_does_not_open_without_the_officer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
