/* SPDX-License-Identifier: EUPL-1.2 */
/* Fields as a person or a CSV file might bring them, one per line: never a crash, and what is
 * accepted is a fixed point, passes its own check, makes keys that fit and agrees with itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clients/lib/capsule.h"
#include "clients/lib/country.h"
#include "clients/lib/identity.h"
#include "clients/lib/matchkeys.h"

enum { FUZZED_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct date TODAY = { 2026, 6, 30 };

static void
must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Cuts 'text' at line ends into the fields in their order; returns what is left, NULL for nothing. */
static char *
cut(char *text, struct identity_input *out)
{
    for (size_t i = 0; i < IDENTITY_FIELD_COUNT && text != NULL; i++) {
        out->text[i] = strsep(&text, "\n");
    }
    return text;
}

/* Normalises to a fixed point, of which a capsule may hold every letter.  False: refused. */
static bool
normalise(const struct identity_rules *rules, const struct identity_input *input,
          struct identity *out)
{
    struct identity again;
    struct identity_text text;
    struct identity_input normal;
    struct identity_refusal refusal;

    memset(out, 0, sizeof *out);
    memset(&again, 0, sizeof again);
    if (identity_normalise(rules, input, TODAY, out, &refusal) != ERR_OK) {
        return false;
    }
    must(identity_check(out) == ERR_OK);
    identity_as_input(out, &text, &normal);
    must(identity_normalise(rules, &normal, TODAY, &again, &refusal) == ERR_OK);
    must(memcmp(out, &again, sizeof again) == 0);
    return true;
}

static void
try_rules(const struct identity_rules *rules, const struct identity_input *input,
          const struct identity_input *other_input)
{
    const struct capsule_policy policy = { .rules = rules, .today = TODAY };
    struct identity identity;
    struct identity other;
    struct identity_refusal refusal;
    struct matchkeys keys;
    struct matchkeys_all all;
    struct capsule_comparison there;
    struct capsule_comparison back;

    memset(&there, 0, sizeof there);
    memset(&back, 0, sizeof back);
    if (!normalise(rules, input, &identity)) {
        return;
    }
    if (matchkeys_build(rules, &identity, &keys, &refusal) == ERR_OK) {
        must(keys.count > 0 && keys.count <= MATCHKEYS_MAX);
        matchkeys_build_all(rules, &identity, &all);
        must(all.count >= keys.count && all.count <= MATCHKEYS_ALL_MAX);
    }
    capsule_compare(&policy, &identity, &identity, &there);
    must(there.verdict != CAPSULE_REFUSED);
    if (normalise(rules, other_input, &other)) {
        capsule_compare(&policy, &identity, &other, &there);
        capsule_compare(&policy, &other, &identity, &back);
        must(memcmp(&there, &back, sizeof there) == 0);
    }
}

/* The input is one identity and, behind its last field, a second one. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct identity_input input = { .may_use_person_number = true };
    struct identity_input other = { .may_use_person_number = true };
    char text[FUZZED_MAX + 1];

    if (len == 0 || len > FUZZED_MAX) {
        return 0;
    }
    input.birth_day_is_estimated = data[0] == '!';
    memcpy(text, data, len);
    text[len] = '\0';
    cut(cut(text, &input), &other);
    try_rules(&COUNTRY_NL, &input, &other);
    try_rules(&COUNTRY_AU, &input, &other);
    return 0;
}
