/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_KEYTABLE_H
#define TOOLS_LINKAGE_KEYTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "tools/linkage/persons.h"

enum { KEYTABLE_HASH_LEN = 16, KEYTABLE_TYPES = 16 };

/* One key of one row, as the vault would see it: a hash. */
struct keytable_entry {
    uint8_t hash[KEYTABLE_HASH_LEN];
    uint16_t type;
    uint32_t row;
};

/* All keys of all rows, equal ones side by side. */
struct keytable {
    struct keytable_entry *entries; /* sorted by hash */
    size_t count;
    uint32_t *places; /* the entries of each row, row after row */
    size_t *starts; /* of each row in 'places'; one more than rows */
    size_t keyless; /* rows without any key */
};

/* Makes the keys of every row.  With 'is_blind' each goes through the whole oblivious function
 * under a fresh key, as in service; otherwise a plain hash stands in its place, which meets the
 * same rows.
 * ERR_NOMEM and what the function may return. */
enum err keytable_init(struct keytable *table, const struct persons *persons,
                       const struct identity_rules *rules, bool is_blind) MUST_CHECK;
void keytable_done(struct keytable *table);

/* Finds the rows that share a key with 'row' and are fewer: calls 'meet' once for each, with a
 * bit (1 << type) for each type of key they share.  In a table of two files only rows of the
 * other file count. 'masks' has a zeroed uint32_t per row and is left zeroed; 'touched' has a
 * uint32_t per row. */
void keytable_meetings(const struct keytable *table, const struct persons *persons, uint32_t row,
                       uint32_t *masks, uint32_t *touched,
                       void (*meet)(void *context, uint32_t row, uint32_t other, uint32_t types),
                       void *context);

#endif
