/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/linkage/persons.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

enum { ROW_FIELDS_MAX = 256, ROW_ROOM = 64 * 1024, READ_LEN = 64 * 1024, NOT_THERE = -1 };

/* What some programs put in front of UTF-8. */
static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

/* One row under way: its fields one after the other in 'text'. */
struct row {
    char text[ROW_ROOM];
    size_t len;
    size_t starts[ROW_FIELDS_MAX];
    size_t count;
};

struct reader {
    struct persons *persons;
    const struct mapping *mapping;
    struct row row;
    int columns[MAPPING_COLUMNS_MAX]; /* place of each mapped column in a row */
    int truth_column;
    size_t width;
    uint32_t line; /* of the row under way */
    bool is_right;
    char *error;
    enum err err;
};

static void
fail(struct reader *reader, const char *what, const char *sentence)
{
    if (reader->err == ERR_OK) {
        snprintf(reader->error, PERSONS_ERROR_ROOM, "line %u: %.60s %s", reader->line, what,
                 sentence);
        reader->err = ERR_MALFORMED;
    }
}

static void
on_field(void *text, size_t len, void *context)
{
    struct reader *reader = context;
    struct row *row = &reader->row;

    if (reader->err != ERR_OK) {
        return;
    }
    if (row->count == ROW_FIELDS_MAX || len + 1 > sizeof row->text - row->len) {
        fail(reader, "the row", "is too long; shorten it, or look for a lone quotation mark");
        return;
    }
    row->starts[row->count++] = row->len;
    memcpy(row->text + row->len, text, len);
    row->text[row->len + len] = '\0';
    row->len += len + 1;
}

static int
find_column(const struct row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcmp(row->text + row->starts[i], name) == 0) {
            return (int) i;
        }
    }
    return NOT_THERE;
}

/* Refuses a name that stands twice, which would leave open which column is meant.  Columns without a
 * name are what a spreadsheet leaves at the end; nobody can map them. */
static void
check_names(struct reader *reader)
{
    const struct row *row = &reader->row;

    for (size_t i = 0; i < row->count; i++) {
        const char *name = row->text + row->starts[i];

        if (name[0] != '\0' && find_column(row, name) != (int) i) {
            fail(reader, name, "stands twice in the header; rename one of the columns");
        }
    }
}

static void
take_column(struct reader *reader, const char *name, int *out)
{
    *out = find_column(&reader->row, name);
    if (*out == NOT_THERE) {
        fail(reader, name, "is not a column of this file; correct the map, or its delimiter");
    }
}

static void
take_header(struct reader *reader)
{
    const struct mapping *mapping = reader->mapping;

    reader->width = reader->row.count;
    check_names(reader);
    take_column(reader, mapping->truth_column, &reader->truth_column);
    for (size_t i = 0; i < mapping->column_count; i++) {
        take_column(reader, mapping->columns[i].name, &reader->columns[i]);
    }
}

/* "19551192" becomes "1955-11-00", or "1955-00-00"; false when nothing can be kept. */
static bool
shorten_date(const char *text, char out[DATE_TEXT_ROOM])
{
    char digits[9] = "";
    size_t len = 0;
    unsigned int month;

    for (; *text != '\0' && len < 8; text++) {
        if (*text >= '0' && *text <= '9') {
            digits[len++] = *text;
        }
    }
    if (len < 8) {
        return false;
    }
    month = (unsigned int) (digits[4] - '0') * 10 + (unsigned int) (digits[5] - '0');
    snprintf(out, DATE_TEXT_ROOM, "%.4s-%02u-00", digits, month <= 12 ? month : 0);
    return true;
}

/* Normalises; leaves out what is refused until the rest is accepted. */
static enum err
normalise(struct reader *reader, struct identity_input *input, struct identity *out)
{
    char date[DATE_TEXT_ROOM];

    for (size_t tries = 0; tries <= IDENTITY_FIELD_COUNT + 1; tries++) {
        struct identity_refusal refusal = { .field = IDENTITY_GIVEN_NAMES };
        enum err err = identity_normalise(&reader->mapping->rules, input, reader->mapping->today,
                                          out, &refusal);

        if (err != ERR_MALFORMED) {
            return err;
        }
        if (refusal.reason == IDENTITY_DATE_IMPOSSIBLE &&
            input->text[IDENTITY_BIRTH_DATE] != date &&
            shorten_date(input->text[IDENTITY_BIRTH_DATE], date)) {
            input->text[IDENTITY_BIRTH_DATE] = date;
            reader->persons->shortened_dates++;
            continue;
        }
        input->text[refusal.field] = NULL;
        reader->persons->dropped[refusal.field]++;
    }
    return ERR_INTERNAL;
}

static struct person *
new_person(struct persons *persons)
{
    if (persons->count == persons->cap) {
        size_t cap = persons->cap == 0 ? 1024 : persons->cap * 2;
        struct person *at = calloc(cap, sizeof *at);

        if (at == NULL) {
            return NULL;
        }
        if (persons->count > 0) {
            memcpy(at, persons->at, persons->count * sizeof *at);
            sodium_memzero(persons->at, persons->count * sizeof *at);
        }
        free(persons->at);
        persons->at = at;
        persons->cap = cap;
    }
    return &persons->at[persons->count];
}

static void
take_truth(struct reader *reader, struct person *person)
{
    const struct mapping *mapping = reader->mapping;
    const char *text = reader->row.text + reader->row.starts[reader->truth_column];
    regmatch_t match[2] = { { 0, 0 }, { 0, (regoff_t) strlen(text) } };

    if (mapping->has_pattern &&
        (regexec(&mapping->truth_pattern, text, 2, match, 0) != 0 || match[1].rm_so < 0)) {
        fail(reader, mapping->truth_column,
             "does not fit the pattern; correct the row, or the map");
        return;
    }
    if (match[1].rm_eo - match[1].rm_so >= PERSONS_TRUTH_ROOM) {
        fail(reader, mapping->truth_column, "is too long; shorten it");
        return;
    }
    memcpy(person->truth_text, text + match[1].rm_so, (size_t) (match[1].rm_eo - match[1].rm_so));
}

static void
take_row(struct reader *reader)
{
    struct identity_input input = { .may_use_person_number = true };
    struct person *person = new_person(reader->persons);
    enum err err;

    if (person == NULL) {
        reader->err = ERR_NOMEM;
        return;
    }
    if (reader->row.count != reader->width) {
        fail(reader, "the row", "has another number of fields than the header; correct it");
        return;
    }
    take_truth(reader, person);
    for (size_t i = 0; i < reader->mapping->column_count; i++) {
        input.text[reader->mapping->columns[i].field] =
            reader->row.text + reader->row.starts[reader->columns[i]];
    }
    err = normalise(reader, &input, &person->identity);
    if (err != ERR_OK) {
        reader->err = err;
        return;
    }
    person->line = reader->line;
    person->is_right = reader->is_right;
    reader->persons->count++;
}

static void
on_row(int end, void *context)
{
    struct reader *reader = context;

    (void) end;
    if (reader->err == ERR_OK && reader->line == 1) {
        take_header(reader);
    } else if (reader->err == ERR_OK) {
        take_row(reader);
    }
    sodium_memzero(reader->row.text, reader->row.len);
    reader->row.len = 0;
    reader->row.count = 0;
    reader->line++;
}

/* The length of a mark at the start of the file.  It goes before the file is parsed: a quotation mark
 * that follows it would stand in the middle of a field. */
static size_t
mark_len(const char *start, size_t len)
{
    size_t mark = strlen(BYTE_ORDER_MARK);

    return len >= mark && memcmp(start, BYTE_ORDER_MARK, mark) == 0 ? mark : 0;
}

static void
parse_all(struct reader *reader, struct csv_parser *parser, FILE *file, char *buffer)
{
    size_t len = 0;
    bool is_start = true;

    while (reader->err == ERR_OK && (len = fread(buffer, 1, READ_LEN, file)) > 0) {
        size_t from = is_start ? mark_len(buffer, len) : 0;

        is_start = false;
        if (csv_parse(parser, buffer + from, len - from, on_field, on_row, reader) != len - from) {
            fail(reader, "the row", "is not CSV: a quotation mark stands in the wrong place");
        }
    }
    if (reader->err == ERR_OK && ferror(file) != 0) {
        reader->err = ERR_IO;
    }
    if (reader->err == ERR_OK && csv_fini(parser, on_field, on_row, reader) != 0) {
        fail(reader, "the row", "is not CSV: a quotation mark is missing behind a field");
    }
}

/* Refuses a file without persons, which a trial would call faultless. */
static void
check_rows(struct reader *reader)
{
    if (reader->err == ERR_OK && reader->line <= 2) {
        snprintf(reader->error, PERSONS_ERROR_ROOM,
                 "no rows: the file %s; add a row for each person",
                 reader->line == 1 ? "is empty" : "holds a header only");
        reader->err = ERR_MALFORMED;
    }
}

static enum err
parse(struct reader *reader, FILE *file)
{
    struct csv_parser parser;
    char *buffer = malloc(READ_LEN);

    if (buffer == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        free(buffer);
        return ERR_NOMEM;
    }
    csv_set_delim(&parser, (unsigned char) reader->mapping->delimiter);
    parse_all(reader, &parser, file, buffer);
    check_rows(reader);
    csv_free(&parser);
    sodium_memzero(buffer, READ_LEN);
    free(buffer);
    return reader->err;
}

enum err
persons_read(struct persons *persons, const struct mapping *mapping, const char *path,
             bool is_right, char error[PERSONS_ERROR_ROOM])
{
    struct reader *reader = NULL;
    FILE *file = fopen(path, "re");
    enum err err = ERR_OK;

    if (file == NULL) {
        err = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
        snprintf(error, PERSONS_ERROR_ROOM, "the file %s",
                 err == ERR_NOT_FOUND ? "is not there; check its path"
                                      : "cannot be read; check that you may read it");
        return err;
    }
    reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    reader->persons = persons;
    reader->mapping = mapping;
    reader->is_right = is_right;
    reader->error = error;
    reader->line = 1;
    snprintf(error, PERSONS_ERROR_ROOM, "the file cannot be read; check that it is no folder");
    err = parse(reader, file);
    persons->has_right = persons->has_right || is_right;
out:
    free(reader);
    fclose(file);
    return err;
}

static int
compare_truths(const void *a, const void *b)
{
    const struct person *const *left = a;
    const struct person *const *right = b;

    return strcmp((*left)->truth_text, (*right)->truth_text);
}

enum err
persons_number(struct persons *persons)
{
    struct person **order = calloc(persons->count + 1, sizeof *order);
    uint32_t truth = 0;

    if (order == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < persons->count; i++) {
        order[i] = &persons->at[i];
    }
    qsort(order, persons->count, sizeof order[0], compare_truths);
    for (size_t i = 0; i < persons->count; i++) {
        truth += i > 0 && strcmp(order[i - 1]->truth_text, order[i]->truth_text) != 0 ? 1 : 0;
        order[i]->truth = truth;
    }
    free(order);
    return ERR_OK;
}

void
persons_done(struct persons *persons)
{
    if (persons->at != NULL) {
        sodium_memzero(persons->at, persons->cap * sizeof *persons->at);
    }
    free(persons->at);
    *persons = (struct persons) { 0 };
}
