/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_POLICY_H
#define VAULT_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/yaml.h"

/* What a municipality has laid down: when a person's reports become a flag, what each sector may file,
 * and the terms within which somebody acts.  A YAML file with a version and a stated ground; the default
 * is vault/policy/default.yaml.  Nothing of it is hard-coded in a handler.
 *
 * The file's keys are those of vault/policy/default.yaml; all of them are needed. */

enum {
    POLICY_NAME_MAX = 40,
    POLICY_GROUND_MAX = 400,
    POLICY_BASES_MAX = 16,
    POLICY_SECTORS_MAX = 7,
    POLICY_RETENTION_MAX = 24 /* months; no policy may allow more */
};

/* What one sector may file. */
struct policy_sector {
    uint8_t sector; /* code of terms.h */
    uint16_t bases[POLICY_BASES_MAX]; /* legal bases of that sector */
    size_t basis_count;
    bool allows_mode[4]; /* by release mode */
    uint8_t retention_months; /* 1-24, from the month of observation */
};

struct policy {
    char name[POLICY_NAME_MAX + 1]; /* of [a-z0-9_-] */
    uint32_t version;
    char ground[POLICY_GROUND_MAX + 1]; /* on what it rests, for people */

    /* Windows, in weeks of observation; both ends count. */
    struct {
        uint16_t source_weeks; /* 52: within which several sources count together */
        uint16_t escalation_weeks; /* 13: for several signals, and for a new sector */
        uint16_t repeat_weeks; /* 4: one organisation counts once per domain */
    } windows;

    /* From how many on. */
    struct {
        uint8_t organisations; /* 2: distinct legal entities */
        uint8_t sectors; /* 2: the protocol's T; never below 2 */
        uint8_t domains; /* 2: distinct life domains for multi-source */
        uint8_t complex_domains; /* 3 */
        uint8_t escalating_signals; /* 3 within escalation_weeks */
        uint8_t escalating_sectors; /* 3: a sector that makes it so many is a new one */
    } thresholds;

    struct policy_sector sectors[POLICY_SECTORS_MAX];
    size_t sector_count;
    uint16_t oldest_week; /* how many weeks ago an observation may lie */

    /* Terms. */
    struct {
        uint16_t triage_days; /* working days */
        uint32_t acute_s[5]; /* by severity band 1-4: red, amber, green */
    } deadlines;
};

/* Reads a policy; free() '*out'.
 * ERR_MALFORMED: not YAML, a field unknown, missing or twice, or a value out of its bounds;
 *                '*error' names the field and its line.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_IO, ERR_TOO_BIG, ERR_NOMEM. */
enum err policy_load(const char *path, struct policy **out, struct yaml_error *error) MUST_CHECK;

/* The same from memory. */
enum err policy_load_text(const char *text, size_t len, struct policy **out,
                          struct yaml_error *error) MUST_CHECK;

/* What the sector may file, or NULL: nothing. */
const struct policy_sector *policy_sector(const struct policy *policy, uint8_t sector);
bool policy_allows_basis(const struct policy_sector *sector, uint16_t basis);

/* When triage of a flag raised at 'flagged_at' must be done. */
uint64_t policy_triage_before(const struct policy *policy, uint64_t flagged_at);

/* Within how many seconds somebody looks at a report, from the report alone; 0: only when others
 * report too. */
uint32_t policy_act_within_s(const struct policy *policy, uint8_t mode, uint8_t band);

#endif
