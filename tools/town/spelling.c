/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/spelling.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/clock.h"

enum { SPELLING_ROOM = 256 };

/* Letters that do not decompose. */
static char
plain_of(ucs4_t letter)
{
    switch (letter) {
        case 0x0131: /* dotless i */
            return 'i';
        case 0x0141:
            return 'L';
        case 0x0142:
            return 'l';
        case 0x00d8:
            return 'O';
        case 0x00f8:
            return 'o';
        default:
            return '\0';
    }
}

enum err
spelling_to_ascii(char *text, size_t room)
{
    uint8_t buffer[SPELLING_ROOM];
    size_t len = sizeof buffer;
    char out[SPELLING_ROOM];
    size_t out_len = 0;
    uint8_t *flat = u8_normalize(UNINORM_NFKD, (const uint8_t *) text, strlen(text), buffer, &len);
    enum err err = ERR_MALFORMED;

    if (flat == NULL || len >= sizeof out) {
        goto out;
    }
    for (size_t at = 0; at < len;) {
        ucs4_t letter = 0;
        int used = u8_mbtouc(&letter, flat + at, len - at);
        char plain = letter < 0x80 ? (char) letter : plain_of(letter);

        at += (size_t) used;
        if (uc_is_general_category(letter, UC_MARK)) {
            continue;
        }
        if (plain == '\0') {
            goto out;
        }
        out[out_len++] = plain;
    }
    out[out_len++] = '\0';
    if (out_len > room) {
        err = ERR_TOO_BIG;
        goto out;
    }
    memcpy(text, out, out_len);
    err = ERR_OK;
out:
    if (flat != buffer) {
        free(flat);
    }
    return err;
}

enum err
spelling_to_upper(char *text, size_t room)
{
    uint8_t buffer[SPELLING_ROOM];
    size_t len = sizeof buffer;
    uint8_t *upper = u8_toupper((const uint8_t *) text, strlen(text), NULL, NULL, buffer, &len);
    enum err err = ERR_OK;

    if (upper == NULL) {
        err = ERR_MALFORMED;
    } else if (len >= room) {
        err = ERR_TOO_BIG;
    } else {
        memcpy(text, upper, len);
        text[len] = '\0';
    }
    if (upper != buffer) {
        free(upper);
    }
    return err;
}

/* Replaces 'old_len' bytes at 'at'; false when it does not fit. */
static bool
replace_at(char *text, size_t room, size_t at, size_t old_len, const char *with)
{
    size_t len = strlen(text);
    size_t with_len = strlen(with);

    if (len - old_len + with_len + 1 > room) {
        return false;
    }
    memmove(text + at + with_len, text + at + old_len, len - at - old_len + 1);
    memcpy(text + at, with, with_len);
    return true;
}

/* Writes a name as it sounds, at the first place that offers itself. */
static bool
slip_by_sound(struct rng *rng, char *text, size_t room)
{
    static const char *const SOUNDS[][2] = { { "ij", "y" },  { "y", "ij" },  { "ou", "au" },
                                             { "au", "ou" }, { "ck", "k" },  { "c", "k" },
                                             { "z", "s" },   { "ch", "g" },  { "ss", "s" },
                                             { "th", "t" },  { "ei", "ij" }, { "ee", "e" },
                                             { "aa", "a" },  { "dt", "t" },  { "s", "z" } };
    enum { SOUND_COUNT = sizeof SOUNDS / sizeof SOUNDS[0] };
    size_t start = rng_below(rng, SOUND_COUNT);

    for (size_t i = 0; i < SOUND_COUNT; i++) {
        const char *const *sound = SOUNDS[(start + i) % SOUND_COUNT];
        char *found = text[0] == '\0' ? NULL : strstr(text + 1, sound[0]);

        if (found != NULL) {
            return replace_at(text, room, (size_t) (found - text), strlen(sound[0]), sound[1]);
        }
    }
    return false;
}

static bool
is_plain_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A place behind the first letter where two plain letters stand side by side; 0 when there is
 * none. */
static size_t
find_letters(struct rng *rng, const char *text)
{
    size_t len = strlen(text);

    if (len < 4) {
        return 0;
    }
    for (int i = 0; i < 40; i++) {
        size_t at = 1 + rng_below(rng, (uint32_t) len - 2);

        if (is_plain_letter(text[at]) && is_plain_letter(text[at + 1]) &&
            is_plain_letter(text[at - 1])) {
            return at;
        }
    }
    return 0;
}

/* The letter to the right on the keyboard, in the same case. */
static char
neighbour_of(char c)
{
    static const char ROWS[] = "qwertyuiopqasdfghjklazxcvbnmz";
    const char *found = strchr(ROWS, tolower((unsigned char) c));
    char next = found != NULL && found[0] != '\0' ? found[1] : 'e';

    return isupper((unsigned char) c) ? (char) toupper((unsigned char) next) : next;
}

bool
spelling_slip_name(struct rng *rng, char *text, size_t room)
{
    char with[3] = { 0 };
    size_t at = 0;

    if (rng_chance(rng, 400) && slip_by_sound(rng, text, room)) {
        return true;
    }
    at = find_letters(rng, text);
    if (at == 0) {
        return false;
    }
    switch (rng_below(rng, 4)) {
        case 0: /* changed over */
            with[0] = text[at + 1];
            with[1] = text[at];
            return with[0] != with[1] && replace_at(text, room, at, 2, with);
        case 1: /* doubled */
            with[0] = text[at];
            with[1] = text[at];
            return replace_at(text, room, at, 1, with);
        case 2: /* dropped */
            return replace_at(text, room, at, 1, "");
        default: /* mistyped */
            with[0] = neighbour_of(text[at]);
            return replace_at(text, room, at, 1, with);
    }
}

bool
spelling_slip_date(struct rng *rng, char *text, int latest)
{
    static const char PLACES[] = { 3, 5, 6, 8, 9, 9 };

    for (int i = 0; i < 40; i++) {
        char slip[DATE_TEXT_ROOM];
        struct date date;

        (void) snprintf(slip, sizeof slip, "%s", text);
        if (rng_chance(rng, 300)) {
            memcpy(slip + 5, text + 8, 2);
            memcpy(slip + 8, text + 5, 2);
        } else {
            size_t at = (size_t) PLACES[rng_below(rng, sizeof PLACES)];

            slip[at] = (char) ('0' + rng_below(rng, 10));
        }
        if (strcmp(slip, text) != 0 && date_parse(slip, &date) == ERR_OK && date.year < latest) {
            memcpy(text, slip, strlen(slip) + 1);
            return true;
        }
    }
    return false;
}

bool
spelling_slip_postcode(struct rng *rng, char *text)
{
    static const char LETTERS[] = "ABCEGHJKLMNPRTVWXZ";

    if (strlen(text) != 6) {
        return false;
    }
    if (rng_chance(rng, 300) && text[2] != text[3]) {
        char kept = text[2];

        text[2] = text[3];
        text[3] = kept;
        return true;
    }
    for (;;) {
        char letter = LETTERS[rng_below(rng, sizeof LETTERS - 1)];

        if (letter != text[5]) {
            text[5] = letter;
            return true;
        }
    }
}

bool
spelling_slip_number(struct rng *rng, char *text, size_t room)
{
    unsigned long number = strtoul(text, NULL, 10);

    if (number == 0 || number > 999) {
        return false;
    }
    number = rng_chance(rng, 300) ? number * 10 + number % 10 : number + 2;
    (void) snprintf(text, room, "%lu", number);
    return true;
}

static const char *const KEY_ROWS[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm" };

enum { KEY_WAYS = 6 };

/* The key that lies one step this way from a place on the keyboard; 0: none does. */
static char
neighbour_key(int row, long place, uint32_t way)
{
    static const int ACROSS[KEY_WAYS] = { -1, 1, 0, 1, -1, 0 };
    static const int DOWN[KEY_WAYS] = { 0, 0, -1, -1, 1, 1 };
    int other = row + DOWN[way];
    long there = place + ACROSS[way];

    if (other < 0 || other > 2 || there < 0 || there >= (long) strlen(KEY_ROWS[other])) {
        return 0;
    }
    return KEY_ROWS[other][there];
}

static char
in_case_of(char like, char letter)
{
    return isupper((unsigned char) like) ? (char) toupper((unsigned char) letter) : letter;
}

bool
spelling_slip_key(struct rng *rng, char *text)
{
    size_t at = find_letters(rng, text);
    char small = (char) tolower((unsigned char) text[at]);

    if (at == 0) {
        return false;
    }
    for (int row = 0; row < 3; row++) {
        const char *found = strchr(KEY_ROWS[row], small);
        uint32_t start = rng_below(rng, KEY_WAYS);
        char next = 0;

        for (uint32_t i = 0; found != NULL && next == 0 && i < KEY_WAYS; i++) {
            next = neighbour_key(row, found - KEY_ROWS[row], (start + i) % KEY_WAYS);
        }
        if (next != 0) {
            text[at] = in_case_of(text[at], next);
            return true;
        }
    }
    return false;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool
spelling_swap_digits(struct rng *rng, char *text)
{
    size_t len = strlen(text);

    for (int i = 0; i < 40 && len > 1; i++) {
        size_t at = rng_below(rng, (uint32_t) len - 1);
        char kept = text[at];

        if (is_digit(kept) && is_digit(text[at + 1]) && kept != text[at + 1] &&
            !(at == 0 && text[1] == '0')) {
            text[at] = text[at + 1];
            text[at + 1] = kept;
            return true;
        }
    }
    return false;
}

bool
spelling_swap_in_date(struct rng *rng, char *text, int latest)
{
    enum { CENTURIES_FROM = 1900 };

    for (int i = 0; i < 40; i++) {
        char slip[DATE_TEXT_ROOM];
        struct date date;

        (void) snprintf(slip, sizeof slip, "%s", text);
        if (spelling_swap_digits(rng, slip) && date_parse(slip, &date) == ERR_OK &&
            date.year >= CENTURIES_FROM && date.year < latest) {
            memcpy(text, slip, strlen(slip) + 1);
            return true;
        }
    }
    return false;
}
