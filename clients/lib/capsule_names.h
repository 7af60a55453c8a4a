/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_CAPSULE_NAMES_H
#define CLIENTS_LIB_CAPSULE_NAMES_H

#include "clients/lib/capsule.h"

/* How names compare: the part of capsule_compare that knows languages, private to it.  All are
 * symmetric and never fail.  Threads: any. */

bool capsule_agrees(enum capsule_agreement agreement);

/* Call name, given names and initials of two persons.  Rules that guard relatives call "different" what
 * sisters or brothers may be called: "Amir" and "Amira", two usual names that look alike. */
enum capsule_agreement capsule_first_names(const struct identity_rules *rules,
                                           const struct identity *a, const struct identity *b);

/* Whether a call name or a given name is known. */
bool capsule_has_first_name(const struct identity *identity);

/* Whether one side has a call name alone and the other given names alone: no list holds all that a
 * Catharina may be called. */
bool capsule_is_call_against_given(const struct identity *a, const struct identity *b);

/* Never a conflict: people marry, divorce and take names. */
enum capsule_agreement capsule_surnames(const struct identity_rules *rules,
                                        const struct identity *a, const struct identity *b);

/* Given and family name may have been swapped by one of the sources. */
bool capsule_names_are_swapped(const struct identity_rules *rules, const struct identity *a,
                               const struct identity *b);

/* Whether both have one name and no other, the same one, be it kept as a first name or as a surname:
 * newcomers.  On one side at least it is a first name, so that no two bearers of a family name are taken
 * for one. */
bool capsule_is_one_name(const struct identity *a, const struct identity *b);

/* Whether the first name of one stands where the other's surname is: half of a swap, the other half
 * being lost.  Relatives do not meet so. */
bool capsule_first_name_is_surname(const struct identity *a, const struct identity *b);

#endif
