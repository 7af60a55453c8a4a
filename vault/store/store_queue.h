/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_STORE_QUEUE_H
#define VAULT_STORE_STORE_QUEUE_H

#include <semaphore.h>
#include <stdbool.h>

#include "vault/store/store.h"

/* The line in front of the one thread that writes: callers put their batch in and wait, the
 * thread takes all that wait and settles them as one group.  While a group is being written the
 * next one gathers, so that no batch waits for company.  Internal to the store. */

enum {
    STORE_GROUP_MAX = 256, /* batches in a group */
    STORE_GROUP_MAX_OPS = 2048, /* bounds the pages that a commit holds in memory */
    STORE_GROUP_MAX_LEN = 4 * 1024 * 1024
};

/* A batch on its way; lives on its caller's stack. */
struct store_job {
    const struct store_batch *batch;
    struct store_result result; /* of the group's commit, handed out by the caller */
    enum err err;
    sem_t is_done;
    struct store_job *next;
};

struct store_queue;

/* Settles a group: sets result and err of each job. */
typedef void store_queue_settle(void *context, struct store_job **jobs, size_t count);

/* Starts the thread.  ERR_NOMEM: it could not be started. */
enum err store_queue_start(store_queue_settle *settle, void *context,
                           struct store_queue **out) MUST_CHECK;

/* Settles what waits, then ends the thread and frees; takes NULL. */
void store_queue_stop(struct store_queue *queue);

/* Puts a batch in and waits until it is settled.
 * ERR_UNAVAILABLE: the queue is stopping.  Else the job's error. */
enum err store_queue_run(struct store_queue *queue, struct store_job *job) MUST_CHECK;

#endif
