/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_NAMES_H
#define TOOLS_TOWN_NAMES_H

#include <stdint.h>

/* Common names of the Netherlands, from which fictitious residents are put together. */
enum cohort { COHORT_OLD, COHORT_MIDDLE, COHORT_YOUNG, COHORT_COUNT };

/* As in the register of births, and as used every day. */
struct first_name {
    const char *given;
    const char *call;
};

/* "" where there is no prefix (tussenvoegsel); 'core' NULL where there is no name at all. */
struct surname {
    const char *prefix;
    const char *core;
};

/* 'sex' is 'f' or 'm'.  Common names first. */
const struct first_name *names_first(char sex, enum cohort cohort, uint32_t *count);
const struct surname *names_surnames(uint32_t *count);

/* Names of people who have one only. */
const char *const *names_single(uint32_t *count);

#endif
