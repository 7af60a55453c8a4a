/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_RULES_H
#define VAULT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/escrow/terms.h"
#include "vault/policy.h"

/* The rules of correlation as a pure function: the facts of one component and a policy in, flags with
 * their explanations out.  Deterministic; no clock, no store, no identity.
 *
 * Windows count in weeks of observation, both ends included: 52 weeks apart is within 12 months, 53 is
 * not. */

/* One report of a component, as far as rules see it. */
struct rule_record {
    uint32_t serial;
    uint32_t entity; /* organisations of one legal entity count as one */
    uint8_t sector;
    uint16_t week; /* of observation */
    uint8_t band; /* 1-4 */
    uint8_t mode; /* enum release_mode */
    bool is_attached; /* counts for dates and bands only */
    bool is_assessed; /* 'tags' are known */
    uint16_t tags; /* the gate's domain tags: bit n-1 for tag n */
    uint64_t received_at;
};

/* X(NAME, number on disk, key, flag, text when raised, text when not): each %u stands for the next of
 * the explanation's numbers; the texts are msgids of their translations. */
#define RULE_MAP(X)                                                                                \
    X(RULE_MULTI_SOURCE, 1, "multi_source", FLAG_MULTI_SOURCE,                                     \
      "%u organisations of %u sectors reported %u life domains, at most %u weeks apart; needed: "  \
      "%u, %u and %u, within %u weeks.",                                                           \
      "Not enough: %u organisations of %u sectors reported %u life domains, at most %u weeks "     \
      "apart; needed: "                                                                            \
      "%u, %u and %u, within %u weeks.")                                                           \
    X(RULE_COMPLEX, 2, "complex", FLAG_COMPLEX,                                                    \
      "%u organisations of %u sectors reported %u life domains, at most %u weeks apart; needed: "  \
      "%u, %u and %u, within %u weeks.",                                                           \
      "Not enough: %u organisations of %u sectors reported %u life domains, at most %u weeks "     \
      "apart; needed: "                                                                            \
      "%u, %u and %u, within %u weeks.")                                                           \
    X(RULE_SEVERITY_ROSE, 3, "escalating_severity", FLAG_ESCALATING,                               \
      "Severity rose from band %u to band %u in %u weeks.",                                        \
      "Severity did not rise within %u weeks.")                                                    \
    X(RULE_SEVERAL_SIGNALS, 4, "escalating_signals", FLAG_ESCALATING,                              \
      "%u signals within %u weeks; needed: %u.", "Only %u signals within %u weeks; needed: %u.")   \
    X(RULE_NEW_SECTOR, 5, "escalating_sector", FLAG_ESCALATING,                                    \
      "A new sector joined, number %u, %u weeks after the signal before; needed: %u sectors, "     \
      "within %u weeks.",                                                                          \
      "No new sector joined: there are %u; needed: %u, within %u weeks of the signal before.")     \
    X(RULE_ACUTE, 6, "acute", FLAG_ACUTE, "%u signals of danger now, the gravest of band %u.",     \
      "No signal of danger now.")                                                                  \
    X(RULE_CONSENTED, 7, "consented", FLAG_CONSENTED,                                              \
      "%u signals with the resident's consent to contact, the gravest of band %u.",                \
      "No signal with the resident's consent to contact.")

#define RULE_ENUM(name, number, key, flag, yes, no) name = number,
enum rule { RULE_MAP(RULE_ENUM) };
#undef RULE_ENUM

enum {
    RULE_NUMBERS_MAX = 8,
    RULE_RECORDS_MAX = 64,
    RULE_EXPLANATIONS_MAX = 8,
    RULE_TEXT_ROOM = 256,
    POLICY_LABEL_ROOM = POLICY_NAME_MAX + 16
};

/* Why a flag stands, or what would not have raised it. */
struct rule_explanation {
    enum rule rule;
    bool is_raised; /* false: this rule was looked at and does not hold */
    uint16_t numbers[RULE_NUMBERS_MAX]; /* for the rule's text */
    uint64_t records; /* on which it rests: bit i for record i */
};

struct rule_result {
    uint32_t flags; /* bits of enum case_flag */
    size_t explanation_count;
    struct rule_explanation explanations[RULE_EXPLANATIONS_MAX];
};

/* Applies the policy to the 'count' (1-64) records of one component: linked ones and those attached.
 * Acute and consented records give their flags by themselves and never lower another threshold. */
void rules_apply(const struct policy *policy, const struct rule_record *records, size_t count,
                 struct rule_result *out);

/* Whether domain tags could still make a flag of several sources: enough organisations and sectors
 * within the window.  If not, the gate need not be asked. */
bool rules_need_tags(const struct policy *policy, const struct rule_record *records, size_t count);

/* The rule's constant parts; never NULL. */
const char *rule_key(enum rule rule);
const char *rule_format(enum rule rule, bool is_raised);
enum case_flag rule_flag(enum rule rule);

/* The explanation as one English sentence. */
void rule_text(const struct rule_explanation *explanation, char out[RULE_TEXT_ROOM]);

/* "name version" of a policy. */
void rule_policy_label(const struct policy *policy, char out[POLICY_LABEL_ROOM]);

#endif
