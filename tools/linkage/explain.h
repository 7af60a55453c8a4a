/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_EXPLAIN_H
#define TOOLS_LINKAGE_EXPLAIN_H

#include <stdio.h>

#include "base/attr.h"
#include "base/err.h"
#include "tools/linkage/evaluate.h"
#include "tools/linkage/keytable.h"
#include "tools/linkage/persons.h"

/* Lists what went wrong, a line per pair, rows by number: "missed" pairs of one person without
 * a common key, "unconfirmed" ones that have a key but not the capsule's yes, and "false" ones
 * that it confirms.  Names how each field compares and the keys that came closest; for a missed pair
 * also the keys by which it would meet if they had found a slot ("left_out").  No values.
 * ERR_NOMEM. */
enum err explain(const struct persons *persons, const struct capsule_policy *policy,
                 const struct keytable *table, FILE *out) MUST_CHECK;

#endif
