/* SPDX-License-Identifier: EUPL-1.2 */
/* seinhuis-pseudonymd: the pseudonym service of a trusted third party. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/voprf.h"
#include "seinhuis/v1/pseudonym.pb-c.h"
#include "services/daemon/daemon.h"
#include "services/daemon/settings.h"
#include "services/oversight/oversight.h"
#include "services/pseudonym/pseudonym.h"

/* Evaluating keeps a core busy; a few threads more let calls share a commit. */
enum { THREADS = 8 };

struct quota_settings {
    char *organisation_per_day;
    char *organisation_per_minute;
    char *user_per_day;
    char *user_per_minute;
};

struct pseudonymd_config {
    struct daemon_config common;
    struct quota_settings *quota; /* elements; NULL: the defaults */
};

#define NUMBER_FIELD(name)                                                                         \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct quota_settings, \
                           name, 1, 10)

static const cyaml_schema_field_t QUOTA_FIELDS[] = {
    NUMBER_FIELD(organisation_per_day),
    NUMBER_FIELD(organisation_per_minute),
    NUMBER_FIELD(user_per_day),
    NUMBER_FIELD(user_per_minute),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t CONFIG_FIELDS[] = {
    DAEMON_CONFIG_FIELDS(struct pseudonymd_config),
    CYAML_FIELD_MAPPING_PTR("quota", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                            struct pseudonymd_config, quota, QUOTA_FIELDS),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t CONFIG_SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct pseudonymd_config, CONFIG_FIELDS),
};

struct pseudonymd {
    struct pseudonym pseudonym;
    struct rpc_service services[2];
};

/* 16 elements a signal: a hundred signals a day for one person, five hundred for an organisation. */
static enum err
read_limits(const struct quota_settings *settings, struct quota_limits *out)
{
    const struct quota_settings none = { NULL, NULL, NULL, NULL };
    struct quota_limits limits = { 0 };
    enum err err;

    if (settings == NULL) {
        settings = &none;
    }
    err = settings_u32("quota.organisation_per_day", settings->organisation_per_day, 8000,
                       &limits.organisation_day);
    if (err == ERR_OK) {
        err = settings_u32("quota.organisation_per_minute", settings->organisation_per_minute, 1600,
                           &limits.organisation_minute);
    }
    if (err == ERR_OK) {
        err = settings_u32("quota.user_per_day", settings->user_per_day, 1600, &limits.user_day);
    }
    if (err == ERR_OK) {
        err = settings_u32("quota.user_per_minute", settings->user_per_minute, 320,
                           &limits.user_minute);
    }
    if (err == ERR_OK) {
        *out = limits;
    }
    return err;
}

static enum err
start(struct daemon *daemon, const void *config, void **state)
{
    const struct pseudonymd_config *settings = config;
    struct pseudonymd *self = NULL;
    struct quota_limits limits;
    enum err err = read_limits(settings->quota, &limits);

    if (err != ERR_OK) {
        return err;
    }
    self = calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_NOMEM;
    }
    err = pseudonym_init(&self->pseudonym, &daemon->storage, daemon->clock, &limits);
    if (err != ERR_OK) {
        daemon_complain("keys", "ticket",
                        err == ERR_NOT_FOUND ? "not there; make the keys first, with --make-keys"
                                             : err_text(err));
        free(self);
        return err;
    }
    self->services[0] = (struct rpc_service) {
        .descriptor = &seinhuis__v1__pseudonym__descriptor,
        .methods = PSEUDONYM_METHODS,
        .method_count = PSEUDONYM_METHOD_COUNT,
        .self = &self->pseudonym,
    };
    self->services[1] = oversight_service(&daemon->storage);
    *state = self;
    return ERR_OK;
}

static enum err
services(void *state, const struct rpc_service **out, size_t *count)
{
    struct pseudonymd *self = state;

    *out = self->services;
    *count = 2;
    return ERR_OK;
}

static void
stop(void *state)
{
    struct pseudonymd *self = state;

    pseudonym_done(&self->pseudonym);
    free(self);
}

/* The VOPRF key of an epoch: made when there is none. */
static enum err
make_oprf_key(struct keyring *ring, uint16_t epoch, struct point *out)
{
    WIPED(voprf_key) struct voprf_key fresh = { { { 0 } }, { { 0 } } };
    WIPED(key32) struct key32 secret = { { 0 } };
    enum err err = keyring_get(ring, KEYRING_OPRF, epoch, &secret);

    if (err == ERR_NOT_FOUND) {
        err = voprf_new_key(&fresh);
        if (err == ERR_OK) {
            err = keyring_put(ring, KEYRING_OPRF, epoch, &fresh.secret);
        }
        if (err == ERR_OK) {
            secret = fresh.secret;
        }
    }
    if (err == ERR_OK && crypto_scalarmult_ristretto255_base(out->bytes, secret.bytes) != 0) {
        err = ERR_INTERNAL;
    }
    return err;
}

static enum err
make_keys(struct keyring *ring, const char *argument, struct public_keys *keys)
{
    WIPED(key32) struct key32 seed = { { 0 } };
    WIPED(key64) struct key64 secret = { { 0 } };
    struct sign_public ticket;
    struct point voprf = { { 0 } };
    enum err err;

    if (settings_u32("--make-keys", argument, 0, &keys->epoch) != ERR_OK ||
        keys->epoch > UINT16_MAX) {
        return ERR_INVALID;
    }
    keys->has_epoch = true;
    err = make_oprf_key(ring, (uint16_t) keys->epoch, &voprf);
    if (err == ERR_OK) {
        err = keyring_make(ring, KEYRING_TICKET, 0, &seed);
    }
    if (err == ERR_OK) {
        sign_key_from_seed(&seed, &secret, &ticket);
        public_keys_add(keys, "voprf", 0, voprf.bytes);
        public_keys_add(keys, "ticket", 0, ticket.bytes);
    }
    return err;
}

int
main(int argc, char **argv)
{
    const struct daemon_program program = {
        .name = "seinhuis-pseudonymd",
        .purpose = "Evaluates blinded pseudonyms for reporting organisations, and counts.",
        .schema = &CONFIG_SCHEMA,
        .locked_len = KEYRING_LOCKED_LEN,
        .thread_count = THREADS,
        .start = start,
        .services = services,
        .stop = stop,
        .make_keys = make_keys,
        .keys_help = "Make the keys that are missing, for the epoch of this number, print the "
                     "public ones as JSON, and end",
    };

    return daemon_main(&program, argc, argv);
}
