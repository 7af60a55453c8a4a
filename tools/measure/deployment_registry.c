/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/deployment_registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "proto/escrow/crypt.h"
#include "proto/escrow/sign.h"
#include "tools/measure/meter.h"

enum { SERVICES = 5, SERVICE_KEYS = 3 };

/* What the facts point to. */
struct sheet {
    struct registry_facts facts;
    struct registry_party parties[DEPLOYMENT_ORGANISATIONS + SERVICES];
    struct registry_key party_keys[DEPLOYMENT_ORGANISATIONS];
    struct registry_member member;
    struct registry_key member_key;
    struct registry_service_key service_keys[SERVICE_KEYS];
    struct registry_box_key gate_key;
    struct registry_box_key team_key;
};

static void
fill_parties(const struct deployment *deployment, struct sheet *sheet)
{
    static const struct {
        const char *oin;
        enum party_role role;
    } services[SERVICES] = {
        { DEPLOYMENT_PSEUDONYMD_OIN, ROLE_PSEUDONYM_SERVICE },
        { DEPLOYMENT_VAULTD_OIN, ROLE_VAULT },
        { DEPLOYMENT_GATED_OIN, ROLE_GATE },
        { "00000099000000000804", ROLE_CMZ },
        { "00000099000000000805", ROLE_OFFICER },
    };
    struct registry_party *party = sheet->parties;

    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++, party++) {
        const struct deployment_organisation *from = &deployment->organisations[i];

        sheet->party_keys[i].term = deployment->term;
        memcpy(sheet->party_keys[i].key, from->key.bytes, REGISTRY_KEY_LEN);
        *party = (struct registry_party) { .name = "fictitious organisation",
                                           .role = ROLE_PARTNER,
                                           .term = deployment->term,
                                           .keys = &sheet->party_keys[i],
                                           .key_count = 1,
                                           .serial = from->serial,
                                           .sector = from->sector,
                                           .entity = from->serial };
        memcpy(party->oin, from->oin, sizeof party->oin);
    }
    for (size_t i = 0; i < SERVICES; i++, party++) {
        *party = (struct registry_party) { .name = "fictitious service",
                                           .role = services[i].role,
                                           .term = deployment->term };
        memcpy(party->oin, services[i].oin, sizeof party->oin);
    }
    sheet->facts.parties = sheet->parties;
    sheet->facts.party_count = DEPLOYMENT_ORGANISATIONS + SERVICES;
}

static void
fill_service_keys(const struct deployment *deployment, struct sheet *sheet)
{
    const struct {
        enum registry_service_key_use use;
        const struct sign_public *key;
    } uses[SERVICE_KEYS] = {
        { REGISTRY_TICKET_KEY, &deployment->ticket_key },
        { REGISTRY_RECEIPT_KEY, &deployment->receipt_key },
        { REGISTRY_ANSWER_KEY, &deployment->answer_key },
    };

    for (size_t i = 0; i < SERVICE_KEYS; i++) {
        sheet->service_keys[i].use = uses[i].use;
        sheet->service_keys[i].key.term = deployment->term;
        memcpy(sheet->service_keys[i].key.key, uses[i].key->bytes, REGISTRY_KEY_LEN);
    }
    sheet->facts.service_keys = sheet->service_keys;
    sheet->facts.service_key_count = SERVICE_KEYS;
}

/* Keys that must be there; the bench opens nothing, so their secrets are forgotten. */
static void
fill_readers(const struct deployment *deployment, struct sheet *sheet)
{
    WIPED(key32) struct key32 box_secret = { { 0 } };
    WIPED(key64) struct key64 sign_secret = { { 0 } };
    struct sign_public member;
    struct box_public box;
    struct date today = date_from_days((int32_t) deployment->term.first_day + 30);

    sign_key_new(&sign_secret, &member);
    sheet->member_key.term = deployment->term;
    memcpy(sheet->member_key.key, member.bytes, REGISTRY_KEY_LEN);
    sheet->member = (struct registry_member) { .id = "member-1",
                                               .name = "fictitious member",
                                               .term = deployment->term,
                                               .keys = &sheet->member_key,
                                               .key_count = 1 };
    crypt_box_key_new(&box_secret, &box);
    sheet->gate_key.period = deployment->bucket;
    memcpy(sheet->gate_key.key, box.bytes, REGISTRY_KEY_LEN);
    crypt_box_key_new(&box_secret, &box);
    sheet->team_key.period = clock_quarter(today);
    memcpy(sheet->team_key.key, box.bytes, REGISTRY_KEY_LEN);
    sheet->facts.members = &sheet->member;
    sheet->facts.member_count = 1;
    sheet->facts.gate_keys = &sheet->gate_key;
    sheet->facts.gate_key_count = 1;
    sheet->facts.team_keys = &sheet->team_key;
    sheet->facts.team_key_count = 1;
}

void
deployment_write_registry(const struct deployment *deployment)
{
    struct sheet *sheet = meter_alloc(1, sizeof *sheet);
    struct registry_error error = { .problem = REGISTRY_FINE };
    char *note = NULL;
    size_t len = 0;

    sheet->facts = (struct registry_facts) {
        .tenant = DEPLOYMENT_TENANT,
        .municipality = "Voorbeeldwaard",
        .version = 1,
        .term = deployment->term,
        .is_demonstration = true,
        .retention_months = 24,
        .audit_vkey = deployment->audit_vkey,
        .ctx_count = 1,
    };
    sheet->facts.ctxs[0] = (struct registry_ctx) {
        .epoch = deployment->ctx.epoch,
        .norm_version = deployment->ctx.norm_version,
        .threshold = deployment->ctx.threshold,
        .last_bucket = (uint16_t) (deployment->bucket + 24),
    };
    memcpy(sheet->facts.ctxs[0].voprf_key, deployment->voprf.public.bytes, REGISTRY_KEY_LEN);
    fill_parties(deployment, sheet);
    fill_service_keys(deployment, sheet);
    fill_readers(deployment, sheet);
    if (registry_sign(&sheet->facts, deployment->governance, &note, &len, &error) != ERR_OK) {
        meter_fail(error.where, registry_problem_text(error.problem));
    }
    if (file_replace(deployment->registry_file, note, len, 0600) != ERR_OK) {
        meter_fail(deployment->registry_file, "could not be written");
    }
    free(note);
    free(sheet);
}
