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
#include "tests/lib/office.h"

enum { RECORDS = 4, RATE = 3 };

struct bench {
    struct office *office;
    struct gate gate;
    struct filing *filings; /* RECORDS of them; they point into themselves */
    size_t count;
    struct answer answer;
    uint8_t answer_bytes[ANSWER_MAX_LEN];
    size_t answer_len;
    struct signature signature;
    size_t rejected;
};

static void
bench_open(struct bench *bench)
{
    memset(bench, 0, sizeof *bench);
    bench->office = office_new();
    bench->filings = calloc(RECORDS, sizeof *bench->filings);
    assert_non_null(bench->filings);
    assert_ok(gate_init(&bench->gate, &bench->office->storage, bench->office->clock, RATE));
}

static void
bench_close(struct bench *bench)
{
    gate_done(&bench->gate);
    office_free(bench->office);
    free(bench->filings);
}

static void
file(struct bench *bench, uint32_t serial, const char *match_keys)
{
    filing_make(&bench->filings[bench->count], &bench->office->world,
                &bench->office->organisations[serial - 1], MODE_ESCROW, match_keys);
    bench->count++;
}

/* The wire form of the filed reports. */
struct wire {
    Seinhuis__V1__GateRecord records[RECORDS];
    Seinhuis__V1__GateRecord *list[RECORDS];
};

static ProtobufCBinaryData
lend(const void *data, size_t len)
{
    union {
        const void *in;
        uint8_t *out;
    } both = { .in = data };

    return (ProtobufCBinaryData) { .len = len, .data = both.out };
}

static void
wire_make(const struct bench *bench, struct wire *wire)
{
    for (size_t i = 0; i < bench->count; i++) {
        const struct filing *filing = &bench->filings[i];
        Seinhuis__V1__GateRecord *record = &wire->records[i];

        seinhuis__v1__gate_record__init(record);
        record->header = lend(filing->submission.header.data, filing->submission.header.len);
        record->gate = lend(filing->submission.gate.data, filing->submission.gate.len);
        record->inner_hash = lend(filing->hashes.inner.bytes, HASH32_LEN);
        record->direct_hash = lend(filing->hashes.direct.bytes, HASH32_LEN);
        record->sent = filing->submission.sent;
        record->tickets = lend(filing->submission.tickets.data, filing->submission.tickets.len);
        record->signature = lend(filing->submission.signature.bytes, SIGNATURE_LEN);
        wire->list[i] = record;
    }
}

/* Keeps what the gate said. */
static void
keep(struct bench *bench, const Seinhuis__V1__GateAnswer *response)
{
    bench->rejected = response->n_rejected;
    bench->answer_len = response->answer.len;
    if (response->answer.len > 0) {
        const struct bytes answer = { response->answer.data, response->answer.len };

        memcpy(bench->answer_bytes, answer.data, answer.len);
        memcpy(bench->signature.bytes, response->signature.data, SIGNATURE_LEN);
        assert_ok(answer_read(answer, &bench->answer));
    }
}

static enum refusal
assess(struct bench *bench)
{
    Seinhuis__V1__AssessRequest request;
    Seinhuis__V1__GateAnswer response;
    struct office_call call;
    struct wire wire;
    enum refusal refusal;

    seinhuis__v1__assess_request__init(&request);
    seinhuis__v1__gate_answer__init(&response);
    wire_make(bench, &wire);
    request.records = wire.list;
    request.n_records = bench->count;
    office_dial(bench->office, OFFICE_VAULT, "/seinhuis.v1.Gate/Assess", &call);
    refusal = gate_assess(&bench->gate, &call.call, &request.base, &response.base);
    keep(bench, &response);
    office_hang_up(bench->office, &call);
    return refusal;
}

static void
collect(const struct bench *bench, struct record_set *out)
{
    out->count = bench->count;
    for (size_t i = 0; i < bench->count; i++) {
        out->items[i] = bench->filings[i].hashes.header;
    }
    assert_ok(record_set_sort(out));
}

/* 'signer' is the index of the member whose key signs; 'named' whose id is given. */
static enum refusal
release(struct bench *bench, size_t signer, size_t named)
{
    struct release_request asked = { .case_id = { { 7 } }, .ground = GROUND_COORDINATION };
    Seinhuis__V1__GateReleaseRequest request;
    Seinhuis__V1__GateAnswer response;
    char member[] = "lid-1";
    struct office_call call;
    struct signature signature;
    struct wire wire;
    enum refusal refusal;

    seinhuis__v1__gate_release_request__init(&request);
    seinhuis__v1__gate_answer__init(&response);
    collect(bench, &asked.records);
    assert_ok(request_sign_release(&bench->office->members[signer].secret, FILING_TENANT, &asked,
                                   &signature));
    wire_make(bench, &wire);
    member[4] = (char) ('1' + named);
    request.records = wire.list;
    request.n_records = bench->count;
    request.member = member;
    request.case_id = lend(asked.case_id.bytes, CASE_ID_LEN);
    request.nonce = lend(asked.nonce, REQUEST_NONCE_LEN);
    request.ground = asked.ground;
    request.signature = lend(signature.bytes, SIGNATURE_LEN);
    office_dial(bench->office, OFFICE_VAULT, "/seinhuis.v1.Gate/Release", &call);
    refusal = gate_release(&bench->gate, &call.call, &request.base, &response.base);
    keep(bench, &response);
    office_hang_up(bench->office, &call);
    return refusal;
}

/* The second half, for what the last answer released; the members sign and are named by index. */
static enum refusal
confirm(struct bench *bench, const struct hash32 *released, size_t first, size_t second)
{
    struct confirm_request asked = { .release_answer = *released, .purpose = PURPOSE_SUPPORT };
    Seinhuis__V1__GateConfirmRequest request;
    Seinhuis__V1__GateAnswer response;
    const size_t members[2] = { first, second };
    Seinhuis__V1__MemberConfirmation confirmations[2];
    Seinhuis__V1__MemberConfirmation *list[2] = { &confirmations[0], &confirmations[1] };
    struct signature signatures[2];
    char names[2][6] = { "lid-1", "lid-1" };
    struct office_call call;
    struct wire wire;
    enum refusal refusal;

    seinhuis__v1__gate_confirm_request__init(&request);
    seinhuis__v1__gate_answer__init(&response);
    collect(bench, &asked.records);
    wire_make(bench, &wire);
    for (size_t i = 0; i < 2; i++) {
        assert_ok(request_sign_confirm(&bench->office->members[members[i]].secret, FILING_TENANT,
                                       &asked, &signatures[i]));
        seinhuis__v1__member_confirmation__init(&confirmations[i]);
        names[i][4] = (char) ('1' + members[i]);
        confirmations[i].member = names[i];
        confirmations[i].signature = lend(signatures[i].bytes, SIGNATURE_LEN);
    }
    request.records = wire.list;
    request.n_records = bench->count;
    request.release_answer_hash = lend(asked.release_answer.bytes, HASH32_LEN);
    request.purpose = asked.purpose;
    request.confirmations = list;
    request.n_confirmations = 2;
    office_dial(bench->office, OFFICE_VAULT, "/seinhuis.v1.Gate/Confirm", &call);
    refusal = gate_confirm(&bench->gate, &call.call, &request.base, &response.base);
    keep(bench, &response);
    office_hang_up(bench->office, &call);
    return refusal;
}

static void
hash_of_answer(const struct bench *bench, struct hash32 *out)
{
    hash_part(bench->answer_bytes, bench->answer_len, out);
}

/* ---- what it is for ---- */

static void
two_sectors_are_assessed_and_each_answer_stands_in_the_log(void **state)
{
    struct audit_record record;
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    assert_int_equal(assess(&bench), REFUSAL_NONE);
    assert_int_equal(bench.answer.count, 2);
    /* Other domains, so other tags. */
    assert_int_equal(bench.answer.items[0].tags & bench.answer.items[1].tags, 0);
    office_last_record(bench.office, &record);
    assert_string_equal(record.type, "component_assessed");
    bench_close(&bench);
}

static void
a_case_opens_in_two_halves_by_two_members(void **state)
{
    struct open_record record;
    struct hash32 released;
    struct bench bench;
    struct key32 z1;
    struct key32 z2;
    uint16_t domains = 0;
    const struct filing *filing;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    hash_of_answer(&bench, &released);
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
    assert_int_equal(confirm(&bench, &released, 0, 1), REFUSAL_NONE);
    assert_int_equal(open_confirmed(&bench.office->world.team_secret, &record,
                                    bench.answer.items[0].sealed.confirmed, &z2, &domains),
                     OPEN_FINE);
    assert_memory_not_equal(z1.bytes, z2.bytes, sizeof z1.bytes);
    bench_close(&bench);
}

/* ---- below the threshold ---- */

static void
nothing_comes_out_for_one_sector_or_one_entity(void **state)
{
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB"); /* police */
    file(&bench, 3, "AB"); /* police of another entity */
    assert_int_equal(assess(&bench), REFUSAL_NOT_ONE_COMPONENT);
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    bench.count = 0;
    file(&bench, 2, "AB"); /* care */
    file(&bench, 5, "AB"); /* welfare of the same entity */
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    bench.count = 0;
    file(&bench, 1, "AB");
    file(&bench, 2, "CD"); /* another person */
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    assert_int_equal(bench.answer_len, 0);
    bench_close(&bench);
}

static void
an_attached_or_unlinked_record_is_never_released_along(void **state)
{
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    file(&bench, 3, "AX"); /* shares A with the police alone: attached */
    assert_int_equal(assess(&bench), REFUSAL_NONE);
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NOT_ONE_COMPONENT);
    bench_close(&bench);
}

/* ---- who asks ---- */

static void
only_a_members_own_signature_releases(void **state)
{
    struct audit_record record;
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    assert_int_equal(release(&bench, 1, 0), REFUSAL_BAD_MEMBER_SIGNATURE);
    office_last_record(bench.office, &record);
    assert_string_equal(record.refusal, "BAD_MEMBER_SIGNATURE");
    assert_int_equal(release(&bench, 0, 8), REFUSAL_UNKNOWN_MEMBER);
    assert_int_equal(bench.answer_len, 0);
    bench_close(&bench);
}

static void
one_member_twice_or_no_release_before_never_yield_the_second_half(void **state)
{
    struct hash32 released = { { 0 } };
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    assert_int_equal(confirm(&bench, &released, 0, 1), REFUSAL_NOT_RELEASED);
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    hash_of_answer(&bench, &released);
    assert_int_equal(confirm(&bench, &released, 0, 0), REFUSAL_SAME_MEMBER);
    assert_int_equal(bench.answer_len, 0);
    /* A record that was not in the released answer does not slip in. */
    file(&bench, 4, "AC");
    assert_int_equal(confirm(&bench, &released, 0, 1), REFUSAL_NOT_RELEASED);
    bench_close(&bench);
}

static void
a_member_asks_for_so_many_releases_a_day(void **state)
{
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    for (int i = 0; i < RATE; i++) {
        assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    }
    assert_int_equal(release(&bench, 0, 0), REFUSAL_RELEASE_RATE);
    assert_int_equal(release(&bench, 1, 1), REFUSAL_NONE);
    office_set_clock(bench.office, "2025-10-08T09:00:00Z"); /* put back: not a new day */
    assert_int_equal(release(&bench, 0, 0), REFUSAL_RELEASE_RATE);
    office_set_clock(bench.office, "2025-10-10T09:00:00Z");
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    bench_close(&bench);
}

/* ---- what it is shown ---- */

static void
a_record_that_was_changed_is_named_and_blocks_no_other(void **state)
{
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    file(&bench, 4, "BD");
    bench.filings[2].submission.signature.bytes[5] ^= 1;
    assert_int_equal(assess(&bench), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 1);
    assert_int_equal(bench.answer_len, 0);
    bench.count = 2;
    assert_int_equal(assess(&bench), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 0);
    assert_int_equal(bench.answer.count, 2);
    bench_close(&bench);
}

static void
naming_a_record_that_is_not_accepted_stands_in_the_log(void **state)
{
    struct audit_record record;
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    bench.filings[1].submission.signature.bytes[5] ^= 1;
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 1);
    assert_int_equal(office_log_size(bench.office), 1);
    office_last_record(bench.office, &record);
    assert_string_equal(record.type, "records_rejected");
    assert_string_equal(record.user, "lid-1");
    assert_int_equal(record.count, 1);
    bench_close(&bench);
}

static void
a_record_whose_bucket_key_was_destroyed_stays_closed(void **state)
{
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    assert_ok(keyring_destroy(bench.office->storage.ring, KEYRING_GATE, FILING_BUCKET));
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 2);
    assert_int_equal(bench.answer_len, 0);
    bench_close(&bench);
}

static void
a_record_past_its_month_stays_closed(void **state)
{
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB");
    file(&bench, 2, "BC");
    office_set_clock(bench.office, "2026-11-01T00:00:00Z"); /* the month after FILING_BUCKET */
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(bench.rejected, 2);
    bench_close(&bench);
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
list_waiting(struct bench *bench, struct waiting_list *out)
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
approve(struct bench *bench, const uint8_t rid[RID_LEN])
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
given(const struct bench *bench)
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
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB"); /* police */
    file(&bench, 4, "BC"); /* the host's loket */
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 1); /* the loket's own; the police's waits */
    list_waiting(&bench, &list);
    assert_int_equal(list.count, 1);
    assert_false(list.is_approved);
    assert_memory_equal(list.rid, bench.filings[0].header.rid.bytes, RID_LEN);
    assert_int_equal(approve(&bench, other), REFUSAL_NOT_WAITING);
    assert_int_equal(approve(&bench, list.rid), REFUSAL_NONE);
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 2);
    bench_close(&bench);
}

static void
what_only_a_host_confirms_after_others_left_does_not_open_without_the_officer(void **state)
{
    struct waiting_list list;
    struct hash32 released;
    struct bench bench;

    (void) state;
    bench_open(&bench);
    file(&bench, 1, "AB"); /* police */
    file(&bench, 4, "BC"); /* the host's loket */
    file(&bench, 2, "AD"); /* care: what the three have needs no officer */
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 3);
    hash_of_answer(&bench, &released);
    /* The comparison found the care organisation's to be another person. */
    bench.count = 2;
    assert_int_equal(confirm(&bench, &released, 0, 1), REFUSAL_NOT_RELEASED);
    assert_int_equal(bench.answer_len, 0);
    assert_int_equal(release(&bench, 0, 0), REFUSAL_NONE);
    assert_int_equal(given(&bench), 1);
    list_waiting(&bench, &list);
    assert_int_equal(approve(&bench, list.rid), REFUSAL_NONE);
    assert_int_equal(confirm(&bench, &released, 0, 1), REFUSAL_NONE);
    assert_int_equal(bench.answer.count, 2);
    bench_close(&bench);
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
