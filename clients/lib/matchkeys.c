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
    TAG_SORTED_YEAR = 7,
    TAG_YEAR_MONTH = 8,
    TAG_YEAR = 9,
    TAG_POSTCODE = 10,
    TAG_POSTCODE_PAIRS = 11,
    TAG_AREA = 12,
    TAG_HOUSE = 13,
    TAG_HOUSE_DIGITS = 14
};

/* What a type is made of. */
struct recipe {
    enum matchkey_names names;
    size_t letters;
    enum matchkey_born born;
    enum matchkey_place place;
    enum matchkey_house house;
};

#define TYPE_RECIPE(number, tier, name, names, letters, born, place, house)                        \
    [number] = { names, letters, born, place, house },
static const struct recipe RECIPES[MATCHKEY_TYPES] = { MATCHKEY_TYPE_MAP(TYPE_RECIPE) };
#undef TYPE_RECIPE

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
shape_name(const struct builder *self, size_t letters, const char *name, struct sound *out)
{
    if (letters == BY_SOUND) {
        sound_of(self->rules, name, out);
    } else {
        letters_of(self->rules, name, letters, out);
    }
}

static void
put_name(struct builder *self, enum tag tag, size_t letters, const char *name)
{
    WIPED(sound) struct sound sound = { { 0 } };

    shape_name(self, letters, name, &sound);
    put(self, tag, sound.text);
}

/* Sorted, so that a source which swaps given and family name meets the others. */
static void
put_pair(struct builder *self, size_t letters)
{
    WIPED(sound) struct sound first = { { 0 } };
    WIPED(sound) struct sound second = { { 0 } };
    bool is_sorted;

    shape_name(self, letters, self->names.first_name, &first);
    shape_name(self, letters, self->names.surname, &second);
    is_sorted = strcmp(first.text, second.text) <= 0;
    put(self, TAG_PAIR, is_sorted ? first.text : second.text);
    put(self, TAG_PAIR, is_sorted ? second.text : first.text);
}

static void
put_initial(struct builder *self)
{
    char initial[2] = { self->identity->initials[0], '\0' };

    if (initial[0] != '\0') {
        put(self, TAG_INITIAL, initial);
    } else {
        put_name(self, TAG_INITIAL, 1, self->identity->call_name);
    }
}

static void
put_names(struct builder *self, const struct recipe *recipe)
{
    switch (recipe->names) {
        case NAMES_NONE:
            return;
        case NAMES_NUMBER:
            put(self, TAG_NUMBER, self->identity->person_number);
            return;
        case NAMES_PAIR:
            put_pair(self, recipe->letters);
            return;
        case NAMES_FIRST:
            put_name(self, TAG_FIRST_NAME, recipe->letters, self->names.first_name);
            return;
        case NAMES_SURNAME:
            /* Whoever has one name bears it where other registers keep the surname. */
            put_name(self, TAG_SURNAME, recipe->letters,
                     self->identity->surname[0] == '\0' ? self->names.first_name
                                                        : self->names.surname);
            return;
        case NAMES_INITIAL:
            put_initial(self);
            return;
        case NAMES_INITIAL_SURNAME:
            put_name(self, TAG_SURNAME, recipe->letters, self->names.surname);
            put_initial(self);
            return;
    }
}

/* Sorts the characters of [from, to). */
static void
sort_characters(char *from, const char *to)
{
    for (char *at = from; at < to; at++) {
        for (char *back = at; back > from && back[-1] > back[0]; back--) {
            char kept = back[0];

            back[0] = back[-1];
            back[-1] = kept;
        }
    }
}

/* A birth date of which a part is unknown makes no key that needs it. */
static void
put_born(struct builder *self, enum matchkey_born born)
{
    struct birth_date date = self->identity->birth_date;
    unsigned int year = date.year % 10000U;
    unsigned int month = date.month % 100U;
    unsigned int day = date.day % 100U;
    bool is_whole = year != 0 && month != 0 && day != 0;
    char text[DATE_TEXT_ROOM] = "";

    if (is_whole && (born == BORN_DATE || born == BORN_SORTED_YEAR)) {
        snprintf(text, sizeof text, "%04u%02u%02u", year, month < day ? month : day,
                 month < day ? day : month);
    }
    switch (born) {
        case BORN_ANY:
            return;
        case BORN_DATE:
            put(self, TAG_BIRTH_DATE, text);
            break;
        case BORN_SORTED_YEAR:
            /* "1956" and "1965": the commonest mistake in a year. */
            sort_characters(text + (is_whole ? 2 : 0), text + (is_whole ? 4 : 0));
            put(self, TAG_SORTED_YEAR, text);
            break;
        case BORN_YEAR_MONTH:
            if (year != 0 && month != 0) {
                snprintf(text, sizeof text, "%04u%02u", year, month);
            }
            put(self, TAG_YEAR_MONTH, text);
            break;
        case BORN_YEAR:
            if (year != 0) {
                snprintf(text, sizeof text, "%04u", year);
            }
            put(self, TAG_YEAR, text);
            break;
    }
    sodium_memzero(text, sizeof text);
}

static void
put_place(struct builder *self, enum matchkey_place place)
{
    const char *postcode = self->identity->postcode;
    WIPED(sound) struct sound text = { { 0 } };
    size_t len;

    switch (place) {
        case PLACE_ANY:
            return;
        case PLACE_POSTCODE:
            put(self, TAG_POSTCODE, postcode);
            return;
        case PLACE_PAIRS:
            prefix_of(postcode, IDENTITY_POSTCODE_ROOM, &text);
            len = strlen(text.text);
            for (size_t i = 0; i + 1 < len; i += 2) {
                sort_characters(text.text + i, text.text + i + 2);
            }
            put(self, TAG_POSTCODE_PAIRS, text.text);
            return;
        case PLACE_AREA:
            prefix_of(postcode, self->rules->postcode_area_len, &text);
            put(self, TAG_AREA, text.text);
            return;
    }
}

static void
put_house(struct builder *self, enum matchkey_house house)
{
    const char *number = self->identity->house_number;
    WIPED(sound) struct sound text = { { 0 } };

    switch (house) {
        case HOUSE_ANY:
            return;
        case HOUSE_NUMBER:
            put(self, TAG_HOUSE, number);
            return;
        case HOUSE_DIGITS:
            prefix_of(number, IDENTITY_HOUSE_ROOM, &text);
            sort_characters(text.text, text.text + strlen(text.text));
            put(self, TAG_HOUSE_DIGITS, text.text);
            return;
    }
}

/* Where keys go, as long as there is room. */
struct sink {
    struct matchkey *keys;
    size_t count;
    size_t cap;
};

static bool
has_key(const struct sink *keys, const struct matchkey *key)
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
add_key(const struct identity_rules *rules, const struct identity *identity, uint16_t type,
        struct names names, struct sink *keys)
{
    const struct recipe *recipe = &RECIPES[type];
    struct matchkey *key = &keys->keys[keys->count];
    struct builder self = { .rules = rules, .identity = identity, .names = names };

    byte_writer_init(&self.writer, key->bytes, sizeof key->bytes);
    byte_writer_u16(&self.writer, type);
    put_names(&self, recipe);
    put_born(&self, recipe->born);
    put_place(&self, recipe->place);
    put_house(&self, recipe->house);
    key->type = type;
    key->len = (uint16_t) self.writer.len;
    /* Each part is bounded, so that every recipe fits. */
    if (self.is_incomplete || byte_writer_finish(&self.writer) != ERR_OK || has_key(keys, key)) {
        sodium_memzero(key, sizeof *key);
        return;
    }
    keys->count++;
}

/* The keys of the types listed, while slots are left. */
static void
add_round(const struct identity_rules *rules, const struct identity *identity, const uint8_t *types,
          struct names names, struct sink *keys)
{
    for (; *types != 0 && keys->count < keys->cap; types++) {
        add_key(rules, identity, *types, names, keys);
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

/* Every name makes the strong keys before any makes the others. */
static void
add_all(const struct identity_rules *rules, const struct identity *identity, struct sink *keys)
{
    WIPED(first_names) struct first_names first = { "", "" };
    const struct names main = { first.best, identity->surname };
    const struct names married = { first.best, identity->other_surname };
    const struct names baptised = { first.other, identity->surname };

    find_first_names(identity, &first);
    add_round(rules, identity, rules->strong_keys, main, keys);
    add_round(rules, identity, rules->strong_keys, married, keys);
    add_round(rules, identity, rules->strong_keys, baptised, keys);
    add_round(rules, identity, rules->further_keys, main, keys);
    add_round(rules, identity, rules->further_keys, married, keys);
    add_round(rules, identity, rules->further_keys, baptised, keys);
}

enum err
matchkeys_build(const struct identity_rules *rules, const struct identity *identity,
                struct matchkeys *out, struct identity_refusal *refusal)
{
    WIPED(matchkeys) struct matchkeys keys = { 0 };
    struct sink sink = { .keys = keys.keys, .cap = MATCHKEYS_MAX };

    add_all(rules, identity, &sink);
    keys.count = sink.count;
    if (keys.count == 0) {
        *refusal = (struct identity_refusal) { .field = missing_field(identity),
                                               .reason = IDENTITY_TOO_FEW };
        return ERR_MALFORMED;
    }
    *out = keys;
    return ERR_OK;
}

void
matchkeys_build_all(const struct identity_rules *rules, const struct identity *identity,
                    struct matchkeys_all *out)
{
    struct sink sink = { .keys = out->keys, .cap = MATCHKEYS_ALL_MAX };

    add_all(rules, identity, &sink);
    out->count = sink.count;
}

enum err
matchkey_tier(uint16_t type, enum matchkey_tier *out)
{
#define TYPE_TIER(number, tier, ...)                                                               \
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
#define TYPE_NAME(number, tier, name, ...)                                                         \
    case number:                                                                                   \
        return name;

    switch (type) {
        MATCHKEY_TYPE_MAP(TYPE_NAME)
        default:
            return "?";
    }
#undef TYPE_NAME
}

void
matchkey_describe(uint16_t type, struct matchkey_text *out)
{
    static const char *const NAMES[] = {
        "",        "person number", "{first name, surname}", "first name",
        "surname", "initial",       "initial, surname"
    };
    static const char *const BORN[] = { "", "birth date", "birth date with sorted year",
                                        "year and month of birth", "year of birth" };
    static const char *const PLACES[] = { "", "postcode", "postcode with sorted pairs", "area" };
    static const char *const HOUSES[] = { "", "house number", "sorted house number" };
    enum matchkey_tier tier;
    const struct recipe *recipe = type < MATCHKEY_TYPES ? &RECIPES[type] : NULL;
    const char *parts[3];
    char shape[40] = "";
    int len;

    if (recipe == NULL || matchkey_tier(type, &tier) != ERR_OK) {
        *out = (struct matchkey_text) { "?" };
        return;
    }
    if (recipe->letters > 1) {
        snprintf(shape, sizeof shape, " by %zu letters", recipe->letters);
    } else if (recipe->names > NAMES_NUMBER && recipe->names != NAMES_INITIAL) {
        snprintf(shape, sizeof shape, " by sound");
    }
    len = snprintf(out->text, sizeof out->text, "%s%s", NAMES[recipe->names], shape);
    parts[0] = BORN[recipe->born];
    parts[1] = PLACES[recipe->place];
    parts[2] = HOUSES[recipe->house];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i][0] != '\0') {
            len += snprintf(out->text + len, sizeof out->text - (size_t) len, "%s%s",
                            len == 0 ? "" : ", ", parts[i]);
        }
    }
}
