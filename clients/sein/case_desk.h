/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_CASE_DESK_H
#define CLIENTS_SEIN_CASE_DESK_H

#include "base/secret.h"
#include "clients/lib/opening.h"
#include "clients/sein/session.h"
#include "proto/escrow/request.h"
#include "proto/wire/arena.h"
#include "seinhuis/v1/review.pb-c.h"

/* What every command of the CMZ team needs.  Functions tell the user what is wrong and return the code to
 * exit with; EXIT_CODE_OK: go on. */
struct case_desk {
    struct session *session;
    struct rpc_channel *vault;
    struct arena arena; /* the last answer of each kind lives here */
};

/* Who we are and where the vault is.  case_desk_done must follow in any case. */
enum exit_code case_desk_open(struct session *session, struct case_desk *out) MUST_CHECK;
void case_desk_done(struct case_desk *desk);

/* Calls the vault and decodes the answer into the desk's arena, where earlier answers stay. */
enum exit_code case_desk_call(struct case_desk *desk, const char *method,
                              const ProtobufCMessage *message,
                              const ProtobufCMessage **reply) MUST_CHECK;

/* The id of a case by its number ("2026-0007") or by the id itself in hexadecimal. */
enum exit_code case_desk_find(struct case_desk *desk, const char *text,
                              struct case_id *out) MUST_CHECK;

enum exit_code case_desk_read(struct case_desk *desk, const struct case_id *id,
                              const Seinhuis__V1__Case **out) MUST_CHECK;

/* Calls 'each' for every case of a stream (ListCases, WatchCases) until it returns another code than
 * EXIT_CODE_OK or the stream ends.  'deadline_ms' 0: none; when it passes, the stream has ended. */
enum exit_code case_desk_stream(struct case_desk *desk, const char *method,
                                const ProtobufCMessage *message, uint32_t deadline_ms,
                                enum exit_code (*each)(void *context,
                                                       const Seinhuis__V1__CaseSummary *summary),
                                void *context) MUST_CHECK;

/* The keys of the member at this machine. */
struct case_keys {
    struct key64 member;
    struct key32 team[OPENING_TEAM_KEYS_MAX];
    size_t team_count;
};
WIPED_KIND(case_keys)

enum exit_code case_desk_keys(struct case_desk *desk, struct case_keys *out) MUST_CHECK;

/* The user's id as messages want it. */
char *case_desk_user(const struct case_desk *desk);

#endif
