/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_CASE_VIEW_H
#define CLIENTS_SEIN_CASE_VIEW_H

#include <jansson.h>

#include "base/attr.h"
#include "clients/lib/opening.h"
#include "seinhuis/v1/review.pb-c.h"

/* How a case and what was opened of it are shown, to people on standard output or as JSON. */

/* A de-identified case with its explanations. */
void case_view_print(const Seinhuis__V1__Case *file);

/* NULL: out of memory. */
json_t *case_view_json(const Seinhuis__V1__Case *file);

/* Which records of an opening may be shown: those that still belong to the case. */
struct case_shown {
    const struct opening *opening;
    const Seinhuis__V1__Case *file;
};

/* The comparison pair by pair; of an undecided pair which fields disagree, and nothing else. */
void case_view_print_pairs(const struct opening *opening);

/* The records one by one: how far each is, who it is about where that is confirmed, and what it says
 * where it is opened. */
void case_view_print_records(const struct case_shown *shown);

/* Both of them: {"pairs": [...], "records": [...]}.  NULL: out of memory. */
json_t *case_view_opening_json(const struct case_shown *shown);

/* Whether a record of the opening still belongs to the case. */
bool case_view_has(const struct case_shown *shown, size_t at);

#endif
