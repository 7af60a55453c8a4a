/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_RECORD_ROWS_H
#define VAULT_RECORD_ROWS_H

#include "vault/core.h"
#include "vault/record.h"

/* How a report lies in the store; for the files of this folder. */

/* Where a report of this rid lies: its row in month 0, so that a rid is used once whatever its bucket.
 * Its value is the bucket alone, which the store sees anyway, and so is not sealed. */
struct store_key record_rid_key(const struct vault *vault, const struct rid *rid);

/* ERR_NOT_FOUND: no report of this rid.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err record_find(const struct vault *vault, struct store_snapshot *snapshot,
                     const struct rid *rid, uint16_t *out_bucket) MUST_CHECK;

/* Adds all rows of a new report to the batch, under the condition that its rid is unused.
 * ERR_NOMEM, ERR_TOO_BIG, and all of keyring_make. */
enum err record_add(const struct vault *vault, struct store_batch *batch,
                    const struct record_meta *meta, const struct record *filed) MUST_CHECK;

/* The sealed task that makes the correlator look at a report, and back.
 * ERR_CORRUPT: not a task.  ERR_NOMEM, and all of keyring_make. */
enum { RECORD_TASK_LEN = 1 + RID_LEN + SEAL_OVERHEAD };
enum err record_task_write(const struct vault *vault, const struct rid *rid,
                           uint8_t out[RECORD_TASK_LEN]) MUST_CHECK;
enum err record_task_read(const struct vault *vault, const uint8_t *data, size_t len,
                          struct rid *out) MUST_CHECK;

#endif
