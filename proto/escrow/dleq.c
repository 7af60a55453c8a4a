/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/dleq.h"

#include <string.h>

#include <sodium.h>

#include "proto/escrow/group.h"
#include "proto/escrow/h2c.h"
#include "proto/escrow/hash.h"

#define SUITE "OPRFV1-\x01-ristretto255-SHA512"

static const char dst_scalar[] = "HashToScalar-" SUITE;
static const char dst_seed[] = "Seed-" SUITE;

static const uint8_t point_len[2] = { 0, POINT_LEN };

static struct bytes
scalar_tag(void)
{
    return (struct bytes) { (const uint8_t *) dst_scalar, sizeof dst_scalar - 1 };
}

/* Hash(len || key || len || seedDST), what all weights depend on. */
static void
composite_seed(const struct point *key, struct hash64 *out)
{
    static const uint8_t tag_len[2] = { 0, sizeof dst_seed - 1 };
    crypto_hash_sha512_state state;

    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, point_len, sizeof point_len);
    crypto_hash_sha512_update(&state, key->bytes, sizeof key->bytes);
    crypto_hash_sha512_update(&state, tag_len, sizeof tag_len);
    crypto_hash_sha512_update(&state, (const uint8_t *) dst_seed, sizeof dst_seed - 1);
    crypto_hash_sha512_final(&state, out->bytes);
}

static void
composite_weight(const struct hash64 *seed, size_t at, const struct point *blinded,
                 const struct point *evaluated, struct key32 *out)
{
    static const uint8_t seed_len[2] = { 0, HASH64_LEN };
    static const uint8_t composite[9] = { 'C', 'o', 'm', 'p', 'o', 's', 'i', 't', 'e' };
    const uint8_t number[2] = { (uint8_t) (at >> 8), (uint8_t) at };
    const struct bytes parts[] = {
        { seed_len, sizeof seed_len },   { seed->bytes, sizeof seed->bytes },
        { number, sizeof number },       { point_len, sizeof point_len },
        { blinded->bytes, POINT_LEN },   { point_len, sizeof point_len },
        { evaluated->bytes, POINT_LEN }, { composite, sizeof composite },
    };

    h2c_scalar(scalar_tag(), parts, sizeof parts / sizeof parts[0], out);
}

/* sum += weight * point.  The identity as sum is encoded as zeros and added like any other point. */
static enum err
add_weighted(const struct key32 *weight, const struct point *point, bool is_first,
             struct point *sum)
{
    struct point product;
    enum err err = group_multiply(weight, point, &product);

    if (err != ERR_OK) {
        return err;
    }
    if (is_first) {
        *sum = product;
        return ERR_OK;
    }
    return group_add(sum, &product, sum);
}

/* M = sum of d_i * C_i, and, for the verifier, Z = sum of d_i * D_i ('z' NULL: not). */
static enum err
composites(const struct point *key, const struct point *blinded, const struct point *evaluated,
           size_t count, struct point *m, struct point *z)
{
    struct hash64 seed;
    enum err err = ERR_OK;

    composite_seed(key, &seed);
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        struct key32 weight;

        composite_weight(&seed, i, &blinded[i], &evaluated[i], &weight);
        err = add_weighted(&weight, &blinded[i], i == 0, m);
        if (err == ERR_OK && z != NULL) {
            err = add_weighted(&weight, &evaluated[i], i == 0, z);
        }
    }
    return err;
}

static void
challenge(const struct point *key, const struct point *m, const struct point *z,
          const struct point t[2], struct key32 *out)
{
    static const uint8_t word[9] = { 'C', 'h', 'a', 'l', 'l', 'e', 'n', 'g', 'e' };
    const struct bytes parts[] = {
        { point_len, sizeof point_len }, { key->bytes, POINT_LEN },
        { point_len, sizeof point_len }, { m->bytes, POINT_LEN },
        { point_len, sizeof point_len }, { z->bytes, POINT_LEN },
        { point_len, sizeof point_len }, { t[0].bytes, POINT_LEN },
        { point_len, sizeof point_len }, { t[1].bytes, POINT_LEN },
        { word, sizeof word },
    };

    h2c_scalar(scalar_tag(), parts, sizeof parts / sizeof parts[0], out);
}

static void
fresh_nonce(const struct voprf_key *key, const struct point *m, const struct point *z,
            struct key32 *out)
{
    WIPED(key64) struct key64 random = { { 0 } };
    WIPED(key64) struct key64 wide = { { 0 } };
    const struct bytes secret = { key->secret.bytes, sizeof key->secret.bytes };
    const struct bytes parts[] = { { random.bytes, sizeof random.bytes },
                                   { m->bytes, POINT_LEN },
                                   { z->bytes, POINT_LEN } };

    randombytes_buf(random.bytes, sizeof random.bytes);
    hash_labelled(&secret, "sein1.dleq", parts, 3, wide.bytes, sizeof wide.bytes);
    group_reduce(wide.bytes, out);
}

enum err
dleq_prove(const struct voprf_key *key, const struct key32 *nonce, const struct point *blinded,
           const struct point *evaluated, size_t count, struct voprf_proof *out)
{
    WIPED(key32) struct key32 r = { { 0 } };
    WIPED(key32) struct key32 product = { { 0 } };
    struct point m;
    struct point z;
    struct point t[2];
    struct key32 c;

    /* The key is known, so one multiplication gives Z. */
    if (composites(&key->public, blinded, evaluated, count, &m, NULL) != ERR_OK ||
        group_multiply(&key->secret, &m, &z) != ERR_OK) {
        return ERR_INTERNAL;
    }
    if (nonce == NULL) {
        fresh_nonce(key, &m, &z, &r);
    } else {
        r = *nonce;
    }
    if (group_multiply_base(&r, &t[0]) != ERR_OK || group_multiply(&r, &m, &t[1]) != ERR_OK) {
        return ERR_INTERNAL;
    }
    challenge(&key->public, &m, &z, t, &c);

    crypto_core_ristretto255_scalar_mul(product.bytes, c.bytes, key->secret.bytes);
    memcpy(out->bytes, c.bytes, sizeof c.bytes);
    crypto_core_ristretto255_scalar_sub(out->bytes + sizeof c.bytes, r.bytes, product.bytes);
    return ERR_OK;
}

/* s * a + c * b; a NULL: the base point. */
static enum err
combine(const struct key32 *s, const struct point *a, const struct key32 *c, const struct point *b,
        struct point *out)
{
    struct point left;
    struct point right;
    enum err err = a == NULL ? group_multiply_base(s, &left) : group_multiply(s, a, &left);

    if (err == ERR_OK) {
        err = group_multiply(c, b, &right);
    }
    return err == ERR_OK ? group_add(&left, &right, out) : err;
}

enum err
dleq_verify(const struct point *key, const struct point *blinded, const struct point *evaluated,
            size_t count, const struct voprf_proof *proof)
{
    struct key32 c;
    struct key32 s;
    struct key32 expected;
    struct point m;
    struct point z;
    struct point t[2];

    memcpy(c.bytes, proof->bytes, sizeof c.bytes);
    memcpy(s.bytes, proof->bytes + sizeof c.bytes, sizeof s.bytes);
    if (!group_scalar_is_canonical(&c) || !group_scalar_is_canonical(&s) ||
        !group_point_is_valid(key)) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < count; i++) {
        if (!group_point_is_valid(&blinded[i]) || !group_point_is_valid(&evaluated[i])) {
            return ERR_MALFORMED;
        }
    }
    /* Whatever yields the identity from here on is no honest server's proof. */
    if (composites(key, blinded, evaluated, count, &m, &z) != ERR_OK ||
        combine(&s, NULL, &c, key, &t[0]) != ERR_OK || combine(&s, &m, &c, &z, &t[1]) != ERR_OK) {
        return ERR_AUTH;
    }
    challenge(key, &m, &z, t, &expected);
    return sodium_memcmp(expected.bytes, c.bytes, sizeof c.bytes) == 0 ? ERR_OK : ERR_AUTH;
}
