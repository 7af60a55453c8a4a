/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_EVENTS_H
#define TOOLS_TOWN_EVENTS_H

#include "tools/town/orgs.h"
#include "tools/town/people.h"

/* Who is worried about whom, and when: the signals of the town before anybody writes them down. */
enum { EVENTS_MONTHS = 18, EVENTS_DAYS = 548, EVENTS_MOST = 20000 };

/* Why a resident has signals at all. */
#define STORY_MAP(X)                                                                               \
    X(STORY_SINGLE, "single_source") /* one organisation, the most common */                       \
    X(STORY_MULTI, "multi_sector") /* two to four sectors within months, other domains, growing */ \
    X(STORY_RELATIVE, "relative") /* of one with STORY_MULTI, seen by another sector */            \
    X(STORY_ONE_SECTOR, "one_sector") /* two organisations of one sector */                        \
    X(STORY_ONE_DOMAIN, "one_domain") /* two sectors, the same single domain */                    \
    X(STORY_TOO_FAR, "too_far_apart") /* two sectors, more than a year between them */

#define STORY_ENUM(code, key) code,
enum story { STORY_MAP(STORY_ENUM) STORY_COUNT };
#undef STORY_ENUM

struct event {
    uint32_t resident;
    uint8_t org;
    enum story story;
    struct date observed;
    uint16_t domains;
    enum severity_band severity;
    enum release_mode mode;
    uint32_t number; /* of the organisation's own files, from 1, by date */
};

struct events {
    struct event *list; /* by organisation, then by day */
    size_t count;
};

/* Makes exactly 'count' signals (at most EVENTS_MOST, and at most a third of the residents),
 * observed in the eighteen months that end on 'end'.  events_done() them.
 * ERR_INVALID: too many.  ERR_NOMEM. */
enum err events_make(uint64_t seed, const struct people *people, struct date end, size_t count,
                     struct events *out) MUST_CHECK;
void events_done(struct events *events);

const char *events_story_key(enum story story);

#endif
