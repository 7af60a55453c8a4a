/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/secret.h"
#include "proto/escrow/checkpoint.h"
#include "tests/lib/alloc.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/engine.h"
#include "tests/lib/temp.h"
#include "vault/store/keyring.h"

/* ENGINE_FIRST_DAY's month: 12 * 26 + 2. */
enum { MARCH = 314, INTERVAL_S = 60 };

static const char origin[] = "vault.example/log";

struct log_case {
    struct engine_case *engine;
    char *key_file;
    char *ring_file;
    struct keyring *ring;
    struct audit_config config;
    struct audit *audit;
};

static int
setup(void **state)
{
    struct log_case *it = calloc(1, sizeof *it);
    struct keyring_unlock unlock = { 0 };
    struct key32 key;
    void *engine = NULL;

    assert_non_null(it);
    engine_setup(&engine);
    it->engine = engine;
    it->key_file = temp_path(it->engine->folder, "root.key");
    it->ring_file = temp_path(it->engine->folder, "ring");
    unlock.key_file = it->key_file;
    assert_ok(keyring_make_key_file(it->key_file));
    assert_ok(keyring_create(it->ring_file, &unlock, &it->ring));
    assert_ok(keyring_make(it->ring, KEYRING_AUDIT_SIGN, 0, &key));
    it->config = (struct audit_config) { .store = it->engine->store,
                                         .ring = it->ring,
                                         .clock = it->engine->clock,
                                         .origin = origin,
                                         .interval_s = INTERVAL_S };
    assert_ok(audit_open(&it->config, &it->audit));
    *state = it;
    return 0;
}

static int
teardown(void **state)
{
    struct log_case *it = *state;
    void *engine = it->engine;

    audit_close(it->audit);
    keyring_close(it->ring);
    free(it->ring_file);
    free(it->key_file);
    engine_teardown(&engine);
    free(it);
    return 0;
}

static enum err
reopen(struct log_case *it)
{
    audit_close(it->audit);
    it->audit = NULL;
    return audit_open(&it->config, &it->audit);
}

static struct audit_record
line(const char *type)
{
    struct audit_record record = { .action = AUDIT_CREATE, .count = 1 };

    (void) snprintf(record.type, sizeof record.type, "%s", type);
    return record;
}

static void
append(struct log_case *it, const char *type)
{
    struct store_batch *batch = engine_batch();
    struct audit_record record = line(type);

    assert_ok(audit_append(it->audit, batch, &record));
    engine_apply(it->engine->store, batch);
}

/* Reads entry 'number' back as a record. */
static struct audit_record
read_one(struct log_case *it, uint64_t number)
{
    struct audit_page page = { 0 };
    struct audit_record record = { 0 };

    assert_ok(audit_read(it->audit, NULL, number, 1, &page));
    assert_int_equal(page.count, 1);
    assert_int_equal(page.entries[0].number, number);
    assert_false(page.entries[0].is_erased);
    assert_ok(audit_record_decode(page.entries[0].record, page.entries[0].len, &record));
    audit_page_done(&page);
    return record;
}

static uint64_t
log_size(struct log_case *it)
{
    struct store_head head = { 0 };

    assert_ok(store_head(it->engine->store, NULL, &head));
    return head.size;
}

static void
a_record_is_read_back_and_fits_its_leaf(void **state)
{
    struct log_case *it = *state;
    struct store_batch *batch = engine_batch();
    struct audit_record record = line("signal_filed");
    struct audit_record back;
    struct audit_page page = { 0 };
    uint8_t leaf[AUDIT_LEAF_LEN];

    assert_ok(audit_append(it->audit, batch, &record));
    engine_apply(it->engine->store, batch);
    assert_int_equal(record.time_s, clock_now_s(it->engine->clock));
    assert_false(sodium_is_zero(record.event_id, sizeof record.event_id));
    back = read_one(it, 0);
    assert_memory_equal(back.event_id, record.event_id, sizeof back.event_id);
    assert_int_equal(back.time_s, record.time_s);

    assert_ok(audit_read(it->audit, NULL, 0, AUDIT_PAGE_MAX, &page));
    audit_leaf(page.entries[0].salt, page.entries[0].record, page.entries[0].len, leaf);
    assert_memory_equal(leaf, page.entries[0].leaf, sizeof leaf);
    audit_page_done(&page);
    assert_err(ERR_INVALID, audit_read(it->audit, NULL, 0, AUDIT_PAGE_MAX + 1, &page));
    assert_err(ERR_INVALID, audit_read(it->audit, NULL, 0, 0, &page));
}

static void
a_record_that_cannot_be_written_is_refused(void **state)
{
    struct log_case *it = *state;
    struct store_batch *batch = engine_batch();
    struct audit_record record = line("");

    assert_err(ERR_INVALID, audit_append(it->audit, batch, &record));
    assert_int_equal(record.time_s, 0);
    assert_err(ERR_INVALID, audit_refuse(it->audit, &record));
    store_batch_free(batch);
    assert_int_equal(log_size(it), 0);
}

static void
a_destroyed_month_is_erased_and_the_tree_stays_whole(void **state)
{
    struct log_case *it = *state;
    struct store_batch *batch = engine_batch();
    struct audit_record record = line("late");
    struct audit_page page = { 0 };
    struct store_head before = { 0 };

    append(it, "march");
    engine_set_clock(it->engine, "2026-04-01T00:00:00Z");
    append(it, "april");
    assert_ok(store_head(it->engine->store, NULL, &before));
    assert_ok(keyring_destroy(it->ring, KEYRING_AUDIT, MARCH));
    assert_ok(audit_read(it->audit, NULL, 0, 2, &page));
    assert_true(page.entries[0].is_erased);
    assert_int_equal(page.entries[0].len, 0);
    assert_false(page.entries[1].is_erased);
    audit_page_done(&page);
    assert_ok(audit_publish(it->audit));
    assert_ok(store_expect_head(it->engine->store, &before));

    record.time_s = 1772366400; /* in March */
    assert_err(ERR_EXPIRED, audit_append(it->audit, batch, &record));
    store_batch_free(batch);
}

static void
a_body_moved_to_another_leaf_is_found_out(void **state)
{
    struct log_case *it = *state;
    struct store_batch *batch = engine_batch();
    struct store_leaf_page leaves = { 0 };
    struct audit_page page = { 0 };

    append(it, "one");
    append(it, "two");
    assert_ok(store_leaves(it->engine->store, NULL, 0, 2, &leaves));
    store_batch_leaf(batch, leaves.leaves[0].leaf, leaves.leaves[1].body, leaves.leaves[1].len);
    store_batch_leaf(batch, leaves.leaves[0].leaf, leaves.leaves[0].body, leaves.leaves[0].len);
    store_batch_leaf(batch, leaves.leaves[0].leaf, "", 0);
    engine_apply(it->engine->store, batch);
    store_leaf_page_done(&leaves);
    assert_err(ERR_CORRUPT, audit_read(it->audit, NULL, 2, 1, &page));
    assert_ok(audit_read(it->audit, NULL, 3, 2, &page));
    assert_false(page.entries[0].is_erased);
    assert_true(page.entries[1].is_erased);
    audit_page_done(&page);
}

/* ---- refusals ---- */

static void
refuse(struct log_case *it, const char *organisation, const char *refusal)
{
    struct audit_record record = line("submit");

    record.outcome = AUDIT_SERIOUS_FAILURE;
    (void) snprintf(record.organisation, sizeof record.organisation, "%s", organisation);
    (void) snprintf(record.refusal, sizeof record.refusal, "%s", refusal);
    assert_ok(audit_refuse(it->audit, &record));
}

static void
like_refusals_become_one_record_a_minute_with_their_number(void **state)
{
    struct log_case *it = *state;

    for (int i = 0; i < 100; i++) {
        refuse(it, "00000099000000001000", "BAD_TICKET");
    }
    assert_int_equal(log_size(it), 1); /* the first one, at once */
    assert_int_equal(read_one(it, 0).count, 1);
    engine_set_clock(it->engine, "2026-03-01T12:00:59Z");
    assert_ok(audit_tick(it->audit));
    assert_int_equal(log_size(it), 1);
    engine_set_clock(it->engine, "2026-03-01T12:01:00Z");
    assert_ok(audit_tick(it->audit));
    assert_int_equal(log_size(it), 2);
    assert_int_equal(read_one(it, 1).count, 99);
    assert_string_equal(read_one(it, 1).refusal, "BAD_TICKET");

    /* They go on: again one a minute. */
    for (int i = 0; i < 10; i++) {
        refuse(it, "00000099000000001000", "BAD_TICKET");
    }
    assert_int_equal(log_size(it), 2);
    engine_set_clock(it->engine, "2026-03-01T12:02:00Z");
    refuse(it, "00000099000000001000", "BAD_TICKET"); /* brings those before along */
    assert_int_equal(log_size(it), 4);
    assert_int_equal(read_one(it, 2).count, 10);
    assert_int_equal(read_one(it, 3).count, 1);
}

static void
other_callers_and_other_refusals_are_records_of_their_own(void **state)
{
    struct log_case *it = *state;

    refuse(it, "00000099000000001000", "BAD_TICKET");
    refuse(it, "00000099000000002000", "BAD_TICKET");
    refuse(it, "00000099000000001000", "QUOTA");
    refuse(it, "00000099000000001000", "BAD_TICKET");
    assert_int_equal(log_size(it), 3);
    audit_close(it->audit); /* writes what is folded */
    it->audit = NULL;
    assert_ok(audit_open(&it->config, &it->audit));
    assert_int_equal(log_size(it), 4);
    assert_int_equal(read_one(it, 3).count, 1);
}

static void
more_kinds_than_there_is_room_for_lose_no_number(void **state)
{
    struct log_case *it = *state;
    uint64_t total = 0;

    for (int i = 0; i < AUDIT_FOLDS_MAX + 5; i++) {
        char refusal[16];

        (void) snprintf(refusal, sizeof refusal, "KIND_%d", i);
        refuse(it, "", refusal);
        refuse(it, "", refusal);
    }
    audit_close(it->audit);
    it->audit = NULL;
    assert_ok(audit_open(&it->config, &it->audit));
    for (uint64_t i = 0; i < log_size(it); i++) {
        total += read_one(it, i).count;
    }
    assert_int_equal(total, 2 * (AUDIT_FOLDS_MAX + 5));
}

/* ---- checkpoints ---- */

static struct checkpoint
published(struct log_case *it)
{
    struct note_vkey vkey;
    struct checkpoint_policy policy = { .origin = origin, .log = &vkey };
    struct checkpoint_seen seen = { 0 };
    uint8_t note[STORE_CHECKPOINT_MAX];
    uint64_t size = 0;
    size_t len = 0;

    audit_vkey(it->audit, &vkey);
    assert_ok(store_checkpoint(it->engine->store, &size, note, &len));
    assert_ok(checkpoint_verify((const char *) note, len, &policy, &seen));
    assert_int_equal(seen.checkpoint.size, size);
    return seen.checkpoint;
}

static void
a_checkpoint_names_the_head_and_is_signed(void **state)
{
    struct log_case *it = *state;
    struct store_head head = { 0 };
    struct checkpoint checkpoint;

    assert_ok(audit_publish(it->audit));
    assert_int_equal(published(it).size, 0);
    for (int i = 0; i < 7; i++) {
        append(it, "x");
        if (i == 3) {
            assert_ok(audit_publish(it->audit));
            assert_ok(reopen(it));
        }
    }
    assert_ok(audit_publish(it->audit));
    checkpoint = published(it);
    assert_ok(store_head(it->engine->store, NULL, &head));
    assert_int_equal(checkpoint.size, 7);
    assert_memory_equal(&checkpoint.root, &head.root, sizeof head.root);
}

static void
checkpoints_come_at_intervals(void **state)
{
    struct log_case *it = *state;

    assert_ok(audit_tick(it->audit));
    assert_int_equal(published(it).size, 0);
    append(it, "x");
    engine_set_clock(it->engine, "2026-03-01T12:00:59Z");
    assert_ok(audit_tick(it->audit));
    assert_int_equal(published(it).size, 0);
    engine_set_clock(it->engine, "2026-03-01T12:01:00Z");
    assert_ok(audit_tick(it->audit));
    assert_int_equal(published(it).size, 1);
}

/* Signs a checkpoint with the log's own key. */
static void
sign(struct log_case *it, uint64_t size, const struct tree_hash *root, char **note, size_t *len)
{
    struct note_skey skey = { .type = NOTE_ED25519 };
    struct checkpoint checkpoint = { .size = size, .root = *root };
    struct key32 seed;

    (void) snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", origin);
    (void) snprintf(skey.name, sizeof skey.name, "%s", origin);
    assert_ok(keyring_get(it->ring, KEYRING_AUDIT_SIGN, 0, &seed));
    memcpy(skey.seed, seed.bytes, sizeof skey.seed);
    assert_ok(checkpoint_sign(&checkpoint, &skey, note, len));
}

static void
a_log_that_does_not_fit_its_checkpoint_does_not_open(void **state)
{
    struct log_case *it = *state;
    struct store *store = it->engine->store;
    struct store_head head = { 0 };
    char *note = NULL;
    size_t len = 0;

    append(it, "one");
    append(it, "two");
    assert_ok(store_head(store, NULL, &head));

    head.root.bytes[0] ^= 1; /* other leaves than those that were signed */
    sign(it, 2, &head.root, &note, &len);
    assert_ok(store_put_checkpoint(store, 2, note, len));
    free(note);
    assert_err(ERR_ROLLBACK, reopen(it));
    head.root.bytes[0] ^= 1;

    sign(it, 3, &head.root, &note, &len); /* more leaves than there are */
    assert_ok(store_put_checkpoint(store, 2, note, len));
    free(note);
    assert_err(ERR_ROLLBACK, reopen(it));

    sign(it, 2, &head.root, &note, &len);
    assert_ok(store_put_checkpoint(store, 2, note, len));
    assert_ok(reopen(it));
    note[len - 10] = note[len - 10] == 'A' ? 'B' : 'A'; /* not our signature */
    assert_ok(store_put_checkpoint(store, 2, note, len));
    free(note);
    assert_err(ERR_AUTH, reopen(it));
}

static void
a_log_needs_a_name_an_interval_and_a_key(void **state)
{
    struct log_case *it = *state;

    it->config.interval_s = 0;
    assert_err(ERR_INVALID, reopen(it));
    it->config.interval_s = 1;
    it->config.origin = "two words";
    assert_err(ERR_INVALID, reopen(it));
    it->config.origin = origin;
    assert_ok(reopen(it));
    assert_ok(keyring_destroy(it->ring, KEYRING_AUDIT_SIGN, 0));
    assert_err(ERR_NOT_FOUND, reopen(it));
}

static void
without_memory_nothing_is_recorded_and_nothing_is_done(void **state)
{
    struct log_case *it = *state;
    struct audit_record refused = line("submit");
    struct audit_page page = { 0 };
    bool has_failed = true;

    for (size_t nth = 1; has_failed; nth++) {
        struct store_batch *batch = engine_batch();
        struct audit_record record = line("x");
        enum err err = ERR_OK;

        alloc_fail_at(nth);
        err = audit_append(it->audit, batch, &record);
        if (err == ERR_OK) {
            err = store_batch_check(batch);
        }
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        store_batch_free(batch);
        assert_true(nth < 50);
    }
    has_failed = true;
    for (size_t nth = 1; has_failed; nth++) {
        enum err err = ERR_OK;

        alloc_fail_at(nth);
        err = audit_refuse(it->audit, &refused);
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        assert_int_equal(log_size(it), has_failed ? 0 : 1);
        assert_true(nth < 50);
    }
    has_failed = true;
    for (size_t nth = 1; has_failed; nth++) {
        enum err err = ERR_OK;

        alloc_fail_at(nth);
        err = audit_read(it->audit, NULL, 0, 5, &page);
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        assert_true(nth < 50);
    }
    audit_page_done(&page);
    has_failed = true;
    for (size_t nth = 1; has_failed; nth++) {
        enum err err = ERR_OK;

        alloc_fail_at(nth);
        err = audit_publish(it->audit);
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        assert_true(nth < 50);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_record_is_read_back_and_fits_its_leaf),
        CASE(a_record_that_cannot_be_written_is_refused),
        CASE(a_destroyed_month_is_erased_and_the_tree_stays_whole),
        CASE(a_body_moved_to_another_leaf_is_found_out),
        CASE(like_refusals_become_one_record_a_minute_with_their_number),
        CASE(other_callers_and_other_refusals_are_records_of_their_own),
        CASE(more_kinds_than_there_is_room_for_lose_no_number),
        CASE(a_checkpoint_names_the_head_and_is_signed),
        CASE(checkpoints_come_at_intervals),
        CASE(a_log_that_does_not_fit_its_checkpoint_does_not_open),
        CASE(a_log_needs_a_name_an_interval_and_a_key),
        CASE(without_memory_nothing_is_recorded_and_nothing_is_done),
    };

    if (secret_start(KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
