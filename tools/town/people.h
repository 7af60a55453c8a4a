/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_PEOPLE_H
#define TOOLS_TOWN_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "tools/town/names.h"
#include "tools/town/place.h"
#include "tools/town/surnames.h"

/* Fictitious residents in households, of the kinds that make people hard to tell apart: twins,
 * father and son of one name, three generations, students and residents of an institution at one
 * address. */
#define HOUSEHOLD_MAP(X)                                                                           \
    X(HOUSEHOLD_SINGLE, "single")                                                                  \
    X(HOUSEHOLD_COUPLE, "couple")                                                                  \
    X(HOUSEHOLD_FAMILY, "family")                                                                  \
    X(HOUSEHOLD_SINGLE_PARENT, "single_parent")                                                    \
    X(HOUSEHOLD_GENERATIONS, "three_generations")                                                  \
    X(HOUSEHOLD_STUDENTS, "students")                                                              \
    X(HOUSEHOLD_INSTITUTION, "institution")                                                        \
    X(HOUSEHOLD_NEWCOMERS, "newcomers") /* with one name; in a varied town only */

#define HOUSEHOLD_ENUM(code, key) code,
enum household_kind { HOUSEHOLD_MAP(HOUSEHOLD_ENUM) HOUSEHOLD_KIND_COUNT };
#undef HOUSEHOLD_ENUM

/* Which name a person uses in daily life. */
enum surname_use { USE_OWN, USE_PARTNER, USE_PARTNER_OWN, USE_OWN_PARTNER };

enum {
    BSN_ROOM = 10,
    GIVEN_MAX = 3,
    PEOPLE_LEAST = 100,
    PEOPLE_MOST = 8000 /* the range of test numbers has 9,090 */
};

struct resident {
    uint32_t household;
    char sex; /* 'f' or 'm' */
    enum cohort cohort;
    struct first_name first;
    const char *more_given[GIVEN_MAX - 1]; /* NULL where there is none */
    struct surname birth;
    struct surname partner; /* core NULL: none */
    enum surname_use use;
    bool has_one_name; /* 'first' and 'birth' are the same name; no system agrees on which */
    struct date born;
    char bsn[BSN_ROOM];
    bool has_moved;
    struct date moved_on;
    struct address former; /* meaningful when 'has_moved' */
};

struct household {
    enum household_kind kind;
    uint32_t first; /* index of the first resident; the others follow */
    uint32_t count;
    struct address address;
};

struct people {
    bool is_varied;
    struct place place;
    struct surnames *surnames; /* from which those of the residents borrow */
    struct resident *residents;
    size_t count;
    struct household *households;
    size_t household_count;
};

/* Makes 'count' residents (PEOPLE_LEAST to PEOPLE_MOST) as they are on 'end'; the same seed, count
 * and end give the same people.  people_done() them.
 * ERR_INVALID: too few or too many.  ERR_NOMEM. */
enum err people_make(uint64_t seed, size_t count, struct date end, struct people *out) MUST_CHECK;

/* The same with what a town of ordinary size hardly has and the keys must bear all the same: triplets,
 * and newcomers with one name and often no known birthday. */
enum err people_make_varied(uint64_t seed, size_t count, struct date end,
                            struct people *out) MUST_CHECK;
void people_done(struct people *people);

/* Where the resident lived on that day. */
const struct address *people_address_on(const struct people *people,
                                        const struct resident *resident, struct date day);

/* Full years on 'day'. */
int people_age_on(const struct resident *resident, struct date day);

/* Whether nine digits pass the elfproef. */
bool people_bsn_is_valid(const char *digits);

const char *people_kind_key(enum household_kind kind);

#endif
