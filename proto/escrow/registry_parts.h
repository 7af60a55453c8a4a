/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_REGISTRY_PARTS_H
#define PROTO_ESCROW_REGISTRY_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/registry.h"

/* What the files of the registry share; for no other file. */

/* The words of the JSON, here alone so that reading, checking and writing agree. */
#define REGISTRY_FORMAT "sein1/registry"
#define REGISTRY_LIST_CTXS "ctxs"
#define REGISTRY_LIST_SERVICE_KEYS "service_keys"
#define REGISTRY_LIST_GATE_KEYS "gate_keys"
#define REGISTRY_LIST_TEAM_KEYS "team_keys"
#define REGISTRY_LIST_PARTIES "parties"
#define REGISTRY_LIST_MEMBERS "members"

enum {
    REGISTRY_VKEY_TEXT_MAX = NOTE_VKEY_ROOM - 1,
    REGISTRY_LAST_DAY = 2932896, /* 31 December 9999 */
};

/* Memory that is freed all at once. */
struct registry_pool {
    struct registry_block *blocks;
};

/* 'count' zeroed elements of 'size' bytes, aligned for any of ours; NULL when there is no
 * memory. */
void *registry_pool_new(struct registry_pool *pool, size_t count, size_t size);
void registry_pool_done(struct registry_pool *pool);

struct registry {
    struct registry_facts facts; /* its pointers lie in 'pool' */
    struct registry_pool pool;
    char *note;
    size_t note_len;
    size_t text_len; /* the JSON is the front of the note */
    struct note_vkey audit_key;
    struct note_vkey witness_key; /* when facts.witness_vkey is not NULL */
};

/* A place in the JSON: a key, or an element of a list; on the stack of whoever works there. */
struct registry_place {
    const struct registry_place *up; /* NULL: the whole */
    const char *key;
    size_t index; /* REGISTRY_NO_INDEX: not an element */
};

#define REGISTRY_NO_INDEX SIZE_MAX

/* Fills '*error' with the problem and the place "list[index].key". */
void registry_error_at(struct registry_error *error, enum registry_problem problem,
                       const struct registry_place *place);

/* Reads the JSON 'text' into '*out', whose pointers lie in 'pool'.  Checks the form alone.
 * ERR_MALFORMED: '*error' says where.  ERR_NOMEM. */
enum err registry_read(const char *text, size_t len, struct registry_pool *pool,
                       struct registry_facts *out, struct registry_error *error) MUST_CHECK;

/* Checks bounds, keys and that unique is what must be.
 * ERR_MALFORMED: '*error' says where.  ERR_NOMEM. */
enum err registry_check(const struct registry_facts *facts,
                        struct registry_error *error) MUST_CHECK;

#endif
