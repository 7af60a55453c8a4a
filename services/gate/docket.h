/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_GATE_DOCKET_H
#define SERVICES_GATE_DOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "proto/escrow/answer.h"
#include "proto/escrow/gate.h"
#include "proto/escrow/links.h"
#include "seinhuis/v1/gate.pb-c.h"
#include "services/daemon/roster.h"
#include "services/gate/gate.h"

/* The records of one question, each verified as if nobody else ever had: form, signer, ticket, box,
 * then how they are linked. */
struct docket {
    size_t count;
    struct report_header headers[LINKS_RECORDS_MAX];
    struct question_record names[LINKS_RECORDS_MAX]; /* hh and p */
    const struct registry_party *signers[LINKS_RECORDS_MAX];
    struct gate_secrets secrets[LINKS_RECORDS_MAX];
    uint64_t rejected; /* bit i: records[i] cannot be accepted */
    struct links links;
};

/* A new docket, in memory that is wiped by docket_free; NULL: out of memory. */
struct docket *docket_new(void);
void docket_free(struct docket *docket);

/* Verifies all records.  With docket->rejected not 0 the question must be asked again without them, and
 * links are not computed.
 *
 * REFUSAL_BAD_RECORD_COUNT, REFUSAL_BAD_RECORD (a part of the wrong length), REFUSAL_UNKNOWN_CONTEXT
 * (another tenant), or the keyring's. */
enum refusal docket_check(struct gate *gate, const struct registry *registry, uint64_t now_s,
                          Seinhuis__V1__GateRecord *const *records, size_t count,
                          struct docket *docket) MUST_CHECK;

/* The earliest month in which one of the records expires: what is remembered of them goes with it. */
uint16_t docket_bucket(const struct docket *docket);

/* The latest such month: what must be remembered as long as any of them lives goes with it. */
uint16_t docket_last_bucket(const struct docket *docket);

/* The indices of the records, ascending by hh. */
void docket_order(const struct docket *docket, size_t order[LINKS_RECORDS_MAX]);

#endif
