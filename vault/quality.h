/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_QUALITY_H
#define VAULT_QUALITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* How well the match keys do in service: what became of the links whose capsules the CMZ team compared,
 * counted per month.  Counters only: nothing of a person, a report, an organisation or a case. */

struct vault;

/* Sizes of components by their linked reports: 2, 3-4, 5-8, 9-16, 17-32, 33 and more. */
enum { QUALITY_SIZES = 6, QUALITY_MONTHS = 24 };

struct quality_month {
    uint16_t month; /* since January 2000 */
    uint32_t compared; /* links, each counted when it is compared for the first time; of these: */
    uint32_t confirmed;
    uint32_t refused;
    uint32_t undecided;
    uint32_t settled_same; /* undecided before, then a person said: one person */
    uint32_t settled_apart; /* undecided before, then cut */
    uint32_t overruled; /* confirmed before, then a person said: two persons */
    uint32_t components; /* compared with at least one new link in them */
    uint32_t largest; /* linked reports of the largest of these */
    uint32_t sizes[QUALITY_SIZES]; /* how many of these of each size */
};

/* The place of a component of so many linked reports in 'sizes'. */
size_t quality_size_class(size_t records);

/* The months of the last QUALITY_MONTHS in which anything was compared, the oldest first; older ones are
 * overwritten one by one.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 *
 * Threads: any. */
enum err quality_read(struct vault *vault, struct quality_month out[QUALITY_MONTHS],
                      size_t *out_count) MUST_CHECK;

/* How many open cases there are now of each size, and how many linked reports the largest one has;
 * those that nobody has released yet are counted too.
 *
 * Threads: any.  Time: memory only. */
void quality_open_cases(struct vault *vault, uint32_t sizes[QUALITY_SIZES], uint32_t *out_largest);

#endif
