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

/* The parts of a key.  A part that the identity lacks makes no key. */
enum matchkey_names {
    NAMES_NONE,
    NAMES_NUMBER, /* the person number, and no other part */
    NAMES_PAIR, /* first name and surname, in either order */
    NAMES_FIRST,
    NAMES_SURNAME,
    NAMES_INITIAL, /* of the first name */
    NAMES_INITIAL_SURNAME
};
enum matchkey_born {
    BORN_ANY,
    BORN_DATE, /* day and month sorted */
    BORN_SORTED_YEAR, /* the same with the last two digits of the year sorted */
    BORN_YEAR_MONTH,
    BORN_YEAR
};
enum matchkey_place {
    PLACE_ANY,
    PLACE_POSTCODE,
    PLACE_PAIRS, /* a postcode of which each pair of characters is sorted: a swap does no harm */
    PLACE_AREA /* the front of a postcode */
};
enum matchkey_house { HOUSE_ANY, HOUSE_NUMBER, HOUSE_DIGITS /* sorted */ };

/* In place of a number of letters: the whole name by its sound. */
enum { BY_SOUND = 0 };

/* type, tier, key for listings, names, their letters, birth, place, house.
 *
 * No key is an address and a surname alone, nor a household.  Which types a country uses, and in which
 * order, its rules say (clients/lib/country.h): 2 to 13 are for postcodes that name a street, 14 to 25 for
 * such that name a town.  A type may stand twice in one identity, with its second surname or its second
 * first name. */
#define MATCHKEY_TYPE_MAP(X)                                                                       \
    X(1, A, "number", NAMES_NUMBER, 0, BORN_ANY, PLACE_ANY, HOUSE_ANY)                             \
    X(2, A, "names_home", NAMES_PAIR, BY_SOUND, BORN_ANY, PLACE_PAIRS, HOUSE_DIGITS)               \
    X(3, A, "initial_born_home", NAMES_INITIAL, 1, BORN_SORTED_YEAR, PLACE_PAIRS, HOUSE_NUMBER)    \
    X(4, A, "surname_year_home", NAMES_SURNAME, BY_SOUND, BORN_YEAR, PLACE_PAIRS, HOUSE_NUMBER)    \
    X(5, A, "initial_surname_born", NAMES_INITIAL_SURNAME, BY_SOUND, BORN_DATE, PLACE_ANY,         \
      HOUSE_ANY)                                                                                   \
    X(6, B, "surname_born_postcode", NAMES_SURNAME, BY_SOUND, BORN_SORTED_YEAR, PLACE_POSTCODE,    \
      HOUSE_ANY)                                                                                   \
    X(7, A, "first_name_year_home", NAMES_FIRST, 4, BORN_YEAR, PLACE_POSTCODE, HOUSE_NUMBER)       \
    X(8, A, "names_born", NAMES_PAIR, BY_SOUND, BORN_SORTED_YEAR, PLACE_ANY, HOUSE_ANY)            \
    X(9, A, "names_month_house", NAMES_PAIR, BY_SOUND, BORN_YEAR_MONTH, PLACE_ANY, HOUSE_NUMBER)   \
    X(10, A, "short_year_home", NAMES_INITIAL_SURNAME, 2, BORN_YEAR, PLACE_POSTCODE, HOUSE_DIGITS) \
    X(11, A, "letters_born_house", NAMES_PAIR, 3, BORN_DATE, PLACE_ANY, HOUSE_DIGITS)              \
    X(12, B, "letters_born_home", NAMES_SURNAME, 3, BORN_DATE, PLACE_POSTCODE, HOUSE_DIGITS)       \
    X(13, A, "short_month_home", NAMES_INITIAL_SURNAME, 2, BORN_YEAR_MONTH, PLACE_POSTCODE,        \
      HOUSE_NUMBER)                                                                                \
    X(14, B, "surname_born_area", NAMES_SURNAME, 3, BORN_DATE, PLACE_AREA, HOUSE_ANY)              \
    X(15, B, "letters_year_home", NAMES_SURNAME, 3, BORN_YEAR, PLACE_PAIRS, HOUSE_NUMBER)          \
    X(16, A, "letters_area_house", NAMES_PAIR, 3, BORN_ANY, PLACE_AREA, HOUSE_NUMBER)              \
    X(17, A, "first_name_born_house", NAMES_FIRST, BY_SOUND, BORN_DATE, PLACE_ANY, HOUSE_DIGITS)   \
    X(18, B, "born_postcode", NAMES_NONE, 0, BORN_DATE, PLACE_PAIRS, HOUSE_ANY)                    \
    X(19, A, "initial_letters_home", NAMES_INITIAL_SURNAME, 3, BORN_ANY, PLACE_POSTCODE,           \
      HOUSE_NUMBER)                                                                                \
    X(20, B, "surname_born_house", NAMES_SURNAME, 3, BORN_SORTED_YEAR, PLACE_ANY, HOUSE_NUMBER)    \
    X(21, A, "first_name_born_area", NAMES_FIRST, 4, BORN_DATE, PLACE_AREA, HOUSE_ANY)             \
    X(22, A, "short_names_born", NAMES_PAIR, 2, BORN_DATE, PLACE_ANY, HOUSE_ANY)                   \
    X(23, B, "born_area_house", NAMES_NONE, 0, BORN_DATE, PLACE_AREA, HOUSE_NUMBER)                \
    X(24, A, "letters_postcode", NAMES_PAIR, 3, BORN_ANY, PLACE_PAIRS, HOUSE_ANY)                  \
    X(25, B, "first_name_home", NAMES_FIRST, 4, BORN_ANY, PLACE_POSTCODE, HOUSE_NUMBER)

enum { MATCHKEY_TYPES = 26 /* one more than the highest type */ };

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

/* The keys that an identity would have if there were slots for all; none for one that has too few fields.
 *
 * Threads: any. */
enum { MATCHKEYS_ALL_MAX = 3 * MATCHKEY_TYPES /* with two surnames and two first names */ };

struct matchkeys_all {
    size_t count;
    struct matchkey keys[MATCHKEYS_ALL_MAX];
};
WIPED_KIND(matchkeys_all)

void matchkeys_build_all(const struct identity_rules *rules, const struct identity *identity,
                         struct matchkeys_all *out);

/* The tier of a type.  ERR_NOT_FOUND: no such type. */
enum err matchkey_tier(uint16_t type, enum matchkey_tier *out) MUST_CHECK;

/* The listing key of a type ("names_born"); "?" for an unknown type. */
const char *matchkey_name(uint16_t type);

/* What a type is made of, in words; "?" for an unknown type. */
struct matchkey_text {
    char text[128];
};
void matchkey_describe(uint16_t type, struct matchkey_text *out);

#endif
