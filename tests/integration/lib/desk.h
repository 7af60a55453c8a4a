/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_INTEGRATION_LIB_DESK_H
#define TESTS_INTEGRATION_LIB_DESK_H

#include <stdint.h>

#include "clients/lib/client.h"
#include "clients/lib/filing.h"
#include "proto/wire/arena.h"

/* A reporting organisation at a real deployment: makes sealed signals of fictitious persons through the
 * pseudonym service, by the client library.  What goes wrong ends the program with a sentence. */
struct desk {
    struct client *client;
    struct registry_party party; /* as in the registry; a test may lie about its sector */
    struct report_filer filer;
    struct filing *filing;
    struct rpc_channel *pseudonym;
    struct rpc_channel *vault;
    struct arena arena;
};

/* 'sector' 0: the organisation's own. */
void desk_open(struct desk *desk, const char *config, uint8_t sector);
void desk_close(struct desk *desk);

/* Fills 'entry' with what a signal of this sector needs, observed a week ago, about nobody yet. */
void desk_fill(struct desk *desk, struct report_entry *entry);

/* Seals a signal, 'count' times with the same ticket and another rid each. */
void desk_seal(struct desk *desk, const struct report_entry *entry, struct filing_sealed *out,
               size_t count);

uint64_t desk_now(struct desk *desk);

/* Ends the program with a sentence and an error unless 'err' is ERR_OK. */
void desk_must(enum err err, const char *what);

#endif
