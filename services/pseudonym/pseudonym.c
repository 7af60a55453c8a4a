/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/pseudonym/pseudonym.h"

#include <string.h>

#include "base/log.h"
#include "proto/escrow/ctx.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"
#include "proto/escrow/ticket.h"
#include "proto/escrow/voprf.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/pseudonym.pb-c.h"
#include "services/daemon/roster.h"
#include "services/daemon/trail.h"

enum { TRIES = 8 };

static enum err
take_ticket_key(struct storage *storage, struct secret **out)
{
    WIPED(key32) struct key32 seed = { { 0 } };
    WIPED(key64) struct key64 secret = { { 0 } };
    struct sign_public public;
    enum err err = keyring_get(storage->ring, KEYRING_TICKET, 0, &seed);

    if (err != ERR_OK) {
        return err;
    }
    err = secret_new(sizeof secret.bytes, out);
    if (err == ERR_OK) {
        sign_key_from_seed(&seed, &secret, &public);
        memcpy(secret_edit(*out), secret.bytes, sizeof secret.bytes);
    }
    return err;
}

enum err
pseudonym_init(struct pseudonym *pseudonym, struct storage *storage, struct clock *clock,
               const struct quota_limits *limits)
{
    enum err err = take_ticket_key(storage, &pseudonym->ticket_key);

    if (err != ERR_OK) {
        return err;
    }
    pseudonym->storage = storage;
    pseudonym->clock = clock;
    pseudonym->limits = *limits;
    for (size_t i = 0; i < PSEUDONYM_LOCKS; i++) {
        pthread_mutex_init(&pseudonym->locks[i], NULL);
    }
    return ERR_OK;
}

void
pseudonym_done(struct pseudonym *pseudonym)
{
    secret_free(pseudonym->ticket_key);
    for (size_t i = 0; i < PSEUDONYM_LOCKS; i++) {
        pthread_mutex_destroy(&pseudonym->locks[i]);
    }
}

/* A checked request. */
struct question {
    const char *user;
    uint32_t serial;
    struct escrow_ctx ctx;
    struct point blinded[VOPRF_BATCH_MAX];
    size_t count;
};

static enum refusal
check_ctx(const struct roster_peer *peer, ProtobufCBinaryData field, struct escrow_ctx *out)
{
    const struct registry *registry = roster_registry(peer->edition);
    const struct registry_ctx *live;
    struct escrow_ctx ctx;

    if (!wire_has_len(field, CTX_LEN) || ctx_read(field.data, &ctx) != ERR_OK) {
        return REFUSAL_BAD_CONTEXT;
    }
    live = registry_ctx_by_epoch(registry, ctx.epoch);
    if (live == NULL || ctx.tenant != registry_facts(registry)->tenant ||
        ctx.norm_version != live->norm_version || ctx.threshold != live->threshold) {
        return REFUSAL_UNKNOWN_CONTEXT;
    }
    *out = ctx;
    return REFUSAL_NONE;
}

static enum refusal
check_request(const struct rpc_call *call, const Seinhuis__V1__EvaluateRequest *request,
              struct question *out)
{
    const struct roster_peer *peer = call->caller.party;
    struct question question = { .user = request->user, .serial = peer->party->serial };
    enum refusal refusal;

    if (!wire_is_user(request->user)) {
        return REFUSAL_BAD_USER;
    }
    refusal = check_ctx(peer, request->context, &question.ctx);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    if (request->blinded.len == 0 || request->blinded.len % POINT_LEN != 0 ||
        request->blinded.len / POINT_LEN > VOPRF_BATCH_MAX) {
        return REFUSAL_BAD_ELEMENTS;
    }
    question.count = request->blinded.len / POINT_LEN;
    memcpy(question.blinded, request->blinded.data, request->blinded.len);
    *out = question;
    return REFUSAL_NONE;
}

/* Whether the quota has room now; the counting itself comes after the work, with the record. */
static enum refusal
check_quota(struct pseudonym *pseudonym, const struct question *question)
{
    struct quota quota;
    enum err err = quota_read(pseudonym->storage->store, question->serial, question->user,
                              clock_now_s(pseudonym->clock), &quota);

    if (err == ERR_OK) {
        err = quota_take(&quota, &pseudonym->limits, (uint32_t) question->count);
    }
    return err == ERR_QUOTA ? REFUSAL_QUOTA_USED : refusal_of_err(err);
}

/* Evaluates into the response, whose memory is the call's arena. */
static enum refusal
evaluate(struct pseudonym *pseudonym, struct rpc_call *call, const struct question *question,
         Seinhuis__V1__EvaluateResponse *response)
{
    WIPED(voprf_key) struct voprf_key key = { { { 0 } }, { { 0 } } };
    const struct roster_peer *peer = call->caller.party;
    const struct registry_ctx *live =
        registry_ctx_by_epoch(roster_registry(peer->edition), question->ctx.epoch);
    uint8_t *evaluated = arena_alloc(call->arena, question->count * POINT_LEN);
    uint8_t *proof = arena_alloc(call->arena, VOPRF_PROOF_LEN);
    struct point points[VOPRF_BATCH_MAX];
    struct voprf_proof dleq;
    enum err err;

    if (evaluated == NULL || proof == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    err = keyring_get(pseudonym->storage->ring, KEYRING_OPRF, question->ctx.epoch, &key.secret);
    if (err != ERR_OK) {
        log_failure(LOG_ERROR, "oprf_key_missing", err);
        return REFUSAL_KEY_MISSING;
    }
    memcpy(key.public.bytes, live->voprf_key, POINT_LEN);
    err = voprf_evaluate(&key, question->blinded, question->count, points, &dleq);
    if (err == ERR_MALFORMED) {
        return REFUSAL_BAD_ELEMENTS;
    }
    if (err != ERR_OK) {
        return refusal_of_err(err);
    }
    memcpy(evaluated, points, question->count * POINT_LEN);
    memcpy(proof, dleq.bytes, VOPRF_PROOF_LEN);
    response->evaluated =
        (ProtobufCBinaryData) { .len = question->count * POINT_LEN, .data = evaluated };
    response->proof = (ProtobufCBinaryData) { .len = VOPRF_PROOF_LEN, .data = proof };
    return REFUSAL_NONE;
}

static enum refusal
add_ticket(struct pseudonym *pseudonym, struct rpc_call *call, const struct question *question,
           uint64_t now_s, Seinhuis__V1__EvaluateResponse *response)
{
    WIPED(key64) struct key64 secret = { { 0 } };
    uint8_t *ticket = arena_alloc(call->arena, TICKET_LEN);

    if (ticket == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    memcpy(secret.bytes, secret_data(pseudonym->ticket_key), sizeof secret.bytes);
    ticket_make(&secret, question->serial, &question->ctx, clock_day(now_s), ticket);
    response->ticket = (ProtobufCBinaryData) { .len = TICKET_LEN, .data = ticket };
    return REFUSAL_NONE;
}

/* Counts and records in one batch; ERR_CONFLICT: another call of this organisation came first. */
static enum err
count_once(struct pseudonym *pseudonym, const struct rpc_call *call,
           const struct question *question, const uint8_t ticket[TICKET_LEN], uint32_t *left)
{
    struct storage *storage = pseudonym->storage;
    struct audit_record record;
    struct store_result result;
    struct store_batch *batch = NULL;
    struct store_id id;
    struct quota quota;
    enum err err = quota_read(storage->store, question->serial, question->user,
                              clock_now_s(pseudonym->clock), &quota);

    if (err == ERR_OK) {
        err = quota_take(&quota, &pseudonym->limits, (uint32_t) question->count);
    }
    if (err != ERR_OK) {
        return err;
    }
    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    if (err != ERR_OK) {
        return err;
    }
    quota_put(&quota, batch);
    trail_begin(call, "elements_evaluated", AUDIT_EXECUTE, question->user, &record);
    record.object_type = AUDIT_OBJECT_TICKET;
    record.object_len = crypto_generichash_BYTES;
    crypto_generichash(record.object, crypto_generichash_BYTES, ticket, TICKET_LEN, NULL, 0);
    record.count = (uint32_t) question->count;
    err = audit_append(storage->audit, batch, &record);
    if (err == ERR_OK) {
        err = store_apply(storage->store, batch, &result);
    }
    if (err == ERR_OK) {
        *left = quota_left(&quota, &pseudonym->limits);
    }
    store_batch_free(batch);
    return err;
}

/* Calls of one organisation count one after the other; the lock spares them the conflicts. */
static enum refusal
count_and_record(struct pseudonym *pseudonym, const struct rpc_call *call,
                 const struct question *question, const uint8_t ticket[TICKET_LEN], uint32_t *left)
{
    pthread_mutex_t *lock = &pseudonym->locks[question->serial % PSEUDONYM_LOCKS];
    enum err err = ERR_CONFLICT;

    pthread_mutex_lock(lock);
    for (int i = 0; i < TRIES && err == ERR_CONFLICT; i++) {
        err = count_once(pseudonym, call, question, ticket, left);
    }
    pthread_mutex_unlock(lock);
    return err == ERR_QUOTA ? REFUSAL_QUOTA_USED : refusal_of_err(err);
}

enum refusal
pseudonym_evaluate(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                   ProtobufCMessage *response)
{
    struct pseudonym *pseudonym = self;
    const Seinhuis__V1__EvaluateRequest *asked = (const Seinhuis__V1__EvaluateRequest *) request;
    Seinhuis__V1__EvaluateResponse *answer = (Seinhuis__V1__EvaluateResponse *) response;
    struct question question;
    enum refusal refusal = check_request(call, asked, &question);

    if (refusal == REFUSAL_NONE) {
        refusal = check_quota(pseudonym, &question);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = evaluate(pseudonym, call, &question, answer);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = add_ticket(pseudonym, call, &question, clock_now_s(pseudonym->clock), answer);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = count_and_record(pseudonym, call, &question, answer->ticket.data,
                                   &answer->elements_left);
    }
    if (refusal != REFUSAL_NONE) {
        return trail_refuse(pseudonym->storage, call, asked->user, refusal);
    }
    return REFUSAL_NONE;
}

const struct rpc_method PSEUDONYM_METHODS[] = {
    {
        .name = "Evaluate",
        .kind = RPC_UNARY,
        .roles = ROLE_BIT(ROLE_PARTNER),
        .max_request_len = 1024,
        .arena_cap = 16384,
        .handler = pseudonym_evaluate,
    },
};
const size_t PSEUDONYM_METHOD_COUNT = sizeof PSEUDONYM_METHODS / sizeof PSEUDONYM_METHODS[0];
