/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/events.h"

#include <stdlib.h>
#include <string.h>

/* The signals while they are made. */
struct maker {
    const struct people *people;
    struct rng rng;
    int32_t last_day;
    size_t wanted;
    struct event *list;
    size_t count;
    bool *is_used; /* by resident: each has one story */
};

static bool
may_report(const struct maker *maker, uint32_t resident, uint8_t org, struct date day)
{
    const struct people *people = maker->people;
    const struct address *address = people_address_on(people, &people->residents[resident], day);

    return ORGS[org].owner == OWNER_PRIVATE ||
        people->place.streets[address->street].owner == ORGS[org].owner;
}

static uint8_t
any_org(struct rng *rng)
{
    uint8_t weights[ORG_COUNT];

    for (size_t i = 0; i < ORG_COUNT; i++) {
        weights[i] = ORGS[i].weight;
    }
    return (uint8_t) rng_weighted(rng, weights, ORG_COUNT);
}

/* One to three domains that the sector sees, none of 'not_these' if it can be helped. */
static uint16_t
any_domains(struct rng *rng, enum sector sector, uint16_t not_these)
{
    uint32_t wanted = 1 + rng_skewed(rng, 3);
    uint16_t domains = 0;

    for (int i = 0; i < 12 && wanted > 0; i++) {
        uint32_t code = rng_weighted(rng, ORG_DOMAIN_WEIGHTS[sector], DOMAIN_COUNT);

        if (((domains | not_these) >> code & 1) == 0) {
            domains = (uint16_t) (domains | 1u << code);
            wanted--;
        }
    }
    if (domains == 0) {
        domains = (uint16_t) (1u << rng_weighted(rng, ORG_DOMAIN_WEIGHTS[sector], DOMAIN_COUNT));
    }
    return domains;
}

/* Acute danger has its own way, and so has a resident who wants contact; the two exclude each
 * other. */
static void
choose_mode(struct rng *rng, struct event *event)
{
    bool is_consented = rng_chance(rng, 60);

    event->mode = MODE_ESCROW;
    if (event->severity == BAND_ACUTE) {
        event->mode = MODE_ACUTE;
    } else if (is_consented && ORGS[event->org].sector != SECTOR_POLICE) {
        event->mode = MODE_CONSENTED;
    }
}

static void
add_event(struct maker *maker, const struct event *event)
{
    if (maker->count < maker->wanted) {
        maker->list[maker->count] = *event;
        choose_mode(&maker->rng, &maker->list[maker->count]);
        maker->count++;
    }
    maker->is_used[event->resident] = true;
}

/* A resident without a story; most are adults. */
static uint32_t
any_resident(struct maker *maker)
{
    const struct people *people = maker->people;
    uint32_t at = 0;

    for (;;) {
        at = rng_below(&maker->rng, (uint32_t) people->count);
        bool is_adult =
            people_age_on(&people->residents[at], date_from_days(maker->last_day)) >= 18;
        bool is_taken = is_adult || rng_chance(&maker->rng, 80);

        if (is_taken && !maker->is_used[at]) {
            return at;
        }
    }
}

static enum severity_band
any_severity(struct rng *rng)
{
    static const uint8_t WEIGHTS[] = { 35, 46, 17, 2 };

    return (enum severity_band)(BAND_MILD + rng_weighted(rng, WEIGHTS, 4));
}

static struct date
any_day(struct maker *maker, int32_t least_ago, int32_t most_ago)
{
    return date_from_days(maker->last_day - rng_between(&maker->rng, least_ago, most_ago));
}

/* One organisation, one to three signals. */
static void
add_single(struct maker *maker)
{
    struct event event = { .resident = any_resident(maker), .story = STORY_SINGLE };
    static const uint8_t SIGNALS[] = { 65, 30, 5 };
    uint32_t wanted = 1 + rng_weighted(&maker->rng, SIGNALS, 3);

    event.observed = any_day(maker, 0, EVENTS_DAYS);
    do {
        event.org = any_org(&maker->rng);
    } while (!may_report(maker, event.resident, event.org, event.observed));
    event.domains = any_domains(&maker->rng, ORGS[event.org].sector, 0);
    event.severity = any_severity(&maker->rng);
    for (uint32_t i = 0; i < wanted; i++) {
        int32_t day = date_to_days(event.observed) + rng_between(&maker->rng, 20, 90);

        add_event(maker, &event);
        event.observed = date_from_days(day < maker->last_day ? day : maker->last_day);
        if (!may_report(maker, event.resident, event.org, event.observed)) {
            return;
        }
    }
}

/* An organisation of a sector whose bit is not in 'sectors'; false when none was found. */
static bool
find_other_sector(struct maker *maker, const struct event *event, uint32_t sectors, uint8_t *out)
{
    for (int i = 0; i < 100; i++) {
        uint8_t org = any_org(&maker->rng);

        if ((sectors >> ORGS[org].sector & 1) == 0 &&
            may_report(maker, event->resident, org, event->observed)) {
            *out = org;
            return true;
        }
    }
    return false;
}

/* Somebody else of the household, reported once by another sector at about the same time: the one
 * with whom 'like' must never be mistaken. */
static void
add_relative(struct maker *maker, const struct event *like, uint32_t sectors)
{
    const struct resident *resident = &maker->people->residents[like->resident];
    const struct household *household = &maker->people->households[resident->household];
    uint32_t start = rng_below(&maker->rng, household->count);

    for (uint32_t i = 0; i < household->count; i++) {
        struct event event = *like;

        event.resident = household->first + (start + i) % household->count;
        event.story = STORY_RELATIVE;
        if (maker->is_used[event.resident] ||
            !find_other_sector(maker, &event, sectors, &event.org)) {
            continue;
        }
        event.domains = any_domains(&maker->rng, ORGS[event.org].sector, 0);
        event.severity = any_severity(&maker->rng);
        add_event(maker, &event);
        return;
    }
}

/* Two to four sectors within eight months, with other domains and a severity that tends to rise. */
static void
add_multi(struct maker *maker)
{
    static const uint8_t SECTORS[] = { 60, 28, 12 };
    struct rng *rng = &maker->rng;
    struct event event = { .resident = any_resident(maker), .story = STORY_MULTI };
    uint32_t wanted = 2 + rng_weighted(rng, SECTORS, 3);
    uint32_t sectors = 0;
    uint16_t domains = 0;
    int32_t day = maker->last_day - rng_between(rng, 60, EVENTS_DAYS);

    event.severity = rng_chance(rng, 500) ? BAND_MILD : BAND_MODERATE;
    for (uint32_t i = 0; i < wanted && day <= maker->last_day; i++) {
        event.observed = date_from_days(day);
        if (!find_other_sector(maker, &event, sectors, &event.org)) {
            break;
        }
        sectors |= 1u << ORGS[event.org].sector;
        event.domains = any_domains(rng, ORGS[event.org].sector, domains);
        domains = (uint16_t) (domains | event.domains);
        add_event(maker, &event);
        if (rng_chance(rng, 250)) {
            int32_t again = day + rng_between(rng, 31, 50);

            event.observed = date_from_days(again < maker->last_day ? again : maker->last_day);
            if (may_report(maker, event.resident, event.org, event.observed)) {
                add_event(maker, &event);
            }
        }
        if (event.severity < BAND_SERIOUS && rng_chance(rng, 400)) {
            event.severity++;
        } else if (event.severity == BAND_SERIOUS && rng_chance(rng, 80)) {
            event.severity = BAND_ACUTE;
        }
        day += rng_between(rng, 7, 75);
    }
    if (rng_chance(rng, 600)) {
        add_relative(maker, &event, sectors);
    }
}

/* Two signals that look like a case and are none; false when this resident gave no occasion. */
static bool
try_decoy(struct maker *maker, enum story story)
{
    struct rng *rng = &maker->rng;
    struct event event = { .resident = any_resident(maker), .story = story };
    struct event second;
    uint8_t org = 0;

    event.observed = any_day(maker, 400, EVENTS_DAYS);
    event.severity = any_severity(rng);
    do {
        event.org = any_org(rng);
    } while (!may_report(maker, event.resident, event.org, event.observed));
    event.domains = any_domains(rng, ORGS[event.org].sector, 0);
    second = event;
    second.observed = story == STORY_TOO_FAR
        ? any_day(maker, 0, 20)
        : date_from_days(date_to_days(event.observed) + rng_between(rng, 10, 120));
    for (int i = 0; i < 200; i++) {
        org = any_org(rng);
        bool is_one_sector = ORGS[org].sector == ORGS[event.org].sector;

        if (org == event.org || is_one_sector != (story == STORY_ONE_SECTOR) ||
            !may_report(maker, event.resident, org, second.observed)) {
            continue;
        }
        second.org = org;
        second.domains = any_domains(rng, ORGS[org].sector, 0);
        if (story == STORY_ONE_DOMAIN) {
            second.domains = second.domains & event.domains;
            second.domains = (uint16_t) (second.domains & -second.domains);
            event.domains = second.domains != 0 ? second.domains : event.domains;
        }
        if (second.domains == 0) {
            continue;
        }
        add_event(maker, &event);
        add_event(maker, &second);
        return true;
    }
    return false;
}

static void
add_decoy(struct maker *maker, enum story story)
{
    for (int i = 0; i < 50 && !try_decoy(maker, story); i++) { }
}

static int
compare_events(const void *left, const void *right)
{
    const struct event *a = left;
    const struct event *b = right;
    int32_t days = date_to_days(a->observed) - date_to_days(b->observed);

    if (a->org != b->org) {
        return a->org < b->org ? -1 : 1;
    }
    if (days != 0) {
        return days < 0 ? -1 : 1;
    }
    if (a->resident != b->resident) {
        return a->resident < b->resident ? -1 : 1;
    }
    if (a->domains != b->domains) {
        return a->domains < b->domains ? -1 : 1;
    }
    return ((int) a->severity * 4 + (int) a->mode) - ((int) b->severity * 4 + (int) b->mode);
}

static void
number_events(struct maker *maker)
{
    qsort(maker->list, maker->count, sizeof *maker->list, compare_events);
    for (size_t i = 0; i < maker->count; i++) {
        bool is_first = i == 0 || maker->list[i].org != maker->list[i - 1].org;

        maker->list[i].number = is_first ? 1 : maker->list[i - 1].number + 1;
    }
}

static void
add_all(struct maker *maker)
{
    size_t parts = maker->wanted / 100;

    for (size_t i = 0; i < 8 * parts; i++) {
        add_multi(maker);
    }
    for (size_t i = 0; i < parts; i++) {
        add_decoy(maker, STORY_ONE_SECTOR);
        add_decoy(maker, STORY_ONE_DOMAIN);
        add_decoy(maker, STORY_TOO_FAR);
    }
    while (maker->count < maker->wanted) {
        add_single(maker);
    }
}

enum err
events_make(uint64_t seed, const struct people *people, struct date end, size_t count,
            struct events *out)
{
    struct maker maker = { .people = people, .wanted = count };
    enum err err = ERR_OK;

    if (count == 0 || count > EVENTS_MOST || count > people->count / 3) {
        return ERR_INVALID;
    }
    maker.last_day = date_to_days(end);
    rng_init(&maker.rng, seed, "events");
    maker.list = calloc(count, sizeof *maker.list);
    maker.is_used = calloc(people->count, sizeof *maker.is_used);
    if (maker.list == NULL || maker.is_used == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    add_all(&maker);
    number_events(&maker);
    out->list = maker.list;
    out->count = maker.count;
    maker.list = NULL;
out:
    free(maker.list);
    free(maker.is_used);
    return err;
}

void
events_done(struct events *events)
{
    if (events == NULL) {
        return;
    }
    free(events->list);
    events->list = NULL;
    events->count = 0;
}

const char *
events_story_key(enum story story)
{
#define STORY_KEY(code, key) key,
    static const char *const KEYS[] = { STORY_MAP(STORY_KEY) };
#undef STORY_KEY

    return KEYS[story];
}
