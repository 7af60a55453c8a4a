/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "base/attr.h"
#include "base/err.h"

/* The two homes of a secret.
 *
 * Inside a call: a struct on the stack declared with WIPED, erased on every way out:
 *
 *     WIPED(key32) struct key32 key = { { 0 } };
 *
 * Past the call: struct secret, in memory that is locked, guarded and wiped when freed. */
#define WIPED(kind) __attribute__((cleanup(kind##_wipe)))

/* Defines kind_wipe() for 'struct kind', which is what WIPED(kind) calls. */
#define WIPED_KIND(kind)                                                                           \
    static inline void kind##_wipe(struct kind *it)                                                \
    {                                                                                              \
        sodium_memzero(it, sizeof *it);                                                            \
    }

/* 32 bytes of secret key. */
struct key32 {
    uint8_t bytes[32];
};
WIPED_KIND(key32)

/* 64 bytes of secret: a hash output, an Ed25519 secret key. */
struct key64 {
    uint8_t bytes[64];
};
WIPED_KIND(key64)

struct secret;

/* Prepares libsodium, forbids core dumps, and tries whether 'locked_len' bytes of memory can really be
 * locked (sodium_malloc itself hides a failure).
 *
 * ERR_INTERNAL: libsodium did not start.
 * ERR_FULL: so much memory may not be locked; raise RLIMIT_MEMLOCK.
 *
 * Threads: call once, before any other use of a secret or of libsodium. */
enum err secret_start(size_t locked_len) MUST_CHECK;

/* A new secret of 'len' bytes, all zero.
 * ERR_NOMEM: no guarded memory is left. */
enum err secret_new(size_t len, struct secret **out) MUST_CHECK;

/* Wipes and frees; takes NULL. */
void secret_free(struct secret *secret);

size_t secret_len(const struct secret *secret);
const uint8_t *secret_data(const struct secret *secret);
uint8_t *secret_edit(struct secret *secret);

#endif
