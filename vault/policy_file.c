/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/policy_file.h"

#include <stdbool.h>
#include <string.h>

#include "vault/policy.h"

enum { TEXT_MAX = 64 };

#define FIELD(type, member)                                                                        \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, type, member, 1, TEXT_MAX)

static const cyaml_schema_field_t WINDOWS[] = {
    FIELD(struct policy_file_windows, source_weeks),
    FIELD(struct policy_file_windows, escalation_weeks),
    FIELD(struct policy_file_windows, repeat_weeks),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t THRESHOLDS[] = {
    FIELD(struct policy_file_thresholds, organisations),
    FIELD(struct policy_file_thresholds, sectors),
    FIELD(struct policy_file_thresholds, domains),
    FIELD(struct policy_file_thresholds, complex_domains),
    FIELD(struct policy_file_thresholds, escalating_signals),
    FIELD(struct policy_file_thresholds, escalating_sectors),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t DEADLINES[] = {
    FIELD(struct policy_file_deadlines, triage_working_days),
    FIELD(struct policy_file_deadlines, acute_red_hours),
    FIELD(struct policy_file_deadlines, acute_amber_hours),
    FIELD(struct policy_file_deadlines, acute_green_hours),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t WORD = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX),
};

static const cyaml_schema_field_t SECTOR_FIELDS[] = {
    FIELD(struct policy_file_sector, sector),
    CYAML_FIELD_SEQUENCE_COUNT("bases", CYAML_FLAG_POINTER, struct policy_file_sector, bases,
                               basis_count, &WORD, 1, POLICY_BASES_MAX),
    CYAML_FIELD_SEQUENCE_COUNT("modes", CYAML_FLAG_POINTER, struct policy_file_sector, modes,
                               mode_count, &WORD, 1, 3),
    FIELD(struct policy_file_sector, retention_months),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t SECTOR = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct policy_file_sector, SECTOR_FIELDS),
};

static const cyaml_schema_field_t INTAKE[] = {
    FIELD(struct policy_file_intake, oldest_weeks),
    CYAML_FIELD_SEQUENCE_COUNT("sectors", CYAML_FLAG_POINTER, struct policy_file_intake, sectors,
                               sector_count, &SECTOR, 1, POLICY_SECTORS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct policy_file, name, 1,
                           POLICY_NAME_MAX),
    FIELD(struct policy_file, version),
    CYAML_FIELD_STRING_PTR("ground", CYAML_FLAG_POINTER, struct policy_file, ground, 1,
                           POLICY_GROUND_MAX),
    CYAML_FIELD_MAPPING("windows", CYAML_FLAG_DEFAULT, struct policy_file, windows, WINDOWS),
    CYAML_FIELD_MAPPING("thresholds", CYAML_FLAG_DEFAULT, struct policy_file, thresholds,
                        THRESHOLDS),
    CYAML_FIELD_MAPPING("deadlines", CYAML_FLAG_DEFAULT, struct policy_file, deadlines, DEADLINES),
    CYAML_FIELD_MAPPING("intake", CYAML_FLAG_DEFAULT, struct policy_file, intake, INTAKE),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct policy_file, FIELDS),
};

const cyaml_schema_value_t *
policy_file_schema(void)
{
    return &SCHEMA;
}

/* Whether the line is "key:", perhaps indented or the first of a list's entry. */
static bool
is_key_line(const char *line, size_t len, const char *key)
{
    size_t key_len = strlen(key);
    size_t at = 0;

    while (at < len && (line[at] == ' ' || line[at] == '-')) {
        at++;
    }
    return len - at > key_len && strncmp(line + at, key, key_len) == 0 && line[at + key_len] == ':';
}

unsigned int
policy_file_line(const char *text, size_t len, const char *section, const char *key, size_t entry)
{
    const char *end = text + len;
    bool is_inside = section == NULL;
    unsigned int number = 0;

    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t) (end - text));
        size_t line_len = (size_t) ((newline == NULL ? end : newline) - text);

        number++;
        if (!is_inside) {
            is_inside = is_key_line(text, line_len, section);
        } else if (is_key_line(text, line_len, key)) {
            if (entry == 0) {
                return number;
            }
            entry--;
        }
        text += line_len + 1;
    }
    return 0;
}
