/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/report_csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>
#include <sodium.h>

#include "clients/lib/csv_text.h"

enum { CHUNK_LEN = 16 * 1024, FIELDS_MAX = 64 };

/* The fields of the row that is being read, one after the other with a NUL behind each. */
struct fields {
    char *text;
    size_t len;
    size_t room;
    size_t starts[FIELDS_MAX];
    size_t count;
};

struct report_csv {
    FILE *file;
    struct csv_parser parser;
    bool has_parser;
    bool is_at_end;

    const struct report_filer *filer;
    enum column columns[FIELDS_MAX]; /* of each field */
    size_t column_count; /* 0: the header is not read yet */

    struct fields fields;
    uint32_t line; /* of what is read next */
    uint32_t row_line; /* where the present row began */
    int last_end; /* the character that ended the last row */
    uint32_t row_count; /* read so far */
    uint32_t row_total;

    bool is_counting; /* first pass: rows are counted, not kept */
    struct report_row *first; /* read and not yet handed out */
    struct report_row **last;
    enum err err; /* the first that happened within a callback */
    struct report_csv_error error;
};

const char *
report_csv_problem_text(enum report_csv_problem problem)
{
    switch (problem) {
#define REPORT_CSV_PROBLEM_CASE(code, text)                                                        \
    case code:                                                                                     \
        return text;
        REPORT_CSV_PROBLEM_MAP(REPORT_CSV_PROBLEM_CASE)
#undef REPORT_CSV_PROBLEM_CASE
    }
    return "unknown problem";
}

void
report_row_free(struct report_row *row)
{
    if (row != NULL) {
        sodium_memzero(row->memory, row->memory_len);
        free(row->memory);
        free(row);
    }
}

enum err
report_row_of(const struct report_entry *entry, struct report_row **out)
{
    struct report_row *row = calloc(1, sizeof *row);
    size_t at = 0;

    if (row == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        row->memory_len += entry->text[i] != NULL ? strlen(entry->text[i]) + 1 : 0;
    }
    row->memory = malloc(row->memory_len + 1);
    if (row->memory == NULL) {
        free(row);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (entry->text[i] != NULL) {
            size_t len = strlen(entry->text[i]) + 1;

            memcpy(row->memory + at, entry->text[i], len);
            row->entry.text[i] = row->memory + at;
            at += len;
        }
    }
    row->number = 1;
    row->line = 1;
    *out = row;
    return ERR_OK;
}

static void
fail(struct report_csv *csv, enum err err, enum report_csv_problem problem, const char *name)
{
    if (csv->err == ERR_OK) {
        csv->err = err;
        csv->error = (struct report_csv_error) { .problem = problem, .line = csv->row_line };
        snprintf(csv->error.name, sizeof csv->error.name, "%s", name);
    }
}

static void
take_field(void *text, size_t len, void *context)
{
    struct report_csv *csv = context;
    struct fields *fields = &csv->fields;
    const char *from = text;

    if (fields->count == 0) {
        csv->row_line = csv->line;
    }
    for (size_t i = 0; i < len; i++) {
        csv->line += from[i] == '\n' ? 1 : 0;
    }
    csv_text_trim(&from, &len);
    if (fields->count == FIELDS_MAX || csv->err != ERR_OK) {
        fields->count += fields->count < FIELDS_MAX ? 1 : 0;
        return;
    }
    if (fields->len + len + 1 > fields->room) {
        size_t room = 2 * (fields->len + len + 1);
        char *grown = realloc(fields->text, room);

        if (grown == NULL) {
            fail(csv, ERR_NOMEM, REPORT_CSV_FINE, "");
            return;
        }
        fields->text = grown;
        fields->room = room;
    }
    if (len > 0) {
        memcpy(fields->text + fields->len, from, len);
    }
    fields->text[fields->len + len] = '\0';
    fields->starts[fields->count++] = fields->len;
    fields->len += len + 1;
}

static void
check_required(struct report_csv *csv)
{
    bool is_there[COLUMN_COUNT] = { false };

    for (size_t i = 0; i < csv->column_count; i++) {
        is_there[csv->columns[i]] = true;
    }
    for (int column = 0; column < COLUMN_COUNT; column++) {
        if (!is_there[column] && report_column_is_required((enum column) column, csv->filer)) {
            fail(csv, ERR_MALFORMED, REPORT_CSV_MISSING_COLUMN,
                 report_column_key((enum column) column));
            return;
        }
    }
}

static void
take_header(struct report_csv *csv)
{
    struct fields *fields = &csv->fields;

    for (size_t i = 0; i < fields->count; i++) {
        const char *name = fields->text + fields->starts[i];
        enum column column = COLUMN_REFERENCE;

        if (report_column_by_key(name, strlen(name), &column) != ERR_OK) {
            fail(csv, ERR_MALFORMED, REPORT_CSV_UNKNOWN_COLUMN, name);
            return;
        }
        if (!report_column_is_open(column, csv->filer)) {
            fail(csv, ERR_MALFORMED, REPORT_CSV_CLOSED_COLUMN, name);
            return;
        }
        for (size_t other = 0; other < i; other++) {
            if (csv->columns[other] == column) {
                fail(csv, ERR_MALFORMED, REPORT_CSV_COLUMN_TWICE, name);
                return;
            }
        }
        csv->columns[i] = column;
    }
    csv->column_count = fields->count;
    check_required(csv);
}

/* Hands the collected fields over to a new row at the end of the queue. */
static void
keep_row(struct report_csv *csv)
{
    struct fields *fields = &csv->fields;
    struct report_row *row = calloc(1, sizeof *row);

    if (row == NULL) {
        fail(csv, ERR_NOMEM, REPORT_CSV_FINE, "");
        return;
    }
    row->number = csv->row_count;
    row->line = csv->row_line;
    row->is_ragged = fields->count != csv->column_count;
    row->memory = fields->text;
    row->memory_len = fields->room;
    for (size_t i = 0; i < fields->count && i < csv->column_count; i++) {
        row->entry.text[csv->columns[i]] = row->memory + fields->starts[i];
    }
    *fields = (struct fields) { .text = NULL };
    *csv->last = row;
    csv->last = &row->next;
}

static void
take_row(int end, void *context)
{
    struct report_csv *csv = context;
    struct fields *fields = &csv->fields;

    /* A line feed behind a carriage return ends no second line. */
    if (fields->count == 0 && end == CSV_LF && csv->last_end == CSV_CR) {
        csv->last_end = end;
        return;
    }
    csv->last_end = end;
    if (fields->count > 0 && csv->err == ERR_OK) {
        if (csv->column_count == 0) {
            take_header(csv);
        } else {
            csv->row_count++;
            if (!csv->is_counting) {
                keep_row(csv);
            }
        }
        if (csv->row_count > REPORT_CSV_MAX_ROWS) {
            fail(csv, ERR_TOO_BIG, REPORT_CSV_TOO_LARGE, "");
        }
    }
    fields->count = 0;
    fields->len = 0;
    csv->line++;
}

/* Begins to read from the start. */
static enum err
rewind_file(struct report_csv *csv, bool is_counting)
{
    if (csv->has_parser) {
        csv_free(&csv->parser);
    }
    csv->has_parser =
        csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL) == 0;
    if (!csv->has_parser) {
        return ERR_NOMEM;
    }
    if (fseek(csv->file, csv_text_starts_with_mark(csv->file) ? CSV_TEXT_MARK_LEN : 0, SEEK_SET) !=
        0) {
        return ERR_IO;
    }
    csv->is_counting = is_counting;
    csv->is_at_end = false;
    csv->column_count = 0;
    csv->row_count = 0;
    csv->line = 1;
    csv->row_line = 1;
    csv->last_end = 0;
    return ERR_OK;
}

/* Reads and parses one chunk. */
static enum err
step(struct report_csv *csv)
{
    char chunk[CHUNK_LEN];
    size_t len = fread(chunk, 1, sizeof chunk, csv->file);
    bool is_parsed;

    if (len == 0 && ferror(csv->file) != 0) {
        return ERR_IO;
    }
    if (len == 0) {
        csv->is_at_end = true;
        is_parsed = csv_fini(&csv->parser, take_field, take_row, csv) == 0;
    } else {
        is_parsed = csv_parse(&csv->parser, chunk, len, take_field, take_row, csv) == len;
    }
    sodium_memzero(chunk, len);
    if (!is_parsed && csv_error(&csv->parser) == CSV_EPARSE) {
        csv->row_line = csv->line;
        fail(csv, ERR_MALFORMED, REPORT_CSV_QUOTES, "");
    } else if (!is_parsed) {
        fail(csv, ERR_NOMEM, REPORT_CSV_FINE, "");
    }
    return csv->err;
}

static enum err
check_whole(struct report_csv *csv)
{
    enum err err = csv_text_check(csv->file, &csv->error);

    if (err != ERR_OK) {
        return err;
    }
    err = rewind_file(csv, true);
    while (err == ERR_OK && !csv->is_at_end) {
        err = step(csv);
    }
    if (err == ERR_OK && csv->column_count == 0) {
        csv->error = (struct report_csv_error) { .problem = REPORT_CSV_EMPTY };
        return ERR_MALFORMED;
    }
    csv->row_total = csv->row_count;
    return err == ERR_OK ? rewind_file(csv, false) : err;
}

enum err
report_csv_open(const char *path, const struct report_filer *filer, struct report_csv **out,
                struct report_csv_error *error)
{
    struct report_csv *csv = calloc(1, sizeof *csv);
    enum err err;

    if (csv == NULL) {
        return ERR_NOMEM;
    }
    csv->filer = filer;
    csv->last = &csv->first;
    csv->file = fopen(path, "re");
    if (csv->file == NULL) {
        err = errno == ENOENT ? ERR_NOT_FOUND : errno == EACCES ? ERR_DENIED : ERR_IO;
        csv->error = (struct report_csv_error) { .problem = REPORT_CSV_UNREADABLE };
        goto out;
    }
    err = check_whole(csv);
    if (err == ERR_IO) {
        csv->error = (struct report_csv_error) { .problem = REPORT_CSV_UNREADABLE };
    }
    if (err != ERR_OK) {
        goto out;
    }
    *out = csv;
    csv = NULL;
out:
    if (csv != NULL) {
        *error = csv->error;
    }
    report_csv_close(csv);
    return err;
}

void
report_csv_close(struct report_csv *csv)
{
    if (csv == NULL) {
        return;
    }
    while (csv->first != NULL) {
        struct report_row *row = csv->first;

        csv->first = row->next;
        report_row_free(row);
    }
    if (csv->fields.text != NULL) {
        sodium_memzero(csv->fields.text, csv->fields.room);
        free(csv->fields.text);
    }
    if (csv->has_parser) {
        csv_free(&csv->parser);
    }
    if (csv->file != NULL) {
        fclose(csv->file);
    }
    free(csv);
}

uint32_t
report_csv_row_count(const struct report_csv *csv)
{
    return csv->row_total;
}

enum err
report_csv_next(struct report_csv *csv, struct report_row **out)
{
    while (csv->first == NULL && !csv->is_at_end) {
        enum err err = step(csv);

        if (err != ERR_OK) {
            return err == ERR_NOMEM ? ERR_NOMEM : ERR_IO;
        }
    }
    if (csv->first == NULL) {
        return ERR_NOT_FOUND;
    }
    *out = csv->first;
    csv->first = csv->first->next;
    if (csv->first == NULL) {
        csv->last = &csv->first;
    }
    (*out)->next = NULL;
    return ERR_OK;
}
