/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/cases.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/escrow/hash.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/vault_case.h"
#include "vault/case_row.h"
#include "vault/store/keyring.h"

enum { CASES = 16 };

static size_t
list(struct vault_case *it, bool include_closed, struct case_summary out[CASES])
{
    const struct case_query query = { .include_closed = include_closed };
    size_t count = 0;

    cases_list(it->vault, &query, out, CASES, &count);
    return count;
}

/* Files a report for each serial of 'serials' with the keys of the same place, and correlates. */
static void
file_all(struct vault_case *it, const uint32_t *serials, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        vault_case_file(it, &(struct vault_spec) { .serial = serials[i], .keys = keys[i] });
    }
    vault_case_correlate(it);
}

static struct case_id
flagged_case(struct vault_case *it)
{
    struct case_summary cases[CASES];

    file_all(it, (const uint32_t[]) { 1, 2 }, (const char *const[]) { "a", "a" }, 2);
    assert_int_equal(list(it, false, cases), 1);
    return cases[0].id;
}

static struct case_file *
get(struct vault_case *it, const struct case_id *id)
{
    struct case_file *file = NULL;

    assert_ok(cases_get(it->vault, id, &file));
    return file;
}

static enum case_state
state_of(struct vault_case *it, const struct case_id *id)
{
    struct case_file *file = get(it, id);
    enum case_state state = file->summary.state;

    free(file);
    return state;
}

static const struct case_answer ANSWER = {
    .question = { (const uint8_t *) "question", 8 },
    .answer = { (const uint8_t *) "answer", 6 },
    .signature = { { 7 } },
};

static size_t
hashes_of(struct vault_case *it, const struct case_id *id, struct hash32 out[COMPONENT_MAX])
{
    struct case_file *file = get(it, id);
    size_t count = 0;

    for (size_t i = 0; i < file->record_count; i++) {
        if (!file->records[i].facts.is_attached) {
            out[count] = file->records[i].hh;
            count++;
        }
    }
    free(file);
    return count;
}

static void
release(struct vault_case *it, const struct case_id *id)
{
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, id, hh);

    assert_ok(cases_pick_up(it->vault, id, &it->who));
    assert_ok(cases_store_release(it->vault, id, &ANSWER, hh, count, &it->who));
}

static uint64_t
leaves(struct vault_case *it)
{
    struct store_head head;

    assert_ok(store_head(it->store, NULL, &head));
    return head.size;
}

/* ---- states ---- */

static void
the_table_of_moves_allows_these_and_no_others(void **state)
{
    static const char *const allowed = "12 15 23 25 33 34 35 43 45";

    (void) state;
    for (int from = 0; from <= 6; from++) {
        for (int to = 0; to <= 6; to++) {
            const char text[3] = { (char) ('0' + from), (char) ('0' + to), '\0' };

            assert_int_equal(case_may_move((enum case_state) from, (enum case_state) to),
                             strstr(allowed, text) != NULL);
        }
    }
}

static void
a_case_goes_from_flag_to_opening_with_a_leaf_for_each_step(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "anna", .purpose = 1, .hh = hh, .count = count };
    struct case_answer answer;
    unsigned int said = 0;
    uint64_t before = leaves(it);
    struct case_file *file;

    assert_ok(cases_pick_up(it->vault, &id, &it->who));
    assert_ok(cases_pick_up(it->vault, &id, &it->who));
    assert_int_equal(leaves(it), before + 1);
    assert_int_equal(state_of(it, &id), CASE_TRIAGE);
    assert_ok(cases_store_release(it->vault, &id, &ANSWER, hh, count, &it->who));
    assert_int_equal(state_of(it, &id), CASE_IDENTITY);
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 1);
    yes.member = "bram";
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 2);

    vault_case_reopen(it, 0);
    file = get(it, &id);
    assert_int_equal(file->confirmation_count, 2);
    assert_string_equal(file->confirmations[1].member, "bram");
    assert_true(file->records[0].is_released);
    assert_false(file->records[0].is_opened);
    free(file);
    assert_ok(cases_store_opened(it->vault, &id, &ANSWER, hh, count, &it->who));
    file = get(it, &id);
    assert_int_equal(file->summary.state, CASE_OPENED);
    assert_true(file->records[0].is_opened && file->records[1].is_opened);
    free(file);
    assert_int_equal(leaves(it), before + 5);

    assert_ok(cases_read_answer(it->vault, &id, CASE_ANSWER_CONFIRM, &answer));
    assert_int_equal(answer.question.len, 8);
    assert_memory_equal(answer.answer.data, "answer", 6);
    assert_memory_equal(&answer.signature, &ANSWER.signature, sizeof answer.signature);
    case_answer_done(&answer);
    assert_ok(cases_close(it->vault, &id, CASE_DONE, &it->who));
    assert_int_equal(state_of(it, &id), CASE_CLOSED);
}

static void
steps_out_of_turn_are_refused(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct case_id unknown = { { 9 } };
    struct hash32 hh[COMPONENT_MAX];
    struct hash32 foreign[1] = { { { 1 } } };
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "anna", .purpose = 1, .hh = hh, .count = count };
    struct case_answer answer;
    struct case_comparison comparison;
    unsigned int said = 0;

    assert_err(ERR_NOT_FOUND, cases_pick_up(it->vault, &unknown, &it->who));
    assert_err(ERR_STATE, cases_store_release(it->vault, &id, &ANSWER, hh, count, &it->who));
    assert_err(ERR_NOT_FOUND, cases_read_answer(it->vault, &id, CASE_ANSWER_RELEASE, &answer));
    assert_err(ERR_STATE, cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_err(ERR_STATE, cases_compare(it->vault, &id, NULL, 0, &it->who, &comparison));
    assert_ok(cases_pick_up(it->vault, &id, &it->who));
    assert_err(ERR_STATE, cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_err(ERR_INVALID, cases_store_release(it->vault, &id, &ANSWER, foreign, 1, &it->who));
    assert_ok(cases_store_release(it->vault, &id, &ANSWER, hh, 1, &it->who));
    /* The second record was not released. */
    assert_err(ERR_INVALID, cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_err(ERR_STATE, cases_store_opened(it->vault, &id, &ANSWER, hh, 1, &it->who));
    assert_err(ERR_INVALID, cases_close(it->vault, &id, CASE_MERGED, &it->who));
    assert_ok(cases_close(it->vault, &id, CASE_REJECTED, &it->who));
    assert_err(ERR_STATE, cases_pick_up(it->vault, &id, &it->who));
    assert_err(ERR_STATE, cases_close(it->vault, &id, CASE_DONE, &it->who));
}

static void
one_members_word_or_two_different_words_open_nothing(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "anna", .purpose = 1, .hh = hh, .count = count };
    unsigned int said = 0;

    release(it, &id);
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 1);
    assert_err(ERR_STATE, cases_store_opened(it->vault, &id, &ANSWER, hh, count, &it->who));
    yes.member = "bram";
    yes.purpose = 2;
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 1);
    assert_err(ERR_STATE, cases_store_opened(it->vault, &id, &ANSWER, hh, count, &it->who));
    yes.purpose = 1;
    yes.count = 1;
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 1);
    assert_err(ERR_STATE, cases_store_opened(it->vault, &id, &ANSWER, hh, count, &it->who));
    yes.count = count;
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 2);
    /* But not for fewer records than they said. */
    assert_err(ERR_STATE, cases_store_opened(it->vault, &id, &ANSWER, hh, 1, &it->who));
    assert_ok(cases_store_opened(it->vault, &id, &ANSWER, hh, count, &it->who));
}

static void
a_new_release_takes_back_what_was_confirmed(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "anna", .purpose = 1, .hh = hh, .count = count };
    unsigned int said = 0;

    release(it, &id);
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_ok(cases_store_release(it->vault, &id, &ANSWER, hh, count, &it->who));
    yes.member = "bram";
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 1);
}

static void
an_answer_that_is_too_long_is_refused_and_the_longest_is_kept(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    uint8_t *data = calloc(1, CASE_ANSWER_MAX + 1);
    struct case_answer long_one = { .question = { data, CASE_ANSWER_MAX },
                                    .answer = { data, CASE_ANSWER_MAX + 1 } };
    struct case_answer kept;

    assert_non_null(data);
    assert_ok(cases_pick_up(it->vault, &id, &it->who));
    assert_err(ERR_TOO_BIG, cases_store_release(it->vault, &id, &long_one, NULL, 0, &it->who));
    assert_int_equal(state_of(it, &id), CASE_TRIAGE);
    long_one.answer.len--;
    /* Nothing released: all of it waits for the officer. */
    assert_ok(cases_store_release(it->vault, &id, &long_one, NULL, 0, &it->who));
    assert_ok(cases_read_answer(it->vault, &id, CASE_ANSWER_RELEASE, &kept));
    assert_int_equal(kept.answer.len, CASE_ANSWER_MAX);
    case_answer_done(&kept);
    free(data);
}

static void
a_record_that_joins_a_released_case_is_not_released(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "anna", .purpose = 1, .hh = hh, .count = count };
    unsigned int said = 0;
    struct case_file *file;

    release(it, &id);
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    vault_case_file(it, &(struct vault_spec) { .serial = 3 });
    vault_case_correlate(it);
    file = get(it, &id);
    assert_int_equal(file->summary.state, CASE_IDENTITY);
    assert_int_equal(file->record_count, 3);
    assert_false(file->records[2].is_released);
    assert_int_equal(file->confirmation_count, 1);
    free(file);
    yes.member = "bram";
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 2);
}

/* ---- listing and watching ---- */

static void
cases_are_listed_newest_first_in_pages_and_after_a_restart(void **state)
{
    static const char *const letters[] = { "a", "b", "c", "d", "e" };
    struct vault_case *it = *state;
    struct case_query query = { .include_closed = true };
    struct case_summary page[2];
    uint32_t expected = 5;
    size_t count = 0;

    for (size_t i = 0; i < 5; i++) {
        vault_case_file(
            it, &(struct vault_spec) { .serial = 1, .keys = letters[i], .mode = MODE_ACUTE });
    }
    vault_case_correlate(it);
    vault_case_reopen(it, 0);
    do {
        cases_list(it->vault, &query, page, 2, &count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(page[i].number, expected);
            expected--;
        }
        if (count > 0) {
            query.before = (uint64_t) page[count - 1].year << 32 | page[count - 1].number;
        }
    } while (count == 2);
    assert_int_equal(expected, 0);

    /* A new year begins at 1 again, and is newer. */
    vault_case_set_clock(it, "2027-01-04T12:00:00Z");
    vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = "z", .mode = MODE_ACUTE });
    vault_case_correlate(it);
    query = (struct case_query) { .changed_after_s = clock_now_s(it->clock) - 1 };
    cases_list(it->vault, &query, page, 2, &count);
    assert_int_equal(count, 1);
    assert_int_equal(page[0].year, 2027);
    assert_int_equal(page[0].number, 1);
}

struct watcher {
    struct vault_case *it;
    uint64_t cursor;
    atomic_bool is_over;
    size_t seen;
    struct case_summary last;
};

static bool
is_over(void *context)
{
    struct watcher *watcher = context;

    return atomic_load(&watcher->is_over);
}

static void *
watch(void *context)
{
    struct watcher *watcher = context;

    while (cases_wait(watcher->it->vault, watcher->cursor, is_over, watcher)) {
        struct case_summary cases[CASES];
        size_t count = 0;

        cases_changes(watcher->it->vault, &watcher->cursor, cases, CASES, &count);
        watcher->seen += count;
        if (count > 0) {
            watcher->last = cases[count - 1];
        }
        if (watcher->last.state == CASE_TRIAGE) {
            break;
        }
    }
    return NULL;
}

static void
a_watcher_hears_of_each_change(void **state)
{
    struct vault_case *it = *state;
    struct watcher watcher = { .it = it, .cursor = cases_now(it->vault) };
    struct case_id id;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, watch, &watcher), 0);
    id = flagged_case(it);
    assert_ok(cases_pick_up(it->vault, &id, &it->who));
    pthread_join(thread, NULL);
    assert_true(watcher.seen >= 1 && watcher.seen <= 2);
    assert_int_equal(watcher.last.state, CASE_TRIAGE);
    assert_int_equal(watcher.cursor, cases_now(it->vault));
}

static void
a_watcher_whose_caller_is_gone_stops_waiting(void **state)
{
    struct vault_case *it = *state;
    struct watcher watcher = { .it = it, .cursor = cases_now(it->vault) };
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, watch, &watcher), 0);
    atomic_store(&watcher.is_over, true);
    cases_wake(it->vault);
    pthread_join(thread, NULL);
    assert_int_equal(watcher.seen, 0);
}

static void *
wake_others(void *context)
{
    cases_wake(context);
    return NULL;
}

/* Like an is_over that waits for a lock whose holder is about to wake the watchers. */
static bool
is_over_after_a_wake(void *context)
{
    struct watcher *watcher = context;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, wake_others, watcher->it->vault), 0);
    pthread_join(thread, NULL);
    return true;
}

static void
asking_whether_it_is_over_blocks_nobody_who_wakes(void **state)
{
    struct vault_case *it = *state;
    struct watcher watcher = { .it = it, .cursor = cases_now(it->vault) };

    assert_false(cases_wait(it->vault, watcher.cursor, is_over_after_a_wake, &watcher));
}

/* ---- the row ---- */

static struct case_file *
sample(void)
{
    struct case_file *file = calloc(1, sizeof *file);

    assert_non_null(file);
    file->summary = (struct case_summary) {
        .id = { { 1, 2, 3 } },
        .year = 2026,
        .number = 7,
        .state = CASE_IDENTITY,
        .flags = FLAG_MULTI_SOURCE | FLAG_ACUTE,
        .flagged_at = 1772452800,
        .changed_at = 1772452801,
        .triage_before = 1773057600,
    };
    memcpy(file->policy, "default 1", sizeof "default 1");
    file->record_count = 2;
    for (size_t i = 0; i < 2; i++) {
        file->records[i] = (struct case_record) {
            .facts = { .serial = 4 + (uint32_t) i,
                       .entity = 104,
                       .sector = (uint8_t) (1 + i),
                       .week = 1365,
                       .band = 3,
                       .mode = MODE_ESCROW,
                       .is_attached = i == 1,
                       .is_assessed = true,
                       .tags = 0x0005,
                       .received_at = 1772452799 },
            .rid = { { (uint8_t) (0x10 + i) } },
            .bucket = 326,
            .hh = { { (uint8_t) (0x20 + i) } },
            .is_released = i == 0,
        };
    }
    file->explanation_count = 1;
    file->explanations[0] = (struct rule_explanation) {
        .rule = RULE_ACUTE, .is_raised = true, .numbers = { 1, 4 }, .records = 1
    };
    file->confirmation_count = 1;
    file->confirmations[0] = (struct case_confirmation) {
        .member = "anna", .purpose = 2, .signature = { { 9 } }, .records = 1
    };
    return file;
}

static void
the_bytes_of_a_case_are_these(void **state)
{
    struct case_file *file = sample();
    uint8_t row[CASE_ROW_MAX_LEN];
    struct hash32 hash;
    char hex[2 * HASH32_LEN + 1];
    size_t len = 0;

    (void) state;
    assert_ok(case_row_write(file, row, &len));
    hash_part(row, len, &hash);
    bytes_to_hex(hash.bytes, HASH32_LEN, hex);
    assert_int_equal(len, 335);
    assert_string_equal(hex, "87d41f2284b814e3f43b2004cd0d0117307704128931ab33c9a1cabe8d12f086");
    free(file);
}

static void
a_case_is_read_back_and_each_shorter_or_longer_row_refused(void **state)
{
    struct case_file *file = sample();
    struct case_file *back = calloc(1, sizeof *back);
    uint8_t row[CASE_ROW_MAX_LEN + 1] = { 0 };
    uint8_t again[CASE_ROW_MAX_LEN];
    size_t len = 0;
    size_t again_len = 0;

    (void) state;
    assert_non_null(back);
    assert_ok(case_row_write(file, row, &len));
    assert_ok(case_row_read(row, len, back));
    assert_int_equal(back->summary.record_count, 1);
    assert_int_equal(back->summary.sector_count, 1);
    assert_int_equal(back->summary.domain_count, 2);
    assert_int_equal(back->summary.highest_band, 3);
    assert_ok(case_row_write(back, again, &again_len));
    assert_int_equal(again_len, len);
    assert_memory_equal(again, row, len);
    for (size_t i = 0; i < len; i++) {
        assert_err(ERR_CORRUPT, case_row_read(row, i, back));
    }
    assert_err(ERR_CORRUPT, case_row_read(row, len + 1, back));
    free(back);
    free(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define VAULT_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, vault_case_setup, vault_case_teardown)
        cmocka_unit_test(the_table_of_moves_allows_these_and_no_others),
        VAULT_TEST(a_case_goes_from_flag_to_opening_with_a_leaf_for_each_step),
        VAULT_TEST(steps_out_of_turn_are_refused),
        VAULT_TEST(one_members_word_or_two_different_words_open_nothing),
        VAULT_TEST(a_new_release_takes_back_what_was_confirmed),
        VAULT_TEST(an_answer_that_is_too_long_is_refused_and_the_longest_is_kept),
        VAULT_TEST(a_record_that_joins_a_released_case_is_not_released),
        VAULT_TEST(cases_are_listed_newest_first_in_pages_and_after_a_restart),
        VAULT_TEST(a_watcher_hears_of_each_change),
        VAULT_TEST(a_watcher_whose_caller_is_gone_stops_waiting),
        VAULT_TEST(asking_whether_it_is_over_blocks_nobody_who_wakes),
        cmocka_unit_test(the_bytes_of_a_case_are_these),
        cmocka_unit_test(a_case_is_read_back_and_each_shorter_or_longer_row_refused),
    };

    if (secret_start(2 * KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
