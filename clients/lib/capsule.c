/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/capsule.h"

#include <stdlib.h>
#include <string.h>

#include "clients/lib/capsule_names.h"
#include "clients/lib/country.h"
#include "clients/lib/similar.h"

enum {
    DATE_CONFLICT = 3, /* digits */
    GENERATION_YEARS = 15,
    /* Older twins hardly ever share a house: nine in ten have left the parents' at thirty. */
    GROWN_UP_YEARS = 35
};

static bool
are_near_in_age(struct birth_date a, struct birth_date b)
{
    return a.year != 0 && b.year != 0 && abs(a.year - b.year) < GENERATION_YEARS;
}

/* Whether two years are the same four digits in another order. */
static bool
have_same_digits(uint16_t a, uint16_t b)
{
    int counts[10] = { 0 };
    bool is_same = true;

    for (unsigned int i = 1; i <= 1000; i *= 10) {
        counts[a / i % 10]++;
        counts[b / i % 10]--;
    }
    for (size_t i = 0; i < 10; i++) {
        is_same = is_same && counts[i] == 0;
    }
    return is_same;
}

/* Whether dates that differ in one place are those of father and son: a generation apart, and not by two
 * digits taken in the wrong order. Many have the first of January for want of a known day. */
static bool
may_be_generations(struct birth_date a, struct birth_date b)
{
    return !are_near_in_age(a, b) &&
        (!have_same_digits(a.year, b.year) || (a.month == 1 && a.day == 1));
}

static enum capsule_agreement
compare_birth_dates(const struct identity_rules *rules, struct birth_date a, struct birth_date b)
{
    bool a_is_whole = a.year != 0 && a.month != 0 && a.day != 0;
    bool b_is_whole = b.year != 0 && b.month != 0 && b.day != 0;
    unsigned int edits = similar_date_edits(a, b);

    if (a_is_whole && b_is_whole) {
        if (edits == 0) {
            return CAPSULE_EQUAL;
        }
        if (edits == 1) {
            return rules->guards_relatives && may_be_generations(a, b) ? CAPSULE_DIFFERENT
                                                                       : CAPSULE_CLOSE;
        }
        return edits < DATE_CONFLICT ? CAPSULE_DIFFERENT : CAPSULE_CONFLICT;
    }
    if (a.year == 0 || b.year == 0) {
        return CAPSULE_UNKNOWN;
    }
    if (a.year != b.year) {
        struct birth_date a_year = { .year = a.year };
        struct birth_date b_year = { .year = b.year };

        return similar_date_edits(a_year, b_year) == 1 ? CAPSULE_DIFFERENT : CAPSULE_CONFLICT;
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

    bool is_same_door = a->house_addition[0] == '\0' || b->house_addition[0] == '\0' ||
        strcmp(a->house_addition, b->house_addition) == 0;

    if (postcode == CAPSULE_EQUAL && house == CAPSULE_EQUAL && is_same_door) {
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

/* What the agreements alone do not tell. */
struct hints {
    bool is_near_in_age; /* less than a generation apart */
    bool has_doubtful_initials; /* no names on a side, and not several initials the same */
    bool is_half_swapped; /* the first name of one is the other's surname */
    bool is_grown_up; /* no twin is expected in the same house */
    bool are_both_named; /* else one has initials at most */
    bool may_be_called_so; /* a call name against given names, or initials alone */
};

static bool
have_doubtful_initials(const struct identity *a, const struct identity *b)
{
    return (!capsule_has_first_name(a) || !capsule_has_first_name(b)) &&
        (strlen(a->initials) < 2 || strcmp(a->initials, b->initials) != 0);
}

/* What numbers alone decide; UNDECIDED when they leave it to the rest. */
static enum capsule_verdict
decide_by_number(const struct identity_rules *rules, const struct capsule_comparison *it)
{
    bool is_of_another = it->first_name == CAPSULE_CONFLICT &&
        (!capsule_agrees(it->birth_date) || it->sex == CAPSULE_DIFFERENT);

    if (it->person_number == CAPSULE_CONFLICT) {
        return CAPSULE_REFUSED;
    }
    if (it->person_number == CAPSULE_EQUAL && (!is_of_another || !rules->guards_relatives)) {
        return CAPSULE_CONFIRMED;
    }
    if (it->person_number == CAPSULE_CLOSE &&
        (it->birth_date == CAPSULE_EQUAL ||
         (capsule_agrees(it->first_name) && capsule_agrees(it->surname)))) {
        return CAPSULE_CONFIRMED;
    }
    return CAPSULE_UNDECIDED;
}

/* Of one name at one address.  Father and son may be, but they are a generation apart:
 * whoever is nearer in age has a date of birth mistyped. */
static bool
is_namesake_at_home(const struct capsule_comparison *it, const struct hints *hints)
{
    return it->first_name == CAPSULE_EQUAL && capsule_agrees(it->surname) &&
        (it->address == CAPSULE_EQUAL || (hints->is_near_in_age && capsule_agrees(it->address)));
}

/* The first of January stands for an unknown day too often to tell anybody's age. */
static bool
is_grown_up(struct birth_date born, struct date today)
{
    return born.year != 0 && born.day != 0 && !(born.month == 1 && born.day == 1) &&
        today.year - born.year > GROWN_UP_YEARS;
}

/* Of one surname, address and birthday, and old enough to have no twin in the house. */
static bool
is_grown_up_at_home(const struct capsule_comparison *it, const struct hints *hints)
{
    return hints->is_grown_up && it->birth_date == CAPSULE_EQUAL && capsule_agrees(it->surname) &&
        it->address == CAPSULE_EQUAL;
}

/* Then an initial, or no first name at all, is enough.  One that differs may be that of the call name, when
 * the sex is known to be the same: else it may be husband and wife of one birthday. */
static bool
is_same_grown_up(const struct capsule_comparison *it, const struct hints *hints)
{
    return is_grown_up_at_home(it, hints) &&
        (it->first_name != CAPSULE_DIFFERENT ||
         (!hints->are_both_named && it->sex == CAPSULE_EQUAL));
}

/* Whether the address alone can stand for the surname: where relatives are guarded, the very same one
 * only, since strangers of one first name and birthday live in streets that look alike. */
static bool
address_carries(const struct identity_rules *rules, const struct capsule_comparison *it)
{
    return it->address == CAPSULE_EQUAL ||
        (!rules->guards_relatives && capsule_agrees(it->address));
}

/* Without numbers: first name and date of birth, carried by surname or address; where one of
 * the two is missing, all the rest may do.  Not where relatives are guarded: a twin of whom the
 * file has no first name or a single initial, or a father without a date, has the rest in
 * common with another. */
static enum capsule_verdict
decide_by_rest(const struct identity_rules *rules, const struct capsule_comparison *it,
               const struct hints *hints)
{
    bool has_both = capsule_agrees(it->first_name) && capsule_agrees(it->birth_date) &&
        !(rules->guards_relatives && hints->has_doubtful_initials);
    bool lacks_one = (it->first_name == CAPSULE_UNKNOWN && it->birth_date == CAPSULE_EQUAL) ||
        (capsule_agrees(it->first_name) && it->birth_date == CAPSULE_UNKNOWN);

    if (!rules->guards_relatives && is_namesake_at_home(it, hints) &&
        (it->birth_date == CAPSULE_DIFFERENT || hints->is_near_in_age)) {
        return it->sex == CAPSULE_DIFFERENT ? CAPSULE_UNDECIDED : CAPSULE_CONFIRMED;
    }
    if (!rules->guards_relatives && hints->is_half_swapped && it->birth_date == CAPSULE_EQUAL &&
        capsule_agrees(it->address)) {
        return it->sex == CAPSULE_DIFFERENT ? CAPSULE_UNDECIDED : CAPSULE_CONFIRMED;
    }
    /* Tiny and Martinus, H. and J.: no list holds all names that one person may go by. */
    if (it->first_name == CAPSULE_CONFLICT && hints->may_be_called_so &&
        is_grown_up_at_home(it, hints)) {
        return CAPSULE_UNDECIDED;
    }
    if (it->first_name == CAPSULE_CONFLICT || it->birth_date == CAPSULE_CONFLICT) {
        return CAPSULE_REFUSED;
    }
    if (it->sex == CAPSULE_DIFFERENT) {
        return CAPSULE_UNDECIDED;
    }
    if (is_same_grown_up(it, hints) ||
        (has_both && (capsule_agrees(it->surname) || address_carries(rules, it)))) {
        return CAPSULE_CONFIRMED;
    }
    if (!rules->guards_relatives && lacks_one && capsule_agrees(it->surname) &&
        capsule_agrees(it->address)) {
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
capsule_compare(const struct capsule_policy *policy, const struct identity *a,
                const struct identity *b, struct capsule_comparison *out)
{
    const struct identity_rules *rules = policy->rules;
    struct capsule_comparison it = {
        .verdict = CAPSULE_UNDECIDED,
        .person_number = compare_numbers(rules, a->person_number, b->person_number),
        .first_name = capsule_first_names(rules, a, b),
        .surname = capsule_surnames(rules, a, b),
        .birth_date = compare_birth_dates(rules, a->birth_date, b->birth_date),
        .sex = compare_sexes(a->sex, b->sex),
        .address = compare_addresses(a, b),
    };

    struct hints hints = {
        .is_near_in_age = are_near_in_age(a->birth_date, b->birth_date),
        .has_doubtful_initials = have_doubtful_initials(a, b),
        .is_half_swapped = capsule_first_name_is_surname(a, b),
        .is_grown_up =
            is_grown_up(a->birth_date, policy->today) && is_grown_up(b->birth_date, policy->today),
        .are_both_named = capsule_has_first_name(a) && capsule_has_first_name(b),
        .may_be_called_so = capsule_is_call_against_given(a, b) ||
            (!capsule_has_first_name(a) && !capsule_has_first_name(b)),
    };

    if (capsule_agrees(it.address) &&
        (institution_list_has(policy->institutions, a) ||
         institution_list_has(policy->institutions, b))) {
        it.address = CAPSULE_SHARED;
    }
    if (capsule_is_one_name(a, b)) {
        /* The one name says no more as a surname: the address has to carry it. */
        it.first_name = CAPSULE_EQUAL;
        it.surname = CAPSULE_UNKNOWN;
        hints.has_doubtful_initials = false;
    } else if (!capsule_agrees(it.surname) && capsule_names_are_swapped(rules, a, b)) {
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
