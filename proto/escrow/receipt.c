/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/receipt.h"

#include <string.h>

#include "base/bytes.h"
#include "proto/escrow/sign.h"

enum { RECEIPT_SIGNED_LEN = RECEIPT_LEN - SIGNATURE_LEN };

void
receipt_make(const struct key64 *secret, uint16_t tenant, const struct receipt *receipt,
             uint8_t out[RECEIPT_LEN])
{
    struct byte_writer writer;
    struct signature signature;

    byte_writer_init(&writer, out, RECEIPT_LEN);
    byte_writer_raw(&writer, receipt->rid.bytes, RID_LEN);
    byte_writer_raw(&writer, receipt->submission.bytes, HASH64_LEN);
    byte_writer_u32(&writer, receipt->day);
    sign_make(secret, SIGN_RECEIPT, tenant, (struct bytes) { out, RECEIPT_SIGNED_LEN }, &signature);
    byte_writer_raw(&writer, signature.bytes, sizeof signature.bytes);
}

enum err
receipt_verify(const struct sign_public *key, uint16_t tenant, const uint8_t in[RECEIPT_LEN],
               struct receipt *out)
{
    struct byte_reader reader;
    struct signature signature;
    enum err err;

    memcpy(signature.bytes, in + RECEIPT_SIGNED_LEN, sizeof signature.bytes);
    err = sign_verify(key, SIGN_RECEIPT, tenant, (struct bytes) { in, RECEIPT_SIGNED_LEN },
                      &signature);
    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, in, RECEIPT_SIGNED_LEN);
    byte_reader_raw(&reader, out->rid.bytes, RID_LEN);
    byte_reader_raw(&reader, out->submission.bytes, HASH64_LEN);
    out->day = byte_reader_u32(&reader);
    return ERR_OK;
}
