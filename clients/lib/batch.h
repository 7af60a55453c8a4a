/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_BATCH_H
#define CLIENTS_LIB_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "clients/lib/filing.h"
#include "clients/lib/journal.h"
#include "clients/lib/register.h"
#include "clients/lib/report_csv.h"
#include "proto/escrow/terms.h"
#include "proto/rpc/channel.h"

/* Files many reports, several at once, through a journal: a run that was killed goes on where it stopped,
 * and a second run files nothing twice.  One report is a batch of one. */

/* How messages travel: the calls of proto/rpc/channel.h's windows, so that tests can stand in. */
struct batch_line {
    void *context;
    enum err (*start)(void *context, enum party_role service, const ProtobufCMessage *message,
                      void *tag);
    /* As rpc_window_next.  ERR_NOT_FOUND: nothing is under way. */
    enum err (*next)(void *context, enum party_role service, uint32_t wait_ms,
                     struct rpc_reply *out);
};

/* Where rows come from: ERR_NOT_FOUND ends them.  The row is handed over. */
struct batch_source {
    void *context;
    enum err (*next)(void *context, struct report_row **out);
};

enum { BATCH_WIDTH = 8 }; /* reports under way at once */

struct batch_counts {
    uint32_t seen; /* rows looked at */
    uint32_t filed; /* with a receipt from this run */
    uint32_t already; /* filed before */
    uint32_t refused; /* rows with an error */
    uint32_t later; /* observed after 'until' */
    uint32_t waiting; /* sealed or not begun when the run had to stop */
};

struct batch {
    const struct filing *filing;
    const struct report_filer *filer;
    struct journal *journal;
    struct register_book *book;
    const struct key32 *user_key; /* of the journal's keyed hashes */
    struct clock *clock;
    struct date until; /* only rows observed on or before that day; year 0: all */
    bool keeps_references; /* notes a reference in the register as soon as it is sealed (day 0) */
    struct batch_line line;
    struct batch_source source;

    /* Told as things happen; may be NULL.  'response' is that of the receipt. */
    void *context;
    void (*on_problem)(void *context, const struct report_row *row,
                       const struct report_problem *problem);
    void (*on_filed)(void *context, const struct report_row *row, const struct rid *rid,
                     const Seinhuis__V1__SubmitResponse *response);
    void (*on_progress)(void *context, const struct batch_counts *counts);
};

/* Why a run stopped before its end. */
struct batch_stop {
    enum err err; /* ERR_OK: it did not */
    enum party_role service; /* with 'result' */
    struct rpc_result result; /* end RPC_END_OK: no call was to blame, but 'err' */
    bool is_untrusted; /* a proof, ticket or receipt did not hold */
};

/* Files all rows of the source, but for those that were filed before, have an error, or were observed
 * later.  What was sealed in an earlier run is sent as it was.
 *
 * ERR_OK: went through the whole source; '*counts' tells how.
 * Else '*stop' tells why it stopped; what was under way has been waited for, nothing is lost, and the same
 * call later goes on.
 *
 * Time: about 4 ms of computing for each report. */
enum err batch_run(const struct batch *batch, struct batch_counts *counts,
                   struct batch_stop *stop) MUST_CHECK;

/* Sends what is sealed in the journal and has no receipt, without rows; batch->source is not used.  A
 * report that the vault refuses is told with a row of which only the reference is known. */
enum err batch_resend(const struct batch *batch, struct batch_counts *counts,
                      struct batch_stop *stop) MUST_CHECK;

#endif
