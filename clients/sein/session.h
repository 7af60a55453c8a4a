/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_SESSION_H
#define CLIENTS_SEIN_SESSION_H

#include <stdbool.h>

#include "clients/lib/client.h"
#include "clients/sein/exit_code.h"

/* What the common options said, and the client, opened when a command first asks for it. */
struct session {
    bool is_json; /* --json */
    const char *language; /* --lang, else NULL */
    const char *config_path; /* --config, else NULL: $SEIN_CONFIG, else ~/.config/sein/sein.yaml */
    struct client *client; /* NULL before session_open */
};

/* Each of these tells the user what is wrong and what to do, and returns the code to exit with;
 * EXIT_CODE_OK: go on. */

/* Reads the configuration and the registry.  A second call does nothing. */
enum exit_code session_open(struct session *session) MUST_CHECK;

/* session_open, and our own entry in the registry, which must have 'role'. */
enum exit_code session_open_as(struct session *session, enum party_role role,
                               const struct registry_party **out) MUST_CHECK;

/* The channel to a service; does not connect yet.  Belongs to the client. */
enum exit_code session_channel(struct session *session, enum party_role service,
                               struct rpc_channel **out) MUST_CHECK;

/* Tells how a call to 'service' ended badly: which service cannot be reached and that nothing is lost,
 * which field the service refused and why. */
enum exit_code session_say_end(struct session *session, enum party_role service,
                               const struct rpc_result *result) MUST_CHECK;

/* Tells an error of our own libraries: 'what' (translated) failed. */
enum exit_code session_say_err(const char *what, enum err err) MUST_CHECK;

/* Takes one that is all zero. */
void session_done(struct session *session);

#endif
