/* SPDX-License-Identifier: EUPL-1.2 */
/* What every engine behind store.h must do at its limits: bounds, no room, no memory, many
 * callers. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/lib/alloc.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/engine.h"
#include "tests/lib/temp.h"

enum { SMALL_MAP = 1024 * 1024, THREADS = 64, ROUNDS = 20, BATCHES = THREADS * ROUNDS };

static uint8_t filler[STORE_BATCH_MAX_LEN + 1];

/* ---- bounds ---- */

static enum err
checked(struct store_batch *batch)
{
    const enum err err = store_batch_check(batch);

    store_batch_free(batch);
    return err;
}

static void
a_batch_holds_128_operations_and_not_129(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_batch *batch = engine_batch();

    for (int i = 0; i < STORE_BATCH_MAX_OPS; i++) {
        store_batch_put(batch, &key, "x", 1);
    }
    assert_ok(store_batch_check(batch));
    store_batch_put(batch, &key, "x", 1);
    engine_apply_err(ERR_TOO_BIG, it->store, batch);
}

static enum err
check_key(size_t len)
{
    struct store_batch *batch = engine_batch();
    const struct store_key key = store_key(STORE_CASES, 0, filler, len);

    store_batch_put(batch, &key, "x", 1);
    return checked(batch);
}

static enum err
check_value(size_t len)
{
    struct store_batch *batch = engine_batch();
    const struct store_key key = engine_key(STORE_CASES, 0, "a");

    store_batch_put(batch, &key, filler, len);
    return checked(batch);
}

static enum err
check_leaf(size_t len)
{
    struct store_batch *batch = engine_batch();

    store_batch_leaf(batch, filler, filler, len);
    return checked(batch);
}

static enum err
check_id(size_t len)
{
    struct store_batch *batch = NULL;
    struct store_id id = { .len = len };
    const enum err err = store_batch_new(&id, &batch);

    store_batch_free(batch);
    return err;
}

static void
keys_values_leaves_and_ids_have_bounds(void **state)
{
    const struct store_key nowhere = store_key((enum store_space) 99, 0, "a", 1);
    struct store_batch *batch = engine_batch();

    (void) state;
    assert_err(ERR_INVALID, check_key(0));
    assert_ok(check_key(1));
    assert_ok(check_key(STORE_KEY_MAX));
    assert_err(ERR_INVALID, check_key(STORE_KEY_MAX + 1));
    assert_ok(check_value(0));
    assert_ok(check_value(STORE_VALUE_MAX));
    assert_err(ERR_TOO_BIG, check_value(STORE_VALUE_MAX + 1));
    assert_ok(check_leaf(0));
    assert_ok(check_leaf(STORE_LEAF_BODY_MAX));
    assert_err(ERR_TOO_BIG, check_leaf(STORE_LEAF_BODY_MAX + 1));
    assert_err(ERR_INVALID, check_id(STORE_ID_MIN - 1));
    assert_ok(check_id(STORE_ID_MIN));
    assert_ok(check_id(STORE_ID_MAX));
    assert_err(ERR_INVALID, check_id(STORE_ID_MAX + 1));
    store_batch_put(batch, &nowhere, "x", 1);
    assert_err(ERR_INVALID, checked(batch));
}

static void
a_batch_holds_256_kib_and_not_a_byte_more(void **state)
{
    struct engine_case *it = *state;
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_batch *batch = engine_batch();

    for (int i = 0; i < 4; i++) {
        store_batch_put(batch, &key, filler, STORE_BATCH_MAX_LEN / 4 - key.len);
    }
    assert_ok(store_batch_check(batch));
    store_batch_outbox(batch, "", 0); /* no byte */
    engine_apply(it->store, batch);

    batch = engine_batch();
    for (int i = 0; i < 4; i++) {
        store_batch_put(batch, &key, filler, STORE_BATCH_MAX_LEN / 4 - key.len);
    }
    store_batch_outbox(batch, "x", 1);
    engine_apply_err(ERR_TOO_BIG, it->store, batch);
}

/* ---- no room ---- */

/* Puts rows of 'len' bytes and a leaf each until that fails; returns how many went in. */
static uint16_t
fill(struct store *store, uint16_t month, size_t len, enum err *err)
{
    for (uint16_t i = 0;; i++) {
        const struct store_key key = store_key(STORE_RECORDS, month, &i, sizeof i);
        struct store_batch *batch = engine_batch();
        struct store_result result = { 0 };

        store_batch_put(batch, &key, filler, len);
        engine_leaf(batch, 1, "body");
        *err = store_apply(store, batch, &result);
        store_batch_free(batch);
        if (*err != ERR_OK) {
            return i;
        }
        assert_true(i < UINT16_MAX);
    }
}

static void
check_filled(struct store *store, uint16_t month, uint16_t count)
{
    struct store_value value = { 0 };
    struct store_key key;
    struct store_head head = { 0 };

    for (uint16_t i = 0; i < count; i++) {
        key = store_key(STORE_RECORDS, month, &i, sizeof i);
        assert_ok(store_get(store, NULL, &key, &value));
        store_value_done(&value);
    }
    key = store_key(STORE_RECORDS, month, &count, sizeof count);
    assert_err(ERR_NOT_FOUND, store_get(store, NULL, &key, &value));
    assert_ok(store_head(store, NULL, &head));
    assert_int_equal(head.size, count);
}

static void
a_full_map_refuses_and_takes_again_when_there_is_room(void **state)
{
    struct engine_case *it = *state;
    enum err err = ERR_OK;
    uint64_t dropped = 0;
    uint16_t count = 0;

    engine_reopen(it, SMALL_MAP);
    count = fill(it->store, 312, 10000, &err);
    assert_err(ERR_FULL, err);
    assert_true(count > 10);
    check_filled(it->store, 312, count);
    engine_reopen(it, SMALL_MAP);
    check_filled(it->store, 312, count);
    assert_ok(store_drop_month(it->store, 312, &dropped));
    assert_int_equal(dropped, count);
    engine_put(it->store, engine_key(STORE_RECORDS, 313, "again"), "there is room");
}

struct caller {
    struct store *store;
    size_t len;
    pthread_t thread;
    enum err err;
    uint8_t number;
};

static void *
put_one(void *arg)
{
    struct caller *caller = arg;
    const struct store_key key = store_key(STORE_CASES, 0, &caller->number, 1);
    struct store_batch *batch = engine_batch();
    struct store_result result = { 0 };

    for (int i = 0; i < 4; i++) {
        store_batch_outbox(batch, filler, caller->len);
    }
    store_batch_put(batch, &key, filler, caller->len);
    caller->err = store_apply(caller->store, batch, &result);
    store_batch_free(batch);
    return NULL;
}

static void
a_batch_that_does_not_fit_costs_the_others_nothing(void **state)
{
    struct engine_case *it = *state;
    struct caller callers[16] = { 0 };
    struct store_batch *batch = engine_batch();
    enum err err = ERR_OK;

    engine_reopen(it, SMALL_MAP);
    fill(it->store, 312, 10000, &err);
    assert_err(ERR_FULL, err);
    for (uint16_t i = 0; i < 8; i++) {
        const struct store_key key = store_key(STORE_RECORDS, 312, &i, sizeof i);

        store_batch_delete(batch, &key);
    }
    engine_apply(it->store, batch);
    for (uint8_t i = 0; i < 16; i++) {
        callers[i] = (struct caller) { .store = it->store, .number = i };
        callers[i].len = i % 4 == 0 ? 50000 : 16;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, put_one, &callers[i]), 0);
    }
    for (uint8_t i = 0; i < 16; i++) {
        pthread_join(callers[i].thread, NULL);
    }
    for (uint8_t i = 0; i < 16; i++) {
        assert_err(i % 4 == 0 ? ERR_FULL : ERR_OK, callers[i].err);
    }
}

/* A file that may not grow is what a full disk looks like to a process. */
static void
a_file_that_cannot_grow_refuses_and_takes_again(void **state)
{
    struct engine_case *it = *state;
    struct rlimit before;
    struct rlimit limit;
    enum err err = ERR_OK;
    uint16_t count = 0;

    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 307200;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    count = fill(it->store, 312, 10000, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(err == ERR_FULL || err == ERR_UNAVAILABLE);
    assert_true(count > 5);
    check_filled(it->store, 312, count);
    engine_put(it->store, engine_key(STORE_RECORDS, 313, "again"), "there is room");
    engine_reopen(it, 0);
    check_filled(it->store, 312, count);
}

/* In a process of its own, with a small file system of its own: 0 when all went as it must, 77
 * when this machine does not let us mount. */
static int
fill_a_disk(const char *folder, struct clock *clock)
{
    struct store_config config = { .clock = clock };
    struct store *store = NULL;
    char *path = temp_path(folder, "disk");
    char *ballast = temp_path(path, "ballast");
    enum err err = ERR_OK;
    uint16_t count = 0;

    if (file_make_folder(path, 0700) != ERR_OK || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", path, "tmpfs", 0, "size=3m,mode=0700") != 0) {
        return 77;
    }
    if (file_create(ballast, filler, sizeof filler, 0600) != ERR_OK) {
        return 1;
    }
    config.folder = path;
    if (store_open(&config, &store) != ERR_OK) {
        return 2;
    }
    count = fill(store, 312, 10000, &err);
    if (err != ERR_FULL || count < 5) {
        return 3;
    }
    check_filled(store, 312, count);
    if (unlink(ballast) != 0) {
        return 4;
    }
    engine_put(store, engine_key(STORE_RECORDS, 313, "again"), "there is room");
    check_filled(store, 312, count);
    store_close(store);
    free(ballast);
    free(path);
    return 0;
}

static void
a_full_disk_refuses_and_takes_again(void **state)
{
    struct engine_case *it = *state;
    int status = 0;
    pid_t child = 0;

    store_close(it->store); /* no threads may live when we fork */
    it->store = NULL;
    (void) fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(fill_a_disk(it->folder, it->clock));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- no memory ---- */

static void
a_batch_without_memory_says_so(void **state)
{
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_id id;
    bool has_failed = true;

    (void) state;
    store_id_random(&id);
    for (size_t nth = 1; has_failed; nth++) {
        struct store_batch *batch = NULL;
        enum err err = ERR_OK;

        alloc_fail_at(nth);
        err = store_batch_new(&id, &batch);
        if (err == ERR_OK) {
            for (int i = 0; i < 60; i++) {
                store_batch_expect_absent(batch, &key);
                store_batch_put(batch, &key, filler, 4000);
            }
            err = store_batch_check(batch);
        }
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        store_batch_free(batch);
        assert_true(nth < 50);
    }
}

/* Everything that reads, once; the first error. */
static enum err
read_all(struct store *store, const struct store_key *key)
{
    const struct store_range range = { .space = key->space, .month = key->month, .limit = 5 };
    struct store_snapshot *snapshot = NULL;
    struct store_value value = { 0 };
    struct store_page page = { 0 };
    struct store_leaf_page leaves = { 0 };
    uint16_t months[2];
    size_t count = 0;
    enum err err = store_snapshot_begin(store, &snapshot);

    if (err == ERR_OK) {
        err = store_get(store, snapshot, key, &value);
    }
    if (err == ERR_OK) {
        err = store_scan(store, snapshot, &range, &page);
    }
    if (err == ERR_OK) {
        err = store_leaves(store, snapshot, 0, 5, &leaves);
    }
    if (err == ERR_OK) {
        err = store_months(store, key->space, months, 2, &count);
    }
    store_value_done(&value);
    store_page_done(&page);
    store_leaf_page_done(&leaves);
    store_snapshot_end(snapshot);
    return err;
}

static void
reading_and_opening_without_memory_say_so(void **state)
{
    struct engine_case *it = *state;
    const struct store_config config = { .folder = it->store_folder, .clock = it->clock };
    const struct store_key key = engine_key(STORE_CASES, 0, "a");
    struct store_batch *batch = engine_batch();
    bool has_failed = true;

    store_batch_put(batch, &key, "x", 1);
    engine_leaf(batch, 1, "body");
    engine_apply(it->store, batch);
    for (size_t nth = 1; has_failed; nth++) {
        enum err err = ERR_OK;

        alloc_fail_at(nth);
        err = read_all(it->store, &key);
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        assert_true(nth < 50);
    }
    has_failed = true;
    for (size_t nth = 1; has_failed; nth++) {
        enum err err = ERR_OK;

        store_close(it->store);
        it->store = NULL;
        alloc_fail_at(nth);
        err = engine_now->open(&config, &it->store);
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        assert_true(nth < 50);
    }
}

/* ---- many callers ---- */

struct worker {
    struct store *store;
    uint8_t number;
    uint64_t leaves[ROUNDS];
    pthread_t thread;
};

static void *
work(void *arg)
{
    struct worker *worker = arg;

    for (size_t i = 0; i < ROUNDS; i++) {
        const uint8_t name[2] = { worker->number, (uint8_t) i };
        const struct store_key key = store_key(STORE_RECORDS, 312, name, sizeof name);
        struct store_batch *batch = engine_batch();

        store_batch_expect_absent(batch, &key);
        store_batch_put(batch, &key, filler, 1000);
        engine_leaf(batch, worker->number, "body");
        worker->leaves[i] = engine_apply(worker->store, batch).first_leaf;
    }
    return NULL;
}

static void
waiting_batches_share_a_commit_and_each_gets_its_own_leaf(void **state)
{
    static struct worker workers[THREADS];
    static bool is_taken[BATCHES];
    struct engine_case *it = *state;
    struct store_stats stats = { 0 };

    memset(is_taken, 0, sizeof is_taken);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].store = it->store;
        workers[i].number = (uint8_t) i;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        for (size_t j = 0; j < ROUNDS; j++) {
            assert_true(workers[i].leaves[j] < BATCHES);
            assert_false(is_taken[workers[i].leaves[j]]);
            is_taken[workers[i].leaves[j]] = true;
        }
    }
    assert_ok(store_stats(it->store, &stats));
    assert_int_equal(stats.batches, BATCHES);
    assert_int_equal(stats.leaves, BATCHES);
    assert_int_equal(stats.rows, BATCHES);
    assert_true(stats.commits < stats.batches / 2);
    print_message("%llu batches in %llu commits\n", (unsigned long long) stats.batches,
                  (unsigned long long) stats.commits);
}

/* Two of equal name at once, and two for the same row at once: one of each wins. */
static void *
race(void *arg)
{
    struct caller *caller = arg;
    const struct store_key key = engine_key(STORE_TICKETS, 0, "ticket");
    struct store_batch *batch = engine_batch();
    struct store_result result = { 0 };

    store_batch_expect_absent(batch, &key);
    store_batch_put(batch, &key, "x", 1);
    caller->err = store_apply(caller->store, batch, &result);
    store_batch_free(batch);
    return NULL;
}

static void
of_many_who_want_the_same_row_one_gets_it(void **state)
{
    struct engine_case *it = *state;
    struct caller callers[16] = { 0 };
    size_t winners = 0;

    for (size_t i = 0; i < 16; i++) {
        callers[i].store = it->store;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, race, &callers[i]), 0);
    }
    for (size_t i = 0; i < 16; i++) {
        pthread_join(callers[i].thread, NULL);
        winners += callers[i].err == ERR_OK;
        assert_true(callers[i].err == ERR_OK || callers[i].err == ERR_CONFLICT);
    }
    assert_int_equal(winners, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, engine_setup, engine_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_batch_holds_128_operations_and_not_129),
        CASE(keys_values_leaves_and_ids_have_bounds),
        CASE(a_batch_holds_256_kib_and_not_a_byte_more),
        CASE(a_full_map_refuses_and_takes_again_when_there_is_room),
        CASE(a_batch_that_does_not_fit_costs_the_others_nothing),
        CASE(a_file_that_cannot_grow_refuses_and_takes_again),
        CASE(a_full_disk_refuses_and_takes_again),
        CASE(a_batch_without_memory_says_so),
        CASE(reading_and_opening_without_memory_say_so),
        CASE(waiting_batches_share_a_commit_and_each_gets_its_own_leaf),
        CASE(of_many_who_want_the_same_row_one_gets_it),
    };
    int failed = 0;

    for (engine_now = engines; engine_now->name != NULL; engine_now++) {
        failed += cmocka_run_group_tests_name(engine_now->name, tests, NULL, NULL);
    }
    return failed;
}
