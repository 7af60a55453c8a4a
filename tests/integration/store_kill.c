/* SPDX-License-Identifier: EUPL-1.2 */
/* Kills a process that writes to a store, again and again, and looks at what is left: every batch
 * that was acknowledged is there, whole, and no other one in part. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/engine.h"
#include "tests/lib/temp.h"

enum { LIVES = 50, THREADS = 8, ACKS_MIN = 40, BATCHES_MAX = LIVES * 4000 };

/* What a thread tells over the pipe once its batch is durable. */
struct ack {
    uint32_t number;
    uint64_t leaf;
};

struct writer {
    struct store *store;
    uint32_t first; /* takes every THREADS-th number from here on */
    int pipe;
};

static struct store_id
id_of(uint32_t number)
{
    struct store_id id = { .len = STORE_ID_MIN };

    memcpy(id.bytes, &number, sizeof number);
    return id;
}

/* Each batch is a row in each of two spaces, a task and a leaf. */
static void
write_one(struct writer *writer, uint32_t number)
{
    const struct store_key record = store_key(STORE_RECORDS, 312, &number, sizeof number);
    const struct store_key index = store_key(STORE_INDEX, 312, &number, sizeof number);
    const struct store_id id = id_of(number);
    struct ack ack = { .number = number };
    uint8_t leaf[STORE_LEAF_LEN] = { 0 };
    uint8_t value[1500];
    struct store_batch *batch = NULL;
    struct store_result result = { 0 };

    memset(value, (int) (number & 0xff), sizeof value);
    memcpy(leaf, &number, sizeof number);
    if (store_batch_new(&id, &batch) != ERR_OK) {
        _exit(2);
    }
    store_batch_expect_absent(batch, &record);
    store_batch_put(batch, &record, value, sizeof value);
    store_batch_put(batch, &index, "", 0);
    store_batch_outbox(batch, &number, sizeof number);
    store_batch_leaf(batch, leaf, value, 300);
    if (store_apply(writer->store, batch, &result) != ERR_OK) {
        _exit(3);
    }
    store_batch_free(batch);
    ack.leaf = result.first_leaf;
    if (write(writer->pipe, &ack, sizeof ack) != (ssize_t) sizeof ack) {
        _exit(4);
    }
}

static void *
write_on(void *arg)
{
    struct writer *writer = arg;

    for (uint32_t number = writer->first;; number += THREADS) {
        write_one(writer, number);
    }
    return NULL;
}

/* The life of a process; it ends by being killed. */
static void
live(const char *folder, const char *clock_file, uint32_t first, int pipe)
{
    struct store_config config = { .folder = folder };
    struct clock *clock = NULL;
    struct store *store = NULL;
    struct writer writers[THREADS];
    pthread_t threads[THREADS];

    if (clock_open(clock_file, &clock) != ERR_OK) {
        _exit(5);
    }
    config.clock = clock;
    if (store_open(&config, &store) != ERR_OK) {
        _exit(6);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        writers[i] = (struct writer) { .store = store, .first = first + i, .pipe = pipe };
        if (pthread_create(&threads[i], NULL, write_on, &writers[i]) != 0) {
            _exit(7);
        }
    }
    pthread_join(threads[0], NULL);
}

static bool
read_ack(int fd, struct ack *out)
{
    uint8_t *at = (uint8_t *) out;
    size_t len = 0;

    while (len < sizeof *out) {
        const ssize_t got = read(fd, at + len, sizeof *out - len);

        if (got <= 0) {
            return false;
        }
        len += (size_t) got;
    }
    return true;
}

/* Lets a process write until it has acknowledged 'wanted' batches, kills it, and takes in the
 * rest. */
static size_t
live_and_die(struct engine_case *it, uint32_t first, size_t wanted, struct ack *acks)
{
    int fds[2];
    int status = 0;
    size_t count = 0;
    pid_t child = 0;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fds[0]);
        live(it->store_folder, it->clock_file, first, fds[1]);
        _exit(8);
    }
    close(fds[1]);
    while (count < wanted && read_ack(fds[0], &acks[count])) {
        count++;
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    while (count < 4000 && read_ack(fds[0], &acks[count])) {
        count++;
    }
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return count;
}

static void
check_acks(struct store *store, const struct ack *acks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t number = acks[i].number;
        const struct store_key record = store_key(STORE_RECORDS, 312, &number, sizeof number);
        const struct store_key index = store_key(STORE_INDEX, 312, &number, sizeof number);
        const struct store_id id = id_of(number);
        struct store_leaf_page page = { 0 };
        struct store_value value = { 0 };
        struct store_result result = { 0 };

        assert_ok(store_get(store, NULL, &record, &value));
        assert_int_equal(value.len, 1500);
        assert_int_equal(value.data[1499], number & 0xff);
        store_value_done(&value);
        assert_ok(store_get(store, NULL, &index, &value));
        store_value_done(&value);
        assert_ok(store_outcome(store, &id, &result));
        assert_int_equal(result.first_leaf, acks[i].leaf);
        assert_ok(store_leaves(store, NULL, acks[i].leaf, 1, &page));
        assert_int_equal(page.count, 1);
        assert_memory_equal(page.leaves[0].leaf, &number, sizeof number);
        store_leaf_page_done(&page);
    }
}

/* Nothing in part: as many rows of each kind as there are leaves, and the tree is that of the
 * leaves. */
static uint64_t
check_whole(struct store *store)
{
    struct tree_frontier frontier;
    struct tree_hash root;
    struct store_head head = { 0 };
    struct store_stats stats = { 0 };
    struct store_leaf_page page = { 0 };

    tree_frontier_init(&frontier);
    do {
        store_leaf_page_done(&page);
        assert_ok(store_leaves(store, NULL, frontier.size, STORE_SCAN_MAX, &page));
        for (size_t i = 0; i < page.count; i++) {
            struct tree_hash hash;

            tree_leaf_hash(page.leaves[i].leaf, STORE_LEAF_LEN, &hash);
            assert_ok(tree_frontier_append(&frontier, &hash, NULL));
        }
    } while (page.count > 0);
    store_leaf_page_done(&page);
    tree_frontier_root(&frontier, &root);
    assert_ok(store_head(store, NULL, &head));
    assert_int_equal(head.size, frontier.size);
    assert_memory_equal(&head.root, &root, sizeof root);
    assert_ok(store_stats(store, &stats));
    assert_int_equal(stats.rows, 3 * head.size);
    return head.size;
}

static void
a_killed_writer_loses_nothing_that_it_acknowledged(void **state)
{
    struct engine_case *it = *state;
    struct ack *acks = calloc(BATCHES_MAX, sizeof *acks);
    size_t count = 0;
    uint64_t size = 0;

    assert_non_null(acks);
    for (uint32_t i = 0; i < LIVES; i++) {
        store_close(it->store); /* no threads may live when we fork */
        it->store = NULL;
        count += live_and_die(it, i * 1000000, ACKS_MIN + i * 7 % 50, acks + count);
        engine_reopen(it, 0);
        check_acks(it->store, acks, count);
        size = check_whole(it->store);
        assert_true(size >= count);
    }
    print_message("%d kills, %zu acknowledged, %llu stored\n", LIVES, count,
                  (unsigned long long) size);
    free(acks);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_writer_loses_nothing_that_it_acknowledged,
                                        engine_setup, engine_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
