/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/deployment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "proto/escrow/crypt.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"
#include "services/daemon/storage.h"
#include "tools/measure/deployment_registry.h"
#include "tools/measure/meter.h"
#include "tools/measure/process.h"

enum { CONFIG_MAX_LEN = 16 * 1024 };

static const struct {
    const char *program;
    const char *oin;
    const char *extra; /* of the configuration */
} daemons[DEPLOYMENT_DAEMONS] = {
    [DEPLOYMENT_PSEUDONYMD] = { "seinhuis-pseudonymd", DEPLOYMENT_PSEUDONYMD_OIN,
                                "quota:\n  organisation_per_day: \"4000000000\"\n"
                                "  organisation_per_minute: \"4000000000\"\n"
                                "  user_per_day: \"4000000000\"\n"
                                "  user_per_minute: \"4000000000\"\n" },
    /* The correlator looks once, at the start: what is measured is intake alone. */
    [DEPLOYMENT_VAULTD] = { "seinhuis-vaultd", DEPLOYMENT_VAULTD_OIN,
                            "gate: file:../seinhuis-gated/address\n"
                            "correlate_every_s: \"1000000\"\n" },
    [DEPLOYMENT_GATED] = { "seinhuis-gated", DEPLOYMENT_GATED_OIN, "" },
};

static char *
join(const char *folder, const char *name)
{
    char *path = NULL;

    if (file_join(folder, name, &path) != ERR_OK) {
        meter_fail(name, "out of memory");
    }
    return path;
}

static void
must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        meter_fail(what, err_text(err));
    }
}

static void
make_place(struct deployment *deployment, enum deployment_daemon which)
{
    struct deployment_place *place = &deployment->places[which];

    place->folder = join(deployment->folder, daemons[which].program);
    must(file_make_folder(place->folder, 0700), place->folder);
    place->config_file = join(place->folder, "config.yaml");
    place->address_file = join(place->folder, "address");
    place->log_file = join(place->folder, "log");
    place->config = (struct daemon_config) {
        .keys = { .root = join(place->folder, "root.key"), .ring = join(place->folder, "keyring") },
        .log = { .origin = join("bench.example", daemons[which].program) },
        .folder = join(place->folder, "state"),
    };
    must(file_make_folder(place->config.folder, 0700), place->config.folder);
}

static void
done_place(struct deployment_place *place)
{
    free(place->folder);
    free(place->config_file);
    free(place->address_file);
    free(place->log_file);
    free(place->config.keys.root);
    free(place->config.keys.ring);
    free(place->config.log.origin);
    free(place->config.folder);
}

/* A new signing key of a daemon in its ring. */
static void
make_signing_key(struct keyring *ring, enum keyring_kind kind, struct key64 *secret,
                 struct sign_public *public)
{
    WIPED(key32) struct key32 seed = { { 0 } };

    must(keyring_make(ring, kind, 0, &seed), "keyring");
    sign_key_from_seed(&seed, secret, public);
}

static void
make_keys(struct deployment *deployment)
{
    WIPED(key64) struct key64 secret = { { 0 } };
    WIPED(key32) struct key32 gate = { { 0 } };
    char vkey[NOTE_VKEY_ROOM];
    struct keyring *ring = NULL;

    must(storage_make_ring(&deployment->places[DEPLOYMENT_PSEUDONYMD].config, &ring, vkey), "keys");
    must(voprf_new_key(&deployment->voprf), "VOPRF key");
    must(keyring_put(ring, KEYRING_OPRF, DEPLOYMENT_EPOCH, &deployment->voprf.secret), "keyring");
    make_signing_key(ring, KEYRING_TICKET, &deployment->ticket_secret, &deployment->ticket_key);
    keyring_close(ring);

    must(storage_make_ring(&deployment->places[DEPLOYMENT_VAULTD].config, &ring,
                           deployment->audit_vkey),
         "keys");
    make_signing_key(ring, KEYRING_RECEIPT, &secret, &deployment->receipt_key);
    keyring_close(ring);

    must(storage_make_ring(&deployment->places[DEPLOYMENT_GATED].config, &ring, vkey), "keys");
    make_signing_key(ring, KEYRING_ANSWER, &secret, &deployment->answer_key);
    must(keyring_make(ring, KEYRING_GATE, deployment->bucket, &gate), "keyring");
    keyring_close(ring);
}

static void
make_organisations(struct deployment *deployment)
{
    static const struct {
        uint8_t sector;
        uint16_t basis;
    } kinds[DEPLOYMENT_ORGANISATIONS] = {
        { SECTOR_POLICE, BASIS_WPG_18 },
        { SECTOR_HOUSING, BASIS_AVG_6_1_F },
        { SECTOR_CARE, BASIS_CONFLICT },
        { SECTOR_WELFARE, BASIS_WMO_CONFLICT },
    };

    for (uint32_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        struct deployment_organisation *organisation = &deployment->organisations[i];

        organisation->serial = i + 1;
        organisation->sector = kinds[i].sector;
        organisation->basis = kinds[i].basis;
        (void) snprintf(organisation->oin, sizeof organisation->oin, "00000099000000000%03u",
                        (unsigned int) i + 1);
        sign_key_new(&organisation->secret, &organisation->key);
        organisation->identity =
            pki_issue_oin(deployment->pki, organisation->oin, organisation->oin);
    }
}

static void
make_governance(struct deployment *deployment)
{
    static const char *const names[2] = { "bench-a.example", "bench-b.example" };

    for (size_t i = 0; i < 2; i++) {
        struct note_vkey vkey;

        must(note_skey_new(names[i], NOTE_ED25519, &deployment->governance[i]), "governance key");
        note_vkey_of(&deployment->governance[i], &vkey);
        note_vkey_format(&vkey, deployment->pins[i]);
    }
}

static void
write_config(const struct deployment *deployment, enum deployment_daemon which)
{
    const struct deployment_place *place = &deployment->places[which];
    const struct rpc_identity *identity =
        pki_issue_oin(deployment->pki, daemons[which].program, daemons[which].oin);
    char text[CONFIG_MAX_LEN];
    int len = snprintf(text, sizeof text,
                       "network:\n  listen: 127.0.0.1:0\n  address_file: %s\n  certificate: %s\n"
                       "  key: %s\n  authority: %s\n"
                       "registry:\n  file: %s\n  governance: [\"%s\", \"%s\"]\n"
                       "keys:\n  root: %s\n  ring: %s\nlog:\n  origin: %s\nfolder: %s\n%s",
                       place->address_file, identity->cert_file, identity->key_file,
                       identity->ca_file, deployment->registry_file, deployment->pins[0],
                       deployment->pins[1], place->config.keys.root, place->config.keys.ring,
                       place->config.log.origin, place->config.folder, daemons[which].extra);

    if (which == DEPLOYMENT_VAULTD) {
        len += snprintf(text + len, sizeof text - (size_t) len, "policy: %s\n",
                        deployment->policy_file);
    }
    must(file_replace(place->config_file, text, (size_t) len, 0600), place->config_file);
}

struct deployment *
deployment_new(const char *folder, const char *binaries, struct pki *pki, const char *policy_file)
{
    struct deployment *deployment = meter_alloc(1, sizeof *deployment);
    struct clock *clock = NULL;
    uint32_t today = 0;

    must(clock_open(NULL, &clock), "clock");
    today = clock_day(clock_now_s(clock));
    deployment->folder = folder;
    deployment->binaries = binaries;
    deployment->pki = pki;
    deployment->registry_file = join(folder, "registry.note");
    deployment->policy_file = strdup(policy_file);
    deployment->term = (struct registry_term) { today - 30, today + 300 };
    deployment->bucket = (uint16_t) (clock_bucket(date_of(clock_now_s(clock))) + 6);
    deployment->ctx = (struct escrow_ctx) { .tenant = DEPLOYMENT_TENANT,
                                            .epoch = DEPLOYMENT_EPOCH,
                                            .norm_version = 1,
                                            .threshold = CTX_THRESHOLD };
    clock_close(clock);
    make_governance(deployment);
    make_organisations(deployment);
    for (int i = 0; i < DEPLOYMENT_DAEMONS; i++) {
        make_place(deployment, (enum deployment_daemon) i);
    }
    make_keys(deployment);
    deployment_write_registry(deployment);
    for (int i = 0; i < DEPLOYMENT_DAEMONS; i++) {
        write_config(deployment, (enum deployment_daemon) i);
    }
    return deployment;
}

void
deployment_start(struct deployment *deployment, enum deployment_daemon which)
{
    struct deployment_place *place = &deployment->places[which];
    char *program = join(deployment->binaries, daemons[which].program);
    const char *argv[] = { program, "--config", place->config_file, NULL };

    place->pid = process_start(argv, place->log_file);
    process_wait_for_file(place->pid, place->address_file, place->log_file);
    free(program);
}

void
deployment_stop(struct deployment *deployment, enum deployment_daemon which)
{
    struct deployment_place *place = &deployment->places[which];

    if (place->pid != 0) {
        process_stop(place->pid);
        place->pid = 0;
    }
}

struct rpc_channel *
deployment_channel(const struct deployment *deployment, enum deployment_daemon which,
                   size_t organisation)
{
    char address[CONFIG_MAX_LEN];
    const struct rpc_channel_config config = {
        .address = address,
        .identity = *deployment->organisations[organisation].identity,
        .server_oin = daemons[which].oin,
    };
    struct rpc_channel *channel = NULL;

    (void) snprintf(address, sizeof address, "file:%s", deployment->places[which].address_file);
    must(rpc_channel_open(&config, &channel), daemons[which].program);
    return channel;
}

void
deployment_free(struct deployment *deployment)
{
    if (deployment == NULL) {
        return;
    }
    for (int i = 0; i < DEPLOYMENT_DAEMONS; i++) {
        deployment_stop(deployment, (enum deployment_daemon) i);
        done_place(&deployment->places[i]);
    }
    free(deployment->registry_file);
    free(deployment->policy_file);
    free(deployment);
}
