/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/pseudonym/quota.h"

#include <string.h>

#include <sodium.h>

#include "base/bytes.h"
#include "base/clock.h"

enum {
    ROW_LEN = 1 + 4 * 4,
    ROW_VERSION = 1,
    KEY_LEN = 4 + 16,
    MINUTE_S = 60,
};

/* Rows lie under the month of their day, so that old ones go together. */
static struct store_key
counter_key(uint32_t serial, const char *user, uint64_t now_s)
{
    uint8_t data[KEY_LEN] = { 0 };
    struct byte_writer writer;

    byte_writer_init(&writer, data, sizeof data);
    byte_writer_u32(&writer, serial);
    if (user != NULL) {
        crypto_generichash(data + 4, KEY_LEN - 4, (const uint8_t *) user, strlen(user), NULL, 0);
    }
    return store_key(STORE_QUOTAS, clock_bucket(date_of(now_s)), data, sizeof data);
}

static enum err
counter_read(struct store *store, struct quota_counter *counter, uint64_t now_s)
{
    struct store_value value = { NULL, 0, 0 };
    struct byte_reader reader;
    uint32_t day = clock_day(now_s);
    uint32_t minute = (uint32_t) (now_s / MINUTE_S);
    enum err err = store_get(store, NULL, &counter->key, &value);

    if (err == ERR_NOT_FOUND) {
        counter->day = day;
        counter->minute = minute;
        return ERR_OK;
    }
    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, value.data, value.len);
    if (byte_reader_u8(&reader) != ROW_VERSION) {
        err = ERR_CORRUPT;
    }
    counter->exists = true;
    counter->version = value.version;
    counter->day = byte_reader_u32(&reader);
    counter->day_count = byte_reader_u32(&reader);
    counter->minute = byte_reader_u32(&reader);
    counter->minute_count = byte_reader_u32(&reader);
    if (byte_reader_finish(&reader) != ERR_OK) {
        err = ERR_CORRUPT;
    }
    store_value_done(&value);
    /* A clock that was put back gives nobody a day anew.  (A minute it does: the day bounds those, and
     * a clock that was ahead for once would stop everybody for long.) */
    if (counter->day < day) {
        counter->day = day;
        counter->day_count = 0;
    }
    if (counter->minute != minute) {
        counter->minute = minute;
        counter->minute_count = 0;
    }
    return err;
}

enum err
quota_read(struct store *store, uint32_t serial, const char *user, uint64_t now_s,
           struct quota *out)
{
    struct quota quota = {
        .organisation = { .key = counter_key(serial, NULL, now_s) },
        .user = { .key = counter_key(serial, user, now_s) },
    };
    enum err err = counter_read(store, &quota.organisation, now_s);

    if (err == ERR_OK) {
        err = counter_read(store, &quota.user, now_s);
    }
    if (err == ERR_OK) {
        *out = quota;
    }
    return err;
}

static bool
has_room(uint32_t used, uint32_t elements, uint32_t limit)
{
    return used <= limit && elements <= limit - used;
}

enum err
quota_take(struct quota *quota, const struct quota_limits *limits, uint32_t elements)
{
    struct quota_counter *organisation = &quota->organisation;
    struct quota_counter *user = &quota->user;

    if (!has_room(organisation->day_count, elements, limits->organisation_day) ||
        !has_room(organisation->minute_count, elements, limits->organisation_minute) ||
        !has_room(user->day_count, elements, limits->user_day) ||
        !has_room(user->minute_count, elements, limits->user_minute)) {
        return ERR_QUOTA;
    }
    organisation->day_count += elements;
    organisation->minute_count += elements;
    user->day_count += elements;
    user->minute_count += elements;
    return ERR_OK;
}

uint32_t
quota_left(const struct quota *quota, const struct quota_limits *limits)
{
    uint32_t used = quota->organisation.day_count;

    return used < limits->organisation_day ? limits->organisation_day - used : 0;
}

static void
counter_put(const struct quota_counter *counter, struct store_batch *batch)
{
    uint8_t row[ROW_LEN];
    struct byte_writer writer;

    byte_writer_init(&writer, row, sizeof row);
    byte_writer_u8(&writer, ROW_VERSION);
    byte_writer_u32(&writer, counter->day);
    byte_writer_u32(&writer, counter->day_count);
    byte_writer_u32(&writer, counter->minute);
    byte_writer_u32(&writer, counter->minute_count);
    if (counter->exists) {
        store_batch_expect_version(batch, &counter->key, counter->version);
    } else {
        store_batch_expect_absent(batch, &counter->key);
    }
    store_batch_put(batch, &counter->key, row, writer.len);
}

void
quota_put(const struct quota *quota, struct store_batch *batch)
{
    counter_put(&quota->organisation, batch);
    counter_put(&quota->user, batch);
}
