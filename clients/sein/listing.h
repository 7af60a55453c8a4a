/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_LISTING_H
#define CLIENTS_SEIN_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"

/* A listing is a table for people and an array of objects for programs (--json), from one set of cells.
 * Columns are aligned by the width on the screen, not by bytes. */
struct listing;

struct listing_column {
    const char *key; /* member of the JSON object: snake_case English, never translated */
    const char *title; /* over the column, already translated; NULL: in JSON only */
};

/* 'columns' is borrowed until listing_free.  ERR_NOMEM. */
enum err listing_new(const struct listing_column *columns, size_t count,
                     struct listing **out) MUST_CHECK;
void listing_free(struct listing *listing);

/* Adds the next cell, from left to right, row after row: a text, a number, a machine key with its words
 * for people, or nothing (null in JSON, "-" in the table).
 *
 * What fails is remembered and returned by listing_print: a row of calls needs one check. */
void listing_text(struct listing *listing, const char *text);
void listing_number(struct listing *listing, uint64_t number);
void listing_bool(struct listing *listing, bool value);
void listing_term(struct listing *listing, const char *key, const char *words);
void listing_none(struct listing *listing);

/* Any JSON value, which the listing takes over (also on failure), with its words for people. */
void listing_json(struct listing *listing, json_t *value, const char *words);

/* Prints the whole; 'empty' is what people read when there is no row (already translated).
 * ERR_NOMEM, ERR_IO, ERR_INVALID (not a whole number of rows, or a text that is not UTF-8). */
enum err listing_print(struct listing *listing, bool as_json, const char *empty,
                       FILE *out) MUST_CHECK;

/* Prints one JSON value, indented, with a line end.  Borrows 'value'.  ERR_IO. */
enum err listing_print_json(const json_t *value, FILE *out) MUST_CHECK;

#endif
