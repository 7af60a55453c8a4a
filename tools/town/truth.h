/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_TRUTH_H
#define TOOLS_TOWN_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* truth.csv read back: who each signal is really about. */
enum { TRUTH_KEY_ROOM = 48, TRUTH_MOST = 1000000 };

struct truth_signal {
    char organisation[TRUTH_KEY_ROOM];
    char reference[TRUTH_KEY_ROOM];
    char entity[TRUTH_KEY_ROOM];
    uint16_t sector;
    uint32_t resident;
    uint16_t week; /* of observation */
    uint16_t domains;
    bool is_identifiable;
};

struct truth_org {
    char key[TRUTH_KEY_ROOM];
    char oin[TRUTH_KEY_ROOM];
};

struct truth {
    struct truth_signal *signals; /* by organisation and reference */
    size_t count;
    struct truth_org *orgs;
    size_t org_count;
    uint32_t residents; /* one more than the highest number */
};

/* truth_done() it.  Errors as score_make. */
enum err truth_read(const char *folder, struct truth *out, const char **where) MUST_CHECK;
void truth_done(struct truth *truth);

/* The signal of an organisation (by key or OIN) under its own reference, or NULL. */
const struct truth_signal *truth_find(const struct truth *truth, const char *organisation,
                                      const char *reference);

#endif
