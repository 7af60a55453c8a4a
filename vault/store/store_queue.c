/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/store_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "vault/store/store_batch.h"

/* Invariants under 'lock':
 * 1. The jobs from 'first' along 'next' wait, 'last' is the last of them; a job is in the list or in
 *    the leader's hands, never both.
 * 2. 'is_led' while one thread leads, from being called to handing the lead on; jobs wait only then.
 * 3. The leader's own job is the first of the group that it takes. */
struct store_queue {
    store_queue_settle *settle;
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t is_idle; /* nobody leads any more */
    struct store_job *first;
    struct store_job *last;
    bool is_led;
    bool is_ending;
};

enum err
store_queue_new(store_queue_settle *settle, void *context, struct store_queue **out)
{
    struct store_queue *queue = calloc(1, sizeof *queue);

    if (queue == NULL) {
        return ERR_NOMEM;
    }
    queue->settle = settle;
    queue->context = context;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->is_idle, NULL);
    *out = queue;
    return ERR_OK;
}

void
store_queue_end(struct store_queue *queue)
{
    if (queue == NULL) {
        return;
    }
    pthread_mutex_lock(&queue->lock);
    queue->is_ending = true;
    while (queue->is_led) {
        pthread_cond_wait(&queue->is_idle, &queue->lock);
    }
    pthread_mutex_unlock(&queue->lock);
    pthread_cond_destroy(&queue->is_idle);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

/* Takes from the head of the line what fits into a group. */
static size_t
take_group(struct store_queue *queue, struct store_job **jobs)
{
    size_t count = 0;
    size_t ops = 0;
    size_t len = 0;

    pthread_mutex_lock(&queue->lock);
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
    pthread_mutex_unlock(&queue->lock);
    return count;
}

/* The next in line leads, or nobody. */
static void
hand_on(struct store_queue *queue)
{
    struct store_job *next = NULL;

    pthread_mutex_lock(&queue->lock);
    next = queue->first;
    if (next == NULL) {
        queue->is_led = false;
        if (queue->is_ending) {
            pthread_cond_broadcast(&queue->is_idle);
        }
    }
    pthread_mutex_unlock(&queue->lock);
    if (next != NULL) {
        next->leads = true;
        sem_post(&next->is_called);
    }
}

/* Settles the group that begins with the caller's own job. */
static void
lead(struct store_queue *queue)
{
    struct store_job *jobs[STORE_GROUP_MAX];
    size_t count = take_group(queue, jobs);

    queue->settle(queue->context, jobs, count);
    hand_on(queue); /* first, so that the disk has work again */
    for (size_t i = 1; i < count; i++) {
        sem_post(&jobs[i]->is_called); /* from here on the job is its caller's again */
    }
}

/* Puts the job in line; '*leads' when nobody else does. */
static enum err
line_up(struct store_queue *queue, struct store_job *job, bool *leads)
{
    enum err err = ERR_OK;

    pthread_mutex_lock(&queue->lock);
    if (queue->is_ending) {
        err = ERR_UNAVAILABLE;
    } else {
        *leads = !queue->is_led;
        queue->is_led = true;
        if (queue->last == NULL) {
            queue->first = job;
        } else {
            queue->last->next = job;
        }
        queue->last = job;
    }
    pthread_mutex_unlock(&queue->lock);
    return err;
}

enum err
store_queue_run(struct store_queue *queue, struct store_job *job)
{
    bool leads = false;
    enum err err = ERR_OK;

    if (sem_init(&job->is_called, 0, 0) != 0) {
        return ERR_INTERNAL;
    }
    job->next = NULL;
    job->leads = false;
    err = line_up(queue, job, &leads);
    if (err != ERR_OK) {
        goto out;
    }
    if (!leads) {
        while (sem_wait(&job->is_called) != 0 && errno == EINTR) { }
        leads = job->leads;
    }
    if (leads) {
        lead(queue);
    }
    err = job->err;
out:
    sem_destroy(&job->is_called);
    return err;
}
