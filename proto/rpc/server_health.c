/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "grpc/health/v1/health.pb-c.h"
#include "proto/rpc/server_impl.h"
#include "proto/wire/decode.h"

enum { REQUEST_MAX_LEN = 160, WATCH_MAX = 64 };

typedef Grpc__Health__V1__HealthCheckResponse__ServingStatus health_status;

static const health_status SERVING =
    GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING;
static const health_status NOT_SERVING =
    GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING;
static const health_status SERVICE_UNKNOWN =
    GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN;

/* "" is the whole server. */
static bool
is_known(const struct rpc_server *server, const char *service)
{
    size_t len = strlen(service);

    if (len == 0) {
        return true;
    }
    for (size_t i = 0; i < server->method_count; i++) {
        const char *path = server->methods[i].path;

        if (strncmp(path + 1, service, len) == 0 && path[1 + len] == '/') {
            return true;
        }
    }
    return false;
}

/* Threads: any. */
static health_status
status_now(struct rpc_server *server, bool *is_stopping)
{
    bool is_serving = false;

    pthread_mutex_lock(&server->lock);
    *is_stopping = server->is_stopping;
    is_serving = server->is_serving && !server->is_stopping;
    pthread_mutex_unlock(&server->lock);
    return is_serving ? SERVING : NOT_SERVING;
}

static enum refusal
check(void *self, struct rpc_call *call, const ProtobufCMessage *request,
      ProtobufCMessage *response)
{
    const Grpc__Health__V1__HealthCheckRequest *asked = (const void *) request;
    Grpc__Health__V1__HealthCheckResponse *answer = (void *) response;

    bool is_stopping = false;

    (void) call;
    if (!is_known(self, asked->service)) {
        return REFUSAL_NOT_FOUND;
    }
    answer->status = status_now(self, &is_stopping);
    return REFUSAL_NONE;
}

static const struct rpc_method methods[] = {
    {
        .name = "Check",
        .kind = RPC_UNARY,
        .is_quick = true,
        .max_request_len = REQUEST_MAX_LEN,
        .handler = check,
    },
    { .name = "Watch", .kind = RPC_SERVER_STREAM, .max_request_len = REQUEST_MAX_LEN },
};

const struct rpc_service health_service = {
    .descriptor = &grpc__health__v1__health__descriptor,
    .methods = methods,
    .method_count = sizeof methods / sizeof *methods,
};

/* All of this runs on the queue's thread; other threads only nudge, by an empty batch, which gRPC
 * gives back there at once. */

/* Says what is new, one message at a time, or the end. */
static void
tell(struct server_call *call)
{
    Grpc__Health__V1__HealthCheckResponse answer = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    grpc_op ops[2] = { { .op = GRPC_OP_SEND_INITIAL_METADATA } };
    size_t count = call->has_sent_initial ? 0 : 1;
    bool is_stopping = false;

    if (call->watch.is_telling || call->watch.has_ended) {
        return;
    }
    answer.status = status_now(call->server, &is_stopping);
    if (!call->watch.is_known) {
        answer.status = SERVICE_UNKNOWN;
    }
    if (call->watch.told != (int) answer.status) {
        call->watch.told = (int) answer.status;
        call->watch.is_telling = true;
        call_fill(call, &answer.base);
        ops[count++] =
            (grpc_op) { .op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = call->out };
        call->has_sent_initial = true;
        call_start(call, ops, count, &call->moved);
    } else if (is_stopping) {
        call->watch.has_ended = true;
        call_finish(call, REFUSAL_STOPPING, NULL);
    }
}

static void
on_told(struct server_call *call, bool is_ok)
{
    (void) is_ok;
    call->watch.is_telling = false;
    tell(call);
    call_batch_ended(call);
}

static void
on_nudged(struct server_call *call, bool is_ok)
{
    (void) is_ok;
    pthread_mutex_lock(&call->server->lock);
    call->watch.is_nudged = false;
    pthread_mutex_unlock(&call->server->lock);
    tell(call);
    call_batch_ended(call);
}

/* The watcher is gone, or was told the end. */
static void
on_closed(struct server_call *call, bool is_ok)
{
    (void) is_ok;
    pthread_mutex_lock(&call->server->lock);
    stream_unlink(&call->server->watches, call);
    call->server->watch_count--;
    pthread_mutex_unlock(&call->server->lock);
    if (!call->watch.has_ended) {
        call->watch.has_ended = true;
        call_finish(call, REFUSAL_CANCELLED, NULL);
    }
    call_batch_ended(call);
}

/* A place among those who watch. */
static bool
join(struct server_call *call)
{
    struct rpc_server *server = call->server;
    bool has_room = false;

    pthread_mutex_lock(&server->lock);
    has_room = server->watch_count < WATCH_MAX;
    if (has_room) {
        server->watch_count++;
        stream_link(&server->watches, call);
    }
    pthread_mutex_unlock(&server->lock);
    return has_room;
}

static enum refusal
take_service(struct server_call *call)
{
    struct arena *arena = &call->server->quick_arena;
    const ProtobufCMessage *request = NULL;
    struct bytes bytes = { NULL, 0 };
    enum refusal refusal = REFUSAL_NONE;

    arena_reset(arena, call->method->arena_cap);
    refusal = call_bytes(call->in, REQUEST_MAX_LEN, arena, &bytes);
    if (refusal == REFUSAL_NONE) {
        refusal = wire_decode(call->method->input, bytes, REQUEST_MAX_LEN, arena, &request);
    }
    if (refusal == REFUSAL_NONE) {
        const Grpc__Health__V1__HealthCheckRequest *asked = (const void *) request;

        call->watch.is_known = is_known(call->server, asked->service);
    }
    arena_reset(arena, 0);
    return refusal;
}

void
health_watch_begin(struct server_call *call)
{
    grpc_op step = { .op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                     .data.recv_close_on_server.cancelled = &call->was_cancelled };
    enum refusal refusal = take_service(call);

    call->moved = (struct tag) { on_told, call };
    call->closed = (struct tag) { on_closed, call };
    call->watch.nudged = (struct tag) { on_nudged, call };
    call->watch.told = -1;
    call->watch.is_nudged = false;
    call->watch.is_telling = false;
    call->watch.has_ended = false;
    if (refusal == REFUSAL_NONE && !join(call)) {
        refusal = REFUSAL_BUSY;
    }
    if (refusal != REFUSAL_NONE) {
        call_finish(call, refusal, NULL);
        return;
    }
    call->awaits_close = true;
    call_start(call, &step, 1, &call->closed);
    tell(call);
}

void
health_tell(struct rpc_server *server)
{
    pthread_mutex_lock(&server->lock);
    for (struct server_call *call = server->watches; call != NULL; call = call->stream.next) {
        /* It leaves the list before the batch that waits for its close ends: it is alive. */
        if (!call->watch.is_nudged) {
            call->watch.is_nudged = true;
            call_start(call, NULL, 0, &call->watch.nudged);
        }
    }
    pthread_mutex_unlock(&server->lock);
}
