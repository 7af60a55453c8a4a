/* SPDX-License-Identifier: EUPL-1.2 */
/* What every engine behind store.h must do: the leaves of the audit log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/engine.h"

/* Appends 'count' leaves from number 'first' on: leaf n is filled with n and its body is n in
 * text. */
static void
append(struct store *store, uint64_t first, size_t count)
{
    struct store_batch *batch = engine_batch();
    struct store_result result;

    for (size_t i = 0; i < count; i++) {
        char body[24];

        (void) snprintf(body, sizeof body, "%zu", (size_t) first + i);
        engine_leaf(batch, (uint8_t) (first + i), body);
    }
    result = engine_apply(store, batch);
    assert_int_equal(result.first_leaf, first);
    assert_int_equal(result.leaf_count, count);
}

/* The head that such a log has, computed without the store. */
static void
expected_head(uint64_t size, struct store_head *out)
{
    struct tree_frontier frontier;

    tree_frontier_init(&frontier);
    for (uint64_t i = 0; i < size; i++) {
        uint8_t leaf[STORE_LEAF_LEN];
        struct tree_hash hash;

        memset(leaf, (uint8_t) i, sizeof leaf);
        tree_leaf_hash(leaf, sizeof leaf, &hash);
        assert_ok(tree_frontier_append(&frontier, &hash, NULL));
    }
    out->size = size;
    tree_frontier_root(&frontier, &out->root);
}

static void
the_head_is_that_of_the_leaves(void **state)
{
    struct engine_case *it = *state;
    struct store_head wanted = { 0 };
    struct store_head head = { 0 };
    uint64_t size = 0;

    for (size_t step = 0; step < 12; step++) {
        expected_head(size, &wanted);
        assert_ok(store_head(it->store, NULL, &head));
        assert_int_equal(head.size, size);
        assert_memory_equal(&head.root, &wanted.root, sizeof head.root);
        append(it->store, size, step + 1);
        size += step + 1;
        if (step % 4 == 3) {
            engine_reopen(it, 0);
        }
    }
}

static void
leaves_are_read_back_in_pages(void **state)
{
    struct engine_case *it = *state;
    struct store_leaf_page page = { 0 };
    uint8_t leaf[STORE_LEAF_LEN];

    append(it->store, 0, 70);
    append(it->store, 70, 30);
    assert_ok(store_leaves(it->store, NULL, 60, 25, &page));
    assert_int_equal(page.count, 25);
    for (size_t i = 0; i < page.count; i++) {
        char body[24];

        memset(leaf, (int) (60 + i), sizeof leaf);
        (void) snprintf(body, sizeof body, "%zu", 60 + i);
        assert_int_equal(page.leaves[i].number, 60 + i);
        assert_memory_equal(page.leaves[i].leaf, leaf, sizeof leaf);
        assert_int_equal(page.leaves[i].len, strlen(body));
        assert_memory_equal(page.leaves[i].body, body, strlen(body));
    }
    store_leaf_page_done(&page);
    assert_ok(store_leaves(it->store, NULL, 95, STORE_SCAN_MAX, &page));
    assert_int_equal(page.count, 5);
    store_leaf_page_done(&page);
    assert_ok(store_leaves(it->store, NULL, 100, 1, &page));
    assert_int_equal(page.count, 0);
    store_leaf_page_done(&page);
    assert_err(ERR_INVALID, store_leaves(it->store, NULL, 0, 0, &page));
    assert_err(ERR_INVALID, store_leaves(it->store, NULL, 0, STORE_SCAN_MAX + 1, &page));
}

static void
every_proof_from_the_stored_tree_verifies(void **state)
{
    enum { SIZE = 37 };
    struct engine_case *it = *state;
    struct store_snapshot *snapshot = NULL;
    struct tree_reader reader;
    struct store_head head = { 0 };
    struct tree_proof proof;

    append(it->store, 0, SIZE);
    assert_ok(store_snapshot_begin(it->store, &snapshot));
    reader = store_tree_reader(snapshot);
    assert_ok(store_head(it->store, snapshot, &head));
    for (uint64_t i = 0; i < SIZE; i++) {
        struct store_head then = { 0 };
        struct tree_hash hash;
        uint8_t leaf[STORE_LEAF_LEN];

        memset(leaf, (uint8_t) i, sizeof leaf);
        tree_leaf_hash(leaf, sizeof leaf, &hash);
        assert_ok(tree_prove_inclusion(i, SIZE, &reader, &proof));
        assert_ok(tree_verify_inclusion(&hash, i, SIZE, &head.root, &proof));
        expected_head(i + 1, &then);
        assert_ok(tree_prove_consistency(i + 1, SIZE, &reader, &proof));
        assert_ok(tree_verify_consistency(i + 1, &then.root, SIZE, &head.root, &proof));
    }
    store_snapshot_end(snapshot);
}

static void
a_head_seen_before_is_recognised_and_another_is_not(void **state)
{
    struct engine_case *it = *state;
    struct store_head head = { 0 };

    append(it->store, 0, 11);
    for (uint64_t size = 0; size <= 11; size++) {
        expected_head(size, &head);
        assert_ok(store_expect_head(it->store, &head));
        head.root.bytes[31] ^= 1;
        assert_err(ERR_ROLLBACK, store_expect_head(it->store, &head));
    }
    expected_head(12, &head);
    assert_err(ERR_ROLLBACK, store_expect_head(it->store, &head));
}

static void
the_newest_checkpoint_is_kept_and_never_a_smaller_one(void **state)
{
    static uint8_t big[STORE_CHECKPOINT_MAX + 1];
    struct engine_case *it = *state;
    uint8_t note[STORE_CHECKPOINT_MAX];
    uint64_t size = 99;
    size_t len = 0;

    append(it->store, 0, 5);
    assert_err(ERR_NOT_FOUND, store_checkpoint(it->store, &size, note, &len));
    assert_int_equal(size, 99);
    assert_err(ERR_INVALID, store_put_checkpoint(it->store, 6, "six", 3));
    assert_err(ERR_INVALID, store_put_checkpoint(it->store, 5, "", 0));
    assert_err(ERR_INVALID, store_put_checkpoint(it->store, 5, big, sizeof big));
    assert_ok(store_put_checkpoint(it->store, 4, "four", 4));
    assert_ok(store_put_checkpoint(it->store, 4, "four, cosigned", 14));
    assert_err(ERR_ROLLBACK, store_put_checkpoint(it->store, 3, "three", 5));
    engine_reopen(it, 0);
    assert_ok(store_checkpoint(it->store, &size, note, &len));
    assert_int_equal(size, 4);
    assert_int_equal(len, 14);
    assert_memory_equal(note, "four, cosigned", 14);
    assert_err(ERR_ROLLBACK, store_put_checkpoint(it->store, 3, "three", 5));
    assert_ok(store_put_checkpoint(it->store, 5, big, STORE_CHECKPOINT_MAX));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, engine_setup, engine_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_head_is_that_of_the_leaves),
        CASE(leaves_are_read_back_in_pages),
        CASE(every_proof_from_the_stored_tree_verifies),
        CASE(a_head_seen_before_is_recognised_and_another_is_not),
        CASE(the_newest_checkpoint_is_kept_and_never_a_smaller_one),
    };
    int failed = 0;

    for (engine_now = engines; engine_now->name != NULL; engine_now++) {
        failed += cmocka_run_group_tests_name(engine_now->name, tests, NULL, NULL);
    }
    return failed;
}
