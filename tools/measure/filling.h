/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_FILLING_H
#define TOOLS_MEASURE_FILLING_H

#include <stddef.h>
#include <stdint.h>

#include "tools/measure/deployment.h"

/* The vault filled through its own library, without a network, while no daemon has it open. */

struct filling_result {
    double seconds; /* of taking in, making the submissions included */
    double reports; /* that were taken in */
    double taken_len; /* bytes of the file in use per signal, before the correlator */
    double correlate_us; /* CPU of the correlator per signal */
    double correlate_wall_us;
    double done_len; /* the same bytes with the index rows, after the correlator */
};

/* Fills up to 'count' signals of which none matches another, and works off all tasks. */
void filling_run(const struct deployment *deployment, size_t count, struct filling_result *out);

#endif
