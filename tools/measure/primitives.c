/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/primitives.h"

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "tools/measure/meter.h"

enum { ROUNDS = 7, REPEATS = 200, MESSAGE_LEN = 80 /* label and hash, as sign.h signs */ };

struct bench_keys {
    uint8_t scalar[crypto_core_ristretto255_SCALARBYTES];
    uint8_t point[crypto_core_ristretto255_BYTES];
    uint8_t other[crypto_core_ristretto255_BYTES];
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t message[MESSAGE_LEN];
    uint8_t signature[crypto_sign_BYTES];
};

static int
multiply(struct bench_keys *keys)
{
    return crypto_scalarmult_ristretto255(keys->point, keys->scalar, keys->point);
}

static int
multiply_base(struct bench_keys *keys)
{
    return crypto_scalarmult_ristretto255_base(keys->other, keys->scalar);
}

static int
add(struct bench_keys *keys)
{
    return crypto_core_ristretto255_add(keys->point, keys->point, keys->other);
}

static int
sign(struct bench_keys *keys)
{
    return crypto_sign_detached(keys->signature, NULL, keys->message, MESSAGE_LEN, keys->secret);
}

static int
verify(struct bench_keys *keys)
{
    return crypto_sign_verify_detached(keys->signature, keys->message, MESSAGE_LEN, keys->public);
}

static double
measure(int (*operation)(struct bench_keys *keys), struct bench_keys *keys)
{
    struct rounds rounds = { .count = 0 };

    for (int i = 0; i < ROUNDS; i++) {
        uint64_t begun = meter_thread_ns();

        for (int n = 0; n < REPEATS; n++) {
            if (operation(keys) != 0) {
                meter_fail("libsodium", "an operation failed");
            }
        }
        rounds_add(&rounds, (double) (meter_thread_ns() - begun) / 1e3 / REPEATS);
    }
    return rounds_median(&rounds);
}

void
primitives_measure(struct primitives *out)
{
    struct bench_keys keys;

    crypto_core_ristretto255_random(keys.point);
    crypto_core_ristretto255_random(keys.other);
    crypto_core_ristretto255_scalar_random(keys.scalar);
    crypto_sign_keypair(keys.public, keys.secret);
    randombytes_buf(keys.message, sizeof keys.message);
    out->multiply_us = measure(multiply, &keys);
    out->multiply_base_us = measure(multiply_base, &keys);
    out->add_us = measure(add, &keys);
    out->sign_us = measure(sign, &keys);
    out->verify_us = measure(verify, &keys);
}
