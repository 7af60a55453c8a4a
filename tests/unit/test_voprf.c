/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/voprf.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "proto/escrow/group.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/shared.h"

enum { VECTOR_MAX = 2, INPUT_ROOM = 64 };

/* One test vector of RFC 9497, appendix A.1.2; lists are separated by commas. */
struct vector {
    const char *blind;
    const char *blinded;
    const char *evaluated;
    const char *input;
    const char *output;
    const char *proof;
    const char *nonce;
};

#define SEED "a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3"
#define SECRET "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"
#define PUBLIC "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
#define BLIND_1 "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
#define BLIND_2 "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"
#define BLINDED_1 "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
#define EVALUATED_1 "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"
#define OUTPUT_1                                                                                   \
    "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"                             \
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c"
#define OUTPUT_2                                                                                   \
    "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"                             \
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6"

static const struct vector single = {
    .blind = BLIND_1,
    .blinded = BLINDED_1,
    .evaluated = EVALUATED_1,
    .input = "00",
    .output = OUTPUT_1,
    .proof = "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
             "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
    .nonce = BLIND_2,
};

static const struct vector batched = {
    .blind = BLIND_1 "," BLIND_2,
    .blinded = BLINDED_1 ",90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
    .evaluated = EVALUATED_1 ",cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
    .input = "00,5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
    .output = OUTPUT_1 "," OUTPUT_2,
    .proof = "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
             "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
    .nonce = "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
};

/* Reads the hex item number 'at' of a list; returns its length, 0 when there is none. */
static size_t
item(const char *list, size_t at, uint8_t *out, size_t cap)
{
    const char *end = NULL;
    size_t len = 0;

    for (size_t i = 0; i < at; i++) {
        list = strchr(list, ',');
        if (list == NULL) {
            return 0;
        }
        list++;
    }
    assert_int_equal(sodium_hex2bin(out, cap, list, strcspn(list, ","), NULL, &len, &end), 0);
    return len;
}

static void
exact_item(const char *list, size_t at, uint8_t *out, size_t len)
{
    assert_int_equal(item(list, at, out, len), len);
}

static void
derive_test_key(const char *seed_hex, const char *info_hex, struct voprf_key *key)
{
    struct key32 seed;
    uint8_t info[INPUT_ROOM];
    size_t len = item(info_hex, 0, info, sizeof info);

    exact_item(seed_hex, 0, seed.bytes, sizeof seed.bytes);
    assert_ok(voprf_derive_key(&seed, (struct bytes) { info, len }, key));
}

static void
test_key(struct voprf_key *key)
{
    derive_test_key(SEED, "74657374206b6579", key);
}

/* Plays client and server by the vector and compares every value that it states. */
static void
check_vector(const struct voprf_key *key, const struct vector *vector)
{
    uint8_t storage[VECTOR_MAX][INPUT_ROOM];
    struct bytes inputs[VECTOR_MAX];
    struct key32 blinds[VECTOR_MAX];
    struct key32 nonce;
    struct voprf_batch batch;
    struct point evaluated[VECTOR_MAX];
    struct voprf_proof proof;
    struct key64 outputs[VECTOR_MAX];
    uint8_t wanted[64];
    size_t count = 0;

    while (count < VECTOR_MAX) {
        size_t len = item(vector->input, count, storage[count], INPUT_ROOM);

        if (len == 0) {
            break;
        }
        inputs[count] = (struct bytes) { storage[count], len };
        exact_item(vector->blind, count, blinds[count].bytes, 32);
        count++;
    }
    exact_item(vector->nonce, 0, nonce.bytes, 32);
    assert_ok(voprf_blind_with(inputs, blinds, count, &batch));
    assert_ok(voprf_evaluate_with(key, &nonce, batch.blinded, count, evaluated, &proof));
    exact_item(vector->proof, 0, wanted, 64);
    assert_memory_equal(proof.bytes, wanted, 64);
    assert_ok(voprf_finalize(&key->public, &batch, inputs, evaluated, &proof, outputs));
    for (size_t i = 0; i < count; i++) {
        exact_item(vector->blinded, i, wanted, 32);
        assert_memory_equal(batch.blinded[i].bytes, wanted, 32);
        exact_item(vector->evaluated, i, wanted, 32);
        assert_memory_equal(evaluated[i].bytes, wanted, 32);
        exact_item(vector->output, i, wanted, 64);
        assert_memory_equal(outputs[i].bytes, wanted, 64);
    }
}

static void
the_key_derived_from_the_seed_is_that_of_rfc_9497(void **state)
{
    struct voprf_key key;
    uint8_t wanted[32];

    (void) state;
    test_key(&key);
    exact_item(SECRET, 0, wanted, 32);
    assert_memory_equal(key.secret.bytes, wanted, 32);
    exact_item(PUBLIC, 0, wanted, 32);
    assert_memory_equal(key.public.bytes, wanted, 32);
}

static void
single_and_batched_vectors_of_rfc_9497_pass(void **state)
{
    struct voprf_key key;

    (void) state;
    test_key(&key);
    check_vector(&key, &single);
    check_vector(&key, &batched);
}

static const char *
field(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    assert_non_null(text);
    return text;
}

static void
every_mode_1_vector_of_the_published_file_passes(void **state)
{
    char *path = shared_path("vectors/voprf/ristretto255-sha512.json");
    json_error_t error;
    json_t *suites = NULL;
    const json_t *suite = NULL;
    size_t seen = 0;
    size_t at = 0;

    (void) state;
    if (path == NULL) {
        skip();
    }
    suites = json_load_file(path, 0, &error);
    assert_non_null(suites);
    json_array_foreach(suites, at, suite)
    {
        const json_t *vectors = json_object_get(suite, "vectors");
        struct voprf_key key;

        if (json_integer_value(json_object_get(suite, "mode")) != 1) {
            continue;
        }
        derive_test_key(field(suite, "seed"), field(suite, "keyInfo"), &key);
        for (size_t i = 0; i < json_array_size(vectors); i++) {
            const json_t *entry = json_array_get(vectors, i);
            const json_t *proof = json_object_get(entry, "Proof");
            const struct vector vector = {
                .blind = field(entry, "Blind"),
                .blinded = field(entry, "BlindedElement"),
                .evaluated = field(entry, "EvaluationElement"),
                .input = field(entry, "Input"),
                .output = field(entry, "Output"),
                .proof = field(proof, "proof"),
                .nonce = field(proof, "r"),
            };

            check_vector(&key, &vector);
            seen++;
        }
    }
    assert_true(seen >= 3);
    json_decref(suites);
    free(path);
}

/* A full batch as a client and an honest server make it. */
struct exchange {
    struct voprf_key key;
    uint8_t storage[VOPRF_BATCH_MAX][8];
    struct bytes inputs[VOPRF_BATCH_MAX];
    struct voprf_batch batch;
    struct point evaluated[VOPRF_BATCH_MAX];
    struct voprf_proof proof;
    struct key64 outputs[VOPRF_BATCH_MAX];
};

static void
exchange_make(struct exchange *x, size_t count)
{
    memset(x, 0, sizeof *x);
    assert_ok(voprf_new_key(&x->key));
    for (size_t i = 0; i < count; i++) {
        x->storage[i][0] = (uint8_t) i;
        x->inputs[i] = (struct bytes) { x->storage[i], sizeof x->storage[i] };
    }
    assert_ok(voprf_blind(x->inputs, count, &x->batch));
    assert_ok(voprf_evaluate(&x->key, x->batch.blinded, count, x->evaluated, &x->proof));
}

static enum err
exchange_finish(struct exchange *x)
{
    return voprf_finalize(&x->key.public, &x->batch, x->inputs, x->evaluated, &x->proof,
                          x->outputs);
}

static void
every_batch_size_up_to_sixteen_yields_the_function_of_the_input_alone(void **state)
{
    struct exchange first;
    struct exchange again;

    (void) state;
    exchange_make(&first, VOPRF_BATCH_MAX);
    assert_ok(exchange_finish(&first));
    for (size_t count = 1; count <= VOPRF_BATCH_MAX; count++) {
        exchange_make(&again, count);
        again.key = first.key;
        assert_ok(
            voprf_evaluate(&again.key, again.batch.blinded, count, again.evaluated, &again.proof));
        assert_ok(exchange_finish(&again));
        assert_memory_not_equal(&again.batch.blinded[0], &first.batch.blinded[0], 32);
        assert_memory_equal(again.outputs, first.outputs, count * sizeof first.outputs[0]);
    }
}

static void
none_and_seventeen_elements_are_refused(void **state)
{
    struct exchange x;
    struct bytes inputs[VOPRF_BATCH_MAX + 1];
    struct point blinded[VOPRF_BATCH_MAX + 1];
    struct point evaluated[VOPRF_BATCH_MAX + 1];
    struct voprf_batch batch;

    (void) state;
    exchange_make(&x, 1);
    for (size_t i = 0; i <= VOPRF_BATCH_MAX; i++) {
        inputs[i] = x.inputs[0];
        blinded[i] = x.batch.blinded[0];
    }
    assert_err(ERR_INVALID, voprf_blind(inputs, 0, &batch));
    assert_err(ERR_INVALID, voprf_blind(inputs, VOPRF_BATCH_MAX + 1, &batch));
    assert_err(ERR_INVALID, voprf_evaluate(&x.key, blinded, 0, evaluated, &x.proof));
    assert_err(ERR_INVALID,
               voprf_evaluate(&x.key, blinded, VOPRF_BATCH_MAX + 1, evaluated, &x.proof));
    inputs[0].len = 0;
    assert_err(ERR_INVALID, voprf_blind(inputs, 1, &batch));
    inputs[0].len = VOPRF_INPUT_MAX + 1;
    assert_err(ERR_INVALID, voprf_blind(inputs, 1, &batch));
}

static void
every_changed_byte_of_a_proof_is_refused_and_no_output_is_written(void **state)
{
    const struct key64 untouched[VOPRF_BATCH_MAX] = { { { 0 } } };
    struct exchange x;

    (void) state;
    exchange_make(&x, 3);
    for (size_t i = 0; i < VOPRF_PROOF_LEN; i++) {
        x.proof.bytes[i] ^= 1;
        assert_true(exchange_finish(&x) != ERR_OK);
        assert_memory_equal(x.outputs, untouched, sizeof untouched);
        x.proof.bytes[i] ^= 1;
    }
    assert_ok(exchange_finish(&x));
}

static void
another_key_than_the_pinned_one_is_found_out(void **state)
{
    struct exchange x;
    struct voprf_key other;

    (void) state;
    exchange_make(&x, 2);
    assert_ok(voprf_new_key(&other));
    /* The server used another key and proves that one. */
    assert_ok(voprf_evaluate(&other, x.batch.blinded, 2, x.evaluated, &x.proof));
    assert_err(ERR_AUTH, exchange_finish(&x));
    /* The server used another key and claims the pinned one. */
    other.public = x.key.public;
    assert_ok(voprf_evaluate(&other, x.batch.blinded, 2, x.evaluated, &x.proof));
    assert_err(ERR_AUTH, exchange_finish(&x));
}

static void
one_exchanged_element_of_a_batch_is_found_out(void **state)
{
    struct exchange x;
    struct point swap;

    (void) state;
    exchange_make(&x, 16);
    swap = x.evaluated[3];
    x.evaluated[3] = x.evaluated[4];
    x.evaluated[4] = swap;
    assert_err(ERR_AUTH, exchange_finish(&x));
}

static void
identity_and_non_canonical_points_are_refused_by_both_sides(void **state)
{
    const struct point identity = { { 0 } };
    struct point beyond;
    struct exchange x;
    struct point kept;
    struct point evaluated[2] = { { { 7 } }, { { 7 } } };

    (void) state;
    /* The field prime itself: another form of zero. */
    memset(beyond.bytes, 0xff, sizeof beyond.bytes);
    beyond.bytes[0] = 0xed;
    beyond.bytes[31] = 0x7f;
    exchange_make(&x, 2);
    kept = x.evaluated[1];
    x.evaluated[1] = identity;
    assert_err(ERR_MALFORMED, exchange_finish(&x));
    x.evaluated[1] = beyond;
    assert_err(ERR_MALFORMED, exchange_finish(&x));
    x.evaluated[1] = kept;
    assert_err(ERR_MALFORMED,
               voprf_finalize(&identity, &x.batch, x.inputs, x.evaluated, &x.proof, x.outputs));

    x.batch.blinded[1] = identity;
    assert_err(ERR_MALFORMED, voprf_evaluate(&x.key, x.batch.blinded, 2, evaluated, &x.proof));
    x.batch.blinded[1] = beyond;
    assert_err(ERR_MALFORMED, voprf_evaluate(&x.key, x.batch.blinded, 2, evaluated, &x.proof));
    assert_int_equal(evaluated[0].bytes[0], 7);
}

/* Adds the group order, little-endian, to a scalar: the same number in a second form. */
static void
add_order(uint8_t scalar[32])
{
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                       0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };

    sodium_add(scalar, order, sizeof order);
}

static void
a_proof_with_a_non_canonical_scalar_is_refused(void **state)
{
    struct exchange x;
    struct voprf_proof proof;

    (void) state;
    exchange_make(&x, 2);
    proof = x.proof;
    add_order(x.proof.bytes);
    assert_err(ERR_MALFORMED, exchange_finish(&x));
    x.proof = proof;
    add_order(x.proof.bytes + 32);
    assert_err(ERR_MALFORMED, exchange_finish(&x));
    x.proof = proof;
    assert_ok(exchange_finish(&x));
}

static void
a_blind_that_is_zero_or_not_canonical_is_refused(void **state)
{
    struct key32 blind = { { 0 } };
    const struct bytes input = { (const uint8_t *) "x", 1 };
    struct voprf_batch batch;

    (void) state;
    assert_err(ERR_INVALID, voprf_blind_with(&input, &blind, 1, &batch));
    blind.bytes[0] = 5;
    assert_ok(voprf_blind_with(&input, &blind, 1, &batch));
    add_order(blind.bytes);
    assert_err(ERR_INVALID, voprf_blind_with(&input, &blind, 1, &batch));
}

static void
two_proofs_of_one_batch_have_different_nonces(void **state)
{
    struct exchange x;
    struct voprf_proof proof;

    (void) state;
    exchange_make(&x, 1);
    proof = x.proof;
    assert_ok(voprf_evaluate(&x.key, x.batch.blinded, 1, x.evaluated, &x.proof));
    assert_memory_not_equal(proof.bytes, x.proof.bytes, VOPRF_PROOF_LEN);
    assert_ok(exchange_finish(&x));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_derived_from_the_seed_is_that_of_rfc_9497),
        cmocka_unit_test(single_and_batched_vectors_of_rfc_9497_pass),
        cmocka_unit_test(every_mode_1_vector_of_the_published_file_passes),
        cmocka_unit_test(every_batch_size_up_to_sixteen_yields_the_function_of_the_input_alone),
        cmocka_unit_test(none_and_seventeen_elements_are_refused),
        cmocka_unit_test(every_changed_byte_of_a_proof_is_refused_and_no_output_is_written),
        cmocka_unit_test(another_key_than_the_pinned_one_is_found_out),
        cmocka_unit_test(one_exchanged_element_of_a_batch_is_found_out),
        cmocka_unit_test(identity_and_non_canonical_points_are_refused_by_both_sides),
        cmocka_unit_test(a_proof_with_a_non_canonical_scalar_is_refused),
        cmocka_unit_test(a_blind_that_is_zero_or_not_canonical_is_refused),
        cmocka_unit_test(two_proofs_of_one_batch_have_different_nonces),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
