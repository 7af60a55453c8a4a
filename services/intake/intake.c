/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/intake/intake.h"

#include <string.h>

#include "proto/escrow/receipt.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/intake.pb-c.h"
#include "services/daemon/trail.h"
#include "vault/intake.h"
#include "vault/record.h"

enum {
    SUBMIT_MAX_LEN = 12 * 1024, /* with two blocks 9.1 kB */
    SUBMIT_ARENA = 64 * 1024,
    LISTING_MS = 10 * 60 * 1000, /* a long list over a slow line */
};

enum err
intake_init(struct intake *intake, struct storage *storage, struct vault *vault,
            struct roster *roster, struct clock *clock)
{
    WIPED(key32) struct key32 seed = { { 0 } };
    WIPED(key64) struct key64 secret = { { 0 } };
    struct sign_public public;
    enum err err = keyring_get(storage->ring, KEYRING_RECEIPT, 0, &seed);

    if (err != ERR_OK) {
        return err;
    }
    *intake = (struct intake) {
        .storage = storage,
        .vault = vault,
        .roster = roster,
        .clock = clock,
    };
    err = secret_new(sizeof secret.bytes, &intake->receipt_key);
    if (err == ERR_OK) {
        sign_key_from_seed(&seed, &secret, &public);
        memcpy(secret_edit(intake->receipt_key), secret.bytes, sizeof secret.bytes);
    }
    return err;
}

void
intake_done(struct intake *intake)
{
    secret_free(intake->receipt_key);
    intake->receipt_key = NULL;
}

static enum refusal
write_receipt(const struct intake *intake, struct rpc_call *call,
              const struct intake_receipt *stored, uint16_t tenant,
              Seinhuis__V1__SubmitResponse *response)
{
    WIPED(key64) struct key64 secret = { { 0 } };
    const struct receipt receipt = {
        .rid = stored->rid,
        .submission = stored->p,
        .day = stored->day,
    };
    uint8_t *out = arena_alloc(call->arena, RECEIPT_LEN);

    if (out == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    memcpy(secret.bytes, secret_data(intake->receipt_key), sizeof secret.bytes);
    receipt_make(&secret, tenant, &receipt, out);
    response->receipt = (ProtobufCBinaryData) { .len = RECEIPT_LEN, .data = out };
    response->route = (uint32_t) stored->route;
    response->act_within_s = stored->act_within_s;
    return REFUSAL_NONE;
}

static enum refusal
submit(void *self, struct rpc_call *call, const ProtobufCMessage *request,
       ProtobufCMessage *response)
{
    struct intake *intake = self;
    const Seinhuis__V1__SubmitRequest *asked = (const Seinhuis__V1__SubmitRequest *) request;
    const struct roster_peer *peer = call->caller.party;
    const struct registry *registry = roster_registry(peer->edition);
    const struct intake_submission submission = {
        .header = wire_bytes(asked->header),
        .gate = wire_bytes(asked->gate),
        .inner = wire_bytes(asked->inner),
        .direct = wire_bytes(asked->direct),
        .tickets = wire_bytes(asked->tickets),
        .signature = wire_bytes(asked->signature),
        .sent = asked->sent,
    };
    struct audit_record who;
    struct intake_caller caller = { .registry = registry, .party = peer->party, .who = &who };
    struct intake_receipt stored;
    enum refusal refusal = wire_is_user(asked->user) ? REFUSAL_NONE : REFUSAL_BAD_USER;

    if (refusal == REFUSAL_NONE) {
        trail_begin(call, "signal_filed", AUDIT_CREATE, asked->user, &who);
        caller.oldest_version = roster_oldest_version(intake->roster);
        refusal = vault_intake(intake->vault, &submission, &caller, &stored);
    }
    if (refusal == REFUSAL_NONE) {
        return write_receipt(intake, call, &stored, registry_facts(registry)->tenant,
                             (Seinhuis__V1__SubmitResponse *) response);
    }
    return trail_refuse(intake->storage, call, asked->user, refusal);
}

static enum err
send_own(void *context, const struct own_report *report)
{
    struct rpc_call *call = context;
    struct own_report copy = *report;
    Seinhuis__V1__OwnSignal message = SEINHUIS__V1__OWN_SIGNAL__INIT;

    message.rid = (ProtobufCBinaryData) { .len = RID_LEN, .data = copy.rid.bytes };
    message.received_day = copy.day;
    message.bucket = copy.bucket;
    message.mode = copy.mode;
    message.severity = copy.band;
    return rpc_send(call, &message.base);
}

/* The organisation reads back what it filed itself: one record for the whole list. */
static enum refusal
list_own(void *self, struct rpc_call *call, const ProtobufCMessage *request,
         ProtobufCMessage *response)
{
    struct intake *intake = self;
    const Seinhuis__V1__ListOwnRequest *asked = (const Seinhuis__V1__ListOwnRequest *) request;
    const struct roster_peer *peer = call->caller.party;
    struct audit_record record;
    enum refusal refusal;
    enum err err;

    (void) response;
    if (!wire_is_user(asked->user)) {
        return trail_refuse(intake->storage, call, "", REFUSAL_BAD_USER);
    }
    trail_begin(call, "own_signals_listed", AUDIT_READ, asked->user, &record);
    record.object_type = AUDIT_OBJECT_SIGNAL;
    record.life_cycle = AUDIT_LIFE_ACCESS;
    record.sensitivity = AUDIT_DEIDENTIFIED;
    refusal = trail_write(intake->storage, &record);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    err = record_list_own(intake->vault, peer->party->serial, send_own, call);
    return err == ERR_STATE ? REFUSAL_CANCELLED : refusal_of_err(err);
}

static const struct rpc_method METHODS[] = {
    { .name = "Submit",
      .kind = RPC_UNARY,
      .roles = ROLE_BIT(ROLE_PARTNER),
      .max_request_len = SUBMIT_MAX_LEN,
      .arena_cap = SUBMIT_ARENA,
      .handler = submit },
    { .name = "ListOwn",
      .kind = RPC_SERVER_STREAM,
      .roles = ROLE_BIT(ROLE_PARTNER),
      .deadline_ms = LISTING_MS,
      .max_request_len = 256,
      .arena_cap = 16384,
      .max_running = 8,
      .handler = list_own },
};

struct rpc_service
intake_service(struct intake *intake)
{
    return (struct rpc_service) {
        .descriptor = &seinhuis__v1__intake__descriptor,
        .methods = METHODS,
        .method_count = sizeof METHODS / sizeof METHODS[0],
        .self = intake,
    };
}
