/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_LINKAGE_ALLKEYS_H
#define TOOLS_LINKAGE_ALLKEYS_H

#include <stddef.h>
#include <stdint.h>

#include "clients/lib/matchkeys.h"
#include "tools/linkage/keytable.h"

/* A type may stand with each surname and each first name. */
enum { ALLKEYS_MAX = 4 * KEYTABLE_TYPES };

/* The keys that an identity would have if it had slots for all. */
struct allkeys {
    size_t count;
    struct matchkey keys[ALLKEYS_MAX];
};
WIPED_KIND(allkeys)

/* Builds them; none for an identity that has too few fields for any. */
void allkeys_build(const struct identity_rules *rules, const struct identity *identity,
                   struct allkeys *out);

/* The types of the keys that both have, a bit (1 << type) for each. */
uint32_t allkeys_common(const struct allkeys *a, const struct allkeys *b);

#endif
