/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/ticket.h"

#include <string.h>

#include <sodium.h>

#include "base/bytes.h"
#include "proto/escrow/sign.h"

enum { TICKET_SIGNED_LEN = TICKET_LEN - SIGNATURE_LEN };

void
ticket_make(const struct key64 *secret, uint32_t serial, const struct escrow_ctx *ctx, uint32_t day,
            uint8_t out[TICKET_LEN])
{
    struct byte_writer writer;
    struct signature signature;
    uint8_t encoded[CTX_LEN];
    uint8_t random[TICKET_RANDOM_LEN];

    ctx_write(ctx, encoded);
    randombytes_buf(random, sizeof random);
    byte_writer_init(&writer, out, TICKET_LEN);
    byte_writer_u32(&writer, serial);
    byte_writer_raw(&writer, encoded, sizeof encoded);
    byte_writer_u32(&writer, day);
    byte_writer_raw(&writer, random, sizeof random);
    sign_make(secret, SIGN_TICKET, ctx->tenant, (struct bytes) { out, TICKET_SIGNED_LEN },
              &signature);
    byte_writer_raw(&writer, signature.bytes, sizeof signature.bytes);
}

enum err
ticket_read(const uint8_t in[TICKET_LEN], struct ticket *out)
{
    struct ticket ticket = { 0 };
    struct byte_reader reader;
    uint8_t encoded[CTX_LEN];

    byte_reader_init(&reader, in, TICKET_LEN);
    ticket.serial = byte_reader_u32(&reader);
    byte_reader_raw(&reader, encoded, sizeof encoded);
    ticket.day = byte_reader_u32(&reader);
    byte_reader_raw(&reader, ticket.random, sizeof ticket.random);
    if (ctx_read(encoded, &ticket.ctx) != ERR_OK || ticket.serial == 0) {
        return ERR_MALFORMED;
    }
    *out = ticket;
    return ERR_OK;
}

enum err
ticket_verify(const struct sign_public *key, const uint8_t in[TICKET_LEN], struct ticket *out)
{
    struct ticket ticket;
    struct signature signature;
    enum err err = ticket_read(in, &ticket);

    if (err != ERR_OK) {
        return err;
    }
    memcpy(signature.bytes, in + TICKET_SIGNED_LEN, sizeof signature.bytes);
    err = sign_verify(key, SIGN_TICKET, ticket.ctx.tenant, (struct bytes) { in, TICKET_SIGNED_LEN },
                      &signature);
    if (err != ERR_OK) {
        return err;
    }
    *out = ticket;
    return ERR_OK;
}
