/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/header.h"

#include <string.h>

#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"

/* Two blocks; slot j of block b holds bytes of 16 * b + j + 1. */
static struct report_header
sample(uint8_t block_count)
{
    struct report_header header = {
        .registry_version = 7,
        .rid = { { 1, 2, 3 } },
        .serial = 41,
        .bucket = 321,
        .mode = MODE_ESCROW,
        .band = BAND_MILD,
        .legal_basis = BASIS_WPG_18,
        .week = 1360,
        .block_count = block_count,
    };

    for (size_t b = 0; b < block_count; b++) {
        header.blocks[b].ctx = (struct escrow_ctx) { 1963, (uint16_t) (b + 1), 1, CTX_THRESHOLD };
        for (size_t j = 0; j < HEADER_SLOTS; j++) {
            memset(header.blocks[b].index[j].bytes, (int) (16 * b + j + 1), HASH32_LEN);
        }
    }
    return header;
}

static void
one_block_makes_429_bytes_and_two_make_824_and_both_come_back(void **state)
{
    const size_t wanted[] = { 0, 429, 824 };

    (void) state;
    for (uint8_t count = 1; count <= 2; count++) {
        struct report_header header = sample(count);
        struct report_header back;
        uint8_t bytes[HEADER_MAX_LEN];
        uint8_t again[HEADER_MAX_LEN];
        size_t len = 0;

        assert_ok(header_write(&header, bytes, &len));
        assert_int_equal(len, wanted[count]);
        assert_ok(header_read(bytes, len, &back));
        assert_int_equal(back.serial, 41);
        assert_int_equal(back.week, 1360);
        assert_int_equal(back.blocks[count - 1].ctx.epoch, count);
        assert_ok(header_write(&back, again, &len));
        assert_memory_equal(again, bytes, len);
    }
}

static void
only_the_two_lengths_are_taken(void **state)
{
    struct report_header header = sample(2);
    struct report_header back = { .serial = 5 };
    uint8_t bytes[HEADER_MAX_LEN + 1] = { 0 };
    size_t len = 0;

    (void) state;
    assert_ok(header_write(&header, bytes, &len));
    for (size_t wrong = 0; wrong <= sizeof bytes; wrong++) {
        if (wrong != len) {
            assert_err(ERR_MALFORMED, header_read(bytes, wrong, &back));
        }
    }
    assert_int_equal(back.serial, 5);
    header = sample(1);
    assert_ok(header_write(&header, bytes, &len));
    assert_err(ERR_MALFORMED, header_read(bytes, HEADER_MAX_LEN, &back));
}

/* Both directions refuse the header. */
static void
refused(const struct report_header *header)
{
    uint8_t bytes[HEADER_MAX_LEN] = { 7 };
    size_t len = 3;

    assert_err(ERR_INVALID, header_write(header, bytes, &len));
    assert_int_equal(bytes[0], 7);
    assert_int_equal(len, 3);
}

static void
fields_out_of_bounds_are_refused(void **state)
{
    struct report_header header;

    (void) state;
    header = sample(1);
    header.registry_version = 0;
    refused(&header);
    header = sample(1);
    header.serial = 0;
    refused(&header);
    header = sample(1);
    header.mode = 0;
    refused(&header);
    header.mode = 4;
    refused(&header);
    header = sample(1);
    header.band = 0;
    refused(&header);
    header.band = 5;
    refused(&header);
    header = sample(1);
    header.legal_basis = 0;
    refused(&header);
    header = sample(1);
    header.block_count = 0;
    refused(&header);
    header.block_count = 3;
    refused(&header);
    header = sample(1);
    header.blocks[0].ctx.threshold = 3;
    refused(&header);
}

static void
slots_out_of_order_or_twice_are_refused(void **state)
{
    struct report_header header = sample(1);
    struct hash32 kept = header.blocks[0].index[4];

    (void) state;
    header.blocks[0].index[4] = header.blocks[0].index[5];
    refused(&header);
    header.blocks[0].index[5] = kept;
    refused(&header);
}

static void
blocks_of_one_ctx_in_another_order_or_of_two_tenants_are_refused(void **state)
{
    struct report_header header = sample(2);

    (void) state;
    header.blocks[1].ctx.epoch = 1;
    refused(&header);
    header.blocks[1].ctx.epoch = 0;
    refused(&header);
    header = sample(2);
    header.blocks[1].ctx.tenant = 1964;
    refused(&header);
}

static void
reading_refuses_what_writing_refuses(void **state)
{
    struct report_header header = sample(2);
    struct report_header back;
    uint8_t bytes[HEADER_MAX_LEN];
    size_t len = 0;
    /* version, registry version, serial, mode, band, legal basis, blocks, ctx, threshold, slot */
    const struct {
        size_t at;
        uint8_t value;
    } bad[] = { { 0, 0 },  { 0, 2 },  { 4, 0 },   { 24, 0 },  { 27, 0 }, { 27, 4 },   { 28, 0 },
                { 28, 5 }, { 30, 0 }, { 33, 0 },  { 33, 1 },  { 33, 3 }, { 34, 'T' }, { 44, 1 },
                { 45, 3 }, { 77, 9 }, { 437, 1 }, { 437, 0 }, { 435, 0 } };

    (void) state;
    assert_ok(header_write(&header, bytes, &len));
    bytes[29] = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const uint8_t kept = bytes[bad[i].at];

        bytes[bad[i].at] = bad[i].value;
        assert_err(ERR_MALFORMED, header_read(bytes, len, &back));
        bytes[bad[i].at] = kept;
    }
    assert_ok(header_read(bytes, len, &back));
}

static void
every_flipped_bit_changes_the_hash(void **state)
{
    struct report_header header = sample(2);
    struct hash32 hash;
    struct hash32 changed;
    uint8_t bytes[HEADER_MAX_LEN];
    size_t len = 0;

    (void) state;
    assert_ok(header_write(&header, bytes, &len));
    header_hash(bytes, len, &hash);
    for (size_t i = 0; i < 8 * len; i++) {
        bytes[i / 8] ^= (uint8_t) (1 << i % 8);
        header_hash(bytes, len, &changed);
        assert_memory_not_equal(&changed, &hash, sizeof hash);
        bytes[i / 8] ^= (uint8_t) (1 << i % 8);
    }
}

static void
slots_are_numbered_through_the_blocks(void **state)
{
    struct report_header header = sample(2);

    (void) state;
    assert_ptr_equal(header_slot(&header, 0), &header.blocks[0].index[0]);
    assert_ptr_equal(header_slot(&header, 23), &header.blocks[1].index[11]);
    assert_ptr_equal(header_slot_ctx(&header, 12), &header.blocks[1].ctx);
    assert_null(header_slot(&header, 24));
    header.block_count = 1;
    assert_null(header_slot(&header, 12));
    assert_null(header_slot_ctx(&header, 12));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_block_makes_429_bytes_and_two_make_824_and_both_come_back),
        cmocka_unit_test(only_the_two_lengths_are_taken),
        cmocka_unit_test(fields_out_of_bounds_are_refused),
        cmocka_unit_test(slots_out_of_order_or_twice_are_refused),
        cmocka_unit_test(blocks_of_one_ctx_in_another_order_or_of_two_tenants_are_refused),
        cmocka_unit_test(reading_refuses_what_writing_refuses),
        cmocka_unit_test(every_flipped_bit_changes_the_hash),
        cmocka_unit_test(slots_are_numbered_through_the_blocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
