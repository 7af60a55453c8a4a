/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/log_check.h"

#include <string.h>

#include <sodium.h>

#include "tests/lib/cmocka_all.h"

enum { LOG_SIZE = 11, ERASED = 4, REFUSED = 6 };

/* A small log, as a service would send it. */
struct log {
    uint8_t salts[LOG_SIZE][AUDIT_SALT_LEN];
    uint8_t records[LOG_SIZE][AUDIT_RECORD_MAX];
    size_t lens[LOG_SIZE];
    uint8_t leaves[LOG_SIZE][AUDIT_LEAF_LEN];
    struct checkpoint checkpoints[LOG_SIZE + 1]; /* by size */
};

static void
log_make(struct log *log)
{
    struct tree_frontier frontier;

    memset(log, 0, sizeof *log);
    tree_frontier_init(&frontier);
    for (size_t i = 0; i < LOG_SIZE; i++) {
        struct audit_record record = { .time_s = 1760000000 + i,
                                       .action = AUDIT_READ,
                                       .type = "case_read",
                                       .user = "fictief",
                                       .count = 3 };
        struct tree_hash leaf;

        memcpy(record.refusal, "BAD_USER", i == REFUSED ? sizeof "BAD_USER" : 0);
        memset(log->salts[i], (int) i, AUDIT_SALT_LEN);
        assert_ok(audit_record_encode(&record, log->records[i], &log->lens[i]));
        audit_leaf(log->salts[i], log->records[i], log->lens[i], log->leaves[i]);
        tree_leaf_hash(log->leaves[i], AUDIT_LEAF_LEN, &leaf);
        assert_ok(tree_frontier_append(&frontier, &leaf, NULL));
        log->checkpoints[i + 1].size = i + 1;
        tree_frontier_root(&frontier, &log->checkpoints[i + 1].root);
    }
}

static struct log_entry
entry_of(const struct log *log, size_t at)
{
    struct log_entry entry = { .index = at, .leaf = { log->leaves[at], AUDIT_LEAF_LEN } };

    if (at != ERASED) {
        entry.salt = (struct bytes) { log->salts[at], AUDIT_SALT_LEN };
        entry.record = (struct bytes) { log->records[at], log->lens[at] };
    }
    return entry;
}

/* Sends the first 'count' entries against the checkpoints of two sizes (0: none before). */
static enum err
run(const struct log *log, size_t count, size_t now, size_t before, struct log_check *check)
{
    enum err err = log_check_begin(&log->checkpoints[now],
                                   before == 0 ? NULL : &log->checkpoints[before], check);

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        const struct log_entry entry = entry_of(log, i);

        err = log_check_entry(check, &entry, NULL);
    }
    return err == ERR_OK ? log_check_end(check) : err;
}

static void
fails(const struct log_check *check, enum log_fault fault, int bad_index)
{
    assert_string_equal(log_fault_key(check->fault), log_fault_key(fault));
    assert_int_equal(check->has_bad_index, bad_index >= 0);
    if (bad_index >= 0) {
        assert_int_equal(check->bad_index, bad_index);
    }
}

static void
a_sound_log_verifies_at_every_size_and_after_every_earlier_one(void **state)
{
    struct log_check check;
    struct log log;

    (void) state;
    log_make(&log);
    for (size_t now = 1; now <= LOG_SIZE; now++) {
        for (size_t before = 0; before <= now; before++) {
            assert_ok(run(&log, now, now, before, &check));
        }
    }
    assert_int_equal(check.erased_count, 1);
    assert_int_equal(check.refused_count, 3);
}

static void
a_changed_record_is_named(void **state)
{
    struct log_check check;
    struct log log;

    (void) state;
    for (size_t i = 0; i < LOG_SIZE; i++) {
        if (i == ERASED) {
            continue;
        }
        log_make(&log);
        log.records[i][20] ^= 1;
        assert_err(ERR_AUTH, run(&log, LOG_SIZE, LOG_SIZE, 0, &check));
        fails(&check, LOG_LEAF, (int) i);
    }
}

static void
a_leaf_that_was_rewritten_gives_another_root(void **state)
{
    struct log_check check;
    struct log log;

    (void) state;
    log_make(&log);
    log.records[2][6] ^= 1; /* within the random event id */
    audit_leaf(log.salts[2], log.records[2], log.lens[2], log.leaves[2]);
    assert_err(ERR_AUTH, run(&log, LOG_SIZE, LOG_SIZE, 0, &check));
    fails(&check, LOG_ROOT, -1);
    /* With a log that was seen before it is found there already. */
    assert_err(ERR_AUTH, run(&log, LOG_SIZE, LOG_SIZE, 5, &check));
    fails(&check, LOG_FORKED, -1);
}

static void
a_missing_or_surplus_entry_is_named(void **state)
{
    struct log_check check;
    struct log_entry entry;
    struct log log;

    (void) state;
    log_make(&log);
    assert_err(ERR_AUTH, run(&log, LOG_SIZE - 1, LOG_SIZE, 0, &check));
    fails(&check, LOG_SHORT, LOG_SIZE - 1);
    assert_err(ERR_AUTH, run(&log, LOG_SIZE, LOG_SIZE - 1, 0, &check));
    fails(&check, LOG_ORDER, LOG_SIZE - 1);
    assert_ok(log_check_begin(&log.checkpoints[LOG_SIZE], NULL, &check));
    entry = entry_of(&log, 1);
    assert_err(ERR_AUTH, log_check_entry(&check, &entry, NULL));
    fails(&check, LOG_ORDER, 0);
    entry = entry_of(&log, 0);
    assert_err(ERR_AUTH, log_check_entry(&check, &entry, NULL));
}

static void
a_log_that_shrank_or_was_exchanged_is_refused_at_once(void **state)
{
    struct log_check check;
    struct log log;

    (void) state;
    log_make(&log);
    assert_err(ERR_AUTH, log_check_begin(&log.checkpoints[3], &log.checkpoints[4], &check));
    fails(&check, LOG_SHRUNK, -1);
    log.checkpoints[0] = log.checkpoints[4];
    log.checkpoints[0].root.bytes[0] ^= 1;
    assert_err(ERR_AUTH, log_check_begin(&log.checkpoints[4], &log.checkpoints[0], &check));
    fails(&check, LOG_FORKED, -1);
}

static void
an_entry_of_another_form_is_named(void **state)
{
    struct log_check check;
    struct log_entry entry;
    struct log log;

    (void) state;
    log_make(&log);
    assert_ok(log_check_begin(&log.checkpoints[LOG_SIZE], NULL, &check));
    entry = entry_of(&log, 0);
    entry.leaf.len--;
    assert_err(ERR_AUTH, log_check_entry(&check, &entry, NULL));
    fails(&check, LOG_FORM, 0);
    assert_ok(log_check_begin(&log.checkpoints[LOG_SIZE], NULL, &check));
    entry = entry_of(&log, 0);
    entry.salt.len = 0;
    assert_err(ERR_AUTH, log_check_entry(&check, &entry, NULL));
    fails(&check, LOG_FORM, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_log_verifies_at_every_size_and_after_every_earlier_one),
        cmocka_unit_test(a_changed_record_is_named),
        cmocka_unit_test(a_leaf_that_was_rewritten_gives_another_root),
        cmocka_unit_test(a_missing_or_surplus_entry_is_named),
        cmocka_unit_test(a_log_that_shrank_or_was_exchanged_is_refused_at_once),
        cmocka_unit_test(an_entry_of_another_form_is_named),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
