/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_PARTNER_WORLD_H
#define TESTS_LIB_PARTNER_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients/lib/batch.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/voprf.h"

/* A registry with one reporting organisation, and a pseudonym service and a vault that answer within the
 * process: what a partner's client needs to file.  All parties are fictitious. */

enum { WORLD_TENANT = 1963, WORLD_STORED_MAX = 4096, WORLD_SERIAL = 7, WORLD_QUEUE_MAX = 64 };

/* How the services misbehave. */
struct world_faults {
    bool has_bad_proof;
    bool has_foreign_key; /* evaluates, and proves, with another key */
    bool has_foreign_ticket; /* a ticket of another organisation */
    bool has_bad_receipt;
    uint32_t submits_left; /* calls that the vault takes before it is gone; UINT32_MAX: all */
    bool loses_answers; /* the vault stores, but its answers get lost */
    enum refusal refusal; /* of new reports; REFUSAL_NONE: none */
};

/* One answer that waits to be taken. */
struct world_answer {
    void *tag;
    struct rpc_result result;
    union {
        Seinhuis__V1__EvaluateResponse evaluate;
        Seinhuis__V1__SubmitResponse submit;
    } message;
    uint8_t evaluated[VOPRF_BATCH_MAX][POINT_LEN];
    uint8_t proof[VOPRF_PROOF_LEN];
    uint8_t ticket[TICKET_LEN];
    uint8_t receipt[RECEIPT_LEN];
};

struct world_queue {
    struct world_answer *answers[WORLD_QUEUE_MAX];
    size_t count;
    struct world_answer *taken; /* the last that was handed out */
};

struct world {
    struct registry *registry;
    const struct registry_party *party;
    char *folder; /* with the signing key and a clock file */
    char *key_path;
    struct clock *clock;

    struct voprf_key voprf[REGISTRY_MAX_CTXS];
    struct voprf_key foreign;
    struct key64 ticket_secret;
    struct key64 receipt_secret;
    struct sign_public organisation_key;
    struct key32 gate_secret;
    struct key32 team_secret;

    struct world_faults faults;
    struct world_queue evaluations;
    struct world_queue receipts;
    uint32_t evaluated_count;
    struct hash64 stored[WORLD_STORED_MAX]; /* p of each report that the vault took */
    struct rid stored_rids[WORLD_STORED_MAX];
    uint32_t stored_count;
    struct filing_sealed last; /* what was last submitted */
};

/* 'ctx_count' live contexts, 1 or 2.  It is noon of 10 March 2026. */
void world_make(struct world *world, size_t ctx_count);
void world_done(struct world *world);

/* Forgets what waits, as when the client is started anew. */
void world_drop_answers(struct world *world);

struct batch_line world_line(struct world *world);

#endif
