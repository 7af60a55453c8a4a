/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_PERSONS_H
#define TOOLS_LINKAGE_PERSONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/identity.h"
#include "tools/linkage/mapping.h"

enum { PERSONS_ERROR_ROOM = 200, PERSONS_TRUTH_ROOM = 48 };

/* One row of a file. */
struct person {
    struct identity identity;
    char truth_text[PERSONS_TRUTH_ROOM];
    uint32_t truth; /* equal for rows of one person; set by persons_number */
    uint32_t line; /* in its file, the header is 1 */
    bool is_right; /* from the second file */
};

/* All rows of one file or two. */
struct persons {
    struct person *at;
    size_t count;
    size_t cap;
    bool has_right;
    size_t dropped[IDENTITY_FIELD_COUNT]; /* refused values, left out */
    size_t shortened_dates; /* impossible dates of which year or month was kept */
};

/* Reads a CSV file with a header row.  A value that is refused is left out and counted: a
 * person at a form would have been asked.  Of an impossible date the part that is possible is
 * kept.  The truth may stand in many rows: that is how doubles are known.
 *
 * ERR_NOT_FOUND, ERR_IO, ERR_DENIED: the file cannot be read.
 * ERR_MALFORMED: 'error' names the column or the line, and what helps; also for a name that stands
 * twice in the header and for a file without rows.
 * ERR_NOMEM.  What was read before stays in 'persons'. */
enum err persons_read(struct persons *persons, const struct mapping *mapping, const char *path,
                      bool is_right, char error[PERSONS_ERROR_ROOM]) MUST_CHECK;

/* Numbers the persons by their truth text once all files are read.  ERR_NOMEM. */
enum err persons_number(struct persons *persons) MUST_CHECK;

/* Wipes and frees. */
void persons_done(struct persons *persons);

#endif
