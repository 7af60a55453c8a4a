/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_CAPSULE_H
#define CLIENTS_LIB_CAPSULE_H

#include "base/attr.h"
#include "base/clock.h"
#include "clients/lib/identity.h"
#include "clients/lib/institution.h"
#include "clients/lib/matchkeys.h"

/* Are two released identities one person?  Software asks before a human sees anything. */

/* What a comparison of two identities yields. */
enum capsule_verdict {
    CAPSULE_CONFIRMED, /* one person */
    CAPSULE_UNDECIDED, /* neither shown nor excluded */
    CAPSULE_REFUSED /* two persons: the link is cut */
};

/* How one field compares. */
enum capsule_agreement {
    CAPSULE_UNKNOWN, /* missing on a side */
    CAPSULE_EQUAL,
    CAPSULE_CLOSE, /* compatible: sound, prefix, initial, one edit, swapped day and month ... */
    CAPSULE_DIFFERENT, /* neither equal nor close, which may still be an error or a move */
    CAPSULE_CONFLICT, /* clearly of two persons */
    CAPSULE_SHARED /* agrees, but many share it: an institution's address; counts for nothing */
};

/* All that a human may see of an undecided pair. */
struct capsule_comparison {
    enum capsule_verdict verdict;
    enum capsule_agreement person_number;
    enum capsule_agreement first_name;
    enum capsule_agreement surname;
    enum capsule_agreement birth_date;
    enum capsule_agreement sex;
    enum capsule_agreement address;
};

/* What happens to a link after the comparison. */
enum capsule_outcome {
    CAPSULE_GO_ON, /* the link stands */
    CAPSULE_ASK_HUMAN, /* to a human, who sees the comparison only */
    CAPSULE_CUT /* the link is stored as "not the same person" */
};

/* By what is compared. */
struct capsule_policy {
    const struct identity_rules *rules;
    const struct institution_list *institutions; /* NULL: none; their addresses carry nothing */
    struct date today; /* tells who is grown up */
};

/* Compares two normalised identities.  Symmetric; never fails.
 *
 * Confirmed: equal person numbers; or first name and date of birth both agree (sound, one edit,
 * a short form, several initials; one digit, day and month swapped), carried by surname or address.
 * Refused: two checked numbers that differ; a first name or a date of birth in conflict.
 * Undecided: the rest.  Rules that guard relatives leave in doubt what twins or father and son
 * may have in common: one initial, a missing first name or date, a number on a form of which
 * nothing else agrees.  Of whoever is old enough to have left the parents' home no twin is expected at the
 * same address: there surname, address and a whole date of birth confirm, unless two first names are known that differ.
 *
 * Both must have passed identity_normalise or identity_check.
 *
 * Threads: any. */
void capsule_compare(const struct capsule_policy *policy, const struct identity *a,
                     const struct identity *b, struct capsule_comparison *out);

/* The outcome for a link whose best shared key has 'tier': an undecided one goes to a human in
 * tier A and is cut in tier B. */
enum capsule_outcome capsule_outcome(enum capsule_verdict verdict, enum matchkey_tier tier);

/* "confirmed", "undecided", "refused"; "unknown", "equal", "close", "different", "conflict",
 * "shared". */
const char *capsule_verdict_key(enum capsule_verdict verdict);
const char *capsule_agreement_key(enum capsule_agreement agreement);

#endif
