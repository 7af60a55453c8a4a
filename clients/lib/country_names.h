/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_COUNTRY_NAMES_H
#define CLIENTS_LIB_COUNTRY_NAMES_H

#include "clients/lib/country.h"

/* Lists of given names, normalised.  The usual ones are sorted and end with NULL behind the count. */
extern const char *const NAMES_NL_USUAL[];
extern const size_t NAMES_NL_USUAL_COUNT;
extern const char *const NAMES_AU_USUAL[];
extern const size_t NAMES_AU_USUAL_COUNT;
extern const struct short_form NAMES_NL_SHORT[];

#endif
