/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/quality_rule.h"

#include "tests/lib/cmocka_all.h"

#define BIT(reason) (1U << (reason))

static void
nothing_seen_is_no_reason_to_look(void **state)
{
    const struct quality_sums none = { .compared = 0 };

    (void) state;
    assert_int_equal(quality_reasons(&none), 0);
}

static void
shares_count_from_enough_links_and_beyond_their_bound(void **state)
{
    static const struct {
        struct quality_sums sums;
        unsigned int reasons;
    } CASES[] = {
        { { .compared = 29, .refused = 29, .undecided = 29 }, 0 },
        { { .compared = 100, .refused = 25, .undecided = 33 }, 0 },
        { { .compared = 100, .refused = 26 }, BIT(QUALITY_REFUSED) },
        { { .compared = 100, .undecided = 34 }, BIT(QUALITY_UNDECIDED) },
        { { .compared = 30, .refused = 8, .undecided = 10 },
          BIT(QUALITY_REFUSED) | BIT(QUALITY_UNDECIDED) },
    };

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_int_equal(quality_reasons(&CASES[i].sums), CASES[i].reasons);
    }
}

static void
one_large_component_or_one_overruled_link_is_enough(void **state)
{
    const struct quality_sums eight = { .compared = 1, .largest = 8 };
    const struct quality_sums nine = { .compared = 1, .largest = 9 };
    const struct quality_sums overruled = { .compared = 1, .overruled = 1 };

    (void) state;
    assert_int_equal(quality_reasons(&eight), 0);
    assert_int_equal(quality_reasons(&nine), BIT(QUALITY_LARGE));
    assert_int_equal(quality_reasons(&overruled), BIT(QUALITY_OVERRULED));
}

static void
each_reason_has_its_words(void **state)
{
    (void) state;
    assert_string_equal(quality_reason_key(QUALITY_LARGE), "large");
    assert_string_equal(quality_reason_key(QUALITY_REASON_COUNT), "unknown");
    for (unsigned int i = 0; i < QUALITY_REASON_COUNT; i++) {
        assert_true(quality_reason_text((enum quality_reason) i)[0] != '\0');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_seen_is_no_reason_to_look),
        cmocka_unit_test(shares_count_from_enough_links_and_beyond_their_bound),
        cmocka_unit_test(one_large_component_or_one_overruled_link_is_enough),
        cmocka_unit_test(each_reason_has_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
