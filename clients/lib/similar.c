/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/similar.h"

#include <stdio.h>
#include <string.h>

enum { DATE_DIGITS = 8 };

struct digits {
    char text[DATE_DIGITS + 1];
};
WIPED_KIND(digits)

struct rows {
    unsigned int before_last[IDENTITY_NAME_ROOM + 1];
    unsigned int last[IDENTITY_NAME_ROOM + 1];
    unsigned int now[IDENTITY_NAME_ROOM + 1];
};

static unsigned int
least(unsigned int a, unsigned int b)
{
    return a < b ? a : b;
}

unsigned int
similar_edits(const char *a, const char *b)
{
    struct rows rows = { 0 };
    size_t a_len = strnlen(a, IDENTITY_NAME_ROOM);
    size_t b_len = strnlen(b, IDENTITY_NAME_ROOM);

    for (size_t k = 0; k <= b_len; k++) {
        rows.now[k] = (unsigned int) k;
    }
    for (size_t i = 1; i <= a_len; i++) {
        memcpy(rows.before_last, rows.last, sizeof rows.last);
        memcpy(rows.last, rows.now, sizeof rows.now);
        rows.now[0] = (unsigned int) i;
        for (size_t k = 1; k <= b_len; k++) {
            unsigned int replace = rows.last[k - 1] + (a[i - 1] != b[k - 1] ? 1 : 0);

            rows.now[k] = least(replace, least(rows.last[k], rows.now[k - 1]) + 1);
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) {
                rows.now[k] = least(rows.now[k], rows.before_last[k - 2] + 1);
            }
        }
    }
    return rows.now[b_len];
}

bool
similar_is_prefix(const char *a, const char *b, size_t min)
{
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    size_t len = a_len < b_len ? a_len : b_len;

    return len >= min && strncmp(a, b, len) == 0;
}

/* Places that differ, a swap of neighbours counting once. */
static unsigned int
places(const char *a, const char *b)
{
    unsigned int count = 0;

    for (size_t i = 0; i < DATE_DIGITS; i++) {
        if (a[i] == b[i]) {
            continue;
        }
        count++;
        if (i + 1 < DATE_DIGITS && a[i] == b[i + 1] && a[i + 1] == b[i]) {
            i++;
        }
    }
    return count;
}

static void
digits_of(struct birth_date date, struct digits *out)
{
    snprintf(out->text, sizeof out->text, "%04u%02u%02u", date.year % 10000U, date.month % 100U,
             date.day % 100U);
}

/* The places that differ when the day and month of 'b' are taken for each other. */
static unsigned int
places_turned(struct birth_date a, struct birth_date b)
{
    struct birth_date turned = { .year = b.year, .month = b.day, .day = b.month };
    WIPED(digits) struct digits a_digits = { "" };
    WIPED(digits) struct digits turned_digits = { "" };

    digits_of(a, &a_digits);
    digits_of(turned, &turned_digits);
    return places(a_digits.text, turned_digits.text);
}

unsigned int
similar_date_edits(struct birth_date a, struct birth_date b)
{
    WIPED(digits) struct digits a_digits = { "" };
    WIPED(digits) struct digits b_digits = { "" };

    digits_of(a, &a_digits);
    digits_of(b, &b_digits);
    /* Digits swapped across the border of day and month count once only one way round: look both ways. */
    return least(places(a_digits.text, b_digits.text),
                 least(places_turned(a, b), places_turned(b, a)) + 1);
}
