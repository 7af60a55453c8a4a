/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/filling.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "services/daemon/storage.h"
#include "tools/measure/meter.h"
#include "tools/measure/premade.h"
#include "vault/correlate.h"
#include "vault/intake.h"
#include "vault/policy.h"
#include "vault/vault.h"

/* Threads share commits; reports are made in small lots, so that memory stays small. */
enum { THREADS = 32, LOT = 50, TASKS_PER_RUN = 1000 };

struct filling {
    const struct deployment *deployment;
    struct clock *clock;
    struct storage storage;
    struct policy *policy;
    struct registry *registry;
    struct vault *vault;
};

struct filler {
    struct filling *filling;
    size_t organisation;
    size_t count;
    pthread_t thread;
};

static void
must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        meter_fail(what, err_text(err));
    }
}

static void
open_registry(struct filling *filling)
{
    const struct deployment *deployment = filling->deployment;
    struct note_vkey pins[2];
    const struct registry_pins pinned = { .keys = pins, .count = 2 };
    struct registry_error error;
    char *note = NULL;
    size_t len = 0;

    for (size_t i = 0; i < 2; i++) {
        must(note_vkey_parse(deployment->pins[i], &pins[i]), "governance key");
    }
    must(file_read(deployment->registry_file, NOTE_MAX_LEN, &note, &len), "registry");
    must(registry_parse(note, len, &pinned, clock_day(clock_now_s(filling->clock)),
                        &filling->registry, &error),
         "registry");
    free(note);
}

static void
open_all(struct filling *filling)
{
    const struct deployment *deployment = filling->deployment;
    struct yaml_error error;
    struct vault_config config = { .store = NULL };

    must(clock_open(NULL, &filling->clock), "clock");
    open_registry(filling);
    must(policy_load(deployment->policy_file, &filling->policy, &error), "policy");
    must(storage_open(&deployment->places[DEPLOYMENT_VAULTD].config, filling->clock,
                      &filling->storage),
         "storage");
    config = (struct vault_config) {
        .store = filling->storage.store,
        .ring = filling->storage.ring,
        .audit = filling->storage.audit,
        .clock = filling->clock,
        .policy = filling->policy,
    };
    must(vault_open(&config, &filling->vault), "vault");
}

static void
close_all(struct filling *filling)
{
    vault_close(filling->vault);
    must(audit_publish(filling->storage.audit), "audit log");
    storage_close(&filling->storage);
    free(filling->policy);
    registry_free(filling->registry);
    clock_close(filling->clock);
}

static struct bytes
bytes_of(ProtobufCBinaryData data)
{
    return (struct bytes) { data.data, data.len };
}

static void
take_in(const struct filler *filler, const Seinhuis__V1__SubmitRequest *message)
{
    struct filling *filling = filler->filling;
    const char *oin = filling->deployment->organisations[filler->organisation].oin;
    struct audit_record who = { .role = ROLE_PARTNER, .user = "bench", .type = "signal_filed" };
    const struct intake_caller caller = {
        .registry = filling->registry,
        .party = registry_party_by_oin(filling->registry, oin),
        .oldest_version = 1,
        .who = &who,
    };
    const struct intake_submission submission = {
        .header = bytes_of(message->header),
        .gate = bytes_of(message->gate),
        .inner = bytes_of(message->inner),
        .tickets = bytes_of(message->tickets),
        .signature = bytes_of(message->signature),
        .sent = message->sent,
    };
    struct intake_receipt receipt;
    enum refusal refusal;

    memcpy(who.organisation, oin, REGISTRY_OIN_LEN);
    refusal = vault_intake(filling->vault, &submission, &caller, &receipt);
    if (refusal != REFUSAL_NONE) {
        meter_fail("intake", refusal_sentence(refusal));
    }
}

static void *
work(void *data)
{
    const struct filler *filler = data;

    for (size_t done = 0; done < filler->count;) {
        size_t lot = filler->count - done < LOT ? filler->count - done : LOT;
        struct premade premade;

        premade_make(filler->filling->deployment, filler->organisation, lot, &premade);
        for (size_t i = 0; i < lot; i++) {
            take_in(filler, premade_take(&premade));
        }
        premade_done(&premade);
        done += lot;
    }
    return NULL;
}

static void
fill(struct filling *filling, size_t count)
{
    struct filler fillers[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        fillers[i] = (struct filler) {
            .filling = filling,
            .organisation = i % DEPLOYMENT_ORGANISATIONS,
            .count = count / THREADS + (i < count % THREADS ? 1 : 0),
        };
        if (pthread_create(&fillers[i].thread, NULL, work, &fillers[i]) != 0) {
            meter_fail("filling", "no more threads");
        }
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(fillers[i].thread, NULL);
    }
}

/* Nothing matches, so nobody is asked. */
static enum err
assess(void *context, const struct rid *rids, size_t count, uint16_t *tags, uint64_t *rejected)
{
    (void) context;
    (void) rids;
    (void) count;
    (void) tags;
    (void) rejected;
    return ERR_UNAVAILABLE;
}

static void
correlate(struct filling *filling)
{
    const struct correlate_gate gate = { .assess = assess };

    while (vault_outstanding(filling->vault) > 0) {
        struct correlate_report report = { .done = 0 };

        must(correlate_run(filling->vault, &gate, TASKS_PER_RUN, &report), "correlator");
        if (report.done == 0) {
            meter_fail("correlator", "it does not go on");
        }
    }
}

static double
used_len(const struct filling *filling)
{
    struct store_stats stats;

    must(store_stats(filling->storage.store, &stats), "store");
    return (double) stats.used_len;
}

void
filling_run(const struct deployment *deployment, size_t count, struct filling_result *out)
{
    struct filling filling = { .deployment = deployment };
    struct filling_result result = { .seconds = 0 };
    size_t present = 0;
    uint64_t begun_ns = 0;
    uint64_t cpu_ns = 0;

    open_all(&filling);
    present = vault_outstanding(filling.vault);
    begun_ns = meter_now_ns();
    if (present < count) {
        fill(&filling, count - present);
        result.reports = (double) (count - present);
    }
    result.seconds = (double) (meter_now_ns() - begun_ns) / 1e9;
    result.taken_len = used_len(&filling) / (double) count;
    begun_ns = meter_now_ns();
    cpu_ns = meter_cpu_ns(getpid());
    correlate(&filling);
    result.correlate_us = (double) (meter_cpu_ns(getpid()) - cpu_ns) / 1e3 / (double) count;
    result.correlate_wall_us = (double) (meter_now_ns() - begun_ns) / 1e3 / (double) count;
    result.done_len = used_len(&filling) / (double) count;
    close_all(&filling);
    *out = result;
}
