/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_STORE_QUEUE_H
#define VAULT_STORE_STORE_QUEUE_H

#include <semaphore.h>
#include <stdbool.h>

#include "vault/store/store.h"

/* The line in front of the one who writes: callers put their batch in and wait.  Whoever is first in
 * line leads: it takes all that wait, settles them as one group on its own thread, and hands the
 * lead to the next in line.  While a group is being written the next one gathers, so that no batch
 * waits for company; and a batch that comes alone wakes no other thread.  Internal to the store. */

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
    sem_t is_called; /* posted once: the job is settled, or is to lead */
    bool leads; /* written before the post */
    struct store_job *next;
};

struct store_queue;

/* Settles a group: sets result and err of each job.  Never runs twice at once. */
typedef void store_queue_settle(void *context, struct store_job **jobs, size_t count);

/* ERR_NOMEM. */
enum err store_queue_new(store_queue_settle *settle, void *context,
                         struct store_queue **out) MUST_CHECK;

/* Takes no more batches, waits until those that are in line are settled, and frees; takes NULL. */
void store_queue_end(struct store_queue *queue);

/* Puts a batch in and waits until it is settled.
 * ERR_UNAVAILABLE: the queue has been told to end.  Else the job's error.
 * Time: that of at most two groups, its own among them. */
enum err store_queue_run(struct store_queue *queue, struct store_job *job) MUST_CHECK;

#endif
