/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/ctx.h"

#include <string.h>

static const uint8_t protocol_name[5] = { 'S', 'E', 'I', 'N', '1' };
static const uint8_t input_prefix[8] = { 's', 'e', 'i', 'n', '1', '/', 'i', 'n' };

void
ctx_write(const struct escrow_ctx *ctx, uint8_t out[CTX_LEN])
{
    struct byte_writer writer;

    byte_writer_init(&writer, out, CTX_LEN);
    byte_writer_raw(&writer, protocol_name, sizeof protocol_name);
    byte_writer_u16(&writer, ctx->tenant);
    byte_writer_u16(&writer, ctx->epoch);
    byte_writer_u8(&writer, ctx->norm_version);
    byte_writer_u8(&writer, ctx->threshold);
}

enum err
ctx_read(const uint8_t in[CTX_LEN], struct escrow_ctx *out)
{
    struct escrow_ctx ctx = { 0 };
    struct byte_reader reader;
    uint8_t name[sizeof protocol_name];

    byte_reader_init(&reader, in, CTX_LEN);
    byte_reader_raw(&reader, name, sizeof name);
    ctx.tenant = byte_reader_u16(&reader);
    ctx.epoch = byte_reader_u16(&reader);
    ctx.norm_version = byte_reader_u8(&reader);
    ctx.threshold = byte_reader_u8(&reader);
    if (memcmp(name, protocol_name, sizeof name) != 0 || ctx.threshold != CTX_THRESHOLD) {
        return ERR_MALFORMED;
    }
    *out = ctx;
    return ERR_OK;
}

bool
ctx_is_equal(const struct escrow_ctx *a, const struct escrow_ctx *b)
{
    return a->tenant == b->tenant && a->epoch == b->epoch && a->norm_version == b->norm_version &&
        a->threshold == b->threshold;
}

enum err
ctx_oprf_input(const struct escrow_ctx *ctx, struct bytes key, uint8_t out[CTX_INPUT_ROOM],
               size_t *out_len)
{
    struct byte_writer writer;
    uint8_t encoded[CTX_LEN];

    if (key.len == 0) {
        return ERR_INVALID;
    }
    if (key.len > CTX_INPUT_ROOM - sizeof input_prefix - CTX_LEN) {
        return ERR_TOO_BIG;
    }
    ctx_write(ctx, encoded);
    byte_writer_init(&writer, out, CTX_INPUT_ROOM);
    byte_writer_raw(&writer, input_prefix, sizeof input_prefix);
    byte_writer_raw(&writer, encoded, sizeof encoded);
    byte_writer_raw(&writer, key.data, key.len);
    *out_len = writer.len;
    return ERR_OK;
}
