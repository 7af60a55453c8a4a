/* SPDX-License-Identifier: EUPL-1.2 */
/* What the comparison of capsules does to a case. */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/vault_case.h"
#include "vault/cases.h"
#include "vault/cut.h"
#include "vault/quality.h"
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

static struct case_link
link_of(const struct case_file *file, size_t a, size_t b, enum case_verdict verdict)
{
    return (struct case_link) { file->records[a].rid, file->records[b].rid, verdict, false };
}

/* The position of the record of an organisation. */
static size_t
place_of(const struct case_file *file, uint32_t serial)
{
    for (size_t i = 0; i < file->record_count; i++) {
        if (file->records[i].facts.serial == serial) {
            return i;
        }
    }
    fail_msg("no record of %u", (unsigned int) serial);
    return 0;
}

static void
confirmed_links_leave_the_case_as_it_is(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct case_comparison comparison;
    struct case_link link;
    struct case_file *file;

    release(it, &id);
    file = get(it, &id);
    link = link_of(file, 0, 1, CASE_CONFIRMED);
    free(file);
    assert_ok(cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
    assert_int_equal(comparison.links_cut, 0);
    assert_int_equal(comparison.records_left, 2);
    link.verdict = CASE_UNDECIDED;
    assert_ok(cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
    assert_int_equal(comparison.records_left, 2);
    link.b.bytes[0] ^= 1;
    assert_err(ERR_INVALID, cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
}

static void
two_persons_are_parted_for_good(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct case_summary cases[CASES];
    struct case_comparison comparison;
    struct case_link link;
    struct case_file *file;

    release(it, &id);
    file = get(it, &id);
    link = link_of(file, 0, 1, CASE_REFUSED);
    free(file);
    assert_ok(cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
    assert_int_equal(comparison.links_cut, 1);
    assert_int_equal(comparison.records_left, 0);
    file = get(it, &id);
    assert_int_equal(file->summary.state, CASE_CLOSED);
    assert_int_equal(file->summary.close_reason, CASE_NOT_ONE_PERSON);
    free(file);

    /* An attached report does not bring them together again, a third sector's does only with those
     * to which it is linked itself. */
    vault_case_reopen(it, 0);
    vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = "b" });
    vault_case_correlate(it);
    assert_int_equal(list(it, false, cases), 0);
}

static void
a_record_that_bridges_two_persons_blocks_neither(void **state)
{
    struct vault_case *it = *state;
    struct case_summary cases[CASES];
    struct case_comparison comparison;
    struct case_link links[2];
    struct case_file *file;
    struct case_id id;
    uint32_t left;

    /* 1 and 2 share a; 3 and 4 share b; 5 shares both: one component. */
    file_all(it, (const uint32_t[]) { 1, 2, 3, 4, 5 },
             (const char *const[]) { "a", "a", "b", "b", "ab" }, 5);
    assert_int_equal(list(it, false, cases), 1);
    id = cases[0].id;
    release(it, &id);
    file = get(it, &id);
    assert_int_equal(file->record_count, 5);
    links[0] = link_of(file, place_of(file, 3), place_of(file, 5), CASE_REFUSED);
    links[1] = link_of(file, place_of(file, 5), place_of(file, 4), CASE_REFUSED);
    free(file);
    assert_ok(cases_compare(it->vault, &id, links, 2, &it->who, &comparison));
    assert_int_equal(comparison.links_cut, 2);

    assert_int_equal(list(it, false, cases), 2);
    left = comparison.records_left;
    assert_true(left == 2 || left == 3);
    assert_int_equal(cases[0].record_count + cases[1].record_count, 5);
    for (size_t i = 0; i < 2; i++) {
        file = get(it, &cases[i].id);
        if (file->record_count == 3) {
            place_of(file, 1);
            place_of(file, 2);
            place_of(file, 5);
        } else {
            place_of(file, 3);
            place_of(file, 4);
        }
        /* The old case is still released, the one that left it starts over. */
        assert_int_equal(file->summary.state, i == 1 ? CASE_IDENTITY : CASE_FLAGGED);
        assert_int_equal(file->records[0].is_released, i == 1);
        free(file);
    }

    /* A later report of the bridge's own organisation joins the second person alone. */
    vault_case_file(it, &(struct vault_spec) { .serial = 5, .keys = "b" });
    vault_case_correlate(it);
    assert_int_equal(list(it, false, cases), 2);
    assert_int_equal(cases[0].record_count + cases[1].record_count, 6);
}

static void
an_acute_record_that_leaves_is_a_case_of_its_own(void **state)
{
    struct vault_case *it = *state;
    struct case_summary cases[CASES];
    struct case_comparison comparison;
    struct case_link links[2];
    struct case_file *file;
    struct case_id id;

    vault_case_file(it, &(struct vault_spec) { .serial = 1 });
    vault_case_file(it, &(struct vault_spec) { .serial = 2 });
    vault_case_file(it, &(struct vault_spec) { .serial = 3, .mode = MODE_ACUTE });
    vault_case_correlate(it);
    assert_int_equal(list(it, false, cases), 1);
    id = cases[0].id;
    release(it, &id);
    file = get(it, &id);
    links[0] = link_of(file, place_of(file, 3), place_of(file, 1), CASE_REFUSED);
    links[1] = link_of(file, place_of(file, 3), place_of(file, 2), CASE_REFUSED);
    free(file);
    assert_ok(cases_compare(it->vault, &id, links, 2, &it->who, &comparison));
    assert_int_equal(comparison.records_left, 2);
    assert_int_equal(list(it, false, cases), 2);
    assert_int_equal(cases[0].flags, FLAG_ACUTE);
    assert_int_equal(cases[0].record_count, 1);
    assert_int_equal(cases[1].flags & FLAG_ACUTE, 0);
}

/* ---- what a member parted ---- */

/* Three reports that are all linked with each other, released, with one member's yes to all of them; says
 * of the first and the last that they are two persons. */
static struct case_id
parted_case(struct vault_case *it, bool is_by_human)
{
    struct case_summary cases[CASES];
    struct case_comparison comparison;
    struct hash32 hh[COMPONENT_MAX];
    struct case_yes yes = { .member = "anna", .purpose = 1, .hh = hh };
    struct case_link link;
    struct case_file *file;
    unsigned int said = 0;

    file_all(it, (const uint32_t[]) { 1, 2, 3 }, (const char *const[]) { "a", "a", "a" }, 3);
    assert_int_equal(list(it, false, cases), 1);
    release(it, &cases[0].id);
    yes.count = hashes_of(it, &cases[0].id, hh);
    assert_ok(cases_confirm(it->vault, &cases[0].id, &yes, &it->who, &said));
    file = get(it, &cases[0].id);
    link = link_of(file, 2, 0, CASE_REFUSED);
    link.is_by_human = is_by_human;
    free(file);
    assert_ok(cases_compare(it->vault, &cases[0].id, &link, 1, &it->who, &comparison));
    assert_int_equal(comparison.links_cut, 1);
    assert_int_equal(comparison.records_left, 3);
    return cases[0].id;
}

static void
is_parted(struct vault_case *it, const struct case_id *id, bool is_it)
{
    struct case_file *file = get(it, id);
    uint64_t parted[COMPONENT_MAX];

    assert_ok(cases_parted(it->vault, file, 7, parted));
    assert_int_equal(parted[0], is_it ? 4 : 0);
    assert_int_equal(parted[1] | parted[2], 0);
    assert_ok(cases_parted(it->vault, file, 3, parted));
    assert_int_equal(parted[0] | parted[1], 0);
    free(file);
}

static void
what_a_member_parted_never_opens_together(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = parted_case(it, true);
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "bram", .purpose = 1, .hh = hh, .count = count };
    struct case_file *file;
    unsigned int said = 0;

    for (size_t i = 0; i < 2; i++) {
        is_parted(it, &id, true);
        assert_err(ERR_EXISTS, cases_confirm(it->vault, &id, &yes, &it->who, &said));
        vault_case_reopen(it, 0);
    }
    file = get(it, &id);
    assert_int_equal(file->summary.state, CASE_IDENTITY);
    assert_int_equal(file->confirmation_count, 0);
    assert_true(file->records[0].is_released);
    free(file);

    /* Another release does not change that; two that nobody parted may open. */
    release(it, &id);
    assert_err(ERR_EXISTS, cases_confirm(it->vault, &id, &yes, &it->who, &said));
    yes.count = 2;
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 1);
}

static void
what_software_cut_may_open_till_a_member_says_so_too(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = parted_case(it, false);
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "bram", .purpose = 1, .hh = hh, .count = count };
    struct case_comparison comparison;
    struct case_link link;
    struct case_file *file = get(it, &id);
    unsigned int said = 0;

    link = link_of(file, 0, 2, CASE_REFUSED);
    free(file);
    is_parted(it, &id, false);
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));

    link.is_by_human = true;
    assert_ok(cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
    assert_int_equal(comparison.links_cut, 0);
    is_parted(it, &id, true);
    assert_err(ERR_EXISTS, cases_confirm(it->vault, &id, &yes, &it->who, &said));

    /* Software takes nothing back, nor does a yes. */
    link.is_by_human = false;
    assert_ok(cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
    link.verdict = CASE_CONFIRMED;
    assert_ok(cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
    link.is_by_human = true;
    assert_ok(cases_compare(it->vault, &id, &link, 1, &it->who, &comparison));
    is_parted(it, &id, true);
    assert_err(ERR_EXISTS, cases_confirm(it->vault, &id, &yes, &it->who, &said));
}

/* Stores of two records of a case what a comparison stores first, and nothing of what follows. */
static void
put_cut(struct vault_case *it, const struct case_file *file, size_t a, size_t b, enum cut by)
{
    const struct pair_end ends[2] = { { &file->records[a].rid, file->records[a].bucket },
                                      { &file->records[b].rid, file->records[b].bucket } };
    struct store_batch *batch = NULL;
    struct store_result result;
    struct store_id id;

    store_id_random(&id);
    assert_ok(store_batch_new(&id, &batch));
    assert_ok(cut_put(it->vault, batch, &ends[0], &ends[1], by));
    assert_ok(store_apply(it->store, batch, &result));
    store_batch_free(batch);
}

static void
a_pair_parted_after_two_members_yes_is_not_opened(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct hash32 hh[COMPONENT_MAX];
    size_t count = hashes_of(it, &id, hh);
    struct case_yes yes = { .member = "anna", .purpose = 1, .hh = hh, .count = count };
    struct case_answer answer;
    struct case_file *file;
    unsigned int said = 0;

    release(it, &id);
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    yes.member = "bram";
    assert_ok(cases_confirm(it->vault, &id, &yes, &it->who, &said));
    assert_int_equal(said, 2);
    file = get(it, &id);
    /* A damaged row is not read as "nobody parted them". */
    put_cut(it, file, 0, 1, (enum cut) 3);
    assert_err(ERR_CORRUPT, cases_store_opened(it->vault, &id, &ANSWER, hh, count, &it->who));
    put_cut(it, file, 0, 1, CUT_BY_HUMAN);
    free(file);
    assert_err(ERR_EXISTS, cases_store_opened(it->vault, &id, &ANSWER, hh, count, &it->who));
    file = get(it, &id);
    assert_int_equal(file->summary.state, CASE_IDENTITY);
    assert_false(file->records[0].is_opened || file->records[1].is_opened);
    free(file);
    assert_err(ERR_NOT_FOUND, cases_read_answer(it->vault, &id, CASE_ANSWER_CONFIRM, &answer));
}

/* ---- what is counted ---- */

static struct quality_month
only_month(struct vault_case *it)
{
    struct quality_month months[QUALITY_MONTHS];
    size_t count = 0;

    assert_ok(quality_read(it->vault, months, &count));
    assert_int_equal(count, 1);
    return months[0];
}

static void
say(struct vault_case *it, const struct case_id *id, const struct case_link *links, size_t count)
{
    struct case_comparison comparison;

    assert_ok(cases_compare(it->vault, id, links, count, &it->who, &comparison));
}

static void
a_link_is_counted_when_it_is_compared_first_and_when_its_verdict_changes(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct quality_month months[QUALITY_MONTHS];
    struct quality_month month;
    struct case_link links[2];
    struct case_file *file;
    size_t count = 1;

    assert_ok(quality_read(it->vault, months, &count));
    assert_int_equal(count, 0);
    release(it, &id);
    file = get(it, &id);
    links[0] = link_of(file, 0, 1, CASE_UNDECIDED);
    links[1] = link_of(file, 1, 0, CASE_UNDECIDED);
    free(file);

    /* The same pair twice, both ways round. */
    say(it, &id, links, 2);
    vault_case_reopen(it, 0);
    say(it, &id, links, 1);
    month = only_month(it);
    assert_int_equal(month.month, 12 * 26 + 2);
    assert_int_equal(month.compared, 1);
    assert_int_equal(month.undecided, 1);
    assert_int_equal(month.components, 1);
    assert_int_equal(month.sizes[0], 1);
    assert_int_equal(month.largest, 2);

    links[0].verdict = CASE_CONFIRMED;
    say(it, &id, links, 1);
    say(it, &id, links, 1);
    month = only_month(it);
    assert_int_equal(month.compared, 1);
    assert_int_equal(month.confirmed, 0);
    assert_int_equal(month.settled_same, 1);

    links[0].verdict = CASE_REFUSED;
    say(it, &id, links, 1);
    month = only_month(it);
    assert_int_equal(month.overruled, 1);
    assert_int_equal(month.refused, 0);
    assert_int_equal(month.components, 1);
}

static void
components_are_counted_by_their_linked_records(void **state)
{
    struct vault_case *it = *state;
    struct case_summary cases[CASES];
    struct quality_month month;
    struct case_link links[3];
    struct case_file *file;
    uint32_t sizes[QUALITY_SIZES];
    uint32_t largest = 0;
    struct case_id id;

    file_all(it, (const uint32_t[]) { 1, 2, 3, 4, 5 },
             (const char *const[]) { "a", "a", "b", "b", "ab" }, 5);
    assert_int_equal(list(it, false, cases), 1);
    id = cases[0].id;
    quality_open_cases(it->vault, sizes, &largest);
    assert_int_equal(largest, 5);
    assert_int_equal(sizes[2], 1);
    assert_int_equal(sizes[0] + sizes[1] + sizes[3] + sizes[4] + sizes[5], 0);

    release(it, &id);
    file = get(it, &id);
    links[0] = link_of(file, place_of(file, 3), place_of(file, 5), CASE_REFUSED);
    links[1] = link_of(file, place_of(file, 5), place_of(file, 4), CASE_REFUSED);
    links[2] = link_of(file, place_of(file, 1), place_of(file, 2), CASE_CONFIRMED);
    free(file);
    say(it, &id, links, 3);
    month = only_month(it);
    assert_int_equal(month.compared, 3);
    assert_int_equal(month.refused, 2);
    assert_int_equal(month.confirmed, 1);
    assert_int_equal(month.components, 1);
    assert_int_equal(month.sizes[2], 1);
    assert_int_equal(month.largest, 5);

    quality_open_cases(it->vault, sizes, &largest);
    assert_int_equal(largest, 3);
    assert_int_equal(sizes[0], 1);
    assert_int_equal(sizes[1], 1);
}

static void
a_pair_that_is_not_linked_counts_for_nothing(void **state)
{
    struct vault_case *it = *state;
    struct quality_month months[QUALITY_MONTHS];
    struct case_summary cases[CASES];
    struct case_file *file;
    struct case_link link;
    size_t count = 1;

    file_all(it, (const uint32_t[]) { 1, 2, 3 }, (const char *const[]) { "a", "ab", "b" }, 3);
    assert_int_equal(list(it, false, cases), 1);
    release(it, &cases[0].id);
    file = get(it, &cases[0].id);
    link = link_of(file, place_of(file, 1), place_of(file, 3), CASE_REFUSED);
    free(file);
    say(it, &cases[0].id, &link, 1);
    assert_ok(quality_read(it->vault, months, &count));
    assert_int_equal(count, 0);
}

static void
months_stand_apart_and_are_overwritten_after_two_years(void **state)
{
    struct vault_case *it = *state;
    struct case_id id = flagged_case(it);
    struct quality_month months[QUALITY_MONTHS];
    struct case_link link;
    struct case_file *file;
    size_t count = 0;

    release(it, &id);
    file = get(it, &id);
    link = link_of(file, 0, 1, CASE_UNDECIDED);
    free(file);
    say(it, &id, &link, 1);
    vault_case_set_clock(it, "2026-05-04T12:00:00Z");
    link.verdict = CASE_CONFIRMED;
    say(it, &id, &link, 1);
    assert_ok(quality_read(it->vault, months, &count));
    /* A month with a later decision alone is shown too. */
    assert_int_equal(count, 2);
    assert_int_equal(months[0].month, 12 * 26 + 2);
    assert_int_equal(months[0].undecided, 1);
    assert_int_equal(months[0].settled_same, 0);
    assert_int_equal(months[1].month, 12 * 26 + 4);
    assert_int_equal(months[1].settled_same, 1);
    vault_case_set_clock(it, "2028-03-06T12:00:00Z");
    assert_ok(quality_read(it->vault, months, &count));
    assert_int_equal(count, 1);
    assert_int_equal(months[0].month, 12 * 26 + 4);
}

static void
sizes_fall_into_classes(void **state)
{
    static const size_t firsts[] = { 2, 3, 5, 9, 17, 33 };

    (void) state;
    for (size_t i = 0; i < QUALITY_SIZES; i++) {
        assert_int_equal(quality_size_class(firsts[i]), i);
        assert_int_equal(quality_size_class(i + 1 < QUALITY_SIZES ? firsts[i + 1] - 1 : 64), i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define VAULT_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, vault_case_setup, vault_case_teardown)
        VAULT_TEST(confirmed_links_leave_the_case_as_it_is),
        VAULT_TEST(two_persons_are_parted_for_good),
        VAULT_TEST(a_record_that_bridges_two_persons_blocks_neither),
        VAULT_TEST(an_acute_record_that_leaves_is_a_case_of_its_own),
        VAULT_TEST(what_a_member_parted_never_opens_together),
        VAULT_TEST(what_software_cut_may_open_till_a_member_says_so_too),
        VAULT_TEST(a_pair_parted_after_two_members_yes_is_not_opened),
        VAULT_TEST(a_link_is_counted_when_it_is_compared_first_and_when_its_verdict_changes),
        VAULT_TEST(components_are_counted_by_their_linked_records),
        VAULT_TEST(a_pair_that_is_not_linked_counts_for_nothing),
        VAULT_TEST(months_stand_apart_and_are_overwritten_after_two_years),
        cmocka_unit_test(sizes_fall_into_classes),
    };

    if (secret_start(2 * KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
