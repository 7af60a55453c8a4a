/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/tree.h"

#include <stdbool.h>

#include <sodium.h>

/* RFC 6962 section 2.1: the first byte keeps leaves and inner nodes apart. */
static const uint8_t LEAF_PREFIX = 0x00;
static const uint8_t NODE_PREFIX = 0x01;

void
tree_leaf_hash(const void *data, size_t len, struct tree_hash *out)
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &LEAF_PREFIX, 1);
    crypto_hash_sha256_update(&state, data, len);
    crypto_hash_sha256_final(&state, out->bytes);
}

void
tree_node_hash(const struct tree_hash *left, const struct tree_hash *right, struct tree_hash *out)
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &NODE_PREFIX, 1);
    crypto_hash_sha256_update(&state, left->bytes, TREE_HASH_LEN);
    crypto_hash_sha256_update(&state, right->bytes, TREE_HASH_LEN);
    crypto_hash_sha256_final(&state, out->bytes);
}

static bool
hash_equals(const struct tree_hash *a, const struct tree_hash *b)
{
    return sodium_memcmp(a->bytes, b->bytes, TREE_HASH_LEN) == 0;
}

static bool
bit_is_set(uint64_t value, unsigned int level)
{
    return (value >> level & 1) != 0;
}

void
tree_frontier_init(struct tree_frontier *frontier)
{
    *frontier = (struct tree_frontier) { 0 };
}

enum err
tree_frontier_append(struct tree_frontier *frontier, const struct tree_hash *leaf,
                     struct tree_completed *completed)
{
    struct tree_hash hash = *leaf;
    unsigned int level = 0;
    size_t count = 0;

    if (frontier->size >= TREE_SIZE_MAX) {
        return ERR_FULL;
    }
    for (;; level++) {
        if (completed != NULL) {
            completed->nodes[count] = (struct tree_node) {
                .level = (uint8_t) level,
                .index = frontier->size >> level,
                .hash = hash,
            };
        }
        count++;
        if (!bit_is_set(frontier->size, level)) {
            break;
        }
        tree_node_hash(&frontier->peaks[level], &hash, &hash);
    }
    frontier->peaks[level] = hash;
    frontier->size++;
    if (completed != NULL) {
        completed->count = count;
    }
    return ERR_OK;
}

void
tree_frontier_root(const struct tree_frontier *frontier, struct tree_hash *out)
{
    bool is_first = true;
    struct tree_hash root = { { 0 } };

    if (frontier->size == 0) {
        crypto_hash_sha256(out->bytes, NULL, 0);
        return;
    }
    for (unsigned int level = 0; level <= TREE_LEVEL_MAX; level++) {
        if (!bit_is_set(frontier->size, level)) {
            continue;
        }
        if (is_first) {
            root = frontier->peaks[level];
            is_first = false;
        } else {
            tree_node_hash(&frontier->peaks[level], &root, &root);
        }
    }
    *out = root;
}

enum err
tree_frontier_read(uint64_t size, const struct tree_reader *reader, struct tree_frontier *out)
{
    struct tree_frontier frontier = { .size = size };

    if (size > TREE_SIZE_MAX) {
        return ERR_INVALID;
    }
    for (unsigned int level = 0; level <= TREE_LEVEL_MAX; level++) {
        enum err err;

        if (!bit_is_set(size, level)) {
            continue;
        }
        /* The peak of a level stands left of all that the lower bits count. */
        err = reader->read(reader->context, (uint8_t) level, (size >> level) - 1,
                           &frontier.peaks[level]);
        if (err != ERR_OK) {
            return err;
        }
    }
    *out = frontier;
    return ERR_OK;
}

/* A run of leaves as the recursions of RFC 6962 make them: 'start' is a multiple of the
 * smallest power of two that is not below 'count', and 'count' is not 0. */
struct run {
    uint64_t start;
    uint64_t count;
};

static enum err
run_root(struct run run, const struct tree_reader *reader, struct tree_hash *out)
{
    struct tree_hash root = { { 0 } };
    bool is_first = true;

    for (unsigned int level = 0; run.count >> level != 0; level++) {
        struct tree_hash node = { { 0 } };
        uint64_t index = ((run.start + run.count) >> level) - 1;
        enum err err;

        if (!bit_is_set(run.count, level)) {
            continue;
        }
        err = reader->read(reader->context, (uint8_t) level, index, &node);
        if (err != ERR_OK) {
            return err;
        }
        if (is_first) {
            root = node;
            is_first = false;
        } else {
            tree_node_hash(&node, &root, &root);
        }
    }
    *out = root;
    return ERR_OK;
}

/* The largest power of two below 'count', which is at least 2. */
static uint64_t
split_of(uint64_t count)
{
    uint64_t k = 1;

    while (k < count - k) {
        k *= 2;
    }
    return k;
}

/* Halves '*run' towards the leaf 'at' and adds the other half's root to the proof. */
static enum err
descend(struct run *run, uint64_t at, const struct tree_reader *reader, struct tree_proof *proof)
{
    uint64_t k = split_of(run->count);
    struct run left = { run->start, k };
    struct run right = { run->start + k, run->count - k };
    bool goes_left = at < right.start;
    enum err err = run_root(goes_left ? right : left, reader, &proof->hashes[proof->count]);

    if (err != ERR_OK) {
        return err;
    }
    proof->count++;
    *run = goes_left ? left : right;
    return ERR_OK;
}

/* The recursions put the halves near the leaves first; we walked down from the root. */
static void
proof_reverse(struct tree_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        struct tree_hash hash = proof->hashes[i];

        proof->hashes[i] = proof->hashes[proof->count - 1 - i];
        proof->hashes[proof->count - 1 - i] = hash;
    }
}

enum err
tree_prove_inclusion(uint64_t index, uint64_t size, const struct tree_reader *reader,
                     struct tree_proof *out)
{
    struct tree_proof proof = { .count = 0 };
    struct run run = { 0, size };

    if (index >= size || size > TREE_SIZE_MAX) {
        return ERR_INVALID;
    }
    while (run.count > 1) {
        enum err err = descend(&run, index, reader, &proof);

        if (err != ERR_OK) {
            return err;
        }
    }
    proof_reverse(&proof);
    *out = proof;
    return ERR_OK;
}

enum err
tree_prove_consistency(uint64_t old_size, uint64_t new_size, const struct tree_reader *reader,
                       struct tree_proof *out)
{
    struct tree_proof proof = { .count = 0 };
    struct run run = { 0, new_size };
    enum err err = ERR_OK;

    if (old_size > new_size || new_size > TREE_SIZE_MAX) {
        return ERR_INVALID;
    }
    if (old_size == 0) {
        *out = proof;
        return ERR_OK;
    }
    /* Down to the run that ends where the older tree ends. */
    while (run.start + run.count != old_size) {
        err = descend(&run, old_size - 1, reader, &proof);
        if (err != ERR_OK) {
            return err;
        }
    }
    /* When that is the whole older tree, the verifier knows its root. */
    if (run.start != 0) {
        err = run_root(run, reader, &proof.hashes[proof.count]);
        if (err != ERR_OK) {
            return err;
        }
        proof.count++;
    }
    proof_reverse(&proof);
    *out = proof;
    return ERR_OK;
}

enum err
tree_verify_inclusion(const struct tree_hash *leaf, uint64_t index, uint64_t size,
                      const struct tree_hash *root, const struct tree_proof *proof)
{
    struct tree_hash hash = *leaf;
    uint64_t fn = index;
    uint64_t sn = size - 1;

    if (index >= size || proof->count > TREE_PROOF_MAX) {
        return ERR_AUTH;
    }
    for (size_t i = 0; i < proof->count; i++) {
        if (sn == 0) {
            return ERR_AUTH;
        }
        if (bit_is_set(fn, 0) || fn == sn) {
            tree_node_hash(&proof->hashes[i], &hash, &hash);
            while (!bit_is_set(fn, 0) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            tree_node_hash(&hash, &proof->hashes[i], &hash);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_equals(&hash, root) ? ERR_OK : ERR_AUTH;
}

/* What the verification of consistency carries from hash to hash (RFC 9162 names). */
struct climb {
    uint64_t fn;
    uint64_t sn;
    struct tree_hash fr; /* becomes the older root */
    struct tree_hash sr; /* becomes the newer root */
};

/* Returns whether the proof may hold this hash at all. */
static bool
climb_step(struct climb *climb, const struct tree_hash *hash)
{
    if (climb->sn == 0) {
        return false;
    }
    if (bit_is_set(climb->fn, 0) || climb->fn == climb->sn) {
        tree_node_hash(hash, &climb->fr, &climb->fr);
        tree_node_hash(hash, &climb->sr, &climb->sr);
        while (!bit_is_set(climb->fn, 0) && climb->fn != 0) {
            climb->fn >>= 1;
            climb->sn >>= 1;
        }
    } else {
        tree_node_hash(&climb->sr, hash, &climb->sr);
    }
    climb->fn >>= 1;
    climb->sn >>= 1;
    return true;
}

enum err
tree_verify_consistency(uint64_t old_size, const struct tree_hash *old_root, uint64_t new_size,
                        const struct tree_hash *new_root, const struct tree_proof *proof)
{
    struct climb climb = { .fn = old_size - 1, .sn = new_size - 1 };
    size_t next = 0;

    if (old_size == 0 || old_size > new_size || proof->count > TREE_PROOF_MAX) {
        return ERR_AUTH;
    }
    if (old_size == new_size) {
        return proof->count == 0 && hash_equals(old_root, new_root) ? ERR_OK : ERR_AUTH;
    }
    while (bit_is_set(climb.fn, 0)) {
        climb.fn >>= 1;
        climb.sn >>= 1;
    }
    /* An older tree of a power of two is itself the first hash. */
    climb.fr = *old_root;
    if (climb.fn != 0) {
        if (proof->count == 0) {
            return ERR_AUTH;
        }
        climb.fr = proof->hashes[next++];
    }
    climb.sr = climb.fr;
    for (; next < proof->count; next++) {
        if (!climb_step(&climb, &proof->hashes[next])) {
            return ERR_AUTH;
        }
    }
    return climb.sn == 0 && hash_equals(&climb.fr, old_root) && hash_equals(&climb.sr, new_root)
        ? ERR_OK
        : ERR_AUTH;
}
