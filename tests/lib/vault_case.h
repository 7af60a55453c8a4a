/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_VAULT_CASE_H
#define TESTS_LIB_VAULT_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "proto/escrow/audit_record.h"
#include "proto/escrow/envelope.h"
#include "proto/escrow/header.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/ticket.h"
#include "vault/correlate.h"
#include "vault/intake.h"
#include "vault/policy.h"
#include "vault/store/store.h"
#include "vault/vault.h"

/* A vault on a real store in a folder of its own, with a registry of fictitious organisations, a gate of
 * the test's own, and reports whose boxes hold random bytes (nothing in the vault opens them). */

enum { VAULT_TENANT = 1963, VAULT_VERSION = 7, VAULT_ORGANISATIONS = 8 };

/* The day on which each case begins: a Monday. */
#define VAULT_FIRST_DAY "2026-03-02T12:00:00Z"

/* Serials from 1: police, housing, care, welfare, loket (host), a second police force, a care provider of
 * the same legal entity as the welfare organisation, and one whose entry has ended. */
struct vault_organisation {
    uint32_t serial;
    uint8_t sector;
    uint32_t entity;
    struct key64 secret;
};

/* The gate: answers for each record the tags that stand for its organisation. */
struct vault_gate {
    uint16_t tags[VAULT_ORGANISATIONS + 1]; /* by serial; at first each its own */
    enum err err; /* what it answers instead */
    uint32_t rejected_serial; /* whose records it does not accept; 0: none */
    unsigned int calls;
    size_t last_count; /* records of the last question */
};

struct vault_case {
    char *folder;
    char *clock_file;
    char *store_folder;
    char *ring_file;
    char *key_file;
    struct clock *clock;
    struct store *store;
    struct keyring *ring;
    struct audit *audit;
    struct policy *policy;
    struct registry *registry;
    struct vault *vault;
    struct vault_gate gate;
    struct vault_organisation organisations[VAULT_ORGANISATIONS + 1]; /* by serial */
    struct key64 ticket_secret;
    struct audit_record who;
};

/* cmocka set-up and tear-down: '*state' becomes a struct vault_case. */
int vault_case_setup(void **state);
int vault_case_teardown(void **state);

/* Ends and begins again, as a new process would; 0: the store's own map size. */
void vault_case_reopen(struct vault_case *it, uint64_t map_size);

/* "YYYY-MM-DDThh:mm:ssZ" */
void vault_case_set_clock(struct vault_case *it, const char *time);

/* ---- reports ---- */

/* What differs between reports; what is 0 has a default. */
struct vault_spec {
    uint32_t serial; /* default 1 */
    const char *keys; /* one index value for each letter, equal for equal ones; default "a" */
    uint8_t mode; /* default escrow */
    uint8_t band; /* default moderate, in mode acute acute */
    int weeks_ago; /* of observation; default 0 */
    uint16_t bucket; /* default: 12 months from now */
};

/* A report as it is sent.  Points into itself: do not copy it. */
struct vault_report {
    struct report_header header;
    uint8_t header_bytes[HEADER_MAX_LEN];
    uint8_t gate[ENVELOPE_GATE_LEN];
    uint8_t inner[ENVELOPE_INNER_MAX_LEN];
    uint8_t direct[ENVELOPE_DIRECT_LEN];
    uint8_t tickets[TICKET_LEN];
    struct signature signature;
    struct intake_submission submission;
};

/* Makes and signs a report. */
void vault_case_make(struct vault_case *it, const struct vault_spec *spec,
                     struct vault_report *out);

/* Signs again after something was changed. */
void vault_case_sign(struct vault_case *it, struct vault_report *report);

/* Hands it in as its own organisation. */
enum refusal vault_case_submit(struct vault_case *it, const struct vault_report *report,
                               struct intake_receipt *out);

/* Makes one and hands it in; a refusal ends the test. */
struct rid vault_case_file(struct vault_case *it, const struct vault_spec *spec);

/* Lets the correlator work off everything; an error ends the test. */
struct correlate_report vault_case_correlate(struct vault_case *it);

/* The gate for correlate_run. */
struct correlate_gate vault_case_gate(struct vault_case *it);

#endif
