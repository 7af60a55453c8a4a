/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_STORAGE_H
#define SERVICES_DAEMON_STORAGE_H

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "services/daemon/config.h"
#include "vault/store/audit.h"
#include "vault/store/keyring.h"
#include "vault/store/store.h"

/* What a daemon keeps: its store, its keys, its audit log. */
struct storage {
    struct keyring *ring;
    struct store *store;
    struct audit *audit;
    uint64_t generation; /* of the keyring, as it stands in the store */
};

/* Opens all three, or none; tells the operator what is wrong.
 * ERR_NOT_FOUND: no keyring yet; the keys must be made first (--make-keys).
 * ERR_ROLLBACK: the keyring is older than the store has seen it: an old file was put back, in which
 *               keys may live that were destroyed. */
enum err storage_open(const struct daemon_config *config, struct clock *clock,
                      struct storage *out) MUST_CHECK;

/* Takes one that is all NULL. */
void storage_close(struct storage *storage);

/* Opens the keyring for --make-keys, making root key and ring when there are none, and the key that
 * signs the audit log; '*audit_vkey' gets the public half's text.  Tells the operator what is wrong. */
enum err storage_make_ring(const struct daemon_config *config, struct keyring **out,
                           char audit_vkey[NOTE_VKEY_ROOM]) MUST_CHECK;

/* Once a second: audit log, and the keyring's generation. */
void storage_tick(struct storage *storage);

#endif
