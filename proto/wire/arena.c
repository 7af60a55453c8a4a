/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/wire/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

static void *
allocate_for_protobuf(void *arena, size_t len)
{
    return arena_alloc(arena, len);
}

static void
free_for_protobuf(void *arena, void *memory)
{
    (void) arena;
    (void) memory;
}

enum err
arena_init(struct arena *arena, size_t size)
{
    /* calloc: pages never written to stay unmapped, and what is handed out is zero. */
    uint8_t *base = calloc(1, size == 0 ? 1 : size);

    if (base == NULL) {
        return ERR_NOMEM;
    }
    *arena = (struct arena) { .base = base, .size = size, .cap = size };
    return ERR_OK;
}

void
arena_done(struct arena *arena)
{
    if (arena->base != NULL) {
        sodium_memzero(arena->base, arena->used);
        free(arena->base);
    }
    *arena = (struct arena) { .base = NULL };
}

void *
arena_alloc(struct arena *arena, size_t len)
{
    const size_t unit = alignof(max_align_t);
    size_t left = arena->cap - arena->used;
    void *memory = NULL;

    /* Rounded up only when it surely fits: 'used' is a multiple of the alignment, or the cap. */
    if (len > left) {
        arena->was_full = true;
        return NULL;
    }
    memory = arena->base + arena->used;
    len += (unit - len % unit) % unit;
    arena->used += len < left ? len : left;
    return memory;
}

void *
arena_array(struct arena *arena, size_t count, size_t element_len)
{
    if (element_len != 0 && count > SIZE_MAX / element_len) {
        arena->was_full = true;
        return NULL;
    }
    return arena_alloc(arena, count * element_len);
}

void *
arena_copy(struct arena *arena, const void *data, size_t len)
{
    uint8_t *copy = NULL;

    if (len == SIZE_MAX) {
        arena->was_full = true;
        return NULL;
    }
    copy = arena_alloc(arena, len + 1);
    if (copy != NULL && len > 0) {
        memcpy(copy, data, len);
    }
    return copy;
}

size_t
arena_mark(const struct arena *arena)
{
    return arena->used;
}

void
arena_rewind(struct arena *arena, size_t mark)
{
    if (mark < arena->used) {
        sodium_memzero(arena->base + mark, arena->used - mark);
        arena->used = mark;
    }
}

void
arena_reset(struct arena *arena, size_t cap)
{
    arena_rewind(arena, 0);
    arena->cap = cap < arena->size ? cap : arena->size;
    arena->was_full = false;
}

ProtobufCAllocator *
arena_allocator(struct arena *arena)
{
    arena->allocator = (ProtobufCAllocator) {
        .alloc = allocate_for_protobuf,
        .free = free_for_protobuf,
        .allocator_data = arena,
    };
    return &arena->allocator;
}
