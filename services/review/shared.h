/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_REVIEW_SHARED_H
#define SERVICES_REVIEW_SHARED_H

#include "base/attr.h"
#include "proto/escrow/audit_record.h"
#include "proto/rpc/call.h"
#include "proto/wire/arena.h"
#include "seinhuis/v1/review.pb-c.h"
#include "services/review/review.h"
#include "vault/cases.h"

/* What the handlers of review.proto have in common. */

/* Checks user and case id.  REFUSAL_BAD_USER, REFUSAL_BAD_CASE. */
enum refusal review_check_case(const char *user, ProtobufCBinaryData field,
                               struct case_id *out) MUST_CHECK;

/* Begins an audit record about a case. */
void review_trail(const struct rpc_call *call, const char *type, enum audit_action action,
                  const char *user, const struct case_id *id, struct audit_record *out);

/* The refusal for an error of vault/cases.h. */
enum refusal review_refusal(enum err err);

/* Puts the wanted records of a case into a response, as they were filed; '*out' is in the arena.  One after
 * the other, so that only one is in memory twice. */
enum refusal review_fill_filed(struct review *review, struct arena *arena,
                               const struct case_file *file,
                               bool (*wants)(const struct case_record *record), size_t *count,
                               Seinhuis__V1__FiledRecord ***out) MUST_CHECK;

/* Fills what was released of a case so far from what the vault kept. */
enum refusal review_fill_released(struct review *review, struct arena *arena,
                                  const struct case_id *id,
                                  Seinhuis__V1__ReleasedCase *out) MUST_CHECK;

#endif
