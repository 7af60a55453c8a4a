/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_RNG_H
#define TOOLS_TOWN_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers that look random and are the same for the same seed, on every machine.  Not for secrets.
 * Each purpose has a stream of its own, so that a change in one leaves the others alone. */
enum { RNG_BUFFER_LEN = 1024 };
struct rng {
    uint8_t key[32];
    uint64_t refills;
    uint8_t buffer[RNG_BUFFER_LEN];
    size_t at;
};

/* libsodium must have been started.  'purpose' is at most 64 bytes. */
void rng_init(struct rng *rng, uint64_t seed, const char *purpose);

/* A number from 0 to below - 1; 'below' must not be 0. */
uint32_t rng_below(struct rng *rng, uint32_t below);

/* A number from 'least' to 'most', both included. */
int32_t rng_between(struct rng *rng, int32_t least, int32_t most);

/* True 'permille' times in a thousand. */
bool rng_chance(struct rng *rng, uint32_t permille);

/* An index below 'count' in which the front of the list is likelier, as common names are. */
uint32_t rng_skewed(struct rng *rng, uint32_t count);

/* An index below 'count', each as likely as its weight; the weights' sum must not be 0. */
uint32_t rng_weighted(struct rng *rng, const uint8_t *weights, uint32_t count);

#endif
