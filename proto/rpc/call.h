/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_CALL_H
#define PROTO_RPC_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/wire/arena.h"
#include "proto/wire/refusal.h"

/* What a handler sees of a call.  Nothing here is gRPC: a test fills a struct rpc_call by hand and
 * calls the handler. */

enum { RPC_OIN_LEN = 20, RPC_TRACEPARENT_LEN = 55 };

/* Who calls.  The rpc layer fills 'oin' from the certificate, the daemon's identify hook the rest.
 * */
struct rpc_caller {
    char oin[RPC_OIN_LEN + 1];
    unsigned int role; /* a bit number, below 32, for the methods' masks of roles */
    const void *party; /* the daemon's own; NULL when the identify hook refused */
};

struct rpc_call;

/* The streaming side of a call, filled by the rpc layer, or by a test. */
struct rpc_stream {
    enum err (*send)(struct rpc_stream *stream, const ProtobufCMessage *message);
    enum refusal (*receive)(struct rpc_stream *stream, const ProtobufCMessage **out);
    bool (*is_over)(struct rpc_stream *stream);
    void (*set_wake)(struct rpc_stream *stream, void (*wake)(void *context), void *context);
};

struct rpc_call {
    const char *method; /* full path, "/seinhuis.v1.Intake/Submit" */
    struct rpc_caller caller;
    struct arena *arena; /* request and response live here; wiped after the call */
    struct bytes request_bytes; /* as received: hash these, not a re-encoding */
    uint64_t id; /* random, for the log */
    uint64_t deadline_ms; /* in clock_monotonic_ms(); always set */
    char traceparent[RPC_TRACEPARENT_LEN + 1]; /* give it to calls made on behalf of this one */
    struct rpc_stream *stream; /* NULL: unary */
};

/* Handles one call of method 'self'.  'request' is decoded and checked by wire_decode (NULL in a
 * client stream: use rpc_receive); 'response' is an initialised message to fill (NULL in a server
 * stream: use rpc_send), whose contents are taken from call->arena.  Anything but REFUSAL_NONE goes
 * to the caller as "TOKEN: sentence" instead of a response.
 *
 * Threads: a pool thread, where it may wait (not past call->deadline_ms); a method marked quick:
 * the queue's thread, where it must not. */
typedef enum refusal rpc_handler(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                                 ProtobufCMessage *response);

/* Sends one message of a server stream and waits until the transport took it.  'message' stays the
 * handler's; take an arena_mark before building it and rewind after.
 * ERR_STATE: nobody waits for it any more (caller gone, cancelled, too late); return.
 * ERR_NOMEM. */
enum err rpc_send(struct rpc_call *call, const ProtobufCMessage *message) MUST_CHECK;

/* Waits for the next message of a client stream; '*out' is NULL at its end.  The memory of the
 * message before it is reused.  A caller that cancels can look like the end: where a part must not
 * pass for the whole, put a count or an end mark into the messages.
 * REFUSAL_CANCELLED: the caller is gone.  Else as wire_decode: return it. */
enum refusal rpc_receive(struct rpc_call *call, const ProtobufCMessage **out) MUST_CHECK;

/* Whether nobody waits for this call any more, or the server stops.  False for a unary call.
 * Threads: any. */
bool rpc_is_over(const struct rpc_call *call);

/* 'wake' is called, once, from another thread, when rpc_is_over becomes true by the caller's end or
 * the server's (at once if it is; a deadline wakes nobody), so that a handler can wait for its own
 * events and for the end on one condition.  It must not block, and runs with a lock of the rpc
 * layer held: let it set a flag under the handler's lock and signal; call no rpc function under
 * that lock.  NULL takes it back; after that it does not run any more. */
void rpc_set_wake(struct rpc_call *call, void (*wake)(void *context), void *context);

#endif
