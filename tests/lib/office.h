/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_OFFICE_H
#define TESTS_LIB_OFFICE_H

#include "proto/escrow/voprf.h"
#include "proto/rpc/call.h"
#include "services/daemon/roster.h"
#include "services/daemon/storage.h"
#include "tests/lib/filing.h"

/* What a service needs around it, but for the network: real storage in a temporary folder, a clock file, and
 * a registry signed by two governance keys, with organisations that file (all fictitious).  Handlers are
 * called with a struct rpc_call as the rpc layer would make it.
 *
 * Organisations, by serial: 1 police, 2 care, 3 police of another entity, 4 the host's loket, 5 welfare
 * of the same entity as 2. */

enum { OFFICE_ORGANISATIONS = 5, OFFICE_MEMBERS = 2 };

#define OFFICE_NOW "2025-10-09T09:00:00Z"
#define OFFICE_OFFICER "00000099000000000205"
#define OFFICE_VAULT "00000099000000000202"
#define OFFICE_CMZ "00000099000000000204"

struct office_member {
    const char *id;
    struct key64 secret;
    struct sign_public key;
};

struct office {
    char *folder;
    char *registry_file;
    char *clock_file;
    char *pins[2];
    struct note_skey governance[2];
    struct daemon_config config;
    struct clock *clock;
    struct storage storage;
    struct roster *roster;
    struct filing_world world;
    struct voprf_key voprf;
    struct sign_public answer_key; /* the gate's */
    struct filing_organisation organisations[OFFICE_ORGANISATIONS];
    struct office_member members[OFFICE_MEMBERS];
};

/* Ends the test on failure. */
struct office *office_new(void);
void office_free(struct office *office);

/* Signs a registry of this version into the registry's file; organisations with a higher serial than
 * 'last_serial' have ended.  'signers' of the two governance keys sign. */
void office_write_registry(struct office *office, uint32_t version, uint32_t last_serial,
                           size_t signers);

/* The OIN of an organisation; constant. */
const char *office_oin(uint32_t serial);

void office_set_clock(struct office *office, const char *time);

/* Closes and opens the storage, as a restart does. */
void office_restart(struct office *office);

/* A call as the rpc layer would make it, by the party with this OIN.  office_hang_up after it. */
struct office_call {
    struct rpc_call call;
    struct arena arena;
};
void office_dial(struct office *office, const char *oin, const char *method,
                 struct office_call *out);
void office_hang_up(struct office *office, struct office_call *call);

/* How many records the audit log holds. */
uint64_t office_log_size(struct office *office);

/* The newest record of the log. */
void office_last_record(struct office *office, struct audit_record *out);

#endif
