/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/linkage/mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/yaml.h"

struct raw_column {
    char *column;
    char *field;
};

struct raw_truth {
    char *column;
    char *pattern;
};

struct raw {
    char *country;
    char *today;
    char *delimiter;
    struct raw_truth truth;
    struct raw_column *columns;
    unsigned int columns_count;
};

static const cyaml_schema_field_t COLUMN_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("column", CYAML_FLAG_POINTER, struct raw_column, column, 1,
                           MAPPING_NAME_ROOM - 1),
    CYAML_FIELD_STRING_PTR("field", CYAML_FLAG_POINTER, struct raw_column, field, 1,
                           MAPPING_NAME_ROOM - 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t COLUMN = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_column, COLUMN_FIELDS),
};
static const cyaml_schema_field_t TRUTH_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("column", CYAML_FLAG_POINTER, struct raw_truth, column, 1,
                           MAPPING_NAME_ROOM - 1),
    CYAML_FIELD_STRING_PTR("pattern", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct raw_truth,
                           pattern, 1, 200),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_STRING_PTR("country", CYAML_FLAG_POINTER, struct raw, country, 2, 2),
    CYAML_FIELD_STRING_PTR("today", CYAML_FLAG_POINTER, struct raw, today, 10, 10),
    CYAML_FIELD_STRING_PTR("delimiter", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct raw,
                           delimiter, 1, 1),
    CYAML_FIELD_MAPPING("truth", CYAML_FLAG_DEFAULT, struct raw, truth, TRUTH_FIELDS),
    CYAML_FIELD_SEQUENCE("columns", CYAML_FLAG_POINTER, struct raw, columns, &COLUMN, 1,
                         MAPPING_COLUMNS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw, FIELDS),
};

/* Writes "key: sentence" and returns ERR_MALFORMED. */
static enum err
complain(char error[MAPPING_ERROR_ROOM], const char *key, const char *sentence)
{
    snprintf(error, MAPPING_ERROR_ROOM, "%s: %s", key, sentence);
    return ERR_MALFORMED;
}

static enum err
take_columns(const struct raw *raw, struct mapping *out, char error[MAPPING_ERROR_ROOM])
{
    for (unsigned int i = 0; i < raw->columns_count; i++) {
        struct mapping_column *column = &out->columns[i];

        snprintf(column->name, sizeof column->name, "%s", raw->columns[i].column);
        if (identity_field_by_key(raw->columns[i].field, &column->field) != ERR_OK) {
            return complain(error, raw->columns[i].field, "is not a field of an identity");
        }
    }
    out->column_count = raw->columns_count;
    return ERR_OK;
}

static enum err
take(const struct raw *raw, struct mapping *out, char error[MAPPING_ERROR_ROOM])
{
    const struct identity_rules *rules = NULL;

    if (country_by_code(raw->country, &rules) != ERR_OK) {
        return complain(error, raw->country, "is not a country whose rules are known");
    }
    out->rules = *rules;
    if (date_parse(raw->today, &out->today) != ERR_OK) {
        return complain(error, "today", "is not a date; write YYYY-MM-DD");
    }
    out->delimiter = raw->delimiter == NULL ? ',' : raw->delimiter[0];
    snprintf(out->truth_column, sizeof out->truth_column, "%s", raw->truth.column);
    if (raw->truth.pattern != NULL) {
        if (regcomp(&out->truth_pattern, raw->truth.pattern, REG_EXTENDED) != 0) {
            return complain(error, "pattern", "is not an extended regular expression");
        }
        out->has_pattern = true;
        if (out->truth_pattern.re_nsub < 1) {
            return complain(error, "pattern", "has no group in brackets");
        }
    }
    return take_columns(raw, out, error);
}

enum err
mapping_init(struct mapping *mapping, const char *path, char error[MAPPING_ERROR_ROOM])
{
    struct yaml_error yaml_error = { .kind = YAML_OK };
    struct mapping made = { .column_count = 0 };
    void *raw = NULL;
    enum err err = yaml_load(path, &SCHEMA, &raw, &yaml_error);

    if (err != ERR_OK) {
        snprintf(error, MAPPING_ERROR_ROOM, "line %u, %s: %s", yaml_error.line,
                 yaml_error.field[0] == '\0' ? "?" : yaml_error.field,
                 yaml_error_text(&yaml_error));
        return err;
    }
    err = take(raw, &made, error);
    yaml_free(&SCHEMA, raw);
    if (err != ERR_OK) {
        mapping_done(&made);
        return err;
    }
    *mapping = made;
    return ERR_OK;
}

void
mapping_done(struct mapping *mapping)
{
    if (mapping != NULL && mapping->has_pattern) {
        regfree(&mapping->truth_pattern);
        mapping->has_pattern = false;
    }
}

void
mapping_drop_number(struct mapping *mapping)
{
    size_t kept = 0;

    for (size_t i = 0; i < mapping->column_count; i++) {
        if (mapping->columns[i].field != IDENTITY_PERSON_NUMBER) {
            mapping->columns[kept++] = mapping->columns[i];
        }
    }
    mapping->column_count = kept;
}
