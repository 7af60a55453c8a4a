/* SPDX-License-Identifier: EUPL-1.2 */
/* seinhuis-vaultd: the municipality's vault. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/log.h"
#include "proto/escrow/header.h"
#include "proto/escrow/sign.h"
#include "services/daemon/daemon.h"
#include "services/daemon/settings.h"
#include "services/intake/intake.h"
#include "services/oversight/oversight.h"
#include "services/review/review.h"
#include "vault/correlate.h"
#include "vault/policy.h"
#include "vault/record.h"
#include "vault/vault.h"

enum {
    THREADS = 64, /* handlers wait for the group commit */
    TASKS_PER_RUN = 32, /* the most that an end has to wait for */
    SERVICES = 4,
};

struct vaultd_config {
    struct daemon_config common;
    char *gate; /* address of the release gate, or file:PATH of one */
    char *policy;
    char *correlate_every_s; /* NULL: 30 */
};

static const cyaml_schema_field_t CONFIG_FIELDS[] = {
    DAEMON_CONFIG_FIELDS(struct vaultd_config),
    CYAML_FIELD_STRING_PTR("gate", CYAML_FLAG_POINTER, struct vaultd_config, gate, 1,
                           DAEMON_PATH_MAX),
    CYAML_FIELD_STRING_PTR("policy", CYAML_FLAG_POINTER, struct vaultd_config, policy, 1,
                           DAEMON_PATH_MAX),
    CYAML_FIELD_STRING_PTR("correlate_every_s", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct vaultd_config, correlate_every_s, 1, 10),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t CONFIG_SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct vaultd_config, CONFIG_FIELDS),
};

/* The one thread that works off the outbox, on a timer, so that the time of an answer to a partner tells
 * nothing about a match. */
struct correlator {
    struct vault *vault;
    struct correlate_gate gate;
    uint32_t every_s;
    pthread_t thread;
    pthread_mutex_t lock; /* over is_ending */
    pthread_cond_t wake;
    bool is_ending;
    bool is_running;
};

struct vaultd {
    struct policy *policy;
    struct vault *vault;
    struct roster *roster;
    struct rpc_channel *gate;
    struct intake intake;
    struct review review;
    struct correlator correlator;
    struct rpc_service services[SERVICES];
};

static void
log_run(const struct correlate_report *report, enum err err)
{
    const struct log_field fields[] = {
        LOG_NUMBER("done", report->done),
        LOG_NUMBER("deferred", report->deferred),
        LOG_NUMBER("flagged", report->flagged),
        LOG_NUMBER("changed", report->changed),
        LOG_TEXT("gate", err_text(report->gate_err)),
    };

    if (err != ERR_OK) {
        log_failure(LOG_ERROR, "correlation_failed", err);
    }
    if (report->gate_err != ERR_OK) {
        log_event(LOG_WARN, "correlated", fields, sizeof fields / sizeof fields[0]);
    } else if (report->flagged > 0 || report->changed > 0) {
        log_event(LOG_INFO, "correlated", fields, sizeof fields / sizeof fields[0]);
    }
}

/* Waits for the next round; false: the daemon ends. */
static bool
wait_for_round(struct correlator *correlator)
{
    struct timespec until;
    bool goes_on;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += correlator->every_s;
    pthread_mutex_lock(&correlator->lock);
    while (!correlator->is_ending &&
           pthread_cond_timedwait(&correlator->wake, &correlator->lock, &until) == 0) { }
    goes_on = !correlator->is_ending;
    pthread_mutex_unlock(&correlator->lock);
    return goes_on;
}

static bool
is_ending(struct correlator *correlator)
{
    bool is_ending;

    pthread_mutex_lock(&correlator->lock);
    is_ending = correlator->is_ending;
    pthread_mutex_unlock(&correlator->lock);
    return is_ending;
}

/* Works the outbox off, a few tasks at a time. */
static void
run_round(struct correlator *correlator)
{
    struct correlate_report report = { 0 };
    enum err err;

    do {
        report = (struct correlate_report) { 0 };
        err = correlate_run(correlator->vault, &correlator->gate, TASKS_PER_RUN, &report);
        log_run(&report, err);
    } while (err == ERR_OK && report.done >= TASKS_PER_RUN && !is_ending(correlator));
}

static void *
correlate(void *context)
{
    struct correlator *correlator = context;

    do {
        run_round(correlator);
    } while (wait_for_round(correlator));
    return NULL;
}

static enum err
correlator_start(struct correlator *correlator, struct vault *vault, struct review *review)
{
    pthread_condattr_t attributes;

    correlator->vault = vault;
    correlator->gate = (struct correlate_gate) { gate_client_assess, &review->gate };
    if (pthread_mutex_init(&correlator->lock, NULL) != 0 ||
        pthread_condattr_init(&attributes) != 0 ||
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) != 0 ||
        pthread_cond_init(&correlator->wake, &attributes) != 0 ||
        pthread_create(&correlator->thread, NULL, correlate, correlator) != 0) {
        return ERR_NOMEM;
    }
    pthread_condattr_destroy(&attributes);
    correlator->is_running = true;
    return ERR_OK;
}

static void
correlator_stop(struct correlator *correlator)
{
    if (!correlator->is_running) {
        return;
    }
    pthread_mutex_lock(&correlator->lock);
    correlator->is_ending = true;
    pthread_cond_signal(&correlator->wake);
    pthread_mutex_unlock(&correlator->lock);
    pthread_join(correlator->thread, NULL);
    pthread_cond_destroy(&correlator->wake);
    pthread_mutex_destroy(&correlator->lock);
}

static enum err
load_policy(const char *path, struct policy **out)
{
    struct yaml_error error = { .kind = YAML_OK };
    enum err err = policy_load(path, out, &error);

    if (err != ERR_OK) {
        daemon_complain(path, error.field[0] == '\0' ? "policy" : error.field,
                        yaml_error_text(&error));
    }
    return err;
}

/* The gate's OIN stands in the registry; its address in the configuration. */
static enum err
connect_gate(struct vaultd *self, struct daemon *daemon, const struct vaultd_config *config)
{
    struct roster_edition *edition = roster_take(daemon->roster);
    const struct registry *registry = roster_registry(edition);
    const struct registry_party *gate =
        registry_party_by_role(registry, ROLE_GATE, clock_day(clock_now_s(daemon->clock)));
    const struct daemon_network *network = &config->common.network;
    enum err err = ERR_NOT_FOUND;

    if (gate == NULL) {
        daemon_complain("registry", "gate", "the registry names no release gate");
    } else {
        const struct rpc_channel_config channel = {
            .address = config->gate,
            .identity = { network->authority, network->certificate, network->key },
            .server_oin = gate->oin,
        };

        err = rpc_channel_open(&channel, &self->gate);
        if (err != ERR_OK) {
            daemon_complain("gate", config->gate, err_text(err));
        }
    }
    self->review.gate.tenant = registry_facts(registry)->tenant;
    roster_give_back(edition);
    return err;
}

static enum err
open_vault(struct vaultd *self, struct daemon *daemon)
{
    struct vault_config vault_config = {
        .store = daemon->storage.store,
        .ring = daemon->storage.ring,
        .audit = daemon->storage.audit,
        .clock = daemon->clock,
        .policy = self->policy,
    };
    enum err err = vault_open(&vault_config, &self->vault);

    if (err == ERR_OK) {
        err = intake_init(&self->intake, &daemon->storage, self->vault, daemon->roster,
                          daemon->clock);
    }
    if (err != ERR_OK) {
        daemon_complain("vault", daemon->config->folder, err_text(err));
    }
    return err;
}

static void
stop(void *state)
{
    struct vaultd *self = state;

    correlator_stop(&self->correlator);
    intake_done(&self->intake);
    rpc_channel_close(self->gate);
    vault_close(self->vault);
    free(self->policy);
    free(self);
}

static enum err
start(struct daemon *daemon, const void *config, void **state)
{
    const struct vaultd_config *settings = config;
    struct vaultd *self = NULL;
    uint32_t every_s = 0;
    enum err err = settings_u32("correlate_every_s", settings->correlate_every_s, 30, &every_s);

    if (err != ERR_OK) {
        return err;
    }
    self = calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_NOMEM;
    }
    self->roster = daemon->roster;
    err = load_policy(settings->policy, &self->policy);
    if (err == ERR_OK) {
        err = open_vault(self, daemon);
    }
    if (err == ERR_OK) {
        err = connect_gate(self, daemon, settings);
    }
    if (err == ERR_OK) {
        self->review.storage = &daemon->storage;
        self->review.vault = self->vault;
        self->review.clock = daemon->clock;
        self->review.gate.vault = self->vault;
        self->review.gate.channel = self->gate;
        self->correlator.every_s = every_s;
    }
    if (err != ERR_OK) {
        stop(self);
        return err;
    }
    self->services[0] = intake_service(&self->intake);
    self->services[1] = review_service(&self->review);
    self->services[2] = oversight_service(&daemon->storage);
    self->services[3] = quality_service(&self->review);
    *state = self;
    return ERR_OK;
}

static enum err
services(void *state, const struct rpc_service **out, size_t *count)
{
    struct vaultd *self = state;

    *out = self->services;
    *count = SERVICES;
    return correlator_start(&self->correlator, self->vault, &self->review);
}

/* How far --look has come. */
struct looking {
    struct vault *vault;
    uint32_t left;
};

static enum err
look_at(void *context, const struct own_report *report)
{
    struct looking *looking = context;
    struct record_meta meta;
    char rid[2 * RID_LEN + 1];
    char index[2 * HASH32_LEN + 1];
    char week[DATE_TEXT_ROOM];
    enum err err;

    if (looking->left == 0) {
        return ERR_STATE;
    }
    err = record_read_meta(looking->vault, NULL, &report->rid, &meta);
    if (err != ERR_OK) {
        return err;
    }
    looking->left--;
    bytes_to_hex(meta.header.rid.bytes, RID_LEN, rid);
    bytes_to_hex(header_slot(&meta.header, 0)->bytes, HASH32_LEN, index);
    date_format(clock_week_first_day(meta.header.week), week);
    printf("record %.8s: organisation %" PRIu32 ", week of %s, band %u, mode %u, basis %u, "
           "12 index values such as %.16s...\n",
           rid, meta.header.serial, week, (unsigned int) meta.header.band,
           (unsigned int) meta.header.mode, (unsigned int) meta.header.legal_basis, index);
    return ERR_OK;
}

static enum err
look(void *state, uint32_t count)
{
    struct vaultd *self = state;
    struct looking looking = { .vault = self->vault, .left = count };
    struct roster_edition *edition = roster_take(self->roster);
    const struct registry_facts *facts = registry_facts(roster_registry(edition));
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < facts->party_count; i++) {
        if (facts->parties[i].role == ROLE_PARTNER) {
            err = record_list_own(self->vault, facts->parties[i].serial, look_at, &looking);
        }
    }
    roster_give_back(edition);
    return err == ERR_STATE ? ERR_OK : err;
}

static enum err
make_keys(struct keyring *ring, const char *argument, struct public_keys *keys)
{
    WIPED(key32) struct key32 seed = { { 0 } };
    WIPED(key64) struct key64 secret = { { 0 } };
    struct sign_public receipt;
    enum err err;

    if (strcmp(argument, "all") != 0) {
        return ERR_INVALID;
    }
    err = keyring_make(ring, KEYRING_RECEIPT, 0, &seed);
    if (err == ERR_OK) {
        sign_key_from_seed(&seed, &secret, &receipt);
        public_keys_add(keys, "receipt", 0, receipt.bytes);
    }
    return err;
}

int
main(int argc, char **argv)
{
    const struct daemon_program program = {
        .name = "seinhuis-vaultd",
        .purpose = "Keeps encrypted signals, correlates them, and serves the CMZ team.",
        .schema = &CONFIG_SCHEMA,
        .locked_len = KEYRING_LOCKED_LEN,
        .thread_count = THREADS,
        .start = start,
        .services = services,
        .stop = stop,
        .look = look,
        .make_keys = make_keys,
        .keys_help = "Make the keys that are missing (WHICH is the word all), print the public "
                     "ones as JSON, and end",
    };

    return daemon_main(&program, argc, argv);
}
