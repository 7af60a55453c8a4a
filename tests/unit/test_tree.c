/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/tree.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/shared.h"
#include "tests/lib/temp.h"

enum { LEAF_MAX = 70, LEVELS = 8, VECTOR_FILES_MIN = 90 };

/* A tree kept as its complete nodes, as a store would. */
struct kept {
    struct tree_hash nodes[LEVELS][LEAF_MAX];
    struct tree_frontier frontier;
    struct tree_hash roots[LEAF_MAX + 1]; /* by size */
    struct tree_hash leaves[LEAF_MAX];
    size_t reads_left; /* the reader fails when none is left */
};

static struct kept the_kept;

static enum err
kept_read(void *context, uint8_t level, uint64_t index, struct tree_hash *out)
{
    struct kept *kept = context;

    /* Only complete nodes may be asked for. */
    assert_true(level < LEVELS);
    assert_true((index + 1) << level <= LEAF_MAX);
    if (kept->reads_left == 0) {
        return ERR_IO;
    }
    kept->reads_left--;
    *out = kept->nodes[level][index];
    return ERR_OK;
}

static struct tree_reader
kept_reader(struct kept *kept)
{
    kept->reads_left = SIZE_MAX;
    return (struct tree_reader) { kept_read, kept };
}

static struct kept *
kept_filled(void)
{
    struct kept *kept = &the_kept;

    memset(kept, 0, sizeof *kept);
    tree_frontier_init(&kept->frontier);
    tree_frontier_root(&kept->frontier, &kept->roots[0]);
    for (size_t i = 0; i < LEAF_MAX; i++) {
        const uint8_t data = (uint8_t) i;
        struct tree_completed completed;

        tree_leaf_hash(&data, 1, &kept->leaves[i]);
        assert_ok(tree_frontier_append(&kept->frontier, &kept->leaves[i], &completed));
        for (size_t n = 0; n < completed.count; n++) {
            const struct tree_node *node = &completed.nodes[n];

            kept->nodes[node->level][node->index] = node->hash;
        }
        tree_frontier_root(&kept->frontier, &kept->roots[i + 1]);
    }
    return kept;
}

static void
assert_hash(const struct tree_hash *hash, const char *hex)
{
    char text[2 * TREE_HASH_LEN + 1];

    bytes_to_hex(hash->bytes, TREE_HASH_LEN, text);
    assert_string_equal(text, hex);
}

/* The eight leaves used by the test suites of RFC 6962 logs, and the root of the first n of
 * them. */
static const struct {
    const char *leaf;
    const char *root;
} EIGHT[] = {
    { "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
    { "00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
    { "10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
    { "2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
    { "3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
    { "40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
    { "5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
    { "606162636465666768696a6b6c6d6e6f",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

static void
the_eight_leaves_have_the_known_roots(void **state)
{
    struct tree_frontier frontier;
    struct tree_hash hash;

    (void) state;
    tree_frontier_init(&frontier);
    tree_frontier_root(&frontier, &hash);
    assert_hash(&hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < sizeof EIGHT / sizeof EIGHT[0]; i++) {
        uint8_t leaf[16];
        size_t len = strlen(EIGHT[i].leaf) / 2;

        assert_ok(bytes_from_hex(EIGHT[i].leaf, leaf, len));
        tree_leaf_hash(leaf, len, &hash);
        assert_ok(tree_frontier_append(&frontier, &hash, NULL));
        tree_frontier_root(&frontier, &hash);
        assert_hash(&hash, EIGHT[i].root);
    }
}

static void
every_inclusion_is_proven_and_no_other_index_or_size_fits(void **state)
{
    struct kept *kept = kept_filled();
    struct tree_reader reader = kept_reader(kept);

    (void) state;
    for (uint64_t size = 1; size <= LEAF_MAX; size++) {
        for (uint64_t index = 0; index < size; index++) {
            const struct tree_hash *leaf = &kept->leaves[index];
            const struct tree_hash *root = &kept->roots[size];
            struct tree_proof proof;

            assert_ok(tree_prove_inclusion(index, size, &reader, &proof));
            assert_ok(tree_verify_inclusion(leaf, index, size, root, &proof));
            if (size > 1) {
                assert_err(ERR_AUTH,
                           tree_verify_inclusion(leaf, (index + 1) % size, size, root, &proof));
            }
            assert_err(ERR_AUTH,
                       tree_verify_inclusion(leaf, index, size, &kept->roots[size - 1], &proof));
            assert_err(ERR_AUTH, tree_verify_inclusion(leaf, size, size, root, &proof));
            if (proof.count > 0) {
                proof.count--;
                assert_err(ERR_AUTH, tree_verify_inclusion(leaf, index, size, root, &proof));
            }
        }
    }
}

static void
every_consistency_is_proven_and_no_changed_hash_fits(void **state)
{
    struct kept *kept = kept_filled();
    struct tree_reader reader = kept_reader(kept);

    (void) state;
    for (uint64_t new_size = 1; new_size <= LEAF_MAX; new_size++) {
        for (uint64_t old_size = 1; old_size <= new_size; old_size++) {
            const struct tree_hash *old_root = &kept->roots[old_size];
            const struct tree_hash *new_root = &kept->roots[new_size];
            struct tree_proof proof;

            assert_ok(tree_prove_consistency(old_size, new_size, &reader, &proof));
            assert_ok(tree_verify_consistency(old_size, old_root, new_size, new_root, &proof));
            for (size_t i = 0; i < proof.count; i++) {
                proof.hashes[i].bytes[i % TREE_HASH_LEN] ^= 1;
                assert_err(ERR_AUTH,
                           tree_verify_consistency(old_size, old_root, new_size, new_root, &proof));
                proof.hashes[i].bytes[i % TREE_HASH_LEN] ^= 1;
            }
            assert_err(ERR_AUTH,
                       tree_verify_consistency(old_size, &kept->roots[old_size - 1], new_size,
                                               new_root, &proof));
        }
    }
}

static void
a_frontier_read_back_goes_on_like_the_first(void **state)
{
    struct kept *kept = kept_filled();
    struct tree_reader reader = kept_reader(kept);

    (void) state;
    for (uint64_t size = 0; size < LEAF_MAX; size++) {
        struct tree_frontier frontier;
        struct tree_hash root;

        assert_ok(tree_frontier_read(size, &reader, &frontier));
        tree_frontier_root(&frontier, &root);
        assert_memory_equal(root.bytes, kept->roots[size].bytes, TREE_HASH_LEN);
        assert_ok(tree_frontier_append(&frontier, &kept->leaves[size], NULL));
        tree_frontier_root(&frontier, &root);
        assert_memory_equal(root.bytes, kept->roots[size + 1].bytes, TREE_HASH_LEN);
    }
}

static void
a_reader_that_fails_at_any_call_leaves_the_output_untouched(void **state)
{
    struct kept *kept = kept_filled();
    struct tree_reader reader = kept_reader(kept);
    enum err err = ERR_IO;

    (void) state;
    for (size_t reads = 0; err != ERR_OK; reads++) {
        struct tree_proof proof = { .count = 7 };

        kept->reads_left = reads;
        err = tree_prove_consistency(37, 69, &reader, &proof);
        assert_true(err == ERR_IO || err == ERR_OK);
        assert_true(err == ERR_OK || proof.count == 7);
    }
    kept->reads_left = 0;
    assert_err(ERR_IO, tree_frontier_read(5, &reader, &kept->frontier));
    assert_int_equal(kept->frontier.size, LEAF_MAX);
}

static void
sizes_out_of_bounds_are_refused(void **state)
{
    struct kept *kept = kept_filled();
    struct tree_reader reader = kept_reader(kept);
    struct tree_frontier full = { .size = TREE_SIZE_MAX };
    struct tree_proof proof = { .count = 0 };

    (void) state;
    assert_err(ERR_INVALID, tree_prove_inclusion(3, 3, &reader, &proof));
    assert_err(ERR_INVALID, tree_prove_inclusion(0, TREE_SIZE_MAX + 1, &reader, &proof));
    assert_err(ERR_INVALID, tree_prove_consistency(4, 3, &reader, &proof));
    assert_err(ERR_INVALID, tree_prove_consistency(4, TREE_SIZE_MAX + 1, &reader, &proof));
    assert_err(ERR_INVALID, tree_frontier_read(TREE_SIZE_MAX + 1, &reader, &kept->frontier));
    assert_err(ERR_FULL, tree_frontier_append(&full, &kept->leaves[0], NULL));
    assert_ok(tree_prove_consistency(0, 3, &reader, &proof));
    assert_int_equal(proof.count, 0);
    assert_err(ERR_AUTH, tree_verify_consistency(0, &kept->roots[0], 3, &kept->roots[3], &proof));
    proof.count = TREE_PROOF_MAX + 1;
    assert_err(ERR_AUTH, tree_verify_consistency(3, &kept->roots[3], 7, &kept->roots[7], &proof));
    assert_err(ERR_AUTH, tree_verify_inclusion(&kept->leaves[0], 0, 7, &kept->roots[7], &proof));
}

/* Reads a hash of a vector file.  One that is empty or too long can be no hash: returns false. 
 * A shorter one is filled up, since one good vector merely compares two such words. */
static bool
vector_hash(const json_t *text, struct tree_hash *out)
{
    uint8_t bytes[256] = { 0 };
    size_t len = 0;

    assert_ok(bytes_from_base64(json_string_value(text), json_string_length(text), bytes,
                                sizeof bytes, &len));
    memcpy(out->bytes, bytes, TREE_HASH_LEN);
    return len > 0 && len <= TREE_HASH_LEN;
}

static bool
vector_proof(const json_t *list, struct tree_proof *out)
{
    out->count = json_array_size(list);
    if (out->count > TREE_PROOF_MAX) {
        return false;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (!vector_hash(json_array_get(list, i), &out->hashes[i])) {
            return false;
        }
    }
    return true;
}

/* One file.  Its numbers go beyond those of jansson, so they are read from the text. */
struct vector {
    json_t *root;
    char *text;
};

static uint64_t
vector_number(const struct vector *vector, const char *key)
{
    const char *at = strstr(vector->text, key);

    assert_non_null(at);
    at += strlen(key);
    assert_memory_equal(at, "\": ", 3);
    return strtoull(at + 3, NULL, 10);
}

static const json_t *
vector_field(const struct vector *vector, const char *key)
{
    return json_object_get(vector->root, key);
}

static bool
inclusion_holds(const struct vector *vector)
{
    struct tree_hash leaf;
    struct tree_hash top;
    struct tree_proof proof;

    return vector_hash(vector_field(vector, "leafHash"), &leaf) &&
        vector_hash(vector_field(vector, "root"), &top) &&
        vector_proof(vector_field(vector, "proof"), &proof) &&
        tree_verify_inclusion(&leaf, vector_number(vector, "leafIdx"),
                              vector_number(vector, "treeSize"), &top, &proof) == ERR_OK;
}

static bool
consistency_holds(const struct vector *vector)
{
    struct tree_hash old_root;
    struct tree_hash new_root;
    struct tree_proof proof;

    return vector_hash(vector_field(vector, "root1"), &old_root) &&
        vector_hash(vector_field(vector, "root2"), &new_root) &&
        vector_proof(vector_field(vector, "proof"), &proof) &&
        tree_verify_consistency(vector_number(vector, "size1"), &old_root,
                                vector_number(vector, "size2"), &new_root, &proof) == ERR_OK;
}

static void
check_vector(const char *path, bool (*holds)(const struct vector *))
{
    struct vector vector = { 0 };
    size_t len = 0;
    bool is_wrong;

    assert_ok(file_read(path, 1 << 20, &vector.text, &len));
    vector.root = json_loadb(vector.text, len, JSON_DECODE_INT_AS_REAL, NULL);
    assert_non_null(vector.root);
    is_wrong = json_is_true(vector_field(&vector, "wantErr"));
    if (holds(&vector) == is_wrong) {
        fail_msg("%s: %s", path, json_string_value(vector_field(&vector, "desc")));
    }
    json_decref(vector.root);
    free(vector.text);
}

/* Runs every .json file below 'folder', two levels down; returns how many there were. */
static size_t
check_vectors(const char *folder, bool (*holds)(const struct vector *))
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char *path = temp_path(folder, entry->d_name);

        if (strstr(entry->d_name, ".json") != NULL) {
            check_vector(path, holds);
            count++;
        } else if (entry->d_name[0] != '.') {
            count += check_vectors(path, holds);
        }
        free(path);
    }
    closedir(dir);
    return count;
}

static void
the_public_vectors_agree(void **state)
{
    char *inclusion = shared_path("vectors/merkle/inclusion");
    char *consistency = shared_path("vectors/merkle/consistency");

    (void) state;
    if (inclusion == NULL || consistency == NULL) {
        free(inclusion);
        free(consistency);
        skip();
        return;
    }
    assert_true(check_vectors(inclusion, inclusion_holds) >= VECTOR_FILES_MIN);
    assert_true(check_vectors(consistency, consistency_holds) >= VECTOR_FILES_MIN);
    free(inclusion);
    free(consistency);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_eight_leaves_have_the_known_roots),
        cmocka_unit_test(every_inclusion_is_proven_and_no_other_index_or_size_fits),
        cmocka_unit_test(every_consistency_is_proven_and_no_changed_hash_fits),
        cmocka_unit_test(a_frontier_read_back_goes_on_like_the_first),
        cmocka_unit_test(a_reader_that_fails_at_any_call_leaves_the_output_untouched),
        cmocka_unit_test(sizes_out_of_bounds_are_refused),
        cmocka_unit_test(the_public_vectors_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
