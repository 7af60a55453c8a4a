/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/request.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"

static bool
record_set_is_sorted(const struct record_set *set)
{
    if (set->count == 0 || set->count > LINKS_RECORDS_MAX) {
        return false;
    }
    for (size_t i = 1; i < set->count; i++) {
        if (hash32_compare(&set->items[i - 1], &set->items[i]) >= 0) {
            return false;
        }
    }
    return true;
}

static int
compare_items(const void *left, const void *right)
{
    return hash32_compare(left, right);
}

enum err
record_set_sort(struct record_set *set)
{
    if (set->count == 0 || set->count > LINKS_RECORDS_MAX) {
        return ERR_INVALID;
    }
    qsort(set->items, set->count, sizeof set->items[0], compare_items);
    return record_set_is_sorted(set) ? ERR_OK : ERR_INVALID;
}

enum err
record_set_read(struct bytes data, struct record_set *out)
{
    struct record_set set = { .count = data.len / HASH32_LEN };

    if (data.len % HASH32_LEN != 0 || set.count == 0 || set.count > LINKS_RECORDS_MAX) {
        return ERR_MALFORMED;
    }
    memcpy(set.items, data.data, data.len);
    if (!record_set_is_sorted(&set)) {
        return ERR_MALFORMED;
    }
    *out = set;
    return ERR_OK;
}

static void
write_records(struct byte_writer *writer, const struct record_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        byte_writer_raw(writer, set->items[i].bytes, HASH32_LEN);
    }
}

/* All that is left. */
static enum err
read_records(struct byte_reader *reader, struct record_set *out)
{
    const size_t len = byte_reader_left(reader);
    const uint8_t *data = byte_reader_borrow(reader, len);

    if (byte_reader_finish(reader) != ERR_OK || data == NULL) {
        return ERR_MALFORMED;
    }
    return record_set_read((struct bytes) { data, len }, out);
}

enum err
request_write_release(const struct release_request *request, uint8_t out[REQUEST_MAX_LEN],
                      size_t *out_len)
{
    struct byte_writer writer;

    if (term_by_code(TERM_GROUND, request->ground) == NULL ||
        !record_set_is_sorted(&request->records)) {
        return ERR_INVALID;
    }
    byte_writer_init(&writer, out, REQUEST_MAX_LEN);
    byte_writer_raw(&writer, request->case_id.bytes, CASE_ID_LEN);
    byte_writer_raw(&writer, request->nonce, REQUEST_NONCE_LEN);
    byte_writer_u16(&writer, request->ground);
    write_records(&writer, &request->records);
    *out_len = writer.len;
    return byte_writer_finish(&writer);
}

enum err
request_write_confirm(const struct confirm_request *request, uint8_t out[REQUEST_MAX_LEN],
                      size_t *out_len)
{
    struct byte_writer writer;

    if (term_by_code(TERM_PURPOSE, request->purpose) == NULL ||
        !record_set_is_sorted(&request->records)) {
        return ERR_INVALID;
    }
    byte_writer_init(&writer, out, REQUEST_MAX_LEN);
    byte_writer_raw(&writer, request->release_answer.bytes, HASH32_LEN);
    byte_writer_u16(&writer, request->purpose);
    write_records(&writer, &request->records);
    *out_len = writer.len;
    return byte_writer_finish(&writer);
}

enum err
request_read_release(struct bytes message, struct release_request *out)
{
    struct release_request request = { 0 };
    struct byte_reader reader;

    byte_reader_init(&reader, message.data, message.len);
    byte_reader_raw(&reader, request.case_id.bytes, CASE_ID_LEN);
    byte_reader_raw(&reader, request.nonce, REQUEST_NONCE_LEN);
    request.ground = byte_reader_u16(&reader);
    if (read_records(&reader, &request.records) != ERR_OK ||
        term_by_code(TERM_GROUND, request.ground) == NULL) {
        return ERR_MALFORMED;
    }
    *out = request;
    return ERR_OK;
}

enum err
request_read_confirm(struct bytes message, struct confirm_request *out)
{
    struct confirm_request request = { 0 };
    struct byte_reader reader;

    byte_reader_init(&reader, message.data, message.len);
    byte_reader_raw(&reader, request.release_answer.bytes, HASH32_LEN);
    request.purpose = byte_reader_u16(&reader);
    if (read_records(&reader, &request.records) != ERR_OK ||
        term_by_code(TERM_PURPOSE, request.purpose) == NULL) {
        return ERR_MALFORMED;
    }
    *out = request;
    return ERR_OK;
}

enum err
request_sign_release(const struct key64 *secret, uint16_t tenant,
                     const struct release_request *request, struct signature *out)
{
    uint8_t message[REQUEST_MAX_LEN];
    size_t len = 0;
    enum err err = request_write_release(request, message, &len);

    if (err == ERR_OK) {
        sign_make(secret, SIGN_RELEASE, tenant, (struct bytes) { message, len }, out);
    }
    return err;
}

enum err
request_sign_confirm(const struct key64 *secret, uint16_t tenant,
                     const struct confirm_request *request, struct signature *out)
{
    uint8_t message[REQUEST_MAX_LEN];
    size_t len = 0;
    enum err err = request_write_confirm(request, message, &len);

    if (err == ERR_OK) {
        sign_make(secret, SIGN_CONFIRM, tenant, (struct bytes) { message, len }, out);
    }
    return err;
}

enum err
request_verify_release(const struct sign_public *key, uint16_t tenant,
                       const struct release_request *request, const struct signature *signature)
{
    uint8_t message[REQUEST_MAX_LEN];
    size_t len = 0;
    enum err err = request_write_release(request, message, &len);

    if (err != ERR_OK) {
        return err;
    }
    return sign_verify(key, SIGN_RELEASE, tenant, (struct bytes) { message, len }, signature);
}

enum err
request_verify_confirm(const struct sign_public *key, uint16_t tenant,
                       const struct confirm_request *request, const struct signature *signature)
{
    uint8_t message[REQUEST_MAX_LEN];
    size_t len = 0;
    enum err err = request_write_confirm(request, message, &len);

    if (err != ERR_OK) {
        return err;
    }
    return sign_verify(key, SIGN_CONFIRM, tenant, (struct bytes) { message, len }, signature);
}
