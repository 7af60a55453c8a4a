/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

static void
every_day_of_eight_centuries_agrees_with_libc(void **state)
{
    (void) state;
    for (int32_t days = date_to_days((struct date) { 1600, 1, 1 });
         days < date_to_days((struct date) { 2400, 1, 1 }); days++) {
        time_t at = (time_t) days * 86400;
        struct tm tm;
        struct date date = date_from_days(days);

        assert_non_null(gmtime_r(&at, &tm));
        assert_int_equal(date.year, tm.tm_year + 1900);
        assert_int_equal(date.month, tm.tm_mon + 1);
        assert_int_equal(date.day, tm.tm_mday);
        assert_int_equal(date_to_days(date), days);
    }
}

static void
days_that_do_not_exist_are_refused(void **state)
{
    const char *const bad[] = { "2023-02-29",  "1900-02-29", "2024-13-01", "2024-00-10",
                                "2024-04-31",  "2024-4-03",  "2024-04-3",  "20240403",
                                "2024-04-03 ", "",           "2024-04-0x" };
    struct date date = { 0 };

    (void) state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_err(ERR_MALFORMED, date_parse(bad[i], &date));
    }
    assert_int_equal(date.year, 0);
    assert_ok(date_parse("2024-02-29", &date));
    assert_int_equal(date.day, 29);
}

static void
weeks_begin_on_monday(void **state)
{
    const struct date monday = { 2026, 11, 23 };
    const struct date sunday = { 2026, 11, 22 };

    (void) state;
    assert_int_equal(clock_week((struct date) { 2000, 1, 3 }), 0);
    assert_int_equal(clock_week((struct date) { 2000, 1, 9 }), 0);
    assert_int_equal(clock_week((struct date) { 2000, 1, 10 }), 1);
    assert_int_equal(clock_week(monday), clock_week(sunday) + 1);
    assert_int_equal(date_to_days(clock_week_first_day(clock_week(monday))), date_to_days(monday));
}

static void
buckets_are_months(void **state)
{
    (void) state;
    assert_int_equal(clock_bucket((struct date) { 2000, 1, 31 }), 0);
    assert_int_equal(clock_bucket((struct date) { 2026, 11, 23 }), 12 * 26 + 10);
    assert_int_equal(clock_bucket_first_day(12 * 26 + 10).month, 11);
    assert_int_equal(clock_quarter((struct date) { 2026, 11, 23 }), 4 * 26 + 3);
}

static void
a_clock_file_takes_the_place_of_the_system_clock(void **state)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "clock");
    struct clock *clock = NULL;
    uint64_t wanted = 0;

    (void) state;
    assert_err(ERR_NOT_FOUND, clock_open(path, &clock));
    assert_ok(file_replace(path, "yesterday\n", 10, 0644));
    assert_err(ERR_MALFORMED, clock_open(path, &clock));

    assert_ok(time_parse("2025-05-19T08:00:00Z", &wanted));
    assert_ok(file_replace(path, "2025-05-19T08:00:00Z\n", 21, 0644));
    assert_ok(clock_open(path, &clock));
    assert_true(clock_now_s(clock) == wanted);
    assert_ok(file_replace(path, "2025-05-19T08:00:01Z\n", 21, 0644));
    assert_true(clock_now_s(clock) == wanted + 1);
    assert_ok(file_replace(path, "?\n", 2, 0644));
    assert_true(clock_now_s(clock) == wanted + 1);

    clock_close(clock);
    free(path);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_eight_centuries_agrees_with_libc),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(weeks_begin_on_monday),
        cmocka_unit_test(buckets_are_months),
        cmocka_unit_test(a_clock_file_takes_the_place_of_the_system_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
