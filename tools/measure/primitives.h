/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_PRIMITIVES_H
#define TOOLS_MEASURE_PRIMITIVES_H

/* libsodium's operations alone, in microseconds of CPU each. */

struct primitives {
    double multiply_us; /* crypto_scalarmult_ristretto255 */
    double multiply_base_us;
    double add_us; /* crypto_core_ristretto255_add */
    double sign_us; /* Ed25519 over 80 bytes */
    double verify_us;
};

/* The median of some rounds. */
void primitives_measure(struct primitives *out);

#endif
