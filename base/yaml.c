/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/yaml.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/file.h"

/* libcyaml tells where an error lies only in its log: first a message, then a back trace from the
 * innermost field outwards, "in mapping field 'x' (line: n, column: m)". */
struct collected {
    char field[YAML_FIELD_ROOM];
    unsigned int line;
    bool is_duplicate;
};

/* Copies the word that stands in 'text' behind 'label', unless a field is known already. */
static bool
take_word(const char *text, const char *label, struct collected *collected)
{
    const char *at = strstr(text, label);

    if (at == NULL) {
        return false;
    }
    at += strlen(label);
    if (collected->field[0] == '\0') {
        snprintf(collected->field, sizeof collected->field, "%.*s", (int) strcspn(at, "' \n"), at);
    }
    return true;
}

static void PRINTF_LIKE(3, 0)
    collect(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct collected *collected = context;
    char text[256];
    const char *line;

    (void) level;
    vsnprintf(text, sizeof text, format, args);
    if (!take_word(text, "key: ", collected) && !take_word(text, "mapping field: ", collected)) {
        take_word(text, "mapping field '", collected);
    }
    if (take_word(text, "already seen: ", collected)) {
        collected->is_duplicate = true;
    }
    line = strstr(text, "line: ");
    if (collected->line == 0 && line != NULL) {
        collected->line = (unsigned int) strtoul(line + 6, NULL, 10);
    }
}

static const cyaml_config_t BASE_CONFIG = {
    .log_fn = collect,
    .mem_fn = cyaml_mem,
    .log_level = CYAML_LOG_ERROR,
    .flags = CYAML_CFG_NO_ALIAS,
};

static int
kind_of(cyaml_err_t code)
{
    switch (code) {
        case CYAML_ERR_INVALID_KEY:
            return YAML_UNKNOWN_KEY;
        case CYAML_ERR_MAPPING_FIELD_MISSING:
            return YAML_MISSING_KEY;
        case CYAML_ERR_LIBYAML_PARSER_INIT:
        case CYAML_ERR_LIBYAML_PARSER:
        case CYAML_ERR_ALIAS:
        case CYAML_ERR_UNEXPECTED_EVENT:
            return YAML_SYNTAX;
        default:
            return YAML_BAD_VALUE;
    }
}

static void
set_error(struct yaml_error *error, int kind)
{
    *error = (struct yaml_error) { .kind = YAML_OK };
    error->kind = (__typeof__(error->kind)) kind;
}

enum err
yaml_load_text(const char *text, size_t len, const cyaml_schema_value_t *schema, void **out,
               struct yaml_error *error)
{
    struct collected collected = { .field = "" };
    cyaml_config_t config = BASE_CONFIG;
    cyaml_data_t *data = NULL;
    cyaml_err_t code;

    if (len > YAML_MAX_LEN) {
        set_error(error, YAML_TOO_LARGE);
        return ERR_TOO_BIG;
    }
    if (u8_check((const uint8_t *) text, len) != NULL) {
        set_error(error, YAML_NOT_TEXT);
        return ERR_MALFORMED;
    }
    config.log_ctx = &collected;
    code = cyaml_load_data((const uint8_t *) text, len, &config, schema, &data, NULL);
    if (code == CYAML_ERR_OOM) {
        set_error(error, YAML_UNREADABLE);
        return ERR_NOMEM;
    }
    if (code != CYAML_OK) {
        set_error(error, collected.is_duplicate ? YAML_DUPLICATE_KEY : kind_of(code));
        memcpy(error->field, collected.field, sizeof error->field);
        error->line = collected.line;
        return ERR_MALFORMED;
    }
    if (data == NULL) {
        set_error(error, YAML_EMPTY);
        return ERR_MALFORMED;
    }
    *out = data;
    return ERR_OK;
}

enum err
yaml_load(const char *path, const cyaml_schema_value_t *schema, void **out,
          struct yaml_error *error)
{
    char *text = NULL;
    size_t len = 0;
    enum err err = file_read(path, YAML_MAX_LEN, &text, &len);

    if (err != ERR_OK) {
        set_error(error, err == ERR_TOO_BIG ? YAML_TOO_LARGE : YAML_UNREADABLE);
        return err;
    }
    err = yaml_load_text(text, len, schema, out, error);
    free(text);
    return err;
}

void
yaml_free(const cyaml_schema_value_t *schema, void *data)
{
    struct collected ignored = { .field = "" };
    cyaml_config_t config = BASE_CONFIG;

    config.log_ctx = &ignored;
    /* It can only fail on arguments that yaml_load would have refused. */
    if (data != NULL && cyaml_free(&config, schema, data, 0) != CYAML_OK) {
        abort();
    }
}

const char *
yaml_error_text(const struct yaml_error *error)
{
    switch (error->kind) {
        case YAML_OK:
            return "no error";
        case YAML_UNREADABLE:
            return "the file cannot be read";
        case YAML_TOO_LARGE:
            return "the file is too large";
        case YAML_NOT_TEXT:
            return "the file is not UTF-8 text";
        case YAML_SYNTAX:
            return "the file is not valid YAML";
        case YAML_EMPTY:
            return "the file is empty";
        case YAML_UNKNOWN_KEY:
            return "a key that is not known here";
        case YAML_MISSING_KEY:
            return "a key is missing";
        case YAML_DUPLICATE_KEY:
            return "a key stands there twice";
        case YAML_BAD_VALUE:
            return "a value is not of the expected form";
    }
    return "unknown error";
}
