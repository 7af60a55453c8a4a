/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_CSV_TEXT_H
#define CLIENTS_LIB_CSV_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/report_csv.h"

/* What can be said of a signal file before it is parsed: its encoding and its delimiter. */

enum { CSV_TEXT_MARK_LEN = 3 };

/* Whether the file begins with the byte order mark of UTF-8.  Moves to the start. */
bool csv_text_starts_with_mark(FILE *file);

/* Reads the whole file.  ERR_MALFORMED, ERR_TOO_BIG: '*error' says what is wrong, and in which line.
 * ERR_IO. */
enum err csv_text_check(FILE *file, struct report_csv_error *error) MUST_CHECK;

/* Drops spaces at both ends. */
void csv_text_trim(const char **text, size_t *len);

#endif
