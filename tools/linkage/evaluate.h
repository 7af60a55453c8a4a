/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_EVALUATE_H
#define TOOLS_LINKAGE_EVALUATE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/capsule.h"
#include "tools/linkage/keytable.h"
#include "tools/linkage/persons.h"

/* Pairs found rightly, found wrongly and missed. */
struct figures {
    uint64_t tp;
    uint64_t fp;
    uint64_t fn;
};

double figures_precision(const struct figures *figures);
double figures_recall(const struct figures *figures);
double figures_f1(const struct figures *figures);

/* Pairs, and how many of them are of one person. */
struct pair_count {
    uint64_t pairs;
    uint64_t true_pairs;
};

/* What the keys of one type do. */
struct type_figures {
    uint64_t rows; /* rows that have such a key */
    uint64_t hits; /* pairs that share one */
    uint64_t true_hits; /* of one person */
    uint64_t alone; /* pairs of one person that share no other key */
    double collision; /* chance that two strangers share one (collision.c) */
};

/* A whole trial. */
struct evaluation {
    uint64_t true_pairs;
    struct figures any_key;
    struct figures closure; /* of the any-key pairs */
    struct figures capsule; /* the any-key pairs that the capsule confirms */
    struct figures kept; /* those that reach the team: confirmed, or to a person */
    struct pair_count undecided; /* any-key pairs that it leaves open */
    struct pair_count refused; /* any-key pairs that it takes for two persons */
    struct pair_count asked; /* undecided ones with a common key of tier A: to a person */
    struct pair_count cut; /* refused ones, and undecided ones of tier B */
    struct type_figures types[KEYTABLE_TYPES];
};

/* Compares what the keys find with the truth, and what becomes of it in service.  Time: linear in rows and meetings; memory: linear in
 * rows.  ERR_NOMEM. */
enum err evaluate(const struct persons *persons, const struct capsule_policy *policy,
                  const struct keytable *table, struct evaluation *out) MUST_CHECK;

/* Fills the chance of a collision for each type of which there are rows.  ERR_NOMEM. */
enum err evaluate_collisions(const struct persons *persons, const struct identity_rules *rules,
                             struct evaluation *out) MUST_CHECK;

/* The sum of these chances over the types. */
double evaluation_collisions(const struct evaluation *evaluation);

/* Up to how many persons M in a vault that sum stays below 1/M^2; 0: the file is too small to say. */
uint64_t evaluation_holds_to(const struct evaluation *evaluation);

#endif
