/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/gate/memory.h"

#include <string.h>

#include <sodium.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "proto/escrow/hash.h"

enum {
    ROW_VERSION = 1,
    KIND_RELEASED = 'r',
    KIND_WAITING = 'w',
    KIND_WISH = 'n',
    WISH_ROW_LEN = 1 + 4,
    RELEASE_ROW_MAX = 1 + CASE_ID_LEN + LINKS_RECORDS_MAX * HASH32_LEN,
    WAITING_ROW_LEN = 1 + 4 + 8 + 1,
    WAITING_KEY_LEN = 1 + CASE_ID_LEN + RID_LEN,
    RATE_ROW_LEN = 1 + 4 + 4,
    MONTHS_MAX = 512,
    PAGE_ROWS = 200,
};

static struct store_key
release_key(uint16_t bucket, const struct hash32 *answer)
{
    uint8_t data[1 + HASH32_LEN] = { KIND_RELEASED };

    memcpy(data + 1, answer->bytes, HASH32_LEN);
    return store_key(STORE_ANSWERS, bucket, data, sizeof data);
}

void
memory_put_release(struct store_batch *batch, uint16_t bucket, const struct hash32 *answer,
                   const struct case_id *case_id, const struct record_set *given)
{
    const struct store_key key = release_key(bucket, answer);
    uint8_t row[RELEASE_ROW_MAX];
    struct byte_writer writer;

    byte_writer_init(&writer, row, sizeof row);
    byte_writer_u8(&writer, ROW_VERSION);
    byte_writer_raw(&writer, case_id->bytes, CASE_ID_LEN);
    for (size_t i = 0; i < given->count; i++) {
        byte_writer_raw(&writer, given->items[i].bytes, HASH32_LEN);
    }
    store_batch_put(batch, &key, row, writer.len);
}

static bool
set_holds(const struct record_set *set, const struct hash32 *item)
{
    for (size_t i = 0; i < set->count; i++) {
        if (hash32_compare(&set->items[i], item) == 0) {
            return true;
        }
    }
    return false;
}

static enum err
read_release(const struct store_value *value, struct record_set *given, struct case_id *case_id)
{
    struct byte_reader reader;

    byte_reader_init(&reader, value->data, value->len);
    if (byte_reader_u8(&reader) != ROW_VERSION) {
        return ERR_CORRUPT;
    }
    byte_reader_raw(&reader, case_id->bytes, CASE_ID_LEN);
    given->count = 0;
    while (byte_reader_left(&reader) >= HASH32_LEN && given->count < LINKS_RECORDS_MAX) {
        byte_reader_raw(&reader, given->items[given->count].bytes, HASH32_LEN);
        given->count++;
    }
    return byte_reader_finish(&reader) == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

/* The month of the answer is not told, and is one of a few: look in each. */
enum err
memory_check_release(struct store *store, const struct hash32 *answer,
                     const struct record_set *wanted, struct case_id *case_id)
{
    uint16_t months[MONTHS_MAX];
    struct store_value value = { NULL, 0, 0 };
    struct record_set given;
    struct case_id found;
    size_t count = 0;
    enum err err = store_months(store, STORE_ANSWERS, months, MONTHS_MAX, &count);

    if (err != ERR_OK) {
        return err;
    }
    err = ERR_NOT_FOUND;
    for (size_t i = 0; i < count && err == ERR_NOT_FOUND; i++) {
        const struct store_key key = release_key(months[i], answer);

        err = store_get(store, NULL, &key, &value);
    }
    if (err != ERR_OK) {
        return err;
    }
    err = read_release(&value, &given, &found);
    store_value_done(&value);
    for (size_t i = 0; err == ERR_OK && i < wanted->count; i++) {
        if (!set_holds(&given, &wanted->items[i])) {
            err = ERR_NOT_FOUND;
        }
    }
    if (err == ERR_OK) {
        *case_id = found;
    }
    return err;
}

enum err
memory_use_wish(struct store *store, struct store_batch *batch, uint16_t bucket,
                const uint8_t nonce[REQUEST_NONCE_LEN], uint64_t now_s)
{
    uint8_t data[1 + REQUEST_NONCE_LEN] = { KIND_WISH };
    struct store_value value = { NULL, 0, 0 };
    struct byte_reader reader;
    struct byte_writer writer;
    struct store_key key;
    uint8_t row[WISH_ROW_LEN];
    uint32_t today = clock_day(now_s);
    enum err err;

    memcpy(data + 1, nonce, REQUEST_NONCE_LEN);
    key = store_key(STORE_ANSWERS, bucket, data, sizeof data);
    err = store_get(store, NULL, &key, &value);
    if (err == ERR_NOT_FOUND) {
        byte_writer_init(&writer, row, sizeof row);
        byte_writer_u8(&writer, ROW_VERSION);
        byte_writer_u32(&writer, today);
        store_batch_expect_absent(batch, &key);
        store_batch_put(batch, &key, row, writer.len);
        return ERR_OK;
    }
    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, value.data, value.len);
    if (byte_reader_u8(&reader) != ROW_VERSION) {
        err = ERR_CORRUPT;
    } else if (byte_reader_u32(&reader) != today) {
        err = ERR_REPLAY;
    }
    store_value_done(&value);
    return err;
}

static struct store_key
waiting_key(const struct case_id *case_id, const struct rid *rid, uint16_t bucket)
{
    uint8_t data[WAITING_KEY_LEN] = { KIND_WAITING };

    memcpy(data + 1, case_id->bytes, CASE_ID_LEN);
    memcpy(data + 1 + CASE_ID_LEN, rid->bytes, RID_LEN);
    return store_key(STORE_ANSWERS, bucket, data, sizeof data);
}

static enum err
read_waiting(const struct store_key *key, const uint8_t *data, size_t len, struct waiting *out)
{
    struct waiting waiting = { .bucket = key->month };
    struct byte_reader reader;

    if (key->len != WAITING_KEY_LEN) {
        return ERR_CORRUPT;
    }
    memcpy(waiting.case_id.bytes, key->data + 1, CASE_ID_LEN);
    memcpy(waiting.rid.bytes, key->data + 1 + CASE_ID_LEN, RID_LEN);
    byte_reader_init(&reader, data, len);
    if (byte_reader_u8(&reader) != ROW_VERSION) {
        return ERR_CORRUPT;
    }
    waiting.serial = byte_reader_u32(&reader);
    waiting.asked_at = byte_reader_u64(&reader);
    waiting.is_approved = byte_reader_u8(&reader) == 1;
    if (byte_reader_finish(&reader) != ERR_OK) {
        return ERR_CORRUPT;
    }
    *out = waiting;
    return ERR_OK;
}

enum err
memory_get_waiting(struct store *store, const struct case_id *case_id, const struct rid *rid,
                   uint16_t bucket, struct waiting *out)
{
    const struct store_key key = waiting_key(case_id, rid, bucket);
    struct store_value value = { NULL, 0, 0 };
    enum err err = store_get(store, NULL, &key, &value);

    if (err == ERR_OK) {
        err = read_waiting(&key, value.data, value.len, out);
        store_value_done(&value);
    }
    return err;
}

void
memory_put_waiting(struct store_batch *batch, const struct waiting *waiting)
{
    const struct store_key key = waiting_key(&waiting->case_id, &waiting->rid, waiting->bucket);
    uint8_t row[WAITING_ROW_LEN];
    struct byte_writer writer;

    byte_writer_init(&writer, row, sizeof row);
    byte_writer_u8(&writer, ROW_VERSION);
    byte_writer_u32(&writer, waiting->serial);
    byte_writer_u64(&writer, waiting->asked_at);
    byte_writer_u8(&writer, waiting->is_approved ? 1 : 0);
    store_batch_put(batch, &key, row, writer.len);
}

static enum err
each_of_month(struct store *store, uint16_t month,
              enum err (*each)(void *context, const struct waiting *waiting), void *context)
{
    const uint8_t prefix = KIND_WAITING;
    struct store_range range = {
        .space = STORE_ANSWERS,
        .month = month,
        .prefix = &prefix,
        .prefix_len = 1,
        .limit = PAGE_ROWS,
    };
    struct store_key last;
    bool is_last = false;
    enum err err = ERR_OK;

    while (err == ERR_OK && !is_last) {
        struct store_page page = { .rows = NULL };

        err = store_scan(store, NULL, &range, &page);
        for (size_t i = 0; err == ERR_OK && i < page.count; i++) {
            struct waiting waiting;

            err = read_waiting(&page.rows[i].key, page.rows[i].data, page.rows[i].len, &waiting);
            if (err == ERR_OK) {
                err = each(context, &waiting);
            }
            last = page.rows[i].key;
            range.after = &last;
        }
        is_last = page.is_last || page.count == 0;
        store_page_done(&page);
    }
    return err;
}

enum err
memory_each_waiting(struct store *store,
                    enum err (*each)(void *context, const struct waiting *waiting), void *context)
{
    uint16_t months[MONTHS_MAX];
    size_t count = 0;
    enum err err = store_months(store, STORE_ANSWERS, months, MONTHS_MAX, &count);

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        err = each_of_month(store, months[i], each, context);
    }
    return err;
}

enum err
memory_count_request(struct store *store, struct store_batch *batch, const char *member,
                     uint64_t now_s, uint32_t limit)
{
    const struct store_key key =
        store_key(STORE_QUOTAS, clock_bucket(date_of(now_s)), member, strlen(member));
    uint32_t day = clock_day(now_s);
    struct store_value value = { NULL, 0, 0 };
    struct byte_writer writer;
    struct byte_reader reader;
    uint8_t row[RATE_ROW_LEN];
    uint32_t counted_on = 0;
    uint32_t count = 0;
    enum err err = store_get(store, NULL, &key, &value);

    if (err == ERR_NOT_FOUND) {
        store_batch_expect_absent(batch, &key);
    } else if (err != ERR_OK) {
        return err;
    } else {
        byte_reader_init(&reader, value.data, value.len);
        if (byte_reader_u8(&reader) != ROW_VERSION) {
            store_value_done(&value);
            return ERR_CORRUPT;
        }
        counted_on = byte_reader_u32(&reader);
        /* A clock that was put back gives nobody a day anew. */
        if (counted_on >= day) {
            day = counted_on;
            count = byte_reader_u32(&reader);
        }
        store_batch_expect_version(batch, &key, value.version);
        store_value_done(&value);
    }
    if (count >= limit) {
        return ERR_QUOTA;
    }
    byte_writer_init(&writer, row, sizeof row);
    byte_writer_u8(&writer, ROW_VERSION);
    byte_writer_u32(&writer, day);
    byte_writer_u32(&writer, count + 1);
    store_batch_put(batch, &key, row, writer.len);
    return ERR_OK;
}
