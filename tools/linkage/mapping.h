/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_MAPPING_H
#define TOOLS_LINKAGE_MAPPING_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/yaml.h"
#include "clients/lib/country.h"
#include "clients/lib/identity.h"

enum { MAPPING_COLUMNS_MAX = 32, MAPPING_NAME_ROOM = 64, MAPPING_ERROR_ROOM = 400 };

/* Which column of a CSV file is which field of an identity. */
struct mapping_column {
    char name[MAPPING_NAME_ROOM];
    enum identity_field field;
};

/* How to read a file of test persons; from YAML:
 *
 *     country: au
 *     today: 2000-01-01          # no date of birth lies behind it
 *     truth:
 *       column: rec_id
 *       pattern: "^rec-([0-9]+)-" # the first group is the person; without a pattern the whole text
 *     columns:
 *       - { column: given_name, field: call_name }
 *     delimiter: ","             # optional */
struct mapping {
    struct identity_rules rules;
    struct date today;
    char delimiter;
    char truth_column[MAPPING_NAME_ROOM];
    regex_t truth_pattern;
    bool has_pattern;
    struct mapping_column columns[MAPPING_COLUMNS_MAX];
    size_t column_count;
};

/* Reads a mapping; two columns for one field are refused.  ERR_MALFORMED and others: 'error' says in
 * English what is wrong with the file and what helps.  Free with mapping_done. */
enum err mapping_init(struct mapping *mapping, const char *path,
                      char error[MAPPING_ERROR_ROOM]) MUST_CHECK;
void mapping_done(struct mapping *mapping);

/* Writes where a YAML file is wrong as far as that is known, what is wrong and what helps. */
void mapping_describe(const struct yaml_error *yaml_error, char out[MAPPING_ERROR_ROOM]);

/* Leaves the person number out, as if the file had no such column. */
void mapping_drop_number(struct mapping *mapping);

#endif
