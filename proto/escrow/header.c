/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/header.h"

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"

size_t
header_len(uint8_t block_count)
{
    return HEADER_FIXED_LEN + (size_t) block_count * HEADER_BLOCK_LEN;
}

static bool
slots_ascend(const struct header_block *block)
{
    for (size_t i = 1; i < HEADER_SLOTS; i++) {
        if (hash32_compare(&block->index[i - 1], &block->index[i]) >= 0) {
            return false;
        }
    }
    return true;
}

static bool
blocks_are_valid(const struct report_header *header)
{
    uint8_t encoded[HEADER_BLOCKS_MAX][CTX_LEN];

    if (header->block_count < 1 || header->block_count > HEADER_BLOCKS_MAX) {
        return false;
    }
    for (size_t i = 0; i < header->block_count; i++) {
        const struct header_block *block = &header->blocks[i];

        if (block->ctx.threshold != CTX_THRESHOLD ||
            block->ctx.tenant != header->blocks[0].ctx.tenant || !slots_ascend(block)) {
            return false;
        }
        ctx_write(&block->ctx, encoded[i]);
    }
    return header->block_count == 1 || memcmp(encoded[0], encoded[1], CTX_LEN) < 0;
}

static bool
header_is_valid(const struct report_header *header)
{
    return header->registry_version > 0 && header->serial > 0 && header->legal_basis > 0 &&
        term_by_code(TERM_MODE, header->mode) != NULL &&
        term_by_code(TERM_BAND, header->band) != NULL && blocks_are_valid(header);
}

enum err
header_write(const struct report_header *header, uint8_t out[HEADER_MAX_LEN], size_t *out_len)
{
    struct byte_writer writer;

    if (!header_is_valid(header)) {
        return ERR_INVALID;
    }
    byte_writer_init(&writer, out, HEADER_MAX_LEN);
    byte_writer_u8(&writer, HEADER_VERSION);
    byte_writer_u32(&writer, header->registry_version);
    byte_writer_raw(&writer, header->rid.bytes, RID_LEN);
    byte_writer_u32(&writer, header->serial);
    byte_writer_u16(&writer, header->bucket);
    byte_writer_u8(&writer, header->mode);
    byte_writer_u8(&writer, header->band);
    byte_writer_u16(&writer, header->legal_basis);
    byte_writer_u16(&writer, header->week);
    byte_writer_u8(&writer, header->block_count);
    for (size_t i = 0; i < header->block_count; i++) {
        uint8_t encoded[CTX_LEN];

        ctx_write(&header->blocks[i].ctx, encoded);
        byte_writer_raw(&writer, encoded, sizeof encoded);
        for (size_t j = 0; j < HEADER_SLOTS; j++) {
            byte_writer_raw(&writer, header->blocks[i].index[j].bytes, HASH32_LEN);
        }
    }
    *out_len = writer.len;
    return byte_writer_finish(&writer);
}

static enum err
read_block(struct byte_reader *reader, struct header_block *out)
{
    uint8_t encoded[CTX_LEN];

    byte_reader_raw(reader, encoded, sizeof encoded);
    for (size_t i = 0; i < HEADER_SLOTS; i++) {
        byte_reader_raw(reader, out->index[i].bytes, HASH32_LEN);
    }
    return ctx_read(encoded, &out->ctx);
}

enum err
header_read(const void *data, size_t len, struct report_header *out)
{
    struct report_header header = { 0 };
    struct byte_reader reader;
    uint8_t version;

    if (len != HEADER_ONE_LEN && len != HEADER_MAX_LEN) {
        return ERR_MALFORMED;
    }
    byte_reader_init(&reader, data, len);
    version = byte_reader_u8(&reader);
    header.registry_version = byte_reader_u32(&reader);
    byte_reader_raw(&reader, header.rid.bytes, RID_LEN);
    header.serial = byte_reader_u32(&reader);
    header.bucket = byte_reader_u16(&reader);
    header.mode = byte_reader_u8(&reader);
    header.band = byte_reader_u8(&reader);
    header.legal_basis = byte_reader_u16(&reader);
    header.week = byte_reader_u16(&reader);
    header.block_count = byte_reader_u8(&reader);
    if (version != HEADER_VERSION || header.block_count > HEADER_BLOCKS_MAX ||
        len != header_len(header.block_count)) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < header.block_count; i++) {
        if (read_block(&reader, &header.blocks[i]) != ERR_OK) {
            return ERR_MALFORMED;
        }
    }
    if (byte_reader_finish(&reader) != ERR_OK || !header_is_valid(&header)) {
        return ERR_MALFORMED;
    }
    *out = header;
    return ERR_OK;
}

void
header_hash(const void *data, size_t len, struct hash32 *out)
{
    const struct bytes part = { data, len };

    hash_labelled(NULL, "sein1.hdr", &part, 1, out->bytes, sizeof out->bytes);
}

const struct hash32 *
header_slot(const struct report_header *header, unsigned int slot)
{
    if (slot >= (unsigned int) header->block_count * HEADER_SLOTS) {
        return NULL;
    }
    return &header->blocks[slot / HEADER_SLOTS].index[slot % HEADER_SLOTS];
}

const struct escrow_ctx *
header_slot_ctx(const struct report_header *header, unsigned int slot)
{
    if (slot >= (unsigned int) header->block_count * HEADER_SLOTS) {
        return NULL;
    }
    return &header->blocks[slot / HEADER_SLOTS].ctx;
}
