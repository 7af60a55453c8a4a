/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_STORE_AUDIT_IMPL_H
#define VAULT_STORE_AUDIT_IMPL_H

#include <pthread.h>

#include "vault/store/audit.h"

/* What the parts of the log share.  Internal to it. */

/* Like refusals of one caller: the first one is in the log, 'pending' more only in here. */
struct audit_fold {
    uint64_t begun_s;
    uint32_t pending;
    struct audit_record last;
};

struct audit {
    struct store *store;
    struct keyring *ring;
    struct clock *clock;
    char origin[NOTE_NAME_ROOM];
    struct note_vkey vkey;
    uint32_t interval_s;

    /* Under 'publish_lock': the tree of the newest checkpoint, recomputed from its leaves. */
    pthread_mutex_t publish_lock;
    struct tree_frontier published;
    uint64_t published_s; /* 0: never by this process */

    /* Under 'fold_lock'. */
    pthread_mutex_t fold_lock;
    struct audit_fold *folds;
    size_t fold_count;
};

/* Writes folded refusals, all or those whose minute is over. */
enum err audit_fold_flush(struct audit *audit, bool all) MUST_CHECK;

/* Reads the last checkpoint, proves that it is ours, and holds the stored tree against it. */
enum err audit_resume(struct audit *audit) MUST_CHECK;

#endif
