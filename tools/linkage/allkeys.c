/* SPDX-License-Identifier: EUPL-1.2 */
/* A key is made of some fields; with the others taken away it is the same key, and more slots are
 * free.  So the keys that find no slot appear when fields are taken away, one after the other, until
 * all that is left has one. */
#include "tools/linkage/allkeys.h"

#include <stdbool.h>
#include <string.h>

#include <sodium.h>

/* What is taken away at once.  What may stand beside a call name or a surname goes alone first. */
enum group {
    GROUP_NUMBER,
    GROUP_GIVEN_NAMES,
    GROUP_SECOND_SURNAME,
    GROUP_FIRST_NAMES,
    GROUP_SURNAMES,
    GROUP_BIRTH_DATE,
    GROUP_POSTCODE,
    GROUP_HOUSE,
    GROUP_STREET,
    GROUP_TOWN,
    GROUP_COUNT
};

/* Clears a text; returns how long it was. */
static size_t
clear(char *text)
{
    size_t len = strlen(text);

    text[0] = '\0';
    return len;
}

static size_t
clear_birth_date(struct birth_date *date)
{
    size_t sum = (size_t) date->year + date->month + date->day;

    *date = (struct birth_date) { 0 };
    return sum;
}

/* Takes a group of fields away; returns 0 when nothing stood there. */
static size_t
take_away(struct identity *identity, enum group group)
{
    switch (group) {
        case GROUP_NUMBER:
            return clear(identity->person_number);
        case GROUP_GIVEN_NAMES:
            return clear(identity->given_names);
        case GROUP_SECOND_SURNAME:
            return clear(identity->other_surname);
        case GROUP_FIRST_NAMES:
            return clear(identity->given_names) + clear(identity->call_name) +
                clear(identity->initials);
        case GROUP_SURNAMES:
            return clear(identity->surname) + clear(identity->other_surname);
        case GROUP_BIRTH_DATE:
            return clear_birth_date(&identity->birth_date);
        case GROUP_POSTCODE:
            return clear(identity->postcode);
        case GROUP_HOUSE:
            return clear(identity->house_number) + clear(identity->house_addition);
        case GROUP_STREET:
            return clear(identity->street);
        case GROUP_TOWN:
            return clear(identity->town);
        case GROUP_COUNT:
            return 0;
    }
    return 0;
}

static bool
is_same(const struct matchkey *a, const struct matchkey *b)
{
    return a->len == b->len && sodium_memcmp(a->bytes, b->bytes, a->len) == 0;
}

static void
add(struct allkeys *all, const struct matchkey *key)
{
    for (size_t i = 0; i < all->count; i++) {
        if (is_same(&all->keys[i], key)) {
            return;
        }
    }
    if (all->count < ALLKEYS_MAX) {
        all->keys[all->count++] = *key;
    }
}

/* Adds the keys of what is left of an identity, of which the groups before 'from' are done with. */
static void
collect(const struct identity_rules *rules, const struct identity *identity, enum group from,
        struct allkeys *all)
{
    WIPED(matchkeys) struct matchkeys keys = { 0 };
    struct identity_refusal refusal;

    if (matchkeys_build(rules, identity, &keys, &refusal) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < keys.count; i++) {
        add(all, &keys.keys[i]);
    }
    if (keys.count < MATCHKEYS_MAX) {
        return; /* a slot is free: each key of what is left has one */
    }
    for (unsigned int group = from; group < GROUP_COUNT; group++) {
        WIPED(identity) struct identity less = *identity;

        if (take_away(&less, (enum group) group) > 0) {
            collect(rules, &less, (enum group)(group + 1), all);
        }
    }
}

void
allkeys_build(const struct identity_rules *rules, const struct identity *identity,
              struct allkeys *out)
{
    out->count = 0;
    collect(rules, identity, GROUP_NUMBER, out);
}

uint32_t
allkeys_common(const struct allkeys *a, const struct allkeys *b)
{
    uint32_t types = 0;

    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            if (is_same(&a->keys[i], &b->keys[k])) {
                types |= 1U << a->keys[i].type;
            }
        }
    }
    return types;
}
