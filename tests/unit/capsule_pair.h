/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_UNIT_CAPSULE_PAIR_H
#define TESTS_UNIT_CAPSULE_PAIR_H

/* Two made-up residents, compared both ways round. */
#include <string.h>

#include "clients/lib/capsule.h"
#include "clients/lib/country.h"
#include "tests/lib/cmocka_all.h"

static const struct date TODAY = { 2026, 6, 30 };

/* The resident below is nineteen: old enough for a file, too young to have left home. */
static const struct capsule_policy POLICY = { .rules = &COUNTRY_NL, .today = { 2000, 6, 30 } };

/* A made-up resident; the tests change one field at a time. */
static const struct identity_input BASE = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Johanna",
              [IDENTITY_BIRTH_NAME] = "van den Dijk",
              [IDENTITY_BIRTH_DATE] = "1980-12-04",
              [IDENTITY_SEX] = "v",
              [IDENTITY_POSTCODE] = "1234AB",
              [IDENTITY_HOUSE_NUMBER] = "12" },
    .may_use_person_number = true,
};

static inline struct identity
normal(const struct identity_input *input)
{
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    assert_ok(identity_normalise(&COUNTRY_NL, input, TODAY, &identity, &refusal));
    return identity;
}

/* Compares both ways round; the answers must be the same. */
static inline struct capsule_comparison
compare(const struct identity_input *a_input, const struct identity_input *b_input)
{
    struct identity a = normal(a_input);
    struct identity b = normal(b_input);
    struct capsule_comparison there = { 0 };
    struct capsule_comparison back = { 0 };

    capsule_compare(&POLICY, &a, &b, &there);
    capsule_compare(&POLICY, &b, &a, &back);
    assert_memory_equal(&there, &back, sizeof there);
    return there;
}

#endif
