/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/store_batch.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

enum { FIRST_OPS = 16, FIRST_DATA = 2048 };

struct store_key
store_key(enum store_space space, uint16_t month, const void *data, size_t len)
{
    struct store_key key = { .space = space, .month = month };

    if (len <= STORE_KEY_MAX) {
        key.len = len;
        memcpy(key.data, data, len);
    }
    return key;
}

bool
store_key_is_valid(const struct store_key *key)
{
    if (key->len == 0 || key->len > STORE_KEY_MAX) {
        return false;
    }
    switch (key->space) {
#define SPACE_CASE(code, number, name) case code:
        STORE_SPACE_MAP(SPACE_CASE)
#undef SPACE_CASE
        return true;
    }
    return false;
}

void
store_id_random(struct store_id *out)
{
    out->len = STORE_ID_MIN;
    memset(out->bytes, 0, sizeof out->bytes);
    randombytes_buf(out->bytes, out->len);
}

bool
store_id_is_valid(const struct store_id *id)
{
    return id->len >= STORE_ID_MIN && id->len <= STORE_ID_MAX;
}

enum err
store_batch_new(const struct store_id *id, struct store_batch **out)
{
    struct store_batch *batch = NULL;

    if (!store_id_is_valid(id)) {
        return ERR_INVALID;
    }
    batch = calloc(1, sizeof *batch);
    if (batch == NULL) {
        return ERR_NOMEM;
    }
    batch->id = *id;
    *out = batch;
    return ERR_OK;
}

void
store_batch_free(struct store_batch *batch)
{
    if (batch == NULL) {
        return;
    }
    free(batch->ops);
    free(batch->data);
    free(batch);
}

static size_t
grown(size_t room, size_t first, size_t wanted, size_t most)
{
    size_t next = room == 0 ? first : room;

    while (next < wanted) {
        next *= 2;
    }
    return next < most ? next : most;
}

/* Makes room for one more operation with 'len' bytes. */
static enum err
make_room(struct store_batch *batch, size_t len)
{
    if (batch->count == STORE_BATCH_MAX_OPS || len > STORE_BATCH_MAX_LEN - batch->len) {
        return ERR_TOO_BIG;
    }
    if (batch->count == batch->room) {
        size_t room = grown(batch->room, FIRST_OPS, batch->count + 1, STORE_BATCH_MAX_OPS);
        struct store_op *ops = realloc(batch->ops, room * sizeof *ops);

        if (ops == NULL) {
            return ERR_NOMEM;
        }
        batch->ops = ops;
        batch->room = room;
    }
    if (batch->data == NULL || batch->len + len > batch->data_room) {
        size_t room = grown(batch->data_room, FIRST_DATA, batch->len + len, STORE_BATCH_MAX_LEN);
        uint8_t *data = realloc(batch->data, room);

        if (data == NULL) {
            return ERR_NOMEM;
        }
        batch->data = data;
        batch->data_room = room;
    }
    return ERR_OK;
}

/* Adds 'op', whose key and value are copied behind what is there. */
static void
add(struct store_batch *batch, struct store_op op, struct bytes key, struct bytes value)
{
    if (batch->err != ERR_OK) {
        return;
    }
    batch->err = make_room(batch, key.len + value.len);
    if (batch->err != ERR_OK) {
        return;
    }
    op.at = batch->len;
    op.key_len = key.len;
    op.value_len = value.len;
    if (key.len > 0) {
        memcpy(batch->data + batch->len, key.data, key.len);
    }
    if (value.len > 0) {
        memcpy(batch->data + batch->len + key.len, value.data, value.len);
    }
    batch->len += key.len + value.len;
    batch->ops[batch->count++] = op;
    batch->leaf_count += op.kind == STORE_OP_LEAF;
}

static void
refuse(struct store_batch *batch, enum err err)
{
    if (batch->err == ERR_OK) {
        batch->err = err;
    }
}

static void
add_keyed(struct store_batch *batch, struct store_op op, const struct store_key *key,
          struct bytes value)
{
    if (!store_key_is_valid(key)) {
        refuse(batch, ERR_INVALID);
        return;
    }
    op.space = key->space;
    op.month = key->month;
    add(batch, op, (struct bytes) { .data = key->data, .len = key->len }, value);
}

void
store_batch_expect_absent(struct store_batch *batch, const struct store_key *key)
{
    const struct store_op op = { .kind = STORE_OP_EXPECT_ABSENT };

    add_keyed(batch, op, key, (struct bytes) { 0 });
}

void
store_batch_expect_version(struct store_batch *batch, const struct store_key *key, uint64_t version)
{
    const struct store_op op = { .kind = STORE_OP_EXPECT_VERSION, .version = version };

    add_keyed(batch, op, key, (struct bytes) { 0 });
}

void
store_batch_put(struct store_batch *batch, const struct store_key *key, const void *value,
                size_t len)
{
    const struct store_op op = { .kind = STORE_OP_PUT };

    if (key->space == STORE_OUTBOX) {
        refuse(batch, ERR_INVALID);
    } else if (len > STORE_VALUE_MAX) {
        refuse(batch, ERR_TOO_BIG);
    } else {
        add_keyed(batch, op, key, (struct bytes) { .data = value, .len = len });
    }
}

void
store_batch_delete(struct store_batch *batch, const struct store_key *key)
{
    const struct store_op op = { .kind = STORE_OP_DELETE };

    add_keyed(batch, op, key, (struct bytes) { 0 });
}

void
store_batch_outbox(struct store_batch *batch, const void *task, size_t len)
{
    const struct store_op op = { .kind = STORE_OP_OUTBOX, .space = STORE_OUTBOX };

    if (len > STORE_VALUE_MAX) {
        refuse(batch, ERR_TOO_BIG);
    } else {
        add(batch, op, (struct bytes) { 0 }, (struct bytes) { .data = task, .len = len });
    }
}

void
store_batch_leaf(struct store_batch *batch, const uint8_t leaf[STORE_LEAF_LEN], const void *body,
                 size_t len)
{
    const struct store_op op = { .kind = STORE_OP_LEAF, .space = STORE_STATE };

    if (len > STORE_LEAF_BODY_MAX) {
        refuse(batch, ERR_TOO_BIG);
    } else {
        add(batch, op, (struct bytes) { .data = leaf, .len = STORE_LEAF_LEN },
            (struct bytes) { .data = body, .len = len });
    }
}

enum err
store_batch_check(const struct store_batch *batch)
{
    return batch->err;
}

struct bytes
store_op_key(const struct store_batch *batch, const struct store_op *op)
{
    return (struct bytes) { .data = batch->data + op->at, .len = op->key_len };
}

struct bytes
store_op_value(const struct store_batch *batch, const struct store_op *op)
{
    return (struct bytes) { .data = batch->data + op->at + op->key_len, .len = op->value_len };
}
