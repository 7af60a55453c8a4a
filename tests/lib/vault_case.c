/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/vault_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/submit.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include "vault/record.h"
#include "vault/store/audit.h"
#include "vault/store/keyring.h"

static const struct escrow_ctx ctx = {
    .tenant = VAULT_TENANT, .epoch = 1, .norm_version = 1, .threshold = CTX_THRESHOLD
};

static const struct registry_term always = { 10000, 40000 };

/* ---- the registry ---- */

static const struct {
    uint8_t sector;
    uint32_t entity;
} ORGANISATIONS[VAULT_ORGANISATIONS + 1] = {
    { 0, 0 },
    { SECTOR_POLICE, 101 },
    { SECTOR_HOUSING, 102 },
    { SECTOR_CARE, 103 },
    { SECTOR_WELFARE, 104 },
    { SECTOR_LOKET, 105 },
    { SECTOR_POLICE, 106 },
    { SECTOR_SUPPORT, 104 },
    { SECTOR_VOLUNTEER, 108 },
};

static void
make_party(struct vault_case *it, uint32_t serial, struct registry_key *key,
           struct registry_party *party)
{
    struct vault_organisation *organisation = &it->organisations[serial];
    struct sign_public public;

    organisation->serial = serial;
    organisation->sector = ORGANISATIONS[serial].sector;
    organisation->entity = ORGANISATIONS[serial].entity;
    sign_key_new(&organisation->secret, &public);
    memcpy(key->key, public.bytes, sizeof key->key);
    key->term = always;
    *party = (struct registry_party) {
        .name = "Voorbeeld",
        .role = ROLE_PARTNER,
        .term = always,
        .keys = key,
        .key_count = 1,
        .serial = serial,
        .sector = organisation->sector,
        .entity = organisation->entity,
        .is_host = organisation->sector == SECTOR_LOKET,
    };
    if (serial == VAULT_ORGANISATIONS) {
        party->term.last_day = 20000;
    }
    snprintf(party->oin, sizeof party->oin, "000000990000000%05u", (unsigned int) serial);
}

static void
sign_registry(struct vault_case *it, const struct registry_facts *facts)
{
    struct note_skey signers[2] = { { .type = NOTE_ED25519 } };
    struct note_vkey pins[2];
    const struct registry_pins pinned = { pins, 2 };
    struct registry_error error = { .problem = REGISTRY_FINE };
    char *note = NULL;
    size_t len = 0;

    assert_ok(note_skey_new("een.example", NOTE_ED25519, &signers[0]));
    assert_ok(note_skey_new("twee.example", NOTE_ED25519, &signers[1]));
    note_vkey_of(&signers[0], &pins[0]);
    note_vkey_of(&signers[1], &pins[1]);
    if (registry_sign(facts, signers, &note, &len, &error) != ERR_OK) {
        fail_msg("registry: %s at %s", registry_problem_text(error.problem), error.where);
    }
    assert_ok(registry_parse(note, len, &pinned, REGISTRY_ANY_DAY, &it->registry, &error));
    free(note);
}

static void
make_registry(struct vault_case *it)
{
    struct registry_key keys[VAULT_ORGANISATIONS];
    struct registry_party parties[VAULT_ORGANISATIONS];
    struct registry_service_key ticket = { .use = REGISTRY_TICKET_KEY, .key.term = always };
    struct registry_facts facts = {
        .tenant = VAULT_TENANT,
        .municipality = "Voorbeeldwaard",
        .version = VAULT_VERSION,
        .term = always,
        .is_demonstration = true,
        .retention_months = 24,
        .ctxs = { { .epoch = 1, .norm_version = 1, .threshold = 2, .last_bucket = 400 } },
        .ctx_count = 1,
        .service_keys = &ticket,
        .service_key_count = 1,
        .parties = parties,
        .party_count = VAULT_ORGANISATIONS,
    };
    struct note_skey audit_skey = { .type = NOTE_ED25519 };
    struct note_vkey audit_key;
    char audit_vkey[NOTE_VKEY_ROOM];
    struct sign_public public;

    for (uint32_t i = 0; i < VAULT_ORGANISATIONS; i++) {
        make_party(it, i + 1, &keys[i], &parties[i]);
    }
    sign_key_new(&it->ticket_secret, &public);
    memcpy(ticket.key.key, public.bytes, sizeof ticket.key.key);
    crypto_core_ristretto255_random(facts.ctxs[0].voprf_key);
    assert_ok(note_skey_new("vault.example/log", NOTE_ED25519, &audit_skey));
    note_vkey_of(&audit_skey, &audit_key);
    note_vkey_format(&audit_key, audit_vkey);
    facts.audit_vkey = audit_vkey;
    sign_registry(it, &facts);
}

/* ---- opening ---- */

void
vault_case_set_clock(struct vault_case *it, const char *time)
{
    assert_ok(file_replace(it->clock_file, time, strlen(time), 0600));
}

static void
open_vault(struct vault_case *it, uint64_t map_size)
{
    const struct store_config store_config = { .folder = it->store_folder,
                                               .map_size = map_size,
                                               .clock = it->clock };
    struct audit_config audit_config = {
        .clock = it->clock, .ring = it->ring, .origin = "vault.example/log", .interval_s = 60
    };
    struct vault_config config = { .ring = it->ring, .clock = it->clock, .policy = it->policy };

    assert_ok(store_open(&store_config, &it->store));
    audit_config.store = it->store;
    assert_ok(audit_open(&audit_config, &it->audit));
    config.store = it->store;
    config.audit = it->audit;
    assert_ok(vault_open(&config, &it->vault));
}

static void
close_vault(struct vault_case *it)
{
    vault_close(it->vault);
    audit_close(it->audit);
    store_close(it->store);
}

void
vault_case_reopen(struct vault_case *it, uint64_t map_size)
{
    close_vault(it);
    open_vault(it, map_size);
}

int
vault_case_setup(void **state)
{
    struct vault_case *it = calloc(1, sizeof *it);
    struct keyring_unlock unlock = { .key_file = NULL };
    struct yaml_error error;
    struct key32 key;

    assert_non_null(it);
    it->folder = temp_folder();
    it->clock_file = temp_path(it->folder, "clock");
    it->store_folder = temp_path(it->folder, "store");
    it->ring_file = temp_path(it->folder, "ring");
    it->key_file = temp_path(it->folder, "root.key");
    vault_case_set_clock(it, VAULT_FIRST_DAY);
    assert_ok(clock_open(it->clock_file, &it->clock));
    unlock.key_file = it->key_file;
    assert_ok(keyring_make_key_file(it->key_file));
    assert_ok(keyring_create(it->ring_file, &unlock, &it->ring));
    assert_ok(keyring_make(it->ring, KEYRING_AUDIT_SIGN, 0, &key));
    assert_ok(policy_load(SEINHUIS_SOURCE "/vault/policy/default.yaml", &it->policy, &error));
    make_registry(it);
    snprintf(it->who.user, sizeof it->who.user, "tester");
    it->who.role = ROLE_PARTNER;
    it->who.action = AUDIT_UPDATE;
    it->who.count = 1;
    for (uint32_t i = 1; i <= VAULT_ORGANISATIONS; i++) {
        it->gate.tags[i] = (uint16_t) (1U << i);
    }
    open_vault(it, 0);
    *state = it;
    return 0;
}

int
vault_case_teardown(void **state)
{
    struct vault_case *it = *state;

    close_vault(it);
    registry_free(it->registry);
    free(it->policy);
    keyring_close(it->ring);
    clock_close(it->clock);
    free(it->key_file);
    free(it->ring_file);
    free(it->store_folder);
    free(it->clock_file);
    temp_remove(it->folder);
    free(it);
    return 0;
}

/* ---- reports ---- */

static int
compare_slots(const void *a, const void *b)
{
    return hash32_compare(a, b);
}

static void
fill_slots(const char *letters, struct hash32 slots[HEADER_SLOTS])
{
    size_t count = strlen(letters);

    assert_true(count <= HEADER_SLOTS);
    randombytes_buf(slots, HEADER_SLOTS * sizeof slots[0]);
    for (size_t i = 0; i < count; i++) {
        hash_part(&letters[i], 1, &slots[i]);
    }
    qsort(slots, HEADER_SLOTS, sizeof slots[0], compare_slots);
}

static void
fill_header(struct vault_case *it, const struct vault_spec *spec, struct report_header *out)
{
    struct date today = date_of(clock_now_s(it->clock));
    uint8_t mode = spec->mode == 0 ? MODE_ESCROW : spec->mode;

    *out = (struct report_header) {
        .registry_version = VAULT_VERSION,
        .serial = spec->serial == 0 ? 1 : spec->serial,
        .bucket = spec->bucket == 0 ? (uint16_t) (clock_bucket(today) + 12) : spec->bucket,
        .mode = mode,
        .band = mode == MODE_ACUTE ? BAND_ACUTE : BAND_MODERATE,
        .week = (uint16_t) (clock_week(today) - spec->weeks_ago),
        .block_count = 1,
        .blocks = { { .ctx = ctx } },
    };
    out->legal_basis = (uint16_t) (it->organisations[out->serial].sector * 10 + 1);
    if (spec->band != 0) {
        out->band = spec->band;
    }
    randombytes_buf(out->rid.bytes, RID_LEN);
    fill_slots(spec->keys == NULL ? "a" : spec->keys, out->blocks[0].index);
}

void
vault_case_sign(struct vault_case *it, struct vault_report *report)
{
    struct submission submission = {
        .gate = { report->gate, sizeof report->gate },
        .inner = { report->inner, envelope_inner_len(1) },
        .direct = { report->direct, envelope_direct_len(report->header.mode) },
        .tickets = { report->tickets, sizeof report->tickets },
        .sent = report->submission.sent,
    };
    struct submission_hashes hashes;
    struct hash64 name;
    size_t len = 0;

    assert_ok(header_write(&report->header, report->header_bytes, &len));
    submission.header = (struct bytes) { report->header_bytes, len };
    submit_hashes(&submission, &hashes);
    submit_name(&hashes, &name);
    assert_ok(submit_sign(&it->organisations[report->header.serial].secret, VAULT_TENANT, &name,
                          submission.sent, submission.tickets, &report->signature));
    report->submission = (struct intake_submission) {
        .header = submission.header,
        .gate = submission.gate,
        .inner = submission.inner,
        .direct = submission.direct,
        .tickets = submission.tickets,
        .signature = { report->signature.bytes, SIGNATURE_LEN },
        .sent = submission.sent,
    };
}

void
vault_case_make(struct vault_case *it, const struct vault_spec *spec, struct vault_report *out)
{
    uint64_t now = clock_now_s(it->clock);

    memset(out, 0, sizeof *out);
    fill_header(it, spec, &out->header);
    randombytes_buf(out->gate, sizeof out->gate);
    randombytes_buf(out->inner, sizeof out->inner);
    randombytes_buf(out->direct, sizeof out->direct);
    ticket_make(&it->ticket_secret, out->header.serial, &ctx, clock_day(now), out->tickets);
    out->submission.sent = now;
    vault_case_sign(it, out);
}

enum refusal
vault_case_submit(struct vault_case *it, const struct vault_report *report,
                  struct intake_receipt *out)
{
    const struct intake_caller caller = {
        .registry = it->registry,
        .party = registry_party_by_serial(it->registry, report->header.serial),
        .oldest_version = VAULT_VERSION - 1,
        .who = &it->who,
    };

    assert_non_null(caller.party);
    return vault_intake(it->vault, &report->submission, &caller, out);
}

struct rid
vault_case_file(struct vault_case *it, const struct vault_spec *spec)
{
    struct vault_report report;
    struct intake_receipt receipt;
    enum refusal refusal;

    vault_case_make(it, spec, &report);
    refusal = vault_case_submit(it, &report, &receipt);
    if (refusal != REFUSAL_NONE) {
        fail_msg("refused: %s", refusal_token(refusal));
    }
    return report.header.rid;
}

/* ---- the gate ---- */

static enum err
assess(void *context, const struct rid *rids, size_t count, uint16_t *tags, uint64_t *rejected)
{
    struct vault_case *it = context;

    it->gate.calls++;
    it->gate.last_count = count;
    if (it->gate.err != ERR_OK) {
        return it->gate.err;
    }
    for (size_t i = 0; i < count; i++) {
        struct record_meta meta;
        enum err err = record_read_meta(it->vault, NULL, &rids[i], &meta);

        if (err != ERR_OK) {
            return err;
        }
        tags[i] = it->gate.tags[meta.header.serial];
        if (meta.header.serial == it->gate.rejected_serial) {
            *rejected |= UINT64_C(1) << i;
        }
    }
    return ERR_OK;
}

struct correlate_gate
vault_case_gate(struct vault_case *it)
{
    return (struct correlate_gate) { .assess = assess, .context = it };
}

struct correlate_report
vault_case_correlate(struct vault_case *it)
{
    const struct correlate_gate gate = vault_case_gate(it);
    struct correlate_report report;

    assert_ok(correlate_run(it->vault, &gate, SIZE_MAX, &report));
    return report;
}
