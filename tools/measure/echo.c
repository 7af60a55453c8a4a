/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/echo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.pb-c.h"
#include "proto/rpc/server.h"
#include "tools/measure/meter.h"

enum { ANSWER_LEN = 64, REQUEST_MAX_LEN = 16 * 1024, ROLE = 1 };

static enum refusal
answer(void *self, struct rpc_call *call, const ProtobufCMessage *request,
       ProtobufCMessage *response)
{
    static uint8_t payload[ANSWER_LEN];
    Seinhuis__Measure__V1__MeasureResponse *answered = (void *) response;

    (void) self;
    (void) call;
    (void) request;
    answered->payload = (ProtobufCBinaryData) { .len = sizeof payload, .data = payload };
    return REFUSAL_NONE;
}

static enum refusal
identify(void *context, const char *oin, struct rpc_caller *out)
{
    if (strcmp(oin, ECHO_CLIENT_OIN) != 0) {
        return REFUSAL_UNKNOWN_PARTY;
    }
    out->role = ROLE;
    out->party = context;
    return REFUSAL_NONE;
}

/* The process of the server: serves until the other end of 'control' closes. */
__attribute__((noreturn)) static void
serve(const struct rpc_identity *identity, int control, int ready)
{
    static const struct rpc_method methods[] = {
        { .name = "Quick",
          .is_quick = true,
          .roles = RPC_ROLE(ROLE),
          .max_request_len = REQUEST_MAX_LEN,
          .handler = answer },
        { .name = "Pooled",
          .roles = RPC_ROLE(ROLE),
          .max_request_len = REQUEST_MAX_LEN,
          .handler = answer },
    };
    const struct rpc_service service = {
        .descriptor = &seinhuis__measure__v1__measure__descriptor,
        .methods = methods,
        .method_count = sizeof methods / sizeof *methods,
    };
    const struct rpc_server_config config = {
        .listen = "127.0.0.1:0",
        .identity = *identity,
        .services = &service,
        .service_count = 1,
        .hooks = { .identify = identify },
    };
    struct rpc_server *server = NULL;
    enum err err = rpc_server_open(&config, &server);
    uint16_t port = 0;
    char end = 0;

    if (err != ERR_OK) {
        meter_fail("server of the rpc layer", err_text(err));
    }
    port = rpc_server_port(server);
    if (write(ready, &port, sizeof port) != (ssize_t) sizeof port) {
        meter_fail("server of the rpc layer", strerror(errno));
    }
    while (read(control, &end, 1) > 0 || errno == EINTR) { }
    rpc_server_close(server);
    exit(EXIT_SUCCESS);
}

void
echo_start(const struct rpc_identity *identity, struct echo_server *out)
{
    struct echo_server server = { .pid = -1 };
    int control[2];
    int ready[2];

    if (pipe2(control, O_CLOEXEC) != 0 || pipe2(ready, O_CLOEXEC) != 0) {
        meter_fail("pipe", strerror(errno));
    }
    server.pid = fork();
    if (server.pid < 0) {
        meter_fail("fork", strerror(errno));
    }
    if (server.pid == 0) {
        close(control[1]);
        close(ready[0]);
        serve(identity, control[0], ready[1]);
    }
    close(control[0]);
    close(ready[1]);
    server.control = control[1];
    if (read(ready[0], &server.port, sizeof server.port) != (ssize_t) sizeof server.port) {
        meter_fail("server of the rpc layer", "did not start");
    }
    close(ready[0]);
    *out = server;
}

void
echo_connect(struct echo_server *server, const struct rpc_identity *identity)
{
    char address[32];
    const struct rpc_channel_config config = {
        .address = address,
        .identity = *identity,
        .server_oin = ECHO_SERVER_OIN,
    };

    (void) snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned int) server->port);
    for (size_t i = 0; i < ECHO_CONNECTIONS; i++) {
        enum err err = rpc_channel_open(&config, &server->channels[i]);

        if (err != ERR_OK) {
            meter_fail("channel of the rpc layer", err_text(err));
        }
    }
}

void
echo_stop(struct echo_server *server)
{
    for (size_t i = 0; i < ECHO_CONNECTIONS; i++) {
        rpc_channel_close(server->channels[i]);
    }
    close(server->control);
    (void) waitpid(server->pid, NULL, 0);
    server->pid = -1;
}

static const ProtobufCMessage *
next(void *context, size_t channel)
{
    (void) channel;
    return context;
}

void
echo_run(const struct echo_server *server, const struct echo_load *load, double seconds,
         struct load_result *out)
{
    Seinhuis__Measure__V1__MeasureRequest request;
    const struct load calls = {
        .channels = server->channels,
        .channel_count = load->connections,
        .outstanding = load->outstanding,
        .seconds = seconds,
        .server = server->pid,
        .service = &seinhuis__measure__v1__measure__descriptor,
        .method = load->method,
        .next = next,
        .context = &request,
    };

    seinhuis__measure__v1__measure_request__init(&request);
    request.payload.len = load->len;
    request.payload.data = meter_alloc(1, load->len);
    load_run(&calls, out);
    free(request.payload.data);
}
