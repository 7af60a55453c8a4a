/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_REPORT_CSV_H
#define CLIENTS_LIB_REPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/report_form.h"

/* Reads a signal file (docs/CSV.md).  What concerns the file as a whole is found before the first row is
 * handed out; what concerns a row is found by report_check. */
struct report_csv;

enum {
    REPORT_CSV_MAX_ROWS = 100000,
    REPORT_CSV_MAX_LEN = 512 * 1024 * 1024,
    REPORT_CSV_NAME_ROOM = 64
};

/* What is wrong with a whole file; X(code, sentence with remedy). */
#define REPORT_CSV_PROBLEM_MAP(X)                                                                  \
    X(REPORT_CSV_FINE, "nothing is wrong")                                                         \
    X(REPORT_CSV_UNREADABLE, "the file cannot be read; check its name and rights")                 \
    X(REPORT_CSV_EMPTY, "the file is empty; its first line must name the columns")                 \
    X(REPORT_CSV_TOO_LARGE, "more than 100,000 rows or 512 MB; split the file")                    \
    X(REPORT_CSV_UTF16, "the file is UTF-16; save it as CSV UTF-8")                                \
    X(REPORT_CSV_LATIN1,                                                                           \
      "not UTF-8, but Latin-1 or Windows-1252 it seems; save the file as CSV UTF-8")               \
    X(REPORT_CSV_NUL, "a zero byte stands in the text; save the file as CSV UTF-8")                \
    X(REPORT_CSV_SEMICOLON, "fields are separated by semicolons; save the file with commas")       \
    X(REPORT_CSV_TAB, "fields are separated by tabs; save the file with commas")                   \
    X(REPORT_CSV_BAR, "fields are separated by bars; save the file with commas")                   \
    X(REPORT_CSV_QUOTES,                                                                           \
      "a quotation mark is not closed, or stands within a field without being doubled; "           \
      "correct the line")                                                                          \
    X(REPORT_CSV_UNKNOWN_COLUMN,                                                                   \
      "a column of this name is not known; see 'sein signal columns' and correct the first line")  \
    X(REPORT_CSV_COLUMN_TWICE, "this column stands there twice; take one of them out")             \
    X(REPORT_CSV_MISSING_COLUMN, "this column is required and not there; add it")                  \
    X(REPORT_CSV_CLOSED_COLUMN,                                                                    \
      "this organisation may not supply this column; take it out, also when it is empty")

#define REPORT_CSV_PROBLEM_ENUM(code, text) code,
enum report_csv_problem { REPORT_CSV_PROBLEM_MAP(REPORT_CSV_PROBLEM_ENUM) };
#undef REPORT_CSV_PROBLEM_ENUM

/* The constant English sentence; never NULL. */
const char *report_csv_problem_text(enum report_csv_problem problem);

struct report_csv_error {
    enum report_csv_problem problem;
    uint32_t line; /* of the file, from 1; 0: none */
    char name[REPORT_CSV_NAME_ROOM]; /* of the column; "": none */
};

/* Opens 'path' and checks it as a whole.  'filer' says which columns may be there.
 *
 * ERR_MALFORMED, ERR_TOO_BIG, ERR_NOT_FOUND, ERR_DENIED, ERR_IO: '*error' says what to tell.
 * ERR_NOMEM.
 *
 * Time: reads the whole file once. */
enum err report_csv_open(const char *path, const struct report_filer *filer,
                         struct report_csv **out, struct report_csv_error *error) MUST_CHECK;

/* Takes NULL. */
void report_csv_close(struct report_csv *csv);

/* How many rows the file holds, the header not counted. */
uint32_t report_csv_row_count(const struct report_csv *csv);

/* One row.  Its texts belong to it. */
struct report_row {
    uint32_t number; /* from 1, the header not counted */
    uint32_t line; /* of the file, from 1, where it begins */
    bool is_ragged; /* it has more or fewer fields than the header */
    struct report_entry entry;
    char *memory;
    size_t memory_len;
    struct report_row *next;
};

/* The next row; free with report_row_free.  ERR_NOT_FOUND: there is none.  ERR_NOMEM.
 * ERR_IO: also when the file changed since it was opened. */
enum err report_csv_next(struct report_csv *csv, struct report_row **out) MUST_CHECK;

/* A row of one report that does not come from a file; the texts are copied.  ERR_NOMEM. */
enum err report_row_of(const struct report_entry *entry, struct report_row **out) MUST_CHECK;

/* Wipes and frees; takes NULL. */
void report_row_free(struct report_row *row);

#endif
