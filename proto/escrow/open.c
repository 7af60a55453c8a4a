/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/open.h"

#include <string.h>

#include <sodium.h>

#include "proto/escrow/group.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"

const char *
open_fault_text(enum open_fault fault)
{
#define OPEN_FAULT_TEXT(code, text) [code] = (text),
    static const char *const texts[] = { OPEN_FAULT_MAP(OPEN_FAULT_TEXT) };
#undef OPEN_FAULT_TEXT

    return (size_t) fault < sizeof texts / sizeof texts[0] ? texts[fault] : "unknown fault";
}

struct inner_plain {
    uint8_t bytes[ENVELOPE_INNER_PLAIN_MAX];
};
WIPED_KIND(inner_plain)

enum open_fault
open_inner(const struct key32 *team, struct bytes header, uint8_t sector, struct bytes inner,
           struct open_record *out)
{
    WIPED(inner_plain) struct inner_plain plain = { { 0 } };
    WIPED(open_record) struct open_record record = { .sector = sector };
    struct byte_reader reader;

    if (header_read(header.data, header.len, &record.header) != ERR_OK ||
        inner.len != envelope_inner_len(record.header.block_count) ||
        crypt_box_open(team, inner, plain.bytes) != ERR_OK) {
        return OPEN_INNER;
    }
    header_hash(header.data, header.len, &record.header_hash);
    byte_reader_init(&reader, plain.bytes, inner.len - CRYPT_BOX_EXTRA);
    for (size_t i = 0; i < (size_t) record.header.block_count * HEADER_SLOTS; i++) {
        byte_reader_raw(&reader, record.slots[i].c0.bytes, POINT_LEN);
        byte_reader_raw(&reader, record.slots[i].c1.bytes, POINT_LEN);
        byte_reader_raw(&reader, record.slots[i].y.bytes, sizeof record.slots[i].y.bytes);
        byte_reader_raw(&reader, record.slots[i].w1, ENVELOPE_WRAP_LEN);
    }
    byte_reader_raw(&reader, record.w2, sizeof record.w2);
    byte_reader_raw(&reader, record.ct_id, sizeof record.ct_id);
    byte_reader_raw(&reader, record.ct_ct, sizeof record.ct_ct);
    if (byte_reader_finish(&reader) != ERR_OK) {
        return OPEN_INNER;
    }
    *out = record;
    return OPEN_FINE;
}

/* C0 + x * C1 */
static enum err
commitment_at(const struct open_slot *slot, uint8_t sector, struct point *out)
{
    struct key32 x;
    struct point product;
    enum err err;

    group_small_scalar(sector, &x);
    err = group_multiply(&x, &slot->c1, &product);
    return err == ERR_OK ? group_add(&slot->c0, &product, out) : err;
}

enum open_fault
open_check_slot(const struct open_record *record, unsigned int slot)
{
    const struct hash32 *index = header_slot(&record->header, slot);
    const struct open_slot *it = NULL;
    struct hash32 computed;
    struct point left;
    struct point right;

    if (index == NULL) {
        return OPEN_COMMITMENT;
    }
    it = &record->slots[slot];
    derive_index(header_slot_ctx(&record->header, slot), &it->c0, &it->c1, &computed);
    if (hash32_compare(&computed, index) != 0 || !group_point_is_valid(&it->c0) ||
        !group_point_is_valid(&it->c1)) {
        return OPEN_COMMITMENT;
    }
    if (!group_scalar_is_canonical(&it->y)) {
        return OPEN_SCALAR;
    }
    if (group_multiply_base(&it->y, &left) != ERR_OK ||
        commitment_at(it, record->sector, &right) != ERR_OK ||
        sodium_memcmp(left.bytes, right.bytes, POINT_LEN) != 0) {
        return OPEN_SHARE;
    }
    return OPEN_FINE;
}

/* (x2 * y1 - x1 * y2) / (x2 - x1): the polynomial through both shares, at zero. */
static enum err
interpolate(uint8_t sector1, const struct key32 *y1, uint8_t sector2, const struct key32 *y2,
            struct key32 *out)
{
    WIPED(key32) struct key32 left = { { 0 } };
    WIPED(key32) struct key32 right = { { 0 } };
    WIPED(key32) struct key32 top = { { 0 } };
    struct key32 x1;
    struct key32 x2;
    struct key32 bottom;
    struct key32 inverse;

    group_small_scalar(sector1, &x1);
    group_small_scalar(sector2, &x2);
    crypto_core_ristretto255_scalar_mul(left.bytes, x2.bytes, y1->bytes);
    crypto_core_ristretto255_scalar_mul(right.bytes, x1.bytes, y2->bytes);
    crypto_core_ristretto255_scalar_sub(top.bytes, left.bytes, right.bytes);
    crypto_core_ristretto255_scalar_sub(bottom.bytes, x2.bytes, x1.bytes);
    if (crypto_core_ristretto255_scalar_invert(inverse.bytes, bottom.bytes) != 0) {
        return ERR_INVALID;
    }
    crypto_core_ristretto255_scalar_mul(out->bytes, top.bytes, inverse.bytes);
    return ERR_OK;
}

enum err
open_combine(const struct open_record *a, unsigned int slot_a, const struct open_record *b,
             unsigned int slot_b, struct key32 *out, struct open_blame *blame)
{
    WIPED(key32) struct key32 a0 = { { 0 } };
    const struct hash32 *index_a = header_slot(&a->header, slot_a);
    const struct hash32 *index_b = header_slot(&b->header, slot_b);
    const struct escrow_ctx *ctx = header_slot_ctx(&a->header, slot_a);
    enum open_fault fault;
    enum err err;

    if (index_a == NULL || index_b == NULL || hash32_compare(index_a, index_b) != 0 ||
        !ctx_is_equal(ctx, header_slot_ctx(&b->header, slot_b)) || a->sector == b->sector) {
        return ERR_INVALID;
    }
    fault = open_check_slot(a, slot_a);
    if (fault != OPEN_FINE) {
        *blame = (struct open_blame) { .fault = fault, .is_second = false };
        return ERR_AUTH;
    }
    fault = open_check_slot(b, slot_b);
    if (fault != OPEN_FINE) {
        *blame = (struct open_blame) { .fault = fault, .is_second = true };
        return ERR_AUTH;
    }
    err = interpolate(a->sector, &a->slots[slot_a].y, b->sector, &b->slots[slot_b].y, &a0);
    if (err != ERR_OK) {
        return err;
    }
    derive_key(ctx, &a0, out);
    return ERR_OK;
}

struct item_plain {
    uint8_t bytes[GATE_CONFIRMED_LEN - CRYPT_BOX_EXTRA];
};
WIPED_KIND(item_plain)

/* Opens a box of the gate's and sets 'reader' behind the rid and hh of this record. */
static enum open_fault
open_item(const struct key32 *team, const struct open_record *record, struct bytes box,
          struct item_plain *plain, struct byte_reader *reader)
{
    const uint8_t *rid = NULL;
    const uint8_t *header_hash = NULL;

    if (crypt_box_open(team, box, plain->bytes) != ERR_OK) {
        return OPEN_RELEASE;
    }
    byte_reader_init(reader, plain->bytes, box.len - CRYPT_BOX_EXTRA);
    rid = byte_reader_borrow(reader, RID_LEN);
    header_hash = byte_reader_borrow(reader, HASH32_LEN);
    if (rid == NULL || header_hash == NULL ||
        sodium_memcmp(rid, record->header.rid.bytes, RID_LEN) != 0 ||
        sodium_memcmp(header_hash, record->header_hash.bytes, HASH32_LEN) != 0) {
        return OPEN_RELEASE;
    }
    return OPEN_FINE;
}

enum open_fault
open_released(const struct key32 *team, const struct open_record *record,
              const uint8_t in[GATE_RELEASED_LEN], struct key32 *z1)
{
    WIPED(item_plain) struct item_plain plain = { { 0 } };
    struct byte_reader reader;
    enum open_fault fault =
        open_item(team, record, (struct bytes) { in, GATE_RELEASED_LEN }, &plain, &reader);

    if (fault == OPEN_FINE) {
        byte_reader_raw(&reader, z1->bytes, sizeof z1->bytes);
    }
    return fault;
}

enum open_fault
open_confirmed(const struct key32 *team, const struct open_record *record,
               const uint8_t in[GATE_CONFIRMED_LEN], struct key32 *z2, uint16_t *domains)
{
    WIPED(item_plain) struct item_plain plain = { { 0 } };
    struct byte_reader reader;
    enum open_fault fault =
        open_item(team, record, (struct bytes) { in, GATE_CONFIRMED_LEN }, &plain, &reader);

    if (fault == OPEN_FINE) {
        byte_reader_raw(&reader, z2->bytes, sizeof z2->bytes);
        *domains = byte_reader_u16(&reader);
    }
    return fault;
}

/* A key of 32 bytes out of its wrapping. */
static enum open_fault
unwrap(const struct open_record *record, const struct key32 *wrapping,
       const uint8_t box[ENVELOPE_WRAP_LEN], struct key32 *out)
{
    WIPED(key32) struct key32 key = { { 0 } };
    const struct bytes ad = { record->header_hash.bytes, HASH32_LEN };

    if (crypt_ce_open(wrapping, ad, (struct bytes) { box, ENVELOPE_WRAP_LEN }, key.bytes) !=
        ERR_OK) {
        return OPEN_WRAP;
    }
    *out = key;
    return OPEN_FINE;
}

enum open_fault
open_k_id(const struct open_record *record, unsigned int slot, const struct key32 *slot_key,
          const struct key32 *z1, struct key32 *k_id)
{
    WIPED(key32) struct key32 wrapping = { { 0 } };

    if (header_slot(&record->header, slot) == NULL) {
        return OPEN_WRAP;
    }
    envelope_w1_key(slot_key, z1, &record->header.rid, &wrapping);
    return unwrap(record, &wrapping, record->slots[slot].w1, k_id);
}

enum open_fault
open_k_ct(const struct open_record *record, const struct key32 *k_id, const struct key32 *z2,
          struct key32 *k_ct)
{
    WIPED(key32) struct key32 wrapping = { { 0 } };

    envelope_w2_key(k_id, z2, &record->header.rid, &wrapping);
    return unwrap(record, &wrapping, record->w2, k_ct);
}

enum open_fault
open_capsule(const struct open_record *record, const struct key32 *k_id, struct open_capsule *out)
{
    WIPED(open_capsule) struct open_capsule capsule = { 0 };
    const struct bytes ad = { record->header_hash.bytes, HASH32_LEN };

    if (crypt_ce_open(k_id, ad, (struct bytes) { record->ct_id, sizeof record->ct_id },
                      capsule.bytes) != ERR_OK ||
        sodium_unpad(&capsule.len, capsule.bytes, sizeof capsule.bytes, sizeof capsule.bytes) !=
            0) {
        return OPEN_CAPSULE;
    }
    *out = capsule;
    return OPEN_FINE;
}

enum open_fault
open_content(const struct open_record *record, const struct key32 *k_ct, struct open_content *out)
{
    WIPED(open_content) struct open_content content = { 0 };
    const struct bytes ad = { record->header_hash.bytes, HASH32_LEN };

    if (crypt_ce_open(k_ct, ad, (struct bytes) { record->ct_ct, sizeof record->ct_ct },
                      content.bytes) != ERR_OK ||
        sodium_unpad(&content.len, content.bytes, sizeof content.bytes, sizeof content.bytes) !=
            0) {
        return OPEN_CONTENT;
    }
    *out = content;
    return OPEN_FINE;
}

struct direct_plain {
    uint8_t bytes[ENVELOPE_DIRECT_PLAIN_LEN];
};
WIPED_KIND(direct_plain)

enum open_fault
open_direct(const struct key32 *team, const struct open_record *record, struct bytes direct,
            struct open_keys *out)
{
    WIPED(direct_plain) struct direct_plain plain = { { 0 } };
    WIPED(open_keys) struct open_keys keys = { 0 };
    struct byte_reader reader;
    struct hash32 header_hash;
    struct rid rid;
    uint8_t mode;

    if (direct.len != ENVELOPE_DIRECT_LEN || record->header.mode == MODE_ESCROW ||
        crypt_box_open(team, direct, plain.bytes) != ERR_OK) {
        return OPEN_DIRECT;
    }
    byte_reader_init(&reader, plain.bytes, sizeof plain.bytes);
    mode = byte_reader_u8(&reader);
    byte_reader_raw(&reader, rid.bytes, RID_LEN);
    byte_reader_raw(&reader, header_hash.bytes, HASH32_LEN);
    byte_reader_raw(&reader, keys.k_id.bytes, sizeof keys.k_id.bytes);
    byte_reader_raw(&reader, keys.k_ct.bytes, sizeof keys.k_ct.bytes);
    if (mode != record->header.mode ||
        sodium_memcmp(rid.bytes, record->header.rid.bytes, RID_LEN) != 0 ||
        sodium_memcmp(header_hash.bytes, record->header_hash.bytes, HASH32_LEN) != 0) {
        return OPEN_DIRECT;
    }
    *out = keys;
    return OPEN_FINE;
}
