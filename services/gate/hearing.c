/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/gate/hearing.h"

#include <stdio.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "proto/wire/decode.h"
#include "services/daemon/trail.h"

enum refusal
hearing_begin(struct hearing *hearing, Seinhuis__V1__GateRecord *const *records, size_t count)
{
    const struct roster_peer *peer = hearing->call->caller.party;
    struct store_id id;

    hearing->registry = roster_registry(peer->edition);
    hearing->tenant = registry_facts(hearing->registry)->tenant;
    hearing->now_s = clock_now_s(hearing->gate->clock);
    hearing->docket = docket_new();
    store_id_random(&id);
    if (hearing->docket == NULL || store_batch_new(&id, &hearing->batch) != ERR_OK) {
        return REFUSAL_NO_MEMORY;
    }
    return docket_check(hearing->gate, hearing->registry, hearing->now_s, records, count,
                        hearing->docket);
}

void
hearing_end(struct hearing *hearing)
{
    docket_free(hearing->docket);
    store_batch_free(hearing->batch);
}

enum refusal
hearing_answer_rejected(struct hearing *hearing, const char *member)
{
    const struct docket *docket = hearing->docket;
    struct audit_record record;
    enum refusal refusal;
    ProtobufCBinaryData *list =
        arena_array(hearing->call->arena, docket->count, sizeof(ProtobufCBinaryData));
    size_t count = 0;

    for (size_t i = 0; list != NULL && i < docket->count; i++) {
        if ((docket->rejected >> i & 1) == 0) {
            continue;
        }
        list[count].data =
            arena_copy(hearing->call->arena, docket->names[i].header_hash.bytes, HASH32_LEN);
        list[count].len = HASH32_LEN;
        if (list[count].data == NULL) {
            return REFUSAL_NO_MEMORY;
        }
        count++;
    }
    if (list == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    trail_begin(hearing->call, "records_rejected", AUDIT_READ, member, &record);
    record.object_type = AUDIT_OBJECT_SIGNAL;
    record.outcome = AUDIT_MINOR_FAILURE;
    record.sensitivity = AUDIT_DEIDENTIFIED;
    record.count = (uint32_t) count;
    refusal = hearing_give(hearing, &record);
    if (refusal == REFUSAL_NONE) {
        hearing->response->rejected = list;
        hearing->response->n_rejected = count;
    }
    return refusal;
}

void
hearing_fill_question(struct hearing *hearing, enum gate_question_kind kind)
{
    struct question *question = &hearing->question;

    question->kind = kind;
    question->tenant = hearing->tenant;
    question->record_count = hearing->docket->count;
    memcpy(question->records, hearing->docket->names,
           hearing->docket->count * sizeof question->records[0]);
}

enum refusal
hearing_sign(struct hearing *hearing, struct bytes *answer)
{
    WIPED(key32) struct key32 seed = { { 0 } };
    WIPED(key64) struct key64 secret = { { 0 } };
    struct sign_public public;
    struct signature signature;
    uint8_t *question = arena_alloc(hearing->call->arena, QUESTION_MAX_LEN);
    uint8_t *text = arena_alloc(hearing->call->arena, ANSWER_MAX_LEN);
    uint8_t *signed_by = NULL;
    size_t question_len = 0;
    size_t len = 0;
    enum err err;

    if (question == NULL || text == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    err = question_write(&hearing->question, question, &question_len);
    if (err == ERR_OK) {
        err = answer_write(&hearing->answer, text, &len);
    }
    if (err == ERR_OK) {
        err = keyring_get(hearing->gate->storage->ring, KEYRING_ANSWER, 0, &seed);
    }
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? REFUSAL_KEY_MISSING : refusal_of_err(err);
    }
    sign_key_from_seed(&seed, &secret, &public);
    *answer = (struct bytes) { .data = text, .len = len };
    err =
        answer_sign(&secret, hearing->tenant,
                    (struct bytes) { .data = question, .len = question_len }, *answer, &signature);
    signed_by = arena_copy(hearing->call->arena, signature.bytes, SIGNATURE_LEN);
    if (err != ERR_OK || signed_by == NULL) {
        return err == ERR_OK ? REFUSAL_NO_MEMORY : refusal_of_err(err);
    }
    hearing->response->answer = (ProtobufCBinaryData) { .len = len, .data = text };
    hearing->response->signature =
        (ProtobufCBinaryData) { .len = SIGNATURE_LEN, .data = signed_by };
    return REFUSAL_NONE;
}

enum refusal
hearing_give(struct hearing *hearing, struct audit_record *record)
{
    struct storage *storage = hearing->gate->storage;
    struct store_result result;
    enum err err = audit_append(storage->audit, hearing->batch, record);

    if (err == ERR_OK) {
        err = store_apply(storage->store, hearing->batch, &result);
    }
    if (err != ERR_OK) {
        hearing->response->answer = (ProtobufCBinaryData) { .len = 0, .data = NULL };
        hearing->response->signature = (ProtobufCBinaryData) { .len = 0, .data = NULL };
        return refusal_of_err(err);
    }
    return REFUSAL_NONE;
}

void
hearing_set_case(struct audit_record *record, const struct case_id *case_id)
{
    record->object_type = AUDIT_OBJECT_CASE;
    record->object_len = CASE_ID_LEN;
    memcpy(record->object, case_id->bytes, CASE_ID_LEN);
}

enum refusal
hearing_check_member(const struct hearing *hearing, const char *id,
                     enum err (*verify)(const struct sign_public *key, uint16_t tenant,
                                        const void *request, const struct signature *signature),
                     const void *request, ProtobufCBinaryData signed_by)
{
    const struct registry_member *member = registry_member_by_id(hearing->registry, id);
    uint32_t today = clock_day(hearing->now_s);
    struct signature signature;

    if (member == NULL || !registry_term_holds(member->term, today)) {
        return REFUSAL_UNKNOWN_MEMBER;
    }
    if (!wire_has_len(signed_by, SIGNATURE_LEN)) {
        return REFUSAL_BAD_MEMBER_SIGNATURE;
    }
    memcpy(signature.bytes, signed_by.data, SIGNATURE_LEN);
    for (size_t i = 0; i < member->key_count; i++) {
        struct sign_public key;

        memcpy(key.bytes, member->keys[i].key, SIGN_PUBLIC_LEN);
        if (registry_term_holds(member->keys[i].term, today) &&
            verify(&key, hearing->tenant, request, &signature) == ERR_OK) {
            return REFUSAL_NONE;
        }
    }
    return REFUSAL_BAD_MEMBER_SIGNATURE;
}

void
hearing_add_member(struct hearing *hearing, const char *id, struct bytes message,
                   ProtobufCBinaryData signed_by)
{
    struct question_member *member = &hearing->question.members[hearing->question.member_count];

    snprintf(member->id, sizeof member->id, "%s", id);
    member->message = message;
    memcpy(member->signature.bytes, signed_by.data, SIGNATURE_LEN);
    hearing->question.member_count++;
}

void
hearing_records(const struct docket *docket, struct record_set *out)
{
    size_t order[LINKS_RECORDS_MAX];

    docket_order(docket, order);
    out->count = docket->count;
    for (size_t i = 0; i < docket->count; i++) {
        out->items[i] = docket->names[order[i]].header_hash;
    }
}

bool
hearing_team_key(const struct hearing *hearing, struct box_public *out)
{
    const uint8_t *key =
        registry_team_key(hearing->registry, clock_quarter(date_of(hearing->now_s)));

    if (key == NULL) {
        return false;
    }
    memcpy(out->bytes, key, BOX_PUBLIC_LEN);
    return true;
}
