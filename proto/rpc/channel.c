/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/channel.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/compression.h>
#include <grpc/grpc_security.h>

#include "base/file.h"
#include "proto/rpc/args.h"
#include "proto/rpc/client.h"
#include "proto/rpc/credentials.h"
#include "proto/rpc/notice.h"

enum {
    ADDRESS_ROOM = 256,
    HANDLE_MAX = 64,
    RESPONSE_MAX_LEN = 4 * 1024 * 1024,
    CONNECT_MS = 5 * 1000, /* time allowed for connecting, handshake included */
    BACKOFF_MS = 100,
    BACKOFF_MAX_MS = 1000,
    KEEPALIVE_MS = 60 * 1000,
    KEEPALIVE_ANSWER_MS = 20 * 1000,
    METADATA_MAX_LEN = 8 * 1024,
};

/* A method once called on this connection. */
struct handle {
    const ProtobufCServiceDescriptor *service;
    const char *name;
    const ProtobufCMethodDescriptor *method;
    void *registered;
};

struct rpc_channel {
    grpc_channel_credentials *credentials;
    struct server_check *check;
    char *address_file; /* NULL: the address is fixed */

    pthread_mutex_t lock; /* everything below */
    char address[ADDRESS_ROOM];
    grpc_channel *grpc; /* NULL: not made yet */
    bool is_stale;
    struct handle handles[HANDLE_MAX];
    size_t handle_count;
};

/* "HOST:PORT", with a port that can be. */
static bool
is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    unsigned long port = 0;

    if (colon == NULL || colon == text || strlen(text) >= ADDRESS_ROOM || colon[1] < '0' ||
        colon[1] > '9') {
        return false;
    }
    port = strtoul(colon + 1, &end, 10);
    return *end == '\0' && port >= 1 && port <= 65535;
}

/* Reads "HOST:PORT\n". */
static enum err
read_address(const char *path, char out[ADDRESS_ROOM])
{
    char text[ADDRESS_ROOM] = "";
    size_t len = 0;
    enum err err = file_read_into(path, text, sizeof text - 1, &len);

    if (err != ERR_OK) {
        return err;
    }
    text[strcspn(text, "\r\n")] = '\0';
    if (!is_address(text)) {
        return ERR_MALFORMED;
    }
    memcpy(out, text, sizeof text);
    return ERR_OK;
}

static void
set_arguments(struct args *args)
{
    args_common(args);
    args_number(args, GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1);
    args_number(args, GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    args_number(args, GRPC_ARG_ENABLE_RETRIES, 0);
    args_number(args, GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    args_number(args, GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    args_number(args, GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, RESPONSE_MAX_LEN);
    args_number(args, GRPC_ARG_MAX_METADATA_SIZE, METADATA_MAX_LEN);
    args_number(args, GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, CONNECT_MS);
    args_number(args, GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, BACKOFF_MS);
    args_number(args, GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, BACKOFF_MAX_MS);
    args_number(args, GRPC_ARG_KEEPALIVE_TIME_MS, KEEPALIVE_MS);
    args_number(args, GRPC_ARG_KEEPALIVE_TIMEOUT_MS, KEEPALIVE_ANSWER_MS);
}

/* With the lock held: makes the connection for channel->address; calls under way keep the old one.
 * */
static void
connect_anew(struct rpc_channel *channel)
{
    struct args args = { .count = 0 };
    grpc_channel_args channel_args = { .num_args = 0 };
    const char *scheme = "dns:";
    char target[ADDRESS_ROOM + 8];

    if (channel->address[0] >= '0' && channel->address[0] <= '9') {
        scheme = "ipv4:";
    } else if (channel->address[0] == '[') {
        scheme = "ipv6:";
    }
    (void) snprintf(target, sizeof target, "%s%s", scheme, channel->address);
    set_arguments(&args);
    channel_args = (grpc_channel_args) { args.count, args.list };
    if (channel->grpc != NULL) {
        grpc_channel_destroy(channel->grpc);
    }
    channel->grpc = grpc_channel_create(target, channel->credentials, &channel_args);
    channel->handle_count = 0;
}

/* With the lock held: the connection to where the service now is. */
static enum err
ensure_connection(struct rpc_channel *channel)
{
    char address[ADDRESS_ROOM] = "";

    if (channel->grpc != NULL && !channel->is_stale) {
        return ERR_OK;
    }
    if (channel->address_file != NULL) {
        if (read_address(channel->address_file, address) != ERR_OK) {
            return ERR_UNAVAILABLE;
        }
        if (channel->grpc == NULL || strcmp(address, channel->address) != 0) {
            memcpy(channel->address, address, sizeof address);
            connect_anew(channel);
        }
    } else if (channel->grpc == NULL) {
        connect_anew(channel);
    }
    channel->is_stale = false;
    return ERR_OK;
}

/* With the lock held: NULL when the service has no such method, or too many are in use. */
static const struct handle *
find_handle(struct rpc_channel *channel, const struct rpc_request *request)
{
    const ProtobufCMethodDescriptor *method = NULL;
    char path[ADDRESS_ROOM];
    struct handle *handle = NULL;

    for (size_t i = 0; i < channel->handle_count; i++) {
        handle = &channel->handles[i];
        if (handle->service == request->service && strcmp(handle->name, request->method) == 0) {
            return handle;
        }
    }
    method = protobuf_c_service_descriptor_get_method_by_name(request->service, request->method);
    if (method == NULL || channel->handle_count == HANDLE_MAX) {
        return NULL;
    }
    (void) snprintf(path, sizeof path, "/%s/%s", request->service->name, request->method);
    handle = &channel->handles[channel->handle_count++];
    *handle = (struct handle) {
        .service = request->service,
        .name = request->method,
        .method = method,
        .registered = grpc_channel_register_call(channel->grpc, path, NULL, NULL),
    };
    return handle;
}

enum err
channel_call(struct rpc_channel *channel, const struct rpc_request *request, gpr_timespec deadline,
             grpc_completion_queue *queue, struct client_call *out)
{
    const struct handle *handle = NULL;
    enum err err = ERR_OK;

    pthread_mutex_lock(&channel->lock);
    err = ensure_connection(channel);
    if (err != ERR_OK) {
        goto out;
    }
    handle = find_handle(channel, request);
    if (handle == NULL) {
        err = ERR_INVALID;
        goto out;
    }
    out->output = handle->method->output;
    out->handle = grpc_channel_create_registered_call(channel->grpc, NULL, GRPC_PROPAGATE_DEFAULTS,
                                                      queue, handle->registered, deadline, NULL);
out:
    pthread_mutex_unlock(&channel->lock);
    return err;
}

void
channel_note_unreachable(struct rpc_channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    channel->is_stale = true;
    pthread_mutex_unlock(&channel->lock);
}

static enum err
take_address(struct rpc_channel *channel, const char *address)
{
    static const char prefix[] = "file:";

    if (strncmp(address, prefix, sizeof prefix - 1) == 0) {
        channel->address_file = strdup(address + sizeof prefix - 1);
        return channel->address_file == NULL ? ERR_NOMEM : ERR_OK;
    }
    if (!is_address(address)) {
        return ERR_INVALID;
    }
    memcpy(channel->address, address, strlen(address) + 1);
    return ERR_OK;
}

enum err
rpc_channel_open(const struct rpc_channel_config *config, struct rpc_channel **out)
{
    struct rpc_channel *channel = calloc(1, sizeof *channel);
    enum err err = ERR_NOMEM;

    if (channel == NULL) {
        return ERR_NOMEM;
    }
    notice_take_lines();
    grpc_init();
    pthread_mutex_init(&channel->lock, NULL);
    err = take_address(channel, config->address);
    if (err != ERR_OK) {
        goto out;
    }
    err = server_check_new(config->server_oin, &channel->check);
    if (err != ERR_OK) {
        goto out;
    }
    err = credentials_for_client(&config->identity, channel->check, &channel->credentials);
    if (err != ERR_OK) {
        goto out;
    }
    *out = channel;
    channel = NULL;
out:
    rpc_channel_close(channel);
    return err;
}

void
rpc_channel_close(struct rpc_channel *channel)
{
    if (channel == NULL) {
        return;
    }
    if (channel->grpc != NULL) {
        grpc_channel_destroy(channel->grpc);
    }
    grpc_channel_credentials_release(channel->credentials);
    server_check_release(channel->check);
    pthread_mutex_destroy(&channel->lock);
    free(channel->address_file);
    free(channel);
    grpc_shutdown();
}
