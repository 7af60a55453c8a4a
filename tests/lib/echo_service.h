/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_ECHO_SERVICE_H
#define TESTS_LIB_ECHO_SERVICE_H

#include <pthread.h>
#include <stdbool.h>

#include "echo.pb-c.h"
#include "proto/rpc/channel.h"
#include "proto/rpc/server.h"
#include "tests/lib/pki.h"

/* A server of the Echo service with a client beside it, for the tests of the rpc layer. */

#define SERVER_OIN "00000099000000000001"
#define CLIENT_OIN "00000099000000000002"
#define STRANGER_OIN "00000099000000000003" /* has a certificate, and is not in the registry */

enum { ROLE_CALLER = 3, ROLE_OTHER = 4, QUICK_MAX_LEN = 256 * 1024, PAYLOAD_MAX_LEN = 4096 };

struct echo {
    pthread_mutex_t lock; /* everything below */
    pthread_cond_t changed;
    unsigned int waiting; /* handlers in Wait or Watch */
    unsigned int handled; /* handlers that have returned */
    unsigned int let_go; /* how many Waits may return */
    unsigned int released; /* of the callers identified */
    unsigned int identified;
    bool is_woken; /* the handler in Watch */
    unsigned int refused;
    enum refusal last_refusal;
    char last_traceparent[RPC_TRACEPARENT_LEN + 1];
    char last_oin[RPC_OIN_LEN + 1];
    uint64_t last_left_ms;
};

struct world {
    char *folder;
    struct pki *pki;
    struct echo echo;
    struct rpc_server_config config;
    struct rpc_server *server;
    struct rpc_channel *channel;
    char address[32];
    struct arena arena;
    struct rpc_result result; /* of the last call */
};

/* Certificates for server and client; the config can be changed before world_serve. */
void world_init(struct world *world);

/* Starts the server and opens a channel to it. */
void world_serve(struct world *world);

/* Stops and removes everything, and waits until gRPC is gone. */
void world_done(struct world *world);

/* A channel to the server as 'identity' that expects 'server_oin'. */
struct rpc_channel *world_channel(struct world *world, const struct rpc_identity *identity,
                                  const char *server_oin);

/* Calls 'method' with a payload of 'len' bytes; the answer, or NULL with world->result set. */
const Seinhuis__Test__V1__EchoResponse *world_call(struct world *world, const char *method,
                                                   size_t len);

/* Waits until 'value' (a member of world->echo) has reached 'wanted'. */
void echo_wait(struct echo *echo, const unsigned int *value, unsigned int wanted);

/* Lets so many handlers of Wait return. */
void echo_let_go(struct echo *echo, unsigned int count);

#endif
