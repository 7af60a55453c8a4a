/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_ARGS_H
#define PROTO_RPC_ARGS_H

#include <grpc/grpc.h>

/* gRPC's settings, few enough for an array. */
enum { ARGS_MAX = 24 };

struct args {
    grpc_arg list[ARGS_MAX];
    size_t count;
};

void args_number(struct args *args, const char *key, int value);
void args_text(struct args *args, const char *key, const char *value);

/* What both ends want: no compression, neither done nor undone, no statistics kept, large writes.
 * */
void args_common(struct args *args);

#endif
