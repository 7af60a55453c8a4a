/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_TREE_H
#define PROTO_ESCROW_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* The SHA-256 Merkle tree of RFC 6962 and RFC 9162.
 *
 * Level 0 holds the leaves; the node (level, index) is the root of the complete subtree over
 * the leaves index * 2^level up to and without (index + 1) * 2^level.  A node never changes
 * once it is complete, so whoever keeps the tree stores each node once, as tree_frontier_append
 * hands it out. */

enum {
    TREE_HASH_LEN = 32,
    TREE_LEVEL_MAX = 63,
    TREE_PROOF_MAX = 65, /* hashes in one proof */
};

/* A tree holds at most this many leaves. */
#define TREE_SIZE_MAX (UINT64_C(1) << 62)

struct tree_hash {
    uint8_t bytes[TREE_HASH_LEN];
};

struct tree_node {
    uint8_t level;
    uint64_t index;
    struct tree_hash hash;
};

void tree_leaf_hash(const void *data, size_t len, struct tree_hash *out);
void tree_node_hash(const struct tree_hash *left, const struct tree_hash *right,
                    struct tree_hash *out);

/* How the caller's complete nodes are read.  The functions below ask for complete nodes alone. */
struct tree_reader {
    /* Fills '*out'; any error but ERR_OK ends the operation and is its result. */
    enum err (*read)(void *context, uint8_t level, uint64_t index, struct tree_hash *out);
    void *context;
};

/* The right edge of a growing tree: what is needed to append and to know the root. */
struct tree_frontier {
    uint64_t size;
    struct tree_hash
        peaks[TREE_LEVEL_MAX + 1]; /* that of level n counts where bit n of size is set */
};

/* The nodes that one append completes: the leaf, then upwards. */
struct tree_completed {
    size_t count;
    struct tree_node nodes[TREE_LEVEL_MAX + 1];
};

void tree_frontier_init(struct tree_frontier *frontier);

/* Appends a leaf's hash.  'completed' may be NULL.
 * ERR_FULL: the tree holds TREE_SIZE_MAX leaves; nothing has changed. */
enum err tree_frontier_append(struct tree_frontier *frontier, const struct tree_hash *leaf,
                              struct tree_completed *completed) MUST_CHECK;

/* The root; of an empty tree the hash of nothing. */
void tree_frontier_root(const struct tree_frontier *frontier, struct tree_hash *out);

/* Reads the frontier of the first 'size' leaves.
 * ERR_INVALID: beyond TREE_SIZE_MAX.  Else the reader's error. */
enum err tree_frontier_read(uint64_t size, const struct tree_reader *reader,
                            struct tree_frontier *out) MUST_CHECK;

struct tree_proof {
    size_t count;
    struct tree_hash hashes[TREE_PROOF_MAX];
};

/* Proves that leaf 'index' is in the tree of the first 'size' leaves (RFC 6962 section 2.1.1).
 * ERR_INVALID: no such leaf, or beyond TREE_SIZE_MAX.  Else the reader's error. */
enum err tree_prove_inclusion(uint64_t index, uint64_t size, const struct tree_reader *reader,
                              struct tree_proof *out) MUST_CHECK;

/* Proves that the first 'old_size' leaves of the tree of 'new_size' are the older tree (RFC 6962
 * section 2.1.2); empty when the sizes are equal or 'old_size' is 0.
 * ERR_INVALID: 'old_size' above 'new_size', or beyond TREE_SIZE_MAX.  Else the reader's error. */
enum err tree_prove_consistency(uint64_t old_size, uint64_t new_size,
                                const struct tree_reader *reader,
                                struct tree_proof *out) MUST_CHECK;

/* Verifies a proof of inclusion (RFC 9162 section 2.1.3.2).
 * ERR_AUTH: it does not prove that. */
enum err tree_verify_inclusion(const struct tree_hash *leaf, uint64_t index, uint64_t size,
                               const struct tree_hash *root,
                               const struct tree_proof *proof) MUST_CHECK;

/* Verifies a proof of consistency (RFC 9162 section 2.1.4.2).  From an empty tree nothing can be
 * proven: with 'old_size' 0 every proof is refused; who has seen nothing yet needs none.
 * ERR_AUTH: it does not prove that. */
enum err tree_verify_consistency(uint64_t old_size, const struct tree_hash *old_root,
                                 uint64_t new_size, const struct tree_hash *new_root,
                                 const struct tree_proof *proof) MUST_CHECK;

#endif
