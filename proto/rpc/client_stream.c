/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>

#include <grpc/byte_buffer.h>

#include "proto/rpc/client.h"

/* What reader and writer have in common.  Batches are told apart by the address of their tag. */
struct client_stream {
    struct rpc_channel *channel;
    grpc_completion_queue *queue;
    struct client_call call;
    char begin_tag;
    char move_tag;
    char status_tag;
    bool is_begun;
    bool has_status;
};

struct rpc_reader {
    struct client_stream stream;
};

struct rpc_writer {
    struct client_stream stream;
    bool is_refused; /* the service took no more */
};

static bool
wait_for(struct client_stream *stream, void *tag)
{
    gpr_timespec forever = gpr_inf_future(GPR_CLOCK_MONOTONIC);

    return grpc_completion_queue_pluck(stream->queue, tag, forever, NULL).success != 0;
}

static void
stream_init(struct client_stream *stream, struct rpc_channel *channel)
{
    stream->channel = channel;
    stream->queue = grpc_completion_queue_create_for_pluck(NULL);
    client_call_init(&stream->call);
}

/* Begins the call: what is sent first, and the wait for its status. */
static enum err
stream_begin(struct client_stream *stream, const struct rpc_request *request, bool has_deadline)
{
    grpc_op ops[3];
    grpc_op last[2];
    size_t count = 0;
    enum err err =
        client_call_begin(&stream->call, stream->channel, request, has_deadline, stream->queue);

    if (err == ERR_UNAVAILABLE) {
        return ERR_OK; /* said with the first message */
    }
    if (err != ERR_OK) {
        return err;
    }
    ops[count++] = client_op_send_initial(&stream->call);
    if (request->message != NULL) {
        client_call_fill(&stream->call, request->message);
        ops[count++] = client_op_send(&stream->call);
        ops[count++] = client_op_send_close();
    }
    client_call_start(&stream->call, ops, count, &stream->begin_tag);
    last[0] = client_op_receive_initial(&stream->call);
    last[1] = client_op_receive_status(&stream->call);
    client_call_start(&stream->call, last, 2, &stream->status_tag);
    stream->is_begun = true;
    return ERR_OK;
}

/* Waits for the end and says what it was. */
static void
stream_take_status(struct client_stream *stream, struct rpc_result *result)
{
    if (!stream->is_begun) {
        *result = result_unreachable;
        return;
    }
    if (!stream->has_status) {
        (void) wait_for(stream, &stream->status_tag);
        stream->has_status = true;
    }
    client_call_result(&stream->call, stream->channel, result);
}

static void
stream_done(struct client_stream *stream)
{
    if (stream->is_begun) {
        if (!stream->has_status) {
            (void) grpc_call_cancel(stream->call.handle, NULL);
            (void) wait_for(stream, &stream->status_tag);
        }
        (void) wait_for(stream, &stream->begin_tag);
    }
    client_call_done(&stream->call);
    grpc_completion_queue_shutdown(stream->queue);
    grpc_completion_queue_destroy(stream->queue);
}

enum err
rpc_reader_open(struct rpc_channel *channel, const struct rpc_request *request,
                struct rpc_reader **out)
{
    struct rpc_reader *reader = calloc(1, sizeof *reader);
    enum err err = ERR_NOMEM;

    if (reader == NULL) {
        return ERR_NOMEM;
    }
    stream_init(&reader->stream, channel);
    err = stream_begin(&reader->stream, request, false);
    if (err != ERR_OK) {
        rpc_reader_close(reader);
        return err;
    }
    *out = reader;
    return ERR_OK;
}

enum err
rpc_reader_next(struct rpc_reader *reader, struct arena *arena, const ProtobufCMessage **message,
                struct rpc_result *result)
{
    struct client_stream *stream = &reader->stream;
    struct client_call *call = &stream->call;

    *message = NULL;
    if (stream->is_begun && !stream->has_status) {
        grpc_op op = client_op_receive(call);

        client_call_start(call, &op, 1, &stream->move_tag);
        (void) wait_for(stream, &stream->move_tag);
    }
    if (call->in == NULL) {
        stream_take_status(stream, result);
        return result->err;
    }
    *result = (struct rpc_result) { .end = RPC_END_OK };
    if (!client_call_take(call, arena, message)) {
        *result = result_bad_answer;
    }
    grpc_byte_buffer_destroy(call->in);
    call->in = NULL;
    return result->err;
}

void
rpc_reader_cancel(struct rpc_reader *reader)
{
    if (reader->stream.is_begun) {
        (void) grpc_call_cancel(reader->stream.call.handle, NULL);
    }
}

void
rpc_reader_close(struct rpc_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    stream_done(&reader->stream);
    free(reader);
}

enum err
rpc_writer_open(struct rpc_channel *channel, const struct rpc_request *request,
                struct rpc_writer **out)
{
    struct rpc_writer *writer = calloc(1, sizeof *writer);
    struct rpc_request without_message = *request;
    enum err err = ERR_NOMEM;

    if (writer == NULL) {
        return ERR_NOMEM;
    }
    without_message.message = NULL;
    stream_init(&writer->stream, channel);
    err = stream_begin(&writer->stream, &without_message, true);
    if (err != ERR_OK) {
        rpc_writer_close(writer);
        return err;
    }
    *out = writer;
    return ERR_OK;
}

enum err
rpc_writer_send(struct rpc_writer *writer, const ProtobufCMessage *message)
{
    struct client_stream *stream = &writer->stream;
    grpc_op op = client_op_send(&stream->call);

    if (!stream->is_begun || stream->has_status || writer->is_refused) {
        return ERR_STATE;
    }
    client_call_fill(&stream->call, message);
    client_call_start(&stream->call, &op, 1, &stream->move_tag);
    writer->is_refused = !wait_for(stream, &stream->move_tag);
    return writer->is_refused ? ERR_STATE : ERR_OK;
}

enum err
rpc_writer_finish(struct rpc_writer *writer, struct arena *arena, const ProtobufCMessage **response,
                  struct rpc_result *result)
{
    struct client_stream *stream = &writer->stream;
    struct client_call *call = &stream->call;

    if (stream->is_begun && !stream->has_status) {
        grpc_op ops[2] = { client_op_send_close(), client_op_receive(call) };

        client_call_start(call, ops, 2, &stream->move_tag);
        (void) wait_for(stream, &stream->move_tag);
    }
    stream_take_status(stream, result);
    if (result->end == RPC_END_OK && !client_call_take(call, arena, response)) {
        *result = result_bad_answer;
    }
    return result->err;
}

void
rpc_writer_close(struct rpc_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    stream_done(&writer->stream);
    free(writer);
}
