/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/voprf.h"

#include <string.h>

#include <sodium.h>

#include "proto/escrow/dleq.h"
#include "proto/escrow/group.h"
#include "proto/escrow/h2c.h"

#define SUITE "OPRFV1-\x01-ristretto255-SHA512"

static const char dst_group[] = "HashToGroup-" SUITE;
static const char dst_derive[] = "DeriveKeyPair" SUITE;

static struct bytes
text_bytes(const char *text, size_t room)
{
    return (struct bytes) { (const uint8_t *) text, room - 1 };
}

static void
length_prefix(size_t len, uint8_t out[2])
{
    out[0] = (uint8_t) (len >> 8);
    out[1] = (uint8_t) len;
}

enum err
voprf_derive_key(const struct key32 *seed, struct bytes info, struct voprf_key *out)
{
    WIPED(voprf_key) struct voprf_key key = { { { 0 } }, { { 0 } } };
    uint8_t info_len[2];
    uint8_t counter = 0;
    const struct bytes parts[] = {
        { seed->bytes, sizeof seed->bytes }, { info_len, sizeof info_len }, info, { &counter, 1 }
    };

    if (info.len > VOPRF_INPUT_MAX) {
        return ERR_INVALID;
    }
    length_prefix(info.len, info_len);
    do {
        h2c_scalar(text_bytes(dst_derive, sizeof dst_derive), parts, 4, &key.secret);
        if (!group_scalar_is_zero(&key.secret)) {
            if (group_multiply_base(&key.secret, &key.public) != ERR_OK) {
                return ERR_INTERNAL;
            }
            *out = key;
            return ERR_OK;
        }
        counter++;
    } while (counter != 0);
    return ERR_INTERNAL;
}

enum err
voprf_new_key(struct voprf_key *out)
{
    WIPED(voprf_key) struct voprf_key key = { { { 0 } }, { { 0 } } };

    crypto_core_ristretto255_scalar_random(key.secret.bytes);
    if (group_multiply_base(&key.secret, &key.public) != ERR_OK) {
        return ERR_INTERNAL;
    }
    *out = key;
    return ERR_OK;
}

enum err
voprf_blind_with(const struct bytes *inputs, const struct key32 *blinds, size_t count,
                 struct voprf_batch *out)
{
    WIPED(voprf_batch) struct voprf_batch batch = { 0 };

    if (count == 0 || count > VOPRF_BATCH_MAX) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        struct point point;
        enum err err;

        if (inputs[i].len == 0 || inputs[i].len > VOPRF_INPUT_MAX ||
            !group_scalar_is_canonical(&blinds[i]) || group_scalar_is_zero(&blinds[i])) {
            return ERR_INVALID;
        }
        err = h2c_point(text_bytes(dst_group, sizeof dst_group), &inputs[i], 1, &point);
        if (err != ERR_OK) {
            return err;
        }
        if (group_multiply(&blinds[i], &point, &batch.blinded[i]) != ERR_OK) {
            return ERR_INTERNAL;
        }
        batch.blinds[i] = blinds[i];
    }
    batch.count = count;
    *out = batch;
    return ERR_OK;
}

enum err
voprf_blind(const struct bytes *inputs, size_t count, struct voprf_batch *out)
{
    WIPED(voprf_batch) struct voprf_batch random = { 0 };

    for (size_t i = 0; i < VOPRF_BATCH_MAX; i++) {
        crypto_core_ristretto255_scalar_random(random.blinds[i].bytes);
    }
    return voprf_blind_with(inputs, random.blinds, count, out);
}

/* 'nonce' NULL: a fresh one. */
static enum err
evaluate(const struct voprf_key *key, const struct key32 *nonce, const struct point *blinded,
         size_t count, struct point *evaluated, struct voprf_proof *proof)
{
    struct point products[VOPRF_BATCH_MAX];
    enum err err = ERR_OK;

    if (count == 0 || count > VOPRF_BATCH_MAX) {
        return ERR_INVALID;
    }
    /* A multiplication decodes its point strictly and fails for the identity too: no separate
     * check, which would decode everything twice. */
    for (size_t i = 0; i < count; i++) {
        err = group_multiply(&key->secret, &blinded[i], &products[i]);
        if (err != ERR_OK) {
            return err;
        }
    }
    err = dleq_prove(key, nonce, blinded, products, count, proof);
    if (err != ERR_OK) {
        return err;
    }
    memcpy(evaluated, products, count * sizeof products[0]);
    return ERR_OK;
}

enum err
voprf_evaluate(const struct voprf_key *key, const struct point *blinded, size_t count,
               struct point *evaluated, struct voprf_proof *proof)
{
    return evaluate(key, NULL, blinded, count, evaluated, proof);
}

enum err
voprf_evaluate_with(const struct voprf_key *key, const struct key32 *nonce,
                    const struct point *blinded, size_t count, struct point *evaluated,
                    struct voprf_proof *proof)
{
    return evaluate(key, nonce, blinded, count, evaluated, proof);
}

/* Hash(len || input || len || unblinded || "Finalize") */
static enum err
finalize_one(const struct key32 *blind, struct bytes input, const struct point *evaluated,
             struct key64 *output)
{
    static const uint8_t finalize[8] = { 'F', 'i', 'n', 'a', 'l', 'i', 'z', 'e' };
    WIPED(key32) struct key32 inverse = { { 0 } };
    WIPED(key32) struct key32 unblinded = { { 0 } };
    crypto_hash_sha512_state state;
    uint8_t len[2];

    if (crypto_core_ristretto255_scalar_invert(inverse.bytes, blind->bytes) != 0 ||
        crypto_scalarmult_ristretto255(unblinded.bytes, inverse.bytes, evaluated->bytes) != 0) {
        return ERR_INTERNAL;
    }
    crypto_hash_sha512_init(&state);
    length_prefix(input.len, len);
    crypto_hash_sha512_update(&state, len, sizeof len);
    crypto_hash_sha512_update(&state, input.data, input.len);
    length_prefix(sizeof unblinded.bytes, len);
    crypto_hash_sha512_update(&state, len, sizeof len);
    crypto_hash_sha512_update(&state, unblinded.bytes, sizeof unblinded.bytes);
    crypto_hash_sha512_update(&state, finalize, sizeof finalize);
    crypto_hash_sha512_final(&state, output->bytes);
    sodium_memzero(&state, sizeof state);
    return ERR_OK;
}

struct output_list {
    struct key64 items[VOPRF_BATCH_MAX];
};
WIPED_KIND(output_list)

enum err
voprf_finalize(const struct point *key, const struct voprf_batch *batch, const struct bytes *inputs,
               const struct point *evaluated, const struct voprf_proof *proof,
               struct key64 *outputs)
{
    WIPED(output_list) struct output_list list = { 0 };
    enum err err = ERR_OK;

    if (batch->count == 0 || batch->count > VOPRF_BATCH_MAX) {
        return ERR_INVALID;
    }
    err = dleq_verify(key, batch->blinded, evaluated, batch->count, proof);
    for (size_t i = 0; err == ERR_OK && i < batch->count; i++) {
        err = finalize_one(&batch->blinds[i], inputs[i], &evaluated[i], &list.items[i]);
    }
    if (err != ERR_OK) {
        return err;
    }
    memcpy(outputs, list.items, batch->count * sizeof list.items[0]);
    return ERR_OK;
}
