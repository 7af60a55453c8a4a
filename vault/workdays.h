/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_WORKDAYS_H
#define VAULT_WORKDAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* Working days in the Netherlands: Monday to Friday without the public holidays: New Year's Day, Easter
 * Monday, King's Day, Liberation Day (each fifth year), Ascension Day, Whit Monday and Christmas. */
bool workdays_is_one(struct date date);

/* The same time of day, 'days' working days after 'unix_s'. */
uint64_t workdays_after(uint64_t unix_s, uint32_t days);

#endif
