/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_PSEUDONYM_PSEUDONYM_H
#define SERVICES_PSEUDONYM_PSEUDONYM_H

#include <pthread.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/secret.h"
#include "proto/rpc/server.h"
#include "services/daemon/storage.h"
#include "services/pseudonym/quota.h"

/* The service of pseudonym.proto (docs/PROTOCOL.md section 3.2): evaluates blinded elements, proves it,
 * hands out tickets, counts.  It never sees who a signal is about. */

enum { PSEUDONYM_LOCKS = 64 };

struct pseudonym {
    struct storage *storage;
    struct clock *clock;
    struct quota_limits limits;
    struct secret *ticket_key; /* Ed25519, in libsodium's form */
    pthread_mutex_t locks[PSEUDONYM_LOCKS]; /* one organisation counts under one of them */
};

/* Takes the ticket key from the keyring.
 * ERR_NOT_FOUND: the keyring has none (--make-keys).  ERR_NOMEM. */
enum err pseudonym_init(struct pseudonym *pseudonym, struct storage *storage, struct clock *clock,
                        const struct quota_limits *limits) MUST_CHECK;
void pseudonym_done(struct pseudonym *pseudonym);

/* Evaluates 1 to 16 elements under the key of the request's ctx.
 *
 * REFUSAL_BAD_USER, REFUSAL_BAD_CONTEXT, REFUSAL_UNKNOWN_CONTEXT, REFUSAL_BAD_ELEMENTS: the request.
 * REFUSAL_QUOTA_USED: this organisation or person has used its quota.
 * REFUSAL_KEY_MISSING: the registry names a ctx whose key this service does not hold.
 * Others: the store's.
 *
 * Threads: any.
 * Time: 2 * elements + 3 scalar multiplications and one commit.
 * Leaks: to the log: organisation, user and number of elements. */
enum refusal pseudonym_evaluate(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                                ProtobufCMessage *response);

/* The method table for struct rpc_service. */
extern const struct rpc_method PSEUDONYM_METHODS[];
extern const size_t PSEUDONYM_METHOD_COUNT;

#endif
