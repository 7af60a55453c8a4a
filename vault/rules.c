/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/rules.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The records in order of observation, and what the rules have found so far. */
struct inquiry {
    const struct policy *policy;
    const struct rule_record *records;
    size_t count;
    size_t order[RULE_RECORDS_MAX]; /* by week, then receipt */
    struct rule_result *result;
};

/* What the linked records of one window amount to. */
struct tally {
    uint64_t records;
    uint16_t organisations;
    uint16_t sectors;
    uint16_t domains;
    uint16_t span; /* weeks between the first and the last of them */
};

static uint64_t
bit(size_t at)
{
    return UINT64_C(1) << at;
}

static bool
comes_before(const struct rule_record *a, const struct rule_record *b)
{
    return a->week != b->week ? a->week < b->week : a->received_at < b->received_at;
}

static void
sort_by_week(struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->count; i++) {
        size_t at = i;

        while (at > 0 &&
               comes_before(&inquiry->records[i], &inquiry->records[inquiry->order[at - 1]])) {
            inquiry->order[at] = inquiry->order[at - 1];
            at--;
        }
        inquiry->order[at] = i;
    }
}

static const struct rule_record *
in_order(const struct inquiry *inquiry, size_t at)
{
    return &inquiry->records[inquiry->order[at]];
}

static struct rule_explanation *
explain(struct inquiry *inquiry, enum rule rule, bool is_raised)
{
    struct rule_result *result = inquiry->result;
    struct rule_explanation *explanation = &result->explanations[result->explanation_count];

    assert(result->explanation_count < RULE_EXPLANATIONS_MAX);
    result->explanation_count++;
    *explanation = (struct rule_explanation) { .rule = rule, .is_raised = is_raised };
    if (is_raised) {
        result->flags |= (uint32_t) rule_flag(rule);
    }
    return explanation;
}

/* Counts the linked records from the 'first'-th in order on, as far as the window reaches. */
static struct tally
tally_from(const struct inquiry *inquiry, size_t first)
{
    struct tally tally = { 0 };
    uint32_t entities[RULE_RECORDS_MAX];
    uint8_t sectors[256] = { 0 };
    uint16_t begin = in_order(inquiry, first)->week;
    uint16_t tags = 0;

    for (size_t i = first; i < inquiry->count; i++) {
        const struct rule_record *record = in_order(inquiry, i);
        size_t known = 0;

        if (record->week - begin > inquiry->policy->windows.source_weeks) {
            break;
        }
        if (record->is_attached) {
            continue;
        }
        while (known < tally.organisations && entities[known] != record->entity) {
            known++;
        }
        if (known == tally.organisations) {
            entities[tally.organisations] = record->entity;
            tally.organisations++;
        }
        tally.sectors = (uint16_t) (tally.sectors + (sectors[record->sector] == 0));
        sectors[record->sector] = 1;
        tags |= record->is_assessed ? record->tags : 0;
        tally.records |= bit(inquiry->order[i]);
        tally.span = (uint16_t) (record->week - begin);
    }
    tally.domains = (uint16_t) __builtin_popcount(tags);
    return tally;
}

static bool
has_sources(const struct policy *policy, const struct tally *tally)
{
    return tally->organisations >= policy->thresholds.organisations &&
        tally->sectors >= policy->thresholds.sectors;
}

/* Whether 'a' says more than 'b': sources first, then domains. */
static bool
says_more(const struct policy *policy, const struct tally *a, const struct tally *b)
{
    bool a_has = has_sources(policy, a);
    bool b_has = has_sources(policy, b);

    if (a_has != b_has) {
        return a_has;
    }
    if (a->domains != b->domains) {
        return a->domains > b->domains;
    }
    return a->sectors + a->organisations > b->sectors + b->organisations;
}

/* The window that says most, the earliest of equal ones. */
static struct tally
best_tally(const struct inquiry *inquiry)
{
    struct tally best = { 0 };

    for (size_t i = 0; i < inquiry->count; i++) {
        if (!in_order(inquiry, i)->is_attached) {
            struct tally tally = tally_from(inquiry, i);

            if (best.records == 0 || says_more(inquiry->policy, &tally, &best)) {
                best = tally;
            }
        }
    }
    return best;
}

static bool
judge_sources(struct inquiry *inquiry, const struct tally *tally, enum rule rule,
              uint8_t needed_domains)
{
    const struct policy *policy = inquiry->policy;
    bool is_raised = has_sources(policy, tally) && tally->domains >= needed_domains;
    struct rule_explanation *explanation = explain(inquiry, rule, is_raised);
    const uint16_t numbers[RULE_NUMBERS_MAX] = {
        tally->organisations,
        tally->sectors,
        tally->domains,
        tally->span,
        policy->thresholds.organisations,
        policy->thresholds.sectors,
        needed_domains,
        policy->windows.source_weeks,
    };

    memcpy(explanation->numbers, numbers, sizeof numbers);
    explanation->records = tally->records;
    return is_raised;
}

/* A later signal of a higher band, the steepest of all such pairs. */
static void
judge_severity(struct inquiry *inquiry)
{
    uint16_t window = inquiry->policy->windows.source_weeks;
    int steepest = 0;
    size_t low = 0;
    size_t high = 0;
    struct rule_explanation *explanation;

    for (size_t i = 0; i < inquiry->count; i++) {
        const struct rule_record *earlier = in_order(inquiry, i);

        for (size_t j = i + 1; j < inquiry->count; j++) {
            const struct rule_record *later = in_order(inquiry, j);

            if (later->week > earlier->week && later->week - earlier->week <= window &&
                later->band - earlier->band > steepest) {
                steepest = later->band - earlier->band;
                low = inquiry->order[i];
                high = inquiry->order[j];
            }
        }
    }
    explanation = explain(inquiry, RULE_SEVERITY_ROSE, steepest > 0);
    if (steepest == 0) {
        explanation->numbers[0] = window;
        return;
    }
    explanation->numbers[0] = inquiry->records[low].band;
    explanation->numbers[1] = inquiry->records[high].band;
    explanation->numbers[2] = (uint16_t) (inquiry->records[high].week - inquiry->records[low].week);
    explanation->records = bit(low) | bit(high);
}

/* Which records count as signals: of one organisation one per domain within the repeat window, and one
 * alone where the tags of either are not known. */
static uint64_t
distinct_signals(const struct inquiry *inquiry)
{
    uint64_t counted = 0;

    for (size_t i = 0; i < inquiry->count; i++) {
        const struct rule_record *record = in_order(inquiry, i);
        uint16_t fresh = record->is_assessed ? record->tags : 0;
        bool is_repeat = false;

        for (size_t j = 0; j < i; j++) {
            const struct rule_record *earlier = in_order(inquiry, j);

            if ((counted & bit(inquiry->order[j])) == 0 || earlier->entity != record->entity ||
                record->week - earlier->week > inquiry->policy->windows.repeat_weeks) {
                continue;
            }
            is_repeat = true;
            fresh &= earlier->is_assessed ? (uint16_t) ~earlier->tags : 0;
        }
        if (!is_repeat || fresh != 0) {
            counted |= bit(inquiry->order[i]);
        }
    }
    return counted;
}

static void
judge_signals(struct inquiry *inquiry)
{
    uint16_t window = inquiry->policy->windows.escalation_weeks;
    uint8_t needed = inquiry->policy->thresholds.escalating_signals;
    uint64_t counted = distinct_signals(inquiry);
    uint64_t most = 0;
    struct rule_explanation *explanation;

    for (size_t i = 0; i < inquiry->count; i++) {
        uint64_t within = 0;

        for (size_t j = i; j < inquiry->count; j++) {
            if (in_order(inquiry, j)->week - in_order(inquiry, i)->week <= window) {
                within |= bit(inquiry->order[j]) & counted;
            }
        }
        if (__builtin_popcountll(within) > __builtin_popcountll(most)) {
            most = within;
        }
    }
    explanation = explain(inquiry, RULE_SEVERAL_SIGNALS, __builtin_popcountll(most) >= needed);
    explanation->numbers[0] = (uint16_t) __builtin_popcountll(most);
    explanation->numbers[1] = window;
    explanation->numbers[2] = needed;
    explanation->records = most;
}

/* A sector that joins those that reported before, soon after the signal before it. */
static void
judge_new_sector(struct inquiry *inquiry)
{
    uint16_t window = inquiry->policy->windows.escalation_weeks;
    uint8_t needed = inquiry->policy->thresholds.escalating_sectors;
    uint8_t seen[256] = { 0 };
    uint16_t sectors = 0;
    struct rule_explanation *explanation;

    for (size_t i = 0; i < inquiry->count; i++) {
        const struct rule_record *record = in_order(inquiry, i);
        uint16_t gap = i == 0 ? 0 : (uint16_t) (record->week - in_order(inquiry, i - 1)->week);

        if (record->is_attached || seen[record->sector] != 0) {
            continue;
        }
        seen[record->sector] = 1;
        sectors++;
        if (sectors >= needed && gap <= window) {
            explanation = explain(inquiry, RULE_NEW_SECTOR, true);
            explanation->numbers[0] = sectors;
            explanation->numbers[1] = gap;
            explanation->numbers[2] = needed;
            explanation->numbers[3] = window;
            explanation->records = bit(inquiry->order[i]) | bit(inquiry->order[i - 1]);
            return;
        }
    }
    explanation = explain(inquiry, RULE_NEW_SECTOR, false);
    explanation->numbers[0] = sectors;
    explanation->numbers[1] = needed;
    explanation->numbers[2] = window;
}

static void
judge_mode(struct inquiry *inquiry, enum rule rule, uint8_t mode)
{
    struct rule_explanation *explanation;
    uint64_t found = 0;
    uint16_t band = 0;

    for (size_t i = 0; i < inquiry->count; i++) {
        if (inquiry->records[i].mode == mode) {
            found |= bit(i);
            band = inquiry->records[i].band > band ? inquiry->records[i].band : band;
        }
    }
    if (found == 0) {
        return;
    }
    explanation = explain(inquiry, rule, true);
    explanation->numbers[0] = (uint16_t) __builtin_popcountll(found);
    explanation->numbers[1] = band;
    explanation->records = found;
}

static void
inquiry_init(struct inquiry *inquiry, const struct policy *policy,
             const struct rule_record *records, size_t count)
{
    assert(count >= 1 && count <= RULE_RECORDS_MAX);
    *inquiry = (struct inquiry) { .policy = policy, .records = records, .count = count };
    sort_by_week(inquiry);
}

void
rules_apply(const struct policy *policy, const struct rule_record *records, size_t count,
            struct rule_result *out)
{
    struct inquiry inquiry;
    struct tally tally;

    *out = (struct rule_result) { .flags = 0 };
    inquiry_init(&inquiry, policy, records, count);
    inquiry.result = out;
    tally = best_tally(&inquiry);

    if (judge_sources(&inquiry, &tally, RULE_MULTI_SOURCE, policy->thresholds.domains)) {
        judge_sources(&inquiry, &tally, RULE_COMPLEX, policy->thresholds.complex_domains);
        judge_severity(&inquiry);
        judge_signals(&inquiry);
        judge_new_sector(&inquiry);
    }
    judge_mode(&inquiry, RULE_ACUTE, MODE_ACUTE);
    judge_mode(&inquiry, RULE_CONSENTED, MODE_CONSENTED);
}

bool
rules_need_tags(const struct policy *policy, const struct rule_record *records, size_t count)
{
    struct inquiry inquiry;
    struct tally tally;

    inquiry_init(&inquiry, policy, records, count);
    tally = best_tally(&inquiry);
    return has_sources(policy, &tally);
}

const char *
rule_key(enum rule rule)
{
    switch (rule) {
#define RULE_CASE(name, number, key, flag, yes, no)                                                \
    case name:                                                                                     \
        return key;
        RULE_MAP(RULE_CASE)
#undef RULE_CASE
    }
    return "unknown";
}

const char *
rule_format(enum rule rule, bool is_raised)
{
    switch (rule) {
#define RULE_CASE(name, number, key, flag, yes, no)                                                \
    case name:                                                                                     \
        return is_raised ? (yes) : (no);
        RULE_MAP(RULE_CASE)
#undef RULE_CASE
    }
    return "";
}

enum case_flag
rule_flag(enum rule rule)
{
    switch (rule) {
#define RULE_CASE(name, number, key, flag, yes, no)                                                \
    case name:                                                                                     \
        return flag;
        RULE_MAP(RULE_CASE)
#undef RULE_CASE
    }
    return FLAG_MULTI_SOURCE;
}

void
rule_text(const struct rule_explanation *explanation, char out[RULE_TEXT_ROOM])
{
    const char *format = rule_format(explanation->rule, explanation->is_raised);
    size_t next = 0;
    size_t len = 0;

    while (*format != '\0' && len + 1 < RULE_TEXT_ROOM) {
        const char *hole = strstr(format, "%u");
        size_t plain = hole == NULL ? strlen(format) : (size_t) (hole - format);
        int written = snprintf(out + len, RULE_TEXT_ROOM - len, "%.*s", (int) plain, format);

        len += (size_t) written;
        format += plain;
        if (hole != NULL && len + 1 < RULE_TEXT_ROOM && next < RULE_NUMBERS_MAX) {
            written = snprintf(out + len, RULE_TEXT_ROOM - len, "%u",
                               (unsigned int) explanation->numbers[next]);
            len += (size_t) written;
            next++;
        }
        format += hole != NULL ? 2 : 0;
    }
    out[len < RULE_TEXT_ROOM ? len : RULE_TEXT_ROOM - 1] = '\0';
}

void
rule_policy_label(const struct policy *policy, char out[POLICY_LABEL_ROOM])
{
    snprintf(out, POLICY_LABEL_ROOM, "%s %u", policy->name, (unsigned int) policy->version);
}
