/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_RECORD_H
#define VAULT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/escrow/header.h"
#include "proto/escrow/types.h"

/* A report as it is kept.  Two rows under the key of its bucket, side by side: the filed bytes (6 kB,
 * which only gate and CMZ team may open) and a small one with what the vault itself reads, so that
 * correlation never loads the large one. */

struct store_snapshot;
struct vault;

/* What the vault reads of a report. */
struct record_meta {
    struct report_header header;
    struct hash32 hh;
    uint32_t entity; /* of the organisation, in the registry of that day */
    uint8_t sector;
    bool is_host;
    uint64_t received_at; /* Unix seconds */
    struct hash64 name; /* p, which names the whole submission */
};

/* The filed bytes. */
struct record {
    struct bytes header;
    struct bytes gate;
    struct bytes inner;
    struct bytes direct; /* may be empty */
    struct bytes tickets;
    struct bytes signature;
    uint64_t sent; /* Unix seconds */
    uint8_t *memory; /* the record's */
};

/* Reads what the vault reads of a report; 'snapshot' NULL: the present.
 * ERR_NOT_FOUND: there is none of this rid.
 * ERR_EXPIRED: its bucket's key was destroyed.
 * ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 * Threads: any. */
enum err record_read_meta(struct vault *vault, struct store_snapshot *snapshot,
                          const struct rid *rid, struct record_meta *out) MUST_CHECK;

/* Reads the filed bytes; free '*out' with record_done.  Errors as above. */
enum err record_read(struct vault *vault, struct store_snapshot *snapshot, const struct rid *rid,
                     struct record *out) MUST_CHECK;

/* Frees; a zeroed record is fine. */
void record_done(struct record *record);

/* One line of an organisation's own list. */
struct own_report {
    struct rid rid;
    uint32_t day; /* of receipt, since 1970 */
    uint16_t bucket;
    uint8_t mode;
    uint8_t band;
};

/* Calls 'each' for every report of the organisation that the vault still keeps, in no order; ends with
 * the first error that 'each' returns, or with ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 * Leaks: never whether one matched: nothing of that is read.
 * Threads: any; no snapshot is held while 'each' runs. */
enum err record_list_own(struct vault *vault, uint32_t serial,
                         enum err (*each)(void *context, const struct own_report *report),
                         void *context) MUST_CHECK;

#endif
