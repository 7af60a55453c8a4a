/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_PRINT_H
#define TOOLS_LINKAGE_PRINT_H

#include <stdio.h>

#include "base/attr.h"
#include "base/err.h"
#include "tools/linkage/evaluate.h"

/* Writes a trial as a table for people. */
void print_table(const struct persons *persons, const struct keytable *table,
                 const struct evaluation *evaluation, FILE *out);

/* Writes it as one JSON object.  ERR_NOMEM, ERR_IO. */
enum err print_json(const struct persons *persons, const struct keytable *table,
                    const struct evaluation *evaluation, FILE *out) MUST_CHECK;

#endif
