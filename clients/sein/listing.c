/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/listing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <uniwidth.h>

#include "clients/sein/say.h"

struct cell {
    char *words;
    bool is_right; /* aligned */
};

struct listing {
    const struct listing_column *columns;
    size_t column_count;
    json_t *rows;
    json_t *row; /* borrowed: the last of 'rows' */
    struct cell *cells;
    size_t cell_count;
    size_t cell_room;
    enum err err; /* the first that happened */
};

enum err
listing_new(const struct listing_column *columns, size_t count, struct listing **out)
{
    struct listing *listing = calloc(1, sizeof *listing);

    if (listing == NULL) {
        return ERR_NOMEM;
    }
    listing->columns = columns;
    listing->column_count = count;
    listing->rows = json_array();
    if (listing->rows == NULL) {
        free(listing);
        return ERR_NOMEM;
    }
    *out = listing;
    return ERR_OK;
}

void
listing_free(struct listing *listing)
{
    if (listing == NULL) {
        return;
    }
    for (size_t i = 0; i < listing->cell_count; i++) {
        free(listing->cells[i].words);
    }
    free(listing->cells);
    json_decref(listing->rows);
    free(listing);
}

static void
fail(struct listing *listing, enum err err)
{
    if (listing->err == ERR_OK) {
        listing->err = err;
    }
}

/* Takes over 'value', which may be NULL when it could not be made. */
static void
add_cell(struct listing *listing, json_t *value, const char *words, bool is_right)
{
    size_t at = listing->cell_count % listing->column_count;
    struct cell cell = { .is_right = is_right };

    if (value == NULL) {
        fail(listing, ERR_INVALID);
        return;
    }
    if (at == 0) {
        listing->row = json_object();
        if (json_array_append_new(listing->rows, listing->row) != 0) {
            fail(listing, ERR_NOMEM);
        }
    }
    if (json_object_set_new(listing->row, listing->columns[at].key, value) != 0) {
        fail(listing, ERR_NOMEM);
    }
    if (listing->cell_count == listing->cell_room) {
        size_t room = listing->cell_room == 0 ? 64 : 2 * listing->cell_room;
        struct cell *cells = reallocarray(listing->cells, room, sizeof *cells);

        if (cells == NULL) {
            fail(listing, ERR_NOMEM);
            return;
        }
        listing->cells = cells;
        listing->cell_room = room;
    }
    cell.words = malloc(strlen(words) + 1);
    if (cell.words == NULL) {
        fail(listing, ERR_NOMEM);
        return;
    }
    say_clean(words, cell.words);
    listing->cells[listing->cell_count++] = cell;
}

void
listing_text(struct listing *listing, const char *text)
{
    add_cell(listing, json_string(text), text, false);
}

void
listing_number(struct listing *listing, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, number);
    add_cell(listing, json_integer((json_int_t) number), text, true);
}

void
listing_bool(struct listing *listing, bool value)
{
    add_cell(listing, json_boolean(value), value ? "+" : "-", false);
}

void
listing_term(struct listing *listing, const char *key, const char *words)
{
    add_cell(listing, json_string(key), words, false);
}

void
listing_none(struct listing *listing)
{
    add_cell(listing, json_null(), "-", false);
}

void
listing_json(struct listing *listing, json_t *value, const char *words)
{
    add_cell(listing, value, words, false);
}

static size_t
width_of(const char *text)
{
    int width = u8_strwidth((const uint8_t *) text, "UTF-8");

    return width > 0 ? (size_t) width : 0;
}

/* The width that a column needs for its title and all its cells. */
static size_t
column_width(const struct listing *listing, size_t column)
{
    size_t width = width_of(listing->columns[column].title);

    for (size_t i = column; i < listing->cell_count; i += listing->column_count) {
        size_t cell = width_of(listing->cells[i].words);

        width = cell > width ? cell : width;
    }
    return width;
}

static void
print_cell(const char *text, size_t width, bool is_right, bool is_last, FILE *out)
{
    size_t own = width_of(text);
    int pad = width > own ? (int) (width - own) : 0;

    if (is_right) {
        fprintf(out, "%*s%s%s", pad, "", text, is_last ? "\n" : "  ");
    } else if (is_last) {
        fprintf(out, "%s\n", text);
    } else {
        fprintf(out, "%s%*s  ", text, pad, "");
    }
}

static void
print_table(const struct listing *listing, const size_t *widths, FILE *out)
{
    size_t columns = listing->column_count;
    size_t last = 0;

    for (size_t i = 0; i < columns; i++) {
        last = listing->columns[i].title != NULL ? i : last;
    }
    for (size_t i = 0; i < columns; i++) {
        if (listing->columns[i].title != NULL) {
            print_cell(listing->columns[i].title, widths[i], listing->cells[i].is_right, i == last,
                       out);
        }
    }
    for (size_t i = 0; i < listing->cell_count; i++) {
        size_t column = i % columns;

        if (listing->columns[column].title != NULL) {
            print_cell(listing->cells[i].words, widths[column], listing->cells[i].is_right,
                       column == last, out);
        }
    }
}

enum err
listing_print_json(const json_t *value, FILE *out)
{
    if (json_dumpf(value, out, JSON_INDENT(2)) != 0 || fputc('\n', out) == EOF ||
        fflush(out) != 0) {
        return ERR_IO;
    }
    return ERR_OK;
}

enum err
listing_print(struct listing *listing, bool as_json, const char *empty, FILE *out)
{
    size_t *widths;

    if (listing->err != ERR_OK) {
        return listing->err;
    }
    if (listing->cell_count % listing->column_count != 0) {
        return ERR_INVALID;
    }
    if (as_json) {
        return listing_print_json(listing->rows, out);
    }
    if (listing->cell_count == 0) {
        return fprintf(out, "%s\n", empty) < 0 ? ERR_IO : ERR_OK;
    }
    widths = calloc(listing->column_count, sizeof *widths);
    if (widths == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < listing->column_count; i++) {
        widths[i] = listing->columns[i].title != NULL ? column_width(listing, i) : 0;
    }
    print_table(listing, widths, out);
    free(widths);
    return fflush(out) != 0 ? ERR_IO : ERR_OK;
}
