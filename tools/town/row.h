/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_ROW_H
#define TOOLS_TOWN_ROW_H

#include "tools/town/events.h"

/* A signal as one organisation writes it down. */
enum { ROW_FIELD_ROOM = 512, ROW_NARRATIVE_MAX = ROW_FIELD_ROOM - 1 };

struct row {
    char text[COLUMN_COUNT][ROW_FIELD_ROOM]; /* "" where nothing is known */
    uint32_t typing_errors;
    bool is_identifiable; /* enough for at least one match key, if all of it were right */
    bool is_described; /* enough for a person to tell who is meant */
};

/* Fills '*row' for 'event': what the organisation's system holds, in its spelling, with typing
 * errors in 'typo_permille' of the rows (one in five of those has two).  What the other systems
 * refuse (a day that does not exist, a number that fails its check) never arises.
 * ERR_TOO_BIG: a text does not fit; ERR_MALFORMED: a name without a plain spelling. */
enum err row_make(struct rng *rng, const struct people *people, const struct event *event,
                  uint32_t typo_permille, struct row *row) MUST_CHECK;

#endif
