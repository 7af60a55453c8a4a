/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_INSTITUTIONS_H
#define TOOLS_TOWN_INSTITUTIONS_H

#include "tools/town/people.h"

/* Writes the addresses at which strangers live together, as a municipality's list of institutions
 * (clients/lib/institution.h).
 * ERR_NOMEM, ERR_IO, ERR_FULL, ERR_DENIED, ERR_NOT_FOUND. */
enum err institutions_write(const struct people *people, const char *folder,
                            const char *name) MUST_CHECK;

#endif
