/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_CSVTABLE_H
#define TOOLS_TOWN_CSVTABLE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* A small CSV file of our own, read whole. */
struct csvtable;

/* Reads 'path' (at most 64 MiB), strictly; the first row names the columns, and each row has as
 * many fields.  csvtable_free() it.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_IO, ERR_TOO_BIG, ERR_NOMEM.  ERR_MALFORMED: not such a file. */
enum err csvtable_read(const char *path, struct csvtable **out) MUST_CHECK;
void csvtable_free(struct csvtable *table);

size_t csvtable_rows(const struct csvtable *table);
size_t csvtable_columns(const struct csvtable *table);
const char *csvtable_name(const struct csvtable *table, size_t column);

/* The field under that name in a row below csvtable_rows(); NULL when there is no such column. */
const char *csvtable_get(const struct csvtable *table, size_t row, const char *column);

#endif
