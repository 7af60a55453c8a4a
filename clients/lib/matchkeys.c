/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/matchkeys.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/lib/country.h"
#include "clients/lib/soundcode.h"

/* The tag of each part of a key; stored nowhere, but a change moves every key: raise
 * norm_version. */
enum tag {
    TAG_NUMBER = 1,
    TAG_PAIR = 2, /* twice, sorted */
    TAG_FIRST_NAME = 3,
    TAG_SURNAME = 4,
    TAG_INITIAL = 5,
    TAG_BIRTH_DATE = 6,
    TAG_YEAR_AND_DAY = 7,
    TAG_POSTCODE = 8,
    TAG_SORTED_POSTCODE = 9,
    TAG_AREA = 10,
    TAG_HOUSE = 11
};

/* What is left of a name for a key. */
enum shape { SHAPE_SOUND, SHAPE_LETTERS };

enum { LETTERS_LEN = 3 };

enum {
    USES_NUMBER = 1 << 0,
    USES_PAIR = 1 << 1,
    USES_FIRST_NAME = 1 << 2,
    USES_SURNAME = 1 << 3,
    USES_INITIAL = 1 << 4,
    USES_BIRTH_DATE = 1 << 5, /* day and month sorted */
    USES_YEAR_AND_DAY = 1 << 6,
    USES_POSTCODE = 1 << 7,
    USES_SORTED_POSTCODE = 1 << 8,
    USES_AREA = 1 << 9,
    USES_HOUSE = 1 << 10
};

/* When a recipe has its turn: the strong ones with the main names, then with a second surname and a
 * second first name, then the rest, while slots are left. */
enum recipe_rank { RANK_STRONG, RANK_REST };

struct recipe {
    uint16_t type;
    uint16_t uses;
    enum shape shape;
    enum recipe_rank rank;
};

/* Best first: what stands last is left out when a person has a second surname or first name. */
static const struct recipe RECIPES[] = {
    { 1, USES_NUMBER, SHAPE_SOUND, RANK_STRONG },
    { 2, USES_PAIR | USES_BIRTH_DATE, SHAPE_LETTERS, RANK_STRONG },
    { 3, USES_INITIAL | USES_SURNAME | USES_BIRTH_DATE, SHAPE_SOUND, RANK_STRONG },
    { 4, USES_PAIR | USES_SORTED_POSTCODE, SHAPE_SOUND, RANK_STRONG },
    { 9, USES_PAIR | USES_AREA | USES_HOUSE, SHAPE_LETTERS, RANK_REST },
    { 10, USES_FIRST_NAME | USES_POSTCODE | USES_HOUSE, SHAPE_SOUND, RANK_REST },
    { 13, USES_INITIAL | USES_SURNAME | USES_SORTED_POSTCODE | USES_HOUSE, SHAPE_SOUND, RANK_REST },
    { 5, USES_FIRST_NAME | USES_BIRTH_DATE | USES_AREA, SHAPE_SOUND, RANK_REST },
    { 7, USES_BIRTH_DATE | USES_SORTED_POSTCODE, SHAPE_SOUND, RANK_REST },
    { 11, USES_YEAR_AND_DAY | USES_SORTED_POSTCODE | USES_HOUSE, SHAPE_SOUND, RANK_REST },
    { 6, USES_SURNAME | USES_BIRTH_DATE | USES_AREA, SHAPE_LETTERS, RANK_REST },
    { 12, USES_SURNAME | USES_BIRTH_DATE | USES_HOUSE, SHAPE_LETTERS, RANK_REST },
    { 8, USES_BIRTH_DATE | USES_AREA | USES_HOUSE, SHAPE_SOUND, RANK_REST },
};

/* The names that one round of keys is made of. */
struct names {
    const char *first_name;
    const char *surname;
};

/* A key under construction: it fails as soon as a part is missing. */
struct builder {
    const struct identity_rules *rules;
    const struct identity *identity;
    struct names names;
    struct byte_writer writer;
    bool is_incomplete;
};

static void
put(struct builder *self, enum tag tag, const char *text)
{
    size_t len = strlen(text);

    if (len == 0) {
        self->is_incomplete = true;
        return;
    }
    byte_writer_u8(&self->writer, (uint8_t) tag);
    byte_writer_u16(&self->writer, (uint16_t) len);
    byte_writer_raw(&self->writer, text, len);
}

static void
shape_name(const struct builder *self, enum shape shape, const char *name, struct sound *out)
{
    switch (shape) {
        case SHAPE_SOUND:
            sound_of(self->rules, name, out);
            return;
        case SHAPE_LETTERS:
            letters_of(self->rules, name, LETTERS_LEN, out);
            return;
    }
}

static void
put_name(struct builder *self, enum tag tag, enum shape shape, const char *name)
{
    WIPED(sound) struct sound sound = { { 0 } };

    shape_name(self, shape, name, &sound);
    put(self, tag, sound.text);
}

/* Sorted, so that a source which swaps given and family name meets the others. */
static void
put_pair(struct builder *self, enum shape shape)
{
    WIPED(sound) struct sound first = { { 0 } };
    WIPED(sound) struct sound second = { { 0 } };
    bool is_sorted;

    shape_name(self, shape, self->names.first_name, &first);
    shape_name(self, shape, self->names.surname, &second);
    is_sorted = strcmp(first.text, second.text) <= 0;
    put(self, TAG_PAIR, is_sorted ? first.text : second.text);
    put(self, TAG_PAIR, is_sorted ? second.text : first.text);
}

static void
put_birth_date(struct builder *self, uint16_t uses)
{
    struct birth_date date = self->identity->birth_date;
    unsigned int year = date.year % 10000U;
    unsigned int month = date.month % 100U;
    unsigned int day = date.day % 100U;
    char text[DATE_TEXT_ROOM] = "";

    if ((uses & USES_BIRTH_DATE) != 0) {
        if (year != 0 && month != 0 && day != 0) {
            snprintf(text, sizeof text, "%04u%02u%02u", year, month < day ? month : day,
                     month < day ? day : month);
        }
        put(self, TAG_BIRTH_DATE, text);
    }
    if ((uses & USES_YEAR_AND_DAY) != 0) {
        text[0] = '\0';
        if (year != 0 && day != 0) {
            snprintf(text, sizeof text, "%04u%02u", year, day);
        }
        put(self, TAG_YEAR_AND_DAY, text);
    }
    sodium_memzero(text, sizeof text);
}

/* Two digits swapped in a postcode are the commonest mistake in one. */
static void
sort_letters(char *text)
{
    for (size_t i = 1; text[0] != '\0' && text[i] != '\0'; i++) {
        for (size_t k = i; k > 0 && text[k - 1] > text[k]; k--) {
            char kept = text[k];

            text[k] = text[k - 1];
            text[k - 1] = kept;
        }
    }
}

static void
put_places(struct builder *self, uint16_t uses)
{
    const struct identity *identity = self->identity;
    WIPED(sound) struct sound text = { { 0 } };

    if ((uses & USES_POSTCODE) != 0) {
        put(self, TAG_POSTCODE, identity->postcode);
    }
    if ((uses & USES_SORTED_POSTCODE) != 0) {
        prefix_of(identity->postcode, IDENTITY_POSTCODE_ROOM, &text);
        sort_letters(text.text);
        put(self, TAG_SORTED_POSTCODE, text.text);
    }
    if ((uses & USES_AREA) != 0) {
        prefix_of(identity->postcode, self->rules->postcode_area_len, &text);
        put(self, TAG_AREA, text.text);
    }
    if ((uses & USES_HOUSE) != 0) {
        put(self, TAG_HOUSE, identity->house_number);
    }
}

static void
put_names(struct builder *self, const struct recipe *recipe)
{
    const struct identity *identity = self->identity;
    char initial[2] = { identity->initials[0], '\0' };

    if (initial[0] == '\0') {
        initial[0] = identity->call_name[0];
    }
    if ((recipe->uses & USES_PAIR) != 0) {
        put_pair(self, recipe->shape);
    }
    if ((recipe->uses & USES_FIRST_NAME) != 0) {
        put_name(self, TAG_FIRST_NAME, recipe->shape, self->names.first_name);
    }
    if ((recipe->uses & USES_SURNAME) != 0) {
        put_name(self, TAG_SURNAME, recipe->shape, self->names.surname);
    }
    if ((recipe->uses & USES_INITIAL) != 0) {
        put(self, TAG_INITIAL, initial);
    }
}

static bool
has_key(const struct matchkeys *keys, const struct matchkey *key)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].len == key->len &&
            sodium_memcmp(keys->keys[i].bytes, key->bytes, key->len) == 0) {
            return true;
        }
    }
    return false;
}

/* Makes one key and adds it, unless a part is missing or it stands there already. */
static void
add_key(const struct identity_rules *rules, const struct identity *identity,
        const struct recipe *recipe, struct names names, struct matchkeys *keys)
{
    struct matchkey *key = &keys->keys[keys->count];
    struct builder self = { .rules = rules, .identity = identity, .names = names };

    byte_writer_init(&self.writer, key->bytes, sizeof key->bytes);
    byte_writer_u16(&self.writer, recipe->type);
    if ((recipe->uses & USES_NUMBER) != 0) {
        put(&self, TAG_NUMBER, identity->person_number);
    }
    put_names(&self, recipe);
    put_birth_date(&self, recipe->uses);
    put_places(&self, recipe->uses);
    key->type = recipe->type;
    key->len = (uint16_t) self.writer.len;
    /* Each part is bounded, so that every recipe fits. */
    if (self.is_incomplete || byte_writer_finish(&self.writer) != ERR_OK || has_key(keys, key)) {
        sodium_memzero(key, sizeof *key);
        return;
    }
    keys->count++;
}

static void
add_round(const struct identity_rules *rules, const struct identity *identity,
          enum recipe_rank rank, struct names names, struct matchkeys *keys)
{
    for (size_t i = 0; i < sizeof RECIPES / sizeof RECIPES[0] && keys->count < MATCHKEYS_MAX; i++) {
        if (RECIPES[i].rank == rank) {
            add_key(rules, identity, &RECIPES[i], names, keys);
        }
    }
}

/* The two names by which somebody may be called: the call name and the first given name. */
struct first_names {
    char best[IDENTITY_NAME_ROOM];
    char other[IDENTITY_NAME_ROOM];
};
WIPED_KIND(first_names)

static void
find_first_names(const struct identity *identity, struct first_names *out)
{
    size_t len = strcspn(identity->given_names, " ");

    if (identity->call_name[0] != '\0') {
        memcpy(out->best, identity->call_name, sizeof identity->call_name);
        memcpy(out->other, identity->given_names, len);
    } else {
        memcpy(out->best, identity->given_names, len);
    }
}

/* What would help most: a date of birth, else a name, else an address. */
static enum identity_field
missing_field(const struct identity *identity)
{
    if (identity->birth_date.year == 0) {
        return IDENTITY_BIRTH_DATE;
    }
    return identity->surname[0] == '\0' ? IDENTITY_SURNAME : IDENTITY_POSTCODE;
}

enum err
matchkeys_build(const struct identity_rules *rules, const struct identity *identity,
                struct matchkeys *out, struct identity_refusal *refusal)
{
    WIPED(matchkeys) struct matchkeys keys = { 0 };
    WIPED(first_names) struct first_names first = { "", "" };

    const char *other = identity->other_surname;
    struct names main = { first.best, identity->surname };

    find_first_names(identity, &first);
    add_round(rules, identity, RANK_STRONG, main, &keys);
    add_round(rules, identity, RANK_STRONG, (struct names) { main.first_name, other }, &keys);
    add_round(rules, identity, RANK_STRONG, (struct names) { first.other, main.surname }, &keys);
    add_round(rules, identity, RANK_REST, main, &keys);
    add_round(rules, identity, RANK_REST, (struct names) { main.first_name, other }, &keys);
    add_round(rules, identity, RANK_REST, (struct names) { first.other, main.surname }, &keys);
    if (keys.count == 0) {
        *refusal = (struct identity_refusal) { .field = missing_field(identity),
                                               .reason = IDENTITY_TOO_FEW };
        return ERR_MALFORMED;
    }
    *out = keys;
    return ERR_OK;
}

enum err
matchkey_tier(uint16_t type, enum matchkey_tier *out)
{
#define TYPE_TIER(number, tier, name, text)                                                        \
    case number:                                                                                   \
        *out = MATCHKEY_TIER_##tier;                                                               \
        return ERR_OK;

    switch (type) {
        MATCHKEY_TYPE_MAP(TYPE_TIER)
        default:
            return ERR_NOT_FOUND;
    }
#undef TYPE_TIER
}

const char *
matchkey_name(uint16_t type)
{
#define TYPE_NAME(number, tier, name, text)                                                        \
    case number:                                                                                   \
        return name;

    switch (type) {
        MATCHKEY_TYPE_MAP(TYPE_NAME)
        default:
            return "?";
    }
#undef TYPE_NAME
}

const char *
matchkey_text(uint16_t type)
{
#define TYPE_TEXT(number, tier, name, text)                                                        \
    case number:                                                                                   \
        return text;

    switch (type) {
        MATCHKEY_TYPE_MAP(TYPE_TEXT)
        default:
            return "?";
    }
#undef TYPE_TEXT
}
