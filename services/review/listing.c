/* SPDX-License-Identifier: EUPL-1.2 */
/* Flagged cases as the CMZ team first sees them: de-identified. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/terms.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/review.pb-c.h"
#include "services/daemon/trail.h"
#include "services/review/review.h"
#include "services/review/shared.h"
#include "vault/vault.h"

enum { CASES_PER_PAGE = 32 };

/* One audit leaf for each case that is about to be sent, all in one batch. */
static enum refusal
record_sent(struct review *review, const struct rpc_call *call, const char *user,
            const struct case_summary *cases, size_t count)
{
    struct store_batch *batch = NULL;
    struct store_result result;
    struct store_id id;
    enum err err;

    if (count == 0) {
        return REFUSAL_NONE;
    }
    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        struct audit_record record;

        review_trail(call, "case_listed", AUDIT_READ, user, &cases[i].id, &record);
        err = audit_append(review->storage->audit, batch, &record);
    }
    if (err == ERR_OK) {
        err = store_apply(review->storage->store, batch, &result);
    }
    store_batch_free(batch);
    return refusal_of_err(err);
}

/* Records that a stream opens, whatever it will send. */
static enum refusal
record_opening(struct review *review, const struct rpc_call *call, const char *user,
               const char *type)
{
    struct audit_record record;

    trail_begin(call, type, AUDIT_READ, user, &record);
    record.object_type = AUDIT_OBJECT_CASE;
    record.sensitivity = AUDIT_DEIDENTIFIED;
    return trail_write(review->storage, &record);
}

/* The message borrows from 'from' and 'number'. */
static void
fill_summary(struct case_summary *from, uint32_t outstanding, char number[CASE_NUMBER_ROOM],
             Seinhuis__V1__CaseSummary *out)
{
    case_number_format(from, number);
    seinhuis__v1__case_summary__init(out);
    out->case_id = (ProtobufCBinaryData) { .len = CASE_ID_LEN, .data = from->id.bytes };
    out->number = number;
    out->state = (Seinhuis__V1__CaseState) from->state;
    out->flags = from->flags;
    out->flagged_at = from->flagged_at;
    out->changed_at = from->changed_at;
    out->triage_before = from->triage_before;
    out->records = from->record_count;
    out->sectors = from->sector_count;
    out->domains = from->domain_count;
    out->highest_severity = from->highest_band;
    out->outstanding = outstanding;
}

/* Records, then sends.  'outstanding' is from before the cases were read, so that 0 says that they are all. */
static enum refusal
send_cases(struct review *review, struct rpc_call *call, const char *user,
           struct case_summary *cases, size_t count, uint32_t outstanding)
{
    enum refusal refusal = record_sent(review, call, user, cases, count);

    for (size_t i = 0; refusal == REFUSAL_NONE && i < count; i++) {
        Seinhuis__V1__CaseSummary message;
        char number[CASE_NUMBER_ROOM];
        enum err err;

        fill_summary(&cases[i], outstanding, number, &message);
        err = rpc_send(call, &message.base);
        refusal = err == ERR_STATE ? REFUSAL_CANCELLED : refusal_of_err(err);
    }
    return refusal;
}

static enum refusal
send_all(struct review *review, struct rpc_call *call, const char *user, struct case_query *query)
{
    struct case_summary cases[CASES_PER_PAGE];
    size_t count = CASES_PER_PAGE;
    uint32_t outstanding = vault_outstanding(review->vault);
    enum refusal refusal = REFUSAL_NONE;

    while (refusal == REFUSAL_NONE && count == CASES_PER_PAGE) {
        cases_list(review->vault, query, cases, CASES_PER_PAGE, &count);
        refusal = send_cases(review, call, user, cases, count, outstanding);
        if (count > 0) {
            const struct case_summary *last = &cases[count - 1];

            query->before = (uint64_t) last->year << 32 | last->number;
        }
    }
    return refusal;
}

enum refusal
review_list_cases(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                  ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__ListCasesRequest *asked = (const Seinhuis__V1__ListCasesRequest *) request;
    struct case_query query = { .include_closed = asked->include_closed };
    enum refusal refusal;

    (void) response;
    if (!wire_is_user(asked->user)) {
        return trail_refuse(review->storage, call, "", REFUSAL_BAD_USER);
    }
    refusal = record_opening(review, call, asked->user, "cases_listed");
    return refusal == REFUSAL_NONE ? send_all(review, call, asked->user, &query) : refusal;
}

static bool
is_over(void *context)
{
    return rpc_is_over(context);
}

static void
wake(void *context)
{
    cases_wake(context);
}

enum refusal
review_watch_cases(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                   ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__WatchCasesRequest *asked =
        (const Seinhuis__V1__WatchCasesRequest *) request;
    struct case_query query = { .changed_after_s = asked->since };
    uint64_t cursor = cases_now(review->vault);
    enum refusal refusal;

    (void) response;
    if (!wire_is_user(asked->user)) {
        return trail_refuse(review->storage, call, "", REFUSAL_BAD_USER);
    }
    refusal = record_opening(review, call, asked->user, "cases_watched");
    if (refusal == REFUSAL_NONE) {
        refusal = send_all(review, call, asked->user, &query);
    }
    rpc_set_wake(call, wake, review->vault);
    while (refusal == REFUSAL_NONE && cases_wait(review->vault, cursor, is_over, call)) {
        struct case_summary cases[CASES_PER_PAGE];
        uint32_t outstanding = vault_outstanding(review->vault);
        size_t count = 0;

        cases_changes(review->vault, &cursor, cases, CASES_PER_PAGE, &count);
        refusal = send_cases(review, call, asked->user, cases, count, outstanding);
    }
    rpc_set_wake(call, NULL, NULL);
    return refusal;
}

static enum err
fill_records(struct arena *arena, const struct case_file *file, Seinhuis__V1__Case *out)
{
    Seinhuis__V1__CaseRecord *rows = arena_array(arena, file->record_count, sizeof *rows);

    out->records = arena_array(arena, file->record_count, sizeof(Seinhuis__V1__CaseRecord *));
    if (rows == NULL || out->records == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < file->record_count; i++) {
        const struct case_record *from = &file->records[i];

        seinhuis__v1__case_record__init(&rows[i]);
        rows[i].rid.data = arena_copy(arena, from->rid.bytes, RID_LEN);
        rows[i].rid.len = RID_LEN;
        rows[i].header_hash.data = arena_copy(arena, from->hh.bytes, HASH32_LEN);
        rows[i].header_hash.len = HASH32_LEN;
        if (rows[i].rid.data == NULL || rows[i].header_hash.data == NULL) {
            return ERR_NOMEM;
        }
        rows[i].sector = from->facts.sector;
        rows[i].week = from->facts.week;
        rows[i].severity = from->facts.band;
        rows[i].mode = from->facts.mode;
        rows[i].attached = from->facts.is_attached;
        rows[i].bucket = from->bucket;
        out->records[i] = &rows[i];
    }
    out->n_records = file->record_count;
    return ERR_OK;
}

/* The rids of the records that an explanation rests on, and its numbers. */
static enum err
fill_ground(struct arena *arena, const struct case_file *file, const struct rule_explanation *from,
            Seinhuis__V1__Explanation *out)
{
    out->rids = arena_array(arena, file->record_count, sizeof(ProtobufCBinaryData));
    out->numbers = arena_array(arena, RULE_NUMBERS_MAX, sizeof(uint32_t));
    if (out->rids == NULL || out->numbers == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < file->record_count; i++) {
        if ((from->records >> i & 1) != 0) {
            uint8_t *rid = arena_copy(arena, file->records[i].rid.bytes, RID_LEN);

            if (rid == NULL) {
                return ERR_NOMEM;
            }
            out->rids[out->n_rids] = (ProtobufCBinaryData) { .len = RID_LEN, .data = rid };
            out->n_rids++;
        }
    }
    for (size_t i = 0; i < RULE_NUMBERS_MAX; i++) {
        out->numbers[i] = from->numbers[i];
    }
    out->n_numbers = RULE_NUMBERS_MAX;
    return ERR_OK;
}

static enum err
fill_explanations(struct arena *arena, const struct case_file *file, Seinhuis__V1__Case *out)
{
    Seinhuis__V1__Explanation *rows = arena_array(arena, file->explanation_count, sizeof *rows);
    char *policy = arena_copy(arena, file->policy, strlen(file->policy));

    out->explanations =
        arena_array(arena, file->explanation_count, sizeof(Seinhuis__V1__Explanation *));
    if (rows == NULL || out->explanations == NULL || policy == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < file->explanation_count; i++) {
        const struct rule_explanation *from = &file->explanations[i];
        const char *key = rule_key(from->rule);
        char text[RULE_TEXT_ROOM];

        seinhuis__v1__explanation__init(&rows[i]);
        rule_text(from, text);
        rows[i].flag = (uint32_t) rule_flag(from->rule);
        rows[i].policy = policy;
        rows[i].rule = arena_copy(arena, key, strlen(key));
        rows[i].text = arena_copy(arena, text, strlen(text));
        rows[i].raised = from->is_raised;
        if (rows[i].rule == NULL || rows[i].text == NULL ||
            fill_ground(arena, file, from, &rows[i]) != ERR_OK) {
            return ERR_NOMEM;
        }
        out->explanations[i] = &rows[i];
    }
    out->n_explanations = file->explanation_count;
    return ERR_OK;
}

static enum refusal
fill_case(struct arena *arena, const struct case_file *file, uint32_t outstanding,
          Seinhuis__V1__Case *out)
{
    struct case_summary *summary = arena_copy(arena, &file->summary, sizeof file->summary);
    char *number = arena_alloc(arena, CASE_NUMBER_ROOM);
    const char *reason = case_close_key(file->summary.close_reason);

    out->summary = arena_alloc(arena, sizeof *out->summary);
    if (summary == NULL || number == NULL || out->summary == NULL ||
        fill_records(arena, file, out) != ERR_OK || fill_explanations(arena, file, out) != ERR_OK) {
        return REFUSAL_NO_MEMORY;
    }
    fill_summary(summary, outstanding, number, out->summary);
    out->confirmations = (uint32_t) file->confirmation_count;
    if (file->summary.state == CASE_CLOSED) {
        out->close_reason = arena_copy(arena, reason, strlen(reason));
        if (out->close_reason == NULL) {
            return REFUSAL_NO_MEMORY;
        }
    }
    return REFUSAL_NONE;
}

enum refusal
review_get_case(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__GetCaseRequest *asked = (const Seinhuis__V1__GetCaseRequest *) request;
    struct case_file *file = NULL;
    struct audit_record record;
    struct case_id id;
    uint32_t outstanding = vault_outstanding(review->vault);
    enum refusal refusal = review_check_case(asked->user, asked->case_id, &id);

    if (refusal == REFUSAL_NONE) {
        refusal = review_refusal(cases_get(review->vault, &id, &file));
    }
    if (refusal == REFUSAL_NONE) {
        refusal = fill_case(call->arena, file, outstanding, (Seinhuis__V1__Case *) response);
    }
    free(file);
    if (refusal != REFUSAL_NONE) {
        return trail_refuse(review->storage, call, asked->user, refusal);
    }
    review_trail(call, "case_read", AUDIT_READ, asked->user, &id, &record);
    return trail_write(review->storage, &record);
}
