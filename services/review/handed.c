/* SPDX-License-Identifier: EUPL-1.2 */
/* What the vault hands the team out of a case: records as they were filed, and the gate's answers. */
#include <stdlib.h>

#include "services/review/shared.h"
#include "vault/record.h"

static ProtobufCBinaryData
keep(struct arena *arena, struct bytes bytes, bool *failed)
{
    ProtobufCBinaryData out = { .len = 0, .data = NULL };

    if (bytes.len > 0) {
        out.data = arena_copy(arena, bytes.data, bytes.len);
        out.len = bytes.len;
        *failed = *failed || out.data == NULL;
    }
    return out;
}

static Seinhuis__V1__FiledRecord *
keep_record(struct arena *arena, const struct record *from, bool *failed)
{
    Seinhuis__V1__FiledRecord *out = arena_alloc(arena, sizeof *out);

    if (out == NULL) {
        *failed = true;
        return NULL;
    }
    seinhuis__v1__filed_record__init(out);
    out->header = keep(arena, from->header, failed);
    out->gate = keep(arena, from->gate, failed);
    out->inner = keep(arena, from->inner, failed);
    out->direct = keep(arena, from->direct, failed);
    out->sent = from->sent;
    out->tickets = keep(arena, from->tickets, failed);
    out->signature = keep(arena, from->signature, failed);
    return out;
}

enum refusal
review_fill_filed(struct review *review, struct arena *arena, const struct case_file *file,
                  bool (*wants)(const struct case_record *record), size_t *count,
                  Seinhuis__V1__FiledRecord ***out)
{
    bool failed = false;

    *count = 0;
    *out = arena_array(arena, file->record_count, sizeof(Seinhuis__V1__FiledRecord *));
    if (*out == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    for (size_t i = 0; i < file->record_count; i++) {
        struct record record = { .memory = NULL };
        enum err err;

        if (!wants(&file->records[i])) {
            continue;
        }
        err = record_read(review->vault, NULL, &file->records[i].rid, &record);
        if (err != ERR_OK) {
            return refusal_of_err(err);
        }
        (*out)[*count] = keep_record(arena, &record, &failed);
        (*count)++;
        record_done(&record);
    }
    return failed ? REFUSAL_NO_MEMORY : REFUSAL_NONE;
}

static bool
is_released(const struct case_record *record)
{
    return record->is_released;
}

static Seinhuis__V1__ComparedLink *
keep_parted(struct arena *arena, const struct case_record *a, const struct case_record *b,
            bool *failed)
{
    Seinhuis__V1__ComparedLink *out = arena_alloc(arena, sizeof *out);

    if (out == NULL) {
        *failed = true;
        return NULL;
    }
    seinhuis__v1__compared_link__init(out);
    out->rid_a = keep(arena, (struct bytes) { a->rid.bytes, RID_LEN }, failed);
    out->rid_b = keep(arena, (struct bytes) { b->rid.bytes, RID_LEN }, failed);
    out->verdict = SEINHUIS__V1__VERDICT__VERDICT_REFUSED;
    out->by_human = true;
    return out;
}

/* The pairs of released records that a member parted. */
static enum refusal
fill_parted(struct review *review, struct arena *arena, const struct case_file *file,
            Seinhuis__V1__ReleasedCase *out)
{
    uint64_t parted[COMPONENT_MAX];
    uint64_t released = 0;
    size_t count = 0;
    bool failed = false;
    enum err err;

    for (size_t i = 0; i < file->record_count; i++) {
        released |= (uint64_t) file->records[i].is_released << i;
    }
    err = cases_parted(review->vault, file, released, parted);
    if (err != ERR_OK) {
        return refusal_of_err(err);
    }
    for (size_t i = 0; i < file->record_count; i++) {
        count += (size_t) __builtin_popcountll(parted[i]);
    }
    out->parted = arena_array(arena, count, sizeof(Seinhuis__V1__ComparedLink *));
    if (out->parted == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    for (size_t i = 0; i < file->record_count; i++) {
        for (size_t j = i + 1; j < file->record_count; j++) {
            if ((parted[i] >> j & 1) != 0) {
                out->parted[out->n_parted] =
                    keep_parted(arena, &file->records[i], &file->records[j], &failed);
                out->n_parted++;
            }
        }
    }
    return failed ? REFUSAL_NO_MEMORY : REFUSAL_NONE;
}

enum refusal
review_fill_released(struct review *review, struct arena *arena, const struct case_id *id,
                     Seinhuis__V1__ReleasedCase *out)
{
    struct case_file *file = NULL;
    struct case_answer answer = { .memory = NULL };
    bool failed = false;
    enum err err = cases_get(review->vault, id, &file);
    enum refusal refusal = review_refusal(err);

    if (refusal == REFUSAL_NONE) {
        refusal =
            review_fill_filed(review, arena, file, is_released, &out->n_records, &out->records);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = fill_parted(review, arena, file, out);
    }
    free(file);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    err = cases_read_answer(review->vault, id, CASE_ANSWER_RELEASE, &answer);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? REFUSAL_CASE_STATE : refusal_of_err(err);
    }
    out->question = keep(arena, answer.question, &failed);
    out->answer = keep(arena, answer.answer, &failed);
    out->answer_signature =
        keep(arena, (struct bytes) { answer.signature.bytes, SIGNATURE_LEN }, &failed);
    case_answer_done(&answer);
    err = cases_read_answer(review->vault, id, CASE_ANSWER_CONFIRM, &answer);
    if (err == ERR_OK) {
        out->confirm_question = keep(arena, answer.question, &failed);
        out->confirm_answer = keep(arena, answer.answer, &failed);
        out->confirm_signature =
            keep(arena, (struct bytes) { answer.signature.bytes, SIGNATURE_LEN }, &failed);
        case_answer_done(&answer);
    } else if (err != ERR_NOT_FOUND) {
        return refusal_of_err(err);
    }
    return failed ? REFUSAL_NO_MEMORY : REFUSAL_NONE;
}
