/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/links.h"

#include <stdlib.h>
#include <string.h>

#include "proto/escrow/hash.h"

/* One slot of one record. */
struct entry {
    const struct hash32 *index;
    const struct escrow_ctx *ctx;
    size_t record;
};

static uint64_t
bit(size_t at)
{
    return UINT64_C(1) << at;
}

static int
compare_entries(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;

    return hash32_compare(a->index, b->index);
}

static bool
has_duplicate(const struct link_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (records[i].header->serial == records[j].header->serial &&
                memcmp(&records[i].header->rid, &records[j].header->rid, RID_LEN) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Two records meet in a slot. */
static void
note_meeting(const struct link_record *records, const struct entry *a, const struct entry *b,
             struct links *links)
{
    const size_t i = a->record;
    const size_t j = b->record;

    if (i == j || !ctx_is_equal(a->ctx, b->ctx)) {
        return;
    }
    links->sharing[i] |= bit(j);
    links->sharing[j] |= bit(i);
    if (records[i].sector != records[j].sector && records[i].entity != records[j].entity) {
        links->linked[i] |= bit(j);
        links->linked[j] |= bit(i);
    }
}

static void
find_meetings(const struct link_record *records, size_t count, struct links *links)
{
    struct entry entries[LINKS_RECORDS_MAX * HEADER_SLOTS_MAX];
    size_t entry_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct hash32 *index = NULL;

        for (unsigned int s = 0; (index = header_slot(records[i].header, s)) != NULL; s++) {
            entries[entry_count++] = (struct entry) { .index = index,
                                                      .ctx = header_slot_ctx(records[i].header, s),
                                                      .record = i };
        }
    }
    qsort(entries, entry_count, sizeof entries[0], compare_entries);
    for (size_t i = 0; i < entry_count; i++) {
        for (size_t j = i + 1; j < entry_count && compare_entries(&entries[i], &entries[j]) == 0;
             j++) {
            note_meeting(records, &entries[i], &entries[j], links);
        }
    }
}

static void
cut_links(const uint64_t *cut, struct links *links)
{
    for (size_t i = 0; i < links->count; i++) {
        for (size_t j = 0; j < links->count; j++) {
            if ((cut[i] & bit(j)) != 0) {
                links->linked[i] &= ~bit(j);
                links->linked[j] &= ~bit(i);
                links->sharing[i] &= ~bit(j);
                links->sharing[j] &= ~bit(i);
            }
        }
    }
}

/* Everything that can be reached from 'start'. */
static uint64_t
reach(const struct links *links, size_t start)
{
    uint64_t found = bit(start);
    uint64_t before = 0;

    while (found != before) {
        before = found;
        for (size_t i = 0; i < links->count; i++) {
            if ((before & bit(i)) != 0) {
                found |= links->linked[i];
            }
        }
    }
    return found;
}

static void
number_components(struct links *links)
{
    memset(links->component, LINKS_NONE, sizeof links->component);
    for (size_t i = 0; i < links->count; i++) {
        uint64_t members = 0;

        if (links->linked[i] == 0) {
            links->attached |= links->sharing[i] != 0 ? bit(i) : 0;
            continue;
        }
        if (links->component[i] != LINKS_NONE) {
            continue;
        }
        members = reach(links, i);
        for (size_t j = i; j < links->count; j++) {
            if ((members & bit(j)) != 0) {
                links->component[j] = (uint8_t) links->component_count;
            }
        }
        links->component_count++;
    }
}

enum err
links_compute(const struct link_record *records, size_t count, const uint64_t *cut,
              struct links *out)
{
    struct links links = { .count = count };

    if (count > LINKS_RECORDS_MAX || has_duplicate(records, count)) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        links.hosts |= records[i].is_host ? bit(i) : 0;
    }
    find_meetings(records, count, &links);
    if (cut != NULL) {
        cut_links(cut, &links);
    }
    number_components(&links);
    *out = links;
    return ERR_OK;
}

uint64_t
links_members(const struct links *links, uint8_t component)
{
    uint64_t members = 0;

    for (size_t i = 0; i < links->count; i++) {
        members |= links->component[i] == component ? bit(i) : 0;
    }
    return component == LINKS_NONE ? 0 : members;
}

uint64_t
links_attached_to(const struct links *links, uint8_t component)
{
    const uint64_t members = links_members(links, component);
    uint64_t found = 0;

    for (size_t i = 0; i < links->count; i++) {
        if ((links->attached & bit(i)) != 0 && (links->sharing[i] & members) != 0) {
            found |= bit(i);
        }
    }
    return found;
}

bool
links_are_one_component(const struct links *links)
{
    for (size_t i = 0; i < links->count; i++) {
        if (links->component[i] != 0) {
            return false;
        }
    }
    return links->count >= 2;
}

bool
links_lead_to_hosts_only(const struct links *links, size_t record)
{
    return links->linked[record] != 0 && (links->linked[record] & ~links->hosts) == 0;
}

size_t
links_common_slots(const struct report_header *a, const struct report_header *b,
                   struct link_slots out[HEADER_SLOTS_MAX])
{
    const struct hash32 *left = NULL;
    const struct hash32 *right = NULL;
    size_t count = 0;

    for (unsigned int i = 0; (left = header_slot(a, i)) != NULL; i++) {
        for (unsigned int j = 0; (right = header_slot(b, j)) != NULL; j++) {
            if (hash32_compare(left, right) == 0 &&
                ctx_is_equal(header_slot_ctx(a, i), header_slot_ctx(b, j))) {
                out[count++] = (struct link_slots) { .a = (uint8_t) i, .b = (uint8_t) j };
                break;
            }
        }
    }
    return count;
}
