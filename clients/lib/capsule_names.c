/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/capsule_names.h"

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
    GUARDED_EDIT_MIN = 6, /* and among relatives so do names shorter than this: "Nora", "Noor" */
    RELATED_MIN = 6, /* two edits in so long a name are still a doubt */
    SWAPPED_MIN = 3 /* letters of a name that is found in the other's place */
};

bool
capsule_agrees(enum capsule_agreement agreement)
{
    return agreement == CAPSULE_EQUAL || agreement == CAPSULE_CLOSE;
}

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

/* Whether one is the other with an ending that makes a girl's name of a boy's: Amir and Amira. */
static bool
is_feminine_form(const char *a, const char *b)
{
    const char *longer = strlen(a) > strlen(b) ? a : b;
    const char *shorter = longer == a ? b : a;
    size_t len = strlen(shorter);
    const char *ending = longer + len;

    return strncmp(longer, shorter, len) == 0 &&
        (strcmp(ending, "a") == 0 || strcmp(ending, "e") == 0 || strcmp(ending, "ah") == 0);
}

/* Whether siblings may be called so, although a typing error could have made one of the other. */
static bool
may_be_siblings(const struct identity_rules *rules, const char *a, const char *b)
{
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    size_t shorter = a_len < b_len ? a_len : b_len;

    /* One usual name and one that nobody is known to bear, one letter apart: a slip of the keyboard. */
    return rules->guards_relatives &&
        (is_feminine_form(a, b) ||
         (shorter < GUARDED_EDIT_MIN && !similar_is_prefix(a, b, FIRST_PREFIX_MIN) &&
          (similar_edits(a, b) > 1 ||
           (!is_usual(rules, a) && !is_usual(rules, b) && !sounds_alike(rules, a, b)))));
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
    /* Three edits make another name, however long it is. */
    if (agreement == CAPSULE_DIFFERENT && similar_edits(a, b) > 2) {
        return CAPSULE_DIFFERENT;
    }
    return (is_usual(rules, a) && is_usual(rules, b)) || may_be_siblings(rules, a, b)
        ? CAPSULE_DIFFERENT
        : CAPSULE_CLOSE;
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
compare_initials(const struct identity_rules *rules, const struct identity *a,
                 const struct identity *b)
{
    WIPED(sound) struct sound a_letter = { { 0 } };
    WIPED(sound) struct sound b_letter = { { 0 } };
    const char *a_initials = a->initials[0] != '\0' ? a->initials : a_letter.text;
    const char *b_initials = b->initials[0] != '\0' ? b->initials : b_letter.text;
    bool have_name = a->given_names[0] != '\0' || b->given_names[0] != '\0' ||
        a->call_name[0] != '\0' || b->call_name[0] != '\0';

    letters_of(rules, a->call_name, 1, &a_letter);
    letters_of(rules, b->call_name, 1, &b_letter);
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

bool
capsule_is_call_against_given(const struct identity *a, const struct identity *b)
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

/* Whether several initials of both are the same, all of them: then a call name that no list holds is
 * that of the given names beside it. */
static bool
have_same_initials(const struct identity *a, const struct identity *b)
{
    return strlen(a->initials) > 1 && strcmp(a->initials, b->initials) == 0;
}

enum capsule_agreement
capsule_first_names(const struct identity_rules *rules, const struct identity *a,
                    const struct identity *b)
{
    WIPED(first_names) struct first_names a_names = { 0 };
    WIPED(first_names) struct first_names b_names = { 0 };
    const bool may_be_later = may_be_later_name(rules, a, b);
    enum capsule_agreement best = CAPSULE_UNKNOWN;

    find_first_names(a, &a_names);
    find_first_names(b, &b_names);
    if (a_names.count == 0 || b_names.count == 0) {
        return compare_initials(rules, a, b);
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
    if (best > CAPSULE_CLOSE && capsule_is_call_against_given(a, b)) {
        const char *call = a->call_name[0] != '\0' ? a->call_name : b->call_name;

        /* A usual name that is no known form of the given names is more likely a twin's. */
        if (have_same_initials(a, b)) {
            return is_usual(rules, call) ? CAPSULE_DIFFERENT : CAPSULE_CLOSE;
        }
        if (a_names.text[0][0] == b_names.text[0][0]) {
            return CAPSULE_DIFFERENT;
        }
    }
    return best;
}

enum capsule_agreement
capsule_surnames(const struct identity_rules *rules, const struct identity *a,
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

bool
capsule_names_are_swapped(const struct identity_rules *rules, const struct identity *a,
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

bool
capsule_has_first_name(const struct identity *identity)
{
    return identity->call_name[0] != '\0' || identity->given_names[0] != '\0';
}

/* The one name of a person who has no other; NULL when there are two, or none. */
static const char *
only_name(const struct identity *identity)
{
    const char *const all[] = { identity->call_name, identity->given_names, identity->surname,
                                identity->other_surname };
    const char *name = NULL;

    /* An initial beside a surname means that there is a first name. */
    if (!capsule_has_first_name(identity) && identity->initials[0] != '\0') {
        return NULL;
    }
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i][0] != '\0' && name != NULL && strcmp(name, all[i]) != 0) {
            return NULL;
        }
        name = all[i][0] != '\0' ? all[i] : name;
    }
    return name;
}

bool
capsule_is_one_name(const struct identity *a, const struct identity *b)
{
    const char *a_name = only_name(a);
    const char *b_name = only_name(b);

    return a_name != NULL && b_name != NULL && strcmp(a_name, b_name) == 0 &&
        (capsule_has_first_name(a) || capsule_has_first_name(b));
}

static bool
has_first_name_as_surname(const struct identity *a, const struct identity *b)
{
    WIPED(first_names) struct first_names names = { 0 };

    find_first_names(a, &names);
    for (size_t i = 0; i < names.count; i++) {
        if (strlen(names.text[i]) >= SWAPPED_MIN && strcmp(names.text[i], b->surname) == 0 &&
            strcmp(a->surname, b->surname) != 0) {
            return true;
        }
    }
    return false;
}

bool
capsule_first_name_is_surname(const struct identity *a, const struct identity *b)
{
    return has_first_name_as_surname(a, b) || has_first_name_as_surname(b, a);
}
