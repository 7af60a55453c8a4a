/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_PLACE_H
#define TOOLS_TOWN_PLACE_H

#include <stdint.h>

#include "tools/town/rng.h"

/* The fictitious municipality: four villages with invented streets. */
enum {
    PLACE_VILLAGES = 4,
    PLACE_STREETS = 80,
    PLACE_STREET_ROOM = 48,
    PLACE_ADDITION_ROOM = 8,
    POSTCODE_ROOM = 8
};

/* Whose houses stand in a street. */
enum owner { OWNER_PRIVATE, OWNER_BAKEN, OWNER_WISSEL };

struct street {
    char name[PLACE_STREET_ROOM];
    uint8_t village;
    enum owner owner;
    uint16_t used; /* house numbers given out so far */
};

struct place {
    struct street streets[PLACE_STREETS];
};

struct address {
    uint8_t street;
    uint16_t number;
    char addition[PLACE_ADDITION_ROOM];
};

void place_make(struct place *place, struct rng *rng);

/* A house in which nobody lives yet. */
struct address place_new_address(struct place *place, struct rng *rng);

/* "1234AB": a street has one postcode for each side of each half. */
void place_postcode(const struct place *place, const struct address *address,
                    char out[POSTCODE_ROOM]);

const char *place_village(const struct place *place, const struct address *address);

#endif
