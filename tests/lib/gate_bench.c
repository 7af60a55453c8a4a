/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/gate_bench.h"

#include <stdlib.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"
#include "seinhuis/v1/gate.pb-c.h"
#include "tests/lib/cmocka_all.h"

void
gate_bench_open(struct gate_bench *bench)
{
    memset(bench, 0, sizeof *bench);
    bench->office = office_new();
    bench->filings = calloc(GATE_BENCH_RECORDS, sizeof *bench->filings);
    assert_non_null(bench->filings);
    assert_ok(
        gate_init(&bench->gate, &bench->office->storage, bench->office->clock, GATE_BENCH_RATE));
}

void
gate_bench_close(struct gate_bench *bench)
{
    gate_done(&bench->gate);
    office_free(bench->office);
    free(bench->filings);
}

void
gate_bench_file(struct gate_bench *bench, uint32_t serial, const char *match_keys)
{
    filing_make(&bench->filings[bench->count], &bench->office->world,
                &bench->office->organisations[serial - 1], MODE_ESCROW, match_keys);
    bench->count++;
}

/* The wire form of the filed reports. */
struct wire {
    Seinhuis__V1__GateRecord records[GATE_BENCH_RECORDS];
    Seinhuis__V1__GateRecord *list[GATE_BENCH_RECORDS];
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
wire_make(const struct gate_bench *bench, struct wire *wire)
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
keep(struct gate_bench *bench, const Seinhuis__V1__GateAnswer *response)
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

enum refusal
gate_bench_assess(struct gate_bench *bench)
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
collect(const struct gate_bench *bench, struct record_set *out)
{
    out->count = bench->count;
    for (size_t i = 0; i < bench->count; i++) {
        out->items[i] = bench->filings[i].hashes.header;
    }
    assert_ok(record_set_sort(out));
}

enum refusal
gate_bench_release(struct gate_bench *bench, size_t signer, size_t named)
{
    struct release_request asked = { .case_id = { { 7 } },
                                     .nonce = { bench->wish },
                                     .ground = GROUND_COORDINATION };
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

enum refusal
gate_bench_confirm(struct gate_bench *bench, const struct hash32 *released, size_t first,
                   size_t second)
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

void
gate_bench_hash(const struct gate_bench *bench, struct hash32 *out)
{
    hash_part(bench->answer_bytes, bench->answer_len, out);
}
