/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_KEYRING_H
#define VAULT_STORE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"

/* A daemon's secret keys at rest: one file, sealed as a whole with the root key, replaced
 * atomically, kept beside the store and never inside it, backed up apart from it.  Destroying a
 * key here is what makes every copy of what it sealed unreadable.
 *
 * Each key is 32 bytes, named by a kind and a number (a month's bucket, an epoch, a quarter, or
 * 0). A destroyed key leaves its name behind: it is never made anew.
 *
 * Not yet: custodians' shares as a third way to the root key.  What the file cannot find out
 * alone is that it was put back as a whole; for that its generation is kept elsewhere too
 * (keyring_generation). */

/* Numbers are on disk: add lines, never change or reuse one. */
#define KEYRING_KIND_MAP(X)                                                                        \
    X(KEYRING_METADATA, 1, "metadata") /* what the store keeps beside records; number 0 */         \
    X(KEYRING_BUCKET, 2, "bucket") /* vault: records of a retention month, and the index pepper */ \
    X(KEYRING_AUDIT, 3, "audit") /* bodies of audit records of a month */                          \
    X(KEYRING_AUDIT_SIGN, 4, "audit_sign") /* Ed25519 seed for checkpoints; number 0 */            \
    X(KEYRING_RECEIPT, 5, "receipt") /* vault: Ed25519 seed; number 0 */                           \
    X(KEYRING_OPRF, 6, "oprf") /* pseudonym service: VOPRF scalar of an epoch */                   \
    X(KEYRING_TICKET, 7, "ticket") /* pseudonym service: Ed25519 seed; number 0 */                 \
    X(KEYRING_GATE, 8, "gate") /* gate: X25519 secret of a retention month */                      \
    X(KEYRING_ANSWER, 9, "answer") /* gate: Ed25519 seed; number 0 */                              \
    X(KEYRING_WITNESS, 10, "witness") /* gate: Ed25519 seed; number 0 */

#define KEYRING_KIND_ENUM(code, number, name) code = (number),
enum keyring_kind { KEYRING_KIND_MAP(KEYRING_KIND_ENUM) };
#undef KEYRING_KIND_ENUM

enum {
    KEYRING_KEY_MAX = 2048, /* names in one ring, those of destroyed keys included */
    KEYRING_LOCKED_LEN = 256 * 1024 /* for secret_start: what one open ring locks, at most */
};

struct keyring;

/* How the root key is had: exactly one of the two is given. */
struct keyring_unlock {
    const char *key_file; /* made by keyring_make_key_file; mode 0600 */
    const char *passphrase; /* not closed by a NUL; Argon2id */
    size_t passphrase_len; /* at least 12 for a new ring */
    uint32_t memory_kib; /* for a new ring: Argon2id's memory; 0: 256 MiB */
};

/* Makes a file with a new random root key, mode 0600.
 * ERR_EXISTS: there is one.  ERR_DENIED, ERR_NOT_FOUND (its folder), ERR_FULL, ERR_IO. */
enum err keyring_make_key_file(const char *path) MUST_CHECK;

/* Makes a ring file (mode 0600) that holds a metadata key alone, and opens it.
 * ERR_EXISTS: there is one.
 * ERR_INVALID: none or both of the two ways, a passphrase that is too short, memory out of 8
 * MiB-1 GiB.
 * Else as keyring_open.
 * Time: with a passphrase about a second. */
enum err keyring_create(const char *path, const struct keyring_unlock *unlock,
                        struct keyring **out) MUST_CHECK;

/* Opens a ring file and locks it against other processes.
 *
 * ERR_NOT_FOUND: there is none, or no key file.
 * ERR_DENIED: others than its owner may read the key file or the ring.
 * ERR_EXISTS: another process, or this one, has it open.
 * ERR_STATE: it is unlocked the other way (key file, passphrase).
 * ERR_AUTH: another root key or passphrase, or a changed file.
 * ERR_MALFORMED: not a ring or not a key file.
 * ERR_NOMEM, ERR_IO.
 *
 * Threads: a ring is shared by all threads.
 * Time: with a passphrase about a second. */
enum err keyring_open(const char *path, const struct keyring_unlock *unlock,
                      struct keyring **out) MUST_CHECK;

/* Wipes and frees; takes NULL. */
void keyring_close(struct keyring *ring);

/* Copies a key out.
 * ERR_NOT_FOUND: there never was one.
 * ERR_EXPIRED: it was destroyed. */
enum err keyring_get(struct keyring *ring, enum keyring_kind kind, uint16_t number,
                     struct key32 *out) MUST_CHECK;

/* The same, and makes a random key when there never was one; it is durable before it is handed out.
 * ERR_EXPIRED: it was destroyed.
 * ERR_FULL: the ring, or the disk.  ERR_NOMEM, ERR_IO, ERR_DENIED: the file could not be replaced.
 * Time: for a new key two flushes of the disk, during which other callers wait. */
enum err keyring_make(struct keyring *ring, enum keyring_kind kind, uint16_t number,
                      struct key32 *out) MUST_CHECK;

/* Adds a key that was made elsewhere.
 * ERR_EXISTS: there is one.
 * Else as keyring_make. */
enum err keyring_put(struct keyring *ring, enum keyring_kind kind, uint16_t number,
                     const struct key32 *key) MUST_CHECK;

/* Destroys a key for ever, also one that was never made.  Destroyed before: ERR_OK.
 * Else as keyring_make.
 * Leaks: which months are destroyed is sealed like the rest; the old file's bytes stay on the
 * disk until they are overwritten, readable with the root key: the operator's manual says so. */
enum err keyring_destroy(struct keyring *ring, enum keyring_kind kind, uint16_t number) MUST_CHECK;

/* The numbers of the kind's living keys, ascending; at most 'cap'.
 * ERR_TOO_BIG: more than 'cap'. */
enum err keyring_list(struct keyring *ring, enum keyring_kind kind, uint16_t *out, size_t cap,
                      size_t *out_count) MUST_CHECK;

/* How often the file was replaced.  Keep it in the store: a ring with a lower one was put back. */
uint64_t keyring_generation(struct keyring *ring);

#endif
