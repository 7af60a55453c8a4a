/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_LINKS_H
#define PROTO_ESCROW_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/header.h"

/* Which records belong together (docs/PROTOCOL.md section 5); the vault, the gate and the CMZ
 * client each compute it for themselves. */

enum { LINKS_RECORDS_MAX = 64, LINKS_NONE = 0xff };

struct link_record {
    const struct report_header *header; /* borrowed */
    uint8_t sector; /* of its organisation, from the registry */
    uint32_t entity;
    bool is_host;
};

/* Sets of records are bit masks: bit i is records[i]. */
struct links {
    size_t count;
    uint64_t linked[LINKS_RECORDS_MAX]; /* share an index value, of other sector and entity */
    uint64_t sharing[LINKS_RECORDS_MAX]; /* share an index value at all */
    uint8_t
        component[LINKS_RECORDS_MAX]; /* number from 0 in order of first record, or LINKS_NONE */
    size_t component_count;
    uint64_t attached; /* share index values only within their own sector or entity */
    uint64_t hosts;
};

/* Computes all of it; a link that stands in 'cut' ("not the same person") is none.  'cut' is NULL
 * or has a mask for each record; either direction suffices.
 *
 * ERR_INVALID: more than LINKS_RECORDS_MAX records, or a rid of one serial twice.
 * Threads: any.
 * Time: n log n of at most 1,536 index values. */
enum err links_compute(const struct link_record *records, size_t count, const uint64_t *cut,
                       struct links *out) MUST_CHECK;

/* The records of a component, and those attached to one of them. */
uint64_t links_members(const struct links *links, uint8_t component);
uint64_t links_attached_to(const struct links *links, uint8_t component);

/* Whether every record is in one component: what the gate asks for. */
bool links_are_one_component(const struct links *links);

/* Whether the record is linked, and to hosts alone: its release waits for the officer's own yes. */
bool links_lead_to_hosts_only(const struct links *links, size_t record);

struct link_slots {
    uint8_t a; /* slot of the first record, 0-23 */
    uint8_t b; /* slot of the second with the same index value */
};

/* The slots in which two records meet, in order of the first's; returns how many. */
size_t links_common_slots(const struct report_header *a, const struct report_header *b,
                          struct link_slots out[HEADER_SLOTS_MAX]);

#endif
