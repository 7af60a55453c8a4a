/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "clients/lib/normalise.h"
#include "clients/lib/soundcode.h"

enum { ABBREVIATION_MAX = 3, TITLE_LEN_MIN = 3 };

struct name {
    char text[IDENTITY_NAME_ROOM];
};
WIPED_KIND(name)

/* Adds the letter unless the room is used up: further initials tell nothing. */
static void
add_initial(char *initials, char letter)
{
    size_t len = strlen(initials);

    if (len + 1 < IDENTITY_INITIALS_ROOM) {
        initials[len] = letter;
        initials[len + 1] = '\0';
    }
}

/* Whether a text is several particles and nothing else: a part of the surname in the wrong field.
 * One alone may be a name ("Van"). */
static bool
is_only_particles(const struct identity_rules *rules, const struct latin_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        if (!latin_word_is_in(words->at[i].text, words->at[i].len, rules->particles)) {
            return false;
        }
    }
    return words->count > 1;
}

/* The same of names that were kept, with a space between them. */
static bool
are_only_particles(const struct identity_rules *rules, const char *names)
{
    size_t count = 0;

    for (const char *at = names; *at != '\0';) {
        size_t len = strcspn(at, " ");

        if (!latin_word_is_in(at, len, rules->particles)) {
            return false;
        }
        count++;
        at += len;
        at += strspn(at, " ");
    }
    return count > 1;
}

/* Whether a word in a field for names says that there is none: "Mevr.", "baby". */
static bool
is_no_first_name(const struct identity_rules *rules, const char *word, size_t len)
{
    return latin_word_is_in(word, len, rules->titles) ||
        latin_word_is_in(word, len, rules->no_first_names);
}

/* The letter that a name begins with; "IJsbrand" and "Ysbrand" begin alike. */
static char
first_letter(const struct identity_rules *rules, const char *name)
{
    WIPED(sound) struct sound letter = { { 0 } };

    letters_of(rules, name, 1, &letter);
    return letter.text[0];
}

/* "J", "J." and "Th." are initials, not names. */
static bool
is_initial(const struct latin_word *word)
{
    return word->len == 1 || (word->after == '.' && word->len <= ABBREVIATION_MAX);
}

/* Puts the name that begins at word 'at' into 'name', and returns how many words it takes: a
 * hyphen joins ("Jean-Claude"), a space parts. */
static size_t
name_at(const struct latin_words *words, size_t at, struct name *name)
{
    size_t taken = 0;

    name->text[0] = '\0';
    do {
        const struct latin_word *word = &words->at[at + taken];

        if (latin_append(name->text, sizeof name->text, word->text, word->len) != ERR_OK) {
            return 0;
        }
        taken++;
    } while (at + taken < words->count && words->at[at + taken].before == '-' &&
             !is_initial(&words->at[at + taken]) && !is_initial(&words->at[at + taken - 1]));
    return taken;
}

/* Adds a name, or an initial alone, unless it says that there is none. */
static enum err
add_name(struct normaliser *self, const char *name, bool is_name, char *initials)
{
    char *names = self->identity.given_names;
    size_t room = sizeof self->identity.given_names;

    if (is_no_first_name(self->rules, name, strlen(name))) {
        return ERR_OK;
    }
    add_initial(initials, first_letter(self->rules, name));
    if (is_name &&
        ((names[0] != '\0' && latin_append(names, room, " ", 1) != ERR_OK) ||
         latin_append(names, room, name, strlen(name)) != ERR_OK)) {
        return normalise_refuse(self, IDENTITY_GIVEN_NAMES, IDENTITY_TOO_LONG);
    }
    return ERR_OK;
}

static enum err
given_names(struct normaliser *self, char *initials)
{
    WIPED(latin) struct latin latin = { { 0 } };
    WIPED(name) struct name name = { "" };
    struct latin_words words = { 0 };
    char *names = self->identity.given_names;
    enum err err = normalise_cut(self, IDENTITY_GIVEN_NAMES, &latin, &words);

    if (err == ERR_OK && latin_has_digit(latin.text)) {
        err = normalise_refuse(self, IDENTITY_GIVEN_NAMES, IDENTITY_NOT_A_NAME);
    }
    for (size_t i = 0; err == ERR_OK && i < words.count;) {
        size_t taken = name_at(&words, i, &name);

        if (taken == 0) {
            return normalise_refuse(self, IDENTITY_GIVEN_NAMES, IDENTITY_TOO_LONG);
        }
        err = add_name(self, name.text, taken > 1 || !is_initial(&words.at[i]), initials);
        i += taken;
    }
    if (err == ERR_OK && are_only_particles(self->rules, names)) {
        err = normalise_refuse(self, IDENTITY_GIVEN_NAMES, IDENTITY_ONLY_PARTICLES);
    }
    if (latin_word_is_in(names, strlen(names), self->rules->unknown_words)) {
        memset(names, 0, sizeof self->identity.given_names);
        memset(initials, 0, IDENTITY_INITIALS_ROOM);
    }
    return err;
}

static char
first_letter_of_word(const struct identity_rules *rules, const struct latin_word *word)
{
    WIPED(name) struct name name = { "" };

    return latin_append(name.text, sizeof name.text, word->text, word->len) == ERR_OK
        ? first_letter(rules, name.text)
        : word->text[0];
}

/* "Dhr" without a point is no D.H.R., but "MR" may be M.R. */
static bool
is_form_of_address(const struct identity_rules *rules, const struct latin_word *word)
{
    return word->len >= TITLE_LEN_MIN && latin_word_is_in(word->text, word->len, rules->titles);
}

/* "J.M." and "j m" are an initial per word; "JM" is one per letter. */
static enum err
initials_field(struct normaliser *self, char *initials)
{
    WIPED(latin) struct latin latin = { { 0 } };
    struct latin_words words = { 0 };
    enum err err = normalise_cut(self, IDENTITY_INITIALS, &latin, &words);

    if (err != ERR_OK) {
        return err;
    }
    if (latin_has_digit(latin.text)) {
        return normalise_refuse(self, IDENTITY_INITIALS, IDENTITY_NOT_A_NAME);
    }
    if (words.count == 1 && words.at[0].after == '\0') {
        if (is_form_of_address(self->rules, &words.at[0])) {
            return ERR_OK;
        }
        for (size_t i = 0; i < words.at[0].len; i++) {
            add_initial(initials, words.at[0].text[i]);
        }
        return ERR_OK;
    }
    for (size_t i = 0; i < words.count; i++) {
        if (!latin_word_is_in(words.at[i].text, words.at[i].len, self->rules->titles)) {
            add_initial(initials, first_letter_of_word(self->rules, &words.at[i]));
        }
    }
    return ERR_OK;
}

/* A call name is one name: spaces and hyphens in it vanish, forms of address go, and what stands behind
 * a bracket or stroke is another name. */
static enum err
call_name(struct normaliser *self, char *initials)
{
    WIPED(latin) struct latin latin = { { 0 } };
    struct latin_words words = { 0 };
    struct identity *identity = &self->identity;
    enum err err = normalise_cut(self, IDENTITY_CALL_NAME, &latin, &words);

    if (err != ERR_OK) {
        return err;
    }
    if (latin_has_digit(latin.text)) {
        return normalise_refuse(self, IDENTITY_CALL_NAME, IDENTITY_NOT_A_NAME);
    }
    if (is_only_particles(self->rules, &words)) {
        return normalise_refuse(self, IDENTITY_CALL_NAME, IDENTITY_ONLY_PARTICLES);
    }
    for (size_t i = 0; i < words.count; i++) {
        const struct latin_word *word = &words.at[i];

        if (identity->call_name[0] != '\0' && (word->before == '/' || word->before == ',')) {
            break;
        }
        if (is_no_first_name(self->rules, word->text, word->len)) {
            continue;
        }
        if (is_initial(word)) {
            add_initial(initials, first_letter_of_word(self->rules, word));
        } else if (latin_append(identity->call_name, sizeof identity->call_name, word->text,
                                word->len) != ERR_OK) {
            return normalise_refuse(self, IDENTITY_CALL_NAME, IDENTITY_TOO_LONG);
        }
    }
    if (latin_word_is_in(identity->call_name, strlen(identity->call_name),
                         self->rules->unknown_words) ||
        is_no_first_name(self->rules, identity->call_name, strlen(identity->call_name))) {
        memset(identity->call_name, 0, sizeof identity->call_name);
    }
    /* "Jan P.": the letter behind a name is not that of the name. */
    if (identity->call_name[0] != '\0') {
        memset(initials, 0, IDENTITY_INITIALS_ROOM);
    }
    return ERR_OK;
}

/* The initials that each of the fields yields. */
struct sources {
    char names[IDENTITY_INITIALS_ROOM];
    char call_name[IDENTITY_INITIALS_ROOM];
    char field[IDENTITY_INITIALS_ROOM];
    char own[IDENTITY_INITIALS_ROOM]; /* of the first name alone */
};
WIPED_KIND(sources)

/* The best there is.  Initials that spell "unknown" (n.n., n.v.t.) are none unless the first name begins
 * with that letter: Nico Nel is N.N. */
static const char *
best_of(const struct normaliser *self, struct sources *from)
{
    const char *best = from->field;

    if (best[0] == '\0') {
        best = from->names[0] != '\0' ? from->names : from->call_name;
    }
    if (!latin_word_is_in(best, strlen(best), self->rules->unknown_words)) {
        return best;
    }
    add_initial(from->own, first_letter(self->rules, self->identity.given_names));
    return from->own[0] == best[0] ? best : from->own;
}

enum err
normalise_first_names(struct normaliser *self)
{
    WIPED(sources) struct sources from = { "", "", "", "" };
    enum err err = given_names(self, from.names);

    if (err == ERR_OK) {
        err = call_name(self, from.call_name);
    }
    if (err == ERR_OK) {
        err = initials_field(self, from.field);
    }
    if (err == ERR_OK) {
        memcpy(self->identity.initials, best_of(self, &from), sizeof self->identity.initials);
    }
    return err;
}
