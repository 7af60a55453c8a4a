/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/filing.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/keyfile.h"
#include "base/secret.h"
#include "clients/lib/country.h"
#include "clients/lib/matchkeys.h"
#include "clients/lib/report_message.h"
#include "proto/escrow/ctx.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/voprf.h"

/* One random key that fills a batch: as long as a key of the middle sort.  The service cannot tell, since
 * it sees blinded elements alone. */
enum { PADDING_LEN = 32 };

struct filing {
    const struct registry *registry;
    const struct registry_party *party;
    const char *user;
    struct secret *signing_key; /* a struct key64 */
    struct escrow_ctx ctxs[REGISTRY_MAX_CTXS]; /* ascending */
    struct point voprf_keys[REGISTRY_MAX_CTXS];
    size_t ctx_count;
};

/* The work on one context: 'place' says where in the batch each match key stands. */
struct question {
    uint8_t inputs[VOPRF_BATCH_MAX][CTX_INPUT_ROOM];
    size_t input_lens[VOPRF_BATCH_MAX];
    size_t place[MATCHKEYS_MAX];
    struct voprf_batch batch;
    uint8_t context[CTX_LEN];
    uint8_t ticket[TICKET_LEN];
    struct slot_secret slots[MATCHKEYS_MAX];
    bool is_answered;
    Seinhuis__V1__EvaluateRequest message;
};

/* Lies in guarded memory as a whole. */
struct task_secret {
    struct report_form form;
    struct matchkeys keys;
    struct question questions[REGISTRY_MAX_CTXS];
};

struct filing_task {
    const struct filing *filing;
    struct secret *memory; /* a struct task_secret */
};

static struct task_secret *
secret_of(const struct filing_task *task)
{
    return (struct task_secret *) (void *) secret_edit(task->memory);
}

static const struct key64 *
signing_key_of(const struct filing *filing)
{
    return (const struct key64 *) (const void *) secret_data(filing->signing_key);
}

static enum err
load_signing_key(struct filing *filing, const char *path, uint32_t today)
{
    const struct registry_party *party = filing->party;
    uint8_t public[SIGN_PUBLIC_LEN];
    enum err err = secret_new(sizeof(struct key64), &filing->signing_key);

    if (err != ERR_OK) {
        return err;
    }
    err = keyfile_read(path, "signing", secret_edit(filing->signing_key), sizeof(struct key64));
    if (err != ERR_OK) {
        return err;
    }
    crypto_sign_ed25519_sk_to_pk(public, secret_data(filing->signing_key));
    for (size_t i = 0; i < party->key_count; i++) {
        if (registry_term_holds(party->keys[i].term, today) &&
            memcmp(party->keys[i].key, public, sizeof public) == 0) {
            return ERR_OK;
        }
    }
    return ERR_AUTH;
}

static int
compare_ctx(const struct escrow_ctx *a, const struct escrow_ctx *b)
{
    uint8_t a_bytes[CTX_LEN];
    uint8_t b_bytes[CTX_LEN];

    ctx_write(a, a_bytes);
    ctx_write(b, b_bytes);
    return memcmp(a_bytes, b_bytes, CTX_LEN);
}

/* The live contexts in ascending order, which is that of a header's blocks. */
static enum err
take_contexts(struct filing *filing)
{
    const struct registry_facts *facts = registry_facts(filing->registry);

    for (size_t i = 0; i < facts->ctx_count; i++) {
        const struct registry_ctx *live = &facts->ctxs[i];
        struct escrow_ctx ctx = { .tenant = facts->tenant,
                                  .epoch = live->epoch,
                                  .norm_version = live->norm_version,
                                  .threshold = live->threshold };
        size_t at = filing->ctx_count;

        if (ctx.norm_version != COUNTRY_NL.norm_version || ctx.threshold != CTX_THRESHOLD) {
            return ERR_STATE;
        }
        for (; at > 0 && compare_ctx(&ctx, &filing->ctxs[at - 1]) < 0; at--) {
            filing->ctxs[at] = filing->ctxs[at - 1];
            filing->voprf_keys[at] = filing->voprf_keys[at - 1];
        }
        filing->ctxs[at] = ctx;
        memcpy(filing->voprf_keys[at].bytes, live->voprf_key, POINT_LEN);
        filing->ctx_count++;
    }
    return filing->ctx_count > 0 ? ERR_OK : ERR_STATE;
}

enum err
filing_new(const struct registry *registry, const struct registry_party *party, const char *user,
           const char *signing_key, uint32_t today, struct filing **out)
{
    struct filing *filing = calloc(1, sizeof *filing);
    enum err err;

    if (filing == NULL) {
        return ERR_NOMEM;
    }
    filing->registry = registry;
    filing->party = party;
    filing->user = user;
    err = load_signing_key(filing, signing_key, today);
    if (err != ERR_OK) {
        goto out;
    }
    err = take_contexts(filing);
    if (err != ERR_OK) {
        goto out;
    }
    *out = filing;
    filing = NULL;
out:
    filing_free(filing);
    return err;
}

void
filing_free(struct filing *filing)
{
    if (filing != NULL) {
        secret_free(filing->signing_key);
        free(filing);
    }
}

/* Puts 0 to VOPRF_BATCH_MAX - 1 into a random order. */
static void
shuffle(size_t order[VOPRF_BATCH_MAX])
{
    for (size_t i = 0; i < VOPRF_BATCH_MAX; i++) {
        order[i] = i;
    }
    for (size_t i = VOPRF_BATCH_MAX - 1; i > 0; i--) {
        size_t other = randombytes_uniform((uint32_t) i + 1);
        size_t kept = order[i];

        order[i] = order[other];
        order[other] = kept;
    }
}

static enum err
write_inputs(const struct matchkeys *keys, const struct escrow_ctx *ctx, struct question *question)
{
    size_t order[VOPRF_BATCH_MAX];
    uint8_t padding[PADDING_LEN];

    shuffle(order);
    for (size_t i = 0; i < VOPRF_BATCH_MAX; i++) {
        size_t at = order[i];
        struct bytes key = { .data = padding, .len = sizeof padding };
        enum err err;

        if (i < keys->count) {
            key = (struct bytes) { .data = keys->keys[i].bytes, .len = keys->keys[i].len };
            question->place[i] = at;
        } else {
            randombytes_buf(padding, sizeof padding);
        }
        err = ctx_oprf_input(ctx, key, question->inputs[at], &question->input_lens[at]);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static void
borrow_inputs(const struct question *question, struct bytes inputs[VOPRF_BATCH_MAX])
{
    for (size_t i = 0; i < VOPRF_BATCH_MAX; i++) {
        inputs[i] = (struct bytes) { .data = question->inputs[i], .len = question->input_lens[i] };
    }
}

static enum err
ask(const struct filing *filing, size_t at, struct task_secret *secret)
{
    struct question *question = &secret->questions[at];
    struct bytes inputs[VOPRF_BATCH_MAX];
    char *user = (char *) (uintptr_t) filing->user;
    enum err err = write_inputs(&secret->keys, &filing->ctxs[at], question);

    if (err != ERR_OK) {
        return err;
    }
    borrow_inputs(question, inputs);
    err = voprf_blind(inputs, VOPRF_BATCH_MAX, &question->batch);
    if (err != ERR_OK) {
        return err;
    }
    ctx_write(&filing->ctxs[at], question->context);
    seinhuis__v1__evaluate_request__init(&question->message);
    question->message.user = user;
    question->message.context.data = question->context;
    question->message.context.len = CTX_LEN;
    question->message.blinded.data = question->batch.blinded[0].bytes;
    question->message.blinded.len = sizeof question->batch.blinded;
    return ERR_OK;
}

enum err
filing_begin(const struct filing *filing, const struct report_form *form, struct filing_task **out,
             struct report_problem *report_problem)
{
    struct identity_refusal refusal = { .field = IDENTITY_SURNAME };
    struct filing_task *task = calloc(1, sizeof *task);
    struct task_secret *secret;
    enum err err;

    if (task == NULL) {
        return ERR_NOMEM;
    }
    task->filing = filing;
    err = secret_new(sizeof(struct task_secret), &task->memory);
    if (err != ERR_OK) {
        goto out;
    }
    secret = secret_of(task);
    secret->form = *form;
    err = matchkeys_build(&COUNTRY_NL, &secret->form.identity, &secret->keys, &refusal);
    if (err == ERR_MALFORMED) {
        *report_problem =
            (struct report_problem) { .field = identity_field_key(refusal.field),
                                      .reason = identity_reason_text(refusal.reason) };
    }
    for (size_t i = 0; i < filing->ctx_count && err == ERR_OK; i++) {
        err = ask(filing, i, secret);
    }
    if (err != ERR_OK) {
        goto out;
    }
    *out = task;
    task = NULL;
out:
    filing_task_free(task);
    return err;
}

void
filing_task_free(struct filing_task *task)
{
    if (task != NULL) {
        secret_free(task->memory);
        free(task);
    }
}

size_t
filing_question_count(const struct filing_task *task)
{
    return task->filing->ctx_count;
}

const Seinhuis__V1__EvaluateRequest *
filing_question(const struct filing_task *task, size_t at)
{
    return &secret_of(task)->questions[at].message;
}

/* The ticket must be this organisation's, for this context, and signed by the pseudonym service. */
static enum err
check_ticket(const struct filing *filing, size_t at, const uint8_t ticket_bytes[TICKET_LEN])
{
    struct ticket ticket;
    struct sign_public key;
    const uint8_t *key_bytes;
    enum err err = ticket_read(ticket_bytes, &ticket);

    if (err != ERR_OK) {
        return err;
    }
    key_bytes = registry_service_key(filing->registry, REGISTRY_TICKET_KEY, ticket.day);
    if (key_bytes == NULL) {
        return ERR_AUTH;
    }
    memcpy(key.bytes, key_bytes, sizeof key.bytes);
    err = ticket_verify(&key, ticket_bytes, &ticket);
    if (err != ERR_OK) {
        return err;
    }
    if (ticket.serial != filing->party->serial || !ctx_is_equal(&ticket.ctx, &filing->ctxs[at])) {
        return ERR_AUTH;
    }
    return ERR_OK;
}

/* Verifies the proof and derives the slots of the match keys; padding is forgotten. */
static enum err
derive_slots(const struct filing *filing, size_t at, struct task_secret *secret,
             const Seinhuis__V1__EvaluateResponse *answer)
{
    struct question *question = &secret->questions[at];
    struct bytes inputs[VOPRF_BATCH_MAX];
    struct point evaluated[VOPRF_BATCH_MAX];
    struct voprf_proof proof;
    struct key64 outputs[VOPRF_BATCH_MAX];
    enum err err;

    memcpy(evaluated, answer->evaluated.data, sizeof evaluated);
    memcpy(proof.bytes, answer->proof.data, sizeof proof.bytes);
    borrow_inputs(question, inputs);
    err = voprf_finalize(&filing->voprf_keys[at], &question->batch, inputs, evaluated, &proof,
                         outputs);
    for (size_t i = 0; i < secret->keys.count && err == ERR_OK; i++) {
        err = derive_slot(&filing->ctxs[at], &outputs[question->place[i]], &question->slots[i]);
    }
    sodium_memzero(outputs, sizeof outputs);
    return err;
}

enum err
filing_take_answer(struct filing_task *task, size_t at,
                   const Seinhuis__V1__EvaluateResponse *answer)
{
    struct task_secret *secret = secret_of(task);
    struct question *question;
    enum err err;

    if (at >= task->filing->ctx_count || secret->questions[at].is_answered) {
        return ERR_INVALID;
    }
    if (answer->evaluated.len != VOPRF_BATCH_MAX * POINT_LEN ||
        answer->proof.len != VOPRF_PROOF_LEN || answer->ticket.len != TICKET_LEN) {
        return ERR_MALFORMED;
    }
    err = derive_slots(task->filing, at, secret, answer);
    if (err == ERR_OK) {
        err = check_ticket(task->filing, at, answer->ticket.data);
    }
    if (err != ERR_OK) {
        return err;
    }
    question = &secret->questions[at];
    memcpy(question->ticket, answer->ticket.data, TICKET_LEN);
    question->is_answered = true;
    return ERR_OK;
}

/* The layout's blocks and header, from the answered questions. */
static enum err
lay_out(const struct filing *filing, const struct task_secret *secret,
        struct envelope_block *blocks, struct envelope_layout *layout)
{
    const struct report_form *form = &secret->form;
    const struct report_header fields = {
        .registry_version = registry_facts(filing->registry)->version,
        .serial = filing->party->serial,
        .bucket = form->bucket,
        .mode = form->mode,
        .band = form->band,
        .legal_basis = form->legal_basis,
        .week = form->week,
    };

    for (size_t i = 0; i < filing->ctx_count; i++) {
        if (!secret->questions[i].is_answered) {
            return ERR_STATE;
        }
        blocks[i] = (struct envelope_block) { .ctx = filing->ctxs[i],
                                              .slots = secret->questions[i].slots,
                                              .count = secret->keys.count };
    }
    return envelope_lay_out(&fields, blocks, filing->ctx_count, layout);
}

/* The capsule names the type of the key in each slot of the header. */
static enum err
pack_capsule(const struct filing *filing, const struct task_secret *secret,
             const struct envelope_layout *layout, struct report_packed *out)
{
    WIPED(report_capsule)
    struct report_capsule capsule = { .identity = secret->form.identity,
                                      .slot_count = filing->ctx_count * HEADER_SLOTS };

    for (size_t block = 0; block < filing->ctx_count; block++) {
        for (size_t key = 0; key < secret->keys.count; key++) {
            size_t slot = block * HEADER_SLOTS + layout->slot_of[block][key];

            capsule.key_types[slot] = (uint8_t) secret->keys.keys[key].type;
        }
    }
    return report_pack_capsule(&capsule, out);
}

/* The public keys of the month of expiry and of this quarter. */
static enum err
take_box_keys(const struct filing *filing, uint16_t bucket, uint64_t now_s,
              struct envelope_input *out)
{
    const uint8_t *gate = registry_gate_key(filing->registry, bucket);
    const uint8_t *team = registry_team_key(filing->registry, clock_quarter(date_of(now_s)));

    if (gate == NULL || team == NULL) {
        return ERR_NOT_FOUND;
    }
    memcpy(out->gate_key.bytes, gate, BOX_PUBLIC_LEN);
    memcpy(out->team_key.bytes, team, BOX_PUBLIC_LEN);
    return ERR_OK;
}

enum err
filing_seal(struct filing_task *task, uint64_t now_s, struct filing_sealed *out)
{
    const struct filing *filing = task->filing;
    const struct task_secret *secret = secret_of(task);
    struct envelope_block blocks[REGISTRY_MAX_CTXS];
    struct envelope_layout layout;
    WIPED(report_packed) struct report_packed capsule = { .len = 0 };
    WIPED(report_packed) struct report_packed content = { .len = 0 };
    struct envelope_input input = { .sector = filing->party->sector,
                                    .domains = secret->form.content.domains };
    struct filing_sealed sealed = { .tickets_len = filing->ctx_count * TICKET_LEN };
    enum err err = lay_out(filing, secret, blocks, &layout);

    if (err != ERR_OK) {
        return err;
    }
    err = take_box_keys(filing, secret->form.bucket, now_s, &input);
    if (err != ERR_OK) {
        return err;
    }
    err = pack_capsule(filing, secret, &layout, &capsule);
    if (err != ERR_OK) {
        return err;
    }
    err = report_pack_content(&secret->form.content, &content);
    if (err != ERR_OK) {
        return err;
    }
    input.capsule = (struct bytes) { .data = capsule.bytes, .len = capsule.len };
    input.content = (struct bytes) { .data = content.bytes, .len = content.len };
    err = envelope_seal(&layout, blocks, &input, &sealed.envelope);
    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < filing->ctx_count; i++) {
        memcpy(sealed.tickets + i * TICKET_LEN, secret->questions[i].ticket, TICKET_LEN);
    }
    *out = sealed;
    return ERR_OK;
}

enum err
filing_submission_init(const struct filing *filing, const struct filing_sealed *sealed,
                       uint64_t now_s, struct filing_submission *out)
{
    const struct envelope *envelope = &sealed->envelope;
    Seinhuis__V1__SubmitRequest *message = &out->message;
    struct hash64 name;
    enum err err;

    filing_name(sealed, &name);
    err = submit_sign(signing_key_of(filing), registry_facts(filing->registry)->tenant, &name,
                      now_s, (struct bytes) { .data = sealed->tickets, .len = sealed->tickets_len },
                      &out->signature);
    if (err != ERR_OK) {
        return err;
    }
    seinhuis__v1__submit_request__init(message);
    message->user = (char *) (uintptr_t) filing->user;
    message->header.data = (uint8_t *) (uintptr_t) envelope->header;
    message->header.len = envelope->header_len;
    message->gate.data = (uint8_t *) (uintptr_t) envelope->gate;
    message->gate.len = sizeof envelope->gate;
    message->inner.data = (uint8_t *) (uintptr_t) envelope->inner;
    message->inner.len = envelope->inner_len;
    message->direct.data = (uint8_t *) (uintptr_t) envelope->direct;
    message->direct.len = envelope->direct_len;
    message->sent = now_s;
    message->tickets.data = (uint8_t *) (uintptr_t) sealed->tickets;
    message->tickets.len = sealed->tickets_len;
    message->signature.data = out->signature.bytes;
    message->signature.len = sizeof out->signature.bytes;
    return ERR_OK;
}

enum err
filing_check_receipt(const struct filing *filing, const struct filing_sealed *sealed,
                     const Seinhuis__V1__SubmitResponse *response, struct receipt *out)
{
    const struct registry *registry = filing->registry;
    struct receipt receipt;
    struct sign_public key;
    struct hash64 name;
    struct rid rid;
    enum err err = filing_rid(sealed, &rid);

    if (err != ERR_OK || response->receipt.len != RECEIPT_LEN) {
        return ERR_AUTH;
    }
    filing_name(sealed, &name);
    /* The receipt's day says under which key to verify; it is believed only afterwards. */
    for (size_t i = 0; i < registry_facts(registry)->service_key_count; i++) {
        const struct registry_service_key *service = &registry_facts(registry)->service_keys[i];

        if (service->use != REGISTRY_RECEIPT_KEY) {
            continue;
        }
        memcpy(key.bytes, service->key.key, sizeof key.bytes);
        err = receipt_verify(&key, registry_facts(registry)->tenant, response->receipt.data,
                             &receipt);
        if (err != ERR_OK || !registry_term_holds(service->key.term, receipt.day)) {
            continue;
        }
        if (memcmp(&receipt.rid, &rid, sizeof rid) != 0 ||
            memcmp(&receipt.submission, &name, sizeof name) != 0) {
            return ERR_AUTH;
        }
        *out = receipt;
        return ERR_OK;
    }
    return ERR_AUTH;
}
