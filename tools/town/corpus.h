/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_CORPUS_H
#define TOOLS_TOWN_CORPUS_H

#include "tools/town/events.h"

/* Everybody in the town as several organisations know them: a test for whoever has to tell persons
 * apart, relatives and housemates above all. */
struct corpus_config {
    uint64_t seed;
    size_t residents;
    size_t reports; /* of each resident, at most CORPUS_REPORTS_MOST, each by another sector */
    uint32_t typo_permille;
    struct date end;
};

enum { CORPUS_REPORTS_MOST = 5 };

struct corpus_figures {
    size_t residents;
    size_t rows;
    size_t unidentifiable; /* rows left out: too little for any key */
    size_t with_typing_errors;
};

/* Writes 'institutions.yaml', the addresses of institutions and student houses in the form of
 * clients/lib/institution.h, and one CSV: the truth ("resident", "household", "kind", "organisation") and what the
 * organisation has of the identity.  The same configuration gives the same bytes.
 *
 * ERR_INVALID: numbers out of range.  ERR_NOMEM, ERR_IO, ERR_FULL, ERR_DENIED. */
enum err corpus_write(const struct corpus_config *config, const char *folder, const char *name,
                      struct corpus_figures *figures) MUST_CHECK;

#endif
