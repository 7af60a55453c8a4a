/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_CONFIG_H
#define SERVICES_DAEMON_CONFIG_H

#include "base/yaml.h"

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

#endif
