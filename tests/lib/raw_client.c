/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/raw_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include "base/file.h"
#include "proto/rpc/args.h"
#include "tests/lib/cmocka_all.h"

enum { PEM_MAX_LEN = 64 * 1024, DEADLINE_MS = 10 * 1000 };

static char *
read_pem(const char *path)
{
    char *text = NULL;
    size_t len = 0;

    if (path == NULL) {
        return NULL;
    }
    assert_ok(file_read(path, PEM_MAX_LEN, &text, &len));
    return text;
}

static grpc_channel_credentials *
credentials_of(const struct raw_request *request)
{
    char *ca = read_pem(request->ca_file);
    char *cert = read_pem(request->cert_file);
    char *key = read_pem(request->key_file);
    grpc_ssl_pem_key_cert_pair pair = { key, cert };
    grpc_channel_credentials *credentials = NULL;

    if (request->is_plain) {
        credentials = grpc_insecure_credentials_create();
    } else {
        credentials = grpc_ssl_credentials_create_ex(ca, cert == NULL ? NULL : &pair, NULL, NULL);
    }
    free(ca);
    free(cert);
    free(key);
    return credentials;
}

static grpc_channel *
open_channel(const struct raw_request *request)
{
    grpc_channel_credentials *credentials = credentials_of(request);
    struct args args = { .count = 0 };
    grpc_channel_args channel_args;
    grpc_channel *channel = NULL;
    char target[64];

    (void) snprintf(target, sizeof target, "ipv4:%s", request->address);
    args_number(&args, GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    args_number(&args, GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    args_text(&args, GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, "localhost");
    channel_args = (grpc_channel_args) { args.count, args.list };
    channel = grpc_channel_create(target, credentials, &channel_args);
    grpc_channel_credentials_release(credentials);
    return channel;
}

/* What is under way in one call. */
struct exchange {
    grpc_metadata metadata[2];
    size_t metadata_count;
    grpc_metadata_array initial;
    grpc_metadata_array trailing;
    grpc_byte_buffer *out;
    grpc_byte_buffer *in;
    grpc_status_code status;
    grpc_slice details;
};

static void
add_metadata(struct exchange *exchange, const char *key, const char *value)
{
    exchange->metadata[exchange->metadata_count++] = (grpc_metadata) {
        .key = grpc_slice_from_static_string(key),
        .value = grpc_slice_from_static_string(value),
    };
}

static void
prepare(const struct raw_request *request, struct exchange *exchange)
{
    grpc_slice body = grpc_slice_from_copied_buffer(request->body, request->len);

    memset(exchange, 0, sizeof *exchange);
    grpc_metadata_array_init(&exchange->initial);
    grpc_metadata_array_init(&exchange->trailing);
    exchange->details = grpc_empty_slice();
    if (request->body != NULL) {
        exchange->out = grpc_raw_byte_buffer_create(&body, 1);
    }
    grpc_slice_unref(body);
    if (request->is_compressed) {
        add_metadata(exchange, "grpc-internal-encoding-request", "gzip");
    }
    if (request->metadata_key != NULL) {
        add_metadata(exchange, request->metadata_key, request->metadata_value);
    }
}

static void
run(grpc_channel *channel, const struct raw_request *request, struct exchange *exchange)
{
    grpc_completion_queue *queue = grpc_completion_queue_create_for_pluck(NULL);
    gpr_timespec deadline =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(DEADLINE_MS, GPR_TIMESPAN));
    grpc_call *call = grpc_channel_create_call(channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue,
                                               grpc_slice_from_static_string(request->path), NULL,
                                               deadline, NULL);
    grpc_op ops[6] = { { .op = GRPC_OP_SEND_INITIAL_METADATA } };
    size_t count = 1;

    ops[0].data.send_initial_metadata.count = exchange->metadata_count;
    ops[0].data.send_initial_metadata.metadata = exchange->metadata;
    if (exchange->out != NULL) {
        ops[count].op = GRPC_OP_SEND_MESSAGE;
        ops[count++].data.send_message.send_message = exchange->out;
    }
    ops[count++].op = GRPC_OP_SEND_CLOSE_FROM_CLIENT;
    ops[count].op = GRPC_OP_RECV_INITIAL_METADATA;
    ops[count++].data.recv_initial_metadata.recv_initial_metadata = &exchange->initial;
    ops[count].op = GRPC_OP_RECV_MESSAGE;
    ops[count++].data.recv_message.recv_message = &exchange->in;
    ops[count].op = GRPC_OP_RECV_STATUS_ON_CLIENT;
    ops[count].data.recv_status_on_client.trailing_metadata = &exchange->trailing;
    ops[count].data.recv_status_on_client.status = &exchange->status;
    ops[count++].data.recv_status_on_client.status_details = &exchange->details;
    assert_int_equal(grpc_call_start_batch(call, ops, count, exchange, NULL), GRPC_CALL_OK);
    (void) grpc_completion_queue_pluck(queue, exchange, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    grpc_call_unref(call);
    grpc_completion_queue_shutdown(queue);
    grpc_completion_queue_destroy(queue);
}

void
raw_call(const struct raw_request *request, struct raw_result *out)
{
    struct exchange exchange;
    grpc_channel *channel = NULL;

    grpc_init();
    channel = open_channel(request);
    prepare(request, &exchange);
    run(channel, request, &exchange);
    out->status = (int) exchange.status;
    (void) snprintf(out->details, sizeof out->details, "%.*s",
                    (int) GRPC_SLICE_LENGTH(exchange.details),
                    (const char *) GRPC_SLICE_START_PTR(exchange.details));
    grpc_slice_unref(exchange.details);
    grpc_byte_buffer_destroy(exchange.in);
    grpc_byte_buffer_destroy(exchange.out);
    grpc_metadata_array_destroy(&exchange.initial);
    grpc_metadata_array_destroy(&exchange.trailing);
    grpc_channel_destroy(channel);
    grpc_shutdown();
}
