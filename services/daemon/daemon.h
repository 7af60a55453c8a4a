/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_DAEMON_H
#define SERVICES_DAEMON_DAEMON_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "proto/rpc/server.h"
#include "services/daemon/config.h"
#include "services/daemon/public_keys.h"
#include "services/daemon/roster.h"
#include "services/daemon/storage.h"

/* What the three daemons have in common: options, configuration, start, registry, end. */

/* What a daemon can use while it starts and runs. */
struct daemon {
    const struct daemon_config *config;
    struct clock *clock;
    struct roster *roster;
    struct storage storage;
    struct rpc_server *server; /* NULL until the services are up */
};

/* One daemon program. */
struct daemon_program {
    const char *name; /* "seinhuis-vaultd" */
    const char *purpose; /* one sentence for --help */
    const cyaml_schema_value_t *schema; /* of a struct that begins with struct daemon_config */
    size_t locked_len; /* bytes of secrets that must be lockable */
    uint32_t thread_count; /* of the handler pool; 0: one per core */

    /* Opens what the daemon needs beside its storage; '*state' goes to the others.  On failure it has
     * told the operator with daemon_complain and undone everything. */
    enum err (*start)(struct daemon *daemon, const void *config, void **state);
    /* The services, asked for just before they are served: threads of the daemon's own begin here. */
    enum err (*services)(void *state, const struct rpc_service **out, size_t *count);
    /* The server has stopped (or never was); closes what start opened. */
    void (*stop)(void *state);

    /* Prints, instead of serving, what the operator of this daemon can read with all its keys, of at most
     * 'count' records (--look COUNT); NULL: nothing. */
    enum err (*look)(void *state, uint32_t count);

    /* Makes the daemon's own keys, as far as 'ring' lacks them, and adds the public ones, which are then
     * printed as one JSON object for the registry; runs instead of serving with --make-keys ARGUMENT,
     * which 'keys_help' explains.  ERR_INVALID: the argument is not acceptable. */
    enum err (*make_keys)(struct keyring *ring, const char *argument, struct public_keys *keys);
    const char *keys_help;
};

/* Runs the program until SIGTERM or SIGINT; SIGHUP looks at the registry at once.
 * Returns the exit code: 0 after an orderly end, 1 when it could not start, 64 for a wrong option. */
int daemon_main(const struct daemon_program *program, int argc, char **argv);

/* Tells the operator, at start, what is wrong: "seinhuis-vaultd: WHAT: SUBJECT: REASON".  Never with
 * anything but file names, keys of the configuration and constants. */
void daemon_complain(const char *what, const char *subject, const char *reason);

#endif
