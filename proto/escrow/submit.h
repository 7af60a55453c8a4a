/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_SUBMIT_H
#define PROTO_ESCROW_SUBMIT_H

#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/header.h"
#include "proto/escrow/ticket.h"
#include "proto/escrow/types.h"

/* What names and signs a submission (docs/PROTOCOL.md section 4), at the partner, the vault and the
 * gate alike; the gate has only the hashes of 'inner' and 'direct'. */

enum {
    SUBMIT_TICKETS_MAX_LEN = HEADER_BLOCKS_MAX * TICKET_LEN,
    SUBMIT_MAX_AGE_S = 24 * 60 * 60 /* 'sent' may differ so much from the vault's clock */
};

/* The parts as they are sent; borrowed. */
struct submission {
    struct bytes header;
    struct bytes gate;
    struct bytes inner;
    struct bytes direct;
    struct bytes tickets;
    uint64_t sent; /* Unix seconds */
    struct signature signature;
};

/* hh and the h(m) of the three boxes: what is left where the boxes themselves may not go. */
struct submission_hashes {
    struct hash32 header; /* hh */
    struct hash32 gate;
    struct hash32 inner;
    struct hash32 direct;
};

/* Reads the header and compares the length of every part with what header and mode ask for.
 * ERR_MALFORMED: a length or the header is wrong; nothing else of a submission may be looked at. */
enum err submit_check(const struct submission *submission, struct report_header *out) MUST_CHECK;

void submit_hashes(const struct submission *submission, struct submission_hashes *out);

/* p, which names the whole submission. */
void submit_name(const struct submission_hashes *hashes, struct hash64 *out);

/* Sg(org; "sein1.submit"; p || u64 sent || tickets).
 * ERR_INVALID: tickets longer than SUBMIT_TICKETS_MAX_LEN. */
enum err submit_sign(const struct key64 *secret, uint16_t tenant, const struct hash64 *name,
                     uint64_t sent, struct bytes tickets, struct signature *out) MUST_CHECK;

/* ERR_AUTH: not signed so by 'key'.  Tickets are the caller's to verify. */
enum err submit_verify(const struct sign_public *key, uint16_t tenant, const struct hash64 *name,
                       uint64_t sent, struct bytes tickets,
                       const struct signature *signature) MUST_CHECK;

#endif
