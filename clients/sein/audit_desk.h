/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_AUDIT_DESK_H
#define CLIENTS_SEIN_AUDIT_DESK_H

#include <argp.h>
#include <stdbool.h>

#include "clients/lib/log_check.h"
#include "clients/sein/session.h"
#include "proto/wire/arena.h"

/* What the privacy officer's commands share.  Functions tell the user what is wrong and return the code
 * to exit with; EXIT_CODE_OK: go on. */
struct audit_desk {
    struct session *session;
    enum party_role service; /* whose log */
    struct rpc_channel *channel;
    struct arena arena;
};

/* audit_desk_done must follow in any case. */
enum exit_code audit_desk_open(struct session *session, enum party_role service,
                               struct audit_desk *out) MUST_CHECK;
void audit_desk_done(struct audit_desk *desk);

/* "vault", "gate" or "pseudonym"; false: another word. */
bool audit_desk_service(const char *word, enum party_role *out) MUST_CHECK;
const char *audit_desk_word(enum party_role service);

/* The user's id as messages want it. */
char *audit_desk_user(const struct audit_desk *desk);

/* The newest checkpoint as a signed note, in the desk's arena; not verified yet. */
enum exit_code audit_desk_checkpoint(struct audit_desk *desk, struct bytes *out) MUST_CHECK;

/* Calls 'each' for the entries from 'first' on, at most 'count' (0: all there are); another code than
 * EXIT_CODE_OK ends the stream with it. */
enum exit_code audit_desk_entries(struct audit_desk *desk, uint64_t first, uint64_t count,
                                  enum exit_code (*each)(void *context,
                                                         const struct log_entry *entry),
                                  void *context) MUST_CHECK;

/* The commands of 'sein audit' that fill a file of their own. */
enum exit_code audit_run_verify(struct session *session, int argc, char **argv);
enum exit_code audit_run_list(struct session *session, int argc, char **argv);
enum exit_code audit_run_quality(struct session *session, int argc, char **argv);

#endif
