/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_COMPONENT_H
#define VAULT_COMPONENT_H

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/links.h"
#include "vault/core.h"
#include "vault/correlate.h"
#include "vault/cut.h"
#include "vault/index.h"
#include "vault/record.h"

/* What belongs together around one report.  Sets are bit masks over 'metas'. */

enum { LIVE_MONTHS_MAX = 64 };

/* The keys of all live buckets. */
struct live_months {
    size_t count;
    uint16_t months[LIVE_MONTHS_MAX];
    struct secret *keys; /* 32 bytes each */
};

/* ERR_TOO_BIG: more than LIVE_MONTHS_MAX.  ERR_NOMEM. */
enum err live_months_open(const struct vault *vault, struct live_months *out) MUST_CHECK;
void live_months_close(struct live_months *live);

struct component {
    size_t count; /* 1 to COMPONENT_MAX; the report itself is the first */
    struct record_meta metas[COMPONENT_MAX];
    uint64_t cut[COMPONENT_MAX]; /* pairs that are two persons */
    struct links links;
    size_t
        same_count; /* other reports of the first one's organisation that were found, kept or not */
    size_t end_count; /* where the report's own rows go: one for each of its slots */
    struct index_end ends[HEADER_SLOTS_MAX];
};

/* Finds every report in a live bucket that is connected with 'first' by shared index values.  'first'
 * need not be in the index yet; its own rows there are not taken for others.  free() '*out'.
 * ERR_EXPIRED: the bucket of 'first' is not live.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err component_gather(struct vault *vault, struct store_snapshot *snapshot,
                          const struct live_months *live, const struct record_meta *first,
                          struct component **out) MUST_CHECK;

/* Reads the cut pairs among the linked ones, and computes the links without them. */
enum err component_link(struct vault *vault, struct store_snapshot *snapshot,
                        struct component *component) MUST_CHECK;

/* Leaves records out, never the first, and computes the links anew. */
enum err component_drop(struct component *component, uint64_t records) MUST_CHECK;

/* A record of a component as an end of a pair; borrowed. */
struct pair_end component_end(const struct component *component, size_t at);

#endif
