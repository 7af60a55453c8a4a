/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>

#include "proto/rpc/server_impl.h"

/* Waits for a call; NULL when the pool ends. */
static struct server_call *
pool_pop(struct pool *pool)
{
    struct server_call *call = NULL;

    pthread_mutex_lock(&pool->lock);
    while (pool->first == NULL && !pool->is_ending) {
        pthread_cond_wait(&pool->filled, &pool->lock);
    }
    call = pool->first;
    if (call != NULL) {
        pool->first = call->next;
        pool->waiting--;
        pool->running++;
        call->next = NULL;
    }
    if (pool->first == NULL) {
        pool->last = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    return call;
}

void
pool_done(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->running--;
    if (pool->running == 0 && pool->first == NULL) {
        pthread_cond_broadcast(&pool->idle);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void *
work(void *data)
{
    struct rpc_server *server = data;
    struct arena arena = { .base = NULL };
    struct server_call *call = NULL;
    bool has_arena = arena_init(&arena, server->arena_size) == ERR_OK;

    while ((call = pool_pop(&server->pool)) != NULL) {
        if (has_arena) {
            call_run(call, &arena);
        } else {
            call_hand_back(call, REFUSAL_NO_MEMORY, NULL);
        }
    }
    arena_done(&arena);
    return NULL;
}

enum err
pool_start(struct rpc_server *server, uint32_t thread_count, uint32_t waiting_max)
{
    struct pool *pool = &server->pool;

    pool->waiting_max = waiting_max;
    pool->threads = calloc(thread_count, sizeof *pool->threads);
    if (pool->threads == NULL) {
        return ERR_NOMEM;
    }
    while (pool->thread_count < thread_count) {
        if (pthread_create(&pool->threads[pool->thread_count], NULL, work, server) != 0) {
            return ERR_NOMEM;
        }
        pool->thread_count++;
    }
    return ERR_OK;
}

bool
pool_push(struct pool *pool, struct server_call *call)
{
    bool has_room = false;

    pthread_mutex_lock(&pool->lock);
    has_room = pool->waiting < pool->waiting_max;
    if (has_room) {
        call->next = NULL;
        if (pool->last == NULL) {
            pool->first = call;
        } else {
            pool->last->next = call;
        }
        pool->last = call;
        pool->waiting++;
    }
    pthread_mutex_unlock(&pool->lock);
    if (has_room) {
        pthread_cond_signal(&pool->filled);
    }
    return has_room;
}

void
pool_wait(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->running > 0 || pool->first != NULL) {
        pthread_cond_wait(&pool->idle, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}

void
pool_end(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pthread_cond_broadcast(&pool->filled);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    free(pool->threads);
    pool->threads = NULL;
    pool->thread_count = 0;
}
