/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "vault/store/store_impl.h"

void
store_row_key(enum store_space space, uint16_t month, struct bytes key, struct store_row_key *out)
{
    struct byte_writer writer;

    byte_writer_init(&writer, out->bytes, sizeof out->bytes);
    byte_writer_u8(&writer, (uint8_t) space);
    byte_writer_u16(&writer, month);
    byte_writer_raw(&writer, key.data, key.len);
    out->len = writer.len;
}

struct bytes
store_row_key_bytes(const struct store_row_key *key)
{
    return (struct bytes) { .data = key->bytes, .len = key->len };
}

enum err
store_row_key_read(struct bytes stored, struct store_key *out)
{
    struct store_key key = { .len = 0 };
    struct byte_reader reader;

    if (stored.len <= STORE_ROW_HEAD_LEN || stored.len > STORE_ROW_KEY_MAX) {
        return ERR_CORRUPT;
    }
    byte_reader_init(&reader, stored.data, stored.len);
    key.space = (enum store_space) byte_reader_u8(&reader);
    key.month = byte_reader_u16(&reader);
    key.len = byte_reader_left(&reader);
    byte_reader_raw(&reader, key.data, key.len);
    if (!store_key_is_valid(&key)) {
        return ERR_CORRUPT;
    }
    *out = key;
    return ERR_OK;
}

enum err
store_row_value_read(struct bytes stored, uint64_t *version, struct bytes *value)
{
    struct byte_reader reader;

    if (stored.len < STORE_VERSION_LEN || stored.len > STORE_VERSION_LEN + STORE_VALUE_MAX) {
        return ERR_CORRUPT;
    }
    byte_reader_init(&reader, stored.data, stored.len);
    *version = byte_reader_u64(&reader);
    value->data = stored.data + STORE_VERSION_LEN;
    value->len = stored.len - STORE_VERSION_LEN;
    return ERR_OK;
}

struct bytes
store_meta_key(const char *name)
{
    return (struct bytes) { .data = (const uint8_t *) name, .len = strlen(name) };
}
