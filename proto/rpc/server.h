/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_SERVER_H
#define PROTO_RPC_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/rpc/call.h"
#include "proto/rpc/tls.h"

struct rpc_server;

enum rpc_kind { RPC_UNARY, RPC_SERVER_STREAM, RPC_CLIENT_STREAM };

#define RPC_ROLE(role) (UINT32_C(1) << (role))

/* One row of a service's method table. */
struct rpc_method {
    const char *name; /* as in the .proto file */
    enum rpc_kind kind;
    bool is_quick; /* never waits: runs on the queue's thread (unary only) */
    uint32_t roles; /* RPC_ROLE(a) | RPC_ROLE(b): who may call */
    size_t max_request_len; /* of each message */
    size_t arena_cap; /* request and response decoded: 0 means 8 * max_request_len + 4096 */
    uint32_t deadline_ms; /* when the caller set none, and the most it gets; 0: the server's */
    uint32_t max_running; /* at most so many at once (watchers hold a thread each); 0: no bound */
    rpc_handler *handler;
};

/* A service: its descriptor, the table of all its methods, and what the handlers get as 'self'. */
struct rpc_service {
    const ProtobufCServiceDescriptor *descriptor;
    const struct rpc_method *methods;
    size_t method_count;
    void *self;
};

/* What the daemon decides and hears.  'context' comes back in each. */
struct rpc_hooks {
    void *context;

    /* Finds the party of 'oin' in the registry and fills role and party of '*out'.  Called for each
     * call, since the registry may change.  REFUSAL_UNKNOWN_PARTY, REFUSAL_PARTY_ENDED.
     * Threads: the queue's thread only; must not wait. */
    enum refusal (*identify)(void *context, const char *oin, struct rpc_caller *out);

    /* The call that identify() let in is done; gives back what identify() took.  May be NULL.
     * Threads: the queue's thread only; must not wait. */
    void (*release)(void *context, struct rpc_caller *caller);

    /* The rpc layer itself refused a call of a known OIN (unknown party, role, message), so that
     * the daemon can put it in its audit log.  Not called when the service is busy or stopping. 
     * May be NULL.
     * Threads: a pool thread; may wait. */
    void (*on_refused)(void *context, const struct rpc_call *call, enum refusal refusal);
};

/* All of it is copied or read during rpc_server_open, except the tables, 'self' and the hooks'
 * context, which must outlive the server.  A number that is 0 takes its default. */
struct rpc_server_config {
    const char *listen; /* "127.0.0.1:PORT"; port 0: any free one */
    struct rpc_identity identity;
    const struct rpc_service *services;
    size_t service_count;
    struct rpc_hooks hooks;
    uint32_t thread_count; /* of the pool; default 64 */
    uint32_t waiting_count; /* calls that may wait for a thread; default 1024 */
    uint32_t deadline_ms; /* default 30000 */
    uint32_t streams_per_connection; /* default 256 */
    uint32_t connection_age_ms; /* default 15 minutes */
};

/* Listens and serves, with mutual TLS only, the methods of the tables and grpc.health.v1.Health
 * (which asks for no role, only for a certificate of the CA).
 *
 * ERR_INVALID: a table names a method that its descriptor lacks or the other way round.
 * ERR_NOT_FOUND, ERR_IO, ERR_DENIED (key readable for others), ERR_MALFORMED: certificate, key or
 * CA file.
 * ERR_AUTH: the key is not the certificate's, or its subject holds no OIN.  ERR_EXPIRED: not valid
 * now.
 * ERR_EXISTS: the address is taken or not ours.
 * ERR_NOMEM.
 *
 * Threads: block the signals you wait for first; starts one thread for the queue and the pool. */
enum err rpc_server_open(const struct rpc_server_config *config,
                         struct rpc_server **out) MUST_CHECK;

/* The port it listens on. */
uint16_t rpc_server_port(const struct rpc_server *server);

/* What the health service answers: at first true; false while the daemon is sealed.
 * Threads: any. */
void rpc_server_set_serving(struct rpc_server *server, bool is_serving);

/* Takes no new calls, tells streams to end, lets accepted calls finish for at most 'grace_ms', then
 * cancels what is left and waits for the handlers to return.  Once only.
 * Threads: not from a handler. */
void rpc_server_stop(struct rpc_server *server, uint32_t grace_ms);

/* Stops (without grace, if rpc_server_stop was not called) and frees; takes NULL. */
void rpc_server_close(struct rpc_server *server);

/* Writes "127.0.0.1:PORT\n" atomically to 'path', for clients that read their address from a file.
 * Errors as file_replace(). */
enum err rpc_server_write_address(const struct rpc_server *server, const char *path) MUST_CHECK;

/* What gRPC has to say, reduced to a constant that may be logged (its own lines hold addresses). */
enum rpc_notice { RPC_NOTICE_HANDSHAKE_REFUSED, RPC_NOTICE_TRANSPORT };
const char *rpc_notice_text(enum rpc_notice notice);

/* Where notices go, for the whole process; NULL (the default): nowhere.  Call it before anything
 * else here.
 * Threads: 'on_notice' runs on any thread and must not call the rpc layer. */
void rpc_set_notice(void (*on_notice)(enum rpc_notice notice));

#endif
