/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/trail.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "proto/wire/decode.h"

/* "00-" trace id (32 hex digits) "-" span id (16) "-" flags (2), checked by the rpc layer. */
static void
take_trace(const char *traceparent, struct audit_record *record)
{
    char trace[2 * AUDIT_TRACE_LEN + 1] = "";
    char span[2 * AUDIT_SPAN_LEN + 1] = "";

    if (strlen(traceparent) != RPC_TRACEPARENT_LEN) {
        return;
    }
    memcpy(trace, traceparent + 3, sizeof trace - 1);
    memcpy(span, traceparent + 36, sizeof span - 1);
    if (bytes_from_hex(trace, record->trace_id, AUDIT_TRACE_LEN) != ERR_OK ||
        bytes_from_hex(span, record->span_id, AUDIT_SPAN_LEN) != ERR_OK) {
        memset(record->trace_id, 0, AUDIT_TRACE_LEN);
        memset(record->span_id, 0, AUDIT_SPAN_LEN);
    }
}

void
trail_begin(const struct rpc_call *call, const char *type, enum audit_action action,
            const char *user, struct audit_record *out)
{
    *out = (struct audit_record) {
        .action = action,
        .outcome = AUDIT_SUCCESS,
        .role = (uint8_t) call->caller.role,
        .authorised = AUDIT_TRUE,
        .count = 1,
    };
    snprintf(out->type, sizeof out->type, "%s", type);
    snprintf(out->organisation, sizeof out->organisation, "%s", call->caller.oin);
    snprintf(out->access_point, sizeof out->access_point, "%s", call->method);
    if (wire_is_user(user)) {
        snprintf(out->user, sizeof out->user, "%s", user);
    }
    take_trace(call->traceparent, out);
}

/* Who is to blame decides how grave a refusal is. */
static enum audit_outcome
outcome_of(enum err err)
{
    switch (err) {
        case ERR_AUTH:
        case ERR_DENIED:
        case ERR_QUOTA:
            return AUDIT_SERIOUS_FAILURE;
        case ERR_NOMEM:
        case ERR_FULL:
        case ERR_UNAVAILABLE:
        case ERR_UNKNOWN:
        case ERR_ROLLBACK:
        case ERR_CORRUPT:
        case ERR_IO:
        case ERR_INTERNAL:
            return AUDIT_MAJOR_FAILURE;
        case ERR_OK:
        case ERR_INVALID:
        case ERR_MALFORMED:
        case ERR_NOT_FOUND:
        case ERR_EXISTS:
        case ERR_CONFLICT:
        case ERR_REPLAY:
        case ERR_TOO_BIG:
        case ERR_EXPIRED:
        case ERR_STATE:
        case ERR_UNSUPPORTED:
            return AUDIT_MINOR_FAILURE;
    }
    return AUDIT_MAJOR_FAILURE;
}

enum refusal
trail_refuse(struct storage *storage, const struct rpc_call *call, const char *user,
             enum refusal refusal)
{
    struct audit_record record;
    enum err err;

    trail_begin(call, "refused", AUDIT_EXECUTE, user, &record);
    record.outcome = outcome_of(refusal_err(refusal));
    record.authorised = refusal_err(refusal) == ERR_DENIED ? AUDIT_FALSE : AUDIT_TRUE;
    snprintf(record.refusal, sizeof record.refusal, "%s", refusal_token(refusal));
    err = audit_refuse(storage->audit, &record);
    if (err != ERR_OK) {
        log_failure(LOG_ERROR, "refusal_not_recorded", err);
        return err == ERR_FULL ? REFUSAL_STORAGE_FULL : REFUSAL_UNAVAILABLE;
    }
    return refusal;
}

void
trail_refused_early(struct storage *storage, const struct rpc_call *call, enum refusal refusal)
{
    /* What could not be recorded was logged. */
    if (trail_refuse(storage, call, "", refusal) != refusal) {
        return;
    }
}

enum refusal
trail_write(struct storage *storage, struct audit_record *record)
{
    struct store_batch *batch = NULL;
    struct store_result result;
    struct store_id id;
    enum err err;

    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    if (err == ERR_OK) {
        err = audit_append(storage->audit, batch, record);
    }
    if (err == ERR_OK) {
        err = store_apply(storage->store, batch, &result);
    }
    store_batch_free(batch);
    if (err != ERR_OK) {
        log_failure(LOG_ERROR, "access_not_recorded", err);
        return refusal_of_err(err);
    }
    return REFUSAL_NONE;
}
