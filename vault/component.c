/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/component.h"

#include <stdlib.h>
#include <string.h>

#include "proto/escrow/derive.h"
#include "proto/escrow/hash.h"
#include "vault/record_rows.h"

enum { GATHER_MAX = 512 };

/* ---- live buckets ---- */

enum err
live_months_open(const struct vault *vault, struct live_months *out)
{
    uint16_t numbers[KEYRING_KEY_MAX];
    struct live_months live = { .count = 0 };
    size_t count = 0;
    uint16_t now = core_month(vault);
    enum err err =
        keyring_list(vault->config.ring, KEYRING_BUCKET, numbers, KEYRING_KEY_MAX, &count);

    if (err == ERR_OK) {
        err = secret_new(LIVE_MONTHS_MAX * sizeof(struct key32), &live.keys);
    }
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        WIPED(key32) struct key32 key = { { 0 } };

        if (numbers[i] < now) {
            continue;
        }
        if (live.count == LIVE_MONTHS_MAX) {
            err = ERR_TOO_BIG;
            break;
        }
        err = keyring_get(vault->config.ring, KEYRING_BUCKET, numbers[i], &key);
        if (err == ERR_EXPIRED) { /* destroyed meanwhile */
            err = ERR_OK;
            continue;
        }
        memcpy(secret_edit(live.keys) + live.count * sizeof key, key.bytes, sizeof key);
        live.months[live.count] = numbers[i];
        live.count++;
    }
    if (err != ERR_OK) {
        live_months_close(&live);
        return err;
    }
    *out = live;
    return ERR_OK;
}

void
live_months_close(struct live_months *live)
{
    secret_free(live->keys);
    *live = (struct live_months) { .count = 0 };
}

/* ---- gathering ---- */

struct gathering {
    struct vault *vault;
    struct store_snapshot *snapshot;
    const struct live_months *live;
    uint16_t now;
    size_t count;
    struct record_meta *metas; /* room for GATHER_MAX; those before 'at' have been looked around */
};

static int
compare_index(const void *a, const void *b)
{
    return hash32_compare(a, b);
}

static bool
is_known(const struct gathering *gathering, const struct rid *rid)
{
    for (size_t i = 0; i < gathering->count; i++) {
        if (sodium_memcmp(gathering->metas[i].header.rid.bytes, rid->bytes, RID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

static enum err
take(void *context, const struct rid *rid)
{
    struct gathering *gathering = context;
    struct record_meta meta;
    enum err err;

    if (gathering->count == GATHER_MAX || is_known(gathering, rid)) {
        return ERR_OK;
    }
    err = record_read_meta(gathering->vault, gathering->snapshot, rid, &meta);
    if (err == ERR_NOT_FOUND ||
        err == ERR_EXPIRED) { /* withdrawn, or its key destroyed meanwhile */
        return ERR_OK;
    }
    if (err == ERR_OK && meta.header.bucket >= gathering->now) {
        gathering->metas[gathering->count] = meta;
        gathering->count++;
    }
    return err;
}

static bool
is_live(const struct live_months *live, uint16_t month)
{
    for (size_t i = 0; i < live->count; i++) {
        if (live->months[i] == month) {
            return true;
        }
    }
    return false;
}

/* Whether a report before the 'at'-th has this index value, so that its rows have been walked.  Many alike
 * reports would else cost the square of their number, of rows. */
static bool
is_walked(const struct gathering *gathering, size_t at, const struct hash32 *index)
{
    for (size_t i = 0; i < at; i++) {
        const struct report_header *header = &gathering->metas[i].header;

        for (uint8_t block = 0; block < header->block_count; block++) {
            if (bsearch(index, header->blocks[block].index, HEADER_SLOTS, sizeof *index,
                        compare_index) != NULL) {
                return true;
            }
        }
    }
    return false;
}

/* All reports that share an index value with the 'at'-th; 'ends', when given, are where its own rows
 * would go. */
static enum err
look_around(struct gathering *gathering, size_t at, struct index_end *ends)
{
    const struct report_header header = gathering->metas[at].header;

    for (unsigned int slot = 0; slot < header.block_count * HEADER_SLOTS; slot++) {
        if (is_walked(gathering, at, header_slot(&header, slot))) {
            continue;
        }
        for (size_t i = 0; i < gathering->live->count; i++) {
            WIPED(key32) struct key32 key = { { 0 } };
            struct index_end end = { .month = gathering->live->months[i] };
            enum err err;

            memcpy(key.bytes, secret_data(gathering->live->keys) + i * sizeof key, sizeof key);
            derive_tau(&key, header_slot(&header, slot), &end.tau);
            err = index_walk(gathering->vault, gathering->snapshot, &end, take, gathering);
            if (err != ERR_OK) {
                return err;
            }
            if (ends != NULL && end.month == header.bucket) {
                ends[slot] = end;
            }
        }
    }
    return ERR_OK;
}

/* How many reports of the same organisation came in later. */
static size_t
newer_of_same(const struct gathering *gathering, size_t at)
{
    const struct record_meta *meta = &gathering->metas[at];
    size_t newer = 0;

    for (size_t i = 0; i < gathering->count; i++) {
        const struct record_meta *other = &gathering->metas[i];

        newer += other->header.serial == meta->header.serial &&
            (other->received_at > meta->received_at ||
             (other->received_at == meta->received_at && i < at));
    }
    return newer;
}

/* Takes the first, then of each organisation the newest, then of each the second newest, and so on. */
static void
choose(const struct gathering *gathering, struct component *out)
{
    size_t ranks[GATHER_MAX] = { 0 };

    for (size_t i = 0; i < gathering->count; i++) {
        ranks[i] = newer_of_same(gathering, i);
    }
    out->metas[0] = gathering->metas[0];
    out->count = 1;
    for (size_t rank = 0; rank < gathering->count && out->count < COMPONENT_MAX; rank++) {
        for (size_t i = 1; i < gathering->count && out->count < COMPONENT_MAX; i++) {
            if (ranks[i] == rank) {
                out->metas[out->count] = gathering->metas[i];
                out->count++;
            }
        }
    }
}

enum err
component_gather(struct vault *vault, struct store_snapshot *snapshot,
                 const struct live_months *live, const struct record_meta *first,
                 struct component **out)
{
    struct gathering gathering = {
        .vault = vault,
        .snapshot = snapshot,
        .live = live,
        .now = core_month(vault),
        .count = 1,
        .metas = malloc(GATHER_MAX * sizeof(struct record_meta)),
    };
    struct component *component = calloc(1, sizeof *component);
    enum err err = ERR_NOMEM;

    if (gathering.metas == NULL || component == NULL) {
        goto out;
    }
    if (!is_live(live, first->header.bucket)) {
        err = ERR_EXPIRED;
        goto out;
    }
    gathering.metas[0] = *first;
    component->end_count = (size_t) first->header.block_count * HEADER_SLOTS;
    err = look_around(&gathering, 0, component->ends);
    for (size_t at = 1; at < gathering.count && gathering.count < GATHER_MAX && err == ERR_OK;
         at++) {
        err = look_around(&gathering, at, NULL);
    }
    if (err != ERR_OK) {
        goto out;
    }
    choose(&gathering, component);
    for (size_t i = 1; i < gathering.count; i++) {
        component->same_count += gathering.metas[i].header.serial == first->header.serial;
    }
    err = component_link(vault, snapshot, component);
    if (err != ERR_OK) {
        goto out;
    }
    *out = component;
    component = NULL;
out:
    free(component);
    free(gathering.metas);
    return err;
}

/* ---- links ---- */

static enum err
compute(struct component *component)
{
    struct link_record records[COMPONENT_MAX];

    for (size_t i = 0; i < component->count; i++) {
        records[i] = (struct link_record) {
            .header = &component->metas[i].header,
            .sector = component->metas[i].sector,
            .entity = component->metas[i].entity,
            .is_host = component->metas[i].is_host,
        };
    }
    return links_compute(records, component->count, component->cut, &component->links) == ERR_OK
        ? ERR_OK
        : ERR_CORRUPT;
}

struct pair_end
component_end(const struct component *component, size_t at)
{
    const struct report_header *header = &component->metas[at].header;

    return (struct pair_end) { &header->rid, header->bucket };
}

enum err
component_link(struct vault *vault, struct store_snapshot *snapshot, struct component *component)
{
    bool any = false;
    enum err err;

    memset(component->cut, 0, sizeof component->cut);
    err = compute(component);
    for (size_t i = 0; i < component->count && err == ERR_OK; i++) {
        for (size_t j = i + 1; j < component->count && err == ERR_OK; j++) {
            const struct pair_end a = component_end(component, i);
            const struct pair_end b = component_end(component, j);
            enum cut cut = CUT_NONE;

            if ((component->links.linked[i] >> j & 1) == 0) {
                continue;
            }
            err = cut_read(vault, snapshot, &a, &b, &cut);
            if (err == ERR_OK && cut != CUT_NONE) {
                component->cut[i] |= UINT64_C(1) << j;
                any = true;
            }
        }
    }
    return err == ERR_OK && any ? compute(component) : err;
}

/* The bits of 'mask' that stay, moved together. */
static uint64_t
squeeze(uint64_t mask, const size_t *kept, size_t count)
{
    uint64_t out = 0;

    for (size_t i = 0; i < count; i++) {
        out |= (mask >> kept[i] & 1) << i;
    }
    return out;
}

enum err
component_drop(struct component *component, uint64_t records)
{
    size_t kept[COMPONENT_MAX];
    size_t count = 0;

    for (size_t i = 0; i < component->count; i++) {
        if (i == 0 || (records >> i & 1) == 0) {
            kept[count] = i;
            count++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        component->metas[i] = component->metas[kept[i]];
        component->cut[i] = squeeze(component->cut[kept[i]], kept, count);
    }
    component->count = count;
    return compute(component);
}
