/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_NORMALISE_H
#define CLIENTS_LIB_NORMALISE_H

#include "base/attr.h"
#include "clients/lib/country.h"
#include "clients/lib/identity.h"
#include "clients/lib/latin.h"

/* What the parts of identity_normalise share; private to them.  Each part fills its fields of
 * 'identity' and returns ERR_OK, or ERR_MALFORMED with 'refusal' set, or ERR_NOMEM. */
struct normaliser {
    const struct identity_rules *rules;
    const struct identity_input *input;
    struct date today;
    struct identity identity;
    struct identity_refusal refusal;
};
WIPED_KIND(normaliser)

enum err normalise_first_names(struct normaliser *self) MUST_CHECK;
enum err normalise_surnames(struct normaliser *self) MUST_CHECK;
enum err normalise_birth_date(struct normaliser *self) MUST_CHECK;
enum err normalise_address(struct normaliser *self) MUST_CHECK;
enum err normalise_number(struct normaliser *self) MUST_CHECK;

/* Sets the refusal and returns ERR_MALFORMED. */
enum err normalise_refuse(struct normaliser *self, enum identity_field field,
                          enum identity_reason reason);

/* Folds one field; a text that only says "unknown", or has no letter or digit, becomes "". */
enum err normalise_fold(struct normaliser *self, enum identity_field field,
                        struct latin *out) MUST_CHECK;

/* normalise_fold and latin_cut; the words borrow from 'latin'. */
enum err normalise_cut(struct normaliser *self, enum identity_field field, struct latin *latin,
                       struct latin_words *out) MUST_CHECK;

/* Puts the words of a field, with digits or not, behind one another with 'joint' between them. */
enum err normalise_join(struct normaliser *self, enum identity_field field, const char *joint,
                        char *out, size_t room) MUST_CHECK;

/* Whether a joined name is one of the words that stand for something else (a particle, a title
 * ...). */
bool normalise_is_no_name(const struct identity_rules *rules, const char *name);

#endif
