/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "proto/escrow/terms.h"
#include "vault/policy_file.h"
#include "vault/workdays.h"

/* A policy file while it is read: the first thing that is wrong stays. */
struct reading {
    const char *text;
    size_t len;
    struct yaml_error *error;
    bool is_bad;
};

static void
blame(struct reading *reading, const char *section, const char *key, size_t entry)
{
    if (reading->is_bad) {
        return;
    }
    reading->is_bad = true;
    *reading->error = (struct yaml_error) { .kind = YAML_BAD_VALUE };
    strncpy(reading->error->field, key, sizeof reading->error->field - 1);
    reading->error->line = policy_file_line(reading->text, reading->len, section, key, entry);
}

/* Reads digits and nothing else; libcyaml would take "4abc" for 4. */
static bool
parse_number(const char *text, uint32_t low, uint32_t high, uint32_t *out)
{
    uint32_t value = 0;
    size_t len = strlen(text);

    if (len == 0 || len > 9 || strspn(text, "0123456789") != len || (len > 1 && text[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        value = value * 10 + (uint32_t) (text[i] - '0');
    }
    if (value < low || value > high) {
        return false;
    }
    *out = value;
    return true;
}

static uint32_t
take_number(struct reading *reading, const char *section, const char *key, const char *text,
            uint32_t low, uint32_t high)
{
    uint32_t value = low;

    if (!parse_number(text, low, high, &value)) {
        blame(reading, section, key, 0);
    }
    return value;
}

static void
take_head(struct reading *reading, const struct policy_file *file, struct policy *policy)
{
    if (strspn(file->name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(file->name)) {
        blame(reading, NULL, "name", 0);
    }
    strncpy(policy->name, file->name, POLICY_NAME_MAX);
    strncpy(policy->ground, file->ground, POLICY_GROUND_MAX);
    policy->version = take_number(reading, NULL, "version", file->version, 1, 999999999);
}

static void
take_rules(struct reading *reading, const struct policy_file *file, struct policy *policy)
{
    policy->windows.source_weeks = (uint16_t) take_number(reading, "windows", "source_weeks",
                                                          file->windows.source_weeks, 1, 104);
    policy->windows.escalation_weeks = (uint16_t) take_number(
        reading, "windows", "escalation_weeks", file->windows.escalation_weeks, 1, 104);
    policy->windows.repeat_weeks = (uint16_t) take_number(reading, "windows", "repeat_weeks",
                                                          file->windows.repeat_weeks, 0, 52);
    policy->thresholds.organisations = (uint8_t) take_number(reading, "thresholds", "organisations",
                                                             file->thresholds.organisations, 2, 10);
    policy->thresholds.sectors =
        (uint8_t) take_number(reading, "thresholds", "sectors", file->thresholds.sectors, 2, 7);
    policy->thresholds.domains = (uint8_t) take_number(reading, "thresholds", "domains",
                                                       file->thresholds.domains, 1, DOMAIN_COUNT);
    policy->thresholds.complex_domains = (uint8_t) take_number(
        reading, "thresholds", "complex_domains", file->thresholds.complex_domains,
        policy->thresholds.domains, DOMAIN_COUNT);
    policy->thresholds.escalating_signals = (uint8_t) take_number(
        reading, "thresholds", "escalating_signals", file->thresholds.escalating_signals, 2, 64);
    policy->thresholds.escalating_sectors = (uint8_t) take_number(
        reading, "thresholds", "escalating_sectors", file->thresholds.escalating_sectors, 2, 7);
}

static void
take_deadlines(struct reading *reading, const struct policy_file *file, struct policy *policy)
{
    uint32_t red = take_number(reading, "deadlines", "acute_red_hours",
                               file->deadlines.acute_red_hours, 1, 168);
    uint32_t amber = take_number(reading, "deadlines", "acute_amber_hours",
                                 file->deadlines.acute_amber_hours, red, 168);
    uint32_t green = take_number(reading, "deadlines", "acute_green_hours",
                                 file->deadlines.acute_green_hours, amber, 168);

    policy->deadlines.triage_days = (uint16_t) take_number(
        reading, "deadlines", "triage_working_days", file->deadlines.triage_working_days, 1, 60);
    policy->deadlines.acute_s[BAND_MILD] = green * 3600;
    policy->deadlines.acute_s[BAND_MODERATE] = green * 3600;
    policy->deadlines.acute_s[BAND_SERIOUS] = amber * 3600;
    policy->deadlines.acute_s[BAND_ACUTE] = red * 3600;
}

static void
take_bases(struct reading *reading, const struct policy_file_sector *entry, size_t at,
           struct policy_sector *sector)
{
    for (unsigned int i = 0; i < entry->basis_count; i++) {
        const struct term *basis = term_by_key(TERM_BASIS, entry->bases[i]);

        if (basis == NULL || !term_basis_fits(basis->code, sector->sector) ||
            policy_allows_basis(sector, basis->code)) {
            blame(reading, "sectors", "bases", at);
            return;
        }
        sector->bases[sector->basis_count] = basis->code;
        sector->basis_count++;
    }
}

static void
take_modes(struct reading *reading, const struct policy_file_sector *entry, size_t at,
           struct policy_sector *sector)
{
    for (unsigned int i = 0; i < entry->mode_count; i++) {
        const struct term *mode = term_by_key(TERM_MODE, entry->modes[i]);

        if (mode == NULL || sector->allows_mode[mode->code]) {
            blame(reading, "sectors", "modes", at);
            return;
        }
        sector->allows_mode[mode->code] = true;
    }
}

static void
take_sector(struct reading *reading, const struct policy_file_sector *entry, size_t at,
            struct policy *policy)
{
    const struct term *term = term_by_key(TERM_SECTOR, entry->sector);
    struct policy_sector *sector = &policy->sectors[at];
    uint32_t months = 0;

    if (term == NULL || policy_sector(policy, (uint8_t) term->code) != NULL) {
        blame(reading, "sectors", "sector", at);
        return;
    }
    sector->sector = (uint8_t) term->code;
    take_bases(reading, entry, at, sector);
    take_modes(reading, entry, at, sector);
    if (!parse_number(entry->retention_months, 1, POLICY_RETENTION_MAX, &months)) {
        blame(reading, "sectors", "retention_months", at);
    }
    sector->retention_months = (uint8_t) months;
    policy->sector_count = at + 1;
}

static void
take_all(struct reading *reading, const struct policy_file *file, struct policy *policy)
{
    take_head(reading, file, policy);
    take_rules(reading, file, policy);
    take_deadlines(reading, file, policy);
    policy->oldest_week = (uint16_t) take_number(reading, "intake", "oldest_weeks",
                                                 file->intake.oldest_weeks, 1, 520);
    for (unsigned int i = 0; i < file->intake.sector_count && !reading->is_bad; i++) {
        take_sector(reading, &file->intake.sectors[i], i, policy);
    }
}

enum err
policy_load_text(const char *text, size_t len, struct policy **out, struct yaml_error *error)
{
    struct reading reading = { .text = text, .len = len, .error = error };
    void *file = NULL;
    struct policy *policy = NULL;
    enum err err = yaml_load_text(text, len, policy_file_schema(), &file, error);

    if (err != ERR_OK) {
        goto out;
    }
    policy = calloc(1, sizeof *policy);
    if (policy == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    take_all(&reading, file, policy);
    if (reading.is_bad) {
        err = ERR_MALFORMED;
        goto out;
    }
    *out = policy;
    policy = NULL;
out:
    free(policy);
    yaml_free(policy_file_schema(), file);
    return err;
}

enum err
policy_load(const char *path, struct policy **out, struct yaml_error *error)
{
    char *text = NULL;
    size_t len = 0;
    enum err err = file_read(path, YAML_MAX_LEN, &text, &len);

    if (err != ERR_OK) {
        *error = (struct yaml_error) { .kind = YAML_UNREADABLE };
        if (err == ERR_TOO_BIG) {
            error->kind = YAML_TOO_LARGE;
        }
        return err;
    }
    err = policy_load_text(text, len, out, error);
    free(text);
    return err;
}

const struct policy_sector *
policy_sector(const struct policy *policy, uint8_t sector)
{
    for (size_t i = 0; i < policy->sector_count; i++) {
        if (policy->sectors[i].sector == sector) {
            return &policy->sectors[i];
        }
    }
    return NULL;
}

bool
policy_allows_basis(const struct policy_sector *sector, uint16_t basis)
{
    for (size_t i = 0; i < sector->basis_count; i++) {
        if (sector->bases[i] == basis) {
            return true;
        }
    }
    return false;
}

uint64_t
policy_triage_before(const struct policy *policy, uint64_t flagged_at)
{
    return workdays_after(flagged_at, policy->deadlines.triage_days);
}

uint32_t
policy_act_within_s(const struct policy *policy, uint8_t mode, uint8_t band)
{
    if (mode == MODE_ACUTE && band >= BAND_MILD && band <= BAND_ACUTE) {
        return policy->deadlines.acute_s[band];
    }
    if (mode == MODE_CONSENTED) {
        /* Calendar time for working days: seven days for each started five, so that it never depends
         * on the day of filing. */
        return (uint32_t) (policy->deadlines.triage_days + 4) / 5 * 7 * 24 * 3600;
    }
    return 0;
}
