/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_KEYRING_IMAGE_H
#define VAULT_STORE_KEYRING_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "vault/store/keyring.h"

/* The bytes of a ring file; no I/O.  Internal to the keyring.  Integers big-endian:
 *
 *     head   "SEINRING" | u8 version | u8 way | 16 salt | u32 memory KiB | u32 passes
 *            | u64 generation | 24 nonce
 *     then, sealed by XChaCha20-Poly1305 with the head as additional data:
 *     body   u16 count | count * (u8 kind | u8 state | u16 number | 32 key, 0 when destroyed) */

enum {
    KEYRING_VERSION = 1,
    KEYRING_SALT_LEN = 16,
    KEYRING_NONCE_LEN = 24,
    KEYRING_TAG_LEN = 16,
    KEYRING_HEAD_LEN = 8 + 1 + 1 + KEYRING_SALT_LEN + 4 + 4 + 8 + KEYRING_NONCE_LEN,
    KEYRING_ENTRY_LEN = 1 + 1 + 2 + 32,
    KEYRING_BODY_MAX = 2 + KEYRING_KEY_MAX * KEYRING_ENTRY_LEN,
    KEYRING_FILE_MAX = KEYRING_HEAD_LEN + KEYRING_BODY_MAX + KEYRING_TAG_LEN,
    KEYRING_MEMORY_MIN_KIB = 8 * 1024,
    KEYRING_MEMORY_MAX_KIB = 1024 * 1024,
    KEYRING_PASSES_MAX = 16
};

enum keyring_way { KEYRING_BY_FILE = 1, KEYRING_BY_PASSPHRASE = 2 };

struct keyring_head {
    enum keyring_way way;
    uint8_t salt[KEYRING_SALT_LEN];
    uint32_t memory_kib; /* 0 with a key file, passes too */
    uint32_t passes;
    uint64_t generation;
    uint8_t nonce[KEYRING_NONCE_LEN];
};

enum keyring_state { KEYRING_LIVES = 1, KEYRING_DESTROYED = 2 };

/* What a key is called and whether it lives; the keys themselves are apart, in locked memory. */
struct keyring_name {
    enum keyring_kind kind;
    enum keyring_state state;
    uint16_t number;
};

bool keyring_kind_is_valid(enum keyring_kind kind);

void keyring_head_write(const struct keyring_head *head, uint8_t out[KEYRING_HEAD_LEN]);

/* ERR_MALFORMED: not a head, or costs beyond the bounds. */
enum err keyring_head_read(const uint8_t *data, size_t len, struct keyring_head *out) MUST_CHECK;

size_t keyring_body_len(size_t count);

/* Writes a body of 'count' names with their keys; 'out' has keyring_body_len(count) bytes. */
void keyring_body_write(const struct keyring_name *names, const struct key32 *keys, size_t count,
                        uint8_t *out);

/* Reads one; 'names' and 'keys' have room for KEYRING_KEY_MAX and may be partly written on failure.
 * ERR_MALFORMED: not a body, a name twice. */
enum err keyring_body_read(const uint8_t *data, size_t len, struct keyring_name *names,
                           struct key32 *keys, size_t *count) MUST_CHECK;

#endif
