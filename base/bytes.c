/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/bytes.h"

#include <string.h>

#include <sodium.h>

void
byte_writer_init(struct byte_writer *writer, uint8_t *data, size_t cap)
{
    *writer = (struct byte_writer) { .data = data, .cap = cap };
}

void
byte_writer_raw(struct byte_writer *writer, const void *data, size_t len)
{
    if (writer->overflowed || len > writer->cap - writer->len) {
        writer->overflowed = true;
        return;
    }
    if (len > 0) {
        memcpy(writer->data + writer->len, data, len);
    }
    writer->len += len;
}

static void
byte_writer_number(struct byte_writer *writer, uint64_t value, size_t len)
{
    uint8_t buffer[8];

    for (size_t i = 0; i < len; i++) {
        buffer[i] = (uint8_t) (value >> (8 * (len - 1 - i)));
    }
    byte_writer_raw(writer, buffer, len);
}

void
byte_writer_u8(struct byte_writer *writer, uint8_t value)
{
    byte_writer_raw(writer, &value, 1);
}

void
byte_writer_u16(struct byte_writer *writer, uint16_t value)
{
    byte_writer_number(writer, value, 2);
}

void
byte_writer_u32(struct byte_writer *writer, uint32_t value)
{
    byte_writer_number(writer, value, 4);
}

void
byte_writer_u64(struct byte_writer *writer, uint64_t value)
{
    byte_writer_number(writer, value, 8);
}

enum err
byte_writer_finish(const struct byte_writer *writer)
{
    return writer->overflowed ? ERR_TOO_BIG : ERR_OK;
}

void
byte_reader_init(struct byte_reader *reader, const void *data, size_t len)
{
    *reader = (struct byte_reader) { .data = data, .len = len };
}

const uint8_t *
byte_reader_borrow(struct byte_reader *reader, size_t len)
{
    const uint8_t *at;

    if (reader->underflowed || len > reader->len - reader->at) {
        reader->underflowed = true;
        return NULL;
    }
    at = reader->data + reader->at;
    reader->at += len;
    return at;
}

void
byte_reader_raw(struct byte_reader *reader, void *out, size_t len)
{
    const uint8_t *at = byte_reader_borrow(reader, len);

    if (len == 0) {
        return;
    }
    if (at == NULL) {
        memset(out, 0, len);
    } else {
        memcpy(out, at, len);
    }
}

static uint64_t
byte_reader_number(struct byte_reader *reader, size_t len)
{
    const uint8_t *at = byte_reader_borrow(reader, len);
    uint64_t value = 0;

    for (size_t i = 0; at != NULL && i < len; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

uint8_t
byte_reader_u8(struct byte_reader *reader)
{
    return (uint8_t) byte_reader_number(reader, 1);
}

uint16_t
byte_reader_u16(struct byte_reader *reader)
{
    return (uint16_t) byte_reader_number(reader, 2);
}

uint32_t
byte_reader_u32(struct byte_reader *reader)
{
    return (uint32_t) byte_reader_number(reader, 4);
}

uint64_t
byte_reader_u64(struct byte_reader *reader)
{
    return byte_reader_number(reader, 8);
}

size_t
byte_reader_left(const struct byte_reader *reader)
{
    return reader->underflowed ? 0 : reader->len - reader->at;
}

enum err
byte_reader_finish(const struct byte_reader *reader)
{
    return reader->underflowed || reader->at != reader->len ? ERR_MALFORMED : ERR_OK;
}

void
bytes_to_hex(const uint8_t *data, size_t len, char *out)
{
    sodium_bin2hex(out, 2 * len + 1, data, len);
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

enum err
bytes_from_hex(const char *text, uint8_t *out, size_t len)
{
    if (strlen(text) != 2 * len) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < 2 * len; i++) {
        if (hex_digit(text[i]) < 0) {
            return ERR_MALFORMED;
        }
    }
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t) (hex_digit(text[2 * i]) * 16 + hex_digit(text[2 * i + 1]));
    }
    return ERR_OK;
}

size_t
bytes_base64_room(size_t len)
{
    return sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
}

void
bytes_to_base64(const uint8_t *data, size_t len, char *out)
{
    sodium_bin2base64(out, bytes_base64_room(len), data, len, sodium_base64_VARIANT_ORIGINAL);
}

enum err
bytes_from_base64(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *out_len)
{
    const char *end = NULL;
    size_t len = 0;

    if (text_len / 4 * 3 > cap + 2) {
        return ERR_TOO_BIG;
    }
    if (sodium_base642bin(out, cap, text, text_len, NULL, &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text + text_len) {
        return ERR_MALFORMED;
    }
    *out_len = len;
    return ERR_OK;
}
