/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/review/review.h"

#include <string.h>

#include "proto/escrow/terms.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/review.pb-c.h"
#include "services/daemon/trail.h"
#include "services/review/shared.h"

enum {
    SMALL_REQUEST = 512,
    SMALL_ARENA = 64 * 1024,
    HASHES_REQUEST = 4 * 1024,
    LINKS_REQUEST = 128 * 1024,
    LINKS_ARENA = 1024 * 1024,
    RELEASED_ARENA = 2 * 1024 * 1024, /* 64 records of 9 kB, twice; 2016 pairs */
    WATCHERS_MAX = 16,
    LISTING_MS = 10 * 60 * 1000, /* a long list over a slow line */
    WATCHING_MS = 12 * 60 * 1000, /* below the life of a connection; a watcher asks again */
};

enum refusal
review_check_case(const char *user, ProtobufCBinaryData field, struct case_id *out)
{
    if (!wire_is_user(user)) {
        return REFUSAL_BAD_USER;
    }
    if (!wire_has_len(field, CASE_ID_LEN)) {
        return REFUSAL_BAD_CASE;
    }
    memcpy(out->bytes, field.data, CASE_ID_LEN);
    return REFUSAL_NONE;
}

void
review_trail(const struct rpc_call *call, const char *type, enum audit_action action,
             const char *user, const struct case_id *id, struct audit_record *out)
{
    trail_begin(call, type, action, user, out);
    out->object_type = AUDIT_OBJECT_CASE;
    out->object_len = CASE_ID_LEN;
    memcpy(out->object, id->bytes, CASE_ID_LEN);
    out->life_cycle = action == AUDIT_READ ? AUDIT_LIFE_ACCESS : AUDIT_LIFE_AMENDMENT;
    out->sensitivity = AUDIT_DEIDENTIFIED;
}

enum refusal
review_refusal(enum err err)
{
    if (err == ERR_NOT_FOUND) {
        return REFUSAL_CASE_NOT_FOUND;
    }
    if (err == ERR_STATE) {
        return REFUSAL_CASE_STATE;
    }
    if (err == ERR_INVALID) {
        return REFUSAL_NOT_IN_CASE;
    }
    if (err == ERR_EXISTS) {
        return REFUSAL_PARTED;
    }
    return refusal_of_err(err);
}

#define CMZ ROLE_BIT(ROLE_CMZ)

static const struct rpc_method METHODS[] = {
    { .name = "ListCases",
      .kind = RPC_SERVER_STREAM,
      .roles = CMZ,
      .deadline_ms = LISTING_MS,
      .max_request_len = SMALL_REQUEST,
      .arena_cap = SMALL_ARENA,
      .handler = review_list_cases },
    { .name = "GetCase",
      .kind = RPC_UNARY,
      .roles = CMZ,
      .max_request_len = SMALL_REQUEST,
      .arena_cap = SMALL_ARENA,
      .handler = review_get_case },
    { .name = "WatchCases",
      .kind = RPC_SERVER_STREAM,
      .roles = CMZ,
      .deadline_ms = WATCHING_MS,
      .max_request_len = SMALL_REQUEST,
      .arena_cap = SMALL_ARENA,
      .max_running = WATCHERS_MAX,
      .handler = review_watch_cases },
    { .name = "Release",
      .kind = RPC_UNARY,
      .roles = CMZ,
      .max_request_len = HASHES_REQUEST,
      .arena_cap = RELEASED_ARENA,
      .handler = review_release },
    { .name = "GetReleased",
      .kind = RPC_UNARY,
      .roles = CMZ,
      .max_request_len = SMALL_REQUEST,
      .arena_cap = RELEASED_ARENA,
      .handler = review_get_released },
    { .name = "ReportComparison",
      .kind = RPC_UNARY,
      .roles = CMZ,
      .max_request_len = LINKS_REQUEST,
      .arena_cap = LINKS_ARENA,
      .handler = review_report_comparison },
    { .name = "Confirm",
      .kind = RPC_UNARY,
      .roles = CMZ,
      .max_request_len = HASHES_REQUEST,
      .arena_cap = SMALL_ARENA,
      .handler = review_confirm },
    { .name = "GetDirect",
      .kind = RPC_UNARY,
      .roles = CMZ,
      .max_request_len = SMALL_REQUEST,
      .arena_cap = RELEASED_ARENA,
      .handler = review_get_direct },
};

struct rpc_service
review_service(struct review *review)
{
    return (struct rpc_service) {
        .descriptor = &seinhuis__v1__review__descriptor,
        .methods = METHODS,
        .method_count = sizeof METHODS / sizeof METHODS[0],
        .self = review,
    };
}
