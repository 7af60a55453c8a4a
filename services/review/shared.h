/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_REVIEW_SHARED_H
#define SERVICES_REVIEW_SHARED_H

#include "base/attr.h"
#include "proto/escrow/audit_record.h"
#include "proto/rpc/call.h"
#include "services/review/review.h"

/* What the handlers of review.proto have in common. */

/* Checks user and case id.  REFUSAL_BAD_USER, REFUSAL_BAD_CASE. */
enum refusal review_check_case(const char *user, ProtobufCBinaryData field,
                               struct case_id *out) MUST_CHECK;

/* Begins an audit record about a case. */
void review_trail(const struct rpc_call *call, const char *type, enum audit_action action,
                  const char *user, const struct case_id *id, struct audit_record *out);

/* The refusal for an error of vault/cases.h. */
enum refusal review_refusal(enum err err);

#endif
