/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/bytes.h"

#include <string.h>

#include "tests/lib/cmocka_all.h"

static void
numbers_are_big_endian_and_come_back(void **state)
{
    const uint8_t golden[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    uint8_t buffer[15];
    struct byte_writer writer;
    struct byte_reader reader;

    (void) state;
    byte_writer_init(&writer, buffer, sizeof buffer);
    byte_writer_u8(&writer, 0x01);
    byte_writer_u16(&writer, 0x0203);
    byte_writer_u32(&writer, 0x04050607);
    byte_writer_u64(&writer, UINT64_C(0x08090a0b0c0d0e0f));
    assert_ok(byte_writer_finish(&writer));
    assert_memory_equal(buffer, golden, sizeof golden);

    byte_reader_init(&reader, buffer, sizeof buffer);
    assert_int_equal(byte_reader_u8(&reader), 0x01);
    assert_int_equal(byte_reader_u16(&reader), 0x0203);
    assert_int_equal(byte_reader_u32(&reader), 0x04050607);
    assert_true(byte_reader_u64(&reader) == UINT64_C(0x08090a0b0c0d0e0f));
    assert_ok(byte_reader_finish(&reader));
}

static void
what_does_not_fit_is_not_written(void **state)
{
    uint8_t buffer[4] = { 9, 9, 9, 9 };
    struct byte_writer writer;

    (void) state;
    byte_writer_init(&writer, buffer, 3);
    byte_writer_u16(&writer, 0x0102);
    byte_writer_u16(&writer, 0x0304);
    byte_writer_u8(&writer, 5);
    assert_err(ERR_TOO_BIG, byte_writer_finish(&writer));
    assert_int_equal(buffer[2], 9);
    assert_int_equal(writer.len, 2);
}

static void
short_and_long_input_are_malformed(void **state)
{
    const uint8_t data[] = { 1, 2, 3 };
    struct byte_reader reader;

    (void) state;
    byte_reader_init(&reader, data, sizeof data);
    assert_int_equal(byte_reader_u32(&reader), 0);
    assert_int_equal(byte_reader_u8(&reader), 0);
    assert_err(ERR_MALFORMED, byte_reader_finish(&reader));

    byte_reader_init(&reader, data, sizeof data);
    assert_int_equal(byte_reader_u16(&reader), 0x0102);
    assert_err(ERR_MALFORMED, byte_reader_finish(&reader));
}

static void
hex_is_strict(void **state)
{
    const uint8_t data[] = { 0x00, 0xab, 0xff };
    uint8_t back[3] = { 7, 7, 7 };
    char text[7];

    (void) state;
    bytes_to_hex(data, sizeof data, text);
    assert_string_equal(text, "00abff");
    assert_err(ERR_MALFORMED, bytes_from_hex("00abf", back, sizeof back));
    assert_err(ERR_MALFORMED, bytes_from_hex("00abf ", back, sizeof back));
    assert_err(ERR_MALFORMED, bytes_from_hex("00abff0", back, sizeof back));
    assert_int_equal(back[0], 7);
    assert_ok(bytes_from_hex("00ABff", back, sizeof back));
    assert_memory_equal(back, data, sizeof data);
}

static void
base64_is_strict(void **state)
{
    uint8_t back[8];
    char text[16];
    size_t len = 0;

    (void) state;
    /* RFC 4648 section 10 */
    bytes_to_base64((const uint8_t *) "foobar", 6, text);
    assert_string_equal(text, "Zm9vYmFy");
    assert_ok(bytes_from_base64("Zm9vYmE=", 8, back, sizeof back, &len));
    assert_int_equal(len, 5);
    assert_memory_equal(back, "fooba", 5);
    assert_err(ERR_MALFORMED, bytes_from_base64("Zm9vYmE", 7, back, sizeof back, &len));
    assert_err(ERR_MALFORMED, bytes_from_base64("Zm9v Ym", 7, back, sizeof back, &len));
    assert_err(ERR_TOO_BIG, bytes_from_base64("Zm9vYmFyZm9vYmFy", 16, back, 8, &len));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_big_endian_and_come_back),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(short_and_long_input_are_malformed),
        cmocka_unit_test(hex_is_strict),
        cmocka_unit_test(base64_is_strict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
