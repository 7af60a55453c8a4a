/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_SIGN_H
#define PROTO_ESCROW_SIGN_H

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"

/* What is signed, and by whom; the label keeps one from standing for another. */
#define SIGN_LABEL_MAP(X)                                                                          \
    X(SIGN_TICKET, "sein1.ticket") /* pseudonym service */                                         \
    X(SIGN_SUBMIT, "sein1.submit") /* reporting organisation */                                    \
    X(SIGN_RECEIPT, "sein1.receipt") /* vault */                                                   \
    X(SIGN_ANSWER, "sein1.answer") /* gate */                                                      \
    X(SIGN_RELEASE, "sein1.release") /* a member of the CMZ team */                                \
    X(SIGN_CONFIRM, "sein1.confirm") /* a member of the CMZ team */                                \
    X(SIGN_REVOKE, "sein1.revoke") /* reporting organisation */

#define SIGN_LABEL_ENUM(code, text) code,
enum sign_label { SIGN_LABEL_MAP(SIGN_LABEL_ENUM) };
#undef SIGN_LABEL_ENUM

/* A new Ed25519 pair, random or from a seed of 32 bytes.  The secret is in libsodium's form. */
void sign_key_new(struct key64 *secret, struct sign_public *out);
void sign_key_from_seed(const struct key32 *seed, struct key64 *secret, struct sign_public *out);

/* Sg(X; label; m) of docs/PROTOCOL.md section 2: Ed25519 over label || B(64; -; label; tenant ||
 * m).
 * Threads: any. */
void sign_make(const struct key64 *secret, enum sign_label label, uint16_t tenant,
               struct bytes message, struct signature *out);

/* ERR_AUTH: not signed so by this key. */
enum err sign_verify(const struct sign_public *key, enum sign_label label, uint16_t tenant,
                     struct bytes message, const struct signature *signature) MUST_CHECK;

#endif
