/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_CONFIG_H
#define CLIENTS_LIB_CONFIG_H

#include "base/attr.h"
#include "base/err.h"
#include "base/yaml.h"

/* The configuration of a client (sein.yaml).  All paths in a loaded one are as the system takes them:
 * relative ones were joined with the folder of the file, also those behind "file:". */
struct client_config {
    /* Who we are: the role's key of terms.h, our OIN, and the person at the keyboard. */
    char *role;
    char *oin;
    char *user; /* 1-64 of [A-Za-z0-9._-] */
    char *language; /* "nl", "en" or NULL */

    /* mutual TLS */
    char *certificate;
    char *key;
    char *ca;

    char *registry;
    char **governance; /* pinned vkeys, at least two */
    unsigned int governance_count;
    char *
        state; /* a folder of ours, mode 0700: the registry seen last, keys of journals, register */

    /* "127.0.0.1:4443" or "file:PATH"; NULL where this role does not talk to it */
    char *pseudonym;
    char *vault;
    char *gate;

    char *signing_key; /* key file of kind "signing"; for a partner, else NULL */
    char *member; /* id in the registry; for a member of the CMZ team, else NULL */
    char *member_key; /* key file of kind "member" */
    char **team_keys; /* key files, one per quarter */
    unsigned int team_keys_count;
    char *institutions; /* list of institution.h; for a member of the CMZ team, else NULL */

    char *clock_file; /* in a demonstration, else NULL */
};

/* Finds the file to read: 'asked' when not NULL, else $SEIN_CONFIG, else $HOME/.config/sein/sein.yaml.
 * free() '*out'.  ERR_NOMEM.  ERR_NOT_FOUND: none is named and there is no $HOME. */
enum err client_config_path(const char *asked, char **out) MUST_CHECK;

/* Reads and checks 'path'; free with client_config_free.  Errors as yaml_load, and ERR_NOMEM; '*error'
 * says which key and line. */
enum err client_config_load(const char *path, struct client_config **out,
                            struct yaml_error *error) MUST_CHECK;

/* Takes NULL. */
void client_config_free(struct client_config *config);

#endif
