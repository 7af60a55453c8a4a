/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CORE_H
#define VAULT_CORE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/secret.h"
#include "proto/escrow/types.h"
#include "vault/store/keyring.h"
#include "vault/store/seal.h"
#include "vault/store/store.h"
#include "vault/vault.h"

/* What the files of this folder share; nobody outside includes it.
 *
 * Locks, in this order:
 *   correlating   held by the one correlator that runs, the gate's answer included
 *   changing      held over read, decide and apply of cases, mappings and cut links
 * and the book's own lock below both, held for memory only. */

struct case_book;

struct vault {
    struct vault_config config;
    struct secret *blind; /* 32 bytes: blinds the keys of rows */
    pthread_mutex_t correlating;
    pthread_mutex_t changing;
    atomic_uint outstanding;
    atomic_uint cuts; /* grows when links are cut: what was gathered before is stale */
    struct case_book *book;
};

/* The first byte of a row's key says what it is; a keyed hash follows. */
enum row_kind {
    ROW_RID = 1, /* records, month 0: where a report lies */
    ROW_META = 2, /* records: what the vault reads of a report, and behind it the filed bytes */
    ROW_OWN = 3, /* records: an organisation's own list */
    ROW_TICKET = 4, /* tickets: a used one */
    ROW_MEMBERSHIP = 5, /* links: the case to which a record belongs */
    ROW_CUT = 6, /* links: two records that are two persons */
    ROW_CASE = 7, /* cases, month 0 */
    ROW_ANSWER = 8, /* answers, month 0: a part of the gate's answer */
    ROW_COMPARED = 9, /* links: what a comparison said of two records, for quality.c */
    ROW_QUALITY = 10, /* state, month 0: what was counted in a month */
};

enum { BLIND_LEN = 16 };

/* A keyed hash of 'data', different for each kind. */
void core_blind(const struct vault *vault, enum row_kind kind, const void *data, size_t len,
                uint8_t out[BLIND_LEN]);

/* The address kind || blind(data). */
struct store_key core_key(const struct vault *vault, enum row_kind kind, enum store_space space,
                          uint16_t month, const void *data, size_t len);

/* An opened row. */
struct row {
    uint8_t *data;
    size_t len;
    uint64_t version; /* the store's */
};

/* Reads a row and opens it: one with a month with that month's bucket key, else with the metadata key.
 * ERR_NOT_FOUND: no such row.  ERR_EXPIRED: the month's key was destroyed.
 * ERR_CORRUPT: it does not open.  ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err row_read(const struct vault *vault, struct store_snapshot *snapshot,
                  const struct store_key *key, struct row *out) MUST_CHECK;

/* The same for a row that the store has given already. */
enum err row_open(const struct vault *vault, const struct store_key *key, const uint8_t *data,
                  size_t len, struct row *out) MUST_CHECK;

/* Wipes and frees; a zeroed row is fine. */
void row_done(struct row *row);

/* Seals a row for its address into 'out', which has room for len + SEAL_OVERHEAD; a new month's key is
 * made.  All of keyring_make. */
enum err row_seal(const struct vault *vault, const struct store_key *key, const void *plain,
                  size_t len, uint8_t *out) MUST_CHECK;

/* Seals and puts; a new month's key is made.  ERR_NOMEM, and all of keyring_make. */
enum err row_put(const struct vault *vault, struct store_batch *batch, const struct store_key *key,
                 const void *plain, size_t len) MUST_CHECK;

/* The month that is current: rows of earlier ones have expired. */
uint16_t core_month(const struct vault *vault);

#endif
