/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_STORE_BATCH_H
#define VAULT_STORE_STORE_BATCH_H

#include "base/bytes.h"
#include "vault/store/store.h"

/* What is inside a batch.  Internal to the store. */

enum store_op_kind {
    STORE_OP_EXPECT_ABSENT,
    STORE_OP_EXPECT_VERSION,
    STORE_OP_PUT,
    STORE_OP_DELETE,
    STORE_OP_OUTBOX,
    STORE_OP_LEAF /* the leaf stands in the place of the key */
};

/* Key and value lie one behind the other in the batch's data. */
struct store_op {
    enum store_op_kind kind;
    enum store_space space;
    uint16_t month;
    size_t at;
    size_t key_len;
    size_t value_len;
    uint64_t version;
};

struct store_batch {
    struct store_id id;
    enum err err; /* the first thing that went wrong */
    struct store_op *ops;
    size_t count;
    size_t room;
    uint8_t *data;
    size_t len;
    size_t data_room;
    uint32_t leaf_count;
};

/* Whether a key is one: its length and its space. */
bool store_key_is_valid(const struct store_key *key);
bool store_id_is_valid(const struct store_id *id);

/* The parts of an operation; they live as long as the batch does not change. */
struct bytes store_op_key(const struct store_batch *batch, const struct store_op *op);
struct bytes store_op_value(const struct store_batch *batch, const struct store_op *op);

#endif
