/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/signer.h"

#include <string.h>

#include "base/clock.h"
#include "proto/escrow/submit.h"
#include "proto/escrow/ticket.h"

bool
signer_has_signed(const struct registry *registry, const struct registry_party *party,
                  const struct hash64 *name, uint64_t sent, struct bytes tickets,
                  const struct signature *signature)
{
    uint32_t day = clock_day(sent);

    for (size_t i = 0; i < party->key_count; i++) {
        struct sign_public key;

        if (!registry_term_holds(party->keys[i].term, day)) {
            continue;
        }
        memcpy(key.bytes, party->keys[i].key, SIGN_PUBLIC_LEN);
        if (submit_verify(&key, registry_facts(registry)->tenant, name, sent, tickets, signature) ==
            ERR_OK) {
            return true;
        }
    }
    return false;
}

/* The clocks of partner and pseudonym service may differ by a day. */
static bool
is_of_its_time(const struct ticket *ticket, uint64_t sent)
{
    uint64_t day = clock_day(sent);

    return ticket->day <= day + 1 && day <= (uint64_t) ticket->day + TICKET_MAX_AGE_DAYS + 1;
}

bool
signer_has_tickets(const struct registry *registry, const struct registry_party *party,
                   const struct report_header *header, uint64_t sent, struct bytes tickets)
{
    if (tickets.len != (size_t) header->block_count * TICKET_LEN) {
        return false;
    }
    for (size_t i = 0; i < header->block_count; i++) {
        const uint8_t *data = tickets.data + i * TICKET_LEN;
        const uint8_t *service_key;
        struct sign_public key;
        struct ticket ticket;

        if (ticket_read(data, &ticket) != ERR_OK) {
            return false;
        }
        service_key = registry_service_key(registry, REGISTRY_TICKET_KEY, ticket.day);
        if (service_key == NULL) {
            return false;
        }
        memcpy(key.bytes, service_key, SIGN_PUBLIC_LEN);
        if (ticket_verify(&key, data, &ticket) != ERR_OK || ticket.serial != header->serial ||
            !ctx_is_equal(&ticket.ctx, &header->blocks[i].ctx) || !is_of_its_time(&ticket, sent) ||
            !registry_term_holds(party->term, ticket.day)) {
            return false;
        }
    }
    return true;
}
