/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_CASE_PARTED_H
#define CLIENTS_SEIN_CASE_PARTED_H

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/opening.h"
#include "seinhuis/v1/review.pb-c.h"

/* Tells the opening which of its records members parted before, as the vault handed it over; after
 * opening_add and before opening_release.
 *
 * ERR_MALFORMED: more pairs than the records of a case can have, or one that is not two of these records,
 * or that no member refused. */
enum err case_parted_take(const Seinhuis__V1__ReleasedCase *released,
                          struct opening *opening) MUST_CHECK;

#endif
