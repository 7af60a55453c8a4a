/* SPDX-License-Identifier: EUPL-1.2 */
/* From shares and the gate's halves to keys, capsules and contents. */
#include <string.h>

#include "clients/lib/opening_impl.h"
#include "proto/escrow/hash.h"

static uint64_t
bit(size_t at)
{
    return UINT64_C(1) << at;
}

enum err
opening_links(const struct opening *opening, uint64_t linked[OPENING_RECORDS_MAX])
{
    struct link_record records[OPENING_RECORDS_MAX] = { { .header = NULL } };
    size_t places[OPENING_RECORDS_MAX];
    uint64_t cut[OPENING_RECORDS_MAX] = { 0 };
    struct links links;
    size_t count = 0;
    enum err err;

    memset(linked, 0, OPENING_RECORDS_MAX * sizeof *linked);
    for (size_t i = 0; i < opening->count; i++) {
        const struct opening_item *item = &opening->items[i];

        if (item->inside != NULL && item->has_half) {
            records[count] = (struct link_record) { .header = &item->header,
                                                    .sector = item->view.party->sector,
                                                    .entity = item->view.party->entity,
                                                    .is_host = item->view.party->is_host };
            places[count] = i;
            count++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            cut[i] |= (opening->parted[places[i]] >> places[j] & 1) << j;
        }
    }
    err = links_compute(records, count, cut, &links);
    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if ((links.linked[i] & bit(j)) != 0) {
                linked[places[i]] |= bit(places[j]);
            }
        }
    }
    return ERR_OK;
}

/* ---- the gate's first half ---- */

/* The place of a record in the question; 'count' when the gate was not asked for it. */
static size_t
place_in(const struct question *question, const struct opening_item *item)
{
    for (size_t i = 0; i < question->record_count; i++) {
        if (hash32_compare(&question->records[i].header_hash, &item->view.header_hash) == 0 &&
            sodium_memcmp(question->records[i].name.bytes, item->name.bytes, HASH64_LEN) == 0) {
            return i;
        }
    }
    return question->record_count;
}

static void
take_half(const struct opening *opening, const struct answer_item *given, struct opening_item *item)
{
    struct opening_inside *inside = opening_inside_of(item);

    for (size_t i = 0; i < opening->team_key_count && !item->has_half; i++) {
        item->has_half = open_released(opening_team_key(opening, i), &inside->open,
                                       given->sealed.released, &inside->z1) == OPEN_FINE;
    }
    if (!item->has_half) {
        opening_drop(item, OPENING_HALF);
    }
}

static void
take_halves(struct opening *opening, const struct question *question, const struct answer *answer)
{
    for (size_t i = 0; i < opening->count; i++) {
        struct opening_item *item = &opening->items[i];
        size_t at;

        if (item->view.state != OPENING_SEALED) {
            continue;
        }
        at = place_in(question, item);
        if (at == question->record_count) {
            opening_drop(item, OPENING_NOT_ASKED);
        } else if (answer->items[at].status == RELEASE_WAITS) {
            opening_wipe_item(item);
            item->view.state = OPENING_WAITS;
        } else {
            take_half(opening, &answer->items[at], item);
        }
    }
    for (size_t i = 0; i < answer->count; i++) {
        opening->waiting_count += answer->items[i].status == RELEASE_WAITS ? 1 : 0;
    }
}

/* ---- keys ---- */

/* What is done with two slots of one index value. */
struct meeting {
    enum err (*each)(struct opening_item *a, unsigned int slot_a, struct opening_item *b,
                     unsigned int slot_b);
};

/* Calls it for every slot in which the two meet, as long as both are there. */
static enum err
meet(const struct meeting *meeting, struct opening_item *a, struct opening_item *b)
{
    struct link_slots slots[HEADER_SLOTS_MAX];
    size_t count = links_common_slots(&a->header, &b->header, slots);
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        if (a->inside != NULL && b->inside != NULL) {
            err = meeting->each(a, slots[i].a, b, slots[i].b);
        }
    }
    return err;
}

static enum err
each_meeting(struct opening *opening, const struct meeting *meeting)
{
    uint64_t linked[OPENING_RECORDS_MAX];
    enum err err = opening_links(opening, linked);

    for (size_t i = 0; err == ERR_OK && i < opening->count; i++) {
        for (size_t j = i + 1; err == ERR_OK && j < opening->count; j++) {
            if ((linked[i] & bit(j)) != 0) {
                err = meet(meeting, &opening->items[i], &opening->items[j]);
            }
        }
    }
    return err;
}

static void
check_slot(struct opening_item *item, unsigned int slot)
{
    enum open_fault fault = open_check_slot(&opening_inside_of(item)->open, slot);

    if (fault != OPEN_FINE) {
        opening_drop(item, opening_fault_of(fault));
    }
}

/* Both are looked at, so that each liar is named. */
static enum err
check_slots(struct opening_item *a, unsigned int slot_a, struct opening_item *b,
            unsigned int slot_b)
{
    check_slot(a, slot_a);
    check_slot(b, slot_b);
    return ERR_OK;
}

/* K_id by one more slot: it must be the same by all of them. */
static void
take_k_id(struct opening_item *item, unsigned int slot, const struct key32 *slot_key)
{
    WIPED(key32) struct key32 k_id = { { 0 } };
    struct opening_inside *inside = opening_inside_of(item);
    enum open_fault fault = open_k_id(&inside->open, slot, slot_key, &inside->z1, &k_id);

    if (fault == OPEN_FINE && item->has_k_id &&
        sodium_memcmp(k_id.bytes, inside->k_id.bytes, sizeof k_id.bytes) != 0) {
        fault = OPEN_WRAP;
    }
    if (fault != OPEN_FINE) {
        opening_drop(item, opening_fault_of(fault));
        return;
    }
    inside->k_id = k_id;
    item->has_k_id = true;
}

static enum err
combine(struct opening_item *a, unsigned int slot_a, struct opening_item *b, unsigned int slot_b)
{
    WIPED(key32) struct key32 slot_key = { { 0 } };
    struct open_blame blame = { .fault = OPEN_FINE };
    enum err err = open_combine(&opening_inside_of(a)->open, slot_a, &opening_inside_of(b)->open,
                                slot_b, &slot_key, &blame);

    if (err == ERR_AUTH) {
        opening_drop(blame.is_second ? b : a, opening_fault_of(blame.fault));
        return ERR_OK;
    }
    if (err == ERR_INVALID) {
        /* One index value under two ctx: no link in this slot. */
        return ERR_OK;
    }
    if (err == ERR_OK) {
        take_k_id(a, slot_a, &slot_key);
        take_k_id(b, slot_b, &slot_key);
    }
    return err;
}

enum err
opening_read_capsule(struct opening_item *item)
{
    WIPED(open_capsule) struct open_capsule packed = { .len = 0 };
    struct opening_inside *inside = opening_inside_of(item);
    enum open_fault fault = open_capsule(&inside->open, &inside->k_id, &packed);
    enum err err = ERR_MALFORMED;

    if (fault == OPEN_FINE) {
        err = report_unpack_capsule((struct bytes) { packed.bytes, packed.len }, &inside->capsule);
    }
    if (err == ERR_OK &&
        inside->capsule.slot_count != (size_t) item->header.block_count * HEADER_SLOTS) {
        err = ERR_MALFORMED;
    }
    if (err == ERR_NOMEM) {
        return err;
    }
    if (err != ERR_OK) {
        opening_drop(item, OPENING_CAPSULE);
    }
    item->has_capsule = err == ERR_OK;
    return ERR_OK;
}

enum err
opening_release(struct opening *opening, const struct case_id *case_id,
                const struct opening_answer *given, const struct release_request *own)
{
    struct question question;
    struct answer answer;
    enum err err;

    if (opening->is_released || opening->count == 0) {
        return ERR_STATE;
    }
    err = opening_check_release(opening, case_id, given, own, &question, &answer);
    if (err != ERR_OK) {
        return err;
    }
    hash_part(given->answer.data, given->answer.len, &opening->release_hash);
    opening->is_released = true;
    take_halves(opening, &question, &answer);
    err = each_meeting(opening, &(struct meeting) { check_slots });
    if (err == ERR_OK) {
        err = each_meeting(opening, &(struct meeting) { combine });
    }
    for (size_t i = 0; err == ERR_OK && i < opening->count; i++) {
        if (opening->items[i].has_k_id) {
            err = opening_read_capsule(&opening->items[i]);
        }
    }
    return err;
}

/* ---- the gate's second half ---- */

enum err
opening_read_content(struct opening_item *item, const struct key32 *k_ct)
{
    WIPED(open_content) struct open_content packed = { .len = 0 };
    struct opening_inside *inside = opening_inside_of(item);
    enum open_fault fault = open_content(&inside->open, k_ct, &packed);
    enum err err = ERR_MALFORMED;

    if (fault == OPEN_FINE) {
        err = report_unpack_content((struct bytes) { packed.bytes, packed.len }, &inside->content);
    }
    if (err == ERR_NOMEM) {
        return err;
    }
    if (err != ERR_OK) {
        opening_drop(item, OPENING_CONTENT);
    }
    return ERR_OK;
}

static enum err
take_second_half(const struct opening *opening, const struct answer_item *given,
                 struct opening_item *item)
{
    WIPED(key32) struct key32 z2 = { { 0 } };
    WIPED(key32) struct key32 k_ct = { { 0 } };
    struct opening_inside *inside = opening_inside_of(item);
    enum open_fault fault = OPEN_RELEASE;
    uint16_t domains = 0;
    enum err err;

    for (size_t i = 0; i < opening->team_key_count && fault != OPEN_FINE; i++) {
        fault = open_confirmed(opening_team_key(opening, i), &inside->open, given->sealed.confirmed,
                               &z2, &domains);
    }
    if (fault == OPEN_FINE) {
        fault = open_k_ct(&inside->open, &inside->k_id, &z2, &k_ct);
    }
    if (fault != OPEN_FINE) {
        opening_drop(item, opening_fault_of(fault));
        return ERR_OK;
    }
    err = opening_read_content(item, &k_ct);
    if (err == ERR_OK && item->inside != NULL && inside->content.domains != domains) {
        opening_drop(item, OPENING_DOMAINS);
    }
    return err;
}

/* Finds the records of the question among those that may be opened; false: one is not. */
static bool
find_confirmed(struct opening *opening, const struct question *question,
               struct opening_item *items[OPENING_RECORDS_MAX])
{
    for (size_t i = 0; i < question->record_count; i++) {
        items[i] = NULL;
        for (size_t j = 0; j < opening->count; j++) {
            struct opening_item *item = &opening->items[j];
            enum opening_state state = item->view.state;

            /* Two members may confirm what software alone would not: see opening_compare. */
            if ((state == OPENING_CONFIRMED || state == OPENING_HELD) && item->has_capsule &&
                place_in(question, item) == i) {
                items[i] = item;
            }
        }
        if (items[i] == NULL) {
            return false;
        }
    }
    return true;
}

/* Whether a person parted two of these, in this run or before. */
static bool
has_parted(const struct opening *opening, struct opening_item *const *items, size_t count)
{
    uint64_t chosen = 0;

    for (size_t i = 0; i < count; i++) {
        chosen |= bit((size_t) (items[i] - opening->items));
    }
    for (size_t i = 0; i < opening->pair_count; i++) {
        const struct opening_pair *pair = &opening->pairs[i];

        if (pair->is_by_human && pair->outcome == CAPSULE_CUT && (chosen & bit(pair->a)) != 0 &&
            (chosen & bit(pair->b)) != 0) {
            return true;
        }
    }
    return false;
}

enum err
opening_confirm(struct opening *opening, const struct opening_answer *given)
{
    struct opening_item *items[OPENING_RECORDS_MAX];
    struct question question;
    struct answer answer;
    enum err err;

    if (!opening->is_compared) {
        return ERR_STATE;
    }
    err = opening_check_confirm(opening, given, &question, &answer);
    if (err == ERR_OK && !find_confirmed(opening, &question, items)) {
        err = ERR_AUTH;
    }
    if (err == ERR_OK && has_parted(opening, items, question.record_count)) {
        err = ERR_EXISTS;
    }
    for (size_t i = 0; err == ERR_OK && i < question.record_count; i++) {
        err = take_second_half(opening, &answer.items[i], items[i]);
        if (err == ERR_OK && items[i]->inside != NULL) {
            items[i]->view.state = OPENING_OPENED;
            items[i]->view.group = opening->group_count;
        }
    }
    if (err == ERR_OK) {
        opening->group_count++;
    }
    return err;
}

/* ---- the direct way ---- */

static enum err
open_directly(const struct opening *opening, struct opening_item *item)
{
    WIPED(open_keys) struct open_keys keys = { .k_id = { { 0 } } };
    struct opening_inside *inside = opening_inside_of(item);
    const struct bytes box = { item->direct, item->direct_len };
    enum open_fault fault = OPEN_DIRECT;
    enum err err;

    for (size_t i = 0; i < opening->team_key_count && fault != OPEN_FINE; i++) {
        fault = open_direct(opening_team_key(opening, i), &inside->open, box, &keys);
    }
    if (fault != OPEN_FINE) {
        opening_drop(item, OPENING_DIRECT);
        return ERR_OK;
    }
    inside->k_id = keys.k_id;
    item->has_k_id = true;
    err = opening_read_capsule(item);
    if (err == ERR_OK && item->inside != NULL) {
        err = opening_read_content(item, &keys.k_ct);
    }
    return err;
}

enum err
opening_direct(struct opening *opening)
{
    enum err err = ERR_OK;

    if (opening->is_released) {
        return ERR_STATE;
    }
    for (size_t i = 0; err == ERR_OK && i < opening->count; i++) {
        struct opening_item *item = &opening->items[i];

        if (item->view.state != OPENING_SEALED || item->direct_len == 0) {
            continue;
        }
        err = open_directly(opening, item);
        if (err == ERR_OK && item->inside != NULL) {
            item->view.state = OPENING_OPENED;
            item->view.group = opening->group_count;
            opening->group_count++;
        }
    }
    return err;
}
