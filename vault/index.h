/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_INDEX_H
#define VAULT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/types.h"
#include "vault/core.h"

/* The index of one tree of small rows: from an index value to the reports that hold it, in each bucket.
 *
 * tau = B(32; B(32; bucket key; "sein1.pepper"; -); "sein1.tau"; index value).  The reports with one tau
 * are numbered from 0; the n-th has the row
 *
 *     key    B(16; tau; "vault.chain"; n)
 *     value  12 nonce | 16 rid | 16 tag, under B(32; tau; "vault.chainkey"; n)
 *
 * so that equal index values look unlike on the disk, and a row tells nothing to who lacks the bucket's
 * key.  A row of a report that is gone stays till the bucket ends, so that no chain breaks. */

enum { INDEX_ROW_LEN = 12 + RID_LEN + 16, INDEX_CHAIN_MAX = 4096 };

/* Where a chain ends. */
struct index_end {
    struct hash32 tau;
    uint16_t month;
    uint32_t next; /* the number that is free */
};

/* Walks the chain of end->tau in the bucket end->month and calls 'each' with every rid; what 'each'
 * returns ends the walk when it is not ERR_OK.  Sets end->next.  Of a chain longer than INDEX_CHAIN_MAX
 * the rest is not seen.
 * ERR_CORRUPT: a row that does not open.  ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err index_walk(const struct vault *vault, struct store_snapshot *snapshot,
                    struct index_end *end, enum err (*each)(void *context, const struct rid *rid),
                    void *context) MUST_CHECK;

/* Puts a report behind the end of a chain. */
void index_add(struct store_batch *batch, const struct index_end *end, const struct rid *rid);

#endif
