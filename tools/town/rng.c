/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/rng.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "base/bytes.h"

void
rng_init(struct rng *rng, uint64_t seed, const char *purpose)
{
    uint8_t text[8];
    struct byte_writer writer;

    byte_writer_init(&writer, text, sizeof text);
    byte_writer_u64(&writer, seed);
    memset(rng, 0, sizeof *rng);
    rng->at = RNG_BUFFER_LEN;
    (void) crypto_generichash(rng->key, sizeof rng->key, (const uint8_t *) purpose, strlen(purpose),
                              text, sizeof text);
}

static void
rng_refill(struct rng *rng)
{
    uint8_t seed[randombytes_SEEDBYTES];
    uint8_t text[8];
    struct byte_writer writer;

    byte_writer_init(&writer, text, sizeof text);
    byte_writer_u64(&writer, rng->refills);
    (void) crypto_generichash(seed, sizeof seed, text, sizeof text, rng->key, sizeof rng->key);
    randombytes_buf_deterministic(rng->buffer, sizeof rng->buffer, seed);
    rng->refills++;
    rng->at = 0;
}

uint32_t
rng_below(struct rng *rng, uint32_t below)
{
    uint64_t number = 0;

    assert(below != 0);
    if (rng->at + 8 > RNG_BUFFER_LEN) {
        rng_refill(rng);
    }
    for (size_t i = 0; i < 8; i++) {
        number = number << 8 | rng->buffer[rng->at + i];
    }
    rng->at += 8;
    return (uint32_t) (number % below);
}

int32_t
rng_between(struct rng *rng, int32_t least, int32_t most)
{
    assert(least <= most);
    return least + (int32_t) rng_below(rng, (uint32_t) (most - least) + 1);
}

bool
rng_chance(struct rng *rng, uint32_t permille)
{
    return rng_below(rng, 1000) < permille;
}

uint32_t
rng_skewed(struct rng *rng, uint32_t count)
{
    uint32_t a = rng_below(rng, count);
    uint32_t b = rng_below(rng, count);

    return a < b ? a : b;
}

uint32_t
rng_weighted(struct rng *rng, const uint8_t *weights, uint32_t count)
{
    uint32_t sum = 0;
    uint32_t at = 0;

    for (uint32_t i = 0; i < count; i++) {
        sum += weights[i];
    }
    sum = rng_below(rng, sum);
    while (sum >= weights[at]) {
        sum -= weights[at];
        at++;
    }
    return at;
}
