/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/csvtable.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "base/file.h"

enum { CSVTABLE_CAP = 64 * 1024 * 1024 };

struct csvtable {
    char **fields;
    size_t count;
    size_t cap;
    size_t columns; /* 0 until the first row has ended */
    size_t in_row;
    enum err err;
};

static void
take_field(void *data, size_t len, void *context)
{
    struct csvtable *table = context;
    size_t cap = table->cap == 0 ? 1024 : 2 * table->cap;
    char **fields = NULL;

    if (table->err == ERR_OK && table->count == table->cap) {
        fields = realloc(table->fields, cap * sizeof *fields);
        if (fields == NULL) {
            table->err = ERR_NOMEM;
            return;
        }
        table->fields = fields;
        table->cap = cap;
    }
    if (table->err != ERR_OK) {
        return;
    }
    table->fields[table->count] = strndup(data == NULL ? "" : data, len);
    if (table->fields[table->count] == NULL) {
        table->err = ERR_NOMEM;
        return;
    }
    table->count++;
    table->in_row++;
}

static void
take_row(int end, void *context)
{
    struct csvtable *table = context;

    (void) end;
    if (table->columns == 0) {
        table->columns = table->in_row;
    }
    if (table->in_row != table->columns && table->err == ERR_OK) {
        table->err = ERR_MALFORMED;
    }
    table->in_row = 0;
}

enum err
csvtable_read(const char *path, struct csvtable **out)
{
    struct csvtable *table = NULL;
    struct csv_parser parser;
    bool has_parser = false;
    char *text = NULL;
    size_t len = 0;
    enum err err = file_read(path, CSVTABLE_CAP, &text, &len);

    if (err != ERR_OK) {
        goto out;
    }
    table = calloc(1, sizeof *table);
    if (table == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    has_parser = csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) == 0;
    if (!has_parser) {
        err = ERR_INTERNAL;
        goto out;
    }
    if (csv_parse(&parser, text, len, take_field, take_row, table) != len ||
        csv_fini(&parser, take_field, take_row, table) != 0) {
        err = csv_error(&parser) == CSV_ENOMEM ? ERR_NOMEM : ERR_MALFORMED;
        goto out;
    }
    err = table->err;
    if (err == ERR_OK && table->columns == 0) {
        err = ERR_MALFORMED;
    }
    if (err == ERR_OK) {
        *out = table;
        table = NULL;
    }
out:
    if (has_parser) {
        csv_free(&parser);
    }
    free(text);
    csvtable_free(table);
    return err;
}

void
csvtable_free(struct csvtable *table)
{
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        free(table->fields[i]);
    }
    free(table->fields);
    free(table);
}

size_t
csvtable_rows(const struct csvtable *table)
{
    return table->count / table->columns - 1;
}

size_t
csvtable_columns(const struct csvtable *table)
{
    return table->columns;
}

const char *
csvtable_name(const struct csvtable *table, size_t column)
{
    return table->fields[column];
}

const char *
csvtable_get(const struct csvtable *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (strcmp(table->fields[i], column) == 0) {
            return table->fields[(row + 1) * table->columns + i];
        }
    }
    return NULL;
}
