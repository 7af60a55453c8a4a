/* SPDX-License-Identifier: EUPL-1.2 */
#include <assert.h>
#include <string.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/slice_buffer.h>

#include "proto/rpc/client.h"
#include "proto/rpc/credentials.h"
#include "proto/rpc/status.h"
#include "proto/rpc/trace.h"
#include "proto/wire/decode.h"

enum { DEFAULT_DEADLINE_MS = 30 * 1000, DEFAULT_RESPONSE_LEN = 4 * 1024 * 1024 };

const struct rpc_result result_unreachable = {
    .end = RPC_END_UNREACHABLE,
    .err = ERR_UNAVAILABLE,
    .status = GRPC_STATUS_UNAVAILABLE,
};

const struct rpc_result result_bad_answer = {
    .end = RPC_END_BAD_ANSWER,
    .err = ERR_UNKNOWN,
    .status = GRPC_STATUS_INTERNAL,
};

const char *
rpc_result_text(const struct rpc_result *result)
{
#define END_TEXT(end, sentence) [end] = (sentence),
    static const char *const sentences[] = { RPC_END_MAP(END_TEXT) };
#undef END_TEXT

    if (result->end == RPC_END_REFUSED && result->refusal != REFUSAL_NONE) {
        return refusal_sentence(result->refusal);
    }
    return sentences[result->end];
}

void
client_call_init(struct client_call *call)
{
    *call = (struct client_call) { .handle = NULL };
    call->out = grpc_raw_byte_buffer_create(NULL, 0);
    call->details = grpc_empty_slice();
    call->sent.key = grpc_slice_from_static_string("traceparent");
    call->sent.value = grpc_empty_slice();
    grpc_metadata_array_init(&call->initial);
    grpc_metadata_array_init(&call->trailing);
}

void
client_call_end(struct client_call *call)
{
    if (call->handle != NULL) {
        grpc_call_unref(call->handle);
    }
    if (call->in != NULL) {
        grpc_byte_buffer_destroy(call->in);
    }
    grpc_slice_unref(call->details);
    grpc_slice_unref(call->sent.value);
    call->handle = NULL;
    call->in = NULL;
    call->details = grpc_empty_slice();
    call->sent.value = grpc_empty_slice();
    call->initial.count = 0;
    call->trailing.count = 0;
}

void
client_call_done(struct client_call *call)
{
    if (call->out == NULL) {
        return;
    }
    client_call_end(call);
    grpc_byte_buffer_destroy(call->out);
    grpc_metadata_array_destroy(&call->initial);
    grpc_metadata_array_destroy(&call->trailing);
    call->out = NULL;
}

enum err
client_call_begin(struct client_call *call, struct rpc_channel *channel,
                  const struct rpc_request *request, bool has_deadline,
                  grpc_completion_queue *queue)
{
    uint32_t deadline_ms = request->deadline_ms;
    gpr_timespec deadline = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    const char *trace = request->traceparent;

    if (deadline_ms != 0 || has_deadline) {
        deadline =
            gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                         gpr_time_from_millis(deadline_ms != 0 ? deadline_ms : DEFAULT_DEADLINE_MS,
                                              GPR_TIMESPAN));
    }
    (void) trace_step(trace, trace == NULL ? 0 : strlen(trace), call->traceparent);
    call->sent.value = grpc_slice_from_copied_buffer(call->traceparent, RPC_TRACEPARENT_LEN);
    call->max_response_len =
        request->max_response_len != 0 ? request->max_response_len : DEFAULT_RESPONSE_LEN;
    return channel_call(channel, request, deadline, queue, call);
}

void
client_call_fill(struct client_call *call, const ProtobufCMessage *message)
{
    grpc_slice_buffer *slices = &call->out->data.raw.slice_buffer;
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));

    (void) protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    grpc_slice_buffer_reset_and_unref(slices);
    grpc_slice_buffer_add(slices, slice);
}

grpc_op
client_op_send_initial(struct client_call *call)
{
    grpc_op step = { .op = GRPC_OP_SEND_INITIAL_METADATA };

    step.data.send_initial_metadata.count = 1;
    step.data.send_initial_metadata.metadata = &call->sent;
    return step;
}

grpc_op
client_op_send(struct client_call *call)
{
    grpc_op step = { .op = GRPC_OP_SEND_MESSAGE };

    step.data.send_message.send_message = call->out;
    return step;
}

grpc_op
client_op_send_close(void)
{
    return (grpc_op) { .op = GRPC_OP_SEND_CLOSE_FROM_CLIENT };
}

grpc_op
client_op_receive_initial(struct client_call *call)
{
    grpc_op step = { .op = GRPC_OP_RECV_INITIAL_METADATA };

    step.data.recv_initial_metadata.recv_initial_metadata = &call->initial;
    return step;
}

grpc_op
client_op_receive(struct client_call *call)
{
    grpc_op step = { .op = GRPC_OP_RECV_MESSAGE };

    step.data.recv_message.recv_message = &call->in;
    return step;
}

grpc_op
client_op_receive_status(struct client_call *call)
{
    grpc_op step = { .op = GRPC_OP_RECV_STATUS_ON_CLIENT };

    step.data.recv_status_on_client.trailing_metadata = &call->trailing;
    step.data.recv_status_on_client.status = &call->status;
    step.data.recv_status_on_client.status_details = &call->details;
    return step;
}

void
client_call_start(struct client_call *call, const grpc_op *ops, size_t count, void *tag)
{
    grpc_call_error error = grpc_call_start_batch(call->handle, ops, count, tag, NULL);

    assert(error == GRPC_CALL_OK);
    (void) error;
}

bool
client_call_take(struct client_call *call, struct arena *arena, const ProtobufCMessage **out)
{
    grpc_byte_buffer_reader reader;
    grpc_slice whole;
    bool is_ok = false;

    if (call->in == NULL || call->in->data.raw.compression != GRPC_COMPRESS_NONE ||
        grpc_byte_buffer_reader_init(&reader, call->in) == 0) {
        return false;
    }
    whole = grpc_byte_buffer_reader_readall(&reader);
    is_ok = wire_decode(call->output,
                        (struct bytes) { GRPC_SLICE_START_PTR(whole), GRPC_SLICE_LENGTH(whole) },
                        call->max_response_len, arena, out) == REFUSAL_NONE;
    grpc_slice_unref(whole);
    grpc_byte_buffer_reader_destroy(&reader);
    return is_ok;
}

/* Whether gRPC's own text has 'part' in it; only to choose a better sentence for the user. */
static bool
details_have(const struct client_call *call, const char *part)
{
    return memmem(GRPC_SLICE_START_PTR(call->details), GRPC_SLICE_LENGTH(call->details), part,
                  strlen(part)) != NULL;
}

/* UNAVAILABLE that no service said, but gRPC itself.  Only a call that could not be connected
 * surely reached nobody. */
static void
explain_unavailable(const struct client_call *call, struct rpc_result *result)
{
    result->err = ERR_UNAVAILABLE;
    if (!details_have(call, "failed to connect to all addresses")) {
        result->end = RPC_END_LOST;
        result->err = ERR_UNKNOWN;
    } else if (details_have(call, WRONG_SERVER_TEXT)) {
        result->end = RPC_END_WRONG_SERVER;
    } else if (details_have(call, "handshake failed")) {
        result->end = RPC_END_UNTRUSTED;
    } else if (details_have(call, "Socket closed") || details_have(call, "Connection reset")) {
        result->end = RPC_END_SHUT_OUT;
    } else {
        result->end = RPC_END_UNREACHABLE;
    }
}

void
client_call_result(const struct client_call *call, struct rpc_channel *channel,
                   struct rpc_result *out)
{
    struct rpc_result result = {
        .end = RPC_END_REFUSED,
        .err = status_to_err(call->status),
        .status = (int) call->status,
    };

    if (call->status == GRPC_STATUS_OK) {
        result.end = RPC_END_OK;
    } else if (refusal_parse((const char *) GRPC_SLICE_START_PTR(call->details),
                             GRPC_SLICE_LENGTH(call->details), &result.refusal)) {
        result.err = refusal_err(result.refusal);
    } else if (call->status == GRPC_STATUS_UNAVAILABLE) {
        explain_unavailable(call, &result);
        channel_note_unreachable(channel);
    } else if (call->status == GRPC_STATUS_DEADLINE_EXCEEDED) {
        result.end = RPC_END_DEADLINE;
    } else if (call->status == GRPC_STATUS_CANCELLED) {
        result.end = RPC_END_CANCELLED;
    }
    *out = result;
}
