/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_ANSWER_H
#define PROTO_ESCROW_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/gate.h"
#include "proto/escrow/links.h"
#include "proto/escrow/request.h"
#include "proto/escrow/types.h"

/* The bytes of a question to the gate and of its answer, as all sides hash and sign them
 * (docs/PROTOCOL.md section 5).
 *
 * question = u8 kind || u16 tenant || u16 n || n * (hh || p), by hh || u8 m || m * member, by id
 * member   = u8 len || id || u16 len || signed message || 64 signature;
 *            m is 0 for assess, 1 for release, 2 for confirm
 *
 * answer   = u8 kind || u16 n || n * (hh || item), by hh, the records of the question
 * item     = assess:  u16 tags, bit i: tag number i + 1
 *            release: u8 status || 128 sealed when it is released, else nothing
 *            confirm: 130 sealed */

enum gate_question_kind { QUESTION_ASSESS = 1, QUESTION_RELEASE = 2, QUESTION_CONFIRM = 3 };

enum {
    QUESTION_MEMBERS_MAX = 2,
    QUESTION_MEMBER_ID_MAX = 64,
    QUESTION_MAX_LEN = 1 + 2 + 2 + LINKS_RECORDS_MAX * (HASH32_LEN + HASH64_LEN) + 1 +
        QUESTION_MEMBERS_MAX * (1 + QUESTION_MEMBER_ID_MAX + 2 + REQUEST_MAX_LEN + SIGNATURE_LEN),
    ANSWER_MAX_LEN = 1 + 2 + LINKS_RECORDS_MAX * (HASH32_LEN + GATE_CONFIRMED_LEN)
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

enum release_status {
    RELEASE_GIVEN = 1,
    RELEASE_WAITS = 2 /* for the officer's own yes: its links all lead to hosts */
};

struct answer_item {
    struct hash32 header_hash;
    uint16_t tags; /* assess */
    enum release_status status; /* release */
    union {
        uint8_t released[GATE_RELEASED_LEN]; /* release, when given */
        uint8_t confirmed[GATE_CONFIRMED_LEN]; /* confirm */
    } sealed;
};

struct answer {
    enum gate_question_kind kind;
    size_t count;
    struct answer_item items[LINKS_RECORDS_MAX]; /* ascending by hh */
};

/* ERR_INVALID: items out of order, or tags or a status out of their bounds. */
enum err answer_write(const struct answer *answer, uint8_t out[ANSWER_MAX_LEN],
                      size_t *out_len) MUST_CHECK;

/* ERR_MALFORMED: not what answer_write would have written. */
enum err answer_read(struct bytes data, struct answer *out) MUST_CHECK;

/* Sg(G; "sein1.answer"; h(question) || answer).
 * ERR_INVALID: an answer longer than ANSWER_MAX_LEN. */
enum err answer_sign(const struct key64 *secret, uint16_t tenant, struct bytes question,
                     struct bytes answer, struct signature *out) MUST_CHECK;

/* ERR_AUTH: not signed so by 'key': another question's answer, or changed. */
enum err answer_verify(const struct sign_public *key, uint16_t tenant, struct bytes question,
                       struct bytes answer, const struct signature *signature) MUST_CHECK;

#endif
