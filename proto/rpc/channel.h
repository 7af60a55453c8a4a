/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_CHANNEL_H
#define PROTO_RPC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/rpc/call.h"
#include "proto/rpc/tls.h"
#include "proto/wire/arena.h"
#include "proto/wire/refusal.h"

/* A connection to one service, made at its first use and again when it broke.  Nothing is retried.
 * */
struct rpc_channel;

struct rpc_channel_config {
    const char *address; /* "127.0.0.1:PORT", or "file:PATH" of a file with such a line */
    struct rpc_identity identity;
    const char *server_oin; /* whom we want to talk to, 20 digits; checked in each handshake */
};

/* How a call ended, and the constant English sentence that tells the user, with the remedy. */
#define RPC_END_MAP(X)                                                                             \
    X(RPC_END_OK, "The call was answered.")                                                        \
    /* the service answered with a refusal, whose own sentence is better when it is known */       \
    X(RPC_END_REFUSED,                                                                             \
      "The service refused the call without a reason known here; compare the versions of both.")   \
    /* nobody listens there, or the address file is missing */                                     \
    X(RPC_END_UNREACHABLE,                                                                         \
      "The service is not running at its address; start it, or correct the address.")              \
    /* it closed the connection in the handshake */                                                \
    X(RPC_END_SHUT_OUT,                                                                            \
      "The service closed the connection before the call: it refuses this certificate, or is "     \
      "stopping. See the certificate's dates and issuer.")                                         \
    /* after the call had begun */                                                                 \
    X(RPC_END_LOST, "The connection broke; whether it was done is unknown. Try again.")            \
    /* we refused the server's certificate */                                                      \
    X(RPC_END_UNTRUSTED,                                                                           \
      "The service's certificate has expired or is of another CA; nothing was sent. Tell its "     \
      "operator.")                                                                                 \
    /* a good certificate of another OIN */                                                        \
    X(RPC_END_WRONG_SERVER,                                                                        \
      "Another party answers at this address than the registry names; nothing was sent. Correct "  \
      "the address.")                                                                              \
    X(RPC_END_DEADLINE,                                                                            \
      "The service did not answer in time; whether it was done is unknown. Try again.")            \
    /* by rpc_reader_cancel */                                                                     \
    X(RPC_END_CANCELLED, "The call was given up.")                                                 \
    X(RPC_END_BAD_ANSWER,                                                                          \
      "The answer of the service cannot be decoded; compare the versions of both.")

#define RPC_END_ENUM(end, sentence) end,
enum rpc_end { RPC_END_MAP(RPC_END_ENUM) };
#undef RPC_END_ENUM

struct rpc_result {
    enum rpc_end end;
    enum refusal refusal; /* when the service named one that we know, else REFUSAL_NONE */
    enum err err; /* ERR_OK only with RPC_END_OK */
    int status; /* the gRPC status, for the log */
};

/* A constant English sentence with the remedy: the refusal's, or that of the end. */
const char *rpc_result_text(const struct rpc_result *result);

/* What to call.  'service' and 'method' must outlive the channel (they are constants). */
struct rpc_request {
    const ProtobufCServiceDescriptor *service;
    const char *method;
    const ProtobufCMessage *message; /* NULL in a client stream */
    uint32_t deadline_ms; /* from now; 0: 30 seconds, in a server stream none */
    const char *traceparent; /* NULL: a new trace begins */
    size_t max_response_len; /* of each message; 0: 4 MiB */
};

/* Opens a channel; does not connect yet, so an absent server is seen by the first call.
 * ERR_INVALID: 'address' or 'server_oin' has not its form.
 * The errors of the identity's files: as rpc_server_open(). */
enum err rpc_channel_open(const struct rpc_channel_config *config,
                          struct rpc_channel **out) MUST_CHECK;

/* Everything opened on it must be closed before.  Takes NULL. */
void rpc_channel_close(struct rpc_channel *channel);

/* Calls and waits for the answer, decoded and checked into 'arena' (the caller's).
 * Returns result->err; '*response' is set on ERR_OK only.  'result' may not be NULL.
 * ERR_UNAVAILABLE: surely not done (RPC_END_UNREACHABLE, _SHUT_OUT, _UNTRUSTED, _WRONG_SERVER, or
 * the service says so).
 * ERR_UNKNOWN: may have been done (RPC_END_LOST, _DEADLINE).
 * Else the error of the refusal.
 * Threads: any. */
enum err rpc_unary(struct rpc_channel *channel, const struct rpc_request *request,
                   struct arena *arena, const ProtobufCMessage **response,
                   struct rpc_result *result) MUST_CHECK;

/* Many unary calls under way on one channel, used by one thread. */
struct rpc_window;

/* 'count': how many may be under way; 'arena_cap': the most one answer may cost decoded. */
enum err rpc_window_open(struct rpc_channel *channel, size_t count, size_t arena_cap,
                         struct rpc_window **out) MUST_CHECK;

/* Gives up what is under way and frees.  Takes NULL. */
void rpc_window_close(struct rpc_window *window);

/* Starts a call; 'request' and its message are encoded before it returns.  'tag' comes back with
 * the answer.
 * ERR_FULL: 'count' calls are under way; take an answer first. */
enum err rpc_window_start(struct rpc_window *window, const struct rpc_request *request,
                          void *tag) MUST_CHECK;

size_t rpc_window_under_way(const struct rpc_window *window);

struct rpc_reply {
    void *tag;
    struct rpc_result result;
    const ProtobufCMessage
        *response; /* set with RPC_END_OK; valid until the next rpc_window_next */
};

/* Waits for any answer, in the order in which they come.
 * ERR_NOT_FOUND: nothing is under way.  ERR_EXPIRED: none came within 'wait_ms'. */
enum err rpc_window_next(struct rpc_window *window, uint32_t wait_ms,
                         struct rpc_reply *out) MUST_CHECK;

/* Reads a server stream. */
struct rpc_reader;

enum err rpc_reader_open(struct rpc_channel *channel, const struct rpc_request *request,
                         struct rpc_reader **out) MUST_CHECK;

/* Waits for the next message, decoded into 'arena'.  '*message' is NULL at the stream's end; then,
 * and on failure, '*result' tells how it ended.  Returns result->err. */
enum err rpc_reader_next(struct rpc_reader *reader, struct arena *arena,
                         const ProtobufCMessage **message, struct rpc_result *result) MUST_CHECK;

/* Ends the stream; a waiting rpc_reader_next returns.  Threads: any, also beside rpc_reader_next.
 * */
void rpc_reader_cancel(struct rpc_reader *reader);

/* Takes NULL. */
void rpc_reader_close(struct rpc_reader *reader);

/* Writes a client stream. */
struct rpc_writer;

enum err rpc_writer_open(struct rpc_channel *channel, const struct rpc_request *request,
                         struct rpc_writer **out) MUST_CHECK;

/* ERR_STATE: the service has ended the call; rpc_writer_finish tells why. */
enum err rpc_writer_send(struct rpc_writer *writer, const ProtobufCMessage *message) MUST_CHECK;

/* Ends the stream and waits for the answer; as rpc_unary(). */
enum err rpc_writer_finish(struct rpc_writer *writer, struct arena *arena,
                           const ProtobufCMessage **response, struct rpc_result *result) MUST_CHECK;

/* Gives the call up if it is not finished.  Takes NULL. */
void rpc_writer_close(struct rpc_writer *writer);

#endif
