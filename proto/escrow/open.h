/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_OPEN_H
#define PROTO_ESCROW_OPEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/envelope.h"
#include "proto/escrow/gate.h"
#include "proto/escrow/header.h"
#include "proto/escrow/types.h"

/* Opening at the CMZ client (docs/PROTOCOL.md section 6).  Signatures, registry, links and the
 * gate's answer are verified before. */

/* What is wrong with a record; its signer is to be reported.  X(NAME, text) */
#define OPEN_FAULT_MAP(X)                                                                          \
    X(OPEN_FINE, "nothing is wrong")                                                               \
    X(OPEN_INNER, "the inner box does not open, or has another length")                            \
    X(OPEN_COMMITMENT, "the commitments do not give the slot's index value")                       \
    X(OPEN_SCALAR, "the share is not a canonical scalar")                                          \
    X(OPEN_SHARE, "the share does not lie on the committed polynomial for its sector")             \
    X(OPEN_WRAP, "the key does not open its wrapping")                                             \
    X(OPEN_CAPSULE, "the identity capsule does not open, or is not padded")                        \
    X(OPEN_CONTENT, "the content does not open, or is not padded")                                 \
    X(OPEN_DIRECT, "the direct box does not open, or is another record's")                         \
    X(OPEN_RELEASE, "the gate's box does not open, or is another record's")

#define OPEN_FAULT_ENUM(code, text) code,
enum open_fault { OPEN_FAULT_MAP(OPEN_FAULT_ENUM) };
#undef OPEN_FAULT_ENUM

/* The constant English text; never NULL. */
const char *open_fault_text(enum open_fault fault);

/* One decoded slot. */
struct open_slot {
    struct point c0;
    struct point c1;
    struct key32 y;
    uint8_t w1[ENVELOPE_WRAP_LEN];
};

/* A record whose inner box is open: shares and ciphertexts, still nothing readable. */
struct open_record {
    struct report_header header;
    struct hash32 header_hash;
    uint8_t sector; /* of the organisation, from the registry */
    struct open_slot slots[HEADER_SLOTS_MAX];
    uint8_t w2[ENVELOPE_WRAP_LEN];
    uint8_t ct_id[ENVELOPE_CT_ID_LEN];
    uint8_t ct_ct[ENVELOPE_CT_CT_LEN];
};
WIPED_KIND(open_record)

/* K_id and K_ct, for the direct way. */
struct open_keys {
    struct key32 k_id;
    struct key32 k_ct;
};
WIPED_KIND(open_keys)

struct open_capsule {
    uint8_t bytes[ENVELOPE_CAPSULE_LEN];
    size_t len;
};
WIPED_KIND(open_capsule)

struct open_content {
    uint8_t bytes[ENVELOPE_CONTENT_LEN];
    size_t len;
};
WIPED_KIND(open_content)

/* All of these return the fault of the record that they were given; the output is untouched
 * unless it is OPEN_FINE.  Threads: any. */

/* Opens 'inner' with the team's key of the quarter.  'header' is as submitted, 'sector' the
 * signer's.
 * OPEN_INNER. */
enum open_fault open_inner(const struct key32 *team, struct bytes header, uint8_t sector,
                           struct bytes inner, struct open_record *out) MUST_CHECK;

/* Verifies one slot: commitments give the index, y is canonical, y * G = C0 + x * C1.
 * OPEN_COMMITMENT, OPEN_SCALAR, OPEN_SHARE. */
enum open_fault open_check_slot(const struct open_record *record, unsigned int slot) MUST_CHECK;

/* Which of two records is to be blamed, and why. */
struct open_blame {
    enum open_fault fault;
    bool is_second;
};

/* Combines the shares of two linked records in slots with one index value; both slots are checked
 * first.  '*out' is k_j, '*blame' is set on ERR_AUTH.
 *
 * ERR_INVALID: the slots' index values or ctx differ, or the sectors are equal: no link.
 * ERR_AUTH: a bogus share or commitment; nothing is combined. */
enum err open_combine(const struct open_record *a, unsigned int slot_a, const struct open_record *b,
                      unsigned int slot_b, struct key32 *out, struct open_blame *blame) MUST_CHECK;

/* Opens a gate's release or confirm item with the team's key; it must be of this record.
 * OPEN_RELEASE (the gate's fault or another team key, not the signer's). */
enum open_fault open_released(const struct key32 *team, const struct open_record *record,
                              const uint8_t in[GATE_RELEASED_LEN], struct key32 *z1) MUST_CHECK;
enum open_fault open_confirmed(const struct key32 *team, const struct open_record *record,
                               const uint8_t in[GATE_CONFIRMED_LEN], struct key32 *z2,
                               uint16_t *domains) MUST_CHECK;

/* K_id from W1 of a slot.  OPEN_WRAP. */
enum open_fault open_k_id(const struct open_record *record, unsigned int slot,
                          const struct key32 *slot_key, const struct key32 *z1,
                          struct key32 *k_id) MUST_CHECK;

/* K_ct from W2.  OPEN_WRAP. */
enum open_fault open_k_ct(const struct open_record *record, const struct key32 *k_id,
                          const struct key32 *z2, struct key32 *k_ct) MUST_CHECK;

/* OPEN_CAPSULE, OPEN_CONTENT. */
enum open_fault open_capsule(const struct open_record *record, const struct key32 *k_id,
                             struct open_capsule *out) MUST_CHECK;
enum open_fault open_content(const struct open_record *record, const struct key32 *k_ct,
                             struct open_content *out) MUST_CHECK;

/* Both keys from the direct box of a record in mode acute or consented.  OPEN_DIRECT. */
enum open_fault open_direct(const struct key32 *team, const struct open_record *record,
                            struct bytes direct, struct open_keys *out) MUST_CHECK;

#endif
