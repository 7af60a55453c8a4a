/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_LATIN_H
#define CLIENTS_LIB_LATIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "clients/lib/identity.h"

enum { LATIN_ROOM = 512, LATIN_WORDS_MAX = 32 };

/* A text in the letters that all sources share. */
struct latin {
    char text[LATIN_ROOM];
};
WIPED_KIND(latin)

/* Folds 'text' (NULL counts as empty) to a-z, 0-9, single spaces and the separators - / . , = :
 * case, marks and compatibility forms go, apostrophes vanish, an opening bracket, & and + become
 * a stroke, a closing bracket and the like a space.
 *
 * ERR_MALFORMED: '*reason' is NOT_UTF8, TOO_LONG, INVISIBLE, NOT_LATIN or NOT_A_NAME (another
 * symbol).
 * ERR_NOMEM. */
enum err latin_fold(const char *text, struct latin *out, enum identity_reason *reason) MUST_CHECK;

/* A word of a folded text; borrows from it. */
struct latin_word {
    const char *text;
    size_t len;
    char before; /* the separator before it: '-' and the like win over a space; 0 at the start */
    char after; /* the same behind it; 0 at the end */
};

struct latin_words {
    size_t count;
    struct latin_word at[LATIN_WORDS_MAX];
};

/* Cuts a folded text into words of letters and digits.  ERR_TOO_BIG: more than LATIN_WORDS_MAX. */
enum err latin_cut(const struct latin *latin, struct latin_words *out) MUST_CHECK;

/* Whether the word is one of a NULL-terminated list. */
bool latin_word_is_in(const char *word, size_t len, const char *const *list);

/* Appends 'len' bytes to the string 'out' of 'room' bytes.  ERR_TOO_BIG: it does not fit. */
enum err latin_append(char *out, size_t room, const char *text, size_t len) MUST_CHECK;

/* Whether the text has a digit. */
bool latin_has_digit(const char *text);

#endif
