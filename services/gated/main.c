/* SPDX-License-Identifier: EUPL-1.2 */
/* seinhuis-gated: the privacy officer's release gate. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "proto/escrow/crypt.h"
#include "proto/escrow/sign.h"
#include "seinhuis/v1/gate.pb-c.h"
#include "services/daemon/daemon.h"
#include "services/daemon/settings.h"
#include "services/gate/gate.h"
#include "services/oversight/oversight.h"

enum {
    THREADS = 8,
    MONTHS_MAX = 120,
    MONTH_TEXT_LEN = 7, /* "2026-11" */
};

struct gated_config {
    struct daemon_config common;
    char *releases_per_day; /* that one member may ask for; NULL: 25 */
};

static const cyaml_schema_field_t CONFIG_FIELDS[] = {
    DAEMON_CONFIG_FIELDS(struct gated_config),
    CYAML_FIELD_STRING_PTR("releases_per_day", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct gated_config, releases_per_day, 1, 10),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t CONFIG_SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct gated_config, CONFIG_FIELDS),
};

struct gated {
    struct gate gate;
    struct rpc_service services[2];
};

static enum err
start(struct daemon *daemon, const void *config, void **state)
{
    const struct gated_config *settings = config;
    struct gated *self = NULL;
    uint32_t releases = 0;
    enum err err = settings_u32("releases_per_day", settings->releases_per_day, 25, &releases);

    if (err != ERR_OK) {
        return err;
    }
    self = calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_NOMEM;
    }
    err = gate_init(&self->gate, &daemon->storage, daemon->clock, releases);
    if (err != ERR_OK) {
        free(self);
        return err;
    }
    self->services[0] = (struct rpc_service) {
        .descriptor = &seinhuis__v1__gate__descriptor,
        .methods = GATE_METHODS,
        .method_count = GATE_METHOD_COUNT,
        .self = &self->gate,
    };
    self->services[1] = oversight_service(&daemon->storage);
    *state = self;
    return ERR_OK;
}

static enum err
services(void *state, const struct rpc_service **out, size_t *count)
{
    struct gated *self = state;

    *out = self->services;
    *count = 2;
    return ERR_OK;
}

static void
stop(void *state)
{
    struct gated *self = state;

    gate_done(&self->gate);
    free(self);
}

/* Reads "2026-11:2028-10". */
static enum err
read_months(const char *text, uint16_t *first, uint16_t *last)
{
    struct date from;
    struct date to;
    char day[DATE_TEXT_ROOM] = "0000-00-01";

    if (strlen(text) != 2 * MONTH_TEXT_LEN + 1 || text[MONTH_TEXT_LEN] != ':') {
        return ERR_MALFORMED;
    }
    memcpy(day, text, MONTH_TEXT_LEN);
    if (date_parse(day, &from) != ERR_OK || from.year < 2000) {
        return ERR_MALFORMED;
    }
    memcpy(day, text + MONTH_TEXT_LEN + 1, MONTH_TEXT_LEN);
    if (date_parse(day, &to) != ERR_OK || to.year < 2000) {
        return ERR_MALFORMED;
    }
    *first = clock_bucket(from);
    *last = clock_bucket(to);
    return *last >= *first && *last - *first < MONTHS_MAX ? ERR_OK : ERR_MALFORMED;
}

/* One X25519 pair per retention month; a month whose key was destroyed gets no new one. */
static enum err
add_bucket_keys(struct keyring *ring, uint16_t first, uint16_t last, struct public_keys *keys)
{
    for (uint32_t bucket = first; bucket <= last; bucket++) {
        WIPED(key32) struct key32 secret = { { 0 } };
        struct box_public public;
        enum err err = keyring_make(ring, KEYRING_GATE, (uint16_t) bucket, &secret);

        if (err == ERR_EXPIRED) {
            continue;
        }
        if (err != ERR_OK) {
            return err;
        }
        crypt_box_public_of(&secret, &public);
        public_keys_add(keys, "gate", (uint16_t) bucket, public.bytes);
    }
    return ERR_OK;
}

static enum err
make_keys(struct keyring *ring, const char *argument, struct public_keys *keys)
{
    WIPED(key32) struct key32 seed = { { 0 } };
    WIPED(key64) struct key64 secret = { { 0 } };
    struct sign_public answer;
    uint16_t first = 0;
    uint16_t last = 0;
    enum err err;

    if (read_months(argument, &first, &last) != ERR_OK) {
        return ERR_INVALID;
    }
    err = keyring_make(ring, KEYRING_ANSWER, 0, &seed);
    if (err != ERR_OK) {
        return err;
    }
    sign_key_from_seed(&seed, &secret, &answer);
    public_keys_add(keys, "answer", 0, answer.bytes);
    return add_bucket_keys(ring, first, last, keys);
}

int
main(int argc, char **argv)
{
    const struct daemon_program program = {
        .name = "seinhuis-gated",
        .purpose = "Releases records to the CMZ team when two sectors and two members agree.",
        .schema = &CONFIG_SCHEMA,
        .locked_len = KEYRING_LOCKED_LEN,
        .thread_count = THREADS,
        .start = start,
        .services = services,
        .stop = stop,
        .make_keys = make_keys,
        .keys_help = "Make the keys that are missing, for the retention months FIRST:LAST "
                     "(2026-11:2028-10), print the public ones as JSON, and end",
    };

    return daemon_main(&program, argc, argv);
}
