/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* A borrowed stretch of bytes.  Owns nothing. */
struct bytes {
    const uint8_t *data;
    size_t len;
};

/* Writes fields one after the other into a buffer of fixed size; integers big-endian.
 * Too much is remembered instead of written, so that a row of calls needs one check at the end. */
struct byte_writer {
    uint8_t *data;
    size_t cap;
    size_t len;
    bool overflowed;
};

void byte_writer_init(struct byte_writer *writer, uint8_t *data, size_t cap);
void byte_writer_u8(struct byte_writer *writer, uint8_t value);
void byte_writer_u16(struct byte_writer *writer, uint16_t value);
void byte_writer_u32(struct byte_writer *writer, uint32_t value);
void byte_writer_u64(struct byte_writer *writer, uint64_t value);
void byte_writer_raw(struct byte_writer *writer, const void *data, size_t len);

/* Returns ERR_OK, or ERR_TOO_BIG when anything did not fit. */
enum err byte_writer_finish(const struct byte_writer *writer) MUST_CHECK;

/* Reads fields one after the other; integers big-endian.  Reading past the end yields zeros and is
 * remembered, so that a row of calls needs one check at the end. */
struct byte_reader {
    const uint8_t *data;
    size_t len;
    size_t at;
    bool underflowed;
};

void byte_reader_init(struct byte_reader *reader, const void *data, size_t len);
uint8_t byte_reader_u8(struct byte_reader *reader);
uint16_t byte_reader_u16(struct byte_reader *reader);
uint32_t byte_reader_u32(struct byte_reader *reader);
uint64_t byte_reader_u64(struct byte_reader *reader);

/* Copies 'len' bytes to 'out'; zeros when there are not as many left. */
void byte_reader_raw(struct byte_reader *reader, void *out, size_t len);

/* Borrows 'len' bytes of the input; NULL when there are not as many left. */
const uint8_t *byte_reader_borrow(struct byte_reader *reader, size_t len);

/* How many bytes are left. */
size_t byte_reader_left(const struct byte_reader *reader);

/* Returns ERR_OK when everything was there and nothing is left over, else ERR_MALFORMED. */
enum err byte_reader_finish(const struct byte_reader *reader) MUST_CHECK;

/* Lower-case hexadecimal text of 'len' bytes; 'out' has room for 2 * len + 1. */
void bytes_to_hex(const uint8_t *data, size_t len, char *out);

/* Reads exactly 'len' bytes from hexadecimal 'text' of exactly 2 * len characters.
 * ERR_MALFORMED: another length or another character; 'out' is untouched. */
enum err bytes_from_hex(const char *text, uint8_t *out, size_t len) MUST_CHECK;

/* The room that bytes_to_base64 needs for 'len' bytes, the closing NUL included. */
size_t bytes_base64_room(size_t len);

/* Standard base64 with padding (RFC 4648 section 4); 'out' has bytes_base64_room(len) bytes. */
void bytes_to_base64(const uint8_t *data, size_t len, char *out);

/* Reads standard base64 of 'text_len' characters strictly (RFC 4648 section 4, no white space).
 * ERR_MALFORMED: not base64.  ERR_TOO_BIG: more than 'cap' bytes.  'out' may then be partly written. */
enum err bytes_from_base64(const char *text, size_t text_len, uint8_t *out, size_t cap,
                           size_t *out_len) MUST_CHECK;

#endif
