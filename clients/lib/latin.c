/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/latin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* NFKD lengthens a text at most eighteenfold; IDENTITY_INPUT_MAX bytes fit, so that nothing
 * that has been a name lands on the heap. */
enum { FOLDED_ROOM = 4096 };

struct folded {
    uint8_t text[FOLDED_ROOM];
};
WIPED_KIND(folded)

struct trimmed {
    uint8_t text[IDENTITY_INPUT_MAX];
};
WIPED_KIND(trimmed)

/* Letters that Unicode does not decompose, as Dutch registers transcribe them. */
static const struct {
    ucs4_t letter;
    const char *latin;
} TRANSCRIBED[] = {
    { 0x00e6, "ae" }, { 0x0153, "oe" }, { 0x00f8, "o" }, { 0x0142, "l" }, { 0x0111, "d" },
    { 0x00f0, "d" },  { 0x00fe, "th" }, { 0x0127, "h" }, { 0x0131, "i" }, { 0x014b, "ng" },
    { 0x0167, "t" },  { 0x0259, "e" },  { 0x0138, "k" }, { 0x0180, "b" }, { 0x01e5, "g" },
    { 0x0253, "b" },  { 0x0257, "d" },  { 0x0199, "k" }, { 0x01b4, "y" },
};

static bool
is_apostrophe(ucs4_t letter)
{
    static const ucs4_t MARKS[] = { 0x27,  0x60,  0xb4,  0x2018, 0x2019, 0x201b, 0x2032, 0x2b9,
                                    0x2bb, 0x2bc, 0x2bd, 0x2be,  0x2bf,  0x2c8,  0x2ca };

    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++) {
        if (letter == MARKS[i]) {
            return true;
        }
    }
    return false;
}

/* Copies 'text' without apostrophes, which NFKD would turn into spaces, and refuses what cannot
 * be seen. */
static enum identity_reason
trim(const uint8_t *text, size_t len, struct trimmed *out, size_t *out_len)
{
    size_t at = 0;

    *out_len = 0;
    while (at < len) {
        ucs4_t letter = 0;
        int step = u8_mbtouc(&letter, text + at, len - at);

        if (uc_is_general_category(letter, UC_CATEGORY_C) ||
            uc_is_general_category(letter, UC_CATEGORY_Zl) ||
            uc_is_general_category(letter, UC_CATEGORY_Zp)) {
            return IDENTITY_INVISIBLE;
        }
        /* NFKD would make "12" and a raised 2 the number 122. */
        if (uc_is_general_category(letter, UC_CATEGORY_No)) {
            return IDENTITY_NOT_A_NAME;
        }
        if (!is_apostrophe(letter)) {
            memcpy(out->text + *out_len, text + at, (size_t) step);
            *out_len += (size_t) step;
        }
        at += (size_t) step;
    }
    return IDENTITY_ACCEPTED;
}

/* The ASCII text for one folded code point; NULL with '*reason' when there is none. */
static const char *
transcribe(ucs4_t letter, char ascii[2], enum identity_reason *reason)
{
    ascii[0] = '\0';
    ascii[1] = '\0';
    if (uc_is_general_category(letter, UC_CATEGORY_M) || is_apostrophe(letter)) {
        return ascii;
    }
    if (letter < 0x80 && strchr("abcdefghijklmnopqrstuvwxyz0123456789-/.,=", (int) letter)) {
        ascii[0] = (char) letter;
        return ascii;
    }
    if (uc_is_general_category(letter, UC_CATEGORY_Pd)) {
        return "-";
    }
    if (uc_is_general_category(letter, UC_CATEGORY_Zs) ||
        (letter < 0x80 && strchr(")\":;", (int) letter) != NULL)) {
        return " ";
    }
    /* "de Vries (Jansen)" and "Jansen & de Vries" are two names. */
    if (letter < 0x80 && strchr("(&+", (int) letter) != NULL) {
        return "/";
    }
    for (size_t i = 0; i < sizeof TRANSCRIBED / sizeof TRANSCRIBED[0]; i++) {
        if (TRANSCRIBED[i].letter == letter) {
            return TRANSCRIBED[i].latin;
        }
    }
    *reason =
        uc_is_general_category(letter, UC_CATEGORY_L) ? IDENTITY_NOT_LATIN : IDENTITY_NOT_A_NAME;
    return NULL;
}

/* Appends with runs of spaces made one and none in front. */
static bool
put(struct latin *out, size_t *len, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == ' ' && (*len == 0 || out->text[*len - 1] == ' ')) {
            continue;
        }
        if (*len + 1 >= sizeof out->text) {
            return false;
        }
        out->text[(*len)++] = *text;
    }
    return true;
}

static enum identity_reason
transcribe_all(const uint8_t *folded, size_t len, struct latin *out)
{
    enum identity_reason reason = IDENTITY_ACCEPTED;
    size_t out_len = 0;

    for (size_t at = 0; at < len;) {
        char ascii[2];
        ucs4_t letter = 0;
        const char *text;

        at += (size_t) u8_mbtouc(&letter, folded + at, len - at);
        text = transcribe(letter, ascii, &reason);
        if (text == NULL) {
            return reason;
        }
        if (!put(out, &out_len, text)) {
            return IDENTITY_TOO_LONG;
        }
    }
    while (out_len > 0 && out->text[out_len - 1] == ' ') {
        out_len--;
    }
    out->text[out_len] = '\0';
    return IDENTITY_ACCEPTED;
}

enum err
latin_fold(const char *text, struct latin *out, enum identity_reason *reason)
{
    WIPED(trimmed) struct trimmed trimmed = { { 0 } };
    WIPED(folded) struct folded buffer = { { 0 } };
    WIPED(latin) struct latin latin = { { 0 } };
    size_t len = text == NULL ? 0 : strnlen(text, IDENTITY_INPUT_MAX + 1);
    size_t folded_len = sizeof buffer.text;
    enum identity_reason found = IDENTITY_ACCEPTED;
    uint8_t *folded;

    if (len > IDENTITY_INPUT_MAX) {
        *reason = IDENTITY_TOO_LONG;
        return ERR_MALFORMED;
    }
    if (len > 0 && u8_check((const uint8_t *) text, len) != NULL) {
        *reason = IDENTITY_NOT_UTF8;
        return ERR_MALFORMED;
    }
    found = trim((const uint8_t *) text, len, &trimmed, &len);
    if (found != IDENTITY_ACCEPTED) {
        *reason = found;
        return ERR_MALFORMED;
    }
    folded = u8_casefold(trimmed.text, len, NULL, UNINORM_NFKD, buffer.text, &folded_len);
    if (folded == NULL) {
        return ERR_NOMEM;
    }
    found = transcribe_all(folded, folded_len, &latin);
    if (folded != buffer.text) {
        sodium_memzero(folded, folded_len);
        free(folded);
    }
    if (found != IDENTITY_ACCEPTED) {
        *reason = found;
        return ERR_MALFORMED;
    }
    *out = latin;
    return ERR_OK;
}

static bool
is_word_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

enum err
latin_cut(const struct latin *latin, struct latin_words *out)
{
    struct latin_words words = { 0 };
    const char *at = latin->text;
    char separator = '\0';

    for (;;) {
        struct latin_word *word = &words.at[words.count];
        size_t len = 0;

        for (separator = '\0'; *at != '\0' && !is_word_letter(*at); at++) {
            if (separator == '\0' || separator == ' ') {
                separator = *at;
            }
        }
        if (words.count > 0) {
            words.at[words.count - 1].after = separator;
        }
        if (*at == '\0') {
            break;
        }
        if (words.count == LATIN_WORDS_MAX) {
            return ERR_TOO_BIG;
        }
        while (is_word_letter(at[len])) {
            len++;
        }
        *word = (struct latin_word) { .text = at, .len = len, .before = separator };
        words.count++;
        at += len;
    }
    *out = words;
    return ERR_OK;
}

bool
latin_word_is_in(const char *word, size_t len, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strlen(*list) == len && strncmp(*list, word, len) == 0) {
            return true;
        }
    }
    return false;
}

enum err
latin_append(char *out, size_t room, const char *text, size_t len)
{
    size_t at = strlen(out);

    if (len >= room - at) {
        return ERR_TOO_BIG;
    }
    memcpy(out + at, text, len);
    out[at + len] = '\0';
    return ERR_OK;
}

bool
latin_has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}
