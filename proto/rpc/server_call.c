/* SPDX-License-Identifier: EUPL-1.2 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc_security.h>
#include <grpc/slice_buffer.h>

#include "base/clock.h"
#include "proto/rpc/server_impl.h"
#include "proto/rpc/status.h"
#include "proto/rpc/trace.h"
#include "proto/wire/decode.h"

static void on_asked(struct server_call *call, bool is_ok);
static void on_ready(struct server_call *call, bool is_ok);
static void on_finished(struct server_call *call, bool is_ok);

static struct server_call *
call_new(struct rpc_server *server)
{
    struct server_call *call = calloc(1, sizeof *call);

    if (call == NULL) {
        return NULL;
    }
    call->server = server;
    call->out = grpc_raw_byte_buffer_create(NULL, 0);
    call->asked = (struct tag) { on_asked, call };
    call->ready = (struct tag) { on_ready, call };
    call->finished = (struct tag) { on_finished, call };
    grpc_metadata_array_init(&call->metadata);
    grpc_call_details_init(&call->details);
    atomic_init(&call->pending, 0);
    stream_init(call);
    return call;
}

static void
call_free(struct server_call *call)
{
    stream_done(call);
    grpc_byte_buffer_destroy(call->out);
    grpc_metadata_array_destroy(&call->metadata);
    free(call);
}

void
call_free_all(struct rpc_server *server)
{
    while (server->free_calls != NULL) {
        struct server_call *call = server->free_calls;

        server->free_calls = call->next;
        call_free(call);
    }
}

/* A call object for the next call; used again and again, so that a call costs no allocation of
 * ours. */
static struct server_call *
call_take(struct rpc_server *server, struct bound_method *method)
{
    struct server_call *call = server->free_calls;

    if (call != NULL) {
        server->free_calls = call->next;
    } else {
        call = call_new(server);
    }
    if (call != NULL) {
        call->method = method;
        call->refusal = REFUSAL_NONE;
        call->next = NULL;
    }
    return call;
}

/* Gives all back that the call holds, and the object itself to the list. */
static void
call_give_back(struct server_call *call)
{
    struct rpc_server *server = call->server;

    if (call->is_let_in && server->hooks.release != NULL) {
        server->hooks.release(server->hooks.context, &call->seen.caller);
    }
    if (call->is_counted) {
        call->method->running--;
    }
    if (call->seen.stream != NULL) {
        stream_end(call);
    }
    if (call->in != NULL) {
        grpc_byte_buffer_destroy(call->in);
    }
    if (call->handle != NULL) {
        grpc_call_unref(call->handle);
    }
    call->is_let_in = false;
    call->is_counted = false;
    call->has_sent_initial = false;
    call->awaits_close = false;
    call->counts_last = false;
    call->in = NULL;
    call->handle = NULL;
    call->seen = (struct rpc_call) { .method = NULL };
    call->next = server->free_calls;
    server->free_calls = call;
}

void
call_ask(struct rpc_server *server, struct bound_method *method)
{
    struct server_call *call = call_take(server, method);
    bool has_payload = method != NULL && method->row->kind != RPC_CLIENT_STREAM;
    grpc_call_error error = GRPC_CALL_OK;

    if (call == NULL) {
        return; /* out of memory: one request less is posted */
    }
    if (method == NULL) {
        error =
            grpc_server_request_call(server->grpc, &call->handle, &call->details, &call->metadata,
                                     server->queue, server->queue, &call->asked);
    } else {
        error = grpc_server_request_registered_call(
            server->grpc, method->registered, &call->handle, &call->deadline, &call->metadata,
            has_payload ? &call->in : NULL, server->queue, server->queue, &call->asked);
    }
    if (error != GRPC_CALL_OK) {
        call_give_back(call); /* shutting down */
    }
}

static void
start_batch(grpc_call *handle, const grpc_op *ops, size_t count, struct tag *tag)
{
    grpc_call_error error = grpc_call_start_batch(handle, ops, count, tag, NULL);

    assert(error == GRPC_CALL_OK);
    (void) error;
}

void
call_start(struct server_call *call, const grpc_op *ops, size_t count, struct tag *tag)
{
    grpc_call *handle = call->handle;

    atomic_fetch_add(&call->pending, 1);
    start_batch(handle, ops, count, tag);
}

void
call_batch_ended(struct server_call *call)
{
    if (atomic_fetch_sub(&call->pending, 1) == 1) {
        call_give_back(call);
    }
}

static void
on_finished(struct server_call *call, bool is_ok)
{
    (void) is_ok;
    call_batch_ended(call);
}

void
call_fill(struct server_call *call, const ProtobufCMessage *message)
{
    grpc_slice_buffer *slices = &call->out->data.raw.slice_buffer;
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));

    (void) protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    grpc_slice_buffer_reset_and_unref(slices);
    grpc_slice_buffer_add(slices, slice);
}

/* Starts the last batch; the answer, if there is one, is in call->out. */
static void
start_last(struct server_call *call, enum refusal refusal, bool has_answer)
{
    grpc_op ops[4] = { { .op = GRPC_OP_SEND_INITIAL_METADATA } };
    size_t count = call->has_sent_initial ? 0 : 1;
    char text[REFUSAL_MESSAGE_ROOM];
    grpc_slice details = grpc_empty_slice();

    if (has_answer) {
        ops[count++] =
            (grpc_op) { .op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = call->out };
    }
    ops[count] = (grpc_op) { .op = GRPC_OP_SEND_STATUS_FROM_SERVER };
    ops[count].data.send_status_from_server.status = status_of_err(refusal_err(refusal));
    if (refusal != REFUSAL_NONE) {
        details = grpc_slice_from_copied_buffer(text, refusal_message(refusal, text));
        ops[count].data.send_status_from_server.status_details = &details;
    }
    count++;
    if (!call->awaits_close) {
        ops[count] = (grpc_op) { .op = GRPC_OP_RECV_CLOSE_ON_SERVER };
        ops[count++].data.recv_close_on_server.cancelled = &call->was_cancelled;
    }
    if (call->counts_last) {
        start_batch(call->handle, ops, count, &call->finished);
    } else {
        call_start(call, ops, count, &call->finished);
    }
    grpc_slice_unref(details);
}

/* Puts the answer into call->out; false: there is none to send. */
static bool
fill_answer(struct server_call *call, enum refusal refusal, const ProtobufCMessage *message)
{
    bool has_answer = refusal == REFUSAL_NONE && message != NULL;

    if (has_answer) {
        call_fill(call, message);
    }
    return has_answer;
}

void
call_finish(struct server_call *call, enum refusal refusal, const ProtobufCMessage *message)
{
    start_last(call, refusal, fill_answer(call, refusal, message));
}

void
call_hand_back(struct server_call *call, enum refusal refusal, const ProtobufCMessage *message)
{
    call->refusal = refusal;
    call->has_answer = fill_answer(call, refusal, message);
    call_start(call, NULL, 0, &call->ready);
}

static void
on_ready(struct server_call *call, bool is_ok)
{
    struct pool *pool = &call->server->pool;

    (void) is_ok;
    /* Pairs with the count in call_start: gRPC's queue orders the two threads too, but no tool that
     * looks for races sees into it. */
    (void) atomic_load(&call->pending);
    start_last(call, call->refusal, call->has_answer);
    call_batch_ended(call);
    pool_done(pool);
}

enum refusal
call_bytes(grpc_byte_buffer *buffer, size_t max_len, struct arena *arena, struct bytes *out)
{
    grpc_byte_buffer_reader reader;
    grpc_slice_buffer *slices = NULL;
    size_t len = 0;
    uint8_t *copy = NULL;

    if (buffer == NULL) {
        return REFUSAL_NO_MESSAGE;
    }
    if (buffer->type != GRPC_BB_RAW || buffer->data.raw.compression != GRPC_COMPRESS_NONE) {
        return REFUSAL_MESSAGE_COMPRESSED;
    }
    len = grpc_byte_buffer_length(buffer);
    if (len > max_len) {
        return REFUSAL_MESSAGE_TOO_LONG;
    }
    slices = &buffer->data.raw.slice_buffer;
    if (slices->count == 1) {
        *out = (struct bytes) { GRPC_SLICE_START_PTR(slices->slices[0]), len };
        return REFUSAL_NONE;
    }
    copy = arena_alloc(arena, len);
    if (copy == NULL || grpc_byte_buffer_reader_init(&reader, buffer) == 0) {
        return REFUSAL_MESSAGE_TOO_COSTLY;
    }
    *out = (struct bytes) { copy, len };
    for (grpc_slice *slice = NULL; grpc_byte_buffer_reader_peek(&reader, &slice) != 0;) {
        memcpy(copy, GRPC_SLICE_START_PTR(*slice), GRPC_SLICE_LENGTH(*slice));
        copy += GRPC_SLICE_LENGTH(*slice);
    }
    grpc_byte_buffer_reader_destroy(&reader);
    return REFUSAL_NONE;
}

/* The OIN in the caller's certificate, which the handshake found to be of our CA. */
static enum refusal
find_oin(struct server_call *call)
{
    grpc_auth_context *context = grpc_call_auth_context(call->handle);
    grpc_auth_property_iterator properties =
        grpc_auth_context_find_properties_by_name(context, GRPC_X509_PEM_CERT_PROPERTY_NAME);
    const grpc_auth_property *pem = grpc_auth_property_iterator_next(&properties);
    enum refusal refusal = REFUSAL_NO_OIN;

    if (pem != NULL) {
        refusal = peer_cache_find(call->server->peers, pem->value, pem->value_length,
                                  call->seen.caller.oin);
    }
    grpc_auth_context_release(context);
    return refusal;
}

/* Who calls, and may they? */
static enum refusal
let_in(struct server_call *call)
{
    const struct rpc_hooks *hooks = &call->server->hooks;
    struct rpc_caller *caller = &call->seen.caller;
    enum refusal refusal = find_oin(call);

    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    refusal = hooks->identify(hooks->context, caller->oin, caller);
    if (refusal != REFUSAL_NONE) {
        caller->party = NULL;
        return refusal;
    }
    call->is_let_in = true;
    if (caller->role >= 32 || (call->method->row->roles & RPC_ROLE(caller->role)) == 0) {
        return REFUSAL_ROLE_NOT_ALLOWED;
    }
    return REFUSAL_NONE;
}

/* When the call must be done, in clock_monotonic_ms(): as the caller said, but not beyond our
 * bound. */
static uint64_t
deadline_of(const struct server_call *call)
{
    gpr_timespec wanted = gpr_convert_clock_type(call->deadline, GPR_CLOCK_MONOTONIC);
    gpr_timespec left = gpr_time_sub(wanted, gpr_now(GPR_CLOCK_MONOTONIC));
    int32_t left_ms = gpr_time_to_millis(left);
    uint64_t allowed_ms = call->method->deadline_ms;

    if (left_ms < 0) {
        allowed_ms = 0;
    } else if ((uint64_t) left_ms < allowed_ms) {
        allowed_ms = (uint64_t) left_ms;
    }
    return clock_monotonic_ms() + allowed_ms;
}

static void
take_trace(struct server_call *call)
{
    const char *received = NULL;
    size_t len = 0;

    for (size_t i = 0; i < call->metadata.count; i++) {
        const grpc_metadata *item = &call->metadata.metadata[i];

        if (grpc_slice_str_cmp(item->key, "traceparent") == 0) {
            received = (const char *) GRPC_SLICE_START_PTR(item->value);
            len = GRPC_SLICE_LENGTH(item->value);
        }
    }
    call->seen.id = trace_step(received, len, call->seen.traceparent);
}

/* The pool tells the daemon of a refusal, which may take time; the rest is answered at once. */
static void
refuse(struct server_call *call, enum refusal refusal)
{
    bool is_of_interest =
        call->seen.caller.oin[0] != '\0' && refusal != REFUSAL_BUSY && refusal != REFUSAL_STOPPING;

    if (is_of_interest && call->server->hooks.on_refused != NULL) {
        call->refusal = refusal;
        call->seen.request_bytes = (struct bytes) { NULL, 0 };
        if (pool_push(&call->server->pool, call)) {
            return;
        }
    }
    call_finish(call, refusal, NULL);
}

/* Hands the call to the pool. */
static void
dispatch(struct server_call *call)
{
    struct bound_method *method = call->method;

    if (method->row->max_running != 0 && method->running >= method->row->max_running) {
        refuse(call, REFUSAL_BUSY);
        return;
    }
    method->running++;
    call->is_counted = true;
    if (method->row->kind != RPC_UNARY) {
        stream_begin(call);
    }
    if (!pool_push(&call->server->pool, call)) {
        refuse(call, REFUSAL_BUSY);
    }
}

/* A call came in; the queue's thread decides where it goes. */
static void
on_asked(struct server_call *call, bool is_ok)
{
    struct bound_method *method = call->method;
    enum refusal refusal = REFUSAL_NONE;

    if (!is_ok) { /* the server shuts down */
        call_give_back(call);
        return;
    }
    call_ask(call->server, method);
    if (method == NULL) {
        grpc_slice_unref(call->details.method);
        grpc_slice_unref(call->details.host);
        call_finish(call, REFUSAL_UNKNOWN_METHOD, NULL);
        return;
    }
    call->seen.method = method->path;
    call->seen.deadline_ms = deadline_of(call);
    take_trace(call);
    refusal = method->is_health ? REFUSAL_NONE : let_in(call);
    if (refusal != REFUSAL_NONE) {
        refuse(call, refusal);
    } else if (method->is_health && method->row->kind == RPC_SERVER_STREAM) {
        health_watch_begin(call);
    } else if (method->row->is_quick) {
        call_run(call, &call->server->quick_arena);
    } else {
        dispatch(call);
    }
}

/* The request, decoded; nothing in a client stream, which reads for itself. */
static enum refusal
take_request(struct server_call *call, const ProtobufCMessage **out)
{
    const struct bound_method *method = call->method;
    size_t max_len = method->row->max_request_len;
    enum refusal refusal = REFUSAL_NONE;

    if (method->row->kind == RPC_CLIENT_STREAM) {
        return REFUSAL_NONE;
    }
    refusal = call_bytes(call->in, max_len, call->seen.arena, &call->seen.request_bytes);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    return wire_decode(method->input, call->seen.request_bytes, max_len, call->seen.arena, out);
}

/* An empty response to fill; nothing in a server stream. */
static enum refusal
make_response(struct server_call *call, ProtobufCMessage **out)
{
    ProtobufCMessage *response = NULL;

    if (call->method->row->kind == RPC_SERVER_STREAM) {
        return REFUSAL_NONE;
    }
    response = arena_alloc(call->seen.arena, call->method->output->sizeof_message);
    if (response == NULL) {
        return REFUSAL_MESSAGE_TOO_COSTLY;
    }
    protobuf_c_message_init(call->method->output, response);
    *out = response;
    return REFUSAL_NONE;
}

/* A refusal before the handler ran: heard by the daemon, on a pool thread only. */
static void
refuse_unhandled(struct server_call *call, enum refusal refusal, bool is_pool)
{
    const struct rpc_hooks *hooks = &call->server->hooks;

    if (!is_pool) {
        refuse(call, refusal);
        return;
    }
    if (hooks->on_refused != NULL && !call->method->is_health) {
        hooks->on_refused(hooks->context, &call->seen, refusal);
    }
    call_hand_back(call, refusal, NULL);
}

/* The end of call_run. */
static void
end_run(struct server_call *call, enum refusal refusal, const ProtobufCMessage *response,
        bool is_pool)
{
    if (is_pool) {
        call_hand_back(call, refusal, response);
    } else {
        call_finish(call, refusal, response);
    }
}

void
call_run(struct server_call *call, struct arena *arena)
{
    struct bound_method *method = call->method;
    const ProtobufCMessage *request = NULL;
    ProtobufCMessage *response = NULL;
    bool is_pool = arena != &call->server->quick_arena;
    enum refusal refusal = call->refusal;

    /* The answer is encoded at the end of the run, and the call is not ours after that. */
    arena_reset(arena, method->arena_cap);
    call->seen.arena = arena;
    if (refusal != REFUSAL_NONE) {
        refuse_unhandled(call, refusal, is_pool);
        goto out;
    }
    if (is_pool && clock_monotonic_ms() >= call->seen.deadline_ms) {
        call_hand_back(call, REFUSAL_TOO_LATE, NULL);
        goto out;
    }
    refusal = take_request(call, &request);
    if (refusal == REFUSAL_NONE) {
        refusal = make_response(call, &response);
    }
    if (refusal != REFUSAL_NONE) {
        refuse_unhandled(call, refusal, is_pool);
        goto out;
    }
    refusal = method->row->handler(method->self, &call->seen, request, response);
    end_run(call, refusal, response, is_pool);
out:
    arena_reset(arena, method->arena_cap);
}
