/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/workdays.h"

enum { DAY_S = 24 * 3600 };

/* Easter Sunday of the Gregorian calendar as days since 1970 (the anonymous algorithm of 1876). */
static int32_t
easter(uint16_t year)
{
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;

    return date_to_days(
        (struct date) { .year = year, .month = (uint8_t) (n / 31), .day = (uint8_t) (n % 31 + 1) });
}

/* 0 is Monday; 1 January 1970 was a Thursday. */
static int
weekday(int32_t days)
{
    return (int) ((((int64_t) days + 3) % 7 + 7) % 7);
}

static bool
is_fixed_holiday(struct date date, int32_t days)
{
    switch (date.month) {
        case 1:
            return date.day == 1;
        case 4: /* King's Day moves to Saturday when it falls on Sunday: weekends do not count anyway */
            return date.day == 27 && weekday(days) != 6;
        case 5:
            return date.day == 5 && date.year % 5 == 0;
        case 12:
            return date.day == 25 || date.day == 26;
        default:
            return false;
    }
}

bool
workdays_is_one(struct date date)
{
    int32_t days = date_to_days(date);
    int32_t since_easter = days - easter(date.year);

    if (weekday(days) >= 5 || is_fixed_holiday(date, days)) {
        return false;
    }
    return since_easter != 1 && since_easter != 39 && since_easter != 50;
}

uint64_t
workdays_after(uint64_t unix_s, uint32_t days)
{
    while (days > 0) {
        unix_s += DAY_S;
        if (workdays_is_one(date_of(unix_s))) {
            days--;
        }
    }
    return unix_s;
}
