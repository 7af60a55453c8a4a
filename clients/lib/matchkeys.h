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

/* type, tier, key for listings, what the key holds.  {a, b} is an unordered pair; the birth
 * date has its day and month sorted, a sorted postcode its characters; the area is the front of a
 * postcode. No key is an address and a surname alone, nor a household.  There are more types
 * than slots: who has a person number or two surnames does without the last ones.  A type may
 * stand twice in one identity, with its second surname or its second first name. */
#define MATCHKEY_TYPE_MAP(X)                                                                       \
    X(1, A, "number", "person number")                                                             \
    X(2, A, "names_born", "{first name, surname} by three letters, birth date")                    \
    X(3, A, "initial_born", "initial, surname by sound, birth date")                               \
    X(4, A, "names_home", "{first name, surname} by sound, sorted postcode")                       \
    X(5, A, "first_name_born", "first name by sound, birth date, area")                            \
    X(6, B, "surname_born", "surname by three letters, birth date, area")                          \
    X(7, B, "born_home", "birth date, sorted postcode")                                            \
    X(8, B, "born_house", "birth date, area, house number")                                        \
    X(9, A, "names_house", "{first name, surname} by three letters, area, house number")           \
    X(10, B, "first_name_home", "first name by sound, postcode, house number")                     \
    X(11, B, "month_mistyped", "year and day of birth, sorted postcode, house number")             \
    X(12, B, "surname_house", "surname by three letters, birth date, house number")                \
    X(13, B, "initial_house", "initial, surname by sound, sorted postcode, house number")

/* One key: 'bytes' is u16 type || sum of (u8 tag || u16 len || bytes), the OPRF input of
 * docs/PROTOCOL.md section 3 without its prefix "sein1/in" || ctx. */
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
