/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_REFERENCE_H
#define TOOLS_MEASURE_REFERENCE_H

#include <stddef.h>
#include <sys/types.h>

#include "tools/measure/load.h"

/* The reference echo: the leanest server and client of the same gRPC library, programs of their own
 * (grpc_echo_server, grpc_echo_client).  It shows what the library alone allows. */

struct reference {
    char *folder; /* of the programs */
    char *certificates; /* as the programs want them: ca.pem, server.pem, client.pem and keys */
    char address[32];
    pid_t pid;
};

/* Starts the reference's server. */
void reference_start(const char *folder, const char *certificates, struct reference *out);
void reference_stop(struct reference *reference);

/* One round: 2048 bytes in, 64 bytes out. */
void reference_run(const struct reference *reference, size_t outstanding, double seconds,
                   struct load_result *out);

#endif
