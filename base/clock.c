/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"

enum {
    DAY_S = 86400,
    WEEK_ZERO_DAY = 10959, /* Monday 3 January 2000 */
};

struct clock {
    char *file; /* NULL: the system's clock */
    _Atomic uint64_t last_s;
};

static enum err
clock_read_file(const char *file, uint64_t *out)
{
    char text[TIME_TEXT_ROOM] = "";
    size_t len = 0;
    enum err err = file_read_into(file, text, sizeof text - 1, &len);

    if (err != ERR_OK) {
        return err;
    }
    if (len > 0 && text[len - 1] == '\n') {
        len--;
    }
    text[len] = '\0';
    return time_parse(text, out);
}

enum err
clock_open(const char *file, struct clock **out)
{
    struct clock *clock = calloc(1, sizeof *clock);
    uint64_t now = 0;
    enum err err = ERR_OK;

    if (clock == NULL) {
        return ERR_NOMEM;
    }
    if (file != NULL) {
        clock->file = strdup(file);
        err = clock->file == NULL ? ERR_NOMEM : clock_read_file(file, &now);
        atomic_store(&clock->last_s, now);
    }
    if (err != ERR_OK) {
        clock_close(clock);
        return err;
    }
    *out = clock;
    return ERR_OK;
}

void
clock_close(struct clock *clock)
{
    if (clock == NULL) {
        return;
    }
    free(clock->file);
    free(clock);
}

uint64_t
clock_now_s(struct clock *clock)
{
    struct timespec ts = { 0 };
    uint64_t now = 0;

    if (clock->file == NULL) {
        clock_gettime(CLOCK_REALTIME, &ts);
        return (uint64_t) ts.tv_sec;
    }
    if (clock_read_file(clock->file, &now) == ERR_OK) {
        atomic_store(&clock->last_s, now);
    }
    return atomic_load(&clock->last_s);
}

uint64_t
clock_monotonic_ms(void)
{
    struct timespec ts = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t) ts.tv_sec * 1000 + (uint64_t) ts.tv_nsec / 1000000;
}

/* Both conversions count from 1 March of year 0, so that a leap day is the last of its year. */
int32_t
date_to_days(struct date date)
{
    int32_t year = (int32_t) date.year - (date.month <= 2 ? 1 : 0);
    int32_t era = (year >= 0 ? year : year - 399) / 400;
    int32_t year_of_era = year - era * 400;
    int32_t month = (date.month + 9) % 12;
    int32_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

struct date
date_from_days(int32_t days)
{
    int32_t shifted = days + 719468;
    int32_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int32_t day_of_era = shifted - era * 146097;
    int32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month = (5 * day_of_year + 2) / 153;
    int32_t year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);

    return (struct date) {
        .year = (uint16_t) year,
        .month = (uint8_t) (month < 10 ? month + 3 : month - 9),
        .day = (uint8_t) (day_of_year - (153 * month + 2) / 5 + 1),
    };
}

struct date
date_of(uint64_t unix_s)
{
    return date_from_days((int32_t) (unix_s / DAY_S));
}

bool
date_is_valid(struct date date)
{
    struct date back;

    if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31 || date.year < 1) {
        return false;
    }
    back = date_from_days(date_to_days(date));
    return back.year == date.year && back.month == date.month && back.day == date.day;
}

/* Reads the digits of 'text' where 'form' has a 'd'; every other character must be the same. */
static bool
matches_form(const char *text, const char *form)
{
    size_t i = 0;

    for (; form[i] != '\0' && text[i] != '\0'; i++) {
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) {
            return false;
        }
    }
    return form[i] == text[i];
}

static unsigned int
digits(const char *text, size_t count)
{
    unsigned int value = 0;

    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (unsigned int) (text[i] - '0');
    }
    return value;
}

enum err
date_parse(const char *text, struct date *out)
{
    struct date date;

    if (!matches_form(text, "dddd-dd-dd")) {
        return ERR_MALFORMED;
    }
    date = (struct date) {
        .year = (uint16_t) digits(text, 4),
        .month = (uint8_t) digits(text + 5, 2),
        .day = (uint8_t) digits(text + 8, 2),
    };
    if (!date_is_valid(date)) {
        return ERR_MALFORMED;
    }
    *out = date;
    return ERR_OK;
}

void
date_format(struct date date, char out[DATE_TEXT_ROOM])
{
    snprintf(out, DATE_TEXT_ROOM, "%04u-%02u-%02u", (unsigned int) date.year % 10000,
             (unsigned int) date.month, (unsigned int) date.day);
}

void
time_format(uint64_t unix_s, char out[TIME_TEXT_ROOM])
{
    char day[DATE_TEXT_ROOM];
    unsigned int second = (unsigned int) (unix_s % DAY_S);

    date_format(date_of(unix_s), day);
    snprintf(out, TIME_TEXT_ROOM, "%sT%02u:%02u:%02uZ", day, second / 3600, second / 60 % 60,
             second % 60);
}

enum err
time_parse(const char *text, uint64_t *out)
{
    char day[DATE_TEXT_ROOM] = "";
    struct date date = { 0 };
    unsigned int hour;
    unsigned int minute;
    unsigned int second;

    if (!matches_form(text, "dddd-dd-ddTdd:dd:ddZ")) {
        return ERR_MALFORMED;
    }
    memcpy(day, text, 10);
    hour = digits(text + 11, 2);
    minute = digits(text + 14, 2);
    second = digits(text + 17, 2);
    if (date_parse(day, &date) != ERR_OK || date.year < 1970 || hour > 23 || minute > 59 ||
        second > 59) {
        return ERR_MALFORMED;
    }
    *out = (uint64_t) date_to_days(date) * DAY_S + (hour * 60 + minute) * UINT64_C(60) + second;
    return ERR_OK;
}

uint32_t
clock_day(uint64_t unix_s)
{
    return (uint32_t) (unix_s / DAY_S);
}

uint16_t
clock_bucket(struct date date)
{
    return (uint16_t) (12 * (date.year - 2000) + date.month - 1);
}

struct date
clock_bucket_first_day(uint16_t bucket)
{
    return (struct date) {
        .year = (uint16_t) (2000 + bucket / 12),
        .month = (uint8_t) (bucket % 12 + 1),
        .day = 1,
    };
}

uint16_t
clock_quarter(struct date date)
{
    return (uint16_t) (4 * (date.year - 2000) + (date.month - 1) / 3);
}

uint16_t
clock_week(struct date date)
{
    return (uint16_t) ((date_to_days(date) - WEEK_ZERO_DAY) / 7);
}

struct date
clock_week_first_day(uint16_t week)
{
    return date_from_days(WEEK_ZERO_DAY + 7 * (int32_t) week);
}
