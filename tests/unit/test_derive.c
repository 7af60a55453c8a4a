/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/derive.h"

#include <string.h>

#include "proto/escrow/crypt.h"
#include "proto/escrow/group.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/pattern.h"
#include "tests/vectors/escrow.h"

static const struct escrow_ctx ctx = {
    .tenant = 1963, .epoch = 1, .norm_version = 1, .threshold = CTX_THRESHOLD
};

static void
ctx_and_oprf_input_have_their_golden_bytes(void **state)
{
    const uint8_t key[] = { 0, 2, 'k', 'e', 'y' };
    uint8_t encoded[CTX_LEN];
    uint8_t input[CTX_INPUT_ROOM];
    struct escrow_ctx back;
    size_t len = 0;

    (void) state;
    ctx_write(&ctx, encoded);
    assert_golden(GOLDEN_CTX, encoded, sizeof encoded);
    assert_ok(ctx_read(encoded, &back));
    assert_true(ctx_is_equal(&ctx, &back));
    assert_ok(ctx_oprf_input(&ctx, (struct bytes) { key, sizeof key }, input, &len));
    assert_golden(GOLDEN_OPRF_INPUT, input, len);
}

static void
a_ctx_of_another_protocol_or_threshold_is_refused(void **state)
{
    uint8_t encoded[CTX_LEN];
    struct escrow_ctx back = { .epoch = 9 };

    (void) state;
    ctx_write(&ctx, encoded);
    for (size_t i = 0; i < 5; i++) {
        encoded[i] ^= 1;
        assert_err(ERR_MALFORMED, ctx_read(encoded, &back));
        encoded[i] ^= 1;
    }
    encoded[CTX_LEN - 1] = 3;
    assert_err(ERR_MALFORMED, ctx_read(encoded, &back));
    assert_int_equal(back.epoch, 9);
}

static void
an_empty_or_too_long_match_key_is_refused(void **state)
{
    static const uint8_t key[CTX_INPUT_ROOM];
    uint8_t input[CTX_INPUT_ROOM];
    size_t len = 0;

    (void) state;
    assert_err(ERR_INVALID, ctx_oprf_input(&ctx, (struct bytes) { key, 0 }, input, &len));
    assert_ok(
        ctx_oprf_input(&ctx, (struct bytes) { key, CTX_INPUT_ROOM - 8 - CTX_LEN }, input, &len));
    assert_int_equal(len, CTX_INPUT_ROOM);
    assert_err(
        ERR_TOO_BIG,
        ctx_oprf_input(&ctx, (struct bytes) { key, CTX_INPUT_ROOM - 7 - CTX_LEN }, input, &len));
}

static void
a_slot_derives_to_its_golden_bytes(void **state)
{
    struct key64 output;
    struct slot_secret slot;
    struct key32 share;
    struct key32 bucket_key;
    struct hash32 tau;

    (void) state;
    pattern_fill(output.bytes, sizeof output.bytes, 0);
    assert_ok(derive_slot(&ctx, &output, &slot));
    assert_golden(GOLDEN_A0, slot.a0.bytes, 32);
    assert_golden(GOLDEN_A1, slot.a1.bytes, 32);
    assert_golden(GOLDEN_C0, slot.c0.bytes, 32);
    assert_golden(GOLDEN_C1, slot.c1.bytes, 32);
    assert_golden(GOLDEN_KEY, slot.key.bytes, 32);
    assert_golden(GOLDEN_INDEX, slot.index.bytes, 32);
    derive_share(&slot, 3, &share);
    assert_golden(GOLDEN_SHARE, share.bytes, 32);
    pattern_fill(bucket_key.bytes, sizeof bucket_key.bytes, 3);
    derive_tau(&bucket_key, &slot.index, &tau);
    assert_golden(GOLDEN_TAU, tau.bytes, 32);
}

static void
another_ctx_or_output_shares_nothing(void **state)
{
    const struct escrow_ctx changed[] = {
        { 1964, 1, 1, CTX_THRESHOLD },
        { 1963, 2, 1, CTX_THRESHOLD },
        { 1963, 1, 2, CTX_THRESHOLD },
    };
    struct key64 output;
    struct slot_secret slot;
    struct slot_secret other;

    (void) state;
    pattern_fill(output.bytes, sizeof output.bytes, 0);
    assert_ok(derive_slot(&ctx, &output, &slot));
    for (size_t i = 0; i < 3; i++) {
        assert_ok(derive_slot(&changed[i], &output, &other));
        assert_memory_not_equal(other.a0.bytes, slot.a0.bytes, 32);
        assert_memory_not_equal(other.key.bytes, slot.key.bytes, 32);
        assert_memory_not_equal(other.index.bytes, slot.index.bytes, 32);
    }
    output.bytes[63] ^= 1;
    assert_ok(derive_slot(&ctx, &output, &other));
    assert_memory_not_equal(other.index.bytes, slot.index.bytes, 32);
}

static void
committing_encryption_has_its_golden_bytes(void **state)
{
    const struct bytes ad = { (const uint8_t *) "ad", 2 };
    const struct bytes message = { (const uint8_t *) "message", 7 };
    uint8_t box[7 + CRYPT_CE_EXTRA];
    uint8_t back[7];
    struct key32 key;
    struct crypt_nonce nonce;

    (void) state;
    pattern_fill(key.bytes, sizeof key.bytes, 4);
    pattern_fill(nonce.bytes, sizeof nonce.bytes, 5);
    crypt_ce_seal_with(&key, &nonce, ad, message, box);
    assert_golden(GOLDEN_CE, box, sizeof box);
    assert_ok(crypt_ce_open(&key, ad, (struct bytes) { box, sizeof box }, back));
    assert_memory_equal(back, "message", 7);
}

static void
every_changed_byte_key_or_context_of_a_box_is_refused(void **state)
{
    const struct bytes ad = { (const uint8_t *) "ad", 2 };
    const struct bytes other_ad = { (const uint8_t *) "aD", 2 };
    uint8_t box[7 + CRYPT_CE_EXTRA];
    const struct bytes whole = { box, sizeof box };
    uint8_t back[7];
    struct key32 key;

    (void) state;
    pattern_fill(key.bytes, sizeof key.bytes, 4);
    crypt_ce_seal(&key, ad, (struct bytes) { (const uint8_t *) "message", 7 }, box);
    for (size_t i = 0; i < sizeof box; i++) {
        box[i] ^= 0x80;
        assert_err(ERR_AUTH, crypt_ce_open(&key, ad, whole, back));
        box[i] ^= 0x80;
    }
    assert_err(ERR_AUTH, crypt_ce_open(&key, other_ad, whole, back));
    assert_err(ERR_AUTH, crypt_ce_open(&key, ad, (struct bytes) { box, CRYPT_CE_EXTRA - 1 }, back));
    assert_ok(crypt_ce_open(&key, ad, whole, back));
    key.bytes[0] ^= 1;
    assert_err(ERR_AUTH, crypt_ce_open(&key, ad, whole, back));
}

static void
a_sealed_box_opens_for_its_key_alone(void **state)
{
    uint8_t box[7 + CRYPT_BOX_EXTRA];
    const struct bytes whole = { box, sizeof box };
    uint8_t back[7];
    struct key32 secret;
    struct key32 other;
    struct box_public public;
    struct box_public unused;
    const struct box_public weak = { { 0 } };

    (void) state;
    crypt_box_key_new(&secret, &public);
    crypt_box_key_new(&other, &unused);
    assert_ok(crypt_box_seal(&public, (struct bytes) { (const uint8_t *) "message", 7 }, box));
    assert_ok(crypt_box_open(&secret, whole, back));
    assert_memory_equal(back, "message", 7);
    assert_err(ERR_AUTH, crypt_box_open(&other, whole, back));
    for (size_t i = 0; i < sizeof box; i++) {
        box[i] ^= 1;
        assert_err(ERR_AUTH, crypt_box_open(&secret, whole, back));
        box[i] ^= 1;
    }
    assert_err(ERR_AUTH, crypt_box_open(&secret, (struct bytes) { box, 47 }, back));
    assert_err(ERR_INVALID,
               crypt_box_seal(&weak, (struct bytes) { (const uint8_t *) "m", 1 }, box));
}

static void
the_group_refuses_what_libsodium_accepts(void **state)
{
    struct key32 order = { { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
                             0xde, 0xf9, 0xde, 0x14, [31] = 0x10 } };
    const struct point identity = { { 0 } };
    struct point out = { { 9 } };

    (void) state;
    assert_false(group_scalar_is_canonical(&order));
    order.bytes[0]--;
    assert_true(group_scalar_is_canonical(&order));
    assert_false(group_point_is_valid(&identity));
    assert_err(ERR_MALFORMED, group_multiply(&order, &identity, &out));
    memset(order.bytes, 0, sizeof order.bytes);
    assert_true(group_scalar_is_zero(&order));
    assert_err(ERR_MALFORMED, group_multiply_base(&order, &out));
    assert_int_equal(out.bytes[0], 9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ctx_and_oprf_input_have_their_golden_bytes),
        cmocka_unit_test(a_ctx_of_another_protocol_or_threshold_is_refused),
        cmocka_unit_test(an_empty_or_too_long_match_key_is_refused),
        cmocka_unit_test(a_slot_derives_to_its_golden_bytes),
        cmocka_unit_test(another_ctx_or_output_shares_nothing),
        cmocka_unit_test(committing_encryption_has_its_golden_bytes),
        cmocka_unit_test(every_changed_byte_key_or_context_of_a_box_is_refused),
        cmocka_unit_test(a_sealed_box_opens_for_its_key_alone),
        cmocka_unit_test(the_group_refuses_what_libsodium_accepts),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
