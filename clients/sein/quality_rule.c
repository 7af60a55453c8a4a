/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/quality_rule.h"

#include <stdbool.h>

static bool
is_more_than(uint64_t part, uint64_t whole, uint64_t percent)
{
    return whole >= QUALITY_RULE_LEAST && part * 100 > whole * percent;
}

unsigned int
quality_reasons(const struct quality_sums *sums)
{
    unsigned int reasons = 0;

    if (sums->overruled > 0) {
        reasons |= 1U << QUALITY_OVERRULED;
    }
    if (sums->largest > QUALITY_RULE_RECORDS) {
        reasons |= 1U << QUALITY_LARGE;
    }
    if (is_more_than(sums->refused, sums->compared, QUALITY_RULE_REFUSED_PERCENT)) {
        reasons |= 1U << QUALITY_REFUSED;
    }
    if (is_more_than(sums->undecided, sums->compared, QUALITY_RULE_UNDECIDED_PERCENT)) {
        reasons |= 1U << QUALITY_UNDECIDED;
    }
    return reasons;
}

const char *
quality_reason_key(enum quality_reason reason)
{
#define REASON_KEY(code, key, text) key,
    static const char *const keys[] = { QUALITY_REASON_MAP(REASON_KEY) };
#undef REASON_KEY

    return (unsigned int) reason < QUALITY_REASON_COUNT ? keys[reason] : "unknown";
}

const char *
quality_reason_text(enum quality_reason reason)
{
#define REASON_TEXT(code, key, text) text,
    static const char *const texts[] = { QUALITY_REASON_MAP(REASON_TEXT) };
#undef REASON_TEXT

    return (unsigned int) reason < QUALITY_REASON_COUNT ? texts[reason] : "unknown";
}
