/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/attr.h"

/* The one list of what can go wrong.  What a caller over the network may learn is decided
 * elsewhere (proto/wire/refusal.h); these texts are for logs and for our own people. */
#define ERR_MAP(X)                                                                                 \
    X(ERR_OK, "success")                                                                           \
    X(ERR_NOMEM, "out of memory")                                                                  \
    X(ERR_INVALID, "invalid argument")                                                             \
    X(ERR_MALFORMED, "malformed data")                                                             \
    X(ERR_NOT_FOUND, "not found")                                                                  \
    X(ERR_EXISTS, "exists already")                                                                \
    X(ERR_CONFLICT, "changed by somebody else meanwhile")                                          \
    X(ERR_REPLAY, "done before; the first result stands")                                          \
    X(ERR_FULL, "no room left")                                                                    \
    X(ERR_TOO_BIG, "too big")                                                                      \
    X(ERR_AUTH, "authentication failed")                                                           \
    X(ERR_DENIED, "not allowed")                                                                   \
    X(ERR_EXPIRED, "expired")                                                                      \
    X(ERR_STATE, "not possible in the present state")                                              \
    X(ERR_QUOTA, "quota used up")                                                                  \
    X(ERR_UNSUPPORTED, "not supported")                                                            \
    X(ERR_UNAVAILABLE, "not available now; surely not done")                                       \
    X(ERR_UNKNOWN, "the outcome could not be learnt")                                              \
    X(ERR_ROLLBACK, "an older state than the one seen before")                                     \
    X(ERR_CORRUPT, "stored data is damaged")                                                       \
    X(ERR_IO, "input or output failed")                                                            \
    X(ERR_INTERNAL, "internal error")

#define ERR_ENUM(code, text) code,
enum err { ERR_MAP(ERR_ENUM) };
#undef ERR_ENUM

/* Returns the constant English text of 'err'; never NULL. */
const char *err_text(enum err err);

#endif
