/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>

#include "proto/rpc/client.h"

enum { UNARY_OPS = 6 };

/* The whole of a unary call in one batch. */
static void
start_unary(struct client_call *call, const ProtobufCMessage *message, void *tag)
{
    grpc_op ops[UNARY_OPS];

    client_call_fill(call, message);
    ops[0] = client_op_send_initial(call);
    ops[1] = client_op_send(call);
    ops[2] = client_op_send_close();
    ops[3] = client_op_receive_initial(call);
    ops[4] = client_op_receive(call);
    ops[5] = client_op_receive_status(call);
    client_call_start(call, ops, UNARY_OPS, tag);
}

/* The result of a call that ended, and its answer if that is one. */
static void
finish_unary(struct client_call *call, struct rpc_channel *channel, struct arena *arena,
             const ProtobufCMessage **response, struct rpc_result *result)
{
    client_call_result(call, channel, result);
    if (result->end == RPC_END_OK && !client_call_take(call, arena, response)) {
        *result = result_bad_answer;
    }
}

static void
end_queue(grpc_completion_queue *queue)
{
    grpc_completion_queue_shutdown(queue);
    grpc_completion_queue_destroy(queue);
}

enum err
rpc_unary(struct rpc_channel *channel, const struct rpc_request *request, struct arena *arena,
          const ProtobufCMessage **response, struct rpc_result *result)
{
    grpc_completion_queue *queue = grpc_completion_queue_create_for_pluck(NULL);
    struct client_call call;
    enum err err = ERR_OK;

    client_call_init(&call);
    err = client_call_begin(&call, channel, request, true, queue);
    if (err != ERR_OK) {
        *result = result_unreachable;
        result->err = err;
        goto out;
    }
    start_unary(&call, request->message, &call);
    (void) grpc_completion_queue_pluck(queue, &call, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    finish_unary(&call, channel, arena, response, result);
    err = result->err;
out:
    client_call_done(&call);
    end_queue(queue);
    return err;
}

/* One of the calls of a window. */
struct entry {
    struct client_call call;
    void *tag;
    struct entry *next; /* of those that are free, or done without gRPC */
};

struct rpc_window {
    struct rpc_channel *channel;
    grpc_completion_queue *queue;
    struct arena arena; /* of the last answer */
    struct entry *entries;
    size_t count;
    size_t under_way;
    struct entry *free_entries;
    struct entry *unreached; /* nobody was there; not known to gRPC */
};

static void
push(struct entry **list, struct entry *entry)
{
    entry->next = *list;
    *list = entry;
}

static struct entry *
pop(struct entry **list)
{
    struct entry *entry = *list;

    if (entry != NULL) {
        *list = entry->next;
    }
    return entry;
}

enum err
rpc_window_open(struct rpc_channel *channel, size_t count, size_t arena_cap,
                struct rpc_window **out)
{
    struct rpc_window *window = calloc(1, sizeof *window);
    enum err err = ERR_NOMEM;

    if (window == NULL) {
        return ERR_NOMEM;
    }
    window->channel = channel;
    window->queue = grpc_completion_queue_create_for_next(NULL);
    window->entries = calloc(count, sizeof *window->entries);
    if (window->entries == NULL) {
        goto out;
    }
    for (; window->count < count; window->count++) {
        client_call_init(&window->entries[window->count].call);
        push(&window->free_entries, &window->entries[window->count]);
    }
    err = arena_init(&window->arena, arena_cap);
    if (err != ERR_OK) {
        goto out;
    }
    *out = window;
    window = NULL;
out:
    rpc_window_close(window);
    return err;
}

void
rpc_window_close(struct rpc_window *window)
{
    struct rpc_reply reply;

    if (window == NULL) {
        return;
    }
    for (size_t i = 0; i < window->count; i++) {
        if (window->entries[i].call.handle != NULL) {
            (void) grpc_call_cancel(window->entries[i].call.handle, NULL);
        }
    }
    while (window->under_way > 0 && rpc_window_next(window, UINT32_MAX, &reply) != ERR_NOT_FOUND) {
    }
    for (size_t i = 0; i < window->count; i++) {
        client_call_done(&window->entries[i].call);
    }
    grpc_completion_queue_shutdown(window->queue);
    (void) grpc_completion_queue_next(window->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    grpc_completion_queue_destroy(window->queue);
    arena_done(&window->arena);
    free(window->entries);
    free(window);
}

enum err
rpc_window_start(struct rpc_window *window, const struct rpc_request *request, void *tag)
{
    struct entry *entry = pop(&window->free_entries);
    enum err err = ERR_OK;

    if (entry == NULL) {
        return ERR_FULL;
    }
    entry->tag = tag;
    err = client_call_begin(&entry->call, window->channel, request, true, window->queue);
    if (err == ERR_UNAVAILABLE) {
        push(&window->unreached, entry);
    } else if (err != ERR_OK) {
        client_call_end(&entry->call);
        push(&window->free_entries, entry);
        return err;
    } else {
        start_unary(&entry->call, request->message, entry);
    }
    window->under_way++;
    return ERR_OK;
}

size_t
rpc_window_under_way(const struct rpc_window *window)
{
    return window->under_way;
}

enum err
rpc_window_next(struct rpc_window *window, uint32_t wait_ms, struct rpc_reply *out)
{
    gpr_timespec until =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(wait_ms, GPR_TIMESPAN));
    struct rpc_reply reply = { .result = result_unreachable };
    struct entry *entry = NULL;

    if (window->under_way == 0) {
        return ERR_NOT_FOUND;
    }
    arena_reset(&window->arena, window->arena.size);
    entry = pop(&window->unreached);
    if (entry == NULL) {
        grpc_event event = grpc_completion_queue_next(window->queue, until, NULL);

        if (event.type != GRPC_OP_COMPLETE) {
            return ERR_EXPIRED;
        }
        entry = event.tag;
        finish_unary(&entry->call, window->channel, &window->arena, &reply.response, &reply.result);
    }
    reply.tag = entry->tag;
    client_call_end(&entry->call);
    push(&window->free_entries, entry);
    window->under_way--;
    *out = reply;
    return ERR_OK;
}
