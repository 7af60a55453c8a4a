/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "base/clock.h"
#include "vault/store/audit_impl.h"

/* Folding of like refusals.  The lock is held while a refusal is being written, so that two of a
 * kind cannot both be the first; this costs refusals alone. */

enum { FLUSH_MAX = 64 }; /* records in one batch */

static bool
is_like(const struct audit_record *a, const struct audit_record *b)
{
    return strcmp(a->organisation, b->organisation) == 0 && strcmp(a->type, b->type) == 0 &&
        strcmp(a->refusal, b->refusal) == 0;
}

static bool
is_over(const struct audit_fold *fold, uint64_t now_s)
{
    return now_s < fold->begun_s || now_s - fold->begun_s >= AUDIT_FOLD_S;
}

static struct audit_fold *
find(struct audit *audit, const struct audit_record *record)
{
    for (size_t i = 0; i < audit->fold_count; i++) {
        if (is_like(&audit->folds[i].last, record)) {
            return &audit->folds[i];
        }
    }
    return NULL;
}

static struct audit_fold *
oldest(struct audit *audit)
{
    struct audit_fold *found = &audit->folds[0];

    for (size_t i = 1; i < audit->fold_count; i++) {
        if (audit->folds[i].begun_s < found->begun_s) {
            found = &audit->folds[i];
        }
    }
    return found;
}

static enum err
append_pending(struct audit *audit, struct store_batch *batch, const struct audit_fold *fold)
{
    struct audit_record record = fold->last;

    record.count = fold->pending;
    return audit_append(audit, batch, &record);
}

static enum err
apply(struct audit *audit, const struct store_batch *batch)
{
    struct store_result result = { 0 };

    return store_apply(audit->store, batch, &result);
}

/* Writes 'record', and with it what 'fold' still holds of the minute before. */
static enum err
write_first(struct audit *audit, const struct audit_fold *fold, const struct audit_record *record)
{
    struct audit_record first = *record;
    struct store_batch *batch = NULL;
    struct store_id id;
    enum err err = ERR_OK;

    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    if (err != ERR_OK) {
        goto out;
    }
    if (fold != NULL && fold->pending > 0) {
        err = append_pending(audit, batch, fold);
        if (err != ERR_OK) {
            goto out;
        }
    }
    first.count = 1;
    err = audit_append(audit, batch, &first);
    if (err != ERR_OK) {
        goto out;
    }
    err = apply(audit, batch);
out:
    store_batch_free(batch);
    return err;
}

static enum err
refuse(struct audit *audit, const struct audit_record *record, uint64_t now_s)
{
    struct audit_fold *fold = find(audit, record);
    enum err err = ERR_OK;

    if (fold != NULL && !is_over(fold, now_s) && fold->pending < UINT32_MAX) {
        fold->pending++;
        fold->last = *record;
        fold->last.time_s = record->time_s == 0 ? now_s : record->time_s;
        return ERR_OK;
    }
    if (fold == NULL && audit->fold_count == AUDIT_FOLDS_MAX) {
        fold = oldest(audit);
    }
    err = write_first(audit, fold, record);
    if (err != ERR_OK) {
        return err;
    }
    if (fold == NULL) {
        fold = &audit->folds[audit->fold_count++];
    }
    *fold = (struct audit_fold) { .begun_s = now_s, .last = *record };
    return ERR_OK;
}

enum err
audit_refuse(struct audit *audit, const struct audit_record *record)
{
    const uint64_t now_s = clock_now_s(audit->clock);
    uint8_t bytes[AUDIT_RECORD_MAX];
    struct audit_record trial = *record;
    size_t len = 0;
    enum err err = ERR_OK;

    /* One that could not be written must not be counted either. */
    trial.time_s = now_s;
    trial.count = 1;
    err = audit_record_encode(&trial, bytes, &len);
    if (err != ERR_OK) {
        return err;
    }
    pthread_mutex_lock(&audit->fold_lock);
    err = refuse(audit, record, now_s);
    pthread_mutex_unlock(&audit->fold_lock);
    return err;
}

/* Puts pending numbers into 'batch', marking in 'taken' whose they are. */
static enum err
take_pending(struct audit *audit, struct store_batch *batch, uint64_t now_s, bool all,
             bool taken[AUDIT_FOLDS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < audit->fold_count && count < FLUSH_MAX; i++) {
        const struct audit_fold *fold = &audit->folds[i];
        enum err err = ERR_OK;

        if (fold->pending == 0 || !(all || is_over(fold, now_s))) {
            continue;
        }
        err = append_pending(audit, batch, fold);
        if (err != ERR_OK) {
            return err;
        }
        taken[i] = true;
        count++;
    }
    return ERR_OK;
}

/* Writes one batch of them; '*count' is how many. */
static enum err
flush_some(struct audit *audit, uint64_t now_s, bool all, size_t *count)
{
    bool taken[AUDIT_FOLDS_MAX] = { false };
    struct store_batch *batch = NULL;
    struct store_id id;
    enum err err = ERR_OK;

    *count = 0;
    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    if (err != ERR_OK) {
        goto out;
    }
    err = take_pending(audit, batch, now_s, all, taken);
    if (err != ERR_OK) {
        goto out;
    }
    for (size_t i = 0; i < audit->fold_count; i++) {
        *count += taken[i];
    }
    if (*count == 0) {
        goto out;
    }
    err = apply(audit, batch);
    if (err != ERR_OK) {
        goto out;
    }
    for (size_t i = 0; i < audit->fold_count; i++) {
        if (taken[i]) {
            audit->folds[i].pending = 0;
            audit->folds[i].begun_s = now_s; /* one record a minute, also when they go on */
        }
    }
out:
    store_batch_free(batch);
    return err;
}

/* Forgets kinds of which nothing came for a minute. */
static void
forget_old(struct audit *audit, uint64_t now_s)
{
    size_t kept = 0;

    for (size_t i = 0; i < audit->fold_count; i++) {
        if (audit->folds[i].pending > 0 || !is_over(&audit->folds[i], now_s)) {
            audit->folds[kept++] = audit->folds[i];
        }
    }
    audit->fold_count = kept;
}

enum err
audit_fold_flush(struct audit *audit, bool all)
{
    const uint64_t now_s = clock_now_s(audit->clock);
    size_t count = 0;
    enum err err = ERR_OK;

    pthread_mutex_lock(&audit->fold_lock);
    do {
        err = flush_some(audit, now_s, all, &count);
    } while (err == ERR_OK && count == FLUSH_MAX);
    if (err == ERR_OK) {
        forget_old(audit, now_s);
    }
    pthread_mutex_unlock(&audit->fold_lock);
    return err;
}
