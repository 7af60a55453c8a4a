/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/quality.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "vault/quality_count.h"

/* A month lies in the row of its number modulo QUALITY_MONTHS, so that there are never more rows than
 * that.  A row: version, month, then the counters in the order of the struct, four bytes each. */
enum {
    ROW_VERSION = 1,
    COUNTERS = 9 + QUALITY_SIZES,
    ROW_LEN = 1 + 2 + 4 * COUNTERS,
    PAIRS_PER_BATCH = 60,
    CASES_PER_PAGE = 64
};

size_t
quality_size_class(size_t records)
{
    size_t at = 0;

    for (size_t most = 2; records > most && at < QUALITY_SIZES - 1; most *= 2) {
        at++;
    }
    return at;
}

/* ---- a month's row ---- */

static struct store_key
month_key(const struct vault *vault, uint16_t month)
{
    const uint8_t slot = (uint8_t) (month % QUALITY_MONTHS);

    return core_key(vault, ROW_QUALITY, STORE_STATE, 0, &slot, sizeof slot);
}

/* The counters in the order of the row. */
static void
list_counters(struct quality_month *month, uint32_t *out[COUNTERS])
{
    uint32_t *const first[] = { &month->compared,  &month->confirmed,    &month->refused,
                                &month->undecided, &month->settled_same, &month->settled_apart,
                                &month->overruled, &month->components,   &month->largest };

    memcpy(out, first, sizeof first);
    for (size_t i = 0; i < QUALITY_SIZES; i++) {
        out[COUNTERS - QUALITY_SIZES + i] = &month->sizes[i];
    }
}

static enum err
write_row(const struct vault *vault, struct store_batch *batch, struct quality_month *month)
{
    const struct store_key key = month_key(vault, month->month);
    uint32_t *counters[COUNTERS];
    uint8_t row[ROW_LEN];
    struct byte_writer writer;
    enum err err;

    list_counters(month, counters);
    byte_writer_init(&writer, row, sizeof row);
    byte_writer_u8(&writer, ROW_VERSION);
    byte_writer_u16(&writer, month->month);
    for (size_t i = 0; i < COUNTERS; i++) {
        byte_writer_u32(&writer, *counters[i]);
    }
    err = byte_writer_finish(&writer);
    return err == ERR_OK ? row_put(vault, batch, &key, row, sizeof row) : err;
}

static enum err
parse_row(const struct row *row, struct quality_month *out)
{
    struct quality_month month = { .month = 0 };
    uint32_t *counters[COUNTERS];
    struct byte_reader reader;
    uint8_t version;
    enum err err;

    list_counters(&month, counters);
    byte_reader_init(&reader, row->data, row->len);
    version = byte_reader_u8(&reader);
    month.month = byte_reader_u16(&reader);
    for (size_t i = 0; i < COUNTERS; i++) {
        *counters[i] = byte_reader_u32(&reader);
    }
    err = byte_reader_finish(&reader);
    if (err != ERR_OK || version != ROW_VERSION) {
        return ERR_CORRUPT;
    }
    *out = month;
    return ERR_OK;
}

/* Reads a month; one of which nothing was counted, or whose row holds another month, is all zero. */
static enum err
read_row(const struct vault *vault, uint16_t wanted, struct quality_month *out)
{
    const struct store_key key = month_key(vault, wanted);
    struct row row = { .data = NULL };
    enum err err = row_read(vault, NULL, &key, &row);

    if (err == ERR_OK) {
        err = parse_row(&row, out);
    }
    row_done(&row);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && out->month != wanted)) {
        *out = (struct quality_month) { .month = wanted };
        err = ERR_OK;
    }
    return err;
}

static bool
is_counted(const struct quality_month *month)
{
    return month->compared + month->settled_same + month->settled_apart + month->overruled > 0;
}

enum err
quality_read(struct vault *vault, struct quality_month out[QUALITY_MONTHS], size_t *out_count)
{
    const uint16_t last = core_month(vault);
    struct quality_month months[QUALITY_MONTHS];
    size_t count = 0;

    for (uint16_t back = QUALITY_MONTHS; back > 0; back--) {
        const uint16_t month = (uint16_t) (last + 1 - back);
        enum err err = back > last + 1 ? ERR_NOT_FOUND : read_row(vault, month, &months[count]);

        if (err != ERR_OK && err != ERR_NOT_FOUND) {
            return err;
        }
        count += err == ERR_OK && is_counted(&months[count]);
    }
    memcpy(out, months, count * sizeof months[0]);
    *out_count = count;
    return ERR_OK;
}

void
quality_open_cases(struct vault *vault, uint32_t sizes[QUALITY_SIZES], uint32_t *out_largest)
{
    struct case_query query = { .include_closed = false };
    struct case_summary page[CASES_PER_PAGE];
    uint32_t largest = 0;
    size_t count = CASES_PER_PAGE;

    memset(sizes, 0, QUALITY_SIZES * sizeof sizes[0]);
    while (count == CASES_PER_PAGE) {
        cases_list(vault, &query, page, CASES_PER_PAGE, &count);
        for (size_t i = 0; i < count; i++) {
            /* One alone, acute or consented, was linked to nobody. */
            if (page[i].record_count > 1) {
                sizes[quality_size_class(page[i].record_count)]++;
                largest = page[i].record_count > largest ? page[i].record_count : largest;
            }
            query.before = (uint64_t) page[i].year << 32 | page[i].number;
        }
    }
    *out_largest = largest;
}

/* ---- counting ---- */

/* One comparison while it is counted. */
struct counting {
    struct vault *vault;
    const struct component *component;
    struct store_batch *batch;
    size_t pairs; /* in the batch */
    struct quality_month month;
    uint64_t seen[COMPONENT_MAX]; /* pairs of this comparison, by the lower place */
    uint64_t counted; /* records in components of which a link is new */
};

static enum err
flush(struct counting *counting)
{
    struct store_result result;
    enum err err = ERR_OK;

    if (counting->batch != NULL) {
        err = write_row(counting->vault, counting->batch, &counting->month);
        if (err == ERR_OK) {
            err = store_apply(counting->vault->config.store, counting->batch, &result);
        }
    }
    store_batch_free(counting->batch);
    counting->batch = NULL;
    counting->pairs = 0;
    return err;
}

static enum err
begin(struct counting *counting)
{
    struct store_id id;

    if (counting->batch != NULL) {
        return ERR_OK;
    }
    store_id_random(&id);
    return store_batch_new(&id, &counting->batch);
}

/* The records of the component in which 'record' is a linked one. */
static uint64_t
members_around(const struct component *component, size_t record)
{
    for (uint8_t i = 0; i < component->links.component_count; i++) {
        uint64_t members = links_members(&component->links, i);

        if ((members >> record & 1) != 0) {
            return members;
        }
    }
    return 0;
}

static void
add_component(struct counting *counting, size_t record)
{
    uint64_t members = members_around(counting->component, record);
    uint32_t size = (uint32_t) __builtin_popcountll(members);

    if ((counting->counted & members) != 0 || size == 0) {
        return;
    }
    counting->counted |= members;
    counting->month.components++;
    counting->month.sizes[quality_size_class(size)]++;
    counting->month.largest = size > counting->month.largest ? size : counting->month.largest;
}

static void
add_verdict(struct quality_month *month, enum case_verdict verdict)
{
    month->compared++;
    switch (verdict) {
        case CASE_CONFIRMED:
            month->confirmed++;
            break;
        case CASE_REFUSED:
            month->refused++;
            break;
        case CASE_UNDECIDED:
            month->undecided++;
            break;
    }
}

/* What a later comparison changed; whether anything. */
static bool
add_change(struct quality_month *month, uint8_t before, enum case_verdict now)
{
    if (before == CASE_UNDECIDED && now == CASE_CONFIRMED) {
        month->settled_same++;
    } else if (before == CASE_UNDECIDED && now == CASE_REFUSED) {
        month->settled_apart++;
    } else if (before == CASE_CONFIRMED && now == CASE_REFUSED) {
        month->overruled++;
    } else {
        return false;
    }
    return true;
}

/* What was said of the pair before; 0: nothing. */
static enum err
read_verdict(const struct vault *vault, const struct store_key *key, uint8_t *out)
{
    struct row row = { .data = NULL };
    enum err err = row_read(vault, NULL, key, &row);

    if (err == ERR_OK && row.len != 1) {
        err = ERR_CORRUPT;
    }
    if (err == ERR_OK) {
        *out = row.data[0];
    } else if (err == ERR_NOT_FOUND) {
        *out = 0;
        err = ERR_OK;
    }
    row_done(&row);
    return err;
}

static enum err
count_pair(struct counting *counting, size_t a, size_t b, enum case_verdict verdict)
{
    const struct pair_end end_a = component_end(counting->component, a);
    const struct pair_end end_b = component_end(counting->component, b);
    const struct store_key key = pair_key(counting->vault, ROW_COMPARED, &end_a, &end_b);
    const uint8_t said = (uint8_t) verdict;
    uint8_t before = 0;
    enum err err = read_verdict(counting->vault, &key, &before);

    if (err == ERR_OK) {
        err = begin(counting);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (before == 0) {
        add_verdict(&counting->month, verdict);
        add_component(counting, a);
    } else if (!add_change(&counting->month, before, verdict)) {
        return ERR_OK;
    }
    err = row_put(counting->vault, counting->batch, &key, &said, sizeof said);
    counting->pairs++;
    return err == ERR_OK && counting->pairs == PAIRS_PER_BATCH ? flush(counting) : err;
}

static size_t
place_in(const struct component *component, const struct rid *rid)
{
    size_t at = 0;

    while (at < component->count &&
           sodium_memcmp(component->metas[at].header.rid.bytes, rid->bytes, RID_LEN) != 0) {
        at++;
    }
    return at;
}

enum err
quality_count(struct vault *vault, const struct component *component, const struct case_link *links,
              size_t count)
{
    struct counting counting = { .vault = vault, .component = component };
    enum err err = read_row(vault, core_month(vault), &counting.month);

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        size_t one = place_in(component, &links[i].a);
        size_t other = place_in(component, &links[i].b);
        size_t a = one < other ? one : other;
        size_t b = one < other ? other : one;

        if (b >= component->count || (component->links.linked[a] >> b & 1) == 0 ||
            (counting.seen[a] >> b & 1) != 0) {
            continue;
        }
        counting.seen[a] |= UINT64_C(1) << b;
        err = count_pair(&counting, a, b, links[i].verdict);
    }
    if (err == ERR_OK && counting.pairs > 0) {
        err = flush(&counting);
    }
    store_batch_free(counting.batch);
    return err;
}
