/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

static const char *const OINS[OFFICE_ORGANISATIONS] = {
    "00000099000000000101", "00000099000000000102", "00000099000000000103",
    "00000099000000000104", "00000099000000000105",
};

const char *
office_oin(uint32_t serial)
{
    return OINS[serial - 1];
}

void
office_set_clock(struct office *office, const char *time)
{
    assert_ok(file_replace(office->clock_file, time, strlen(time), 0600));
}

static void
make_organisations(struct office *office)
{
    static const uint8_t sectors[OFFICE_ORGANISATIONS] = { SECTOR_POLICE, SECTOR_CARE,
                                                           SECTOR_POLICE, SECTOR_LOKET,
                                                           SECTOR_WELFARE };
    static const uint32_t entities[OFFICE_ORGANISATIONS] = { 1, 2, 3, 4, 2 };
    static const char *const members[OFFICE_MEMBERS] = { "lid-1", "lid-2" };

    for (uint32_t i = 0; i < OFFICE_ORGANISATIONS; i++) {
        filing_organisation_make(&office->organisations[i], i + 1, sectors[i]);
        office->organisations[i].entity = entities[i];
    }
    office->organisations[3].is_host = true;
    for (size_t i = 0; i < OFFICE_MEMBERS; i++) {
        office->members[i].id = members[i];
        sign_key_new(&office->members[i].secret, &office->members[i].key);
    }
}

/* What office_write_registry fills; too large for the stack of a test's taste. */
struct sheet {
    struct registry_facts facts;
    struct registry_party parties[OFFICE_ORGANISATIONS + 5];
    struct registry_key party_keys[OFFICE_ORGANISATIONS];
    struct registry_member members[OFFICE_MEMBERS];
    struct registry_key member_keys[OFFICE_MEMBERS];
    struct registry_service_key service_keys[3];
    struct registry_box_key gate_keys[1];
    struct registry_box_key team_keys[1];
    char audit_vkey[NOTE_VKEY_ROOM];
};

static void
fill_parties(const struct office *office, uint32_t last_serial, struct sheet *sheet)
{
    static const struct {
        const char *oin;
        enum party_role role;
    } services[] = {
        { "00000099000000000201", ROLE_PSEUDONYM_SERVICE },
        { OFFICE_VAULT, ROLE_VAULT },
        { "00000099000000000203", ROLE_GATE },
        { OFFICE_CMZ, ROLE_CMZ },
        { OFFICE_OFFICER, ROLE_OFFICER },
    };
    struct registry_facts *facts = &sheet->facts;

    for (size_t i = 0; i < OFFICE_ORGANISATIONS; i++) {
        const struct filing_organisation *from = &office->organisations[i];
        struct registry_party *party = &sheet->parties[i];

        sheet->party_keys[i].term = facts->term;
        memcpy(sheet->party_keys[i].key, from->key.bytes, REGISTRY_KEY_LEN);
        *party = (struct registry_party) { .name = "fictitious organisation",
                                           .role = ROLE_PARTNER,
                                           .term = facts->term,
                                           .keys = &sheet->party_keys[i],
                                           .key_count = 1,
                                           .serial = from->serial,
                                           .sector = from->sector,
                                           .entity = from->entity,
                                           .is_host = from->is_host };
        snprintf(party->oin, sizeof party->oin, "%s", OINS[i]);
        if (from->serial > last_serial) {
            party->term.last_day = clock_day(FILING_SENT) - 30;
        }
    }
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        struct registry_party *party = &sheet->parties[OFFICE_ORGANISATIONS + i];

        *party = (struct registry_party) { .name = "fictitious service",
                                           .role = services[i].role,
                                           .term = facts->term };
        snprintf(party->oin, sizeof party->oin, "%s", services[i].oin);
    }
    facts->parties = sheet->parties;
    facts->party_count = OFFICE_ORGANISATIONS + sizeof services / sizeof services[0];
}

static void
fill_keys(const struct office *office, struct sheet *sheet)
{
    struct registry_facts *facts = &sheet->facts;
    struct note_vkey vkey;
    const struct {
        enum registry_service_key_use use;
        const struct sign_public *key;
    } uses[] = {
        { REGISTRY_TICKET_KEY, &office->world.ticket_key },
        { REGISTRY_RECEIPT_KEY, &office->members[0].key }, /* any: nobody checks receipts here */
        { REGISTRY_ANSWER_KEY, &office->answer_key },
    };

    for (size_t i = 0; i < 3; i++) {
        sheet->service_keys[i].use = uses[i].use;
        sheet->service_keys[i].key.term = facts->term;
        memcpy(sheet->service_keys[i].key.key, uses[i].key->bytes, REGISTRY_KEY_LEN);
    }
    for (size_t i = 0; i < OFFICE_MEMBERS; i++) {
        struct registry_member *member = &sheet->members[i];

        sheet->member_keys[i].term = facts->term;
        memcpy(sheet->member_keys[i].key, office->members[i].key.bytes, REGISTRY_KEY_LEN);
        *member = (struct registry_member) { .name = "fictitious member",
                                             .term = facts->term,
                                             .keys = &sheet->member_keys[i],
                                             .key_count = 1 };
        snprintf(member->id, sizeof member->id, "%s", office->members[i].id);
    }
    sheet->gate_keys[0].period = FILING_BUCKET;
    memcpy(sheet->gate_keys[0].key, office->world.gate_key.bytes, REGISTRY_KEY_LEN);
    sheet->team_keys[0].period = clock_quarter(date_of(FILING_SENT));
    memcpy(sheet->team_keys[0].key, office->world.team_key.bytes, REGISTRY_KEY_LEN);
    note_vkey_of(&office->governance[0], &vkey);
    note_vkey_format(&vkey, sheet->audit_vkey);
    facts->service_keys = sheet->service_keys;
    facts->service_key_count = 3;
    facts->members = sheet->members;
    facts->member_count = OFFICE_MEMBERS;
    facts->gate_keys = sheet->gate_keys;
    facts->gate_key_count = 1;
    facts->team_keys = sheet->team_keys;
    facts->team_key_count = 1;
    facts->audit_vkey = sheet->audit_vkey;
}

void
office_write_registry(struct office *office, uint32_t version, uint32_t last_serial, size_t signers)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);
    struct registry_error error = { .problem = REGISTRY_FINE };
    char *text = NULL;
    char *note = NULL;
    size_t text_len = 0;
    size_t len = 0;

    assert_non_null(sheet);
    sheet->facts = (struct registry_facts) {
        .tenant = FILING_TENANT,
        .municipality = "Voorbeeldwaard",
        .version = version,
        .term = { clock_day(FILING_SENT) - 400, clock_day(FILING_SENT) + 400 },
        .is_demonstration = true,
        .retention_months = 24,
        .ctx_count = 1,
    };
    sheet->facts.ctxs[0] = (struct registry_ctx) {
        .epoch = 1, .norm_version = 1, .threshold = 2, .last_bucket = FILING_BUCKET + 24
    };
    memcpy(sheet->facts.ctxs[0].voprf_key, office->voprf.public.bytes, REGISTRY_KEY_LEN);
    fill_parties(office, last_serial, sheet);
    fill_keys(office, sheet);
    if (signers == 2) {
        if (registry_sign(&sheet->facts, office->governance, &note, &len, &error) != ERR_OK) {
            fail_msg("%s: %s", error.where, registry_problem_text(error.problem));
        }
    } else {
        assert_ok(registry_build(&sheet->facts, &text, &text_len, &error));
        assert_ok(note_sign(text, text_len, &office->governance[0], &note, &len));
    }
    assert_ok(file_replace(office->registry_file, note, len, 0600));
    free(text);
    free(note);
    free(sheet);
}

static void
open_roster(struct office *office)
{
    struct registry_error error = { .problem = REGISTRY_FINE };
    char *seen = temp_path(office->folder, "registry.seen");
    char *replaced = temp_path(office->folder, "registry.replaced");
    const struct roster_config config = {
        .file = office->registry_file,
        .seen_file = seen,
        .replaced_file = replaced,
        .governance = office->pins,
        .governance_count = 2,
    };

    if (roster_open(&config, office->clock, &office->roster, &error) != ERR_OK) {
        fail_msg("%s: %s", error.where, registry_problem_text(error.problem));
    }
    free(seen);
    free(replaced);
}

/* The keys that a daemon would have made, some of them those of the filing world. */
static void
make_ring(struct office *office)
{
    char audit_vkey[NOTE_VKEY_ROOM];
    struct keyring *ring = NULL;
    struct key64 secret;
    struct key32 seed;

    assert_ok(storage_make_ring(&office->config, &ring, audit_vkey));
    assert_ok(voprf_new_key(&office->voprf));
    assert_ok(keyring_put(ring, KEYRING_OPRF, 1, &office->voprf.secret));
    memcpy(seed.bytes, office->world.ticket_secret.bytes, sizeof seed.bytes);
    assert_ok(keyring_put(ring, KEYRING_TICKET, 0, &seed));
    assert_ok(keyring_put(ring, KEYRING_GATE, FILING_BUCKET, &office->world.gate_secret));
    assert_ok(keyring_make(ring, KEYRING_ANSWER, 0, &seed));
    sign_key_from_seed(&seed, &secret, &office->answer_key);
    keyring_close(ring);
}

struct office *
office_new(void)
{
    struct office *office = calloc(1, sizeof *office);
    char pin[NOTE_VKEY_ROOM];
    struct note_vkey vkey;

    assert_non_null(office);
    assert_ok(secret_start(0));
    office->folder = temp_folder();
    office->registry_file = temp_path(office->folder, "registry.note");
    office->clock_file = temp_path(office->folder, "clock");
    office->config.folder = temp_path(office->folder, "state");
    office->config.keys.root = temp_path(office->folder, "root.key");
    office->config.keys.ring = temp_path(office->folder, "keyring");
    office->config.log.origin = temp_path("test", "log");
    office_set_clock(office, OFFICE_NOW);
    assert_ok(clock_open(office->clock_file, &office->clock));
    assert_ok(file_make_folder(office->config.folder, 0700));
    for (size_t i = 0; i < 2; i++) {
        assert_ok(note_skey_new(i == 0 ? "regie-a.example" : "regie-b.example", NOTE_ED25519,
                                &office->governance[i]));
        note_vkey_of(&office->governance[i], &vkey);
        note_vkey_format(&vkey, pin);
        office->pins[i] = strdup(pin);
    }
    filing_world_make(&office->world);
    make_organisations(office);
    make_ring(office);
    assert_ok(storage_open(&office->config, office->clock, &office->storage));
    office_write_registry(office, 1, OFFICE_ORGANISATIONS, 2);
    open_roster(office);
    return office;
}

void
office_free(struct office *office)
{
    roster_close(office->roster);
    storage_close(&office->storage);
    clock_close(office->clock);
    free(office->pins[0]);
    free(office->pins[1]);
    free(office->config.folder);
    free(office->config.keys.root);
    free(office->config.keys.ring);
    free(office->config.log.origin);
    free(office->registry_file);
    free(office->clock_file);
    temp_remove(office->folder);
    free(office);
}

void
office_restart(struct office *office)
{
    storage_close(&office->storage);
    assert_ok(storage_open(&office->config, office->clock, &office->storage));
}

void
office_dial(struct office *office, const char *oin, const char *method, struct office_call *out)
{
    enum { ARENA = 1024 * 1024 };

    memset(out, 0, sizeof *out);
    assert_ok(arena_init(&out->arena, ARENA));
    out->call.method = method;
    out->call.arena = &out->arena;
    out->call.deadline_ms = UINT64_MAX;
    snprintf(out->call.caller.oin, sizeof out->call.caller.oin, "%s", oin);
    snprintf(out->call.traceparent, sizeof out->call.traceparent, "%s",
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assert_int_equal(roster_identify(office->roster, oin, &out->call.caller), REFUSAL_NONE);
}

void
office_hang_up(struct office *office, struct office_call *call)
{
    roster_release(office->roster, &call->call.caller);
    arena_done(&call->arena);
}

uint64_t
office_log_size(struct office *office)
{
    struct store_head head;

    assert_ok(store_head(office->storage.store, NULL, &head));
    return head.size;
}

void
office_last_record(struct office *office, struct audit_record *out)
{
    struct audit_page page;

    assert_ok(audit_read(office->storage.audit, NULL, office_log_size(office) - 1, 1, &page));
    assert_int_equal(page.count, 1);
    assert_ok(audit_record_decode(page.entries[0].record, page.entries[0].len, out));
    audit_page_done(&page);
}
