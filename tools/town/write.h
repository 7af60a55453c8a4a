/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_WRITE_H
#define TOOLS_TOWN_WRITE_H

#include "tools/town/events.h"

/* What to make, and which part of it to write. */
struct town_config {
    uint64_t seed;
    size_t residents;
    size_t signals;
    uint32_t typo_permille;
    struct date end; /* the last day of the eighteen months */
    struct date from; /* only signals observed from here ... */
    struct date until; /* ... to here, both included */
};

/* Figures of what was written. */
struct town_figures {
    size_t residents;
    size_t households;
    size_t signals;
    size_t identifiable;
    size_t with_typing_errors;
    size_t by_org[ORG_COUNT];
    size_t by_mode[MODE_ACUTE + 1];
    size_t by_story[STORY_COUNT]; /* signals */
};

/* Makes the town and writes it into 'folder' (made when absent): signals/ORGANISATION.csv,
 * truth.csv, residents.csv, organisations.csv, institutions.yaml and README.  The same configuration gives the same
 * bytes.
 *
 * ERR_INVALID: numbers out of range.  ERR_NOMEM, ERR_IO, ERR_FULL, ERR_DENIED: nothing is
 * promised about the files. */
enum err town_write(const struct town_config *config, const char *folder,
                    struct town_figures *figures) MUST_CHECK;

#endif
