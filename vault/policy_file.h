/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_POLICY_FILE_H
#define VAULT_POLICY_FILE_H

#include <stddef.h>

#include "base/yaml.h"

/* A policy file as it is written, for policy.c alone: numbers are still text. */

struct policy_file_sector {
    char *sector;
    char **bases;
    unsigned int basis_count;
    char **modes;
    unsigned int mode_count;
    char *retention_months;
};

struct policy_file_windows {
    char *source_weeks;
    char *escalation_weeks;
    char *repeat_weeks;
};

struct policy_file_thresholds {
    char *organisations;
    char *sectors;
    char *domains;
    char *complex_domains;
    char *escalating_signals;
    char *escalating_sectors;
};

struct policy_file_deadlines {
    char *triage_working_days;
    char *acute_red_hours;
    char *acute_amber_hours;
    char *acute_green_hours;
};

struct policy_file_intake {
    char *oldest_weeks;
    struct policy_file_sector *sectors;
    unsigned int sector_count;
};

struct policy_file {
    char *name;
    char *version;
    char *ground;
    struct policy_file_windows windows;
    struct policy_file_thresholds thresholds;
    struct policy_file_deadlines deadlines;
    struct policy_file_intake intake;
};

const cyaml_schema_value_t *policy_file_schema(void);

/* The 1-based line on which 'key' stands for the 'entry'-th time (from 0) below the line with 'section'
 * (NULL: from the top); 0 when it does not. */
unsigned int policy_file_line(const char *text, size_t len, const char *section, const char *key,
                              size_t entry);

#endif
