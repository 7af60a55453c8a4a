/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether linked records are about one person: by software, and by a person where software cannot tell. */
#include <stdlib.h>
#include <string.h>

#include "clients/lib/country.h"
#include "clients/lib/opening_impl.h"

/* One run of the comparison; handed over when it is complete. */
struct comparing {
    const struct opening *opening;
    uint64_t linked[OPENING_RECORDS_MAX];
    size_t group_of[OPENING_RECORDS_MAX]; /* place of its first record; its own when alone */
    bool is_held[OPENING_RECORDS_MAX]; /* by the group's first record */
    struct opening_pair *pairs;
    size_t pair_count;
    const struct opening_decision *decisions;
    size_t decision_count;
    uint8_t *is_used; /* for each decision */
};

static bool
is_linked(const struct comparing *run, size_t a, size_t b)
{
    return (run->linked[a] >> b & 1) != 0 && run->opening->items[a].has_capsule &&
        run->opening->items[b].has_capsule;
}

static const struct report_capsule *
capsule_of(const struct opening *opening, size_t at)
{
    return &opening_inside_of(&opening->items[at])->capsule;
}

/* The best tier among the keys that both capsules name alike for their common slots; a slot that they
 * name differently counts for nothing, so a false name gains nothing. */
static enum matchkey_tier
best_tier(const struct opening *opening, size_t a, size_t b)
{
    struct link_slots slots[HEADER_SLOTS_MAX];
    size_t count = links_common_slots(&opening->items[a].header, &opening->items[b].header, slots);

    for (size_t i = 0; i < count; i++) {
        uint8_t type = capsule_of(opening, a)->key_types[slots[i].a];
        enum matchkey_tier tier;

        if (type == capsule_of(opening, b)->key_types[slots[i].b] &&
            matchkey_tier(type, &tier) == ERR_OK && tier == MATCHKEY_TIER_A) {
            return MATCHKEY_TIER_A;
        }
    }
    return MATCHKEY_TIER_B;
}

static bool
is_rid(const struct opening *opening, size_t at, const struct rid *rid)
{
    return memcmp(opening->items[at].view.rid.bytes, rid->bytes, RID_LEN) == 0;
}

/* The decision on a pair; NULL: none.  It counts as used. */
static const struct opening_decision *
decision_on(struct comparing *run, size_t a, size_t b, bool is_same)
{
    for (size_t i = 0; i < run->decision_count; i++) {
        const struct opening_decision *one = &run->decisions[i];

        if (one->is_same == is_same &&
            ((is_rid(run->opening, a, &one->a) && is_rid(run->opening, b, &one->b)) ||
             (is_rid(run->opening, a, &one->b) && is_rid(run->opening, b, &one->a)))) {
            run->is_used[i] = 1;
            return one;
        }
    }
    return NULL;
}

static void
compare_pair(struct comparing *run, size_t a, size_t b, struct opening_pair *out)
{
    const struct capsule_policy policy = { .rules = &COUNTRY_NL,
                                           .institutions = run->opening->institutions,
                                           .today = date_from_days((int32_t) run->opening->today) };

    *out = (struct opening_pair) {
        .a = a, .b = b, .is_link = is_linked(run, a, b), .tier = best_tier(run->opening, a, b)
    };
    capsule_compare(&policy, &capsule_of(run->opening, a)->identity,
                    &capsule_of(run->opening, b)->identity, &out->comparison);
    out->outcome = capsule_outcome(out->comparison.verdict, out->tier);
}

static bool
is_parted(const struct opening *opening, size_t a, size_t b)
{
    return (opening->parted[a] >> b & 1) != 0;
}

/* What a person said of the pair before stands, whatever the capsules say; to say it again is no mistake. */
static enum err
add_parted(struct comparing *run, size_t a, size_t b)
{
    (void) decision_on(run, a, b, false);
    run->pairs[run->pair_count] = (struct opening_pair) { .a = a,
                                                          .b = b,
                                                          .is_link = true,
                                                          .is_by_human = true,
                                                          .is_from_before = true,
                                                          .outcome = CAPSULE_CUT };
    run->pair_count++;
    return decision_on(run, a, b, true) == NULL ? ERR_OK : ERR_EXISTS;
}

static enum err
compare_link(struct comparing *run, size_t a, size_t b)
{
    struct opening_pair *pair = &run->pairs[run->pair_count];

    compare_pair(run, a, b, pair);
    run->pair_count++;
    if (decision_on(run, a, b, false) != NULL) {
        pair->outcome = CAPSULE_CUT;
        pair->is_by_human = true;
        return decision_on(run, a, b, true) == NULL ? ERR_OK : ERR_EXISTS;
    }
    if (pair->outcome == CAPSULE_ASK_HUMAN && decision_on(run, a, b, true) != NULL) {
        pair->outcome = CAPSULE_GO_ON;
        pair->is_by_human = true;
    }
    return ERR_OK;
}

/* Puts two records into one group. */
static void
join(struct comparing *run, size_t a, size_t b)
{
    size_t from = run->group_of[a] > run->group_of[b] ? run->group_of[a] : run->group_of[b];
    size_t to = run->group_of[a] > run->group_of[b] ? run->group_of[b] : run->group_of[a];

    for (size_t i = 0; i < run->opening->count; i++) {
        if (run->group_of[i] == from) {
            run->group_of[i] = to;
        }
    }
}

static enum err
compare_links(struct comparing *run)
{
    size_t count = run->opening->count;
    enum err err = ERR_OK;

    for (size_t i = 0; i < count; i++) {
        run->group_of[i] = i;
    }
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        for (size_t j = i + 1; err == ERR_OK && j < count; j++) {
            if (is_parted(run->opening, i, j)) {
                err = add_parted(run, i, j);
            } else if (is_linked(run, i, j)) {
                err = compare_link(run, i, j);
            }
        }
    }
    for (size_t i = 0; i < run->pair_count; i++) {
        if (run->pairs[i].outcome == CAPSULE_GO_ON) {
            join(run, run->pairs[i].a, run->pairs[i].b);
        }
    }
    return err;
}

static struct opening_pair *
find_pair(struct comparing *run, size_t a, size_t b)
{
    for (size_t i = 0; i < run->pair_count; i++) {
        if (run->pairs[i].a == a && run->pairs[i].b == b) {
            return &run->pairs[i];
        }
    }
    return NULL;
}

/* Two records of one group that exclude each other, linked or not: a person decides, or it stays shut. */
static void
look_for_conflict(struct comparing *run, size_t a, size_t b)
{
    struct opening_pair *pair = find_pair(run, a, b);
    struct opening_pair fresh;

    if (pair == NULL) {
        compare_pair(run, a, b, &fresh);
        if (fresh.comparison.verdict != CAPSULE_REFUSED) {
            return;
        }
        pair = &run->pairs[run->pair_count];
        *pair = fresh;
        run->pair_count++;
        pair->outcome = CAPSULE_ASK_HUMAN;
    } else if (pair->outcome == CAPSULE_GO_ON) {
        return;
    } else if (pair->is_by_human) {
        pair->holds_group = true;
        run->is_held[run->group_of[a]] = true;
        return;
    } else if (pair->comparison.verdict != CAPSULE_REFUSED) {
        return;
    }
    if (decision_on(run, a, b, true) != NULL) {
        pair->outcome = CAPSULE_GO_ON;
        pair->is_by_human = true;
    } else {
        run->is_held[run->group_of[a]] = true;
    }
}

static size_t
organisations_in(const struct comparing *run, size_t group)
{
    const struct registry_party *seen[OPENING_RECORDS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < run->opening->count; i++) {
        const struct registry_party *party = run->opening->items[i].view.party;
        bool is_new = run->group_of[i] == group;

        for (size_t j = 0; is_new && j < count; j++) {
            is_new = seen[j] != party;
        }
        if (is_new) {
            seen[count] = party;
            count++;
        }
    }
    return count;
}

static void
check_groups(struct comparing *run, bool allows_many)
{
    for (size_t i = 0; i < run->opening->count; i++) {
        for (size_t j = i + 1; j < run->opening->count; j++) {
            if (run->group_of[i] == run->group_of[j]) {
                look_for_conflict(run, i, j);
            }
        }
        if (run->group_of[i] == i && !allows_many &&
            organisations_in(run, i) > OPENING_ORGANISATIONS_MAX) {
            run->is_held[i] = true;
        }
    }
}

/* Whether another record shares its group. */
static bool
has_company(const struct comparing *run, size_t at)
{
    for (size_t i = 0; i < run->opening->count; i++) {
        if (i != at && run->group_of[i] == run->group_of[at]) {
            return true;
        }
    }
    return false;
}

static bool
is_asked_about(const struct comparing *run, size_t at)
{
    for (size_t i = 0; i < run->pair_count; i++) {
        const struct opening_pair *pair = &run->pairs[i];

        if ((pair->a == at || pair->b == at) && pair->outcome == CAPSULE_ASK_HUMAN) {
            return true;
        }
    }
    return false;
}

static enum opening_state
state_of(const struct comparing *run, size_t at)
{
    if (has_company(run, at)) {
        return run->is_held[run->group_of[at]] ? OPENING_HELD : OPENING_CONFIRMED;
    }
    if (is_asked_about(run, at)) {
        return OPENING_HELD;
    }
    return run->linked[at] != 0 || run->opening->parted[at] != 0 ? OPENING_APART : OPENING_SEALED;
}

/* Numbers the confirmed groups and settles the records; those without a link are wiped here. */
static void
settle(struct comparing *run, struct opening *opening)
{
    size_t number_of[OPENING_RECORDS_MAX] = { 0 };

    for (size_t i = 0; i < opening->count; i++) {
        struct opening_item *item = &opening->items[i];
        size_t group = run->group_of[i];

        if (item->view.state != OPENING_SEALED) {
            continue;
        }
        item->view.state = state_of(run, i);
        if (item->view.state == OPENING_CONFIRMED) {
            if (group == i) {
                number_of[group] = opening->group_count;
                opening->group_count++;
            }
            item->view.group = number_of[group];
        } else if (item->view.state != OPENING_HELD) {
            opening_wipe_item(item);
        }
    }
}

/* Links that a dropped record had: whoever signed a share, a commitment or a capsule that is bogus shall
 * not keep others' cases together. */
static void
add_dropped(struct comparing *run)
{
    const struct opening *opening = run->opening;

    for (size_t i = 0; i < opening->count; i++) {
        for (size_t j = i + 1; j < opening->count; j++) {
            const struct opening_record *a = &opening->items[i].view;
            const struct opening_record *b = &opening->items[j].view;
            struct link_slots slots[HEADER_SLOTS_MAX];

            if ((opening_fault_culprit(a->fault) != OPENING_BY_SIGNER &&
                 opening_fault_culprit(b->fault) != OPENING_BY_SIGNER) ||
                is_parted(opening, i, j)) {
                continue;
            }
            if (a->party == NULL || b->party == NULL || a->party->sector == b->party->sector ||
                a->party->entity == b->party->entity ||
                links_common_slots(&opening->items[i].header, &opening->items[j].header, slots) ==
                    0) {
                continue;
            }
            run->pairs[run->pair_count] =
                (struct opening_pair) { .a = i, .b = j, .is_link = true, .outcome = CAPSULE_CUT };
            run->pair_count++;
        }
    }
}

static enum err
check_decisions(const struct comparing *run)
{
    for (size_t i = 0; i < run->decision_count; i++) {
        if (run->is_used[i] == 0) {
            return ERR_NOT_FOUND;
        }
    }
    return ERR_OK;
}

enum err
opening_compare(struct opening *opening, const struct opening_decision *decisions, size_t count,
                bool allows_many)
{
    struct comparing run = { .opening = opening, .decisions = decisions, .decision_count = count };
    size_t room = opening->count * opening->count + 1;
    enum err err = ERR_NOMEM;

    if (!opening->is_released || opening->is_compared) {
        return ERR_STATE;
    }
    run.pairs = calloc(room, sizeof *run.pairs);
    run.is_used = calloc(count + 1, sizeof *run.is_used);
    if (run.pairs == NULL || run.is_used == NULL) {
        goto out;
    }
    err = opening_links(opening, run.linked);
    if (err != ERR_OK) {
        goto out;
    }
    err = compare_links(&run);
    if (err != ERR_OK) {
        goto out;
    }
    check_groups(&run, allows_many);
    err = check_decisions(&run);
    if (err != ERR_OK) {
        goto out;
    }
    settle(&run, opening);
    add_dropped(&run);
    opening->pairs = run.pairs;
    opening->pair_count = run.pair_count;
    opening->is_compared = true;
    run.pairs = NULL;
out:
    free(run.pairs);
    free(run.is_used);
    return err;
}
