/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_QUESTION_H
#define PROTO_ESCROW_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/escrow/links.h"
#include "proto/escrow/request.h"
#include "proto/escrow/types.h"

/* The bytes of a question to the gate, as all sides hash them (docs/PROTOCOL.md section 5).
 *
 * question = u8 kind || u16 tenant || u16 n || n * (hh || p), by hh || u8 m || m * member, by id
 * member   = u8 len || id || u16 len || signed message || 64 signature;
 *            m is 0 for assess, 1 for release, 2 for confirm */

enum gate_question_kind { QUESTION_ASSESS = 1, QUESTION_RELEASE = 2, QUESTION_CONFIRM = 3 };

enum {
    QUESTION_MEMBERS_MAX = 2,
    QUESTION_MEMBER_ID_MAX = 64,
    QUESTION_MAX_LEN = 1 + 2 + 2 + LINKS_RECORDS_MAX * (HASH32_LEN + HASH64_LEN) + 1 +
        QUESTION_MEMBERS_MAX * (1 + QUESTION_MEMBER_ID_MAX + 2 + REQUEST_MAX_LEN + SIGNATURE_LEN)
};

struct question_record {
    struct hash32 header_hash; /* hh */
    struct hash64 name; /* p */
};

struct question_member {
    char id[QUESTION_MEMBER_ID_MAX + 1]; /* of [A-Za-z0-9._-] */
    struct bytes message; /* what was signed: request_write_...; borrowed */
    struct signature signature;
};

struct question {
    enum gate_question_kind kind;
    uint16_t tenant;
    size_t record_count;
    struct question_record records[LINKS_RECORDS_MAX]; /* in any order for question_write */
    size_t member_count;
    struct question_member members[QUESTION_MEMBERS_MAX]; /* in any order for question_write */
};

/* ERR_INVALID: none or too many records, one twice, a member twice, another number of members than
 * the kind asks for, or a bad id or message length. */
enum err question_write(const struct question *question, uint8_t out[QUESTION_MAX_LEN],
                        size_t *out_len) MUST_CHECK;

/* Reads strictly; the messages are borrowed from 'data'.  Signatures and messages are the
 * caller's to check.  ERR_MALFORMED: not what question_write would have written. */
enum err question_read(struct bytes data, struct question *out) MUST_CHECK;

#endif
