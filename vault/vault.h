/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* The record vault of one municipality, on top of its store: intake.h takes reports in, correlate.h finds
 * what belongs together, cases.h keeps what was flagged.  No network and no thread of its own. */

struct audit;
struct clock;
struct keyring;
struct policy;
struct store;
struct vault;

/* All borrowed till vault_close. */
struct vault_config {
    struct store *store;
    struct keyring *ring;
    struct audit *audit;
    struct clock *clock;
    const struct policy *policy;
};

/* Opens the vault: derives its keys, reads the cases' summaries (about 100 bytes of memory for each
 * case) and counts the tasks that are left.
 * ERR_CORRUPT: a case that does not open or is not well formed.
 * ERR_NOT_FOUND: the ring has no metadata key.
 * ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 * Threads: a vault is shared by all threads. */
enum err vault_open(const struct vault_config *config, struct vault **out) MUST_CHECK;

/* No other call may be running.  Takes NULL. */
void vault_close(struct vault *vault);

/* How many reports the correlator has not finished yet. */
uint32_t vault_outstanding(struct vault *vault);

#endif
