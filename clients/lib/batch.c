/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/batch.h"

#include <string.h>

#include "clients/lib/batch_item.h"

enum { ANSWER_WAIT_MS = 60 * 1000 };

/* Stops the run; the first reason counts. */
static void
halt(struct batch_run *run, enum err err)
{
    if (run->stop.err == ERR_OK) {
        run->stop.err = err;
    }
}

static void
halt_by(struct batch_run *run, enum party_role service, const struct rpc_result *result)
{
    if (run->stop.err == ERR_OK) {
        run->stop.err = result->err;
        run->stop.service = service;
        run->stop.result = *result;
    }
}

static void
halt_untrusted(struct batch_run *run, enum party_role service, enum err err)
{
    if (run->stop.err == ERR_OK) {
        run->stop.service = service;
        run->stop.is_untrusted = err == ERR_AUTH || err == ERR_MALFORMED;
    }
    halt(run, err);
}

/* Begins the next report in the free place 'item', if the rows go so far. */
static void
fill(struct batch_run *run, struct batch_item *item)
{
    while (item->state == BATCH_FREE && run->stop.err == ERR_OK && !run->is_source_done) {
        struct report_row *row = NULL;
        enum err err = run->batch->source.next(run->batch->source.context, &row);

        if (err == ERR_NOT_FOUND) {
            run->is_source_done = true;
            return;
        }
        if (err != ERR_OK) {
            halt(run, err);
            return;
        }
        run->counts.seen++;
        err = batch_item_begin(run, item, row);
        if (err != ERR_OK) {
            halt(run, err);
        }
        batch_tell_progress(run);
    }
}

/* One answer of the pseudonym service. */
static void
take_evaluation(struct batch_run *run, const struct rpc_reply *reply)
{
    const struct batch_tag *tag = reply->tag;
    struct batch_item *item = tag->item;
    enum err err;

    item->open_questions--;
    if (reply->result.end != RPC_END_OK) {
        halt_by(run, ROLE_PSEUDONYM_SERVICE, &reply->result);
    } else {
        err = filing_take_answer(item->task, tag->question,
                                 (const Seinhuis__V1__EvaluateResponse *) reply->response);
        if (err != ERR_OK) {
            halt_untrusted(run, ROLE_PSEUDONYM_SERVICE, err);
        } else {
            item->answered++;
        }
    }
    if (item->open_questions > 0) {
        return;
    }
    if (item->answered < filing_question_count(item->task)) {
        run->counts.waiting++;
        batch_item_clear(item);
        return;
    }
    err = batch_item_seal(run, item);
    if (err != ERR_OK) {
        halt(run, err);
        run->counts.waiting++;
        batch_item_clear(item);
    }
}

/* The column that the vault's policy does not take; false: the refusal is about something else. */
static bool
refused_column(enum refusal refusal, enum column *out)
{
    switch (refusal) {
        case REFUSAL_BASIS_NOT_ALLOWED:
            *out = COLUMN_LEGAL_BASIS;
            return true;
        case REFUSAL_MODE_NOT_ALLOWED:
            *out = COLUMN_MODE;
            return true;
        case REFUSAL_WEEK_NOT_ALLOWED:
        case REFUSAL_BUCKET_NOT_ALLOWED:
            *out = COLUMN_OBSERVED_ON;
            return true;
        default:
            return false;
    }
}

/* Whether what an earlier run sealed has grown too old.  The vault looks first whether it knows a report,
 * so it surely does not keep this one. */
static bool
is_stale(enum refusal refusal)
{
    return refusal == REFUSAL_REGISTRY_NOT_CURRENT || refusal == REFUSAL_WRONG_CONTEXT ||
        refusal == REFUSAL_TICKET_EXPIRED || refusal == REFUSAL_TICKET_USED ||
        refusal == REFUSAL_RID_USED;
}

/* The vault refused: what is about this report alone lets the others go on. */
static enum err
take_refusal(struct batch_run *run, struct batch_item *item, const struct rpc_result *result)
{
    enum column column = COLUMN_REFERENCE;

    if (refused_column(result->refusal, &column)) {
        return batch_item_refused(run, item, report_column_key(column), result->refusal);
    }
    if (is_stale(result->refusal) && item->is_resumed && item->row != NULL) {
        return batch_item_renew(run, item);
    }
    if (is_stale(result->refusal) && item->is_resumed) {
        return batch_item_refused(run, item, report_column_key(column), result->refusal);
    }
    halt_by(run, ROLE_VAULT, result);
    run->counts.waiting++;
    batch_item_clear(item);
    return ERR_OK;
}

/* One answer of the vault. */
static void
take_receipt(struct batch_run *run, const struct rpc_reply *reply)
{
    struct batch_item *item = ((const struct batch_tag *) reply->tag)->item;
    const Seinhuis__V1__SubmitResponse *response =
        (const Seinhuis__V1__SubmitResponse *) reply->response;
    enum err err = ERR_OK;

    if (reply->result.end == RPC_END_OK) {
        err = batch_item_finish(run, item, response);
        if (err == ERR_AUTH) {
            halt_untrusted(run, ROLE_VAULT, err);
        }
    } else {
        err = take_refusal(run, item, &reply->result);
    }
    if (err != ERR_OK) {
        halt(run, err);
        run->counts.waiting++;
        batch_item_clear(item);
    }
    batch_tell_progress(run);
}

/* Takes the answers of a service that are there, or waits for one.  True: there was any. */
static bool
take_answers(struct batch_run *run, enum party_role service, uint32_t wait_ms)
{
    const struct batch_line *line = &run->batch->line;
    bool any = false;

    for (;;) {
        struct rpc_reply reply = { .tag = NULL };
        enum err err = line->next(line->context, service, any ? 0 : wait_ms, &reply);

        if (err == ERR_NOT_FOUND || err == ERR_EXPIRED) {
            return any;
        }
        if (err != ERR_OK) {
            halt(run, err);
            return any;
        }
        any = true;
        if (service == ROLE_VAULT) {
            take_receipt(run, &reply);
        } else {
            take_evaluation(run, &reply);
        }
    }
}

/* Sends what is sealed, when the journal has it durably. */
static bool
send_sealed(struct batch_run *run)
{
    bool any = false;
    enum err err = ERR_OK;

    for (size_t i = 0; i < BATCH_WIDTH; i++) {
        any = any || run->items[i].state == BATCH_SEALED;
    }
    if (!any) {
        return false;
    }
    err = journal_sync(run->batch->journal);
    for (size_t i = 0; i < BATCH_WIDTH; i++) {
        struct batch_item *item = &run->items[i];

        if (item->state != BATCH_SEALED) {
            continue;
        }
        if (err == ERR_OK && run->stop.err == ERR_OK) {
            err = batch_item_send(run, item);
        }
        if (item->state == BATCH_SEALED) {
            run->counts.waiting++;
            batch_item_clear(item);
        }
    }
    if (err != ERR_OK) {
        halt(run, err);
    }
    return true;
}

static size_t
count_in(const struct batch_run *run, enum batch_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < BATCH_WIDTH; i++) {
        count += run->items[i].state == state ? 1 : 0;
    }
    return count;
}

/* Goes round until nothing is under way. */
static enum err
work(struct batch_run *run, struct batch_counts *counts, struct batch_stop *stop)
{
    enum err err;

    for (;;) {
        bool any;

        for (size_t i = 0; i < BATCH_WIDTH; i++) {
            fill(run, &run->items[i]);
        }
        any = take_answers(run, ROLE_PSEUDONYM_SERVICE, 0);
        any = send_sealed(run) || any;
        any = take_answers(run, ROLE_VAULT, 0) || any;
        if (any) {
            continue;
        }
        if (count_in(run, BATCH_ASKING) > 0) {
            take_answers(run, ROLE_PSEUDONYM_SERVICE, ANSWER_WAIT_MS);
        } else if (count_in(run, BATCH_SENDING) > 0) {
            take_answers(run, ROLE_VAULT, ANSWER_WAIT_MS);
        } else {
            break;
        }
    }
    err = journal_sync(run->batch->journal);
    if (err != ERR_OK) {
        halt(run, err);
    }
    *counts = run->counts;
    *stop = run->stop;
    return run->stop.err;
}

enum err
batch_run(const struct batch *batch, struct batch_counts *counts, struct batch_stop *stop)
{
    struct batch_run run = { .batch = batch };
    enum err err = batch_run_init(&run);

    if (err == ERR_OK) {
        err = work(&run, counts, stop);
    } else {
        *stop = (struct batch_stop) { .err = err };
    }
    batch_run_done(&run);
    return err;
}

enum err
batch_resend(const struct batch *batch, struct batch_counts *counts, struct batch_stop *stop)
{
    struct batch_counts sum = { .seen = 0 };
    size_t at = 0;
    enum err err = ERR_OK;

    while (err == ERR_OK && at < journal_count(batch->journal)) {
        struct batch_run run = { .batch = batch, .is_source_done = true, .counts = sum };

        err = batch_run_init(&run);
        for (size_t i = 0; i < BATCH_WIDTH && err == ERR_OK; i++) {
            err = batch_item_from_journal(&run, &run.items[i], &at);
        }
        if (err == ERR_OK) {
            err = work(&run, &sum, stop);
        } else {
            *stop = (struct batch_stop) { .err = err };
        }
        batch_run_done(&run);
    }
    *counts = sum;
    if (err == ERR_OK) {
        *stop = (struct batch_stop) { .err = ERR_OK };
    }
    return err;
}
