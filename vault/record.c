/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/escrow/envelope.h"
#include "proto/escrow/submit.h"
#include "vault/record_rows.h"

enum {
    META_FORMAT = 1,
    META_MAX = 1 + 4 + 1 + 1 + 8 + HASH64_LEN + HEADER_MAX_LEN,
    FILED_FORMAT = 1,
    PARTS = 4,
    FILED_MAX = 1 + 8 + SIGNATURE_LEN + PARTS * 2 + ENVELOPE_GATE_LEN + ENVELOPE_INNER_MAX_LEN +
        ENVELOPE_DIRECT_LEN + SUBMIT_TICKETS_MAX_LEN,
    OWN_FORMAT = 1,
    OWN_LEN = 1 + RID_LEN + 4 + 1 + 1,
    OWN_SPAN_MONTHS = 26, /* how long before its bucket a report may have come in */
    TASK_FORMAT = 1
};

/* ---- keys ---- */

struct store_key
record_rid_key(const struct vault *vault, const struct rid *rid)
{
    return core_key(vault, ROW_RID, STORE_RECORDS, 0, rid->bytes, RID_LEN);
}

static struct store_key
meta_key(const struct vault *vault, uint16_t bucket, const struct rid *rid)
{
    return core_key(vault, ROW_META, STORE_RECORDS, bucket, rid->bytes, RID_LEN);
}

/* Right behind the other, so that both dirty one page. */
static struct store_key
filed_key(const struct vault *vault, uint16_t bucket, const struct rid *rid)
{
    struct store_key key = meta_key(vault, bucket, rid);

    key.data[key.len] = 'f';
    key.len++;
    return key;
}

/* The rows of one organisation, bucket and month of receipt begin alike: whoever has the disk sees
 * groups, but neither whose they are nor which of them are one organisation's. */
enum { OWN_PREFIX_LEN = 1 + 8 };

static void
own_prefix(const struct vault *vault, uint32_t serial, uint16_t received,
           uint8_t out[OWN_PREFIX_LEN])
{
    uint8_t name[6];
    uint8_t blind[BLIND_LEN];
    struct byte_writer writer;

    byte_writer_init(&writer, name, sizeof name);
    byte_writer_u32(&writer, serial);
    byte_writer_u16(&writer, received);
    core_blind(vault, ROW_OWN, name, sizeof name, blind);
    out[0] = ROW_OWN;
    memcpy(out + 1, blind, OWN_PREFIX_LEN - 1);
}

static struct store_key
own_key(const struct vault *vault, const struct record_meta *meta)
{
    uint8_t bytes[OWN_PREFIX_LEN + BLIND_LEN];

    own_prefix(vault, meta->header.serial, clock_bucket(date_of(meta->received_at)), bytes);
    core_blind(vault, ROW_OWN, meta->header.rid.bytes, RID_LEN, bytes + OWN_PREFIX_LEN);
    return store_key(STORE_RECORDS, meta->header.bucket, bytes, sizeof bytes);
}

/* ---- writing ---- */

static enum err
put_meta(const struct vault *vault, struct store_batch *batch, const struct record_meta *meta,
         struct bytes header)
{
    const struct store_key key = meta_key(vault, meta->header.bucket, &meta->header.rid);
    uint8_t plain[META_MAX];
    struct byte_writer writer;
    enum err err;

    byte_writer_init(&writer, plain, sizeof plain);
    byte_writer_u8(&writer, META_FORMAT);
    byte_writer_u32(&writer, meta->entity);
    byte_writer_u8(&writer, meta->sector);
    byte_writer_u8(&writer, meta->is_host);
    byte_writer_u64(&writer, meta->received_at);
    byte_writer_raw(&writer, meta->name.bytes, HASH64_LEN);
    byte_writer_raw(&writer, header.data, header.len);
    err = byte_writer_finish(&writer);
    return err == ERR_OK ? row_put(vault, batch, &key, plain, writer.len) : err;
}

static enum err
put_filed(const struct vault *vault, struct store_batch *batch, const struct record_meta *meta,
          const struct record *filed)
{
    const struct store_key key = filed_key(vault, meta->header.bucket, &meta->header.rid);
    const struct bytes parts[PARTS] = { filed->gate, filed->inner, filed->direct, filed->tickets };
    uint8_t *plain = malloc(FILED_MAX);
    struct byte_writer writer;
    enum err err;

    if (plain == NULL) {
        return ERR_NOMEM;
    }
    byte_writer_init(&writer, plain, FILED_MAX);
    byte_writer_u8(&writer, FILED_FORMAT);
    byte_writer_u64(&writer, filed->sent);
    byte_writer_raw(&writer, filed->signature.data, filed->signature.len);
    for (size_t i = 0; i < PARTS; i++) {
        byte_writer_u16(&writer, (uint16_t) parts[i].len);
        byte_writer_raw(&writer, parts[i].data, parts[i].len);
    }
    err = byte_writer_finish(&writer);
    if (err == ERR_OK) {
        err = row_put(vault, batch, &key, plain, writer.len);
    }
    free(plain);
    return err;
}

static enum err
put_own(const struct vault *vault, struct store_batch *batch, const struct record_meta *meta)
{
    const struct store_key key = own_key(vault, meta);
    uint8_t plain[OWN_LEN];
    struct byte_writer writer;

    byte_writer_init(&writer, plain, sizeof plain);
    byte_writer_u8(&writer, OWN_FORMAT);
    byte_writer_raw(&writer, meta->header.rid.bytes, RID_LEN);
    byte_writer_u32(&writer, clock_day(meta->received_at));
    byte_writer_u8(&writer, meta->header.mode);
    byte_writer_u8(&writer, meta->header.band);
    return row_put(vault, batch, &key, plain, writer.len);
}

static void
put_rid(const struct vault *vault, struct store_batch *batch, const struct record_meta *meta)
{
    const struct store_key key = record_rid_key(vault, &meta->header.rid);
    uint8_t value[2];
    struct byte_writer writer;

    byte_writer_init(&writer, value, sizeof value);
    byte_writer_u16(&writer, meta->header.bucket);
    store_batch_expect_absent(batch, &key);
    store_batch_put(batch, &key, value, writer.len);
}

enum err
record_add(const struct vault *vault, struct store_batch *batch, const struct record_meta *meta,
           const struct record *filed)
{
    enum err err;

    put_rid(vault, batch, meta);
    err = put_meta(vault, batch, meta, filed->header);
    if (err == ERR_OK) {
        err = put_filed(vault, batch, meta, filed);
    }
    return err == ERR_OK ? put_own(vault, batch, meta) : err;
}

/* The store numbers tasks after they are sealed, so that all of them share one address. */
static struct store_key
task_key(void)
{
    return store_key(STORE_OUTBOX, 0, "task", 4);
}

enum err
record_task_write(const struct vault *vault, const struct rid *rid, uint8_t out[RECORD_TASK_LEN])
{
    const struct store_key key = task_key();
    uint8_t plain[1 + RID_LEN] = { TASK_FORMAT };

    memcpy(plain + 1, rid->bytes, RID_LEN);
    return row_seal(vault, &key, plain, sizeof plain, out);
}

enum err
record_task_read(const struct vault *vault, const uint8_t *data, size_t len, struct rid *out)
{
    const struct store_key key = task_key();
    struct row row = { .data = NULL };
    enum err err = row_open(vault, &key, data, len, &row);

    if (err == ERR_OK && (row.len != 1 + RID_LEN || row.data[0] != TASK_FORMAT)) {
        err = ERR_CORRUPT;
    }
    if (err == ERR_OK) {
        memcpy(out->bytes, row.data + 1, RID_LEN);
    }
    row_done(&row);
    return err;
}

/* ---- reading ---- */

enum err
record_find(const struct vault *vault, struct store_snapshot *snapshot, const struct rid *rid,
            uint16_t *out_bucket)
{
    const struct store_key key = record_rid_key(vault, rid);
    struct store_value value = { .data = NULL };
    struct byte_reader reader;
    uint16_t bucket;
    enum err err = store_get(vault->config.store, snapshot, &key, &value);

    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, value.data, value.len);
    bucket = byte_reader_u16(&reader);
    err = byte_reader_finish(&reader) == ERR_OK && bucket != 0 ? ERR_OK : ERR_CORRUPT;
    store_value_done(&value);
    if (err == ERR_OK) {
        *out_bucket = bucket;
    }
    return err;
}

static enum err
read_meta_row(const struct row *row, const struct rid *rid, struct record_meta *out)
{
    struct record_meta meta = { .entity = 0 };
    struct byte_reader reader;
    const uint8_t *header;
    size_t len;

    byte_reader_init(&reader, row->data, row->len);
    if (byte_reader_u8(&reader) != META_FORMAT) {
        return ERR_CORRUPT;
    }
    meta.entity = byte_reader_u32(&reader);
    meta.sector = byte_reader_u8(&reader);
    meta.is_host = byte_reader_u8(&reader) != 0;
    meta.received_at = byte_reader_u64(&reader);
    byte_reader_raw(&reader, meta.name.bytes, HASH64_LEN);
    len = byte_reader_left(&reader);
    header = byte_reader_borrow(&reader, len);
    if (byte_reader_finish(&reader) != ERR_OK || header == NULL ||
        header_read(header, len, &meta.header) != ERR_OK ||
        sodium_memcmp(meta.header.rid.bytes, rid->bytes, RID_LEN) != 0) {
        return ERR_CORRUPT;
    }
    header_hash(header, len, &meta.hh);
    *out = meta;
    return ERR_OK;
}

/* A row whose place is known but which is not there: expired and dropped, or lost. */
static enum err
missing(const struct vault *vault, uint16_t bucket, enum err err)
{
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    return bucket < core_month(vault) ? ERR_EXPIRED : ERR_CORRUPT;
}

enum err
record_read_meta(struct vault *vault, struct store_snapshot *snapshot, const struct rid *rid,
                 struct record_meta *out)
{
    struct row row = { .data = NULL };
    struct store_key key;
    uint16_t bucket = 0;
    enum err err = record_find(vault, snapshot, rid, &bucket);

    if (err != ERR_OK) {
        return err;
    }
    key = meta_key(vault, bucket, rid);
    err = missing(vault, bucket, row_read(vault, snapshot, &key, &row));
    if (err == ERR_OK) {
        err = read_meta_row(&row, rid, out);
    }
    row_done(&row);
    return err;
}

/* Cuts the opened rows into the parts that were filed; header first. */
static enum err
cut_filed(uint8_t *data, size_t len, size_t header_at, struct record *out)
{
    struct bytes *const parts[PARTS] = { &out->gate, &out->inner, &out->direct, &out->tickets };
    struct byte_reader reader;

    out->header = (struct bytes) { data + header_at, len - header_at };
    byte_reader_init(&reader, data, header_at);
    if (byte_reader_u8(&reader) != FILED_FORMAT) {
        return ERR_CORRUPT;
    }
    out->sent = byte_reader_u64(&reader);
    out->signature = (struct bytes) { byte_reader_borrow(&reader, SIGNATURE_LEN), SIGNATURE_LEN };
    for (size_t i = 0; i < PARTS; i++) {
        size_t part = byte_reader_u16(&reader);

        *parts[i] = (struct bytes) { byte_reader_borrow(&reader, part), part };
    }
    return byte_reader_finish(&reader) == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

enum err
record_read(struct vault *vault, struct store_snapshot *snapshot, const struct rid *rid,
            struct record *out)
{
    struct record record = { .memory = NULL };
    struct record_meta meta;
    struct row row = { .data = NULL };
    struct store_key key;
    size_t header_len = 0;
    enum err err = record_read_meta(vault, snapshot, rid, &meta);

    if (err != ERR_OK) {
        return err;
    }
    key = filed_key(vault, meta.header.bucket, rid);
    err = missing(vault, meta.header.bucket, row_read(vault, snapshot, &key, &row));
    if (err != ERR_OK) {
        goto out;
    }
    record.memory = malloc(row.len + HEADER_MAX_LEN);
    if (record.memory == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    memcpy(record.memory, row.data, row.len);
    err = header_write(&meta.header, record.memory + row.len, &header_len);
    if (err == ERR_OK) {
        err = cut_filed(record.memory, row.len + header_len, row.len, &record);
    }
    if (err != ERR_OK) {
        err = ERR_CORRUPT;
        goto out;
    }
    *out = record;
    record.memory = NULL;
out:
    row_done(&row);
    free(record.memory);
    return err;
}

void
record_done(struct record *record)
{
    free(record->memory);
    *record = (struct record) { .memory = NULL };
}

/* ---- own list ---- */

static enum err
read_own_row(const struct vault *vault, const struct store_row *stored, struct own_report *out)
{
    struct own_report report = { .bucket = stored->key.month };
    struct row row = { .data = NULL };
    struct byte_reader reader;
    enum err err = row_open(vault, &stored->key, stored->data, stored->len, &row);

    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, row.data, row.len);
    err = byte_reader_u8(&reader) == OWN_FORMAT ? ERR_OK : ERR_CORRUPT;
    byte_reader_raw(&reader, report.rid.bytes, RID_LEN);
    report.day = byte_reader_u32(&reader);
    report.mode = byte_reader_u8(&reader);
    report.band = byte_reader_u8(&reader);
    if (byte_reader_finish(&reader) != ERR_OK) {
        err = ERR_CORRUPT;
    }
    row_done(&row);
    if (err == ERR_OK) {
        *out = report;
    }
    return err;
}

typedef enum err own_visitor(void *context, const struct own_report *report);

/* The reports of one prefix in one bucket. */
static enum err
list_group(const struct vault *vault, const struct store_range *group, own_visitor *each,
           void *context)
{
    struct store_range range = *group;
    struct store_key after;
    bool is_last = false;
    enum err err = ERR_OK;

    while (!is_last && err == ERR_OK) {
        struct store_page page = { .rows = NULL };

        err = store_scan(vault->config.store, NULL, &range, &page);
        if (err != ERR_OK) {
            break;
        }
        for (size_t i = 0; i < page.count && err == ERR_OK; i++) {
            struct own_report report;

            err = read_own_row(vault, &page.rows[i], &report);
            if (err == ERR_OK) {
                err = each(context, &report);
            }
        }
        is_last = page.is_last || page.count == 0;
        if (page.count > 0) {
            after = page.rows[page.count - 1].key;
            range.after = &after;
        }
        store_page_done(&page);
    }
    return err == ERR_EXPIRED ? ERR_OK : err;
}

enum err
record_list_own(struct vault *vault, uint32_t serial,
                enum err (*each)(void *context, const struct own_report *report), void *context)
{
    uint16_t months[KEYRING_KEY_MAX];
    size_t count = 0;
    uint16_t now = core_month(vault);
    enum err err = store_months(vault->config.store, STORE_RECORDS, months,
                                sizeof months / sizeof months[0], &count);

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (months[i] < now) {
            continue;
        }
        for (uint16_t back = 0; back <= OWN_SPAN_MONTHS && back <= months[i] && err == ERR_OK;
             back++) {
            uint16_t received = (uint16_t) (months[i] - back);
            uint8_t prefix[OWN_PREFIX_LEN];
            struct store_range range = { .space = STORE_RECORDS,
                                         .month = months[i],
                                         .prefix = prefix,
                                         .prefix_len = OWN_PREFIX_LEN,
                                         .limit = 100 };

            if (received > now) {
                continue;
            }
            own_prefix(vault, serial, received, prefix);
            err = list_group(vault, &range, each, context);
        }
    }
    return err;
}
