/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/place.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

static const char *const VILLAGES[PLACE_VILLAGES] = { "Seinhoven", "Oud-Wissel", "Perronsluis",
                                                      "Blokdam" };

static const char *const STEMS[] = {
    "Seinwachter", "Wissel",   "Perron",   "Stoker",    "Conducteurs", "Bielzen",    "Ligger",
    "Remise",      "Rangeer",  "Semafoor", "Loods",     "Kolen",       "Stoom",      "Spoordijk",
    "Overweg",     "Schijf",   "Wachter",  "Fluit",     "Hendel",      "Blokpost",   "Tussenspoor",
    "Koppel",      "Lantaarn", "Aankomst", "Zoutketen", "Grutto",      "Kreekraken", "Vlasakker"
};

static const char *const SUFFIXES[] = { "straat", "laan", "weg", "hof", "pad", "kade" };

static bool
is_taken(const struct place *place, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(place->streets[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

void
place_make(struct place *place, struct rng *rng)
{
    memset(place, 0, sizeof *place);
    for (size_t i = 0; i < PLACE_STREETS; i++) {
        struct street *street = &place->streets[i];
        char name[PLACE_STREET_ROOM];

        do {
            uint32_t kind = rng_below(rng, 12);
            const char *stem = STEMS[rng_below(rng, COUNT_OF(STEMS))];
            const char *suffix = SUFFIXES[rng_below(rng, COUNT_OF(SUFFIXES))];

            (void) snprintf(name, sizeof name, "%s%s%s",
                            kind == 0       ? "Korte "
                                : kind == 1 ? "Lange "
                                            : "",
                            stem, suffix);
        } while (is_taken(place, i, name));
        memcpy(street->name, name, sizeof name);
        street->village = (uint8_t) (i < PLACE_STREETS / 2 ? 0 : 1 + i % (PLACE_VILLAGES - 1));
        street->owner = i % 10 < 3 ? OWNER_BAKEN : i % 10 < 5 ? OWNER_WISSEL : OWNER_PRIVATE;
    }
}

struct address
place_new_address(struct place *place, struct rng *rng)
{
    static const char *const ADDITIONS[] = { "a", "b", "2", "bis", "H" };
    struct address address = { .street = (uint8_t) rng_below(rng, PLACE_STREETS) };
    struct street *street = &place->streets[address.street];

    street->used++;
    address.number = street->used;
    if (rng_chance(rng, 120)) {
        (void) snprintf(address.addition, sizeof address.addition, "%s",
                        ADDITIONS[rng_below(rng, COUNT_OF(ADDITIONS))]);
    }
    return address;
}

void
place_postcode(const struct place *place, const struct address *address, char out[POSTCODE_ROOM])
{
    /* Neither SA, SD nor SS, which no postcode has: the first letter is never an S. */
    static const char FIRST[] = "ABCDEGHJKLMNPRTVWXZ";
    static const char SECOND[] = "ABCDEGHJKLMNPRSTVWXZ";
    unsigned int part = 4u * address->street + 2u * (address->number > 16) + address->number % 2u;

    (void) snprintf(out, POSTCODE_ROOM, "%u%c%c", 4395u + place->streets[address->street].village,
                    FIRST[part / (sizeof SECOND - 1)], SECOND[part % (sizeof SECOND - 1)]);
}

const char *
place_village(const struct place *place, const struct address *address)
{
    return VILLAGES[place->streets[address->street].village];
}
