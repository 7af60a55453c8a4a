/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* The only source of the time of day.  Protocol time is Unix seconds, UTC.
 *
 * In a demonstration (a registry that says so; the caller checks that) a clock file takes the place of
 * the system's clock: one line "YYYY-MM-DDThh:mm:ssZ", replaced atomically, read anew at each call. */
struct clock;

/* 'file' NULL: the system's clock.
 * ERR_IO: the file cannot be read.  ERR_MALFORMED: it does not hold one time. */
enum err clock_open(const char *file, struct clock **out) MUST_CHECK;
void clock_close(struct clock *clock);

/* The time now, in Unix seconds.  A clock file that became unreadable yields the last time read from it.
 * Threads: any. */
uint64_t clock_now_s(struct clock *clock);

/* Milliseconds that only ever grow, for measuring and for timers; never from the clock file. */
uint64_t clock_monotonic_ms(void);

/* A day of the Gregorian calendar. */
struct date {
    uint16_t year;
    uint8_t month; /* 1-12 */
    uint8_t day; /* 1-31 */
};

/* Days since 1 January 1970 (negative before). */
int32_t date_to_days(struct date date);
struct date date_from_days(int32_t days);
struct date date_of(uint64_t unix_s);
bool date_is_valid(struct date date);

/* Reads "YYYY-MM-DD" exactly.  ERR_MALFORMED: another form, or a day that does not exist. */
enum err date_parse(const char *text, struct date *out) MUST_CHECK;

enum { DATE_TEXT_ROOM = 16, TIME_TEXT_ROOM = 32 };

/* Writes "YYYY-MM-DD". */
void date_format(struct date date, char out[DATE_TEXT_ROOM]);

/* Writes and reads "YYYY-MM-DDThh:mm:ssZ". */
void time_format(uint64_t unix_s, char out[TIME_TEXT_ROOM]);
enum err time_parse(const char *text, uint64_t *out) MUST_CHECK;

/* Day since 1970 of a moment (docs/PROTOCOL.md section 3). */
uint32_t clock_day(uint64_t unix_s);

/* Retention bucket: 12 * (year - 2000) + month - 1 (docs/PROTOCOL.md section 4). */
uint16_t clock_bucket(struct date date);
struct date clock_bucket_first_day(uint16_t bucket);

/* Quarter: 4 * (year - 2000) + (month - 1) / 3. */
uint16_t clock_quarter(struct date date);

/* Week since Monday 3 January 2000 (docs/PROTOCOL.md section 4), and the Monday on which it
 * begins. */
uint16_t clock_week(struct date date);
struct date clock_week_first_day(uint16_t week);

#endif
