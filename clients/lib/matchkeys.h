/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_MATCHKEYS_H
#define CLIENTS_LIB_MATCHKEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "clients/lib/identity.h"

/* The match keys of an identity: strong combinations of its fields.  Two reports that share one
 * key are a candidate pair; what they are is decided by comparing the capsules
 * (clients/lib/capsule.h). */

enum {
    MATCHKEYS_MAX = 12, /* slots of a report */
    MATCHKEY_LEN_MAX = 128
};

/* Tier A: an undecided comparison may go to a human.  Tier B: only a confirmed one goes on. */
enum matchkey_tier { MATCHKEY_TIER_A, MATCHKEY_TIER_B };

/* type, tier, key for listings, what the key holds.  {a, b} is an unordered pair.  A type may
 * stand twice in one identity, with its second surname or its second first name. */
#define MATCHKEY_TYPE_MAP(X)                                                                       \
    X(1, A, "number", "person number")                                                             \
    X(2, A, "sounds", "{first name, surname} by sound, date of birth with sorted day and month")   \
    X(3, A, "letters", "{first name, surname} by three letters, date of birth")                    \
    X(4, A, "first_name_home", "first name by sound, date of birth, postcode")                     \
    X(6, A, "year_mistyped", "{first name, surname} by sound, month and day of birth, postcode")   \
    X(7, A, "date_unknown", "{first name, surname} by sound, year of birth, address")              \
    X(8, A, "skeletons", "{first name, surname} by consonants, sorted digits of birth date, sex")  \
    X(9, B, "initial", "initial, surname by sound, date of birth, sex")                            \
    X(10, B, "day_unknown", "initial, surname by sound, year and month of birth, address")         \
    X(11, B, "surname_unusable", "initial, date of birth, address")                                \
    X(12, B, "first_name_unusable", "surname by sound, date of birth, postcode area")

/* One key: 'bytes' is u16 type || sum of (u8 tag || u16 len || bytes), the OPRF input of
 * protocol.md section 3 without its prefix "sein1/in" || ctx. */
struct matchkey {
    uint16_t type;
    uint16_t len;
    uint8_t bytes[MATCHKEY_LEN_MAX];
};

struct matchkeys {
    size_t count;
    struct matchkey keys[MATCHKEYS_MAX];
};
WIPED_KIND(matchkeys)

/* Builds the keys of 'identity', all different, at most MATCHKEYS_MAX, best first.
 *
 * ERR_MALFORMED: too few fields for any key; '*refusal' is IDENTITY_TOO_FEW.  '*out' is untouched.
 *
 * Threads: any. */
enum err matchkeys_build(const struct identity_rules *rules, const struct identity *identity,
                         struct matchkeys *out, struct identity_refusal *refusal) MUST_CHECK;

/* The tier of a type.  ERR_NOT_FOUND: no such type. */
enum err matchkey_tier(uint16_t type, enum matchkey_tier *out) MUST_CHECK;

/* The listing key of a type ("sounds"), and what it holds; "?" for an unknown type. */
const char *matchkey_name(uint16_t type);
const char *matchkey_text(uint16_t type);

#endif
