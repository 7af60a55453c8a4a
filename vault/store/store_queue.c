/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/store_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "vault/store/store_batch.h"

/* Invariant under 'lock': the jobs from 'first' along 'next' wait, 'last' is the last of them; a
 * job is in the list or in the writer's hands, never both. */
struct store_queue {
    store_queue_settle *settle;
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct store_job *first;
    struct store_job *last;
    bool is_stopping;
};

/* Takes from the head of the line what fits into a group; under the lock. */
static size_t
take_group(struct store_queue *queue, struct store_job **jobs)
{
    size_t count = 0;
    size_t ops = 0;
    size_t len = 0;

    while (queue->first != NULL && count < STORE_GROUP_MAX) {
        struct store_job *job = queue->first;

        ops += job->batch->count;
        len += job->batch->len;
        if (count > 0 && (ops > STORE_GROUP_MAX_OPS || len > STORE_GROUP_MAX_LEN)) {
            break;
        }
        queue->first = job->next;
        jobs[count++] = job;
    }
    if (queue->first == NULL) {
        queue->last = NULL;
    }
    return count;
}

static void *
writer_main(void *arg)
{
    struct store_queue *queue = arg;
    struct store_job *jobs[STORE_GROUP_MAX];

    for (;;) {
        size_t count = 0;

        pthread_mutex_lock(&queue->lock);
        while (queue->first == NULL && !queue->is_stopping) {
            pthread_cond_wait(&queue->has_work, &queue->lock);
        }
        count = take_group(queue, jobs);
        pthread_mutex_unlock(&queue->lock);
        if (count == 0) {
            return NULL;
        }
        queue->settle(queue->context, jobs, count);
        for (size_t i = 0; i < count; i++) {
            sem_post(&jobs[i]->is_done); /* from here on the job is its caller's again */
        }
    }
}

enum err
store_queue_start(store_queue_settle *settle, void *context, struct store_queue **out)
{
    struct store_queue *queue = calloc(1, sizeof *queue);

    if (queue == NULL) {
        return ERR_NOMEM;
    }
    queue->settle = settle;
    queue->context = context;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->has_work, NULL);
    if (pthread_create(&queue->thread, NULL, writer_main, queue) != 0) {
        pthread_cond_destroy(&queue->has_work);
        pthread_mutex_destroy(&queue->lock);
        free(queue);
        return ERR_NOMEM;
    }
    *out = queue;
    return ERR_OK;
}

void
store_queue_stop(struct store_queue *queue)
{
    if (queue == NULL) {
        return;
    }
    pthread_mutex_lock(&queue->lock);
    queue->is_stopping = true;
    pthread_cond_signal(&queue->has_work);
    pthread_mutex_unlock(&queue->lock);
    pthread_join(queue->thread, NULL);
    pthread_cond_destroy(&queue->has_work);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

enum err
store_queue_run(struct store_queue *queue, struct store_job *job)
{
    bool is_stopping = false;

    if (sem_init(&job->is_done, 0, 0) != 0) {
        return ERR_INTERNAL;
    }
    job->next = NULL;
    pthread_mutex_lock(&queue->lock);
    is_stopping = queue->is_stopping;
    if (!is_stopping) {
        if (queue->last == NULL) {
            queue->first = job;
        } else {
            queue->last->next = job;
        }
        queue->last = job;
        pthread_cond_signal(&queue->has_work);
    }
    pthread_mutex_unlock(&queue->lock);
    if (!is_stopping) {
        while (sem_wait(&job->is_done) != 0 && errno == EINTR) { }
    }
    sem_destroy(&job->is_done);
    return is_stopping ? ERR_UNAVAILABLE : job->err;
}
