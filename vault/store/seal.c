/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/seal.h"

#include <string.h>

#include <sodium.h>

#include "base/bytes.h"

enum {
    FORMAT = 1,
    NONCE_LEN = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    PLACE_MAX = 32 + SEAL_ID_MAX
};

/* Where the value belongs, as additional data; whatever varies in length carries it. */
struct place {
    size_t len;
    uint8_t bytes[PLACE_MAX];
};

static enum err
place_of(const struct seal_context *context, struct place *out)
{
    struct byte_writer writer;

    if (context->id_len > SEAL_ID_MAX) {
        return ERR_INVALID;
    }
    byte_writer_init(&writer, out->bytes, sizeof out->bytes);
    byte_writer_raw(&writer, "sein1.seal", 10);
    byte_writer_u8(&writer, FORMAT);
    byte_writer_u8(&writer, context->space);
    byte_writer_u8(&writer, context->key_kind);
    byte_writer_u16(&writer, context->key_number);
    byte_writer_u16(&writer, context->version);
    byte_writer_u16(&writer, (uint16_t) context->id_len);
    byte_writer_raw(&writer, context->id, context->id_len);
    out->len = writer.len;
    return byte_writer_finish(&writer);
}

enum err
seal(const struct key32 *key, const struct seal_context *context, const void *plain, size_t len,
     uint8_t *out)
{
    uint8_t *nonce = out + SEAL_HEAD_LEN;
    struct place place;
    struct byte_writer head;
    enum err err = place_of(context, &place);

    if (err != ERR_OK) {
        return err;
    }
    byte_writer_init(&head, out, SEAL_HEAD_LEN);
    byte_writer_u8(&head, FORMAT);
    byte_writer_u8(&head, context->key_kind);
    byte_writer_u16(&head, context->key_number);
    randombytes_buf(nonce, NONCE_LEN);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_LEN, NULL, plain, len, place.bytes,
                                               place.len, NULL, nonce, key->bytes);
    return ERR_OK;
}

enum err
seal_key_of(const uint8_t *sealed, size_t len, uint8_t *kind, uint16_t *number)
{
    struct byte_reader reader;

    if (len < SEAL_OVERHEAD) {
        return ERR_AUTH;
    }
    byte_reader_init(&reader, sealed, len);
    if (byte_reader_u8(&reader) != FORMAT) {
        return ERR_AUTH;
    }
    *kind = byte_reader_u8(&reader);
    *number = byte_reader_u16(&reader);
    return ERR_OK;
}

enum err
seal_open(const struct key32 *key, const struct seal_context *context, const uint8_t *sealed,
          size_t len, uint8_t *out, size_t *out_len)
{
    const uint8_t *nonce = NULL;
    struct place place;
    uint8_t kind = 0;
    uint16_t number = 0;
    enum err err = place_of(context, &place);

    if (err != ERR_OK) {
        return err;
    }
    err = seal_key_of(sealed, len, &kind, &number);
    if (err != ERR_OK) {
        return err;
    }
    nonce = sealed + SEAL_HEAD_LEN;
    if (kind != context->key_kind || number != context->key_number ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, nonce + NONCE_LEN,
                                                   len - SEAL_HEAD_LEN - NONCE_LEN, place.bytes,
                                                   place.len, nonce, key->bytes) != 0) {
        sodium_memzero(out, len - SEAL_OVERHEAD);
        return ERR_AUTH;
    }
    *out_len = len - SEAL_OVERHEAD;
    return ERR_OK;
}
