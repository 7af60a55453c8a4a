/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_DEPLOYMENT_H
#define TOOLS_MEASURE_DEPLOYMENT_H

#include <sys/types.h>

#include "base/secret.h"
#include "proto/escrow/ctx.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/types.h"
#include "proto/escrow/voprf.h"
#include "proto/rpc/channel.h"
#include "services/daemon/daemon.h"
#include "tests/lib/pki.h"

/* A deployment for the bench: registry, keys, certificates and configurations in a folder, and the
 * three daemons as programs of their own.  It keeps the secrets of all parties, which no real one
 * could. All parties are fictitious. */

enum { DEPLOYMENT_ORGANISATIONS = 4, DEPLOYMENT_TENANT = 1963, DEPLOYMENT_EPOCH = 1 };

enum deployment_daemon {
    DEPLOYMENT_PSEUDONYMD,
    DEPLOYMENT_VAULTD,
    DEPLOYMENT_GATED,
    DEPLOYMENT_DAEMONS
};

struct deployment_organisation {
    char oin[REGISTRY_OIN_ROOM];
    uint32_t serial;
    uint8_t sector;
    uint16_t basis;
    struct key64 secret;
    struct sign_public key;
    const struct rpc_identity *identity;
};

/* One daemon's files. */
struct deployment_place {
    char *folder; /* of its own; holds "state" with the store */
    char *config_file;
    char *address_file;
    char *log_file;
    struct daemon_config config; /* as in the file, with absolute paths */
    pid_t pid; /* 0: not running */
};

struct deployment {
    const char *folder;
    const char *binaries;
    struct pki *pki;
    char *registry_file;
    char *policy_file;
    struct note_skey governance[2];
    char pins[2][NOTE_VKEY_ROOM];
    char audit_vkey[NOTE_VKEY_ROOM]; /* the vault's */
    struct registry_term term;
    uint16_t bucket; /* in which the bench's reports expire */
    struct escrow_ctx ctx;
    struct voprf_key voprf;
    struct key64 ticket_secret;
    struct sign_public ticket_key;
    struct sign_public receipt_key;
    struct sign_public answer_key;
    struct deployment_organisation organisations[DEPLOYMENT_ORGANISATIONS];
    struct deployment_place places[DEPLOYMENT_DAEMONS];
};

/* Makes one in 'folder', which exists; 'binaries' is where the daemons are. */
struct deployment *deployment_new(const char *folder, const char *binaries, struct pki *pki,
                                  const char *policy_file);

/* Stops what runs; the files stay.  Takes NULL. */
void deployment_free(struct deployment *deployment);

void deployment_start(struct deployment *deployment, enum deployment_daemon which);
void deployment_stop(struct deployment *deployment, enum deployment_daemon which);

/* Opens a channel to a running daemon as one of the organisations. */
struct rpc_channel *deployment_channel(const struct deployment *deployment,
                                       enum deployment_daemon which, size_t organisation);

#endif
