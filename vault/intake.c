/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/intake.h"

#include <string.h>

#include "base/clock.h"
#include "proto/escrow/audit_record.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/submit.h"
#include "vault/policy.h"
#include "vault/record_rows.h"
#include "vault/store/audit.h"

enum { TRIES = 3, TICKET_ROW_DAYS = TICKET_MAX_AGE_DAYS + 2 };

/* One report on its way in. */
struct arrival {
    struct vault *vault;
    const struct intake_caller *caller;
    struct submission submission;
    struct record_meta meta;
    struct ticket tickets[HEADER_BLOCKS_MAX];
    uint64_t now;
    uint32_t today;
    uint16_t tenant;
    bool is_known; /* the same was filed before; 'meta' is what was stored then */
};

/* The caller is told what it can act on, and of everything else that it went wrong. */
static enum refusal
refusal_of_storing(enum err err)
{
    switch (err) {
        case ERR_OK:
        case ERR_NOMEM:
        case ERR_CONFLICT:
        case ERR_FULL:
        case ERR_UNAVAILABLE:
        case ERR_UNKNOWN:
            return refusal_of_err(err);
        default:
            return REFUSAL_INTERNAL;
    }
}

/* ---- form and origin ---- */

static enum refusal
check_form(const struct intake_submission *in, struct arrival *arrival)
{
    struct submission_hashes hashes;

    arrival->submission = (struct submission) {
        .header = in->header,
        .gate = in->gate,
        .inner = in->inner,
        .direct = in->direct,
        .tickets = in->tickets,
        .sent = in->sent,
    };
    if (in->signature.len != SIGNATURE_LEN) {
        return REFUSAL_BAD_SIGNATURE;
    }
    memcpy(arrival->submission.signature.bytes, in->signature.data, SIGNATURE_LEN);
    if (submit_check(&arrival->submission, &arrival->meta.header) != ERR_OK) {
        return REFUSAL_BAD_SUBMISSION;
    }
    submit_hashes(&arrival->submission, &hashes);
    arrival->meta.hh = hashes.header;
    submit_name(&hashes, &arrival->meta.name);
    return REFUSAL_NONE;
}

static enum refusal
check_origin(struct arrival *arrival)
{
    const struct registry_party *party = arrival->caller->party;

    if (party->role != ROLE_PARTNER || party->serial != arrival->meta.header.serial) {
        return REFUSAL_NOT_YOUR_SERIAL;
    }
    if (!registry_term_holds(party->term, arrival->today)) {
        return REFUSAL_PARTY_ENDED;
    }
    for (size_t i = 0; i < party->key_count; i++) {
        struct sign_public key;

        memcpy(key.bytes, party->keys[i].key, SIGN_PUBLIC_LEN);
        if (registry_term_holds(party->keys[i].term, arrival->today) &&
            submit_verify(&key, arrival->tenant, &arrival->meta.name, arrival->submission.sent,
                          arrival->submission.tickets, &arrival->submission.signature) == ERR_OK) {
            arrival->meta.entity = party->entity;
            arrival->meta.sector = party->sector;
            arrival->meta.is_host = party->is_host;
            return REFUSAL_NONE;
        }
    }
    return REFUSAL_BAD_SIGNATURE;
}

/* The same rid: with the same content it is a resent report, with another one it is refused. */
static enum refusal
check_rid(struct arrival *arrival)
{
    struct record_meta stored;
    enum err err = record_read_meta(arrival->vault, NULL, &arrival->meta.header.rid, &stored);

    if (err == ERR_NOT_FOUND) {
        return REFUSAL_NONE;
    }
    if (err == ERR_EXPIRED) {
        return REFUSAL_RID_USED;
    }
    if (err != ERR_OK) {
        return refusal_of_storing(err);
    }
    if (sodium_memcmp(stored.name.bytes, arrival->meta.name.bytes, HASH64_LEN) != 0) {
        return REFUSAL_RID_USED;
    }
    arrival->meta = stored;
    arrival->is_known = true;
    return REFUSAL_NONE;
}

/* ---- registry and tickets ---- */

static const struct registry_ctx *
find_ctx(const struct arrival *arrival, const struct escrow_ctx *ctx)
{
    const struct registry_facts *facts = registry_facts(arrival->caller->registry);

    for (size_t i = 0; i < facts->ctx_count; i++) {
        const struct registry_ctx *live = &facts->ctxs[i];
        const struct escrow_ctx same = {
            .tenant = facts->tenant,
            .epoch = live->epoch,
            .norm_version = live->norm_version,
            .threshold = live->threshold,
        };

        if (ctx_is_equal(ctx, &same)) {
            return live;
        }
    }
    return NULL;
}

/* A block for each live ctx; under a version that was replaced there may have been one ctx fewer. */
static enum refusal
check_registry(const struct arrival *arrival)
{
    const struct registry_facts *facts = registry_facts(arrival->caller->registry);
    const struct report_header *header = &arrival->meta.header;

    if (header->registry_version > facts->version ||
        header->registry_version < arrival->caller->oldest_version) {
        return REFUSAL_REGISTRY_NOT_CURRENT;
    }
    if (header->registry_version == facts->version && header->block_count != facts->ctx_count) {
        return REFUSAL_WRONG_CONTEXT;
    }
    for (size_t i = 0; i < header->block_count; i++) {
        const struct registry_ctx *ctx = find_ctx(arrival, &header->blocks[i].ctx);

        if (ctx == NULL) {
            return REFUSAL_WRONG_CONTEXT;
        }
        if (header->bucket > ctx->last_bucket) {
            return REFUSAL_BUCKET_NOT_ALLOWED;
        }
    }
    return REFUSAL_NONE;
}

/* In the month in which nobody could use the ticket any more. */
static struct store_key
ticket_key(const struct vault *vault, const struct ticket *ticket)
{
    uint8_t name[4 + TICKET_RANDOM_LEN];
    struct byte_writer writer;
    uint16_t month = clock_bucket(date_from_days((int32_t) (ticket->day + TICKET_ROW_DAYS)));

    byte_writer_init(&writer, name, sizeof name);
    byte_writer_u32(&writer, ticket->serial);
    byte_writer_raw(&writer, ticket->random, TICKET_RANDOM_LEN);
    return core_key(vault, ROW_TICKET, STORE_TICKETS, month, name, writer.len);
}

static enum refusal
check_ticket(struct arrival *arrival, size_t at)
{
    const uint8_t *bytes = arrival->submission.tickets.data + at * TICKET_LEN;
    struct ticket *ticket = &arrival->tickets[at];
    struct sign_public key;
    const uint8_t *key_bytes;

    if (ticket_read(bytes, ticket) != ERR_OK) {
        return REFUSAL_BAD_TICKET;
    }
    key_bytes = registry_service_key(arrival->caller->registry, REGISTRY_TICKET_KEY, ticket->day);
    if (key_bytes == NULL) {
        return REFUSAL_BAD_TICKET;
    }
    memcpy(key.bytes, key_bytes, sizeof key.bytes);
    if (ticket_verify(&key, bytes, ticket) != ERR_OK ||
        ticket->serial != arrival->meta.header.serial ||
        !ctx_is_equal(&ticket->ctx, &arrival->meta.header.blocks[at].ctx) ||
        ticket->day > arrival->today + 1) {
        return REFUSAL_BAD_TICKET;
    }
    return ticket->day + TICKET_MAX_AGE_DAYS < arrival->today ? REFUSAL_TICKET_EXPIRED
                                                              : REFUSAL_NONE;
}

static enum refusal
check_tickets(struct arrival *arrival)
{
    for (size_t i = 0; i < arrival->meta.header.block_count; i++) {
        enum refusal refusal = check_ticket(arrival, i);
        struct store_value value = { .data = NULL };
        struct store_key key;
        enum err err;

        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
        key = ticket_key(arrival->vault, &arrival->tickets[i]);
        err = store_get(arrival->vault->config.store, NULL, &key, &value);
        store_value_done(&value);
        if (err != ERR_NOT_FOUND) {
            return err == ERR_OK ? REFUSAL_TICKET_USED : refusal_of_storing(err);
        }
    }
    return REFUSAL_NONE;
}

/* ---- time and policy ---- */

static enum refusal
check_sent(const struct arrival *arrival)
{
    uint64_t sent = arrival->submission.sent;
    uint64_t off = sent > arrival->now ? sent - arrival->now : arrival->now - sent;

    return off > SUBMIT_MAX_AGE_S ? REFUSAL_SENT_TOO_FAR_OFF : REFUSAL_NONE;
}

static enum refusal
check_policy(const struct arrival *arrival)
{
    const struct policy *policy = arrival->vault->config.policy;
    const struct report_header *header = &arrival->meta.header;
    const struct policy_sector *sector = policy_sector(policy, arrival->meta.sector);
    const struct registry_facts *facts = registry_facts(arrival->caller->registry);
    uint16_t this_week = clock_week(date_of(arrival->now));
    uint16_t last_month;
    uint8_t months;

    if (sector == NULL || !policy_allows_basis(sector, header->legal_basis)) {
        return REFUSAL_BASIS_NOT_ALLOWED;
    }
    if (header->mode > MODE_ACUTE || !sector->allows_mode[header->mode]) {
        return REFUSAL_MODE_NOT_ALLOWED;
    }
    if (header->week > this_week || this_week - header->week > policy->oldest_week) {
        return REFUSAL_WEEK_NOT_ALLOWED;
    }
    /* Counted from the last day of the week, in whose month the event may lie. */
    last_month = clock_bucket(date_from_days(date_to_days(clock_week_first_day(header->week)) + 6));
    months = sector->retention_months < facts->retention_months ? sector->retention_months
                                                                : facts->retention_months;
    if (header->bucket < clock_bucket(date_of(arrival->now)) ||
        header->bucket > last_month + months) {
        return REFUSAL_BUCKET_NOT_ALLOWED;
    }
    return REFUSAL_NONE;
}

/* In the order of the protocol; stops at a report that is known already. */
static enum refusal
check(const struct intake_submission *in, struct arrival *arrival)
{
    enum refusal refusal = check_form(in, arrival);

    if (refusal == REFUSAL_NONE) {
        refusal = check_origin(arrival);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = check_rid(arrival);
    }
    if (refusal != REFUSAL_NONE || arrival->is_known) {
        return refusal;
    }
    refusal = check_registry(arrival);
    if (refusal == REFUSAL_NONE) {
        refusal = check_tickets(arrival);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = check_sent(arrival);
    }
    return refusal == REFUSAL_NONE ? check_policy(arrival) : refusal;
}

/* ---- storing ---- */

/* A report that was known already changes nothing: its receipt is read again. */
static enum err
add_audit(const struct arrival *arrival, struct store_batch *batch)
{
    struct audit_record record = *arrival->caller->who;

    if (arrival->is_known) {
        memcpy(record.type, "receipt_read", sizeof "receipt_read");
    } else if (record.type[0] == '\0') {
        memcpy(record.type, "signal_filed", sizeof "signal_filed");
    }
    record.action = arrival->is_known ? AUDIT_READ : AUDIT_CREATE;
    record.outcome = AUDIT_SUCCESS;
    record.object_len = RID_LEN;
    memcpy(record.object, arrival->meta.header.rid.bytes, RID_LEN);
    record.object_type = AUDIT_OBJECT_SIGNAL;
    record.life_cycle = arrival->is_known ? AUDIT_LIFE_ACCESS : AUDIT_LIFE_CREATION;
    record.sensitivity = AUDIT_DEIDENTIFIED;
    record.legal_basis = arrival->meta.header.legal_basis;
    record.authorised = AUDIT_TRUE;
    record.count = 1;
    return audit_append(arrival->vault->config.audit, batch, &record);
}

static enum err
fill_batch(const struct arrival *arrival, struct store_batch *batch)
{
    /* The value says nothing: the row's being there is all. */
    static const uint8_t used = 1;
    const struct submission *in = &arrival->submission;
    const struct record filed = {
        .header = in->header,
        .gate = in->gate,
        .inner = in->inner,
        .direct = in->direct,
        .tickets = in->tickets,
        .signature = { in->signature.bytes, SIGNATURE_LEN },
        .sent = in->sent,
    };
    uint8_t task[RECORD_TASK_LEN];
    enum err err = record_add(arrival->vault, batch, &arrival->meta, &filed);

    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < arrival->meta.header.block_count; i++) {
        const struct store_key key = ticket_key(arrival->vault, &arrival->tickets[i]);

        store_batch_expect_absent(batch, &key);
        store_batch_put(batch, &key, &used, sizeof used);
    }
    err = record_task_write(arrival->vault, &arrival->meta.header.rid, task);
    if (err != ERR_OK) {
        return err;
    }
    store_batch_outbox(batch, task, sizeof task);
    return add_audit(arrival, batch);
}

static enum err
store_arrival(const struct arrival *arrival)
{
    struct store_batch *batch = NULL;
    struct store_result result;
    struct store_id id;
    enum err err;

    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    if (err == ERR_OK) {
        err = arrival->is_known ? add_audit(arrival, batch) : fill_batch(arrival, batch);
    }
    if (err == ERR_OK) {
        err = store_apply(arrival->vault->config.store, batch, &result);
    }
    store_batch_free(batch);
    if (err == ERR_OK && !arrival->is_known) {
        atomic_fetch_add(&arrival->vault->outstanding, 1);
    }
    return err;
}

static enum report_route
route_of(uint8_t mode)
{
    switch (mode) {
        case MODE_ACUTE:
            return ROUTE_AT_ONCE;
        case MODE_CONSENTED:
            return ROUTE_CONTACT;
        default:
            return ROUTE_ESCROW;
    }
}

/* Checks and stores once. */
static enum refusal
try_once(struct arrival *arrival, const struct intake_submission *submission)
{
    enum refusal refusal = REFUSAL_NONE;

    arrival->now = clock_now_s(arrival->vault->config.clock);
    arrival->today = clock_day(arrival->now);
    arrival->meta.received_at = arrival->now;
    refusal = check(submission, arrival);
    if (refusal == REFUSAL_NONE) {
        refusal = refusal_of_storing(store_arrival(arrival));
    }
    return refusal;
}

enum refusal
vault_intake(struct vault *vault, const struct intake_submission *submission,
             const struct intake_caller *caller, struct intake_receipt *out)
{
    struct arrival arrival;
    enum refusal refusal = REFUSAL_CONFLICT;

    /* Whoever loses a race for a rid or a ticket looks again.  A ticket may have been used by this very
     * report, sent twice at the same time, between the look at the rid and that at the ticket. */
    for (unsigned int i = 0;
         i < TRIES && (refusal == REFUSAL_CONFLICT || refusal == REFUSAL_TICKET_USED); i++) {
        arrival = (struct arrival) {
            .vault = vault,
            .caller = caller,
            .tenant = registry_facts(caller->registry)->tenant,
        };
        refusal = try_once(&arrival, submission);
    }
    if (refusal == REFUSAL_NONE) {
        *out = (struct intake_receipt) {
            .rid = arrival.meta.header.rid,
            .p = arrival.meta.name,
            .day = clock_day(arrival.meta.received_at),
            .route = route_of(arrival.meta.header.mode),
            .act_within_s = policy_act_within_s(vault->config.policy, arrival.meta.header.mode,
                                                arrival.meta.header.band),
        };
    }
    return refusal;
}
