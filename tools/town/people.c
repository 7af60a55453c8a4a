/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/town/family.h"

enum { BSN_FIRST = 999900000, BSN_POOL = 100000 };

bool
people_bsn_is_valid(const char *digits)
{
    int sum = 0;

    if (strspn(digits, "0123456789") != 9 || digits[9] != '\0') {
        return false;
    }
    for (int i = 0; i < 8; i++) {
        sum += (9 - i) * (digits[i] - '0');
    }
    sum -= digits[8] - '0';
    return sum % 11 == 0 && strcmp(digits, "000000000") != 0;
}

/* Gives each resident another number of the range 9999xxxxx, which is kept for tests. */
static enum err
give_numbers(struct people *people, struct rng *rng)
{
    char(*pool)[BSN_ROOM] = calloc(BSN_POOL, BSN_ROOM);
    uint32_t count = 0;

    if (pool == NULL) {
        return ERR_NOMEM;
    }
    for (uint32_t i = 0; i < BSN_POOL; i++) {
        (void) snprintf(pool[count], BSN_ROOM, "%09u", BSN_FIRST + i);
        count += people_bsn_is_valid(pool[count]);
    }
    for (size_t i = 0; i < people->count; i++) {
        uint32_t at = rng_below(rng, count);

        memcpy(people->residents[i].bsn, pool[at], BSN_ROOM);
        count--;
        memcpy(pool[at], pool[count], BSN_ROOM);
    }
    free(pool);
    return ERR_OK;
}

/* Six in a hundred came from another house in the town within the last eighteen months. */
static void
let_some_move(struct people *people, struct rng *rng, struct date end)
{
    for (size_t i = 0; i < people->count; i++) {
        struct resident *resident = &people->residents[i];

        if (!rng_chance(rng, 60)) {
            continue;
        }
        resident->has_moved = true;
        resident->moved_on = date_from_days(date_to_days(end) - rng_between(rng, 30, 510));
        resident->former = place_new_address(&people->place, rng);
    }
}

static enum err
make(uint64_t seed, size_t count, struct date end, bool is_varied, struct people *out)
{
    struct people people = { .is_varied = is_varied };
    struct rng rng;
    enum err err = ERR_OK;

    if (count < PEOPLE_LEAST || count > PEOPLE_MOST) {
        return ERR_INVALID;
    }
    people.surnames = calloc(1, sizeof *people.surnames);
    people.residents = calloc(count, sizeof *people.residents);
    people.households = calloc(count, sizeof *people.households);
    if (people.surnames == NULL || people.residents == NULL || people.households == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    surnames_make(people.surnames);
    rng_init(&rng, seed, "place");
    place_make(&people.place, &rng);
    rng_init(&rng, seed, "people");
    while (people.count < count) {
        family_add(&people, &rng, end, count - people.count);
    }
    rng_init(&rng, seed, "numbers");
    err = give_numbers(&people, &rng);
    if (err != ERR_OK) {
        goto out;
    }
    rng_init(&rng, seed, "moves");
    let_some_move(&people, &rng, end);
    *out = people;
    people = (struct people) { .count = 0 };
out:
    people_done(&people);
    return err;
}

enum err
people_make(uint64_t seed, size_t count, struct date end, struct people *out)
{
    return make(seed, count, end, false, out);
}

enum err
people_make_varied(uint64_t seed, size_t count, struct date end, struct people *out)
{
    return make(seed, count, end, true, out);
}

void
people_done(struct people *people)
{
    if (people == NULL) {
        return;
    }
    free(people->surnames);
    free(people->residents);
    free(people->households);
    people->surnames = NULL;
    people->residents = NULL;
    people->households = NULL;
    people->count = 0;
    people->household_count = 0;
}

const struct address *
people_address_on(const struct people *people, const struct resident *resident, struct date day)
{
    if (resident->has_moved && date_to_days(day) < date_to_days(resident->moved_on)) {
        return &resident->former;
    }
    return &people->households[resident->household].address;
}

int
people_age_on(const struct resident *resident, struct date day)
{
    int years = day.year - resident->born.year;
    bool had_birthday = day.month > resident->born.month ||
        (day.month == resident->born.month && day.day >= resident->born.day);

    return had_birthday ? years : years - 1;
}

const char *
people_kind_key(enum household_kind kind)
{
#define HOUSEHOLD_KEY(code, key) key,
    static const char *const KEYS[] = { HOUSEHOLD_MAP(HOUSEHOLD_KEY) };
#undef HOUSEHOLD_KEY

    return KEYS[kind];
}
