/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/linkage/mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Appends a word to a list that starts behind 'prefix_len' bytes. */
static void
add_word(char list[MAPPING_ERROR_ROOM], size_t prefix_len, const char *word)
{
    size_t len = strlen(list);

    snprintf(list + len, MAPPING_ERROR_ROOM - len, "%s%s", len == prefix_len ? "" : ", ", word);
}

static enum err
complain_of_field(char error[MAPPING_ERROR_ROOM], const char *field)
{
    size_t len;

    (void) complain(error, field, "is not a field of an identity; take one of ");
    len = strlen(error);
    for (unsigned int i = 0; i < IDENTITY_FIELD_COUNT; i++) {
        add_word(error, len, identity_field_key((enum identity_field) i));
    }
    return ERR_MALFORMED;
}

/* The countries are known by asking for each; there is no list of them. */
static enum err
complain_of_country(char error[MAPPING_ERROR_ROOM], const char *country)
{
    size_t len;

    (void) complain(error, country, "is not a country whose rules are known; take one of ");
    len = strlen(error);
    for (unsigned int i = 0; i < 26 * 26; i++) {
        char code[3] = { (char) ('a' + i / 26), (char) ('a' + i % 26), '\0' };
        const struct identity_rules *rules = NULL;

        if (country_by_code(code, &rules) == ERR_OK) {
            add_word(error, len, code);
        }
    }
    return ERR_MALFORMED;
}

/* Refuses two columns for one field: the later one would win in silence. */
static enum err
check_fields(const struct mapping *mapping, char error[MAPPING_ERROR_ROOM])
{
    const struct mapping_column *owners[IDENTITY_FIELD_COUNT] = { NULL };

    for (size_t i = 0; i < mapping->column_count; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        const struct mapping_column *owner = owners[column->field];

        if (owner != NULL) {
            snprintf(error, MAPPING_ERROR_ROOM,
                     "%s: the columns '%s' and '%s' are both mapped to it; leave one out",
                     identity_field_key(column->field), owner->name, column->name);
            return ERR_MALFORMED;
        }
        owners[column->field] = column;
    }
    return ERR_OK;
}

static enum err
take_columns(const struct raw *raw, struct mapping *out, char error[MAPPING_ERROR_ROOM])
{
    for (unsigned int i = 0; i < raw->columns_count; i++) {
        struct mapping_column *column = &out->columns[i];

        snprintf(column->name, sizeof column->name, "%s", raw->columns[i].column);
        if (identity_field_by_key(raw->columns[i].field, &column->field) != ERR_OK) {
            return complain_of_field(error, raw->columns[i].field);
        }
    }
    out->column_count = raw->columns_count;
    return check_fields(out, error);
}

static enum err
take(const struct raw *raw, struct mapping *out, char error[MAPPING_ERROR_ROOM])
{
    const struct identity_rules *rules = NULL;

    if (country_by_code(raw->country, &rules) != ERR_OK) {
        return complain_of_country(error, raw->country);
    }
    out->rules = *rules;
    if (date_parse(raw->today, &out->today) != ERR_OK) {
        return complain(error, "today", "is not a date; write YYYY-MM-DD");
    }
    out->delimiter = raw->delimiter == NULL ? ',' : raw->delimiter[0];
    snprintf(out->truth_column, sizeof out->truth_column, "%s", raw->truth.column);
    if (raw->truth.pattern != NULL) {
        if (regcomp(&out->truth_pattern, raw->truth.pattern, REG_EXTENDED) != 0) {
            return complain(error, "pattern", "is not an extended regular expression; correct it");
        }
        out->has_pattern = true;
        if (out->truth_pattern.re_nsub < 1) {
            return complain(error, "pattern",
                            "has no group in brackets; put them round what names the person");
        }
    }
    return take_columns(raw, out, error);
}

/* What helps against each fault of a YAML file. */
static const char *
remedy(const struct yaml_error *yaml_error)
{
    switch (yaml_error->kind) {
        case YAML_OK:
            break;
        case YAML_UNREADABLE:
            return "check its path, and that you may read it";
        case YAML_TOO_LARGE:
            return "shorten it";
        case YAML_NOT_TEXT:
            return "save it as UTF-8";
        case YAML_SYNTAX:
            return "check indents, quotation marks and colons";
        case YAML_EMPTY:
            return "fill it in";
        case YAML_UNKNOWN_KEY:
            return "correct it or leave it out";
        case YAML_MISSING_KEY:
            return "add it";
        case YAML_DUPLICATE_KEY:
            return "leave one out";
        case YAML_BAD_VALUE:
            return "correct it";
    }
    return "check the file";
}

void
mapping_describe(const struct yaml_error *yaml_error, char out[MAPPING_ERROR_ROOM])
{
    char line[32] = "";

    if (yaml_error->line != 0) {
        snprintf(line, sizeof line, "line %u: ", yaml_error->line);
    }
    snprintf(out, MAPPING_ERROR_ROOM, "%s%s%s%s; %s", line, yaml_error->field,
             yaml_error->field[0] == '\0' ? "" : ": ", yaml_error_text(yaml_error),
             remedy(yaml_error));
}

enum err
mapping_init(struct mapping *mapping, const char *path, char error[MAPPING_ERROR_ROOM])
{
    struct yaml_error yaml_error = { .kind = YAML_OK };
    struct mapping made = { .column_count = 0 };
    void *raw = NULL;
    enum err err = yaml_load(path, &SCHEMA, &raw, &yaml_error);

    if (err != ERR_OK) {
        mapping_describe(&yaml_error, error);
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
