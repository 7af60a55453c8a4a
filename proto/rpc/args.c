/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/args.h"

#include <assert.h>
#include <string.h>

/* gRPC's struct wants strings it could write to, and does not write to them. */
static char *
unconst(const char *text)
{
    char *same = NULL;

    memcpy(&same, &text, sizeof same);
    return same;
}

void
args_number(struct args *args, const char *key, int value)
{
    assert(args->count < ARGS_MAX);
    args->list[args->count++] = (grpc_arg) {
        .type = GRPC_ARG_INTEGER,
        .key = unconst(key),
        .value.integer = value,
    };
}

void
args_text(struct args *args, const char *key, const char *value)
{
    assert(args->count < ARGS_MAX);
    args->list[args->count++] = (grpc_arg) {
        .type = GRPC_ARG_STRING,
        .key = unconst(key),
        .value.string = unconst(value),
    };
}

/* A server does not tell gRPC to refuse compression: gRPC would answer UNIMPLEMENTED at the first sight of
 * the metadata and yet hand the call over when the message itself came plain, so a handler would do what
 * its caller hears was refused.  As nothing is undone, call_bytes() sees what is compressed. */
void
args_common(struct args *args)
{
    args_number(args, GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
    args_number(args, GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
    args_number(args, GRPC_ARG_ENABLE_CHANNELZ, 0);
    args_number(args, GRPC_ARG_MAX_CHANNEL_TRACE_EVENT_MEMORY_PER_NODE, 0);
    args_number(args, GRPC_ARG_HTTP2_BDP_PROBE, 0);
    args_text(args, GRPC_ARG_OPTIMIZATION_TARGET, "throughput");
}
