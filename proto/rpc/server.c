/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <grpc/grpc_security.h>

#include "base/file.h"
#include "proto/rpc/args.h"
#include "proto/rpc/credentials.h"
#include "proto/rpc/notice.h"
#include "proto/rpc/server_impl.h"

enum {
    DEFAULT_THREADS = 64,
    DEFAULT_WAITING = 1024,
    DEFAULT_DEADLINE_MS = 30 * 1000,
    DEFAULT_STREAMS = 256,
    DEFAULT_CONNECTION_AGE_MS = 15 * 60 * 1000,
    CONNECTION_GRACE_MS = 60 * 1000,
    HANDSHAKE_MS = 10 * 1000,
    PING_INTERVAL_MS = 30 * 1000, /* more often is abuse: the connection is closed */
    METADATA_MAX_LEN = 8 * 1024,
    ARENA_EXTRA = 4096,
    POSTED_QUICK = 128, /* requests asked for ahead */
    POSTED = 16,
    POSTED_UNKNOWN = 4,
};

static uint32_t
or_default(uint32_t value, uint32_t otherwise)
{
    return value != 0 ? value : otherwise;
}

static const struct rpc_method *
find_row(const struct rpc_service *service, const char *name)
{
    for (size_t i = 0; i < service->method_count; i++) {
        if (strcmp(service->methods[i].name, name) == 0) {
            return &service->methods[i];
        }
    }
    return NULL;
}

/* Works out what the queue's thread needs of one row. */
static enum err
bind_method(const struct rpc_service *service, const ProtobufCMethodDescriptor *descriptor,
            uint32_t deadline_ms, struct bound_method *out)
{
    const struct rpc_method *row = find_row(service, descriptor->name);
    char *path = NULL;

    if (row == NULL || (row->is_quick && row->kind != RPC_UNARY)) {
        return ERR_INVALID;
    }
    if (asprintf(&path, "/%s/%s", service->descriptor->name, row->name) < 0) {
        return ERR_NOMEM;
    }
    *out = (struct bound_method) {
        .row = row,
        .self = service->self,
        .input = descriptor->input,
        .output = descriptor->output,
        .path = path,
        .arena_cap = row->arena_cap != 0 ? row->arena_cap : 8 * row->max_request_len + ARENA_EXTRA,
        .deadline_ms = or_default(row->deadline_ms, deadline_ms),
    };
    return ERR_OK;
}

static enum err
bind_service(struct rpc_server *server, const struct rpc_service *service, uint32_t deadline_ms)
{
    if (service->method_count != service->descriptor->n_methods) {
        return ERR_INVALID;
    }
    for (unsigned int i = 0; i < service->descriptor->n_methods; i++) {
        struct bound_method *method = &server->methods[server->method_count];
        enum err err = bind_method(service, &service->descriptor->methods[i], deadline_ms, method);

        if (err != ERR_OK) {
            return err;
        }
        server->method_count++;
        if (method->arena_cap > server->arena_size) {
            server->arena_size = method->arena_cap;
        }
    }
    return ERR_OK;
}

/* Binds all methods, those of the health service last. */
static enum err
bind_all(struct rpc_server *server, const struct rpc_server_config *config)
{
    uint32_t deadline_ms = or_default(config->deadline_ms, DEFAULT_DEADLINE_MS);
    struct rpc_service health = health_service;
    size_t count = health.method_count;
    size_t own = 0;
    enum err err = ERR_OK;

    for (size_t i = 0; i < config->service_count; i++) {
        count += config->services[i].descriptor->n_methods;
    }
    server->methods = calloc(count, sizeof *server->methods);
    if (server->methods == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; err == ERR_OK && i < config->service_count; i++) {
        err = bind_service(server, &config->services[i], deadline_ms);
    }
    if (err != ERR_OK) {
        return err;
    }
    own = server->method_count;
    health.self = server;
    err = bind_service(server, &health, deadline_ms);
    for (size_t i = own; i < server->method_count; i++) {
        server->methods[i].is_health = true;
    }
    return err;
}

static size_t
longest_request(const struct rpc_server *server)
{
    size_t longest = 0;

    for (size_t i = 0; i < server->method_count; i++) {
        size_t len = server->methods[i].row->max_request_len;

        longest = len > longest ? len : longest;
    }
    return longest;
}

static void
set_limits(const struct rpc_server *server, const struct rpc_server_config *config,
           struct args *args)
{
    args_common(args);
    args_number(args, GRPC_ARG_ALLOW_REUSEPORT, 0);
    args_number(args, GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, (int) longest_request(server));
    args_number(args, GRPC_ARG_MAX_METADATA_SIZE, METADATA_MAX_LEN);
    args_number(args, GRPC_ARG_MAX_CONCURRENT_STREAMS,
                (int) or_default(config->streams_per_connection, DEFAULT_STREAMS));
    args_number(args, GRPC_ARG_MAX_CONNECTION_AGE_MS,
                (int) or_default(config->connection_age_ms, DEFAULT_CONNECTION_AGE_MS));
    args_number(args, GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, CONNECTION_GRACE_MS);
    args_number(args, GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, HANDSHAKE_MS);
    args_number(args, GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, PING_INTERVAL_MS);
    args_number(args, GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
}

static enum err
listen_at(struct rpc_server *server, const struct rpc_server_config *config,
          grpc_server_credentials *credentials)
{
    struct args args = { .count = 0 };
    grpc_channel_args channel_args = { .num_args = 0 };
    int port = 0;

    set_limits(server, config, &args);
    channel_args = (grpc_channel_args) { args.count, args.list };
    server->queue = grpc_completion_queue_create_for_next(NULL);
    server->grpc = grpc_server_create(&channel_args, NULL);
    grpc_server_register_completion_queue(server->grpc, server->queue, NULL);
    for (size_t i = 0; i < server->method_count; i++) {
        struct bound_method *method = &server->methods[i];
        bool reads_itself = method->row->kind == RPC_CLIENT_STREAM;

        method->registered = grpc_server_register_method(
            server->grpc, method->path, NULL,
            reads_itself ? GRPC_SRM_PAYLOAD_NONE : GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, 0);
        if (method->registered == NULL) {
            return ERR_INVALID; /* named twice */
        }
    }
    port = grpc_server_add_http2_port(server->grpc, config->listen, credentials);
    if (port <= 0) {
        return ERR_EXISTS;
    }
    server->port = (uint16_t) port;
    return ERR_OK;
}

static void
on_stopped(struct rpc_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->has_stopped = true;
    pthread_cond_broadcast(&server->stopped);
    pthread_mutex_unlock(&server->lock);
}

/* The queue's thread. */
static void *
take_events(void *data)
{
    struct rpc_server *server = data;

    for (;;) {
        grpc_event event =
            grpc_completion_queue_next(server->queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
        struct tag *tag = event.tag;

        if (event.type == GRPC_QUEUE_SHUTDOWN) {
            return NULL;
        }
        if (tag == &server->stop_tag) {
            on_stopped(server);
        } else {
            tag->on_event(tag->call, event.success != 0);
        }
    }
}

/* Starts threads and service; from here on calls come in. */
static enum err
serve(struct rpc_server *server, const struct rpc_server_config *config)
{
    enum err err = pool_start(server, or_default(config->thread_count, DEFAULT_THREADS),
                              or_default(config->waiting_count, DEFAULT_WAITING));

    if (err != ERR_OK) {
        return err;
    }
    grpc_server_start(server->grpc);
    for (size_t i = 0; i < server->method_count; i++) {
        struct bound_method *method = &server->methods[i];

        for (int n = 0; n < (method->row->is_quick ? POSTED_QUICK : POSTED); n++) {
            call_ask(server, method);
        }
    }
    for (int n = 0; n < POSTED_UNKNOWN; n++) {
        call_ask(server, NULL);
    }
    if (pthread_create(&server->queue_thread, NULL, take_events, server) != 0) {
        return ERR_NOMEM;
    }
    server->has_queue_thread = true;
    return ERR_OK;
}

static struct rpc_server *
server_new(const struct rpc_server_config *config)
{
    struct rpc_server *server = calloc(1, sizeof *server);
    pthread_condattr_t attributes;

    if (server == NULL) {
        return NULL;
    }
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&server->stopped, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&server->lock, NULL);
    pthread_mutex_init(&server->pool.lock, NULL);
    pthread_cond_init(&server->pool.filled, NULL);
    pthread_cond_init(&server->pool.idle, NULL);
    server->hooks = config->hooks;
    server->is_serving = true;
    notice_take_lines();
    grpc_init();
    return server;
}

enum err
rpc_server_open(const struct rpc_server_config *config, struct rpc_server **out)
{
    struct rpc_server *server = NULL;
    grpc_server_credentials *credentials = NULL;
    enum err err = ERR_NOMEM;

    server = server_new(config);
    if (server == NULL) {
        goto out;
    }
    err = bind_all(server, config);
    if (err != ERR_OK) {
        goto out;
    }
    err = peer_cache_new(&server->peers);
    if (err != ERR_OK) {
        goto out;
    }
    err = arena_init(&server->quick_arena, server->arena_size);
    if (err != ERR_OK) {
        goto out;
    }
    err = credentials_for_server(&config->identity, &credentials);
    if (err != ERR_OK) {
        goto out;
    }
    err = listen_at(server, config, credentials);
    if (err != ERR_OK) {
        goto out;
    }
    err = serve(server, config);
    if (err != ERR_OK) {
        goto out;
    }
    *out = server;
    server = NULL;
out:
    grpc_server_credentials_release(credentials);
    rpc_server_close(server);
    return err;
}

uint16_t
rpc_server_port(const struct rpc_server *server)
{
    return server->port;
}

void
rpc_server_set_serving(struct rpc_server *server, bool is_serving)
{
    pthread_mutex_lock(&server->lock);
    server->is_serving = is_serving;
    pthread_mutex_unlock(&server->lock);
    health_tell(server);
}

enum err
rpc_server_write_address(const struct rpc_server *server, const char *path)
{
    char line[32];
    int len = snprintf(line, sizeof line, "127.0.0.1:%u\n", (unsigned int) server->port);

    return file_replace(path, line, (size_t) len, 0644);
}

/* Waits until gRPC has no calls left; false when that takes longer than 'wait_ms' (0: for ever). */
static bool
wait_until_stopped(struct rpc_server *server, uint32_t wait_ms)
{
    struct timespec end;
    int result = 0;
    bool has_stopped = false;

    (void) clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += wait_ms / 1000;
    end.tv_nsec += (long) (wait_ms % 1000) * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&server->lock);
    while (!server->has_stopped && result == 0) {
        result = wait_ms == 0 ? pthread_cond_wait(&server->stopped, &server->lock)
                              : pthread_cond_timedwait(&server->stopped, &server->lock, &end);
    }
    has_stopped = server->has_stopped;
    pthread_mutex_unlock(&server->lock);
    return has_stopped;
}

void
rpc_server_stop(struct rpc_server *server, uint32_t grace_ms)
{
    pthread_mutex_lock(&server->lock);
    server->is_stopping = true;
    pthread_mutex_unlock(&server->lock);
    stream_stop_all(server);
    health_tell(server);
    grpc_server_shutdown_and_notify(server->grpc, server->queue, &server->stop_tag);
    if (grace_ms == 0 || !wait_until_stopped(server, grace_ms)) {
        grpc_server_cancel_all_calls(server->grpc);
        (void) wait_until_stopped(server, 0);
    }
    pool_wait(&server->pool); /* gRPC does not wait for handlers of calls that were cancelled */
}

static bool
has_begun_to_stop(struct rpc_server *server)
{
    bool is_stopping = false;

    pthread_mutex_lock(&server->lock);
    is_stopping = server->is_stopping;
    pthread_mutex_unlock(&server->lock);
    return is_stopping;
}

/* Without the queue's thread: takes the events that are left. */
static void
drain(grpc_completion_queue *queue)
{
    grpc_event event = { .type = GRPC_OP_COMPLETE };

    while (event.type != GRPC_QUEUE_SHUTDOWN) {
        event = grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    }
}

/* A server that never came to have its queue's thread, but may have posted requests. */
static void
end_half_built(struct rpc_server *server)
{
    grpc_server_shutdown_and_notify(server->grpc, server->queue, &server->stop_tag);
    grpc_server_cancel_all_calls(server->grpc);
    grpc_server_destroy(server->grpc);
    grpc_completion_queue_shutdown(server->queue);
    drain(server->queue);
}

void
rpc_server_close(struct rpc_server *server)
{
    if (server == NULL) {
        return;
    }
    if (server->has_queue_thread) {
        if (!has_begun_to_stop(server)) {
            rpc_server_stop(server, 0);
        }
        pool_end(&server->pool);
        grpc_server_destroy(server->grpc);
        grpc_completion_queue_shutdown(server->queue);
        pthread_join(server->queue_thread, NULL);
    } else {
        pool_end(&server->pool);
        if (server->grpc != NULL) {
            end_half_built(server);
        }
    }
    if (server->queue != NULL) {
        grpc_completion_queue_destroy(server->queue);
    }
    call_free_all(server);
    arena_done(&server->quick_arena);
    peer_cache_free(server->peers);
    for (size_t i = 0; i < server->method_count; i++) {
        free(server->methods[i].path);
    }
    free(server->methods);
    pthread_cond_destroy(&server->pool.idle);
    pthread_cond_destroy(&server->pool.filled);
    pthread_mutex_destroy(&server->pool.lock);
    pthread_cond_destroy(&server->stopped);
    pthread_mutex_destroy(&server->lock);
    free(server);
    grpc_shutdown();
}
