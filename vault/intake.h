/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_INTAKE_H
#define VAULT_INTAKE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "proto/escrow/terms.h"
#include "proto/escrow/types.h"
#include "proto/wire/refusal.h"

/* Takes one report in (docs/PROTOCOL.md section 4). */

struct audit_record;
struct registry;
struct registry_party;
struct vault;

/* A report as it came over the wire; lengths are looked at here. */
struct intake_submission {
    struct bytes header;
    struct bytes gate;
    struct bytes inner;
    struct bytes direct;
    struct bytes tickets;
    struct bytes signature;
    uint64_t sent; /* Unix seconds */
};

/* Who files, and by which registry. */
struct intake_caller {
    const struct registry *registry; /* the current one */
    const struct registry_party *party; /* of the certificate; a reporting organisation in it */
    uint32_t oldest_version; /* the lowest that was current less than 7 days ago */
    const struct audit_record
        *who; /* user, role, organisation, access point, trace; rest ignored */
};

/* What the receipt says; the service signs it (proto/escrow).  Equal for the first and for every later
 * time, and independent of all other reports. */
struct intake_receipt {
    struct rid rid;
    struct hash64 p;
    uint32_t day; /* of the first receipt, since 1970 */
    enum report_route route;
    uint32_t act_within_s; /* 0: only when others report too */
};

/* Checks a submission in the protocol's order and stores it: record, own-list row, used tickets, a task
 * for the correlator and an audit leaf in one batch.  On REFUSAL_NONE it is durable; when it was before,
 * an audit leaf alone says that the receipt was read again.
 *
 * Refusals are those of REFUSAL_MAP_INTAKE, and of REFUSAL_MAP_CALL: UNAVAILABLE and STORAGE_FULL
 * (surely not stored), OUTCOME_UNKNOWN (send the same again), NO_MEMORY, INTERNAL.  A refusal is not
 * recorded here: the caller does (audit_refuse).
 *
 * The index rows are not written here but by the correlator, from the task: adding to a chain of equal
 * values would make the time of the answer depend on other reports.
 *
 * Threads: any.
 * Time: two signature checks, one or two ticket checks and one commit.
 * Leaks: nothing about other reports; only the rid and the tickets of this one are looked up. */
enum refusal vault_intake(struct vault *vault, const struct intake_submission *submission,
                          const struct intake_caller *caller,
                          struct intake_receipt *out) MUST_CHECK;

#endif
