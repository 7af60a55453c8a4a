/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_PREMADE_H
#define TOOLS_MEASURE_PREMADE_H

#include <stddef.h>

#include "seinhuis/v1/intake.pb-c.h"
#include "tools/measure/deployment.h"

/* Complete submissions of one organisation made beforehand, so that filing them costs the client
 * only the sending.  Header, tickets and signatures are real; index values and sealed boxes are
 * random bytes of their lengths, which is what they look like to everybody but the receiver.  No two
 * share an index value. */
struct premade {
    size_t count;
    size_t taken;
    struct premade_report *reports;
};

void premade_make(const struct deployment *deployment, size_t organisation, size_t count,
                  struct premade *out);
void premade_done(struct premade *premade);

/* The next report as a message; it lives as long as 'premade'. */
const Seinhuis__V1__SubmitRequest *premade_take(struct premade *premade);

/* The length of one on the wire. */
size_t premade_len(const struct premade *premade);

#endif
