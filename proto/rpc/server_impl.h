/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_SERVER_IMPL_H
#define PROTO_RPC_SERVER_IMPL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <grpc/grpc.h>

#include "proto/rpc/peer.h"
#include "proto/rpc/server.h"
#include "proto/wire/arena.h"

/* Inside of the server, shared by server*.c.
 *
 * Two kinds of threads.  The queue's thread takes every event of gRPC, lets callers in, runs quick
 * handlers, and alone owns the lists of free calls.  Pool threads run the other handlers; each has
 * one arena, so that a waiting call costs no more than its bytes.
 *
 * Invariants:
 * 1. A call belongs to the queue's thread, except between pool_push and call_hand_back, when it
 *    belongs to one pool thread; what both touch of a stream lies under its lock.
 * 2. 'pending' counts the batches under way; the call is given back by the queue's thread when a
 * batch
 *    ends and none is left.  A stream in the pool counts its last batch from the beginning, since
 * its
 *    close can end before that is started.
 * 3. Handlers and hooks are never called with server->lock held; 'wake' is called with it and with
 *    stream->lock held, in this order. */

struct server_call;

/* What gRPC gives back with an event: says which of the call's batches ended, and what to do then.
 * */
struct tag {
    void (*on_event)(struct server_call *call, bool is_ok);
    struct server_call *call;
};

/* A method of a table, with what is worked out once. */
struct bound_method {
    const struct rpc_method *row;
    void *self;
    const ProtobufCMessageDescriptor *input;
    const ProtobufCMessageDescriptor *output;
    void *registered;
    char *path;
    size_t arena_cap;
    uint32_t deadline_ms;
    uint32_t running; /* queue's thread only */
    bool is_health; /* asks for no role */
};

/* The part of a call that a stream needs. */
struct call_stream {
    struct rpc_stream seen; /* what the handler uses */
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool is_moving; /* a message is under way */
    bool has_moved_well;
    bool is_closed; /* nobody waits for an answer any more */
    bool is_told_to_stop;
    void (*wake)(void *context);
    void *wake_context;
    size_t mark; /* of the arena, before the message received last */
    struct server_call *prev; /* in server->streams or server->watches */
    struct server_call *next;
};

struct server_call {
    struct rpc_call seen;
    struct rpc_server *server;
    struct bound_method *method; /* NULL: one we do not have */
    grpc_call *handle;
    gpr_timespec deadline;
    grpc_metadata_array metadata;
    grpc_call_details details;
    grpc_byte_buffer *in;
    grpc_byte_buffer *out;
    struct tag asked;
    struct tag closed;
    struct tag moved;
    struct tag ready;
    struct tag finished;
    atomic_uint pending;
    int was_cancelled;
    enum refusal refusal; /* decided before it came to the pool, or by it */
    bool has_answer; /* in 'out', when the pool hands it back */
    bool is_let_in; /* identify() took something that release() gives back */
    bool is_counted; /* in method->running */
    bool has_sent_initial;
    bool awaits_close; /* since the beginning, in a batch of its own */
    bool counts_last; /* the last batch is in 'pending' before it is started */
    struct {
        struct tag nudged;
        bool is_nudged; /* under server->lock */
        bool is_known; /* the service asked for */
        int told; /* what it was told last; -1: nothing */
        bool is_telling;
        bool has_ended;
    } watch; /* of the health service; queue's thread only */
    struct call_stream stream;
    struct server_call *next; /* in a list of free or waiting calls */
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    pthread_cond_t idle;
    struct server_call *first;
    struct server_call *last;
    uint32_t waiting;
    uint32_t waiting_max;
    uint32_t running; /* calls that threads took and that are not on their way yet */
    bool is_ending;
    pthread_t *threads;
    uint32_t thread_count;
};

struct rpc_server {
    grpc_server *grpc;
    grpc_completion_queue *queue;
    pthread_t queue_thread;
    bool has_queue_thread;
    struct bound_method *methods;
    size_t method_count;
    struct rpc_hooks hooks;
    struct peer_cache *peers;
    struct arena quick_arena; /* queue's thread only */
    size_t arena_size;
    struct server_call *free_calls; /* queue's thread only */
    struct pool pool;
    uint16_t port;
    struct tag stop_tag;

    pthread_mutex_t lock; /* everything below */
    pthread_cond_t stopped;
    struct server_call *streams;
    struct server_call *watches; /* of the health service */
    uint32_t watch_count;
    bool is_serving;
    bool is_stopping;
    bool has_stopped; /* gRPC has no calls left */
};

/* server_call.c */

/* Asks gRPC for one more call of 'method' (NULL: of any other). */
void call_ask(struct rpc_server *server, struct bound_method *method);

/* Runs a call taken from the pool's queue, with the thread's arena. */
void call_run(struct server_call *call, struct arena *arena);

/* Starts a batch that ends at 'tag'. */
void call_start(struct server_call *call, const grpc_op *ops, size_t count, struct tag *tag);

/* Starts the last batch: the status, with 'message' before it when 'refusal' is none. */
void call_finish(struct server_call *call, enum refusal refusal, const ProtobufCMessage *message);

/* The same from a thread of the pool, by the queue's thread: when many threads write, they wait for
 * each other inside gRPC, which costs more CPU than the call itself.  The call is not the caller's
 * after that. */
void call_hand_back(struct server_call *call, enum refusal refusal,
                    const ProtobufCMessage *message);

/* Puts 'message' into call->out, ready to be sent. */
void call_fill(struct server_call *call, const ProtobufCMessage *message);

/* A batch ended; gives the call back when it was the last. */
void call_batch_ended(struct server_call *call);

/* The bytes of 'buffer': borrowed when they lie in one piece, else copied to 'arena'.
 * REFUSAL_NO_MESSAGE, REFUSAL_MESSAGE_COMPRESSED, REFUSAL_MESSAGE_TOO_LONG,
 * REFUSAL_MESSAGE_TOO_COSTLY. */
enum refusal call_bytes(grpc_byte_buffer *buffer, size_t max_len, struct arena *arena,
                        struct bytes *out) MUST_CHECK;

/* Frees the calls that are not in use. */
void call_free_all(struct rpc_server *server);

/* server_stream.c */

void stream_init(struct server_call *call);
void stream_done(struct server_call *call);

/* Before the pool gets the call: starts the batch that ends with the call. */
void stream_begin(struct server_call *call);

/* When the call is given back. */
void stream_end(struct server_call *call);

/* Puts a call into, or takes it out of, a list of the server; with its lock held. */
void stream_link(struct server_call **list, struct server_call *call);
void stream_unlink(struct server_call **list, struct server_call *call);

/* Tells the handlers of all streams that the server stops. */
void stream_stop_all(struct rpc_server *server);

/* server_pool.c */

enum err pool_start(struct rpc_server *server, uint32_t thread_count,
                    uint32_t waiting_max) MUST_CHECK;

/* False: too many wait already. */
bool pool_push(struct pool *pool, struct server_call *call) MUST_CHECK;

/* Waits until no call waits and all that threads took are on their way. */
void pool_wait(struct pool *pool);

/* The last batch of a call that a thread took is started: it needs the queue no longer. */
void pool_done(struct pool *pool);

/* Ends the threads when nothing waits any more, and waits for them. */
void pool_end(struct pool *pool);

/* server_health.c */

/* Its 'self' is the server. */
extern const struct rpc_service health_service;

/* Answers a Watch and keeps it open. */
void health_watch_begin(struct server_call *call);

/* The state changed, or the server stops: tells all who watch.
 * Threads: any. */
void health_tell(struct rpc_server *server);

#endif
