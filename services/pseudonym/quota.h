/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_PSEUDONYM_QUOTA_H
#define SERVICES_PSEUDONYM_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "vault/store/store.h"

/* How many elements an organisation, and one person of it, may have evaluated: a look-up costs quota, so
 * that nobody can try the population register (docs/PROTOCOL.md section 3).  Counted per day and per
 * minute, in the store, so that a restart forgives nothing. */

struct quota_limits {
    uint32_t organisation_day;
    uint32_t organisation_minute;
    uint32_t user_day;
    uint32_t user_minute;
};

/* A caller's two counters as they were read, and as they will be. */
struct quota_counter {
    struct store_key key;
    bool exists;
    uint64_t version;
    uint32_t day;
    uint32_t day_count;
    uint32_t minute; /* since 1970 */
    uint32_t minute_count;
};

struct quota {
    struct quota_counter organisation;
    struct quota_counter user;
};

/* Reads the counters of a person of the organisation 'serial' at 'now_s' (Unix seconds).
 * ERR_CORRUPT and the errors of store_get. */
enum err quota_read(struct store *store, uint32_t serial, const char *user, uint64_t now_s,
                    struct quota *out) MUST_CHECK;

/* Takes 'elements' from both counters, in memory.
 * ERR_QUOTA: a limit would be passed; nothing is taken. */
enum err quota_take(struct quota *quota, const struct quota_limits *limits,
                    uint32_t elements) MUST_CHECK;

/* What the organisation has left of its day. */
uint32_t quota_left(const struct quota *quota, const struct quota_limits *limits);

/* Adds the changed counters to a batch, under the condition that nobody else changed them. */
void quota_put(const struct quota *quota, struct store_batch *batch);

#endif
