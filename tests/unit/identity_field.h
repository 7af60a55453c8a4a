/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_UNIT_IDENTITY_FIELD_H
#define TESTS_UNIT_IDENTITY_FIELD_H

/* One field of an identity, entered alone: what it is refused for, what it becomes. */
#include <stddef.h>
#include <string.h>

#include "clients/lib/country.h"
#include "clients/lib/identity.h"
#include "tests/lib/cmocka_all.h"

static const struct date TODAY = { 2026, 6, 30 };

/* All residents here are made up; 123456782 and 111222333 are numbers of textbooks. */

/* Normalises one field alone by the Dutch rules. */
static inline enum err
enter(enum identity_field field, const char *text, struct identity *out,
      struct identity_refusal *refusal)
{
    struct identity_input input = { .may_use_person_number = true };

    input.text[field] = text;
    return identity_normalise(&COUNTRY_NL, &input, TODAY, out, refusal);
}

/* One field as entered is refused for 'reason', and the result stays as it was. */
static inline void
expect_refusal(enum identity_field field, const char *text, enum identity_reason reason)
{
    struct identity before;
    struct identity identity;
    struct identity_refusal refusal = { IDENTITY_COUNTRY, IDENTITY_ACCEPTED };

    memset(&before, 0x5a, sizeof before);
    identity = before;
    assert_err(ERR_MALFORMED, enter(field, text, &identity, &refusal));
    assert_string_equal(identity_reason_text(refusal.reason), identity_reason_text(reason));
    assert_int_equal(refusal.field, field);
    assert_memory_equal(&identity, &before, sizeof before);
}

struct pair {
    const char *entered;
    const char *wanted;
};

/* Each text entered in 'field' yields the wanted one at 'offset' of the identity. */
static inline void
expect_texts(enum identity_field field, size_t offset, const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { 0 };
        enum err err = enter(field, pairs[i].entered, &identity, &refusal);

        if (err != ERR_OK) {
            print_error("%s: %s\n", pairs[i].entered, identity_reason_text(refusal.reason));
        }
        assert_ok(err);
        assert_string_equal((const char *) &identity + offset, pairs[i].wanted);
    }
}

#define EXPECT_TEXTS(field, member, pairs)                                                         \
    expect_texts(field, offsetof(struct identity, member), pairs, sizeof(pairs) / sizeof(pairs)[0])

#endif
