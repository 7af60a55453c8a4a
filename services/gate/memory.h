/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_GATE_MEMORY_H
#define SERVICES_GATE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/request.h"
#include "services/daemon/storage.h"

/* What the gate remembers in its own store: which records it released under which answer, which wait for
 * the officer, and how often each member asked today.  Nothing of it names a resident. */

/* ---- released ---- */

/* Remembers that the answer with this hash released 'given' in 'case_id'; goes with month 'bucket'. */
void memory_put_release(struct store_batch *batch, uint16_t bucket, const struct hash32 *answer,
                        const struct case_id *case_id, const struct record_set *given);

/* Whether the answer released every one of 'wanted'.
 * ERR_NOT_FOUND: no such answer, or one of them was not in it.  Else as store_get. */
enum err memory_check_release(struct store *store, const struct hash32 *answer,
                              const struct record_set *wanted, struct case_id *case_id) MUST_CHECK;

/* ---- a member's wish ---- */

/* Notes, in the batch, that the wish with this nonce was met on the day of 'now_s'; goes with month 'bucket',
 * which must be the same each time.  On that day it may be asked again, since an answer may have been lost.
 * ERR_REPLAY: it was met on another day: somebody plays an old wish again.  Else as store_get. */
enum err memory_use_wish(struct store *store, struct store_batch *batch, uint16_t bucket,
                         const uint8_t nonce[REQUEST_NONCE_LEN], uint64_t now_s) MUST_CHECK;

/* ---- waiting for the officer ---- */

struct waiting {
    struct case_id case_id;
    struct rid rid;
    uint32_t serial;
    uint16_t bucket;
    uint64_t asked_at; /* Unix seconds */
    bool is_approved;
};

/* ERR_NOT_FOUND: it does not wait.  Else as store_get. */
enum err memory_get_waiting(struct store *store, const struct case_id *case_id,
                            const struct rid *rid, uint16_t bucket, struct waiting *out) MUST_CHECK;
void memory_put_waiting(struct store_batch *batch, const struct waiting *waiting);

/* Calls 'each' for every waiting record until it returns another than ERR_OK. */
enum err memory_each_waiting(struct store *store,
                             enum err (*each)(void *context, const struct waiting *waiting),
                             void *context) MUST_CHECK;

/* ---- rate ---- */

/* Counts one request of this member on this day, in the batch, under the condition that nobody else did.
 * ERR_QUOTA: 'limit' is reached. */
enum err memory_count_request(struct store *store, struct store_batch *batch, const char *member,
                              uint64_t now_s, uint32_t limit) MUST_CHECK;

#endif
