/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_BATCH_ITEM_H
#define CLIENTS_LIB_BATCH_ITEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/batch.h"

/* One report of a batch on its way; within clients/lib/batch*.c alone.
 *
 *     FREE -> ASKING -> SEALED -> SENDING -> FREE
 *
 * A report that an earlier run has sealed begins at SEALED. */
enum batch_state { BATCH_FREE, BATCH_ASKING, BATCH_SEALED, BATCH_SENDING };

struct batch_item;

/* What a call brings back. */
struct batch_tag {
    struct batch_item *item;
    size_t question;
};

struct batch_item {
    enum batch_state state;
    struct batch_tag tags[REGISTRY_MAX_CTXS];
    struct report_row *row; /* NULL: from the journal alone */
    struct journal_key reference;
    struct journal_key row_key;
    bool is_resumed; /* sealed in an earlier run */
    bool is_changed; /* sealed then with other content than the row has now */
    struct filing_task *task;
    size_t open_questions;
    size_t answered;
    struct filing_sealed sealed;
};

/* References seen in this run, so that one that stands twice is found. */
struct batch_seen {
    struct journal_key *table; /* open addressing; all zero: free */
    size_t table_len;
    size_t count;
};

struct batch_run {
    const struct batch *batch;
    struct batch_item *items; /* BATCH_WIDTH */
    struct batch_seen seen;
    struct batch_counts counts;
    struct batch_stop stop;
    bool is_source_done;
};

enum err batch_run_init(struct batch_run *run) MUST_CHECK;
void batch_run_done(struct batch_run *run);
void batch_tell_progress(const struct batch_run *run);

/* Takes over 'row' and brings the item as far as BATCH_ASKING or BATCH_SEALED, or leaves it free when
 * there is nothing to do.  An error ends the run. */
enum err batch_item_begin(struct batch_run *run, struct batch_item *item,
                          struct report_row *row) MUST_CHECK;

/* Takes the next sealed report from place '*at' of the journal on; leaves the item free at its end. */
enum err batch_item_from_journal(struct batch_run *run, struct batch_item *item,
                                 size_t *at) MUST_CHECK;

/* ASKING -> SEALED, noted in the journal. */
enum err batch_item_seal(struct batch_run *run, struct batch_item *item) MUST_CHECK;

/* SEALED -> SENDING. */
enum err batch_item_send(struct batch_run *run, struct batch_item *item) MUST_CHECK;

/* SENDING -> FREE with the receipt.  ERR_AUTH: it does not hold. */
enum err batch_item_finish(struct batch_run *run, struct batch_item *item,
                           const Seinhuis__V1__SubmitResponse *response) MUST_CHECK;

/* SENDING -> ASKING: what an earlier run sealed is made anew from its row, or SENDING -> FREE when the row
 * has an error by now. */
enum err batch_item_renew(struct batch_run *run, struct batch_item *item) MUST_CHECK;

/* SENDING -> FREE: the vault does not take this report because of 'field'. */
enum err batch_item_refused(struct batch_run *run, struct batch_item *item, const char *field,
                            enum refusal refusal) MUST_CHECK;

/* Back to FREE; wipes. */
void batch_item_clear(struct batch_item *item);

#endif
