/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_WIRE_ARENA_H
#define PROTO_WIRE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "base/attr.h"
#include "base/err.h"

/* Memory of one call: everything a request costs, decoded message and answer included, lies in one
 * region of fixed size that is wiped as a whole.  What is handed out is never freed alone. */
struct arena {
    uint8_t *base;
    size_t size; /* of the region */
    size_t cap; /* how much of it may be used now, at most 'size' */
    size_t used;
    bool was_full; /* something was asked that did not fit, since the last reset */
    ProtobufCAllocator allocator;
};

/* Takes a region of 'size' bytes; pages never written cost no memory.
 * ERR_NOMEM: no such region. */
enum err arena_init(struct arena *arena, size_t size) MUST_CHECK;

/* Wipes and frees; takes an arena that is all zero. */
void arena_done(struct arena *arena);

/* 'len' bytes, all zero, aligned for any type; NULL when the cap would be passed. */
void *arena_alloc(struct arena *arena, size_t len);

/* Room for 'count' elements, all zero; NULL also when the product does not fit a size_t. */
void *arena_array(struct arena *arena, size_t count, size_t element_len);

/* A copy of 'len' bytes with a NUL behind them (not counted); NULL when the cap would be passed. */
void *arena_copy(struct arena *arena, const void *data, size_t len);

/* A place to come back to. */
size_t arena_mark(const struct arena *arena);

/* Wipes and gives back all that was handed out since 'mark'. */
void arena_rewind(struct arena *arena, size_t mark);

/* Wipes and gives back everything, and sets the cap for what comes ('cap' beyond the region: the
 * whole). */
void arena_reset(struct arena *arena, size_t cap);

/* The arena as protobuf-c wants it; its free does nothing.  Lives as long as the arena. */
ProtobufCAllocator *arena_allocator(struct arena *arena);

#endif
