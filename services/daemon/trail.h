/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_TRAIL_H
#define SERVICES_DAEMON_TRAIL_H

#include "base/attr.h"
#include "proto/escrow/audit_record.h"
#include "proto/rpc/call.h"
#include "services/daemon/storage.h"

/* From a call to its line in the audit log. */

/* Fills what the call itself tells: who, by which method, with which trace.  'user' is the opaque id of
 * the request ("" when it has none); one that is no id is left out. */
void trail_begin(const struct rpc_call *call, const char *type, enum audit_action action,
                 const char *user, struct audit_record *out);

/* Records that the call is refused, and returns the refusal to answer with: the same one, or
 * REFUSAL_STORAGE_FULL or REFUSAL_UNAVAILABLE when it could not be recorded.  Like refusals within a minute share a record. */
enum refusal trail_refuse(struct storage *storage, const struct rpc_call *call, const char *user,
                          enum refusal refusal) MUST_CHECK;

/* The same for refusals that the rpc layer made before any handler; that the answer is a refusal does not
 * depend on the record. */
void trail_refused_early(struct storage *storage, const struct rpc_call *call,
                         enum refusal refusal);

/* Records an action that changes nothing else; REFUSAL_NONE, or the refusal to answer with. */
enum refusal trail_write(struct storage *storage, struct audit_record *record) MUST_CHECK;

#endif
