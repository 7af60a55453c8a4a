/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CUT_H
#define VAULT_CUT_H

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/types.h"
#include "vault/core.h"

/* Rows about two records, in either order.  Each goes with the record that expires first. */

struct pair_end {
    const struct rid *rid;
    uint16_t bucket; /* month of expiry */
};

struct store_key pair_key(const struct vault *vault, enum row_kind kind, const struct pair_end *a,
                          const struct pair_end *b);

/* That two records are two persons, and who said so; the numbers are on disk.  Before the two were told
 * apart everything was stored as 1: what may have been a member's word counts as one. */
enum cut { CUT_NONE = 0, CUT_BY_HUMAN = 1, CUT_BY_SOFTWARE = 2 };

/* CUT_NONE: not stored, or expired.
 * ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err cut_read(const struct vault *vault, struct store_snapshot *snapshot,
                  const struct pair_end *a, const struct pair_end *b, enum cut *out) MUST_CHECK;

/* Puts it into the batch, in the place of what was said before.  All of row_put. */
enum err cut_put(const struct vault *vault, struct store_batch *batch, const struct pair_end *a,
                 const struct pair_end *b, enum cut by) MUST_CHECK;

#endif
