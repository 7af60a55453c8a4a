/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/capsule.h"

#include <stdlib.h>
#include <string.h>

#include "clients/lib/country.h"
#include "clients/lib/similar.h"
#include "clients/lib/soundcode.h"

enum {
    FIRST_NAMES_MAX = 8,
    FIRST_PREFIX_MIN = 3, /* letters of a short form: "Joh" of "Johanna" */
    SURNAME_PREFIX_MIN = 5, /* a name cut off; "Dijk" and "Dijkstra" are two */
    SOUND_EDITS_MAX = 2, /* names that sound alike but are written further apart are two */
    EDIT_MIN = 4, /* names shorter than this differ by one edit too easily: "Jan", "Jen" */
    RELATED_MIN = 6, /* two edits in so long a name are still a doubt */
    DATE_CONFLICT = 3, /* digits */
    GENERATION_YEARS = 15
};

/* All first names of a person: the call name and each given name. */
struct first_names {
    char text[FIRST_NAMES_MAX][IDENTITY_NAME_ROOM];
    size_t count;
};
WIPED_KIND(first_names)

static void
find_first_names(const struct identity *identity, struct first_names *out)
{
    const char *at = identity->given_names;

    out->count = 0;
    if (identity->call_name[0] != '\0') {
        memcpy(out->text[out->count++], identity->call_name, sizeof identity->call_name);
    }
    while (*at != '\0' && out->count < FIRST_NAMES_MAX) {
        size_t len = strcspn(at, " ");

        memcpy(out->text[out->count++], at, len);
        at += len;
        at += strspn(at, " ");
    }
}

static bool
sounds_alike(const struct identity_rules *rules, const char *a, const char *b)
{
    WIPED(sound) struct sound a_sound = { { 0 } };
    WIPED(sound) struct sound b_sound = { { 0 } };

    sound_of(rules, a, &a_sound);
    sound_of(rules, b, &b_sound);
    return strcmp(a_sound.text, b_sound.text) == 0 && strlen(a_sound.text) > 1;
}

static int
compare_to_usual(const void *key, const void *entry)
{
    const char *const *name = entry;

    return strcmp(key, *name);
}

static bool
is_usual(const struct identity_rules *rules, const char *name)
{
    return bsearch(name, rules->usual_names, *rules->usual_name_count, sizeof rules->usual_names[0],
                   compare_to_usual) != NULL;
}

static bool
is_short_form(const struct identity_rules *rules, const char *a, const char *b)
{
    for (const struct short_form *it = rules->short_forms; it->call != NULL; it++) {
        if ((strcmp(it->call, a) == 0 && strcmp(it->given, b) == 0) ||
            (strcmp(it->call, b) == 0 && strcmp(it->given, a) == 0)) {
            return true;
        }
    }
    return false;
}

/* Two names, both known; 'prefix_min' letters of the longer one are enough. */
static enum capsule_agreement
compare_names(const struct identity_rules *rules, const char *a, const char *b, size_t prefix_min)
{
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    size_t shorter = a_len < b_len ? a_len : b_len;
    unsigned int edits = similar_edits(a, b);

    if (edits == 0) {
        return CAPSULE_EQUAL;
    }
    if ((edits == 1 && shorter >= EDIT_MIN) || (edits == 2 && shorter >= RELATED_MIN) ||
        (edits <= SOUND_EDITS_MAX && sounds_alike(rules, a, b)) ||
        similar_is_prefix(a, b, prefix_min)) {
        return CAPSULE_CLOSE;
    }
    if (edits == 1 || (edits == 2 && shorter >= EDIT_MIN) ||
        (edits == 3 && shorter >= RELATED_MIN)) {
        return CAPSULE_DIFFERENT;
    }
    return CAPSULE_CONFLICT;
}

/* Two first names.  A typing error seldom turns one usual name into another, so that two usual
 * names which look alike ("Emma", "Gemma") may be those of sisters. */
static enum capsule_agreement
compare_first(const struct identity_rules *rules, const char *a, const char *b)
{
    enum capsule_agreement agreement = compare_names(rules, a, b, FIRST_PREFIX_MIN);

    if (agreement == CAPSULE_EQUAL || is_short_form(rules, a, b)) {
        return agreement == CAPSULE_EQUAL ? CAPSULE_EQUAL : CAPSULE_CLOSE;
    }
    if (agreement == CAPSULE_CONFLICT) {
        return CAPSULE_CONFLICT;
    }
    return is_usual(rules, a) && is_usual(rules, b) ? CAPSULE_DIFFERENT : CAPSULE_CLOSE;
}

/* The better of two agreements of known values. */
static enum capsule_agreement
better(enum capsule_agreement a, enum capsule_agreement b)
{
    if (a == CAPSULE_UNKNOWN || b == CAPSULE_UNKNOWN) {
        return a == CAPSULE_UNKNOWN ? b : a;
    }
    return a < b ? a : b;
}

/* Initials, where a side has no more: those that both have must be the same.  A letter that differs
 * is no proof of two persons as long as one side has a name, which may be the call name. */
static enum capsule_agreement
compare_initials(const struct identity *a, const struct identity *b)
{
    char a_letter[2] = { a->call_name[0], '\0' };
    char b_letter[2] = { b->call_name[0], '\0' };
    const char *a_initials = a->initials[0] != '\0' ? a->initials : a_letter;
    const char *b_initials = b->initials[0] != '\0' ? b->initials : b_letter;
    bool have_name = a->given_names[0] != '\0' || b->given_names[0] != '\0' ||
        a->call_name[0] != '\0' || b->call_name[0] != '\0';

    if (a_initials[0] == '\0' || b_initials[0] == '\0') {
        return CAPSULE_UNKNOWN;
    }
    if (similar_is_prefix(a_initials, b_initials, 1)) {
        return CAPSULE_CLOSE;
    }
    return have_name || a_initials[0] == b_initials[0] ? CAPSULE_DIFFERENT : CAPSULE_CONFLICT;
}

/* Whether the name at 'at' may be what others call the person: the call name, the first given name,
 * or any of them against a call name. */
static bool
is_main(const struct identity *identity, size_t at, bool is_against_call_name)
{
    return is_against_call_name || at == 0 || (at == 1 && identity->call_name[0] != '\0');
}

/* Whether one side has a call name alone and the other given names alone: no list holds all that a
 * Catharina may be called. */
static bool
is_call_against_given(const struct identity *a, const struct identity *b)
{
    return (a->call_name[0] != '\0') != (b->call_name[0] != '\0') &&
        (a->given_names[0] != '\0') != (b->given_names[0] != '\0');
}

/* Whether a call name may be a later given name of the other one: where relatives are guarded, only when
 * the initials of both say so too, since a twin may bear the other's name behind its own. */
static bool
may_be_later_name(const struct identity_rules *rules, const struct identity *a,
                  const struct identity *b)
{
    return !rules->guards_relatives ||
        (strlen(a->initials) > 1 && strlen(b->initials) > 1 &&
         similar_is_prefix(a->initials, b->initials, 1));
}

/* Whether both have several initials, and not the same ones: Zoë Chloë is not Zoë Zara. */
static bool
have_other_initials(const struct identity *a, const struct identity *b)
{
    return strlen(a->initials) > 1 && strlen(b->initials) > 1 &&
        !similar_is_prefix(a->initials, b->initials, 1);
}

static enum capsule_agreement
compare_first_names(const struct identity_rules *rules, const struct identity *a,
                    const struct identity *b)
{
    WIPED(first_names) struct first_names a_names = { 0 };
    WIPED(first_names) struct first_names b_names = { 0 };
    const bool may_be_later = may_be_later_name(rules, a, b);
    enum capsule_agreement best = CAPSULE_UNKNOWN;

    find_first_names(a, &a_names);
    find_first_names(b, &b_names);
    if (a_names.count == 0 || b_names.count == 0) {
        return compare_initials(a, b);
    }
    for (size_t i = 0; i < a_names.count; i++) {
        for (size_t k = 0; k < b_names.count; k++) {
            enum capsule_agreement one = compare_first(rules, a_names.text[i], b_names.text[k]);

            /* "Stijn Sem" is called Sem only where the call name says so. */
            if (!is_main(a, i, may_be_later && b->call_name[0] != '\0' && k == 0) ||
                !is_main(b, k, may_be_later && a->call_name[0] != '\0' && i == 0)) {
                one = one <= CAPSULE_CLOSE ? CAPSULE_DIFFERENT : one;
            }
            best = better(best, one);
        }
    }
    if (rules->guards_relatives && best <= CAPSULE_CLOSE && have_other_initials(a, b)) {
        return CAPSULE_DIFFERENT;
    }
    if (best == CAPSULE_CONFLICT && is_call_against_given(a, b) &&
        a_names.text[0][0] == b_names.text[0][0]) {
        best = CAPSULE_DIFFERENT;
    }
    return best;
}

/* Surnames never exclude: people marry, divorce and take names. */
static enum capsule_agreement
compare_surnames(const struct identity_rules *rules, const struct identity *a,
                 const struct identity *b)
{
    const char *const a_names[] = { a->surname, a->other_surname };
    const char *const b_names[] = { b->surname, b->other_surname };
    enum capsule_agreement best = CAPSULE_UNKNOWN;

    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 2; k++) {
            if (a_names[i][0] != '\0' && b_names[k][0] != '\0') {
                best =
                    better(best, compare_names(rules, a_names[i], b_names[k], SURNAME_PREFIX_MIN));
            }
        }
    }
    return best == CAPSULE_CONFLICT ? CAPSULE_DIFFERENT : best;
}

/* Given and family name may have been swapped by one of the sources. */
static bool
are_names_swapped(const struct identity_rules *rules, const struct identity *a,
                  const struct identity *b)
{
    WIPED(first_names) struct first_names a_names = { 0 };
    WIPED(first_names) struct first_names b_names = { 0 };

    find_first_names(a, &a_names);
    find_first_names(b, &b_names);
    if (a_names.count == 0 || b_names.count == 0 || a->surname[0] == '\0' ||
        b->surname[0] == '\0') {
        return false;
    }
    return compare_names(rules, a_names.text[0], b->surname, SURNAME_PREFIX_MIN) <= CAPSULE_CLOSE &&
        compare_names(rules, a->surname, b_names.text[0], SURNAME_PREFIX_MIN) <= CAPSULE_CLOSE;
}

static enum capsule_agreement
compare_birth_dates(struct birth_date a, struct birth_date b)
{
    bool a_is_whole = a.year != 0 && a.month != 0 && a.day != 0;
    bool b_is_whole = b.year != 0 && b.month != 0 && b.day != 0;
    unsigned int edits = similar_date_edits(a, b);

    if (a_is_whole && b_is_whole) {
        if (edits == 0) {
            return CAPSULE_EQUAL;
        }
        if (edits == 1) {
            return CAPSULE_CLOSE;
        }
        return edits < DATE_CONFLICT ? CAPSULE_DIFFERENT : CAPSULE_CONFLICT;
    }
    if (a.year == 0 || b.year == 0) {
        return CAPSULE_UNKNOWN;
    }
    if (a.year != b.year) {
        return CAPSULE_CONFLICT;
    }
    return a.month == 0 || b.month == 0 || a.month == b.month ? CAPSULE_CLOSE : CAPSULE_DIFFERENT;
}

static enum capsule_agreement
compare_texts(const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0') {
        return CAPSULE_UNKNOWN;
    }
    if (strcmp(a, b) == 0) {
        return CAPSULE_EQUAL;
    }
    return similar_edits(a, b) <= 1 ? CAPSULE_CLOSE : CAPSULE_DIFFERENT;
}

/* Where somebody lives never excludes: people move, and so do their records, late. */
static enum capsule_agreement
compare_addresses(const struct identity *a, const struct identity *b)
{
    enum capsule_agreement postcode = compare_texts(a->postcode, b->postcode);
    enum capsule_agreement house = compare_texts(a->house_number, b->house_number);
    enum capsule_agreement street = compare_texts(a->street, b->street);

    if (postcode == CAPSULE_EQUAL && house == CAPSULE_EQUAL) {
        return CAPSULE_EQUAL;
    }
    if (postcode == CAPSULE_EQUAL || street == CAPSULE_EQUAL ||
        (postcode == CAPSULE_CLOSE && house == CAPSULE_EQUAL) ||
        (street == CAPSULE_CLOSE && house != CAPSULE_DIFFERENT)) {
        return CAPSULE_CLOSE;
    }
    if (postcode == CAPSULE_UNKNOWN && street == CAPSULE_UNKNOWN) {
        return CAPSULE_UNKNOWN;
    }
    return CAPSULE_DIFFERENT;
}

static enum capsule_agreement
compare_sexes(char a, char b)
{
    if (a == '\0' || b == '\0' || a == 'x' || b == 'x') {
        return CAPSULE_UNKNOWN;
    }
    return a == b ? CAPSULE_EQUAL : CAPSULE_DIFFERENT;
}

/* A number without a check of its own may be mistyped; one with a check that differs is another
 * person's. */
static enum capsule_agreement
compare_numbers(const struct identity_rules *rules, const char *a, const char *b)
{
    enum capsule_agreement agreement = compare_texts(a, b);

    if (rules->person_number_is_valid != NULL && agreement > CAPSULE_EQUAL) {
        return CAPSULE_CONFLICT;
    }
    return agreement;
}

static bool
agrees(enum capsule_agreement agreement)
{
    return agreement == CAPSULE_EQUAL || agreement == CAPSULE_CLOSE;
}

/* What the agreements alone do not tell. */
struct hints {
    bool is_near_in_age; /* less than a generation apart */
    bool has_doubtful_initials; /* no names on a side, and not all initials are known to agree */
};

static bool
have_doubtful_initials(const struct identity *a, const struct identity *b)
{
    bool a_is_named = a->given_names[0] != '\0' || a->call_name[0] != '\0';
    bool b_is_named = b->given_names[0] != '\0' || b->call_name[0] != '\0';

    return (!a_is_named || !b_is_named) &&
        (a->initials[0] == '\0' || strcmp(a->initials, b->initials) != 0);
}

/* What numbers alone decide; UNDECIDED when they leave it to the rest. */
static enum capsule_verdict
decide_by_number(const struct identity_rules *rules, const struct capsule_comparison *it)
{
    bool is_of_another = it->first_name == CAPSULE_CONFLICT && it->birth_date == CAPSULE_CONFLICT;

    if (it->person_number == CAPSULE_CONFLICT) {
        return CAPSULE_REFUSED;
    }
    if (it->person_number == CAPSULE_EQUAL && (!is_of_another || !rules->guards_relatives)) {
        return CAPSULE_CONFIRMED;
    }
    if (it->person_number == CAPSULE_CLOSE &&
        (it->birth_date == CAPSULE_EQUAL || (agrees(it->first_name) && agrees(it->surname)))) {
        return CAPSULE_CONFIRMED;
    }
    return CAPSULE_UNDECIDED;
}

/* Of one full name at one address.  Father and son may be, but they are a generation apart:
 * whoever is nearer in age has a date of birth mistyped. */
static bool
is_namesake_at_home(const struct capsule_comparison *it)
{
    return it->first_name == CAPSULE_EQUAL && agrees(it->surname) && it->address == CAPSULE_EQUAL;
}

static bool
are_near_in_age(struct birth_date a, struct birth_date b)
{
    return a.year != 0 && b.year != 0 && abs(a.year - b.year) < GENERATION_YEARS;
}

/* Whether the address alone can stand for the surname: where relatives are guarded, the very same one
 * only, since strangers of one first name and birthday live in streets that look alike. */
static bool
address_carries(const struct identity_rules *rules, const struct capsule_comparison *it)
{
    return it->address == CAPSULE_EQUAL || (!rules->guards_relatives && agrees(it->address));
}

/* Without numbers: first name and date of birth, carried by surname or address; where one of
 * the two is missing, all the rest may do.  Not where relatives are guarded: a twin of whom the
 * file has no first name or a single initial, or a father without a date, has the rest in
 * common with another. */
static enum capsule_verdict
decide_by_rest(const struct identity_rules *rules, const struct capsule_comparison *it,
               const struct hints *hints)
{
    bool has_both = agrees(it->first_name) && agrees(it->birth_date) &&
        !(rules->guards_relatives && hints->has_doubtful_initials);
    bool lacks_one = (it->first_name == CAPSULE_UNKNOWN && it->birth_date == CAPSULE_EQUAL) ||
        (agrees(it->first_name) && it->birth_date == CAPSULE_UNKNOWN);

    if (!rules->guards_relatives && is_namesake_at_home(it) &&
        (it->birth_date == CAPSULE_DIFFERENT || hints->is_near_in_age)) {
        return it->sex == CAPSULE_DIFFERENT ? CAPSULE_UNDECIDED : CAPSULE_CONFIRMED;
    }
    if (it->first_name == CAPSULE_CONFLICT || it->birth_date == CAPSULE_CONFLICT) {
        return CAPSULE_REFUSED;
    }
    if (it->sex == CAPSULE_DIFFERENT) {
        return CAPSULE_UNDECIDED;
    }
    if (has_both && (agrees(it->surname) || address_carries(rules, it))) {
        return CAPSULE_CONFIRMED;
    }
    if (!rules->guards_relatives && lacks_one && agrees(it->surname) && agrees(it->address)) {
        return CAPSULE_CONFIRMED;
    }
    return CAPSULE_UNDECIDED;
}

static enum capsule_verdict
decide(const struct identity_rules *rules, const struct capsule_comparison *it,
       const struct hints *hints)
{
    enum capsule_verdict verdict = decide_by_number(rules, it);

    if (verdict == CAPSULE_UNDECIDED && it->person_number != CAPSULE_EQUAL) {
        verdict = decide_by_rest(rules, it, hints);
    }
    return verdict;
}

void
capsule_compare(const struct identity_rules *rules, const struct institution_list *institutions,
                const struct identity *a, const struct identity *b, struct capsule_comparison *out)
{
    struct capsule_comparison it = {
        .verdict = CAPSULE_UNDECIDED,
        .person_number = compare_numbers(rules, a->person_number, b->person_number),
        .first_name = compare_first_names(rules, a, b),
        .surname = compare_surnames(rules, a, b),
        .birth_date = compare_birth_dates(a->birth_date, b->birth_date),
        .sex = compare_sexes(a->sex, b->sex),
        .address = compare_addresses(a, b),
    };

    struct hints hints = {
        .is_near_in_age = are_near_in_age(a->birth_date, b->birth_date),
        .has_doubtful_initials = have_doubtful_initials(a, b),
    };

    if (agrees(it.address) &&
        (institution_list_has(institutions, a) || institution_list_has(institutions, b))) {
        it.address = CAPSULE_SHARED;
    }
    if (!(agrees(it.first_name) && agrees(it.surname)) && are_names_swapped(rules, a, b)) {
        it.first_name = CAPSULE_CLOSE;
        it.surname = CAPSULE_CLOSE;
    }
    it.verdict = decide(rules, &it, &hints);
    *out = it;
}

enum capsule_outcome
capsule_outcome(enum capsule_verdict verdict, enum matchkey_tier tier)
{
    switch (verdict) {
        case CAPSULE_CONFIRMED:
            return CAPSULE_GO_ON;
        case CAPSULE_UNDECIDED:
            return tier == MATCHKEY_TIER_A ? CAPSULE_ASK_HUMAN : CAPSULE_CUT;
        case CAPSULE_REFUSED:
            return CAPSULE_CUT;
    }
    return CAPSULE_CUT;
}

const char *
capsule_verdict_key(enum capsule_verdict verdict)
{
    switch (verdict) {
        case CAPSULE_CONFIRMED:
            return "confirmed";
        case CAPSULE_UNDECIDED:
            return "undecided";
        case CAPSULE_REFUSED:
            return "refused";
    }
    return "?";
}

const char *
capsule_agreement_key(enum capsule_agreement agreement)
{
    switch (agreement) {
        case CAPSULE_UNKNOWN:
            return "unknown";
        case CAPSULE_EQUAL:
            return "equal";
        case CAPSULE_CLOSE:
            return "close";
        case CAPSULE_DIFFERENT:
            return "different";
        case CAPSULE_CONFLICT:
            return "conflict";
        case CAPSULE_SHARED:
            return "shared";
    }
    return "?";
}
