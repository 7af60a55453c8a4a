/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/echo_service.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/grpc.h>

#include "base/clock.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

enum { QUICK_ARENA_LEN = 512 * 1024, ARENA_LEN = 1024 * 1024 };

typedef Seinhuis__Test__V1__EchoRequest echo_request;
typedef Seinhuis__Test__V1__EchoResponse echo_response;

static void
note_call(struct echo *echo, const struct rpc_call *call)
{
    pthread_mutex_lock(&echo->lock);
    memcpy(echo->last_traceparent, call->traceparent, sizeof echo->last_traceparent);
    memcpy(echo->last_oin, call->caller.oin, sizeof echo->last_oin);
    echo->last_left_ms = call->deadline_ms - clock_monotonic_ms();
    pthread_mutex_unlock(&echo->lock);
}

static void
note_end(struct echo *echo)
{
    pthread_mutex_lock(&echo->lock);
    echo->handled++;
    pthread_cond_broadcast(&echo->changed);
    pthread_mutex_unlock(&echo->lock);
}

static enum refusal
answer(void *self, struct rpc_call *call, const ProtobufCMessage *request,
       ProtobufCMessage *response)
{
    const echo_request *asked = (const void *) request;
    echo_response *answered = (void *) response;

    note_call(self, call);
    answered->number = (uint32_t) asked->payload.len;
    if (asked->n_numbers > 0) { /* a payload of that many bytes back */
        answered->payload.data = arena_alloc(call->arena, asked->numbers[0]);
        answered->payload.len = asked->numbers[0];
        if (answered->payload.data == NULL) {
            return REFUSAL_MESSAGE_TOO_COSTLY;
        }
    }
    if (strcmp(asked->user, "conflict") == 0) {
        return REFUSAL_CONFLICT;
    }
    note_end(self);
    return REFUSAL_NONE;
}

static enum refusal
answer_later(void *self, struct rpc_call *call, const ProtobufCMessage *request,
             ProtobufCMessage *response)
{
    struct echo *echo = self;

    pthread_mutex_lock(&echo->lock);
    echo->waiting++;
    pthread_cond_broadcast(&echo->changed);
    while (echo->let_go == 0) {
        pthread_cond_wait(&echo->changed, &echo->lock);
    }
    echo->let_go--;
    pthread_mutex_unlock(&echo->lock);
    return answer(self, call, request, response);
}

static enum refusal
answer_many(void *self, struct rpc_call *call, const ProtobufCMessage *request,
            ProtobufCMessage *response)
{
    const echo_request *asked = (const void *) request;
    uint32_t count = asked->n_numbers > 0 ? asked->numbers[0] : 0;

    (void) response;
    note_call(self, call);
    for (uint32_t i = 0; i < count; i++) {
        echo_response message;

        seinhuis__test__v1__echo_response__init(&message);
        message.number = i + 1;
        if (rpc_send(call, &message.base) != ERR_OK) {
            note_end(self);
            return REFUSAL_CANCELLED;
        }
    }
    note_end(self);
    return strcmp(asked->user, "conflict") == 0 ? REFUSAL_CONFLICT : REFUSAL_NONE;
}

static void
wake_all(void *data)
{
    struct echo *echo = data;

    pthread_mutex_lock(&echo->lock);
    echo->is_woken = true;
    pthread_cond_broadcast(&echo->changed);
    pthread_mutex_unlock(&echo->lock);
}

static enum refusal
watch(void *self, struct rpc_call *call, const ProtobufCMessage *request,
      ProtobufCMessage *response)
{
    struct echo *echo = self;
    echo_response message;

    seinhuis__test__v1__echo_response__init(&message);
    (void) request;
    (void) response;
    message.number = 1;
    if (rpc_send(call, &message.base) != ERR_OK) {
        return REFUSAL_CANCELLED;
    }
    pthread_mutex_lock(&echo->lock);
    echo->is_woken = false;
    pthread_mutex_unlock(&echo->lock);
    rpc_set_wake(call, wake_all, echo);
    pthread_mutex_lock(&echo->lock);
    echo->waiting++;
    pthread_cond_broadcast(&echo->changed);
    while (!echo->is_woken) {
        pthread_cond_wait(&echo->changed, &echo->lock);
    }
    pthread_mutex_unlock(&echo->lock);
    assert_true(rpc_is_over(call));
    rpc_set_wake(call, NULL, NULL);
    note_end(self);
    return REFUSAL_STOPPING;
}

static enum refusal
collect(void *self, struct rpc_call *call, const ProtobufCMessage *request,
        ProtobufCMessage *response)
{
    echo_response *answered = (void *) response;
    char text[32];

    (void) request;
    for (;;) {
        const ProtobufCMessage *message = NULL;
        enum refusal refusal = rpc_receive(call, &message);

        if (refusal != REFUSAL_NONE) {
            note_end(self);
            return refusal;
        }
        if (message == NULL) {
            break;
        }
        answered->number += (uint32_t) ((const echo_request *) (const void *) message)->payload.len;
    }
    (void) snprintf(text, sizeof text, "%zu", arena_mark(call->arena));
    answered->text = arena_copy(call->arena, text, strlen(text));
    note_end(self);
    return REFUSAL_NONE;
}

#define CALLERS .roles = RPC_ROLE(ROLE_CALLER)
static const struct rpc_method methods[] = {
    { .name = "Quick",
      .is_quick = true,
      CALLERS,
      .max_request_len = QUICK_MAX_LEN,
      .arena_cap = QUICK_ARENA_LEN,
      .handler = answer },
    { .name = "Slow", CALLERS, .max_request_len = PAYLOAD_MAX_LEN, .handler = answer },
    { .name = "Wait", CALLERS, .max_request_len = PAYLOAD_MAX_LEN, .handler = answer_later },
    { .name = "Many",
      .kind = RPC_SERVER_STREAM,
      CALLERS,
      .max_request_len = PAYLOAD_MAX_LEN,
      .handler = answer_many },
    { .name = "Watch",
      .kind = RPC_SERVER_STREAM,
      CALLERS,
      .max_request_len = PAYLOAD_MAX_LEN,
      .deadline_ms = 3600 * 1000,
      .max_running = 1,
      .handler = watch },
    { .name = "Collect",
      .kind = RPC_CLIENT_STREAM,
      CALLERS,
      .max_request_len = PAYLOAD_MAX_LEN,
      .handler = collect },
    { .name = "Guarded",
      .roles = RPC_ROLE(ROLE_OTHER),
      .max_request_len = PAYLOAD_MAX_LEN,
      .handler = answer },
};

static enum refusal
identify(void *context, const char *oin, struct rpc_caller *out)
{
    struct echo *echo = context;

    if (strcmp(oin, CLIENT_OIN) != 0) {
        return REFUSAL_UNKNOWN_PARTY;
    }
    pthread_mutex_lock(&echo->lock);
    echo->identified++;
    pthread_mutex_unlock(&echo->lock);
    out->role = ROLE_CALLER;
    out->party = echo;
    return REFUSAL_NONE;
}

static void
release(void *context, struct rpc_caller *caller)
{
    struct echo *echo = context;

    assert_ptr_equal(caller->party, echo);
    pthread_mutex_lock(&echo->lock);
    echo->released++;
    pthread_cond_broadcast(&echo->changed);
    pthread_mutex_unlock(&echo->lock);
}

static void
on_refused(void *context, const struct rpc_call *call, enum refusal refusal)
{
    struct echo *echo = context;

    pthread_mutex_lock(&echo->lock);
    echo->refused++;
    echo->last_refusal = refusal;
    memcpy(echo->last_oin, call->caller.oin, sizeof echo->last_oin);
    pthread_cond_broadcast(&echo->changed);
    pthread_mutex_unlock(&echo->lock);
}

void
world_init(struct world *world)
{
    static struct rpc_service services[1];

    memset(world, 0, sizeof *world);
    world->folder = temp_folder();
    world->pki = pki_new(world->folder);
    pthread_mutex_init(&world->echo.lock, NULL);
    pthread_cond_init(&world->echo.changed, NULL);
    assert_ok(arena_init(&world->arena, ARENA_LEN));
    services[0] = (struct rpc_service) {
        .descriptor = &seinhuis__test__v1__echo__descriptor,
        .methods = methods,
        .method_count = sizeof methods / sizeof *methods,
        .self = &world->echo,
    };
    world->config = (struct rpc_server_config) {
        .listen = "127.0.0.1:0",
        .identity = *pki_issue_oin(world->pki, "server", SERVER_OIN),
        .services = services,
        .service_count = 1,
        .hooks = { .context = &world->echo,
                   .identify = identify,
                   .release = release,
                   .on_refused = on_refused },
        .thread_count = 4,
    };
}

struct rpc_channel *
world_channel(struct world *world, const struct rpc_identity *identity, const char *server_oin)
{
    struct rpc_channel_config config = {
        .address = world->address,
        .identity = *identity,
        .server_oin = server_oin,
    };
    struct rpc_channel *channel = NULL;

    assert_ok(rpc_channel_open(&config, &channel));
    return channel;
}

void
world_serve(struct world *world)
{
    assert_ok(rpc_server_open(&world->config, &world->server));
    (void) snprintf(world->address, sizeof world->address, "127.0.0.1:%u",
                    (unsigned int) rpc_server_port(world->server));
    world->channel =
        world_channel(world, pki_issue_oin(world->pki, "client", CLIENT_OIN), SERVER_OIN);
}

void
world_done(struct world *world)
{
    rpc_channel_close(world->channel);
    rpc_server_close(world->server);
    /* A connection attempt that failed keeps gRPC alive until its timer has run out. */
    while (grpc_is_initialized() != 0) {
        (void) sched_yield();
    }
    assert_int_equal(world->echo.identified, world->echo.released);
    arena_done(&world->arena);
    pthread_cond_destroy(&world->echo.changed);
    pthread_mutex_destroy(&world->echo.lock);
    pki_free(world->pki);
    temp_remove(world->folder);
}

const Seinhuis__Test__V1__EchoResponse *
world_call(struct world *world, const char *method, size_t len)
{
    echo_request message;
    struct rpc_request request = {
        .service = &seinhuis__test__v1__echo__descriptor,
        .method = method,
        .message = &message.base,
        .deadline_ms = 10 * 1000,
    };
    const ProtobufCMessage *response = NULL;
    uint8_t *payload = calloc(1, len + 1);

    seinhuis__test__v1__echo_request__init(&message);
    assert_non_null(payload);
    message.payload = (ProtobufCBinaryData) { len, payload };
    arena_reset(&world->arena, SIZE_MAX);
    if (rpc_unary(world->channel, &request, &world->arena, &response, &world->result) != ERR_OK) {
        response = NULL;
    }
    free(payload);
    return (const void *) response;
}

void
echo_wait(struct echo *echo, const unsigned int *value, unsigned int wanted)
{
    pthread_mutex_lock(&echo->lock);
    while (*value < wanted) {
        pthread_cond_wait(&echo->changed, &echo->lock);
    }
    pthread_mutex_unlock(&echo->lock);
}

void
echo_let_go(struct echo *echo, unsigned int count)
{
    pthread_mutex_lock(&echo->lock);
    echo->let_go += count;
    pthread_cond_broadcast(&echo->changed);
    pthread_mutex_unlock(&echo->lock);
}
