/* SPDX-License-Identifier: EUPL-1.2 */
#include <stddef.h>

#include <grpc/byte_buffer.h>

#include "base/clock.h"
#include "proto/rpc/server_impl.h"
#include "proto/wire/decode.h"

/* The handler's view is the first member of the call's stream, which is part of the call. */
static struct server_call *
call_of(struct rpc_stream *stream)
{
    return (struct server_call *) (void *) ((char *) stream - offsetof(struct server_call, stream));
}

/* With stream->lock held: tells a waiting handler once. */
static void
wake_once(struct call_stream *stream)
{
    if (stream->wake != NULL) {
        stream->wake(stream->wake_context);
        stream->wake = NULL;
    }
}

static void
on_moved(struct server_call *call, bool is_ok)
{
    struct call_stream *stream = &call->stream;

    pthread_mutex_lock(&stream->lock);
    stream->is_moving = false;
    stream->has_moved_well = is_ok;
    pthread_cond_signal(&stream->moved);
    pthread_mutex_unlock(&stream->lock);
    call_batch_ended(call);
}

static void
on_closed(struct server_call *call, bool is_ok)
{
    struct call_stream *stream = &call->stream;

    (void) is_ok;
    pthread_mutex_lock(&stream->lock);
    stream->is_closed = true;
    wake_once(stream);
    pthread_mutex_unlock(&stream->lock);
    call_batch_ended(call);
}

/* Starts a batch that moves one message, and waits for its end. */
static bool
move_and_wait(struct server_call *call, const grpc_op *ops, size_t count)
{
    struct call_stream *stream = &call->stream;
    bool is_ok = false;

    pthread_mutex_lock(&stream->lock);
    stream->is_moving = true;
    pthread_mutex_unlock(&stream->lock);
    call_start(call, ops, count, &call->moved);
    pthread_mutex_lock(&stream->lock);
    while (stream->is_moving) {
        pthread_cond_wait(&stream->moved, &stream->lock);
    }
    is_ok = stream->has_moved_well;
    pthread_mutex_unlock(&stream->lock);
    return is_ok;
}

/* Nobody waits for the answer any more. */
static bool
is_abandoned(struct server_call *call)
{
    bool is_closed = false;

    pthread_mutex_lock(&call->stream.lock);
    is_closed = call->stream.is_closed;
    pthread_mutex_unlock(&call->stream.lock);
    return is_closed || clock_monotonic_ms() >= call->seen.deadline_ms;
}

static enum err
stream_send(struct rpc_stream *seen, const ProtobufCMessage *message)
{
    struct server_call *call = call_of(seen);
    grpc_op ops[2] = { { .op = GRPC_OP_SEND_INITIAL_METADATA } };
    size_t count = call->has_sent_initial ? 0 : 1;

    if (is_abandoned(call)) {
        return ERR_STATE;
    }
    call_fill(call, message);
    ops[count++] =
        (grpc_op) { .op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = call->out };
    call->has_sent_initial = true;
    return move_and_wait(call, ops, count) ? ERR_OK : ERR_STATE;
}

static enum refusal
stream_receive(struct rpc_stream *seen, const ProtobufCMessage **out)
{
    struct server_call *call = call_of(seen);
    size_t max_len = call->method->row->max_request_len;
    grpc_op step = { .op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->in };
    enum refusal refusal = REFUSAL_NONE;

    if (call->in == NULL) { /* the first one */
        call->stream.mark = arena_mark(call->seen.arena);
    } else {
        arena_rewind(call->seen.arena, call->stream.mark);
        grpc_byte_buffer_destroy(call->in);
        call->in = NULL;
    }
    if (!move_and_wait(call, &step, 1)) {
        return REFUSAL_CANCELLED;
    }
    if (call->in == NULL) {
        *out = NULL;
        return is_abandoned(call) ? REFUSAL_CANCELLED : REFUSAL_NONE;
    }
    refusal = call_bytes(call->in, max_len, call->seen.arena, &call->seen.request_bytes);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    return wire_decode(call->method->input, call->seen.request_bytes, max_len, call->seen.arena,
                       out);
}

static bool
stream_is_over(struct rpc_stream *seen)
{
    struct server_call *call = call_of(seen);
    bool is_told = false;

    pthread_mutex_lock(&call->stream.lock);
    is_told = call->stream.is_told_to_stop;
    pthread_mutex_unlock(&call->stream.lock);
    return is_told || is_abandoned(call);
}

static void
stream_set_wake(struct rpc_stream *seen, void (*wake)(void *context), void *context)
{
    struct call_stream *stream = &call_of(seen)->stream;

    pthread_mutex_lock(&stream->lock);
    stream->wake = wake;
    stream->wake_context = context;
    if (stream->is_closed || stream->is_told_to_stop) {
        wake_once(stream);
    }
    pthread_mutex_unlock(&stream->lock);
}

void
stream_init(struct server_call *call)
{
    pthread_mutex_init(&call->stream.lock, NULL);
    pthread_cond_init(&call->stream.moved, NULL);
}

void
stream_done(struct server_call *call)
{
    pthread_cond_destroy(&call->stream.moved);
    pthread_mutex_destroy(&call->stream.lock);
}

void
stream_link(struct server_call **list, struct server_call *call)
{
    call->stream.prev = NULL;
    call->stream.next = *list;
    if (*list != NULL) {
        (*list)->stream.prev = call;
    }
    *list = call;
}

void
stream_unlink(struct server_call **list, struct server_call *call)
{
    if (call->stream.prev != NULL) {
        call->stream.prev->stream.next = call->stream.next;
    } else {
        *list = call->stream.next;
    }
    if (call->stream.next != NULL) {
        call->stream.next->stream.prev = call->stream.prev;
    }
}

void
stream_begin(struct server_call *call)
{
    struct rpc_server *server = call->server;
    struct call_stream *stream = &call->stream;
    grpc_op step = { .op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                     .data.recv_close_on_server.cancelled = &call->was_cancelled };

    stream->seen = (struct rpc_stream) {
        .send = stream_send,
        .receive = stream_receive,
        .is_over = stream_is_over,
        .set_wake = stream_set_wake,
    };
    stream->is_moving = false;
    stream->is_closed = false;
    stream->wake = NULL;
    call->seen.stream = &stream->seen;
    call->awaits_close = true;
    call->counts_last = true;
    atomic_fetch_add(&call->pending, 1);
    call->closed = (struct tag) { on_closed, call };
    call->moved = (struct tag) { on_moved, call };
    pthread_mutex_lock(&server->lock);
    stream->is_told_to_stop = server->is_stopping;
    stream_link(&server->streams, call);
    pthread_mutex_unlock(&server->lock);
    call_start(call, &step, 1, &call->closed);
}

void
stream_end(struct server_call *call)
{
    pthread_mutex_lock(&call->server->lock);
    stream_unlink(&call->server->streams, call);
    pthread_mutex_unlock(&call->server->lock);
}

void
stream_stop_all(struct rpc_server *server)
{
    pthread_mutex_lock(&server->lock);
    for (struct server_call *call = server->streams; call != NULL; call = call->stream.next) {
        pthread_mutex_lock(&call->stream.lock);
        call->stream.is_told_to_stop = true;
        wake_once(&call->stream);
        pthread_mutex_unlock(&call->stream.lock);
    }
    pthread_mutex_unlock(&server->lock);
}
