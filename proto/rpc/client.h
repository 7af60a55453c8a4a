/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_CLIENT_H
#define PROTO_RPC_CLIENT_H

#include <stdbool.h>

#include <grpc/grpc.h>

#include "proto/rpc/channel.h"

/* Inside of the client, shared by channel.c and client*.c: one call, in the form of gRPC. */
struct client_call {
    grpc_call *handle; /* NULL: there was nobody to call */
    const ProtobufCMessageDescriptor *output;
    size_t max_response_len;
    char traceparent[RPC_TRACEPARENT_LEN + 1];
    grpc_metadata sent; /* the traceparent */
    grpc_metadata_array initial;
    grpc_metadata_array trailing;
    grpc_status_code status;
    grpc_slice details;
    grpc_byte_buffer *out;
    grpc_byte_buffer *in;
};

void client_call_init(struct client_call *call);

/* Makes a call; nothing is sent yet.  'has_deadline' false: 0 means none.
 * ERR_INVALID: the service has no such method.
 * ERR_UNAVAILABLE: the address file is missing; call->handle is NULL. */
enum err client_call_begin(struct client_call *call, struct rpc_channel *channel,
                           const struct rpc_request *request, bool has_deadline,
                           grpc_completion_queue *queue) MUST_CHECK;

/* Puts 'message' into call->out. */
void client_call_fill(struct client_call *call, const ProtobufCMessage *message);

/* The operations that each kind of call is put together from. */
grpc_op client_op_send_initial(struct client_call *call);
grpc_op client_op_send(struct client_call *call);
grpc_op client_op_send_close(void);
grpc_op client_op_receive_initial(struct client_call *call);
grpc_op client_op_receive(struct client_call *call);
grpc_op client_op_receive_status(struct client_call *call);

/* Starts a batch; an error of gRPC here is a mistake of ours. */
void client_call_start(struct client_call *call, const grpc_op *ops, size_t count, void *tag);

/* Decodes what was received into 'arena'; false: it is not to be decoded. */
bool client_call_take(struct client_call *call, struct arena *arena,
                      const ProtobufCMessage **out) MUST_CHECK;

/* How the call ended, once its status is there. */
void client_call_result(const struct client_call *call, struct rpc_channel *channel,
                        struct rpc_result *out);

/* Gives up what the call holds; it can be begun again. */
void client_call_end(struct client_call *call);

/* The last: frees what client_call_init made. */
void client_call_done(struct client_call *call);

/* The result of a call that nobody was there for, or whose answer was no message of its type. */
extern const struct rpc_result result_unreachable;
extern const struct rpc_result result_bad_answer;

/* channel.c */

/* A call of a method on the connection as it now is; with the descriptor of its answers.
 * Errors as client_call_begin(). */
enum err channel_call(struct rpc_channel *channel, const struct rpc_request *request,
                      gpr_timespec deadline, grpc_completion_queue *queue,
                      struct client_call *out) MUST_CHECK;

/* Nobody was reached: an address file is read again before the next call. */
void channel_note_unreachable(struct rpc_channel *channel);

#endif
