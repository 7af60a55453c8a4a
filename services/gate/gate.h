/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_GATE_GATE_H
#define SERVICES_GATE_GATE_H

#include <pthread.h>
#include <stddef.h>

#include "base/clock.h"
#include "proto/rpc/server.h"
#include "services/daemon/storage.h"

/* The release gate of gate.proto (docs/PROTOCOL.md section 5).  It decides from its own copy of the
 * registry; the vault only carries questions and answers. */

struct gate {
    struct storage *storage;
    struct clock *clock;
    uint32_t releases_per_day; /* that one member may ask for */
    pthread_mutex_t rate_lock;
};

/* ERR_NOMEM. */
enum err gate_init(struct gate *gate, struct storage *storage, struct clock *clock,
                   uint32_t releases_per_day) MUST_CHECK;
void gate_done(struct gate *gate);

/* The handlers.  'self' is a struct gate.  Every answer is in the log before it is given.
 * Threads: any.  Time: two signature checks and one box per record, and one commit. */
enum refusal gate_assess(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                         ProtobufCMessage *response);
enum refusal gate_release(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                          ProtobufCMessage *response);
enum refusal gate_confirm(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                          ProtobufCMessage *response);
enum refusal gate_list_waiting(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                               ProtobufCMessage *response);
enum refusal gate_approve(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                          ProtobufCMessage *response);

extern const struct rpc_method GATE_METHODS[];
extern const size_t GATE_METHOD_COUNT;

#endif
