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

/* Cuts 'text' at line ends into the fields in their order. */
static void
cut(char *text, struct identity_input *out)
{
    for (size_t i = 0; i < IDENTITY_FIELD_COUNT && text != NULL; i++) {
        out->text[i] = strsep(&text, "\n");
    }
}

static void
try_rules(const struct identity_rules *rules, const struct identity_input *input)
{
    struct identity identity;
    struct identity again;
    struct identity_text text;
    struct identity_input normal;
    struct identity_refusal refusal;
    struct matchkeys keys;
    struct capsule_comparison comparison;
    const struct capsule_policy policy = { .rules = rules, .today = TODAY };

    memset(&identity, 0, sizeof identity);
    memset(&again, 0, sizeof again);
    if (identity_normalise(rules, input, TODAY, &identity, &refusal) != ERR_OK) {
        return;
    }
    must(identity_check(&identity) == ERR_OK);
    identity_as_input(&identity, &text, &normal);
    must(identity_normalise(rules, &normal, TODAY, &again, &refusal) == ERR_OK);
    must(memcmp(&identity, &again, sizeof identity) == 0);
    if (matchkeys_build(rules, &identity, &keys, &refusal) == ERR_OK) {
        must(keys.count > 0 && keys.count <= MATCHKEYS_MAX);
    }
    capsule_compare(&policy, &identity, &again, &comparison);
    must(comparison.verdict != CAPSULE_REFUSED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct identity_input input = { .may_use_person_number = true };
    char text[FUZZED_MAX + 1];

    if (len == 0 || len > FUZZED_MAX) {
        return 0;
    }
    input.birth_day_is_estimated = data[0] == '!';
    memcpy(text, data, len);
    text[len] = '\0';
    cut(text, &input);
    try_rules(&COUNTRY_NL, &input);
    try_rules(&COUNTRY_AU, &input);
    return 0;
}
