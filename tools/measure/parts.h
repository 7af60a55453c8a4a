/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_PARTS_H
#define TOOLS_MEASURE_PARTS_H

#include <stddef.h>

#include "tools/measure/deployment.h"
#include "tools/measure/echo.h"

/* The parts of the bench, in the order in which they run.  Each prints its figures. */

struct bench {
    const char *folder; /* for what is made; removed at the end */
    const char *reference; /* folder of the reference echo's programs; NULL: there is none */
    const struct echo_server *echo; /* running */
    double seconds; /* of one round */
    size_t rounds;
};

/* The bare rpc layer beside the reference echo. */
void part_rpc(const struct bench *bench);

/* The pseudonym service beside libsodium's operations. */
void part_voprf(const struct bench *bench, struct deployment *deployment);

/* The vault's intake beside its signatures, a bare call and bare commits of the same rows. */
void part_intake(const struct bench *bench, struct deployment *deployment);

/* Memory of the daemons, with 100,000 signals in the vault; disk; the correlator. */
void part_memory(const struct bench *bench, struct deployment *deployment);

#endif
