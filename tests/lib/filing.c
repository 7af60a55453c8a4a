/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/filing.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"

static const struct escrow_ctx ctx = {
    .tenant = FILING_TENANT, .epoch = 1, .norm_version = 1, .threshold = CTX_THRESHOLD
};

void
filing_world_make(struct filing_world *world)
{
    sign_key_new(&world->ticket_secret, &world->ticket_key);
    crypt_box_key_new(&world->gate_secret, &world->gate_key);
    crypt_box_key_new(&world->team_secret, &world->team_key);
}

void
filing_organisation_make(struct filing_organisation *organisation, uint32_t serial, uint8_t sector)
{
    *organisation =
        (struct filing_organisation) { .serial = serial, .sector = sector, .entity = serial };
    sign_key_new(&organisation->secret, &organisation->key);
}

void
filing_slot(uint8_t match_key, struct slot_secret *out)
{
    struct key64 output;
    const struct bytes part = { &match_key, 1 };

    hash_labelled(NULL, "test.voprf", &part, 1, output.bytes, sizeof output.bytes);
    assert_ok(derive_slot(&ctx, &output, out));
}

static void
seal(struct filing *filing, const struct filing_world *world,
     const struct filing_organisation *organisation, const struct report_header *fields,
     const struct filing_words *words)
{
    const struct envelope_block block = { .ctx = ctx,
                                          .slots = filing->slots,
                                          .count = filing->slot_count };
    struct envelope_input input = {
        .sector = organisation->sector,
        .domains = words->domains,
        .content = words->content,
        .gate_key = world->gate_key,
        .team_key = world->team_key,
    };

    assert_ok(envelope_lay_out(fields, &block, 1, &filing->layout));
    input.capsule = words->capsule(words->context, &filing->layout);
    assert_ok(envelope_seal(&filing->layout, &block, &input, &filing->envelope));
}

static struct bytes
plain_capsule(void *context, const struct envelope_layout *layout)
{
    const char *text = context;

    (void) layout;
    return (struct bytes) { (const uint8_t *) text, strlen(text) };
}

void
filing_make(struct filing *filing, const struct filing_world *world,
            const struct filing_organisation *organisation, uint8_t mode, const char *match_keys)
{
    char capsule[64];
    char content[64];
    struct filing_words words = {
        .capsule = plain_capsule,
        .context = capsule,
        .content = { (const uint8_t *) content, 0 },
        .domains = (uint16_t) (1U << organisation->serial % DOMAIN_COUNT),
    };

    snprintf(capsule, sizeof capsule, "capsule of %u", (unsigned int) organisation->serial);
    words.content.len = (size_t) snprintf(content, sizeof content, "content of %u",
                                          (unsigned int) organisation->serial);
    filing_make_saying(filing, world, organisation, mode, match_keys, &words);
}

void
filing_make_saying(struct filing *filing, const struct filing_world *world,
                   const struct filing_organisation *organisation, uint8_t mode,
                   const char *match_keys, const struct filing_words *words)
{
    const struct report_header fields = {
        .registry_version = 1,
        .serial = organisation->serial,
        .bucket = FILING_BUCKET,
        .mode = mode,
        .band = mode == MODE_ACUTE ? BAND_ACUTE : BAND_MODERATE,
        .legal_basis = (uint16_t) (organisation->sector * 10 + 1),
        .week = FILING_WEEK,
    };
    const struct envelope *sealed = &filing->envelope;

    memset(filing, 0, sizeof *filing);
    for (; match_keys[filing->slot_count] != '\0'; filing->slot_count++) {
        filing_slot((uint8_t) match_keys[filing->slot_count], &filing->slots[filing->slot_count]);
    }
    seal(filing, world, organisation, &fields, words);
    ticket_make(&world->ticket_secret, organisation->serial, &ctx, clock_day(FILING_SENT),
                filing->tickets);
    filing->submission = (struct submission) {
        .header = { sealed->header, sealed->header_len },
        .gate = { sealed->gate, sizeof sealed->gate },
        .inner = { sealed->inner, sealed->inner_len },
        .direct = { sealed->direct, sealed->direct_len },
        .tickets = { filing->tickets, sizeof filing->tickets },
        .sent = FILING_SENT,
    };
    submit_hashes(&filing->submission, &filing->hashes);
    submit_name(&filing->hashes, &filing->name);
    assert_ok(submit_sign(&organisation->secret, FILING_TENANT, &filing->name, FILING_SENT,
                          filing->submission.tickets, &filing->submission.signature));
    assert_ok(submit_check(&filing->submission, &filing->header));
}
