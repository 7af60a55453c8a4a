/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_FILING_H
#define TESTS_LIB_FILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "proto/escrow/envelope.h"
#include "proto/escrow/submit.h"
#include "proto/escrow/types.h"

/* Complete reports of fictitious persons, for tests: as a partner files them, but for the VOPRF,
 * whose output is here a hash of a small number that stands for a match key. */

enum { FILING_TENANT = 1963, FILING_SENT = 1760000000, FILING_BUCKET = 321, FILING_WEEK = 1345 };

/* The keys of pseudonym service, gate and CMZ team. */
struct filing_world {
    struct key64 ticket_secret;
    struct sign_public ticket_key;
    struct key32 gate_secret;
    struct box_public gate_key;
    struct key32 team_secret;
    struct box_public team_key;
};

struct filing_organisation {
    uint32_t serial;
    uint8_t sector;
    uint32_t entity;
    bool is_host;
    struct key64 secret;
    struct sign_public key;
};

struct filing {
    struct report_header header;
    struct envelope_layout layout;
    struct slot_secret slots[HEADER_SLOTS];
    size_t slot_count;
    struct envelope envelope;
    uint8_t tickets[TICKET_LEN];
    struct submission submission; /* points into this struct: do not copy it */
    struct submission_hashes hashes;
    struct hash64 name; /* p */
};

void filing_world_make(struct filing_world *world);

/* 'serial' is its entity too; change what a test needs. */
void filing_organisation_make(struct filing_organisation *organisation, uint32_t serial,
                              uint8_t sector);

/* What a person's match key yields under epoch 1 of FILING_TENANT. */
void filing_slot(uint8_t match_key, struct slot_secret *out);

/* What a report says, instead of the texts below.  'capsule' is asked when it is known which slot holds
 * which of the match keys; both results must live until filing_make_saying returns. */
struct filing_words {
    struct bytes (*capsule)(void *context, const struct envelope_layout *layout);
    void *context;
    struct bytes content;
    uint16_t domains; /* told to the gate */
};

/* Files a report with the given match keys (a 0 ends the list), capsule "capsule of SERIAL" and
 * content "content of SERIAL", domains bit 'serial % 12'.  Ends the test on failure. */
void filing_make(struct filing *filing, const struct filing_world *world,
                 const struct filing_organisation *organisation, uint8_t mode,
                 const char *match_keys);
void filing_make_saying(struct filing *filing, const struct filing_world *world,
                        const struct filing_organisation *organisation, uint8_t mode,
                        const char *match_keys, const struct filing_words *words);

#endif
