/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_KEYTABLE_H
#define TOOLS_LINKAGE_KEYTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/matchkeys.h"
#include "tools/linkage/persons.h"

/* As long as the highest type and one more, so that a type is an index. */
#define KEYTABLE_TYPE_ROOM(number, ...) char type_##number[(number) + 1];
union keytable_type_room {
    MATCHKEY_TYPE_MAP(KEYTABLE_TYPE_ROOM)
};
#undef KEYTABLE_TYPE_ROOM

enum { KEYTABLE_HASH_LEN = 16, KEYTABLE_TYPES = sizeof(union keytable_type_room) };

_Static_assert(KEYTABLE_TYPES <= 32, "a set of types is a mask of 32 bits");

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

/* What a walk over all meetings needs beside the table. */
struct keytable_walk {
    const struct persons *persons;
    uint32_t *masks; /* one a row, zero between the calls */
    uint32_t *touched; /* one a row */
    void (*meet)(void *context, uint32_t row, uint32_t other, uint32_t types);
    void *context;
};

/* ERR_NOMEM.  keytable_walk_done() it. */
enum err keytable_walk_init(struct keytable_walk *walk, const struct persons *persons) MUST_CHECK;
void keytable_walk_done(struct keytable_walk *walk);

/* Finds the rows before 'row' that share a key with it: calls 'meet' once for each, with a bit
 * (1 << type) for each type of key they share.  In a table of two files only rows of the other file
 * count. */
void keytable_meetings(const struct keytable *table, struct keytable_walk *walk, uint32_t row);

#endif
