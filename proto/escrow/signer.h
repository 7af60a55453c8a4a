/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_SIGNER_H
#define PROTO_ESCROW_SIGNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "proto/escrow/header.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/types.h"

/* Whether a report that was filed long ago is what an organisation filed: what gate and CMZ client verify
 * for themselves, each by its own copy of the registry (docs/PROTOCOL.md sections 5 and 6). */

/* Whether one of the organisation's keys of the day of 'sent' signed the submission of this name (p). */
bool signer_has_signed(const struct registry *registry, const struct registry_party *party,
                       const struct hash64 *name, uint64_t sent, struct bytes tickets,
                       const struct signature *signature);

/* Whether there is a ticket for each block: of this organisation and ctx, signed by the service's key of
 * its day, on which the organisation was in the registry, and not more than its age before 'sent', so
 * that a key that has ended cannot sign with an early date what a fresh ticket was had for. */
bool signer_has_tickets(const struct registry *registry, const struct registry_party *party,
                        const struct report_header *header, uint64_t sent, struct bytes tickets);

#endif
