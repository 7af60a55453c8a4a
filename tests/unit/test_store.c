/* SPDX-License-Identifier: EUPL-1.2 */
/* What every engine behind store.h must do: rows and batches. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/engine.h"
#include "tests/lib/temp.h"

static void
a_row_is_read_back_with_its_version(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_RECORDS, 312, "a");
    struct store_value first = { 0 };
    struct store_value second = { 0 };

    assert_err(ERR_NOT_FOUND, store_get(it->store, NULL, &key, &first));
    engine_put(it->store, key, "one");
    assert_ok(store_get(it->store, NULL, &key, &first));
    assert_int_equal(first.len, 3);
    assert_memory_equal(first.data, "one", 3);
    engine_put(it->store, key, "");
    assert_ok(store_get(it->store, NULL, &key, &second));
    assert_int_equal(second.len, 0);
    assert_non_null(second.data);
    assert_true(second.version > first.version);
    store_value_done(&first);
    store_value_done(&second);
    assert_null(first.data);
}

static void
a_row_stays_after_the_store_was_closed(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_RECORDS, 312, "a");
    struct store_value before = { 0 };
    struct store_value after = { 0 };

    engine_put(it->store, key, "one");
    assert_ok(store_get(it->store, NULL, &key, &before));
    engine_reopen(it, 0);
    assert_ok(store_get(it->store, NULL, &key, &after));
    assert_int_equal(after.version, before.version);
    store_value_done(&after);
    engine_put(it->store, key, "two");
    assert_ok(store_get(it->store, NULL, &key, &after));
    assert_true(after.version > before.version);
    store_value_done(&before);
    store_value_done(&after);
}

static void
space_and_month_are_part_of_the_address(void **state)
{
    struct engine_case *it = *state;
    const struct store_key here = engine_key(STORE_RECORDS, 312, "a");
    const struct store_key month = engine_key(STORE_RECORDS, 313, "a");
    const struct store_key space = engine_key(STORE_INDEX, 312, "a");
    struct store_value value = { 0 };

    engine_put(it->store, here, "here");
    assert_err(ERR_NOT_FOUND, store_get(it->store, NULL, &month, &value));
    assert_err(ERR_NOT_FOUND, store_get(it->store, NULL, &space, &value));
    assert_null(value.data);
}

static void
a_deleted_row_is_gone_and_deleting_twice_is_fine(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_value value = { 0 };

    engine_put(it->store, key, "one");
    for (int i = 0; i < 2; i++) {
        struct store_batch *batch = engine_batch();

        store_batch_delete(batch, &key);
        engine_apply(it->store, batch);
        assert_err(ERR_NOT_FOUND, store_get(it->store, NULL, &key, &value));
    }
}

static void
operations_are_done_in_order(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_batch *batch = engine_batch();
    struct store_value value = { 0 };

    store_batch_put(batch, &key, "one", 3);
    store_batch_delete(batch, &key);
    store_batch_put(batch, &key, "three", 5);
    engine_apply(it->store, batch);
    assert_ok(store_get(it->store, NULL, &key, &value));
    assert_int_equal(value.len, 5);
    store_value_done(&value);
}

static void
a_failed_precondition_leaves_nothing_and_names_the_key(void **state)
{
    struct engine_case *it = *state;
    const struct store_key taken = engine_key(STORE_TICKETS, 5, "taken");
    const struct store_key other = engine_key(STORE_RECORDS, 312, "other");
    struct store_batch *batch = engine_batch();
    struct store_result result;
    struct store_value value = { 0 };
    struct store_head head = { 0 };

    engine_put(it->store, taken, "x");
    store_batch_put(batch, &other, "y", 1);
    engine_leaf(batch, 7, "body");
    store_batch_expect_absent(batch, &other); /* looked at before the put above */
    store_batch_expect_absent(batch, &taken);
    result = engine_apply_err(ERR_CONFLICT, it->store, batch);
    assert_int_equal(result.conflict.space, STORE_TICKETS);
    assert_int_equal(result.conflict.month, 5);
    assert_int_equal(result.conflict.len, 5);
    assert_memory_equal(result.conflict.data, "taken", 5);
    assert_err(ERR_NOT_FOUND, store_get(it->store, NULL, &other, &value));
    assert_ok(store_head(it->store, NULL, &head));
    assert_int_equal(head.size, 0);
}

static void
a_row_changed_meanwhile_is_a_conflict(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_value value = { 0 };
    struct store_batch *batch = NULL;

    batch = engine_batch();
    store_batch_expect_version(batch, &key, 1);
    engine_apply_err(ERR_CONFLICT, it->store, batch);

    engine_put(it->store, key, "one");
    assert_ok(store_get(it->store, NULL, &key, &value));
    for (int i = 0; i < 2; i++) {
        batch = engine_batch();
        store_batch_expect_version(batch, &key, value.version);
        store_batch_put(batch, &key, "two", 3);
        engine_apply_err(i == 0 ? ERR_OK : ERR_CONFLICT, it->store, batch);
    }
    store_value_done(&value);
}

static void
a_row_put_again_with_equal_bytes_is_another_version(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_value value = { 0 };
    struct store_batch *batch = NULL;

    engine_put(it->store, key, "one");
    assert_ok(store_get(it->store, NULL, &key, &value));
    batch = engine_batch();
    store_batch_delete(batch, &key);
    engine_apply(it->store, batch);
    engine_put(it->store, key, "one");
    batch = engine_batch();
    store_batch_expect_version(batch, &key, value.version);
    engine_apply_err(ERR_CONFLICT, it->store, batch);
    store_value_done(&value);
}

/* ---- replays ---- */

static struct store_batch *
named_batch(const struct store_id *id)
{
    struct store_batch *batch = NULL;

    assert_ok(store_batch_new(id, &batch));
    return batch;
}

static void
a_batch_sent_again_gets_its_first_result(void **state)
{
    struct engine_case *it = *state;
    struct store_id id;
    struct store_batch *batch = NULL;
    struct store_result first;
    struct store_result again;
    struct store_head head = { 0 };

    batch = engine_batch();
    engine_leaf(batch, 1, "before");
    engine_apply(it->store, batch);

    store_id_random(&id);
    for (int i = 0; i < 3; i++) {
        if (i == 2) {
            engine_reopen(it, 0);
        }
        batch = named_batch(&id);
        engine_leaf(batch, 2, "a");
        engine_leaf(batch, 3, "b");
        if (i == 0) {
            first = engine_apply(it->store, batch);
            assert_int_equal(first.first_leaf, 1);
            assert_int_equal(first.leaf_count, 2);
        } else {
            again = engine_apply_err(ERR_REPLAY, it->store, batch);
            assert_int_equal(again.first_leaf, 1);
            assert_int_equal(again.leaf_count, 2);
        }
    }
    assert_ok(store_head(it->store, NULL, &head));
    assert_int_equal(head.size, 3);
}

static void
the_outcome_of_a_batch_can_be_asked(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_id done;
    struct store_id refused;
    struct store_id never;
    struct store_batch *batch = NULL;
    struct store_result result = { .first_leaf = 99 };

    store_id_random(&done);
    store_id_random(&refused);
    store_id_random(&never);
    batch = named_batch(&done);
    engine_leaf(batch, 2, "a");
    store_batch_put(batch, &key, "x", 1);
    engine_apply(it->store, batch);
    batch = named_batch(&refused);
    store_batch_expect_absent(batch, &key);
    engine_apply_err(ERR_CONFLICT, it->store, batch);

    assert_err(ERR_NOT_FOUND, store_outcome(it->store, &refused, &result));
    assert_err(ERR_NOT_FOUND, store_outcome(it->store, &never, &result));
    assert_int_equal(result.first_leaf, 99);
    engine_reopen(it, 0);
    assert_ok(store_outcome(it->store, &done, &result));
    assert_int_equal(result.first_leaf, 0);
    assert_int_equal(result.leaf_count, 1);
    never.len = 15;
    assert_err(ERR_INVALID, store_outcome(it->store, &never, &result));
}

static void
an_id_is_known_for_48_hours_and_forgotten_later(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_id id;
    struct store_batch *batch = NULL;
    struct store_result result = { 0 };

    engine_set_clock(it, "2026-03-01T00:00:00Z");
    store_id_random(&id);
    batch = named_batch(&id);
    store_batch_put(batch, &key, "x", 1);
    engine_apply(it->store, batch);

    engine_set_clock(it, "2026-03-02T23:59:59Z");
    engine_put(it->store, key, "y");
    assert_ok(store_outcome(it->store, &id, &result));
    engine_set_clock(it, "2026-03-03T00:00:00Z");
    engine_put(it->store, key, "y");
    assert_ok(store_outcome(it->store, &id, &result));
    engine_set_clock(it, "2026-02-28T23:00:00Z"); /* set back */
    assert_ok(store_outcome(it->store, &id, &result));
    engine_set_clock(it, "2026-03-05T00:00:00Z");
    engine_put(it->store, key, "y");
    assert_err(ERR_NOT_FOUND, store_outcome(it->store, &id, &result));
    engine_set_clock(it, "2026-03-02T00:00:00Z"); /* it is really gone, not only out of sight */
    assert_err(ERR_NOT_FOUND, store_outcome(it->store, &id, &result));
}

/* ---- pages, snapshots, months, tasks ---- */

static void
a_scan_pages_through_a_prefix_in_order(void **state)
{
    struct engine_case *it = *state;
    struct store_batch *batch = engine_batch();
    const char *texts[] = { "b3", "b1", "b2", "a9", "c1", "b" };
    struct store_range range = { .space = STORE_LINKS,
                                 .month = 312,
                                 .prefix = (const uint8_t *) "b",
                                 .prefix_len = 1,
                                 .limit = 3 };
    struct store_page page = { 0 };
    struct store_key last;

    for (size_t i = 0; i < 6; i++) {
        const struct store_key key = engine_key(STORE_LINKS, 312, texts[i]);
        const struct store_key elsewhere = engine_key(STORE_LINKS, 313, texts[i]);

        store_batch_put(batch, &key, texts[i], strlen(texts[i]));
        store_batch_put(batch, &elsewhere, "no", 2);
    }
    engine_apply(it->store, batch);

    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 3);
    assert_false(page.is_last);
    assert_memory_equal(page.rows[0].key.data, "b", 1);
    assert_int_equal(page.rows[0].key.len, 1);
    assert_memory_equal(page.rows[1].data, "b1", 2);
    assert_memory_equal(page.rows[2].data, "b2", 2);
    last = page.rows[2].key;
    store_page_done(&page);

    range.after = &last;
    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 1);
    assert_true(page.is_last);
    assert_memory_equal(page.rows[0].key.data, "b3", 2);
    last = page.rows[0].key;
    store_page_done(&page);
    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 0);
    assert_true(page.is_last);
    store_page_done(&page);

    range.after = NULL;
    range.limit = 4; /* exactly what is there */
    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 4);
    assert_true(page.is_last);
    store_page_done(&page);
}

static void
a_page_is_bounded_in_bytes(void **state)
{
    static uint8_t value[STORE_VALUE_MAX];
    struct engine_case *it = *state;
    const struct store_range range = { .space = STORE_LINKS, .limit = STORE_SCAN_MAX };
    struct store_page page = { 0 };

    for (uint8_t i = 0; i < 20; i++) {
        const struct store_key key = store_key(STORE_LINKS, 0, &i, 1);
        struct store_batch *batch = engine_batch();

        store_batch_put(batch, &key, value, sizeof value);
        engine_apply(it->store, batch);
    }
    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 15);
    assert_false(page.is_last);
    store_page_done(&page);
}

static void
a_range_that_is_none_is_refused(void **state)
{
    struct engine_case *it = *state;
    struct store_range range = { .space = STORE_LINKS, .limit = 0 };
    struct store_page page = { 0 };

    assert_err(ERR_INVALID, store_scan(it->store, NULL, &range, &page));
    range.limit = STORE_SCAN_MAX + 1;
    assert_err(ERR_INVALID, store_scan(it->store, NULL, &range, &page));
    range.limit = STORE_SCAN_MAX;
    range.prefix_len = STORE_KEY_MAX + 1;
    assert_err(ERR_INVALID, store_scan(it->store, NULL, &range, &page));
    range.prefix_len = 0;
    range.space = (enum store_space) 99;
    assert_err(ERR_INVALID, store_scan(it->store, NULL, &range, &page));
    assert_null(page.rows);
}

static void
a_snapshot_does_not_see_what_comes_after_it(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_snapshot *snapshot = NULL;
    struct store_value value = { 0 };
    struct store_head head = { 0 };
    struct store_batch *batch = NULL;

    engine_put(it->store, key, "one");
    assert_ok(store_snapshot_begin(it->store, &snapshot));
    batch = engine_batch();
    store_batch_put(batch, &key, "two", 3);
    engine_leaf(batch, 1, "");
    engine_apply(it->store, batch);

    assert_ok(store_get(it->store, snapshot, &key, &value));
    assert_memory_equal(value.data, "one", 3);
    store_value_done(&value);
    assert_ok(store_head(it->store, snapshot, &head));
    assert_int_equal(head.size, 0);
    store_snapshot_end(snapshot);
    assert_ok(store_head(it->store, NULL, &head));
    assert_int_equal(head.size, 1);
}

static void
a_dropped_month_takes_its_rows_and_no_others(void **state)
{
    struct engine_case *it = *state;
    const struct store_key kept = engine_key(STORE_RECORDS, 313, "kept");
    const struct store_key timeless = engine_key(STORE_RECORDS, 0, "timeless");
    struct store_value value = { 0 };
    struct store_stats stats = { 0 };
    uint16_t months[4] = { 0 };
    uint64_t dropped = 0;
    size_t count = 0;

    engine_put(it->store, kept, "x");
    engine_put(it->store, timeless, "x");
    for (uint16_t i = 0; i < 1300; i += 100) {
        struct store_batch *batch = engine_batch();

        for (uint16_t j = i; j < i + 100; j++) {
            const struct store_key key = store_key(STORE_INDEX, 312, &j, sizeof j);

            store_batch_put(batch, &key, "row", 3);
        }
        engine_apply(it->store, batch);
    }
    engine_put(it->store, engine_key(STORE_RECORDS, 312, "a"), "x");
    assert_ok(store_months(it->store, STORE_RECORDS, months, 4, &count));
    assert_int_equal(count, 3);
    assert_int_equal(months[0], 0);
    assert_int_equal(months[1], 312);
    assert_int_equal(months[2], 313);
    assert_err(ERR_TOO_BIG, store_months(it->store, STORE_RECORDS, months, 2, &count));

    assert_err(ERR_INVALID, store_drop_month(it->store, 0, &dropped));
    assert_ok(store_drop_month(it->store, 312, &dropped));
    assert_int_equal(dropped, 1301);
    assert_ok(store_months(it->store, STORE_INDEX, months, 4, &count));
    assert_int_equal(count, 0);
    assert_ok(store_get(it->store, NULL, &kept, &value));
    store_value_done(&value);
    assert_ok(store_get(it->store, NULL, &timeless, &value));
    store_value_done(&value);
    assert_ok(store_stats(it->store, &stats));
    assert_int_equal(stats.rows, 2);
    assert_ok(store_drop_month(it->store, 312, &dropped));
    assert_int_equal(dropped, 0);
}

static void
tasks_come_in_the_order_in_which_they_were_put(void **state)
{
    struct engine_case *it = *state;
    const struct store_key forged = engine_key(STORE_OUTBOX, 0, "12345678");
    const struct store_range range = { .space = STORE_OUTBOX, .limit = 10 };
    struct store_batch *batch = engine_batch();
    struct store_page page = { 0 };

    store_batch_outbox(batch, "first", 5);
    store_batch_outbox(batch, "second", 6);
    engine_apply(it->store, batch);
    engine_reopen(it, 0);
    batch = engine_batch();
    store_batch_outbox(batch, "third", 5);
    engine_apply(it->store, batch);
    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 3);
    assert_memory_equal(page.rows[0].data, "first", 5);
    assert_memory_equal(page.rows[1].data, "second", 6);
    assert_memory_equal(page.rows[2].data, "third", 5);

    batch = engine_batch();
    store_batch_expect_version(batch, &page.rows[0].key, page.rows[0].version);
    store_batch_delete(batch, &page.rows[0].key);
    engine_apply(it->store, batch);
    store_page_done(&page);
    assert_ok(store_scan(it->store, NULL, &range, &page));
    assert_int_equal(page.count, 2);
    store_page_done(&page);

    batch = engine_batch();
    store_batch_put(batch, &forged, "x", 1);
    engine_apply_err(ERR_INVALID, it->store, batch);
}

/* ---- opening ---- */

static enum err
try_open(const struct store_config *config)
{
    struct store *store = NULL;
    enum err err = engine_now->open(config, &store);

    store_close(store);
    return err;
}

static void
a_store_is_open_once(void **state)
{
    struct engine_case *it = *state;
    const struct store_config config = { .folder = it->store_folder, .clock = it->clock };

    assert_err(ERR_EXISTS, try_open(&config));
    store_close(it->store);
    it->store = NULL;
    assert_ok(try_open(&config));
}

static void
an_unsafe_place_is_refused(void **state)
{
    struct engine_case *it = *state;
    struct store_config config = { .clock = it->clock, .must_exist = true };
    char *path = temp_path(it->folder, "new");
    char *data = NULL;

    config.folder = path;
    assert_err(ERR_NOT_FOUND, try_open(&config));
    config.must_exist = false;
    config.map_size = 4096;
    assert_err(ERR_INVALID, try_open(&config));
    config.map_size = 1024 * 1024 + 1;
    assert_err(ERR_INVALID, try_open(&config));
    config.map_size = 0;
    assert_ok(try_open(&config));
    config.must_exist = true;
    assert_ok(try_open(&config));
    assert_int_equal(chmod(path, 0770), 0);
    assert_err(ERR_DENIED, try_open(&config));
    assert_int_equal(chmod(path, 0700), 0);

    data = temp_path(path, "data.mdb");
    assert_ok(file_replace(data, "not a store", 11, 0600));
    assert_err(ERR_CORRUPT, try_open(&config));
    free(data);
    free(path);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, engine_setup, engine_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_row_is_read_back_with_its_version),
        CASE(a_row_stays_after_the_store_was_closed),
        CASE(space_and_month_are_part_of_the_address),
        CASE(a_deleted_row_is_gone_and_deleting_twice_is_fine),
        CASE(operations_are_done_in_order),
        CASE(a_failed_precondition_leaves_nothing_and_names_the_key),
        CASE(a_row_changed_meanwhile_is_a_conflict),
        CASE(a_row_put_again_with_equal_bytes_is_another_version),
        CASE(a_batch_sent_again_gets_its_first_result),
        CASE(the_outcome_of_a_batch_can_be_asked),
        CASE(an_id_is_known_for_48_hours_and_forgotten_later),
        CASE(a_scan_pages_through_a_prefix_in_order),
        CASE(a_page_is_bounded_in_bytes),
        CASE(a_range_that_is_none_is_refused),
        CASE(a_snapshot_does_not_see_what_comes_after_it),
        CASE(a_dropped_month_takes_its_rows_and_no_others),
        CASE(tasks_come_in_the_order_in_which_they_were_put),
        CASE(a_store_is_open_once),
        CASE(an_unsafe_place_is_refused),
    };
    int failed = 0;

    for (engine_now = engines; engine_now->name != NULL; engine_now++) {
        failed += cmocka_run_group_tests_name(engine_now->name, tests, NULL, NULL);
    }
    return failed;
}
