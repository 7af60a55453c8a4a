/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_SURNAMES_H
#define TOOLS_TOWN_SURNAMES_H

#include <stddef.h>

#include "tools/town/names.h"
#include "tools/town/rng.h"

/* The surnames of a town.  Two residents in three bear a rare one, put together from the parts that Dutch
 * surnames are made of, the others one of the common ones: two strangers share a surname with a chance of
 * about 1 in 700, as in a village.  With the common ones alone it would be 1 in 90, and every measure of
 * chance meetings too high. */
enum { SURNAMES_RARE_MOST = 1024, SURNAMES_CORE_ROOM = 24 };

struct surnames {
    char cores[SURNAMES_RARE_MOST][SURNAMES_CORE_ROOM];
    struct surname rare[SURNAMES_RARE_MOST];
    size_t rare_count;
};

/* The same in every town.  What is drawn borrows from '*out', which must stay where it is. */
void surnames_make(struct surnames *out);

struct surname surnames_draw(const struct surnames *surnames, struct rng *rng);

#endif
