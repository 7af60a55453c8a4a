/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_QUALITY_RULE_H
#define CLIENTS_SEIN_QUALITY_RULE_H

#include <stdint.h>

#include "clients/sein/language.h"

/* When the privacy officer should look at the match keys (docs/LINKAGE.md, "In service"). */

enum {
    QUALITY_RULE_MONTHS = 3, /* this month and the two before */
    QUALITY_RULE_LEAST = 30, /* links, before shares say anything */
    QUALITY_RULE_RECORDS = 8, /* linked signals in one component */
    QUALITY_RULE_REFUSED_PERCENT = 25,
    QUALITY_RULE_UNDECIDED_PERCENT = 33
};

/* X(code, key, text) */
#define QUALITY_REASON_MAP(X)                                                                      \
    X(QUALITY_OVERRULED, "overruled",                                                              \
      N_("A person parted signals that the software had confirmed: have these cases looked at."))  \
    X(QUALITY_LARGE, "large",                                                                      \
      N_("A component or an open case has more than 8 linked signals: an institution that is not " \
         "on the list, or a key that is too wide."))                                               \
    X(QUALITY_REFUSED, "refused",                                                                  \
      N_("More than a quarter of the links were refused: the keys are too wide for this vault."))  \
    X(QUALITY_UNDECIDED, "undecided",                                                              \
      N_("More than a third of the links were left to a person: a partner sends too little."))

#define QUALITY_REASON_ENUM(code, key, text) code,
enum quality_reason { QUALITY_REASON_MAP(QUALITY_REASON_ENUM) QUALITY_REASON_COUNT };
#undef QUALITY_REASON_ENUM

/* What the rule looks at: the last QUALITY_RULE_MONTHS months together. */
struct quality_sums {
    uint64_t compared;
    uint64_t refused;
    uint64_t undecided;
    uint64_t overruled;
    uint32_t largest; /* component compared, or open case now */
};

/* The reasons to look: bit i for enum quality_reason i; 0: none. */
unsigned int quality_reasons(const struct quality_sums *sums);

/* Constants; the text is an English msgid. */
const char *quality_reason_key(enum quality_reason reason);
const char *quality_reason_text(enum quality_reason reason);

#endif
