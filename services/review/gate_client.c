/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/review/gate_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/submit.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/gate.pb-c.h"

enum {
    REPLY_ARENA = 128 * 1024,
    DEADLINE_MS = 10000,
};

enum err
gate_records_read(struct vault *vault, const struct rid *rids, size_t count,
                  struct gate_records *out)
{
    memset(out, 0, sizeof *out);
    if (count > LINKS_RECORDS_MAX) {
        return ERR_TOO_BIG;
    }
    for (size_t i = 0; i < count; i++) {
        struct submission_hashes hashes;
        enum err err = record_read(vault, NULL, &rids[i], &out->records[i]);

        if (err != ERR_OK) {
            return err;
        }
        out->count++;
        header_hash(out->records[i].header.data, out->records[i].header.len, &hashes.header);
        hash_part(out->records[i].gate.data, out->records[i].gate.len, &hashes.gate);
        hash_part(out->records[i].inner.data, out->records[i].inner.len, &hashes.inner);
        hash_part(out->records[i].direct.data, out->records[i].direct.len, &hashes.direct);
        out->names[i].header_hash = hashes.header;
        submit_name(&hashes, &out->names[i].name);
    }
    return ERR_OK;
}

void
gate_records_done(struct gate_records *records)
{
    for (size_t i = 0; i < records->count; i++) {
        record_done(&records->records[i]);
    }
    records->count = 0;
}

/* The records in their wire form; the messages borrow from 'records' and from this. */
struct wire_records {
    Seinhuis__V1__GateRecord messages[LINKS_RECORDS_MAX];
    Seinhuis__V1__GateRecord *list[LINKS_RECORDS_MAX];
    struct hash32 inner[LINKS_RECORDS_MAX];
    struct hash32 direct[LINKS_RECORDS_MAX];
};

/* protobuf-c has no const bytes; the messages are only ever read. */
static ProtobufCBinaryData
lend(struct bytes bytes)
{
    union {
        const uint8_t *in;
        uint8_t *out;
    } data = { .in = bytes.data };

    return (ProtobufCBinaryData) { .len = bytes.len, .data = data.out };
}

static void
fill_wire(const struct gate_records *records, struct wire_records *wire)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->records[i];
        Seinhuis__V1__GateRecord *message = &wire->messages[i];

        seinhuis__v1__gate_record__init(message);
        hash_part(record->inner.data, record->inner.len, &wire->inner[i]);
        hash_part(record->direct.data, record->direct.len, &wire->direct[i]);
        message->header = lend(record->header);
        message->gate = lend(record->gate);
        message->inner_hash =
            (ProtobufCBinaryData) { .len = HASH32_LEN, .data = wire->inner[i].bytes };
        message->direct_hash =
            (ProtobufCBinaryData) { .len = HASH32_LEN, .data = wire->direct[i].bytes };
        message->sent = record->sent;
        message->tickets = lend(record->tickets);
        message->signature = lend(record->signature);
        wire->list[i] = message;
    }
}

/* Which records the gate cannot accept: bit i for the i-th of the question. */
static void
note_rejected(const Seinhuis__V1__GateAnswer *reply, const struct question *question, uint64_t *out)
{
    for (size_t i = 0; i < reply->n_rejected && i < LINKS_RECORDS_MAX; i++) {
        struct hash32 name;

        if (!wire_has_len(reply->rejected[i], HASH32_LEN)) {
            continue;
        }
        memcpy(name.bytes, reply->rejected[i].data, HASH32_LEN);
        for (size_t j = 0; j < question->record_count; j++) {
            if (hash32_compare(&question->records[j].header_hash, &name) == 0) {
                *out |= UINT64_C(1) << j;
            }
        }
    }
}

/* Takes the gate's answer, which must be to this question's records. */
static enum refusal
take_answer(const Seinhuis__V1__GateAnswer *reply, struct question *question,
            struct gate_answer *out)
{
    if (reply->n_rejected > 0) {
        note_rejected(reply, question, &out->rejected);
        return REFUSAL_RECORD_REJECTED;
    }
    if (!wire_has_len(reply->signature, SIGNATURE_LEN) || reply->answer.len > ANSWER_MAX_LEN ||
        answer_read(wire_bytes(reply->answer), &out->parsed) != ERR_OK ||
        out->parsed.kind != question->kind || out->parsed.count != question->record_count ||
        question_write(question, out->question, &out->question_len) != ERR_OK) {
        return REFUSAL_GATE_FAILED;
    }
    memcpy(out->answer, reply->answer.data, reply->answer.len);
    out->answer_len = reply->answer.len;
    memcpy(out->signature.bytes, reply->signature.data, SIGNATURE_LEN);
    return REFUSAL_NONE;
}

static enum refusal
refusal_of_result(const struct rpc_result *result)
{
    switch (result->end) {
        case RPC_END_OK:
            return REFUSAL_NONE;
        case RPC_END_REFUSED:
            return result->refusal == REFUSAL_NONE ? REFUSAL_GATE_FAILED : result->refusal;
        case RPC_END_UNREACHABLE:
        case RPC_END_LOST:
        case RPC_END_DEADLINE:
        case RPC_END_CANCELLED:
            return REFUSAL_GATE_DOWN;
        case RPC_END_UNTRUSTED:
        case RPC_END_WRONG_SERVER:
        case RPC_END_SHUT_OUT:
        case RPC_END_BAD_ANSWER:
            return REFUSAL_GATE_FAILED;
    }
    return REFUSAL_GATE_FAILED;
}

/* Asks one question; 'call' NULL: on the vault's own account. */
static enum refusal
ask(const struct gate_client *client, const struct rpc_call *call, const char *method,
    const ProtobufCMessage *message, struct question *question, struct gate_answer *out)
{
    const struct rpc_request request = {
        .service = &seinhuis__v1__gate__descriptor,
        .method = method,
        .message = message,
        .deadline_ms = DEADLINE_MS,
        .traceparent = call == NULL ? NULL : call->traceparent,
    };
    const ProtobufCMessage *reply = NULL;
    struct rpc_result result = { .end = RPC_END_OK };
    struct arena arena = { .base = NULL };
    enum refusal refusal;

    if (arena_init(&arena, REPLY_ARENA) != ERR_OK) {
        return REFUSAL_NO_MEMORY;
    }
    if (rpc_unary(client->channel, &request, &arena, &reply, &result) == ERR_OK) {
        refusal = take_answer((const Seinhuis__V1__GateAnswer *) reply, question, out);
    } else {
        refusal = refusal_of_result(&result);
    }
    arena_done(&arena);
    return refusal;
}

static void
fill_question(const struct gate_client *client, const struct gate_records *records,
              enum gate_question_kind kind, struct question *question)
{
    *question = (struct question) {
        .kind = kind,
        .tenant = client->tenant,
        .record_count = records->count,
    };
    memcpy(question->records, records->names, records->count * sizeof question->records[0]);
}

static void
add_member(struct question *question, const char *id, struct bytes message,
           const struct signature *signature)
{
    struct question_member *member = &question->members[question->member_count];

    snprintf(member->id, sizeof member->id, "%s", id);
    member->message = message;
    member->signature = *signature;
    question->member_count++;
}

/* The tags in the order of the records asked for; answers are in the order of hh. */
static void
spread_tags(const struct gate_records *records, const struct answer *answer, uint16_t *tags)
{
    for (size_t i = 0; i < records->count; i++) {
        for (size_t j = 0; j < answer->count; j++) {
            if (hash32_compare(&records->names[i].header_hash, &answer->items[j].header_hash) ==
                0) {
                tags[i] = answer->items[j].tags;
            }
        }
    }
}

enum err
gate_client_assess(void *context, const struct rid *rids, size_t count, uint16_t *tags,
                   uint64_t *rejected)
{
    const struct gate_client *client = context;
    Seinhuis__V1__AssessRequest message;
    struct gate_records *records = calloc(1, sizeof *records);
    struct wire_records *wire = calloc(1, sizeof *wire);
    struct gate_answer *answer = calloc(1, sizeof *answer);
    struct question question;
    enum refusal refusal = REFUSAL_NO_MEMORY;
    enum err err = ERR_NOMEM;

    seinhuis__v1__assess_request__init(&message);
    if (records == NULL || wire == NULL || answer == NULL) {
        goto out;
    }
    err = gate_records_read(client->vault, rids, count, records);
    if (err != ERR_OK) {
        goto out;
    }
    fill_wire(records, wire);
    fill_question(client, records, QUESTION_ASSESS, &question);
    message.records = wire->list;
    message.n_records = count;
    refusal = ask(client, NULL, "Assess", &message.base, &question, answer);
    if (refusal == REFUSAL_NONE) {
        spread_tags(records, &answer->parsed, tags);
    }
    if (refusal == REFUSAL_RECORD_REJECTED && answer->rejected != 0) {
        *rejected = answer->rejected;
        refusal = REFUSAL_NONE;
    }
    err = refusal_err(refusal);
out:
    if (records != NULL) {
        gate_records_done(records);
    }
    free(records);
    free(wire);
    free(answer);
    return err;
}

enum refusal
gate_client_release(const struct gate_client *client, const struct rpc_call *call,
                    const struct gate_records *records, const struct gate_wish *wish,
                    struct gate_answer *out)
{
    const struct release_request *request = &wish->request;
    Seinhuis__V1__GateReleaseRequest message;
    struct wire_records *wire = calloc(1, sizeof *wire);
    char *member_copy = strdup(wish->member);
    uint8_t signed_message[REQUEST_MAX_LEN];
    size_t signed_len = 0;
    struct question question;
    enum refusal refusal = REFUSAL_NO_MEMORY;

    seinhuis__v1__gate_release_request__init(&message);
    if (wire == NULL || member_copy == NULL) {
        goto out;
    }
    refusal = REFUSAL_INVALID;
    if (request_write_release(request, signed_message, &signed_len) != ERR_OK) {
        goto out;
    }
    fill_wire(records, wire);
    fill_question(client, records, QUESTION_RELEASE, &question);
    add_member(&question, wish->member,
               (struct bytes) { .data = signed_message, .len = signed_len }, &wish->signature);
    message.records = wire->list;
    message.n_records = records->count;
    message.member = member_copy;
    message.case_id = lend((struct bytes) { .data = request->case_id.bytes, .len = CASE_ID_LEN });
    message.nonce = lend((struct bytes) { .data = request->nonce, .len = REQUEST_NONCE_LEN });
    message.ground = request->ground;
    message.signature =
        lend((struct bytes) { .data = wish->signature.bytes, .len = SIGNATURE_LEN });
    refusal = ask(client, call, "Release", &message.base, &question, out);
out:
    free(wire);
    free(member_copy);
    return refusal;
}

enum refusal
gate_client_confirm(const struct gate_client *client, const struct rpc_call *call,
                    const struct gate_records *records, const struct confirm_request *request,
                    const struct case_confirmation confirmations[2], struct gate_answer *out)
{
    Seinhuis__V1__GateConfirmRequest message;
    Seinhuis__V1__MemberConfirmation members[2];
    Seinhuis__V1__MemberConfirmation *list[2] = { &members[0], &members[1] };
    struct case_confirmation copies[2] = { confirmations[0], confirmations[1] };
    struct wire_records *wire = calloc(1, sizeof *wire);
    uint8_t signed_message[REQUEST_MAX_LEN];
    size_t signed_len = 0;
    struct question question;
    enum refusal refusal = REFUSAL_NO_MEMORY;

    seinhuis__v1__gate_confirm_request__init(&message);
    if (wire == NULL) {
        goto out;
    }
    refusal = REFUSAL_INVALID;
    if (request_write_confirm(request, signed_message, &signed_len) != ERR_OK) {
        goto out;
    }
    fill_wire(records, wire);
    fill_question(client, records, QUESTION_CONFIRM, &question);
    for (size_t i = 0; i < 2; i++) {
        seinhuis__v1__member_confirmation__init(&members[i]);
        members[i].member = copies[i].member;
        members[i].signature =
            (ProtobufCBinaryData) { .len = SIGNATURE_LEN, .data = copies[i].signature.bytes };
        add_member(&question, copies[i].member,
                   (struct bytes) { .data = signed_message, .len = signed_len },
                   &copies[i].signature);
    }
    message.records = wire->list;
    message.n_records = records->count;
    message.release_answer_hash =
        lend((struct bytes) { .data = request->release_answer.bytes, .len = HASH32_LEN });
    message.purpose = request->purpose;
    message.confirmations = list;
    message.n_confirmations = 2;
    refusal = ask(client, call, "Confirm", &message.base, &question, out);
out:
    free(wire);
    return refusal;
}
