/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_SIMILAR_H
#define CLIENTS_LIB_SIMILAR_H

#include <stdbool.h>
#include <stddef.h>

#include "clients/lib/identity.h"

/* How many letters must be put in, left out, replaced or swapped with their neighbour to turn
 * one text into the other (optimal string alignment); texts are cut at IDENTITY_NAME_ROOM. */
unsigned int similar_edits(const char *a, const char *b);

/* Whether the shorter one, of at least 'min' letters, begins the longer one. */
bool similar_is_prefix(const char *a, const char *b, size_t min);

/* Digits in which two whole dates differ, as eight digits side by side; a swap of neighbouring
 * digits and one of day and month count one. */
unsigned int similar_date_edits(struct birth_date a, struct birth_date b);

#endif
