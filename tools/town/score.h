/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_SCORE_H
#define TOOLS_TOWN_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* How well the service found the residents about whom two sectors really were worried.
 *
 * The listing of flagged cases is JSON:
 *
 *   {"cases": [{"case": "any name",
 *               "records": [{"organisation": "smwo-seinhoven", "reference": "MW-2026-00012"}, ...],
 *               "opened":  [{"organisation": "...", "reference": "..."}, ...]}]}
 *
 * "organisation" is the key or the OIN of organisations.csv, "reference" the partner's own file
 * number; "opened", which may be absent, holds the records whose content was opened.  Other
 * members of a case are ignored.  A case with records of fewer than two organisations went the
 * acute or consented way. */
struct score {
    size_t residents_reported; /* all residents with a signal */
    size_t really_two_sectors; /* by the policy: two sectors, two entities, two domains, in time */
    size_t really_findable; /* of those, also by the identifiable signals alone */
    size_t flagged; /* of really_two_sectors: a case holds records of two sectors on this person */
    size_t flagged_findable; /* of really_findable */
    size_t cases;
    size_t cases_of_one_source; /* acute or consented */
    size_t false_flags; /* cases whose records belong to more than one resident */
    size_t
        early_flags; /* cases on one resident who by the truth is not one of really_two_sectors */
    size_t cases_opened;
    size_t opened_wrong_person; /* cases whose opened records belong to more than one resident */
    size_t unknown_records; /* in the listing but not in the truth */
};

struct score_policy {
    unsigned int window_weeks; /* 52 */
    unsigned int domains; /* 2 */
};

/* Reads truth.csv and organisations.csv in 'folder' and the listing, and counts.
 *
 * ERR_NOT_FOUND, ERR_DENIED, ERR_IO: a file.  ERR_TOO_BIG: a file of over 64 MiB.  ERR_NOMEM.
 * ERR_MALFORMED: '*where' is a constant text that says which file and what of it. */
enum err score_make(const char *folder, const char *listing, const struct score_policy *policy,
                    struct score *out, const char **where) MUST_CHECK;

#endif
