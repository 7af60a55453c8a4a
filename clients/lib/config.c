/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "proto/escrow/note.h"
#include "proto/escrow/registry.h"

enum { PATH_LEN_MAX = 4000, TEAM_KEYS_MAX = 64 };

static const char FILE_PREFIX[] = "file:";

#define TEXT_FIELD(name, flags, most)                                                              \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | (flags), struct client_config, name, 1, most)

static const cyaml_schema_value_t VKEY = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, NOTE_VKEY_ROOM),
};

static const cyaml_schema_value_t PATH = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, PATH_LEN_MAX),
};

static const cyaml_schema_field_t FIELDS[] = {
    TEXT_FIELD(role, CYAML_FLAG_DEFAULT, 32),
    TEXT_FIELD(oin, CYAML_FLAG_DEFAULT, REGISTRY_OIN_LEN),
    TEXT_FIELD(user, CYAML_FLAG_DEFAULT, REGISTRY_ID_MAX),
    TEXT_FIELD(language, CYAML_FLAG_OPTIONAL, 2),
    TEXT_FIELD(certificate, CYAML_FLAG_DEFAULT, PATH_LEN_MAX),
    TEXT_FIELD(key, CYAML_FLAG_DEFAULT, PATH_LEN_MAX),
    TEXT_FIELD(ca, CYAML_FLAG_DEFAULT, PATH_LEN_MAX),
    TEXT_FIELD(registry, CYAML_FLAG_DEFAULT, PATH_LEN_MAX),
    CYAML_FIELD_SEQUENCE("governance", CYAML_FLAG_POINTER, struct client_config, governance, &VKEY,
                         2, NOTE_MAX_KEYS),
    TEXT_FIELD(state, CYAML_FLAG_DEFAULT, PATH_LEN_MAX),
    TEXT_FIELD(pseudonym, CYAML_FLAG_OPTIONAL, PATH_LEN_MAX),
    TEXT_FIELD(vault, CYAML_FLAG_OPTIONAL, PATH_LEN_MAX),
    TEXT_FIELD(gate, CYAML_FLAG_OPTIONAL, PATH_LEN_MAX),
    TEXT_FIELD(signing_key, CYAML_FLAG_OPTIONAL, PATH_LEN_MAX),
    TEXT_FIELD(member, CYAML_FLAG_OPTIONAL, REGISTRY_ID_MAX),
    TEXT_FIELD(member_key, CYAML_FLAG_OPTIONAL, PATH_LEN_MAX),
    CYAML_FIELD_SEQUENCE("team_keys", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct client_config, team_keys, &PATH, 0, TEAM_KEYS_MAX),
    TEXT_FIELD(institutions, CYAML_FLAG_OPTIONAL, PATH_LEN_MAX),
    TEXT_FIELD(clock_file, CYAML_FLAG_OPTIONAL, PATH_LEN_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct client_config, FIELDS),
};

enum err
client_config_path(const char *asked, char **out)
{
    const char *named = asked != NULL ? asked : getenv("SEIN_CONFIG");
    const char *home = getenv("HOME");
    char *path = NULL;

    if (named != NULL && named[0] != '\0') {
        path = strdup(named);
    } else if (home == NULL) {
        return ERR_NOT_FOUND;
    } else if (asprintf(&path, "%s/.config/sein/sein.yaml", home) < 0) {
        path = NULL;
    }
    if (path == NULL) {
        return ERR_NOMEM;
    }
    *out = path;
    return ERR_OK;
}

/* Replaces '*path' by the same behind 'folder'. */
static enum err
make_absolute(const char *folder, char **path)
{
    char *joined = NULL;
    enum err err;

    if (*path == NULL) {
        return ERR_OK;
    }
    err = file_join(folder, *path, &joined);
    if (err == ERR_OK) {
        free(*path);
        *path = joined;
    }
    return err;
}

/* The same for an address that may name an address file. */
static enum err
make_address_absolute(const char *folder, char **address)
{
    size_t prefix_len = sizeof FILE_PREFIX - 1;
    char *joined = NULL;
    char *whole = NULL;
    enum err err;

    if (*address == NULL || strncmp(*address, FILE_PREFIX, prefix_len) != 0) {
        return ERR_OK;
    }
    err = file_join(folder, *address + prefix_len, &joined);
    if (err != ERR_OK) {
        return err;
    }
    if (asprintf(&whole, "%s%s", FILE_PREFIX, joined) < 0) {
        free(joined);
        return ERR_NOMEM;
    }
    free(joined);
    free(*address);
    *address = whole;
    return ERR_OK;
}

static enum err
make_all_absolute(const char *folder, struct client_config *config)
{
    char **paths[] = { &config->certificate, &config->key,          &config->ca,
                       &config->registry,    &config->state,        &config->signing_key,
                       &config->member_key,  &config->institutions, &config->clock_file };
    char **addresses[] = { &config->pseudonym, &config->vault, &config->gate };
    enum err err = ERR_OK;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0] && err == ERR_OK; i++) {
        err = make_absolute(folder, paths[i]);
    }
    for (unsigned int i = 0; i < config->team_keys_count && err == ERR_OK; i++) {
        err = make_absolute(folder, &config->team_keys[i]);
    }
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0] && err == ERR_OK; i++) {
        err = make_address_absolute(folder, addresses[i]);
    }
    return err;
}

static enum err
bad_value(struct yaml_error *error, const char *field)
{
    *error = (struct yaml_error) { .kind = YAML_BAD_VALUE };
    snprintf(error->field, sizeof error->field, "%s", field);
    return ERR_MALFORMED;
}

static enum err
check_values(const struct client_config *config, struct yaml_error *error)
{
    static const char USER_CHARACTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    if (term_by_key(TERM_ROLE, config->role) == NULL) {
        return bad_value(error, "role");
    }
    if (strlen(config->oin) != REGISTRY_OIN_LEN ||
        strspn(config->oin, "0123456789") != REGISTRY_OIN_LEN) {
        return bad_value(error, "oin");
    }
    if (config->user[strspn(config->user, USER_CHARACTERS)] != '\0') {
        return bad_value(error, "user");
    }
    if (config->language != NULL && strcmp(config->language, "nl") != 0 &&
        strcmp(config->language, "en") != 0) {
        return bad_value(error, "language");
    }
    return ERR_OK;
}

enum err
client_config_load(const char *path, struct client_config **out, struct yaml_error *error)
{
    struct client_config *config = NULL;
    char *folder = NULL;
    void *data = NULL;
    enum err err = yaml_load(path, &SCHEMA, &data, error);

    if (err != ERR_OK) {
        return err;
    }
    config = data;
    err = check_values(config, error);
    if (err != ERR_OK) {
        goto out;
    }
    err = file_folder_of(path, &folder);
    if (err != ERR_OK) {
        goto out;
    }
    err = make_all_absolute(folder, config);
    if (err != ERR_OK) {
        goto out;
    }
    *out = config;
    config = NULL;
out:
    free(folder);
    client_config_free(config);
    return err;
}

void
client_config_free(struct client_config *config)
{
    yaml_free(&SCHEMA, config);
}
