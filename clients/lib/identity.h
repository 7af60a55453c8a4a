/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_IDENTITY_H
#define CLIENTS_LIB_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"

/* Who a report is about: from what a person typed, or a CSV line held, to a normalised identity
 * that two organisations spell alike.  Pure: no network, no store, no clock, no global state.
 *
 * What a country's rules decide (form of a postcode, person number and its check, particles,
 * sound code) is a parameter: struct identity_rules in clients/lib/country.h. */
struct identity_rules;

/* The fields of an identity, each with the key used in CSV, YAML and JSON. */
#define IDENTITY_FIELD_MAP(X)                                                                      \
    X(IDENTITY_GIVEN_NAMES, "given_names")                                                         \
    X(IDENTITY_CALL_NAME, "call_name")                                                             \
    X(IDENTITY_INITIALS, "initials")                                                               \
    X(IDENTITY_SURNAME, "surname")                                                                 \
    X(IDENTITY_BIRTH_NAME, "birth_surname")                                                        \
    X(IDENTITY_PARTNER_NAME, "partner_surname")                                                    \
    X(IDENTITY_BIRTH_DATE, "date_of_birth")                                                        \
    X(IDENTITY_SEX, "sex")                                                                         \
    X(IDENTITY_POSTCODE, "postcode")                                                               \
    X(IDENTITY_HOUSE_NUMBER, "house_number")                                                       \
    X(IDENTITY_HOUSE_ADDITION, "house_addition")                                                   \
    X(IDENTITY_STREET, "street")                                                                   \
    X(IDENTITY_TOWN, "place")                                                                      \
    X(IDENTITY_COUNTRY, "country")                                                                 \
    X(IDENTITY_PERSON_NUMBER, "bsn")

#define IDENTITY_FIELD_ENUM(code, key) code,
enum identity_field { IDENTITY_FIELD_MAP(IDENTITY_FIELD_ENUM) IDENTITY_FIELD_COUNT };
#undef IDENTITY_FIELD_ENUM

/* Why an identity is refused, each with one constant English sentence that holds the remedy. */
#define IDENTITY_REASON_MAP(X)                                                                     \
    X(IDENTITY_ACCEPTED, "the identity is accepted")                                               \
    X(IDENTITY_NOT_UTF8, "the text is not UTF-8; save the file as UTF-8")                          \
    X(IDENTITY_TOO_LONG, "the text is too long; shorten it")                                       \
    X(IDENTITY_INVISIBLE, "the text holds control or invisible characters; type it anew")          \
    X(IDENTITY_NOT_LATIN, "letters of another script; use the Latin spelling of the passport")     \
    X(IDENTITY_NOT_A_NAME, "digits or symbols that no name has; correct the name")                 \
    X(IDENTITY_COMMA_NAME, "a first name behind a comma; put it in a field of its own")            \
    X(IDENTITY_ONLY_PARTICLES, "only a prefix or a title; add the name itself")                    \
    X(IDENTITY_TOO_MANY_NAMES, "more than two surnames; give birth name and partner's name apart") \
    X(IDENTITY_DATE_FORM, "not a date; write year-month-day, with 00 for what is not known")       \
    X(IDENTITY_DATE_IMPOSSIBLE, "this day does not exist; correct it or write 00 for the day")     \
    X(IDENTITY_DATE_FUTURE, "the date lies in the future; correct it")                             \
    X(IDENTITY_DATE_TOO_OLD, "the person would be older than anybody is; correct the year")        \
    X(IDENTITY_SEX_FORM, "not a known sex; write m, f, x or leave it empty")                       \
    X(IDENTITY_POSTCODE_FORM, "not a postcode of this country; correct it or name the country")    \
    X(IDENTITY_POSTCODE_LETTERS, "a postcode with letters that are never used; correct it")        \
    X(IDENTITY_HOUSE_FORM, "not a house number; write the number, the addition apart")             \
    X(IDENTITY_COUNTRY_FORM, "not a country code; write two letters or leave it empty")            \
    X(IDENTITY_NUMBER_FORM, "a person number of the wrong length or with other characters")        \
    X(IDENTITY_NUMBER_CHECK, "the person number fails its check; a digit must be wrong")           \
    X(IDENTITY_NUMBER_NOT_ALLOWED,                                                                 \
      "this organisation may not use the person number; leave it out")                             \
    X(IDENTITY_TOO_FEW, "too little to recognise anybody; this field would help most")

#define IDENTITY_REASON_ENUM(code, text) code,
enum identity_reason { IDENTITY_REASON_MAP(IDENTITY_REASON_ENUM) IDENTITY_REASON_COUNT };
#undef IDENTITY_REASON_ENUM

/* What is wrong with which field.  For IDENTITY_TOO_FEW the field says what would help most. */
struct identity_refusal {
    enum identity_field field;
    enum identity_reason reason;
};

/* The key of a field ("date_of_birth"), and the English sentence of a reason; never NULL. */
const char *identity_field_key(enum identity_field field);
const char *identity_reason_text(enum identity_reason reason);

/* Finds a field by its key; ERR_NOT_FOUND. */
enum err identity_field_by_key(const char *key, enum identity_field *out) MUST_CHECK;

/* An identity as entered: UTF-8, one string per field, NULL or "" where nothing is known.
 *
 * 'surname' is the name as the source writes it, which may be one name or two in either order
 * with or without "e/v", "geb."; 'birth_name' and 'partner_name' are for sources that keep them
 * apart.  'initials' is only needed where no given name is known.  'country' empty is the rules'
 * own country; another one means that the address lies abroad and does not count. */
struct identity_input {
    const char *text[IDENTITY_FIELD_COUNT];
    bool birth_day_is_estimated; /* the source marks 1 January (or 1 July) as "not known" */
    bool may_use_person_number; /* by the registry; else a person number is refused */
};

enum {
    IDENTITY_INPUT_MAX = 200, /* bytes per field as entered */
    IDENTITY_NAME_ROOM = 61,
    IDENTITY_INITIALS_ROOM = 11,
    IDENTITY_POSTCODE_ROOM = 12,
    IDENTITY_HOUSE_ROOM = 8,
    IDENTITY_TOWN_ROOM = 40,
    IDENTITY_NUMBER_ROOM = 16
};

/* A date of birth of which parts may be unknown (0). */
struct birth_date {
    uint16_t year;
    uint8_t month;
    uint8_t day;
};

/* A normalised identity.  All strings are lower-case a-z, 0-9 and single spaces, 
 * NUL-terminated, "" where nothing is known; together under 400 bytes, so that a capsule of 512
 * holds them.  It is a secret: declare it with WIPED(identity). */
struct identity {
    char given_names[IDENTITY_NAME_ROOM]; /* "johanna maria"; "" when only initials are known */
    char call_name[IDENTITY_TOWN_ROOM]; /* "hanneke" */
    char initials[IDENTITY_INITIALS_ROOM]; /* "jm" */
    char surname[IDENTITY_NAME_ROOM]; /* core of the birth name, or of the one surname known */
    char other_surname[IDENTITY_NAME_ROOM]; /* core of the partner's name, or of a second surname */
    struct birth_date birth_date;
    char sex; /* 'm', 'f', 'x', or 0 */
    char postcode[IDENTITY_POSTCODE_ROOM]; /* "1234ab" */
    char house_number[IDENTITY_HOUSE_ROOM]; /* "12" */
    char house_addition[IDENTITY_HOUSE_ROOM]; /* "a" */
    char street[IDENTITY_NAME_ROOM];
    char town[IDENTITY_TOWN_ROOM];
    char person_number[IDENTITY_NUMBER_ROOM]; /* "123456782" */
};
WIPED_KIND(identity)

/* Normalises and checks every field of 'input' by 'rules'; 'today' bounds the date of birth.
 *
 * The result is a fixed point: entering it again (identity_as_input) yields the same.
 *
 * ERR_MALFORMED: '*refusal' names the first field that is not acceptable, and why; '*out' is
 * untouched.
 * ERR_NOMEM.
 *
 * Threads: any.
 * Leaks: to the clock, lengths of names; it runs on the partner's own machine only. */
enum err identity_normalise(const struct identity_rules *rules, const struct identity_input *input,
                            struct date today, struct identity *out,
                            struct identity_refusal *refusal) MUST_CHECK;

/* The room for the texts that a normalised identity does not hold as a string. */
struct identity_text {
    char birth_date[DATE_TEXT_ROOM];
    char sex[2];
    char initials[2 * IDENTITY_INITIALS_ROOM]; /* with a point each, so that they spell no word */
};
WIPED_KIND(identity_text)

/* Presents a normalised identity as an input again; '*out' borrows from 'identity' and 'text'. */
void identity_as_input(const struct identity *identity, struct identity_text *text,
                       struct identity_input *out);

/* Whether every string of an identity that came from elsewhere (a capsule) is one that
 * identity_normalise could have made: characters, lengths, a date that may
 * exist.  ERR_MALFORMED when not. */
enum err identity_check(const struct identity *identity) MUST_CHECK;

#endif
