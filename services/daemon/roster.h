/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_ROSTER_H
#define SERVICES_DAEMON_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "proto/escrow/registry.h"
#include "proto/rpc/server.h"

/* The registry as a running daemon holds it: replaced as a whole when a newer one is put in its place,
 * while calls that began under the old one keep that until they end.
 *
 * The newest registry ever accepted is kept in a file of the daemon's own, so that an older or a forked
 * one is refused after a restart too (docs/PROTOCOL.md section 1). */
struct roster;

/* One registry, kept as long as somebody holds it. */
struct roster_edition;

/* A caller of a call: what struct rpc_caller's 'party' points to. */
struct roster_peer {
    struct roster_edition *edition;
    const struct registry_party *party;
};

struct roster_config {
    const char *file; /* the registry */
    const char *seen_file; /* the newest one accepted, ours to write */
    const char *replaced_file; /* when which version was replaced, ours to write */
    char *const *governance; /* pinned vkeys, at least two */
    unsigned int governance_count;
};

/* Reads and verifies the registry; '*error' says what is wrong with it.
 * ERR_INVALID: a governance key is not a vkey, or there are fewer than two.
 * Else as registry_parse, registry_check_successor, and of the file system. */
enum err roster_open(const struct roster_config *config, struct clock *clock, struct roster **out,
                     struct registry_error *error) MUST_CHECK;

/* Nobody may hold an edition any more.  Takes NULL. */
void roster_close(struct roster *roster);

/* Reads the registry again if its file has changed.  On failure the one that is held stays; the file is
 * read again at the next call unless its own content is what is wrong.
 * Threads: one at a time. */
enum err roster_refresh(struct roster *roster, struct registry_error *error) MUST_CHECK;

/* The edition that holds now; give it back with roster_release.  Threads: any. */
struct roster_edition *roster_take(struct roster *roster);
void roster_give_back(struct roster_edition *edition);
const struct registry *roster_registry(const struct roster_edition *edition);

/* The lowest version that was current less than seven days ago: a partner may still file under it. */
uint32_t roster_oldest_version(struct roster *roster);

/* The hooks of struct rpc_hooks; 'context' is the roster.
 * REFUSAL_UNKNOWN_PARTY, REFUSAL_PARTY_ENDED, REFUSAL_REGISTRY_EXPIRED. */
enum refusal roster_identify(void *context, const char *oin, struct rpc_caller *out);
void roster_release(void *context, struct rpc_caller *caller);

#endif
