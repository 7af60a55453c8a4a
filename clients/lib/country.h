/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_COUNTRY_H
#define CLIENTS_LIB_COUNTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* One step of a sound code: 'from' becomes 'to', at the place that 'where' names.  The first
 * step that fits at a position wins; the text goes on behind 'from'. */
struct sound_step {
    const char *from;
    const char *to;
    enum { SOUND_ANYWHERE, SOUND_AT_START, SOUND_AT_END } where;
};

/* A call name and a given name that it may stand for. */
struct short_form {
    const char *call;
    const char *given;
};

/* What differs from country to country.  Constant tables, lists of words end with NULL; all
 * partners of a tenant use the same. */
struct identity_rules {
    const char *country; /* "nl" */
    uint8_t norm_version; /* goes into ctx: another version is another key space */

    uint16_t age_max; /* who would be older has a wrong date of birth */

    const char *postcode_form; /* '9' a digit, '1' a digit but 0, 'a' a letter: "1999aa" */
    const char *const *postcode_never; /* endings that do not occur */
    size_t postcode_area_len; /* how many characters name the wider area */

    size_t person_number_min_len; /* shorter ones are refused */
    size_t person_number_len; /* those between are padded with zeros in front */
    bool (*person_number_is_valid)(const char *digits); /* NULL: it has no check */

    /* Types of match keys (clients/lib/matchkeys.h), best first, ending with 0: those that every name of
     * a person makes before any other, and those that fill what slots are left. */
    const uint8_t *strong_keys;
    const uint8_t *further_keys;

    /* Whether households are to be told apart: then what twins, father and son, or a form with the
     * child's number on it may have in common leaves doubt (clients/lib/capsule.c). */
    bool guards_relatives;

    const char *const *particles; /* "van", "de", ...: never a name of their own */
    const char *const
        *weak_particles; /* "le", "los", ...: a name of their own when they stand alone */
    const char *const
        *joined_particles; /* "el", "ben", ...: weak, and a hyphen behind them parts no names */
    const char *const *titles; /* "drs", "ir", ... */
    const char *const *unknown_words; /* "onbekend", ...: the field counts as empty */
    const char *const *no_first_names; /* "baby", ...: stand where a first name is not known */
    const char *const
        *partner_words; /* between birth name and partner's name: "e v", "gehuwd met" */
    const char *const *birth_words; /* between partner's name and birth name: "geb", "geboren" */

    const char *const *usual_names; /* sorted given names: two of them are two names */
    const size_t *usual_name_count;
    const struct short_form *short_forms; /* ends with call == NULL */

    const struct sound_step *letter_steps; /* spellings of one letter, "ij" and "y"; ends alike */
    const struct sound_step *sound_steps; /* ends with from == NULL */
    size_t sound_len; /* at most so many sounds count */
};

/* The Netherlands: "1234AB", BSN with its elfproef, tussenvoegsels, Dutch sounds. */
extern const struct identity_rules COUNTRY_NL;

/* Australia: four-digit postcodes, a person number without a check, English sounds. */
extern const struct identity_rules COUNTRY_AU;

/* Finds the rules of a country by its two letters, in either case.  ERR_NOT_FOUND. */
enum err country_by_code(const char *code, const struct identity_rules **out) MUST_CHECK;

/* Whether nine digits are a valid BSN: 9a+8b+7c+6d+5e+4f+3g+2h-i is a multiple of 11, not all
 * zero. */
bool country_nl_bsn_is_valid(const char *digits);

#endif
