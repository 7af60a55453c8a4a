/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_FAMILY_H
#define TOOLS_TOWN_FAMILY_H

#include "tools/town/people.h"

/* Adds one household of at most 'room' (at least 1) residents; the arrays of 'people' have room
 * for them. */
void family_add(struct people *people, struct rng *rng, struct date end, size_t room);

#endif
