/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/seal.h"

#include <string.h>

#include "base/bytes.h"
#include "tests/lib/cmocka_all.h"

static const char plain[] = "kept";
enum { PLAIN_LEN = sizeof plain - 1, SEALED_LEN = PLAIN_LEN + SEAL_OVERHEAD };

static const struct key32 key = { { 1, 2, 3 } };
static const struct seal_context place = {
    .space = 2, .key_kind = 3, .key_number = 312, .version = 1, .id = "record", .id_len = 6
};

static enum err
open_at(const struct key32 *with, const struct seal_context *context, const uint8_t *sealed,
        size_t len)
{
    uint8_t out[SEALED_LEN + SEAL_OVERHEAD];
    size_t out_len = 99;
    const enum err err = seal_open(with, context, sealed, len, out, &out_len);

    if (err == ERR_OK) {
        assert_int_equal(out_len, PLAIN_LEN);
        assert_memory_equal(out, plain, PLAIN_LEN);
    } else {
        assert_int_equal(out_len, 99);
    }
    return err;
}

static void
a_sealed_value_opens_in_its_place(void **state)
{
    uint8_t sealed[SEALED_LEN];
    uint8_t again[SEALED_LEN];
    uint8_t kind = 0;
    uint16_t number = 0;

    (void) state;
    assert_ok(seal(&key, &place, plain, PLAIN_LEN, sealed));
    assert_ok(open_at(&key, &place, sealed, sizeof sealed));
    assert_ok(seal_key_of(sealed, sizeof sealed, &kind, &number));
    assert_int_equal(kind, 3);
    assert_int_equal(number, 312);
    assert_ok(seal(&key, &place, plain, PLAIN_LEN, again));
    assert_memory_not_equal(sealed, again, sizeof sealed);
}

static void
a_value_moved_to_another_place_or_key_does_not_open(void **state)
{
    const struct key32 other = { { 1, 2, 4 } };
    struct seal_context moved[6];
    uint8_t sealed[SEALED_LEN];

    (void) state;
    assert_ok(seal(&key, &place, plain, PLAIN_LEN, sealed));
    for (size_t i = 0; i < 6; i++) {
        moved[i] = place;
    }
    moved[0].space = 3;
    moved[1].key_kind = 2;
    moved[2].key_number = 313;
    moved[3].version = 2;
    moved[4].id = "recorx";
    moved[5].id_len = 5;
    for (size_t i = 0; i < 6; i++) {
        assert_err(ERR_AUTH, open_at(&key, &moved[i], sealed, sizeof sealed));
    }
    assert_err(ERR_AUTH, open_at(&other, &place, sealed, sizeof sealed));
}

static void
every_changed_byte_and_every_length_is_refused(void **state)
{
    uint8_t sealed[SEALED_LEN + 1] = { 0 };

    (void) state;
    assert_ok(seal(&key, &place, plain, PLAIN_LEN, sealed));
    for (size_t i = 0; i < SEALED_LEN; i++) {
        sealed[i] ^= 1;
        assert_err(ERR_AUTH, open_at(&key, &place, sealed, SEALED_LEN));
        sealed[i] ^= 1;
        assert_err(ERR_AUTH, open_at(&key, &place, sealed, i));
    }
    assert_err(ERR_AUTH, open_at(&key, &place, sealed, SEALED_LEN + 1));
    assert_ok(open_at(&key, &place, sealed, SEALED_LEN));
}

static void
an_id_has_a_bound(void **state)
{
    static const uint8_t id[SEAL_ID_MAX + 1];
    struct seal_context context = place;
    uint8_t sealed[SEALED_LEN];

    (void) state;
    context.id = id;
    context.id_len = SEAL_ID_MAX;
    assert_ok(seal(&key, &context, plain, PLAIN_LEN, sealed));
    assert_ok(open_at(&key, &context, sealed, sizeof sealed));
    context.id_len = 0;
    assert_ok(seal(&key, &context, plain, PLAIN_LEN, sealed));
    assert_ok(open_at(&key, &context, sealed, sizeof sealed));
    context.id_len = SEAL_ID_MAX + 1;
    assert_err(ERR_INVALID, seal(&key, &context, plain, PLAIN_LEN, sealed));
    assert_err(ERR_INVALID, open_at(&key, &context, sealed, sizeof sealed));
}

/* What was once stored must open for ever: bytes as this format's first version wrote them. */
static void
the_format_on_disk_stands(void **state)
{
    static const char golden[] =
        "010301384553755aac525354560a296a2f8be39cb1de51f7a8ac1723b92d05973395cc4bda1602f1"
        "66ed27a834d93be9";
    uint8_t sealed[SEALED_LEN];

    (void) state;
    assert_ok(bytes_from_hex(golden, sealed, sizeof sealed));
    assert_ok(open_at(&key, &place, sealed, sizeof sealed));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_value_opens_in_its_place),
        cmocka_unit_test(a_value_moved_to_another_place_or_key_does_not_open),
        cmocka_unit_test(every_changed_byte_and_every_length_is_refused),
        cmocka_unit_test(an_id_has_a_bound),
        cmocka_unit_test(the_format_on_disk_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
