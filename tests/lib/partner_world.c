/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/partner_world.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

#include "base/file.h"
#include "base/keyfile.h"
#include "clients/lib/country.h"
#include "proto/escrow/crypt.h"
#include "proto/escrow/sign.h"

static const char NOW[] = "2026-03-10T12:00:00Z\n";

enum { PERIODS = 40, FIRST_BUCKET = 300, FIRST_QUARTER = 100 };

static uint32_t
day_of(uint16_t year, uint8_t month, uint8_t day)
{
    return (uint32_t) date_to_days((struct date) { year, month, day });
}

static void
make_keys(struct world *world, size_t ctx_count)
{
    struct sign_public unused;

    for (size_t i = 0; i < ctx_count; i++) {
        assert_ok(voprf_new_key(&world->voprf[i]));
    }
    assert_ok(voprf_new_key(&world->foreign));
    sign_key_new(&world->ticket_secret, &unused);
    sign_key_new(&world->receipt_secret, &unused);
}

static void
make_client_files(struct world *world)
{
    struct key64 secret;
    char *clock_path;

    world->folder = temp_folder();
    world->key_path = temp_path(world->folder, "signing.key");
    clock_path = temp_path(world->folder, "clock");
    sign_key_new(&secret, &world->organisation_key);
    assert_ok(keyfile_create(world->key_path, "signing", secret.bytes, sizeof secret.bytes));
    assert_ok(file_replace(clock_path, NOW, sizeof NOW - 1, 0600));
    assert_ok(clock_open(clock_path, &world->clock));
    free(clock_path);
}

static struct registry_key
public_of(const struct key64 *secret, struct registry_term term)
{
    struct registry_key key = { .term = term };

    crypto_sign_ed25519_sk_to_pk(key.key, secret->bytes);
    return key;
}

/* Signs 'facts' by two governance keys and reads it back. */
static void
make_registry(struct world *world, const struct registry_facts *facts)
{
    struct note_skey signers[2];
    struct note_vkey pins[2];
    const struct registry_pins pinned = { .keys = pins, .count = 2 };
    struct registry_error error = { .where = "" };
    char *note = NULL;
    size_t len = 0;

    assert_ok(note_skey_new("een.bestuur.example", NOTE_ED25519, &signers[0]));
    assert_ok(note_skey_new("twee.bestuur.example", NOTE_ED25519, &signers[1]));
    note_vkey_of(&signers[0], &pins[0]);
    note_vkey_of(&signers[1], &pins[1]);
    if (registry_sign(facts, signers, &note, &len, &error) != ERR_OK) {
        fail_msg("%s: %s", registry_problem_text(error.problem), error.where);
    }
    assert_ok(registry_parse(note, len, &pinned, facts->term.first_day, &world->registry, &error));
    free(note);
}

void
world_make(struct world *world, size_t ctx_count)
{
    const struct registry_term term = { day_of(2026, 1, 1), day_of(2027, 12, 31) };
    struct registry_box_key gate_keys[PERIODS];
    struct registry_box_key team_keys[PERIODS];
    struct registry_service_key service_keys[2];
    struct registry_key own_key = { .term = term };
    struct registry_party party = { .oin = "00000099000000001000",
                                    .name = "Politie Voorbeeldwaard",
                                    .role = ROLE_PARTNER,
                                    .term = term,
                                    .keys = &own_key,
                                    .key_count = 1,
                                    .serial = WORLD_SERIAL,
                                    .sector = SECTOR_POLICE,
                                    .entity = 1,
                                    .may_use_bsn = true };
    struct note_skey audit;
    struct note_vkey audit_key;
    char audit_text[NOTE_VKEY_ROOM];
    struct registry_facts facts = { .tenant = WORLD_TENANT,
                                    .municipality = "Voorbeeldwaard",
                                    .version = 3,
                                    .term = term,
                                    .is_demonstration = true,
                                    .retention_months = 12,
                                    .audit_vkey = audit_text,
                                    .ctx_count = ctx_count,
                                    .service_keys = service_keys,
                                    .service_key_count = 2,
                                    .gate_keys = gate_keys,
                                    .gate_key_count = PERIODS,
                                    .team_keys = team_keys,
                                    .team_key_count = PERIODS,
                                    .parties = &party,
                                    .party_count = 1 };
    struct box_public gate_public;
    struct box_public team_public;

    memset(world, 0, sizeof *world);
    world->faults.submits_left = UINT32_MAX;
    make_keys(world, ctx_count);
    make_client_files(world);
    memcpy(own_key.key, world->organisation_key.bytes, sizeof own_key.key);
    service_keys[0] =
        (struct registry_service_key) { .use = REGISTRY_TICKET_KEY,
                                        .key = public_of(&world->ticket_secret, term) };
    service_keys[1] =
        (struct registry_service_key) { .use = REGISTRY_RECEIPT_KEY,
                                        .key = public_of(&world->receipt_secret, term) };
    crypt_box_key_new(&world->gate_secret, &gate_public);
    crypt_box_key_new(&world->team_secret, &team_public);
    for (uint16_t i = 0; i < PERIODS; i++) {
        gate_keys[i].period = (uint16_t) (FIRST_BUCKET + i);
        memcpy(gate_keys[i].key, gate_public.bytes, BOX_PUBLIC_LEN);
        team_keys[i].period = (uint16_t) (FIRST_QUARTER + i);
        memcpy(team_keys[i].key, team_public.bytes, BOX_PUBLIC_LEN);
    }
    for (size_t i = 0; i < ctx_count; i++) {
        facts.ctxs[i] = (struct registry_ctx) { .epoch = (uint16_t) (ctx_count - i),
                                                .norm_version = COUNTRY_NL.norm_version,
                                                .threshold = CTX_THRESHOLD,
                                                .last_bucket = 340 };
        memcpy(facts.ctxs[i].voprf_key, world->voprf[i].public.bytes, POINT_LEN);
    }
    assert_ok(note_skey_new("voorbeeldwaard.example/log", NOTE_ED25519, &audit));
    note_vkey_of(&audit, &audit_key);
    note_vkey_format(&audit_key, audit_text);
    make_registry(world, &facts);
    world->party = registry_party_by_serial(world->registry, WORLD_SERIAL);
}

void
world_drop_answers(struct world *world)
{
    struct world_queue *queues[] = { &world->evaluations, &world->receipts };

    for (size_t i = 0; i < 2; i++) {
        for (size_t at = 0; at < queues[i]->count; at++) {
            free(queues[i]->answers[at]);
        }
        free(queues[i]->taken);
        *queues[i] = (struct world_queue) { .count = 0 };
    }
}

void
world_done(struct world *world)
{
    world_drop_answers(world);
    clock_close(world->clock);
    registry_free(world->registry);
    temp_remove(world->folder);
    free(world->key_path);
}

static void
fail_call(struct world_answer *answer, enum rpc_end end, enum refusal refusal, enum err err)
{
    answer->result = (struct rpc_result) { .end = end, .refusal = refusal, .err = err };
}

/* The pseudonym service. */
static void
evaluate(struct world *world, const Seinhuis__V1__EvaluateRequest *request,
         struct world_answer *answer)
{
    Seinhuis__V1__EvaluateResponse *response = &answer->message.evaluate;
    struct point blinded[VOPRF_BATCH_MAX];
    struct point evaluated[VOPRF_BATCH_MAX];
    struct voprf_proof proof;
    struct escrow_ctx ctx;
    size_t at = 0;

    assert_string_equal(request->user, "medewerker-1");
    assert_int_equal(request->context.len, CTX_LEN);
    assert_ok(ctx_read(request->context.data, &ctx));
    assert_int_equal(request->blinded.len, sizeof blinded);
    memcpy(blinded, request->blinded.data, sizeof blinded);
    while (registry_facts(world->registry)->ctxs[at].epoch != ctx.epoch) {
        at++;
    }
    assert_ok(voprf_evaluate(world->faults.has_foreign_key ? &world->foreign : &world->voprf[at],
                             blinded, VOPRF_BATCH_MAX, evaluated, &proof));
    proof.bytes[40] = (uint8_t) (proof.bytes[40] ^ (world->faults.has_bad_proof ? 1 : 0));
    memcpy(answer->evaluated, evaluated, sizeof evaluated);
    memcpy(answer->proof, proof.bytes, sizeof proof.bytes);
    ticket_make(&world->ticket_secret,
                world->faults.has_foreign_ticket ? WORLD_SERIAL + 1 : WORLD_SERIAL, &ctx,
                clock_day(clock_now_s(world->clock)), answer->ticket);
    seinhuis__v1__evaluate_response__init(response);
    response->evaluated.data = answer->evaluated[0];
    response->evaluated.len = sizeof answer->evaluated;
    response->proof.data = answer->proof;
    response->proof.len = sizeof answer->proof;
    response->ticket.data = answer->ticket;
    response->ticket.len = sizeof answer->ticket;
    world->evaluated_count++;
}

static struct bytes
bytes_of(ProtobufCBinaryData field)
{
    return (struct bytes) { .data = field.data, .len = field.len };
}

/* Checks a submission as the vault does, and keeps it for the test. */
static void
check_submission(struct world *world, const Seinhuis__V1__SubmitRequest *request,
                 struct hash64 *name, struct rid *rid)
{
    struct submission submission = { .header = bytes_of(request->header),
                                     .gate = bytes_of(request->gate),
                                     .inner = bytes_of(request->inner),
                                     .direct = bytes_of(request->direct),
                                     .tickets = bytes_of(request->tickets),
                                     .sent = request->sent };
    struct envelope *kept = &world->last.envelope;
    struct submission_hashes hashes;
    struct report_header header;

    assert_int_equal(request->signature.len, SIGNATURE_LEN);
    memcpy(submission.signature.bytes, request->signature.data, SIGNATURE_LEN);
    assert_ok(submit_check(&submission, &header));
    submit_hashes(&submission, &hashes);
    submit_name(&hashes, name);
    assert_ok(submit_verify(&world->organisation_key, WORLD_TENANT, name, request->sent,
                            submission.tickets, &submission.signature));
    *rid = header.rid;
    memcpy(kept->header, request->header.data, request->header.len);
    kept->header_len = request->header.len;
    memcpy(kept->gate, request->gate.data, request->gate.len);
    memcpy(kept->inner, request->inner.data, request->inner.len);
    kept->inner_len = request->inner.len;
    kept->direct_len = request->direct.len;
}

/* The vault: a report sent again gets its receipt again. */
static void
submit(struct world *world, const Seinhuis__V1__SubmitRequest *request, struct world_answer *answer)
{
    Seinhuis__V1__SubmitResponse *response = &answer->message.submit;
    struct receipt receipt = { .day = clock_day(clock_now_s(world->clock)) };
    uint32_t at = 0;

    check_submission(world, request, &receipt.submission, &receipt.rid);
    while (at < world->stored_count &&
           memcmp(&world->stored[at], &receipt.submission, sizeof receipt.submission) != 0) {
        assert_memory_not_equal(&world->stored_rids[at], &receipt.rid, sizeof receipt.rid);
        at++;
    }
    if (at == world->stored_count && world->faults.refusal != REFUSAL_NONE) {
        fail_call(answer, RPC_END_REFUSED, world->faults.refusal,
                  refusal_err(world->faults.refusal));
        return;
    }
    if (at == world->stored_count) {
        assert_true(world->stored_count < WORLD_STORED_MAX);
        world->stored[at] = receipt.submission;
        world->stored_rids[at] = receipt.rid;
        world->stored_count++;
    }
    if (world->faults.loses_answers) {
        fail_call(answer, RPC_END_LOST, REFUSAL_NONE, ERR_UNKNOWN);
        return;
    }
    receipt_make(&world->receipt_secret, WORLD_TENANT, &receipt, answer->receipt);
    answer->receipt[100] = (uint8_t) (answer->receipt[100] ^ world->faults.has_bad_receipt);
    seinhuis__v1__submit_response__init(response);
    response->receipt.data = answer->receipt;
    response->receipt.len = sizeof answer->receipt;
    response->route = ROUTE_ESCROW;
}

static enum err
start(void *context, enum party_role service, const ProtobufCMessage *message, void *tag)
{
    struct world *world = context;
    struct world_queue *queue = service == ROLE_VAULT ? &world->receipts : &world->evaluations;
    struct world_answer *answer = calloc(1, sizeof *answer);

    assert_non_null(answer);
    assert_true(queue->count < WORLD_QUEUE_MAX);
    answer->tag = tag;
    if (service != ROLE_VAULT) {
        evaluate(world, (const Seinhuis__V1__EvaluateRequest *) message, answer);
    } else if (world->faults.submits_left == 0) {
        fail_call(answer, RPC_END_UNREACHABLE, REFUSAL_NONE, ERR_UNAVAILABLE);
    } else {
        world->faults.submits_left -= world->faults.submits_left == UINT32_MAX ? 0 : 1;
        submit(world, (const Seinhuis__V1__SubmitRequest *) message, answer);
    }
    queue->answers[queue->count++] = answer;
    return ERR_OK;
}

/* Answers come in the reverse of their order, so that nothing rests on it. */
static enum err
next(void *context, enum party_role service, uint32_t wait_ms, struct rpc_reply *out)
{
    struct world *world = context;
    struct world_queue *queue = service == ROLE_VAULT ? &world->receipts : &world->evaluations;

    (void) wait_ms;
    if (queue->count == 0) {
        return ERR_NOT_FOUND;
    }
    free(queue->taken);
    queue->taken = queue->answers[--queue->count];
    *out = (struct rpc_reply) { .tag = queue->taken->tag, .result = queue->taken->result };
    if (out->result.end == RPC_END_OK) {
        out->response = service == ROLE_VAULT ? &queue->taken->message.submit.base
                                              : &queue->taken->message.evaluate.base;
    }
    return ERR_OK;
}

struct batch_line
world_line(struct world *world)
{
    return (struct batch_line) { .context = world, .start = start, .next = next };
}
