/* SPDX-License-Identifier: EUPL-1.2 */
/* What is taken from the vault: each record verified by itself. */
#include "clients/lib/opening.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "clients/lib/opening_impl.h"
#include "proto/escrow/signer.h"
#include "proto/escrow/ticket.h"

struct fault_row {
    const char *key;
    const char *text;
    enum opening_culprit culprit;
};

static const struct fault_row *
fault_row(enum opening_fault fault)
{
#define FAULT_ROW(code, key, culprit, text) [code] = { key, text, culprit },
    static const struct fault_row rows[] = { OPENING_FAULT_MAP(FAULT_ROW) };
#undef FAULT_ROW

    return &rows[(size_t) fault < sizeof rows / sizeof rows[0] ? fault : OPENING_FORM];
}

const char *
opening_fault_key(enum opening_fault fault)
{
    return fault_row(fault)->key;
}

const char *
opening_fault_text(enum opening_fault fault)
{
    return fault_row(fault)->text;
}

enum opening_culprit
opening_fault_culprit(enum opening_fault fault)
{
    return fault_row(fault)->culprit;
}

const char *
opening_state_key(enum opening_state state)
{
#define STATE_KEY(code, key, text) [code] = (key),
    static const char *const keys[] = { OPENING_STATE_MAP(STATE_KEY) };
#undef STATE_KEY

    return (size_t) state < sizeof keys / sizeof keys[0] ? keys[state] : "unknown";
}

const char *
opening_state_text(enum opening_state state)
{
#define STATE_TEXT(code, key, text) [code] = (text),
    static const char *const texts[] = { OPENING_STATE_MAP(STATE_TEXT) };
#undef STATE_TEXT

    return (size_t) state < sizeof texts / sizeof texts[0] ? texts[state] : "unknown";
}

enum opening_fault
opening_fault_of(enum open_fault fault)
{
    switch (fault) {
        case OPEN_FINE:
            return OPENING_FINE;
        case OPEN_INNER:
            return OPENING_NO_TEAM_KEY;
        case OPEN_COMMITMENT:
            return OPENING_COMMITMENT;
        case OPEN_SCALAR:
        case OPEN_SHARE:
            return OPENING_SHARE;
        case OPEN_WRAP:
            return OPENING_WRAP;
        case OPEN_CAPSULE:
            return OPENING_CAPSULE;
        case OPEN_CONTENT:
            return OPENING_CONTENT;
        case OPEN_DIRECT:
            return OPENING_DIRECT;
        case OPEN_RELEASE:
            return OPENING_HALF;
    }
    return OPENING_FORM;
}

enum err
opening_new(const struct registry *registry, uint32_t today, const struct key32 *team_keys,
            size_t count, struct opening **out)
{
    struct opening *opening = NULL;
    enum err err;

    if (count == 0 || count > OPENING_TEAM_KEYS_MAX) {
        return ERR_INVALID;
    }
    opening = calloc(1, sizeof *opening);
    if (opening == NULL) {
        return ERR_NOMEM;
    }
    opening->registry = registry;
    opening->today = today;
    opening->team_key_count = count;
    err = secret_new(count * sizeof *team_keys, &opening->team_keys);
    if (err != ERR_OK) {
        opening_free(opening);
        return err;
    }
    memcpy(secret_edit(opening->team_keys), team_keys, count * sizeof *team_keys);
    *out = opening;
    return ERR_OK;
}

void
opening_use_institutions(struct opening *opening, const struct institution_list *list)
{
    opening->institutions = list;
}

void
opening_free(struct opening *opening)
{
    if (opening == NULL) {
        return;
    }
    for (size_t i = 0; i < opening->count; i++) {
        opening_wipe_item(&opening->items[i]);
    }
    if (opening->pairs != NULL) {
        sodium_memzero(opening->pairs, opening->pair_count * sizeof *opening->pairs);
    }
    free(opening->pairs);
    secret_free(opening->team_keys);
    free(opening);
}

/* The place of a record; opening->count: it was not added. */
static size_t
place_of(const struct opening *opening, const struct rid *rid)
{
    size_t at = 0;

    while (at < opening->count &&
           memcmp(opening->items[at].view.rid.bytes, rid->bytes, RID_LEN) != 0) {
        at++;
    }
    return at;
}

enum err
opening_part(struct opening *opening, const struct rid *a, const struct rid *b)
{
    size_t at_a = place_of(opening, a);
    size_t at_b = place_of(opening, b);

    if (opening->is_released) {
        return ERR_STATE;
    }
    if (memcmp(a->bytes, b->bytes, RID_LEN) == 0) {
        return ERR_INVALID;
    }
    if (at_a == opening->count || at_b == opening->count) {
        return ERR_NOT_FOUND;
    }
    opening->parted[at_a] |= UINT64_C(1) << at_b;
    opening->parted[at_b] |= UINT64_C(1) << at_a;
    return ERR_OK;
}

struct opening_inside *
opening_inside_of(const struct opening_item *item)
{
    return (struct opening_inside *) (void *) secret_edit(item->inside);
}

void
opening_wipe_item(struct opening_item *item)
{
    secret_free(item->inside);
    item->inside = NULL;
    item->has_half = false;
    item->has_k_id = false;
    item->has_capsule = false;
}

void
opening_drop(struct opening_item *item, enum opening_fault fault)
{
    opening_wipe_item(item);
    item->view.state = OPENING_DROPPED;
    item->view.fault = fault;
}

const struct key32 *
opening_team_key(const struct opening *opening, size_t at)
{
    return (const struct key32 *) (const void *) secret_data(opening->team_keys) + at;
}

/* What can be verified of a record without any secret. */
static enum opening_fault
check_filed(const struct opening *opening, const struct submission *filed,
            struct opening_item *item)
{
    struct submission_hashes hashes;
    const struct registry_party *party = NULL;

    if (submit_check(filed, &item->header) != ERR_OK ||
        item->header.blocks[0].ctx.tenant != registry_facts(opening->registry)->tenant) {
        return OPENING_FORM;
    }
    submit_hashes(filed, &hashes);
    submit_name(&hashes, &item->name);
    party = registry_party_by_serial(opening->registry, item->header.serial);
    item->view = (struct opening_record) {
        .rid = item->header.rid,
        .header_hash = hashes.header,
        .party = party,
        .week = item->header.week,
        .band = item->header.band,
        .mode = item->header.mode,
    };
    if (party == NULL) {
        return OPENING_UNKNOWN_SIGNER;
    }
    if (!signer_has_signed(opening->registry, party, &item->name, filed->sent, filed->tickets,
                           &filed->signature)) {
        return OPENING_SIGNATURE;
    }
    return signer_has_tickets(opening->registry, party, &item->header, filed->sent, filed->tickets)
        ? OPENING_FINE
        : OPENING_TICKET;
}

/* Opens the inner box with whichever of the team's keys it was sealed for. */
static enum opening_fault
open_item(const struct opening *opening, const struct submission *filed, struct opening_item *item)
{
    struct open_record *out = &opening_inside_of(item)->open;

    for (size_t i = 0; i < opening->team_key_count; i++) {
        if (open_inner(opening_team_key(opening, i), filed->header, item->view.party->sector,
                       filed->inner, out) == OPEN_FINE) {
            return OPENING_FINE;
        }
    }
    return OPENING_NO_TEAM_KEY;
}

static bool
is_there(const struct opening *opening, const struct opening_item *item)
{
    for (size_t i = 0; i < opening->count; i++) {
        if (opening->items[i].header.serial == item->header.serial &&
            memcmp(opening->items[i].view.rid.bytes, item->view.rid.bytes, RID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

enum err
opening_add(struct opening *opening, const struct submission *filed)
{
    struct opening_item item = { .direct_len = 0 };
    enum opening_fault fault;
    enum err err;

    if (opening->count == OPENING_RECORDS_MAX) {
        return ERR_FULL;
    }
    fault = check_filed(opening, filed, &item);
    if (fault != OPENING_FORM && is_there(opening, &item)) {
        return ERR_EXISTS;
    }
    if (fault == OPENING_FINE) {
        err = secret_new(sizeof(struct opening_inside), &item.inside);
        if (err != ERR_OK) {
            return err;
        }
        if (filed->direct.len > 0) {
            memcpy(item.direct, filed->direct.data, sizeof item.direct);
            item.direct_len = filed->direct.len;
        }
        fault = open_item(opening, filed, &item);
    }
    if (fault != OPENING_FINE) {
        opening_drop(&item, fault);
    }
    opening->items[opening->count] = item;
    opening->count++;
    return ERR_OK;
}

size_t
opening_count(const struct opening *opening)
{
    return opening->count;
}

const struct opening_record *
opening_at(const struct opening *opening, size_t at)
{
    return &opening->items[at].view;
}

size_t
opening_pair_count(const struct opening *opening)
{
    return opening->pair_count;
}

const struct opening_pair *
opening_pair_at(const struct opening *opening, size_t at)
{
    return &opening->pairs[at];
}

size_t
opening_waiting_count(const struct opening *opening)
{
    return opening->waiting_count;
}

size_t
opening_group_count(const struct opening *opening)
{
    return opening->group_count;
}

enum err
opening_group(const struct opening *opening, size_t group, struct record_set *out)
{
    struct record_set set = { .count = 0 };

    for (size_t i = 0; i < opening->count; i++) {
        const struct opening_record *view = &opening->items[i].view;

        if ((view->state == OPENING_CONFIRMED || view->state == OPENING_OPENED) &&
            view->group == group) {
            set.items[set.count] = view->header_hash;
            set.count++;
        }
    }
    if (set.count == 0 || record_set_sort(&set) != ERR_OK) {
        return ERR_NOT_FOUND;
    }
    *out = set;
    return ERR_OK;
}

enum err
opening_release_hash(const struct opening *opening, struct hash32 *out)
{
    if (!opening->is_released) {
        return ERR_STATE;
    }
    *out = opening->release_hash;
    return ERR_OK;
}

const struct identity *
opening_identity(const struct opening *opening, size_t at)
{
    const struct opening_item *item = &opening->items[at];

    if (item->view.state != OPENING_CONFIRMED && item->view.state != OPENING_OPENED) {
        return NULL;
    }
    return &opening_inside_of(item)->capsule.identity;
}

const struct report_content *
opening_content(const struct opening *opening, size_t at)
{
    const struct opening_item *item = &opening->items[at];

    return item->view.state == OPENING_OPENED ? &opening_inside_of(item)->content : NULL;
}
