/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_STORY_H
#define TOOLS_TOWN_STORY_H

#include "tools/town/row.h"

/* Fills what a signal says: reference, day, domains, severity, mode, legal basis and consent, and
 * a short text in plain Dutch. */
void story_tell(struct rng *rng, const struct event *event, struct row *row);

#endif
