/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/gate/gate.h"

#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/wire/decode.h"
#include "services/daemon/trail.h"
#include "services/gate/hearing.h"
#include "services/gate/memory.h"

enum {
    REQUEST_LEN_MAX = 128 * 1024,
    REQUEST_ARENA = 512 * 1024,
    LISTING_MS = 10 * 60 * 1000, /* a long list over a slow line */
};

enum err
gate_init(struct gate *gate, struct storage *storage, struct clock *clock,
          uint32_t releases_per_day)
{
    gate->storage = storage;
    gate->clock = clock;
    gate->releases_per_day = releases_per_day;
    return pthread_mutex_init(&gate->rate_lock, NULL) == 0 ? ERR_OK : ERR_NOMEM;
}

void
gate_done(struct gate *gate)
{
    pthread_mutex_destroy(&gate->rate_lock);
}

/* ---- assess ---- */

/* One component, and nothing but records attached to it. */
static bool
is_component_with_attached(const struct docket *docket)
{
    uint64_t all = docket->count == 64 ? UINT64_MAX : (UINT64_C(1) << docket->count) - 1;

    return docket->links.component_count == 1 &&
        (links_members(&docket->links, 0) | links_attached_to(&docket->links, 0)) == all;
}

static enum refusal
assess(struct hearing *hearing)
{
    struct docket *docket = hearing->docket;
    struct audit_record record;
    struct bytes answer;
    uint16_t domains[LINKS_RECORDS_MAX];
    uint16_t tags[LINKS_RECORDS_MAX];
    size_t order[LINKS_RECORDS_MAX];
    enum refusal refusal;

    if (!is_component_with_attached(docket)) {
        return REFUSAL_NOT_ONE_COMPONENT;
    }
    docket_order(docket, order);
    for (size_t i = 0; i < docket->count; i++) {
        domains[i] = docket->secrets[order[i]].domains;
    }
    gate_tag_domains(domains, docket->count, tags);
    hearing->answer.kind = QUESTION_ASSESS;
    hearing->answer.count = docket->count;
    for (size_t i = 0; i < docket->count; i++) {
        hearing->answer.items[i].header_hash = docket->names[order[i]].header_hash;
        hearing->answer.items[i].tags = tags[i];
    }
    sodium_memzero(domains, sizeof domains);
    hearing_fill_question(hearing, QUESTION_ASSESS);
    refusal = hearing_sign(hearing, &answer);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    trail_begin(hearing->call, "component_assessed", AUDIT_READ, "", &record);
    record.object_type = AUDIT_OBJECT_SIGNAL;
    record.sensitivity = AUDIT_DEIDENTIFIED;
    record.count = (uint32_t) docket->count;
    return hearing_give(hearing, &record);
}

enum refusal
gate_assess(void *self, struct rpc_call *call, const ProtobufCMessage *request,
            ProtobufCMessage *response)
{
    const Seinhuis__V1__AssessRequest *asked = (const Seinhuis__V1__AssessRequest *) request;
    struct hearing hearing = {
        .gate = self,
        .call = call,
        .response = (Seinhuis__V1__GateAnswer *) response,
    };
    enum refusal refusal = hearing_begin(&hearing, asked->records, asked->n_records);

    if (refusal == REFUSAL_NONE) {
        refusal = hearing.docket->rejected != 0 ? hearing_answer_rejected(&hearing, "")
                                                : assess(&hearing);
    }
    hearing_end(&hearing);
    return refusal == REFUSAL_NONE ? refusal
                                   : trail_refuse(hearing.gate->storage, call, "", refusal);
}

/* ---- release ---- */

/* What is asked for, in the member's own signed words. */
struct release {
    const Seinhuis__V1__GateReleaseRequest *asked;
    struct release_request request;
    uint8_t message[REQUEST_MAX_LEN];
    size_t message_len;
    struct record_set given;
};

static enum err
verify_release(const struct sign_public *key, uint16_t tenant, const void *request,
               const struct signature *signature)
{
    return request_verify_release(key, tenant, request, signature);
}

static enum refusal
check_release(struct hearing *hearing, struct release *release)
{
    const Seinhuis__V1__GateReleaseRequest *asked = release->asked;
    enum refusal refusal;

    if (!links_are_one_component(&hearing->docket->links)) {
        return REFUSAL_NOT_ONE_COMPONENT;
    }
    if (!wire_has_len(asked->case_id, CASE_ID_LEN) ||
        !wire_has_len(asked->nonce, REQUEST_NONCE_LEN)) {
        return REFUSAL_BAD_CASE;
    }
    if (term_by_code(TERM_GROUND, asked->ground) == NULL) {
        return REFUSAL_BAD_GROUND;
    }
    memcpy(release->request.case_id.bytes, asked->case_id.data, CASE_ID_LEN);
    memcpy(release->request.nonce, asked->nonce.data, REQUEST_NONCE_LEN);
    release->request.ground = (uint16_t) asked->ground;
    hearing_records(hearing->docket, &release->request.records);
    if (request_write_release(&release->request, release->message, &release->message_len) !=
        ERR_OK) {
        return REFUSAL_INVALID;
    }
    refusal = hearing_check_member(hearing, asked->member, verify_release, &release->request,
                                   asked->signature);
    if (refusal == REFUSAL_NONE) {
        hearing_add_member(hearing, asked->member,
                           (struct bytes) { .data = release->message, .len = release->message_len },
                           asked->signature);
    }
    return refusal;
}

/* Whether the record needs the officer's yes and has none yet; it is then put on the officer's list. */
static enum refusal
must_wait(struct hearing *hearing, const struct case_id *case_id, size_t record, bool *out)
{
    const struct docket *docket = hearing->docket;
    const struct report_header *header = &docket->headers[record];
    struct waiting waiting;
    enum err err;

    *out = false;
    if (!links_lead_to_hosts_only(&docket->links, record)) {
        return REFUSAL_NONE;
    }
    err = memory_get_waiting(hearing->gate->storage->store, case_id, &header->rid, header->bucket,
                             &waiting);
    if (err == ERR_OK) {
        *out = !waiting.is_approved;
        return REFUSAL_NONE;
    }
    if (err != ERR_NOT_FOUND) {
        return refusal_of_err(err);
    }
    *out = true;
    waiting = (struct waiting) {
        .case_id = *case_id,
        .rid = header->rid,
        .serial = header->serial,
        .bucket = header->bucket,
        .asked_at = hearing->now_s,
    };
    memory_put_waiting(hearing->batch, &waiting);
    return REFUSAL_NONE;
}

static enum refusal
fill_release(struct hearing *hearing, struct release *release)
{
    struct docket *docket = hearing->docket;
    size_t order[LINKS_RECORDS_MAX];
    struct box_public team;

    if (!hearing_team_key(hearing, &team)) {
        return REFUSAL_KEY_MISSING;
    }
    docket_order(docket, order);
    hearing->answer.kind = QUESTION_RELEASE;
    hearing->answer.count = docket->count;
    for (size_t i = 0; i < docket->count; i++) {
        struct answer_item *item = &hearing->answer.items[i];
        bool waits = false;
        enum refusal refusal = must_wait(hearing, &release->request.case_id, order[i], &waits);

        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
        item->header_hash = docket->names[order[i]].header_hash;
        item->status = waits ? RELEASE_WAITS : RELEASE_GIVEN;
        if (!waits) {
            if (gate_seal_release(&team, &docket->secrets[order[i]], item->sealed.released) !=
                ERR_OK) {
                return REFUSAL_INTERNAL;
            }
            release->given.items[release->given.count] = item->header_hash;
            release->given.count++;
        }
    }
    return REFUSAL_NONE;
}

/* A wish is met on one day only, and a member has so many a day. */
static enum refusal
count_wish(struct hearing *hearing, const struct release *release)
{
    struct store *store = hearing->gate->storage->store;
    enum err err = memory_use_wish(store, hearing->batch, docket_last_bucket(hearing->docket),
                                   release->request.nonce, hearing->now_s);

    if (err != ERR_OK) {
        return err == ERR_REPLAY ? REFUSAL_OLD_WISH : refusal_of_err(err);
    }
    err = memory_count_request(store, hearing->batch, release->asked->member, hearing->now_s,
                               hearing->gate->releases_per_day);
    return err == ERR_QUOTA ? REFUSAL_RELEASE_RATE : refusal_of_err(err);
}

static enum refusal
answer_release(struct hearing *hearing, struct release *release)
{
    struct audit_record record;
    struct bytes answer;
    struct hash32 hash;
    enum refusal refusal = check_release(hearing, release);

    if (refusal == REFUSAL_NONE) {
        refusal = count_wish(hearing, release);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = fill_release(hearing, release);
    }
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    hearing_fill_question(hearing, QUESTION_RELEASE);
    refusal = hearing_sign(hearing, &answer);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    hash_part(answer.data, answer.len, &hash);
    if (release->given.count > 0) {
        memory_put_release(hearing->batch, docket_bucket(hearing->docket), &hash,
                           &release->request.case_id, &release->given);
    }
    trail_begin(hearing->call, release->given.count == 0 ? "release_waits" : "identity_released",
                AUDIT_READ, release->asked->member, &record);
    hearing_set_case(&record, &release->request.case_id);
    record.legal_basis = release->request.ground;
    record.sensitivity = AUDIT_DEIDENTIFIED;
    if (release->given.count > 0) {
        record.life_cycle = AUDIT_LIFE_DISCLOSURE;
        record.sensitivity = AUDIT_IDENTITY;
        record.count = (uint32_t) release->given.count;
    }
    return hearing_give(hearing, &record);
}

enum refusal
gate_release(void *self, struct rpc_call *call, const ProtobufCMessage *request,
             ProtobufCMessage *response)
{
    const Seinhuis__V1__GateReleaseRequest *asked =
        (const Seinhuis__V1__GateReleaseRequest *) request;
    struct release release = { .asked = asked };
    struct hearing hearing = {
        .gate = self,
        .call = call,
        .response = (Seinhuis__V1__GateAnswer *) response,
    };
    enum refusal refusal = hearing_begin(&hearing, asked->records, asked->n_records);

    if (refusal == REFUSAL_NONE && hearing.docket->rejected != 0) {
        refusal = hearing_answer_rejected(&hearing, asked->member);
    } else if (refusal == REFUSAL_NONE) {
        /* The member's count is read and written in one go. */
        pthread_mutex_lock(&hearing.gate->rate_lock);
        refusal = answer_release(&hearing, &release);
        pthread_mutex_unlock(&hearing.gate->rate_lock);
    }
    hearing_end(&hearing);
    return refusal == REFUSAL_NONE
        ? refusal
        : trail_refuse(hearing.gate->storage, call, asked->member, refusal);
}

/* ---- confirm ---- */

struct confirm {
    const Seinhuis__V1__GateConfirmRequest *asked;
    struct confirm_request request;
    struct case_id case_id;
    uint8_t message[REQUEST_MAX_LEN];
    size_t message_len;
};

static enum err
verify_confirm(const struct sign_public *key, uint16_t tenant, const void *request,
               const struct signature *signature)
{
    return request_verify_confirm(key, tenant, request, signature);
}

static enum refusal
check_two_members(struct hearing *hearing, struct confirm *confirm)
{
    const Seinhuis__V1__GateConfirmRequest *asked = confirm->asked;

    if (asked->n_confirmations != 2 ||
        strcmp(asked->confirmations[0]->member, asked->confirmations[1]->member) == 0) {
        return REFUSAL_SAME_MEMBER;
    }
    for (size_t i = 0; i < 2; i++) {
        const Seinhuis__V1__MemberConfirmation *one = asked->confirmations[i];
        enum refusal refusal = hearing_check_member(hearing, one->member, verify_confirm,
                                                    &confirm->request, one->signature);

        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
        hearing_add_member(hearing, one->member,
                           (struct bytes) { .data = confirm->message, .len = confirm->message_len },
                           one->signature);
    }
    return REFUSAL_NONE;
}

/* The records of the release may have been more: what only a host still confirms among these needs the
 * officer's yes now.  ERR_NOT_FOUND: one has none. */
static enum err
check_hosts(const struct hearing *hearing, const struct case_id *case_id)
{
    const struct docket *docket = hearing->docket;
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < docket->count; i++) {
        const struct report_header *header = &docket->headers[i];
        struct waiting waiting;

        if (!links_lead_to_hosts_only(&docket->links, i)) {
            continue;
        }
        err = memory_get_waiting(hearing->gate->storage->store, case_id, &header->rid,
                                 header->bucket, &waiting);
        if (err == ERR_OK && !waiting.is_approved) {
            err = ERR_NOT_FOUND;
        }
    }
    return err;
}

static enum refusal
check_confirm(struct hearing *hearing, struct confirm *confirm)
{
    const Seinhuis__V1__GateConfirmRequest *asked = confirm->asked;
    enum err err;

    if (!links_are_one_component(&hearing->docket->links)) {
        return REFUSAL_NOT_ONE_COMPONENT;
    }
    if (!wire_has_len(asked->release_answer_hash, HASH32_LEN) ||
        term_by_code(TERM_PURPOSE, asked->purpose) == NULL) {
        return REFUSAL_INVALID;
    }
    memcpy(confirm->request.release_answer.bytes, asked->release_answer_hash.data, HASH32_LEN);
    confirm->request.purpose = (uint16_t) asked->purpose;
    hearing_records(hearing->docket, &confirm->request.records);
    if (request_write_confirm(&confirm->request, confirm->message, &confirm->message_len) !=
        ERR_OK) {
        return REFUSAL_INVALID;
    }
    err = memory_check_release(hearing->gate->storage->store, &confirm->request.release_answer,
                               &confirm->request.records, &confirm->case_id);
    if (err == ERR_OK) {
        err = check_hosts(hearing, &confirm->case_id);
    }
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? REFUSAL_NOT_RELEASED : refusal_of_err(err);
    }
    return check_two_members(hearing, confirm);
}

static enum refusal
answer_confirm(struct hearing *hearing, struct confirm *confirm)
{
    struct docket *docket = hearing->docket;
    struct audit_record record;
    struct box_public team;
    struct bytes answer;
    size_t order[LINKS_RECORDS_MAX];
    enum refusal refusal = check_confirm(hearing, confirm);

    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    if (!hearing_team_key(hearing, &team)) {
        return REFUSAL_KEY_MISSING;
    }
    docket_order(docket, order);
    hearing->answer.kind = QUESTION_CONFIRM;
    hearing->answer.count = docket->count;
    for (size_t i = 0; i < docket->count; i++) {
        struct answer_item *item = &hearing->answer.items[i];

        item->header_hash = docket->names[order[i]].header_hash;
        if (gate_seal_confirm(&team, &docket->secrets[order[i]], item->sealed.confirmed) !=
            ERR_OK) {
            return REFUSAL_INTERNAL;
        }
    }
    hearing_fill_question(hearing, QUESTION_CONFIRM);
    refusal = hearing_sign(hearing, &answer);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    trail_begin(hearing->call, "content_released", AUDIT_READ,
                confirm->asked->confirmations[1]->member, &record);
    hearing_set_case(&record, &confirm->case_id);
    record.life_cycle = AUDIT_LIFE_DISCLOSURE;
    record.sensitivity = AUDIT_CONTENT;
    record.purpose = confirm->request.purpose;
    record.count = (uint32_t) docket->count;
    return hearing_give(hearing, &record);
}

enum refusal
gate_confirm(void *self, struct rpc_call *call, const ProtobufCMessage *request,
             ProtobufCMessage *response)
{
    const Seinhuis__V1__GateConfirmRequest *asked =
        (const Seinhuis__V1__GateConfirmRequest *) request;
    struct confirm confirm = { .asked = asked };
    struct hearing hearing = {
        .gate = self,
        .call = call,
        .response = (Seinhuis__V1__GateAnswer *) response,
    };
    enum refusal refusal = hearing_begin(&hearing, asked->records, asked->n_records);

    if (refusal == REFUSAL_NONE) {
        refusal = hearing.docket->rejected != 0 ? hearing_answer_rejected(&hearing, "")
                                                : answer_confirm(&hearing, &confirm);
    }
    hearing_end(&hearing);
    return refusal == REFUSAL_NONE ? refusal
                                   : trail_refuse(hearing.gate->storage, call, "", refusal);
}

const struct rpc_method GATE_METHODS[] = {
    { .name = "Assess",
      .kind = RPC_UNARY,
      .roles = ROLE_BIT(ROLE_VAULT),
      .max_request_len = REQUEST_LEN_MAX,
      .arena_cap = REQUEST_ARENA,
      .handler = gate_assess },
    { .name = "Release",
      .kind = RPC_UNARY,
      .roles = ROLE_BIT(ROLE_VAULT),
      .max_request_len = REQUEST_LEN_MAX,
      .arena_cap = REQUEST_ARENA,
      .handler = gate_release },
    { .name = "Confirm",
      .kind = RPC_UNARY,
      .roles = ROLE_BIT(ROLE_VAULT),
      .max_request_len = REQUEST_LEN_MAX,
      .arena_cap = REQUEST_ARENA,
      .handler = gate_confirm },
    { .name = "ListWaiting",
      .kind = RPC_SERVER_STREAM,
      .roles = ROLE_BIT(ROLE_OFFICER),
      .deadline_ms = LISTING_MS,
      .max_request_len = 256,
      .arena_cap = 16384,
      .handler = gate_list_waiting },
    { .name = "Approve",
      .kind = RPC_UNARY,
      .roles = ROLE_BIT(ROLE_OFFICER),
      .max_request_len = 1024,
      .arena_cap = 16384,
      .handler = gate_approve },
};
const size_t GATE_METHOD_COUNT = sizeof GATE_METHODS / sizeof GATE_METHODS[0];
