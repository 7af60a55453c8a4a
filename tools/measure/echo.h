/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_ECHO_H
#define TOOLS_MEASURE_ECHO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/measure/load.h"

/* The rpc layer alone: a server of the Measure service in a process of its own, and load on it. */

#define ECHO_SERVER_OIN "00000099000000000901"
#define ECHO_CLIENT_OIN "00000099000000000902"

enum { ECHO_CONNECTIONS = 4 };

struct echo_server {
    pid_t pid;
    int control; /* closing it ends the server */
    uint16_t port;
    struct rpc_channel *channels[ECHO_CONNECTIONS];
};

/* Starts the server; before anything of gRPC runs in this process. */
void echo_start(const struct rpc_identity *identity, struct echo_server *out);

/* Opens the channels to it; not before the last fork of this process. */
void echo_connect(struct echo_server *server, const struct rpc_identity *identity);

/* Ends it and waits for its end. */
void echo_stop(struct echo_server *server);

struct echo_load {
    const char *method; /* "Quick" or "Pooled" */
    size_t len; /* bytes in; 64 bytes come out */
    size_t connections;
    size_t outstanding;
};

void echo_run(const struct echo_server *server, const struct echo_load *load, double seconds,
              struct load_result *out);

#endif
