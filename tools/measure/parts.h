/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_PARTS_H
#define TOOLS_MEASURE_PARTS_H

#include <stddef.h>

/* The parts of the bench, in the order in which they run.  Each prints its figures. */

struct bench {
    const char *folder; /* for what is made; removed at the end */
    const char *reference; /* folder of the reference echo's programs; NULL: there is none */
    double seconds; /* of one round */
    size_t rounds;
};

/* What later parts compare with. */
struct bench_limits {
    double call_us; /* the server's CPU for one bare call of a report's length, 16 under way */
};

/* The bare rpc layer beside the reference echo. */
void part_rpc(const struct bench *bench, struct bench_limits *limits);

#endif
