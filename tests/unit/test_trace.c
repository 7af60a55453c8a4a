/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/trace.h"

#include <string.h>

#include "tests/lib/cmocka_all.h"

static const char good[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

static void
a_good_traceparent_keeps_its_trace_and_flags_and_gets_a_new_step(void **state)
{
    char first[RPC_TRACEPARENT_LEN + 1];
    char second[RPC_TRACEPARENT_LEN + 1];

    (void) state;
    assert_int_not_equal(trace_step(good, strlen(good), first),
                         trace_step(good, strlen(good), second));
    assert_int_equal(strlen(first), RPC_TRACEPARENT_LEN);
    assert_memory_equal(first, good, 36);
    assert_string_equal(first + 52, "-01");
    assert_string_not_equal(first, good);
    assert_string_not_equal(first, second);
}

static void
anything_else_begins_a_new_trace(void **state)
{
    static const char *const bad[] = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
    };

    (void) state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char out[RPC_TRACEPARENT_LEN + 1];
        char again[RPC_TRACEPARENT_LEN + 1];

        (void) trace_step(bad[i], strlen(bad[i]), out);
        assert_memory_not_equal(out + 3, good + 3, 32);
        assert_string_equal(out + 52, "-00");
        (void) trace_step(out, strlen(out), again); /* what we make is good */
        assert_memory_equal(again, out, 36);
    }
}

static void
no_traceparent_begins_a_new_trace(void **state)
{
    char first[RPC_TRACEPARENT_LEN + 1];
    char second[RPC_TRACEPARENT_LEN + 1];

    (void) state;
    (void) trace_step(NULL, 0, first);
    (void) trace_step(NULL, 0, second);
    assert_memory_not_equal(first + 3, second + 3, 32);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_traceparent_keeps_its_trace_and_flags_and_gets_a_new_step),
        cmocka_unit_test(anything_else_begins_a_new_trace),
        cmocka_unit_test(no_traceparent_begins_a_new_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
