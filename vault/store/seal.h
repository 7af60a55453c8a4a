/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_SEAL_H
#define VAULT_STORE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"

/* How a value is sealed before the store gets it: XChaCha20-Poly1305 with everything that says
 * where the value belongs as additional data.  A value moved to another space, record, version or
 * key does not open.
 *
 *     u8 format (1) | u8 key kind | u16 key number | 24 nonce | ciphertext | 16 tag
 *
 * The cipher does not commit to its key; keys come from the keyring alone, by the kind and number
 * that the context names, never by trying. */

enum { SEAL_HEAD_LEN = 4, SEAL_OVERHEAD = SEAL_HEAD_LEN + 24 + 16, SEAL_ID_MAX = 192 };

/* Where a value belongs. */
struct seal_context {
    uint8_t space; /* enum store_space, or another number of the caller's for what is no row */
    uint8_t key_kind; /* enum keyring_kind */
    uint16_t key_number;
    uint16_t version; /* of the value's own format */
    const void *id; /* the record's id, at most SEAL_ID_MAX bytes */
    size_t id_len;
};

/* Seals 'len' bytes into 'out', which has room for len + SEAL_OVERHEAD.
 * ERR_INVALID: an id that is too long.
 * Leaks: the length: pad before, when it tells something. */
enum err seal(const struct key32 *key, const struct seal_context *context, const void *plain,
              size_t len, uint8_t *out) MUST_CHECK;

/* Opens a sealed value into 'out', which has room for len - SEAL_OVERHEAD.
 * ERR_AUTH: too short, of another format, key, place or version, or changed; 'out' is then zeroed.
 * ERR_INVALID: an id that is too long. */
enum err seal_open(const struct key32 *key, const struct seal_context *context,
                   const uint8_t *sealed, size_t len, uint8_t *out, size_t *out_len) MUST_CHECK;

/* Which key a sealed value names; seal_open proves it.
 * ERR_AUTH: too short, or of another format. */
enum err seal_key_of(const uint8_t *sealed, size_t len, uint8_t *kind, uint16_t *number) MUST_CHECK;

#endif
