/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/envelope.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"

size_t
envelope_inner_len(uint8_t block_count)
{
    return (size_t) block_count * HEADER_SLOTS * ENVELOPE_SLOT_LEN + ENVELOPE_INNER_TAIL_LEN +
        CRYPT_BOX_EXTRA;
}

size_t
envelope_direct_len(uint8_t mode)
{
    return mode == MODE_ESCROW ? 0 : ENVELOPE_DIRECT_LEN;
}

/* Puts used and unused index values into one ascending row, and notes where the used ones went. */
static void
lay_out_block(const struct envelope_block *block, const struct hash32 *unused,
              struct header_block *out, uint8_t slot_of[HEADER_SLOTS])
{
    uint8_t origin[HEADER_SLOTS];

    out->ctx = block->ctx;
    for (size_t j = 0; j < HEADER_SLOTS; j++) {
        const struct hash32 *index = j < block->count ? &block->slots[j].index : &unused[j];
        size_t at = j;

        while (at > 0 && hash32_compare(&out->index[at - 1], index) > 0) {
            out->index[at] = out->index[at - 1];
            origin[at] = origin[at - 1];
            at--;
        }
        out->index[at] = *index;
        origin[at] = (uint8_t) j;
    }
    for (size_t at = 0; at < HEADER_SLOTS; at++) {
        slot_of[origin[at]] = (uint8_t) at;
    }
}

enum err
envelope_lay_out_with(const struct report_header *fields, const struct envelope_block *blocks,
                      size_t block_count, const struct hash32 unused[HEADER_SLOTS_MAX],
                      struct envelope_layout *out)
{
    struct envelope_layout layout = { .header = *fields };
    uint8_t scratch[HEADER_MAX_LEN];
    size_t scratch_len = 0;
    enum err err;

    if (block_count == 0 || block_count > HEADER_BLOCKS_MAX) {
        return ERR_INVALID;
    }
    layout.header.block_count = (uint8_t) block_count;
    for (size_t b = 0; b < block_count; b++) {
        if (blocks[b].count == 0 || blocks[b].count > HEADER_SLOTS) {
            return ERR_INVALID;
        }
        lay_out_block(&blocks[b], &unused[b * HEADER_SLOTS], &layout.header.blocks[b],
                      layout.slot_of[b]);
    }
    /* Finds a key that stands there twice, too: the row does not ascend. */
    err = header_write(&layout.header, scratch, &scratch_len);
    if (err != ERR_OK) {
        return err;
    }
    *out = layout;
    return ERR_OK;
}

enum err
envelope_lay_out(const struct report_header *fields, const struct envelope_block *blocks,
                 size_t block_count, struct envelope_layout *out)
{
    struct report_header header = *fields;
    struct hash32 unused[HEADER_SLOTS_MAX];

    randombytes_buf(header.rid.bytes, sizeof header.rid.bytes);
    randombytes_buf(unused, sizeof unused);
    return envelope_lay_out_with(&header, blocks, block_count, unused, out);
}

static void
wrap_key(const struct key32 *key, const char *label, const struct key32 *half,
         const struct rid *rid, struct key32 *out)
{
    const struct bytes secret = { key->bytes, sizeof key->bytes };
    const struct bytes parts[] = { { half->bytes, sizeof half->bytes },
                                   { rid->bytes, sizeof rid->bytes } };

    hash_labelled(&secret, label, parts, 2, out->bytes, sizeof out->bytes);
}

void
envelope_w1_key(const struct key32 *slot_key, const struct key32 *z1, const struct rid *rid,
                struct key32 *out)
{
    wrap_key(slot_key, "sein1.w1", z1, rid, out);
}

void
envelope_w2_key(const struct key32 *k_id, const struct key32 *z2, const struct rid *rid,
                struct key32 *out)
{
    wrap_key(k_id, "sein1.w2", z2, rid, out);
}

/* Whether 'layout' was made of these blocks; 'used' then names the secrets of each slot. */
static bool
match_layout(const struct envelope_layout *layout, const struct envelope_block *blocks,
             const struct slot_secret *used[HEADER_SLOTS_MAX])
{
    for (size_t b = 0; b < layout->header.block_count; b++) {
        const struct header_block *laid = &layout->header.blocks[b];

        if (!ctx_is_equal(&laid->ctx, &blocks[b].ctx) || blocks[b].count > HEADER_SLOTS) {
            return false;
        }
        for (size_t j = 0; j < blocks[b].count; j++) {
            const size_t at = layout->slot_of[b][j];

            if (at >= HEADER_SLOTS ||
                hash32_compare(&laid->index[at], &blocks[b].slots[j].index) != 0) {
                return false;
            }
            used[b * HEADER_SLOTS + at] = &blocks[b].slots[j];
        }
    }
    return true;
}

/* What the parts of one composition share. */
struct composition {
    const struct report_header *header;
    const struct envelope_input *input;
    const struct envelope_random *random;
    struct hash32 hh;
};

static void
write_slot(struct byte_writer *writer, const struct composition *it, size_t slot,
           const struct slot_secret *secret)
{
    WIPED(key32) struct key32 share = { { 0 } };
    WIPED(key32) struct key32 key = { { 0 } };
    uint8_t w1[ENVELOPE_WRAP_LEN];

    if (secret == NULL) {
        byte_writer_raw(writer, it->random->unused[slot], ENVELOPE_SLOT_LEN);
        return;
    }
    derive_share(secret, it->input->sector, &share);
    envelope_w1_key(&secret->key, &it->random->z1, &it->header->rid, &key);
    crypt_ce_seal_with(&key, &it->random->w1[slot],
                       (struct bytes) { it->hh.bytes, sizeof it->hh.bytes },
                       (struct bytes) { it->random->k_id.bytes, 32 }, w1);
    byte_writer_raw(writer, secret->c0.bytes, POINT_LEN);
    byte_writer_raw(writer, secret->c1.bytes, POINT_LEN);
    byte_writer_raw(writer, share.bytes, sizeof share.bytes);
    byte_writer_raw(writer, w1, sizeof w1);
}

struct padded {
    uint8_t bytes[ENVELOPE_CONTENT_LEN + CRYPT_CE_EXTRA];
};
WIPED_KIND(padded)

/* CE(key, hh, pad(message, padded_len)) */
static void
write_padded(struct byte_writer *writer, const struct composition *it, const struct key32 *key,
             const struct crypt_nonce *nonce, struct bytes message, size_t padded_len)
{
    WIPED(padded) struct padded plain = { { 0 } };
    uint8_t box[ENVELOPE_CONTENT_LEN + CRYPT_CE_EXTRA];
    size_t len = 0;

    if (message.len > 0) {
        memcpy(plain.bytes, message.data, message.len);
    }
    if (sodium_pad(&len, plain.bytes, message.len, padded_len, sizeof plain.bytes) != 0) {
        assert(false);
    }
    assert(len == padded_len);
    crypt_ce_seal_with(key, nonce, (struct bytes) { it->hh.bytes, sizeof it->hh.bytes },
                       (struct bytes) { plain.bytes, padded_len }, box);
    byte_writer_raw(writer, box, padded_len + CRYPT_CE_EXTRA);
}

static void
write_tail(struct byte_writer *writer, const struct composition *it)
{
    WIPED(key32) struct key32 key = { { 0 } };
    const struct envelope_random *random = it->random;
    uint8_t w2[ENVELOPE_WRAP_LEN];

    envelope_w2_key(&random->k_id, &random->z2, &it->header->rid, &key);
    crypt_ce_seal_with(&key, &random->w2, (struct bytes) { it->hh.bytes, sizeof it->hh.bytes },
                       (struct bytes) { random->k_ct.bytes, 32 }, w2);
    byte_writer_raw(writer, w2, sizeof w2);
    write_padded(writer, it, &random->k_id, &random->ct_id, it->input->capsule,
                 ENVELOPE_CAPSULE_LEN);
    write_padded(writer, it, &random->k_ct, &random->ct_ct, it->input->content,
                 ENVELOPE_CONTENT_LEN);
}

static void
write_gate(const struct composition *it, struct envelope_plain *plain)
{
    struct byte_writer writer;

    byte_writer_init(&writer, plain->gate, sizeof plain->gate);
    byte_writer_raw(&writer, it->header->rid.bytes, RID_LEN);
    byte_writer_raw(&writer, it->hh.bytes, HASH32_LEN);
    byte_writer_raw(&writer, it->random->z1.bytes, 32);
    byte_writer_raw(&writer, it->random->z2.bytes, 32);
    byte_writer_u16(&writer, it->input->domains);
}

static void
write_direct(const struct composition *it, struct envelope_plain *plain)
{
    struct byte_writer writer;

    if (it->header->mode == MODE_ESCROW) {
        return;
    }
    byte_writer_init(&writer, plain->direct, sizeof plain->direct);
    byte_writer_u8(&writer, it->header->mode);
    byte_writer_raw(&writer, it->header->rid.bytes, RID_LEN);
    byte_writer_raw(&writer, it->hh.bytes, HASH32_LEN);
    byte_writer_raw(&writer, it->random->k_id.bytes, 32);
    byte_writer_raw(&writer, it->random->k_ct.bytes, 32);
    plain->direct_len = writer.len;
}

static enum err
check_input(const struct envelope_input *input)
{
    if (input->sector == 0 || !term_domains_are_valid(input->domains)) {
        return ERR_INVALID;
    }
    if (input->capsule.len > ENVELOPE_CAPSULE_MAX || input->content.len > ENVELOPE_CONTENT_MAX) {
        return ERR_TOO_BIG;
    }
    return ERR_OK;
}

enum err
envelope_compose(const struct envelope_layout *layout, const struct envelope_block *blocks,
                 const struct envelope_input *input, const struct envelope_random *random,
                 struct envelope_plain *out)
{
    WIPED(envelope_plain) struct envelope_plain plain = { 0 };
    struct composition it = { .header = &layout->header, .input = input, .random = random };
    const struct slot_secret *used[HEADER_SLOTS_MAX] = { NULL };
    uint8_t header[HEADER_MAX_LEN];
    size_t header_bytes = 0;
    struct byte_writer writer;
    enum err err = check_input(input);

    if (err == ERR_OK) {
        err = header_write(&layout->header, header, &header_bytes);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (!match_layout(layout, blocks, used)) {
        return ERR_INVALID;
    }
    header_hash(header, header_bytes, &it.hh);
    byte_writer_init(&writer, plain.inner, sizeof plain.inner);
    for (size_t slot = 0; slot < (size_t) layout->header.block_count * HEADER_SLOTS; slot++) {
        write_slot(&writer, &it, slot, used[slot]);
    }
    write_tail(&writer, &it);
    plain.inner_len = writer.len;
    write_gate(&it, &plain);
    write_direct(&it, &plain);
    *out = plain;
    return byte_writer_finish(&writer);
}

static enum err
seal_boxes(const struct envelope_plain *plain, const struct envelope_input *input,
           struct envelope *out)
{
    enum err err = crypt_box_seal(&input->gate_key,
                                  (struct bytes) { plain->gate, sizeof plain->gate }, out->gate);

    if (err == ERR_OK) {
        err = crypt_box_seal(&input->team_key, (struct bytes) { plain->inner, plain->inner_len },
                             out->inner);
        out->inner_len = plain->inner_len + CRYPT_BOX_EXTRA;
    }
    if (err == ERR_OK && plain->direct_len > 0) {
        err = crypt_box_seal(&input->team_key, (struct bytes) { plain->direct, plain->direct_len },
                             out->direct);
        out->direct_len = plain->direct_len + CRYPT_BOX_EXTRA;
    }
    return err;
}

enum err
envelope_seal(const struct envelope_layout *layout, const struct envelope_block *blocks,
              const struct envelope_input *input, struct envelope *out)
{
    WIPED(envelope_random) struct envelope_random random = { 0 };
    WIPED(envelope_plain) struct envelope_plain plain = { 0 };
    struct envelope envelope = { 0 };
    enum err err;

    randombytes_buf(&random, sizeof random);
    err = envelope_compose(layout, blocks, input, &random, &plain);
    if (err == ERR_OK) {
        err = header_write(&layout->header, envelope.header, &envelope.header_len);
    }
    if (err == ERR_OK) {
        err = seal_boxes(&plain, input, &envelope);
    }
    if (err != ERR_OK) {
        return err;
    }
    *out = envelope;
    return ERR_OK;
}
