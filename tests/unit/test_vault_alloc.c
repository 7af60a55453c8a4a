/* SPDX-License-Identifier: EUPL-1.2 */
/* The vault with an allocator that fails once, at each place in turn. */
#include <limits.h>
#include <stdlib.h>

#include "tests/lib/alloc.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/vault_case.h"
#include "vault/cases.h"
#include "vault/policy.h"
#include "vault/store/keyring.h"

enum { MANY = 2000 };

static void
intake_out_of_memory_stores_nothing_and_can_be_repeated(void **state)
{
    struct vault_case *it = *state;
    bool has_failed = true;
    uint32_t stored = 0;

    for (size_t n = 1; has_failed && n < MANY; n++) {
        struct vault_report report;
        struct intake_receipt receipt;
        enum refusal refusal;

        vault_case_make(it, &(struct vault_spec) { .serial = 2 }, &report);
        alloc_fail_at(n);
        refusal = vault_case_submit(it, &report, &receipt);
        has_failed = alloc_has_failed();
        assert_true(has_failed || refusal == REFUSAL_NONE);
        if (refusal != REFUSAL_NONE) {
            assert_int_equal(vault_outstanding(it->vault), stored);
            assert_int_equal(vault_case_submit(it, &report, &receipt), REFUSAL_NONE);
        }
        stored++;
        assert_int_equal(vault_outstanding(it->vault), stored);
    }
    assert_false(has_failed);
}

static void
correlation_out_of_memory_loses_and_doubles_nothing(void **state)
{
    struct vault_case *it = *state;
    const struct correlate_gate gate = vault_case_gate(it);
    bool has_failed = true;
    uint32_t cases = 0;

    for (size_t n = 1; has_failed && n < CHAR_MAX; n++) {
        const char keys[] = { (char) n, '\0' };
        const struct case_query query = { .include_closed = true };
        struct correlate_report report;
        struct case_summary newest;
        size_t count = 0;

        /* Each time two others. */
        vault_case_file(it, &(struct vault_spec) { .serial = 1, .keys = keys });
        vault_case_file(it, &(struct vault_spec) { .serial = 2, .keys = keys });
        alloc_fail_at(n);
        if (correlate_run(it->vault, &gate, SIZE_MAX, &report) == ERR_OK) {
            has_failed = alloc_has_failed();
        } else {
            assert_true(alloc_has_failed());
        }
        vault_case_correlate(it);
        assert_int_equal(vault_outstanding(it->vault), 0);
        cases++;
        cases_list(it->vault, &query, &newest, 1, &count);
        assert_int_equal(count, 1);
        assert_int_equal(newest.number, cases);
        assert_int_equal(newest.record_count, 2);
        assert_int_equal(newest.state, CASE_FLAGGED);
    }
    assert_false(has_failed);
}

static void
a_policy_out_of_memory_is_not_read(void **state)
{
    bool has_failed = true;

    (void) state;
    for (size_t n = 1; has_failed && n < MANY; n++) {
        struct policy *policy = NULL;
        struct yaml_error error;
        enum err err;

        alloc_fail_at(n);
        err = policy_load(SEINHUIS_SOURCE "/vault/policy/default.yaml", &policy, &error);
        has_failed = alloc_has_failed();
        assert_int_equal(err == ERR_OK, policy != NULL);
        assert_true(has_failed == (err != ERR_OK));
        free(policy);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define VAULT_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, vault_case_setup, vault_case_teardown)
        VAULT_TEST(intake_out_of_memory_stores_nothing_and_can_be_repeated),
        VAULT_TEST(correlation_out_of_memory_loses_and_doubles_nothing),
        cmocka_unit_test(a_policy_out_of_memory_is_not_read),
    };

    if (secret_start(2 * KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
