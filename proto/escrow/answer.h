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
#include "proto/escrow/question.h"
#include "proto/escrow/types.h"

/* The bytes of the gate's answer, as all sides hash and sign them (docs/PROTOCOL.md section 5).
 *
 * answer = u8 kind || u16 n || n * (hh || item), by hh, the records of the question
 * item   = assess:  u16 tags, bit i: tag number i + 1
 *          release: u8 status || 128 sealed when it is given, else nothing
 *          confirm: 130 sealed */

enum { ANSWER_MAX_LEN = 1 + 2 + LINKS_RECORDS_MAX * (HASH32_LEN + GATE_CONFIRMED_LEN) };

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
