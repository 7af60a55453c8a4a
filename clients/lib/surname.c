/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "clients/lib/normalise.h"

/* What the surname fields yield.  Which of two is the birth name, words such as "e/v" tell; a bare hyphen
 * leaves it to the Dutch habit. */
enum { PARTS_MAX = 2 };

struct part {
    char core[IDENTITY_NAME_ROOM];
};
WIPED_KIND(part)

struct parts {
    struct part at[PARTS_MAX];
    size_t count;
    bool is_birth_first; /* else the Dutch habit: the partner's name comes first */
};
WIPED_KIND(parts)

/* Whether the words from 'at' on are one of the phrases of 'list'; returns how many words it
 * takes. */
static size_t
phrase_at(const struct latin_words *words, size_t at, const char *const *list)
{
    for (; *list != NULL; list++) {
        const char *phrase = *list;
        size_t taken = 0;

        while (*phrase != '\0' && at + taken < words->count) {
            const struct latin_word *word = &words->at[at + taken];
            size_t len = strcspn(phrase, " ");

            if (word->len != len || strncmp(word->text, phrase, len) != 0) {
                break;
            }
            taken++;
            phrase += len;
            phrase += *phrase == ' ' ? 1 : 0;
        }
        if (*phrase == '\0') {
            return taken;
        }
    }
    return 0;
}

static bool
is_weak(const struct identity_rules *rules, const struct latin_word *word)
{
    return latin_word_is_in(word->text, word->len, rules->weak_particles) ||
        latin_word_is_in(word->text, word->len, rules->joined_particles);
}

/* "A. Jansen": an initial in front of a surname is none of it. */
static bool
is_initial(const struct latin_word *word)
{
    return word->len == 1 && word->after == '.';
}

/* The core of the words [from, to): titles, particles and initials go, what is left is joined.  A weak
 * particle ("le") stays when it is all there is. */
static enum err
core_of(struct normaliser *self, enum identity_field field, const struct latin_words *words,
        size_t from, size_t to, struct part *out)
{
    const struct identity_rules *rules = self->rules;
    const struct latin_word *weak = NULL;

    for (size_t i = from; i < to; i++) {
        const struct latin_word *word = &words->at[i];

        if (is_weak(rules, word)) {
            weak = word;
            continue;
        }
        if (latin_word_is_in(word->text, word->len, rules->titles) ||
            latin_word_is_in(word->text, word->len, rules->particles) || is_initial(word)) {
            continue;
        }
        if (latin_append(out->core, sizeof out->core, word->text, word->len) != ERR_OK) {
            return normalise_refuse(self, field, IDENTITY_TOO_LONG);
        }
    }
    if (out->core[0] == '\0' && weak != NULL) {
        return latin_append(out->core, sizeof out->core, weak->text, weak->len);
    }
    return ERR_OK;
}

/* Whether a joined core stands for something else after all; "ing" is a title and a surname. */
static bool
is_no_surname(const struct identity_rules *rules, const char *core)
{
    return normalise_is_no_name(rules, core) &&
        !latin_word_is_in(core, strlen(core), rules->weak_particles);
}

/* Takes the words [from, to) as one surname; none when they are particles only. */
static enum err
take_part(struct normaliser *self, enum identity_field field, const struct latin_words *words,
          size_t from, size_t to, struct parts *out)
{
    struct part part = { "" };
    enum err err = core_of(self, field, words, from, to, &part);

    if (err != ERR_OK || part.core[0] == '\0' || is_no_surname(self->rules, part.core)) {
        goto out;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (strcmp(out->at[i].core, part.core) == 0) {
            goto out;
        }
    }
    if (out->count == PARTS_MAX) {
        err = normalise_refuse(self, field, IDENTITY_TOO_MANY_NAMES);
        goto out;
    }
    out->at[out->count++] = part;
out:
    sodium_memzero(&part, sizeof part);
    return err;
}

/* "Berg, van den" is fine; "Berg, Piet" is not a surname alone. */
static bool
has_comma_name(const struct normaliser *self, const struct latin_words *words)
{
    bool is_behind = false;

    for (size_t i = 0; i < words->count; i++) {
        const struct latin_word *word = &words->at[i];

        is_behind = is_behind || word->before == ',';
        if (phrase_at(words, i, self->rules->partner_words) > 0 ||
            phrase_at(words, i, self->rules->birth_words) > 0) {
            return false;
        }
        if (is_behind && !latin_word_is_in(word->text, word->len, self->rules->particles) &&
            !is_weak(self->rules, word) &&
            !latin_word_is_in(word->text, word->len, self->rules->titles)) {
            return true;
        }
    }
    return false;
}

/* Whether [from, to) is no name yet but what comes before one: "v" of "v/d Berg", "El" of
 * "El-Amrani". */
static bool
is_only_before_a_name(const struct identity_rules *rules, const struct latin_words *words,
                      size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct latin_word *word = &words->at[i];

        if (!latin_word_is_in(word->text, word->len, rules->particles) &&
            !latin_word_is_in(word->text, word->len, rules->joined_particles) &&
            !latin_word_is_in(word->text, word->len, rules->titles)) {
            return false;
        }
    }
    return true;
}

/* Cuts the words at hyphens, strokes and "e/v", "geb." into surnames. */
static enum err
take_parts(struct normaliser *self, enum identity_field field, const struct latin_words *words,
           struct parts *out)
{
    size_t from = 0;
    enum err err = ERR_OK;

    for (size_t i = 0; i < words->count && err == ERR_OK;) {
        size_t partner = phrase_at(words, i, self->rules->partner_words);
        size_t birth = partner > 0 ? 0 : phrase_at(words, i, self->rules->birth_words);
        char before = words->at[i].before;

        out->is_birth_first = out->is_birth_first || partner > 0;
        if (partner + birth > 0) {
            err = take_part(self, field, words, from, i, out);
            from = i + partner + birth;
            i = from;
            continue;
        }
        if (i > from && (before == '-' || before == '/' || before == '=') &&
            !is_only_before_a_name(self->rules, words, from, i)) {
            err = take_part(self, field, words, from, i, out);
            from = i;
        }
        i++;
    }
    return err != ERR_OK ? err : take_part(self, field, words, from, words->count, out);
}

/* Whether the words make a particle when they are joined: "v an". */
static bool
is_torn_particle(const struct identity_rules *rules, const struct latin_words *words)
{
    WIPED(part) struct part joined = { "" };

    for (size_t i = 0; i < words->count; i++) {
        if (latin_append(joined.core, sizeof joined.core, words->at[i].text, words->at[i].len) !=
            ERR_OK) {
            return false;
        }
    }
    return words->count > 1 && latin_word_is_in(joined.core, strlen(joined.core), rules->particles);
}

/* Reads one of the fields.  'is_single' joins at hyphens, for a source that keeps two names
 * apart. */
static enum err
read_field(struct normaliser *self, enum identity_field field, bool is_single, struct parts *out)
{
    WIPED(latin) struct latin latin = { { 0 } };
    struct latin_words words = { 0 };
    struct parts parts = { 0 };
    enum err err = normalise_cut(self, field, &latin, &words);

    if (err != ERR_OK || words.count == 0) {
        return err;
    }
    if (latin_has_digit(latin.text)) {
        return normalise_refuse(self, field, IDENTITY_NOT_A_NAME);
    }
    if (has_comma_name(self, &words)) {
        return normalise_refuse(self, field, IDENTITY_COMMA_NAME);
    }
    if (is_torn_particle(self->rules, &words)) {
        return normalise_refuse(self, field, IDENTITY_ONLY_PARTICLES);
    }
    if (is_single) {
        err = take_part(self, field, &words, 0, words.count, &parts);
    } else {
        err = take_parts(self, field, &words, &parts);
    }
    if (err == ERR_OK && parts.count == 0) {
        err = normalise_refuse(self, field, IDENTITY_ONLY_PARTICLES);
    }
    if (err == ERR_OK) {
        *out = parts;
    }
    parts_wipe(&parts);
    return err;
}

/* Adds the surnames of 'more' that 'all' does not hold yet. */
static enum err
merge(struct normaliser *self, enum identity_field field, const struct parts *more,
      struct parts *all)
{
    for (size_t i = 0; i < more->count; i++) {
        bool is_known = false;

        for (size_t k = 0; k < all->count; k++) {
            is_known = is_known || strcmp(all->at[k].core, more->at[i].core) == 0;
        }
        if (!is_known && all->count == PARTS_MAX) {
            return normalise_refuse(self, field, IDENTITY_TOO_MANY_NAMES);
        }
        if (!is_known) {
            all->at[all->count++] = more->at[i];
        }
    }
    return ERR_OK;
}

/* The birth name first, as far as it is known. */
static void
order(struct parts *parts)
{
    if (parts->count == 2 && !parts->is_birth_first) {
        WIPED(part) struct part first = parts->at[0];

        parts->at[0] = parts->at[1];
        parts->at[1] = first;
    }
}

enum err
normalise_surnames(struct normaliser *self)
{
    const char *partner_text = self->input->text[IDENTITY_PARTNER_NAME];
    bool has_partner = partner_text != NULL && partner_text[0] != '\0';
    WIPED(parts) struct parts all = { 0 };
    WIPED(parts) struct parts partner = { 0 };
    WIPED(parts) struct parts used = { 0 };
    enum err err = read_field(self, IDENTITY_BIRTH_NAME, has_partner, &all);

    if (err == ERR_OK) {
        err = read_field(self, IDENTITY_PARTNER_NAME, true, &partner);
    }
    if (err == ERR_OK) {
        err = read_field(self, IDENTITY_SURNAME, false, &used);
    }
    if (err != ERR_OK) {
        return err;
    }
    order(&all);
    order(&used);
    err = merge(self, IDENTITY_PARTNER_NAME, &partner, &all);
    if (err == ERR_OK) {
        err = merge(self, IDENTITY_SURNAME, &used, &all);
    }
    if (err == ERR_OK && all.count > 0) {
        memcpy(self->identity.surname, all.at[0].core, IDENTITY_NAME_ROOM);
    }
    if (err == ERR_OK && all.count > 1) {
        memcpy(self->identity.other_surname, all.at[1].core, IDENTITY_NAME_ROOM);
    }
    return err;
}
