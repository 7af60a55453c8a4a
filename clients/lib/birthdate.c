/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "clients/lib/normalise.h"

enum { PART_COUNT_MAX = 3 };

/* A leap year, for dates whose year is not known. */
enum { SOME_LEAP_YEAR = 2000 };

static unsigned int
number_of(const char *text, size_t len)
{
    unsigned int value = 0;

    for (size_t i = 0; i < len; i++) {
        value = value * 10 + (unsigned int) (text[i] - '0');
    }
    return value;
}

/* "19800412", "1980", or year-month-day, day-month-year, year-month with any of - / . or a
 * space. */
static bool
read_parts(const struct latin_words *words, struct birth_date *out)
{
    const struct latin_word *at = words->at;
    size_t year_at;

    if (words->count == 1 && at[0].len == 8) {
        *out = (struct birth_date) { .year = (uint16_t) number_of(at[0].text, 4),
                                     .month = (uint8_t) number_of(at[0].text + 4, 2),
                                     .day = (uint8_t) number_of(at[0].text + 6, 2) };
        return true;
    }
    if (words->count == 0 || words->count > PART_COUNT_MAX) {
        return false;
    }
    year_at = at[0].len == 4 ? 0 : words->count - 1;
    for (size_t i = 0; i < words->count; i++) {
        if (i == year_at ? at[i].len != 4 : at[i].len > 2) {
            return false;
        }
    }
    out->year = (uint16_t) number_of(at[year_at].text, 4);
    if (words->count == 2) {
        out->month = (uint8_t) number_of(at[1 - year_at].text, at[1 - year_at].len);
    } else if (words->count == 3) {
        out->month = (uint8_t) number_of(at[1].text, at[1].len);
        out->day = (uint8_t) number_of(at[2 - year_at].text, at[2 - year_at].len);
    }
    return true;
}

/* Whether the known parts can be a day. */
static bool
may_exist(struct birth_date date)
{
    struct date whole = {
        .year = date.year == 0 ? SOME_LEAP_YEAR : date.year,
        .month = date.month == 0 ? 1 : date.month,
        .day = date.day == 0 ? 1 : date.day,
    };

    return date_is_valid(whole);
}

/* The first day that the known parts leave open, for the comparison with today. */
static bool
is_future(struct birth_date date, struct date today)
{
    struct date earliest = {
        .year = date.year,
        .month = date.month == 0 ? 1 : date.month,
        .day = date.day == 0 ? 1 : date.day,
    };

    return date.year != 0 && date_to_days(earliest) > date_to_days(today);
}

/* Whether the person has passed the greatest age, however late in the year the birthday is. */
static bool
is_too_old(struct birth_date date, struct date today, uint16_t age_max)
{
    unsigned int month = date.month == 0 ? 12 : date.month;
    unsigned int day = date.day == 0 ? 31 : date.day;
    bool had_birthday = today.month > month || (today.month == month && today.day >= day);

    return date.year != 0 && today.year - date.year - (had_birthday ? 0 : 1) > age_max;
}

enum err
normalise_birth_date(struct normaliser *self)
{
    WIPED(latin) struct latin latin = { { 0 } };
    struct latin_words words = { 0 };
    struct birth_date date = { 0 };
    enum err err = normalise_cut(self, IDENTITY_BIRTH_DATE, &latin, &words);

    if (err != ERR_OK || words.count == 0) {
        return err;
    }
    if (strspn(latin.text, "0123456789-/. ") != strlen(latin.text) || !read_parts(&words, &date)) {
        return normalise_refuse(self, IDENTITY_BIRTH_DATE, IDENTITY_DATE_FORM);
    }
    if (!may_exist(date)) {
        return normalise_refuse(self, IDENTITY_BIRTH_DATE, IDENTITY_DATE_IMPOSSIBLE);
    }
    if (is_future(date, self->today)) {
        return normalise_refuse(self, IDENTITY_BIRTH_DATE, IDENTITY_DATE_FUTURE);
    }
    if (is_too_old(date, self->today, self->rules->age_max)) {
        return normalise_refuse(self, IDENTITY_BIRTH_DATE, IDENTITY_DATE_TOO_OLD);
    }
    if (self->input->birth_day_is_estimated && date.day == 1 &&
        (date.month == 1 || date.month == 7)) {
        date.month = 0;
        date.day = 0;
    }
    self->identity.birth_date = date;
    return ERR_OK;
}
