/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CORRELATE_H
#define VAULT_CORRELATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/types.h"

/* The correlator: takes each new report from the outbox, puts its index values into the index, finds the
 * reports that share one in any live bucket, and flags what the policy says.
 *
 * A task is done by one batch: index rows, the case with its flags, the audit leaf and the end of the
 * task.  A crash before it leaves the task as it was; after it, nothing is left to do.
 *
 * Two records are linked when they share an index value and differ in sector and in entity, unless the
 * CMZ team found them to be two persons.  Records that share one only within their sector or entity
 * are attached.  A component has at most COMPONENT_MAX records; when more are found, each organisation
 * keeps its newest ones in turn, so that nobody crowds others out by filing often.  A report of an
 * organisation that has COMPONENT_MAX others in reach is correlated, but not put into the index.
 *
 * Cost at ten million records: twelve look-ups in each live month (13 by the default policy) of 1-3
 * microseconds each, so about 0.3 ms for a report without a match, whatever the size of the vault while
 * the upper pages of the index stay in memory; cold, about one page read for each look-up.  Twelve
 * small rows are written per report (about 90 bytes each on disk); reports without a match share
 * commits. */

struct vault;

enum { COMPONENT_MAX = 64 };

/* Asks the gate for the domain tags of one component: for each of the 'count' (2-64) records, a set of
 * tags in 'tags', bit n-1 for tag n (1-12).  When the gate cannot accept some of them, ERR_OK and their
 * bits in '*rejected' (bit i: rids[i]): it is asked again without them.  Any error: asked again at a
 * later run, nothing is lost.  May call record_read; runs without any lock that it needs. */
typedef enum err correlate_assess(void *context, const struct rid *rids, size_t count,
                                  uint16_t *tags, uint64_t *rejected);

struct correlate_gate {
    correlate_assess *assess;
    void *context;
};

struct correlate_report {
    uint32_t done; /* tasks finished */
    uint32_t deferred; /* that wait for the gate */
    uint32_t dropped; /* whose report has expired meanwhile; counted in 'done' too */
    uint32_t flagged; /* new cases */
    uint32_t changed; /* cases that grew, merged or got another flag */
    enum err gate_err; /* the last error of the gate; ERR_OK: none */
};

/* Works off at most 'max_tasks' tasks, oldest first.  When the gate fails, it is not asked again in this
 * run; tasks that need it stay, others go on.  An error that is about the question (ERR_INVALID,
 * ERR_MALFORMED, ERR_STATE, ERR_NOT_FOUND, ERR_EXPIRED, ERR_CORRUPT) keeps that one task waiting alone.
 *
 * ERR_FULL, ERR_UNAVAILABLE, ERR_UNKNOWN, ERR_CORRUPT, ERR_NOMEM, ERR_IO: the task at hand stays; '*out'
 * tells what was done before.
 *
 * Threads: one at a time (a second caller waits).
 * Leaks: to the disk: number and time of rows; equal index values get unlike keys. */
enum err correlate_run(struct vault *vault, const struct correlate_gate *gate, size_t max_tasks,
                       struct correlate_report *out) MUST_CHECK;

#endif
