/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_DAEMON_H
#define SERVICES_DAEMON_DAEMON_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/yaml.h"
#include "proto/rpc/server.h"
#include "services/daemon/roster.h"

/* What the three daemons have in common: options, configuration, start, registry, end. */

struct daemon_network {
    char *listen; /* "127.0.0.1:4443"; port 0: a free one */
    char *address_file; /* gets the address when the daemon is ready; NULL: none */
    char *certificate;
    char *key;
    char *authority; /* the CA whose certificates are accepted */
};

struct daemon_registry {
    char *file;
    char **governance; /* pinned vkeys */
    unsigned int governance_count;
};

struct daemon_keys {
    char *root; /* file with the root key, mode 0600 */
    char *ring; /* the keyring file; keep both out of the store's folder and its backups */
};

struct daemon_log {
    char *origin; /* the name of the audit log, e.g. "vault.goes.example" */
};

/* The part of every daemon's configuration file that is the same.  It stands first in the daemon's own
 * struct.  Paths are relative to the folder of the configuration file. */
struct daemon_config {
    struct daemon_network network;
    struct daemon_registry registry;
    struct daemon_keys keys;
    struct daemon_log log;
    char *folder; /* where the daemon keeps its state */
    char *run_as; /* user to become when started by root; NULL: stay */
};

extern const cyaml_schema_field_t DAEMON_NETWORK_FIELDS[];
extern const cyaml_schema_field_t DAEMON_REGISTRY_FIELDS[];
extern const cyaml_schema_field_t DAEMON_KEYS_FIELDS[];
extern const cyaml_schema_field_t DAEMON_LOG_FIELDS[];

enum { DAEMON_PATH_MAX = 4000 };

/* Starts the list of schema fields of 'type', whose member 'common' is its struct daemon_config. */
#define DAEMON_CONFIG_FIELDS(type)                                                                 \
    CYAML_FIELD_MAPPING("network", CYAML_FLAG_DEFAULT, type, common.network,                       \
                        DAEMON_NETWORK_FIELDS),                                                    \
        CYAML_FIELD_MAPPING("registry", CYAML_FLAG_DEFAULT, type, common.registry,                 \
                            DAEMON_REGISTRY_FIELDS),                                               \
        CYAML_FIELD_MAPPING("keys", CYAML_FLAG_DEFAULT, type, common.keys, DAEMON_KEYS_FIELDS),    \
        CYAML_FIELD_MAPPING("log", CYAML_FLAG_DEFAULT, type, common.log, DAEMON_LOG_FIELDS),       \
        CYAML_FIELD_STRING_PTR("folder", CYAML_FLAG_POINTER, type, common.folder, 1,               \
                               DAEMON_PATH_MAX),                                                   \
        CYAML_FIELD_STRING_PTR("run_as", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type,           \
                               common.run_as, 1, 64)

/* What a daemon can use while it starts and runs. */
struct daemon {
    const struct daemon_config *config;
    struct clock *clock;
    struct roster *roster;
    struct rpc_server *server; /* NULL until the services are up */
};

/* One daemon program. */
struct daemon_program {
    const char *name; /* "seinhuis-vaultd" */
    const char *purpose; /* one sentence for --help */
    const cyaml_schema_value_t *schema; /* of a struct that begins with struct daemon_config */
    size_t locked_len; /* bytes of secrets that must be lockable */
    uint32_t thread_count; /* of the handler pool; 0: one per core */

    /* Opens what the daemon needs and says what it serves; '*state' goes to the others.  On failure it
     * has told the operator with daemon_complain and undone everything. */
    enum err (*start)(struct daemon *daemon, const void *config, void **state);
    /* The services, asked for just before they are served: threads of the daemon's own begin here. */
    enum err (*services)(void *state, const struct rpc_service **out, size_t *count);
    /* A refusal by the rpc layer; may be NULL. */
    void (*on_refused)(void *state, const struct rpc_call *call, enum refusal refusal);
    /* Called once a second by the main thread; may be NULL. */
    void (*tick)(void *state);
    /* The server has stopped (or never was); closes everything. */
    void (*stop)(void *state);

    /* Prints, instead of serving, what the operator of this daemon can read with all its keys, of at most
     * 'count' records (--look COUNT); NULL: nothing. */
    enum err (*look)(void *state, uint32_t count);

    /* Makes the daemon's own keys, as far as they are missing, and prints the public ones as one JSON
     * object for the registry; runs instead of serving with --make-keys ARGUMENT, which 'keys_help'
     * explains.  Needs no registry yet.  Returns the exit code. */
    int (*make_keys)(const struct daemon_config *config, const char *argument);
    const char *keys_help;
};

/* Runs the program until SIGTERM or SIGINT; SIGHUP looks at the registry at once.
 * Returns the exit code: 0 after an orderly end, 1 when it could not start, 64 for a wrong option. */
int daemon_main(const struct daemon_program *program, int argc, char **argv);

/* Tells the operator, at start, what is wrong: "seinhuis-vaultd: WHAT: SUBJECT: REASON".  Never with
 * anything but file names, keys of the configuration and constants. */
void daemon_complain(const char *what, const char *subject, const char *reason);

#endif
