/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/gate/docket.h"

#include <string.h>

#include <sodium.h>

#include "base/log.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/signer.h"
#include "proto/escrow/submit.h"
#include "proto/escrow/ticket.h"
#include "proto/wire/decode.h"

struct docket *
docket_new(void)
{
    struct docket *docket = sodium_malloc(sizeof *docket);

    if (docket != NULL) {
        sodium_memzero(docket, sizeof *docket);
    }
    return docket;
}

void
docket_free(struct docket *docket)
{
    sodium_free(docket);
}

/* Reads a record's parts; the boxes for the CMZ team are there as hashes only. */
static enum refusal
read_record(const Seinhuis__V1__GateRecord *record, struct report_header *header,
            struct question_record *names)
{
    struct submission_hashes hashes;

    if (header_read(record->header.data, record->header.len, header) != ERR_OK ||
        !wire_has_len(record->gate, ENVELOPE_GATE_LEN) ||
        !wire_has_len(record->inner_hash, HASH32_LEN) ||
        !wire_has_len(record->direct_hash, HASH32_LEN) ||
        !wire_has_len(record->tickets, (size_t) header->block_count * TICKET_LEN) ||
        !wire_has_len(record->signature, SIGNATURE_LEN)) {
        return REFUSAL_BAD_RECORD;
    }
    header_hash(record->header.data, record->header.len, &hashes.header);
    hash_part(record->gate.data, record->gate.len, &hashes.gate);
    memcpy(hashes.inner.bytes, record->inner_hash.data, HASH32_LEN);
    memcpy(hashes.direct.bytes, record->direct_hash.data, HASH32_LEN);
    names->header_hash = hashes.header;
    submit_name(&hashes, &names->name);
    return REFUSAL_NONE;
}

/* Whether the record may take part at all; its secrets then stand in the docket. */
static bool
accept_record(struct gate *gate, const struct registry *registry, uint16_t month,
              const Seinhuis__V1__GateRecord *record, struct docket *docket, size_t at)
{
    WIPED(key32) struct key32 secret = { { 0 } };
    const struct bytes tickets = wire_bytes(record->tickets);
    const struct report_header *header = &docket->headers[at];
    struct signature signature;
    const struct registry_party *party = registry_party_by_serial(registry, header->serial);
    uint16_t tenant = registry_facts(registry)->tenant;

    docket->signers[at] = party;
    memcpy(signature.bytes, record->signature.data, SIGNATURE_LEN);
    if (party == NULL || header->bucket < month || header->blocks[0].ctx.tenant != tenant ||
        !signer_has_signed(registry, party, &docket->names[at].name, record->sent, tickets,
                           &signature) ||
        !signer_has_tickets(registry, party, header, record->sent, tickets)) {
        return false;
    }
    if (keyring_get(gate->storage->ring, KEYRING_GATE, header->bucket, &secret) != ERR_OK) {
        log_plain(LOG_WARN, "bucket_key_gone");
        return false;
    }
    return gate_open(&secret, wire_bytes(record->gate), &header->rid,
                     &docket->names[at].header_hash, &docket->secrets[at]) == ERR_OK;
}

static enum refusal
compute_links(struct docket *docket)
{
    struct link_record records[LINKS_RECORDS_MAX];

    for (size_t i = 0; i < docket->count; i++) {
        const struct registry_party *party = docket->signers[i];

        records[i] = (struct link_record) {
            .header = &docket->headers[i],
            .sector = party->sector,
            .entity = party->entity,
            .is_host = party->is_host,
        };
    }
    return links_compute(records, docket->count, NULL, &docket->links) == ERR_OK
        ? REFUSAL_NONE
        : REFUSAL_BAD_RECORD_COUNT;
}

enum refusal
docket_check(struct gate *gate, const struct registry *registry, uint64_t now_s,
             Seinhuis__V1__GateRecord *const *records, size_t count, struct docket *docket)
{
    uint16_t month = clock_bucket(date_of(now_s));

    if (count < 2 || count > LINKS_RECORDS_MAX) {
        return REFUSAL_BAD_RECORD_COUNT;
    }
    docket->count = count;
    for (size_t i = 0; i < count; i++) {
        enum refusal refusal = read_record(records[i], &docket->headers[i], &docket->names[i]);

        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
        if (!accept_record(gate, registry, month, records[i], docket, i)) {
            docket->rejected |= UINT64_C(1) << i;
        }
    }
    return docket->rejected != 0 ? REFUSAL_NONE : compute_links(docket);
}

uint16_t
docket_bucket(const struct docket *docket)
{
    uint16_t bucket = UINT16_MAX;

    for (size_t i = 0; i < docket->count; i++) {
        if (docket->headers[i].bucket < bucket) {
            bucket = docket->headers[i].bucket;
        }
    }
    return bucket;
}

uint16_t
docket_last_bucket(const struct docket *docket)
{
    uint16_t bucket = 0;

    for (size_t i = 0; i < docket->count; i++) {
        if (docket->headers[i].bucket > bucket) {
            bucket = docket->headers[i].bucket;
        }
    }
    return bucket;
}

void
docket_order(const struct docket *docket, size_t order[LINKS_RECORDS_MAX])
{
    for (size_t i = 0; i < docket->count; i++) {
        size_t at = i;

        while (at > 0 &&
               hash32_compare(&docket->names[order[at - 1]].header_hash,
                              &docket->names[i].header_hash) > 0) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
}
