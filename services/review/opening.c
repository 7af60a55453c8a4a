/* SPDX-License-Identifier: EUPL-1.2 */
/* From a flagged case to its content: release, comparison, two members' yes (docs/PROTOCOL.md section 5). */
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/review.pb-c.h"
#include "services/daemon/trail.h"
#include "services/review/member.h"
#include "services/review/review.h"
#include "services/review/shared.h"

enum { LINKS_MAX = LINKS_RECORDS_MAX * (LINKS_RECORDS_MAX - 1) / 2 };

/* The rids of the named records, which must all be linked records of the case. */
static enum refusal
find_records(const struct case_file *file, const struct record_set *wanted, struct rid *rids)
{
    for (size_t i = 0; i < wanted->count; i++) {
        bool is_found = false;

        for (size_t j = 0; j < file->record_count; j++) {
            const struct case_record *record = &file->records[j];

            if (!record->facts.is_attached && hash32_compare(&record->hh, &wanted->items[i]) == 0) {
                rids[i] = record->rid;
                is_found = true;
            }
        }
        if (!is_found) {
            return REFUSAL_NOT_IN_CASE;
        }
    }
    return REFUSAL_NONE;
}

/* Reads the case and the named records of it.  '*file' and '*records' are the caller's to free. */
static enum refusal
read_case(struct review *review, const struct case_id *id, const struct record_set *wanted,
          struct case_file **file, struct gate_records *records)
{
    struct rid rids[LINKS_RECORDS_MAX];
    enum refusal refusal = review_refusal(cases_get(review->vault, id, file));

    if (refusal == REFUSAL_NONE) {
        refusal = find_records(*file, wanted, rids);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = review_refusal(gate_records_read(review->vault, rids, wanted->count, records));
    }
    return refusal;
}

static uint32_t
today(const struct review *review)
{
    return clock_day(clock_now_s(review->clock));
}

/* ---- release ---- */

static enum refusal
check_release(const Seinhuis__V1__ReleaseRequest *asked, struct gate_wish *out)
{
    struct release_request *request = &out->request;
    enum refusal refusal = review_check_case(asked->user, asked->case_id, &request->case_id);

    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    if (!wire_is_user(asked->member)) {
        return REFUSAL_UNKNOWN_MEMBER;
    }
    if (term_by_code(TERM_GROUND, asked->ground) == NULL) {
        return REFUSAL_BAD_GROUND;
    }
    if (!wire_has_len(asked->nonce, REQUEST_NONCE_LEN) ||
        !wire_has_len(asked->signature, SIGNATURE_LEN)) {
        return REFUSAL_BAD_MEMBER_SIGNATURE;
    }
    if (record_set_read(wire_bytes(asked->header_hashes), &request->records) != ERR_OK) {
        return REFUSAL_NOT_IN_CASE;
    }
    request->ground = (uint16_t) asked->ground;
    memcpy(request->nonce, asked->nonce.data, REQUEST_NONCE_LEN);
    memcpy(out->signature.bytes, asked->signature.data, SIGNATURE_LEN);
    out->member = asked->member;
    return REFUSAL_NONE;
}

/* Keeps the gate's answer, and which records it gave. */
static enum refusal
store_release(struct review *review, const struct case_id *id, const struct gate_answer *answer,
              const struct audit_record *who)
{
    const struct case_answer kept = {
        .question = { answer->question, answer->question_len },
        .answer = { answer->answer, answer->answer_len },
        .signature = answer->signature,
    };
    struct hash32 given[LINKS_RECORDS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < answer->parsed.count; i++) {
        if (answer->parsed.items[i].status == RELEASE_GIVEN) {
            given[count] = answer->parsed.items[i].header_hash;
            count++;
        }
    }
    return review_refusal(cases_store_release(review->vault, id, &kept, given, count, who));
}

static enum refusal
release(struct review *review, struct rpc_call *call, const Seinhuis__V1__ReleaseRequest *asked,
        struct gate_wish *wish)
{
    const struct release_request *request = &wish->request;
    struct gate_records *records = calloc(1, sizeof *records);
    struct gate_answer *answer = calloc(1, sizeof *answer);
    struct case_file *file = NULL;
    struct audit_record who;
    enum refusal refusal = records == NULL || answer == NULL ? REFUSAL_NO_MEMORY : REFUSAL_NONE;

    if (refusal == REFUSAL_NONE) {
        refusal = check_release(asked, wish);
    }
    if (refusal == REFUSAL_NONE) {
        refusal =
            member_check_release(call, wish->member, today(review), request, &wish->signature);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = read_case(review, &request->case_id, &request->records, &file, records);
    }
    if (refusal == REFUSAL_NONE) {
        review_trail(call, "case_picked_up", AUDIT_UPDATE, asked->user, &request->case_id, &who);
        refusal = review_refusal(cases_pick_up(review->vault, &request->case_id, &who));
    }
    if (refusal == REFUSAL_NONE) {
        refusal = gate_client_release(&review->gate, call, records, wish, answer);
    }
    if (refusal == REFUSAL_NONE) {
        review_trail(call, "identity_released", AUDIT_READ, asked->user, &request->case_id, &who);
        who.sensitivity = AUDIT_IDENTITY;
        who.life_cycle = AUDIT_LIFE_DISCLOSURE;
        who.legal_basis = request->ground;
        refusal = store_release(review, &request->case_id, answer, &who);
    }
    if (records != NULL) {
        gate_records_done(records);
    }
    free(records);
    free(answer);
    free(file);
    return refusal;
}

enum refusal
review_release(void *self, struct rpc_call *call, const ProtobufCMessage *request,
               ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__ReleaseRequest *asked = (const Seinhuis__V1__ReleaseRequest *) request;
    struct gate_wish wish = { .member = NULL };
    enum refusal refusal = release(review, call, asked, &wish);

    if (refusal == REFUSAL_NONE) {
        refusal = review_fill_released(review, call->arena, &wish.request.case_id,
                                       (Seinhuis__V1__ReleasedCase *) response);
    }
    return refusal == REFUSAL_NONE ? refusal
                                   : trail_refuse(review->storage, call, asked->user, refusal);
}

enum refusal
review_get_released(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                    ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__GetReleasedRequest *asked =
        (const Seinhuis__V1__GetReleasedRequest *) request;
    Seinhuis__V1__ReleasedCase *answer = (Seinhuis__V1__ReleasedCase *) response;
    struct audit_record record;
    struct case_id id;
    enum refusal refusal = review_check_case(asked->user, asked->case_id, &id);

    if (refusal == REFUSAL_NONE) {
        refusal = review_fill_released(review, call->arena, &id, answer);
    }
    if (refusal != REFUSAL_NONE) {
        return trail_refuse(review->storage, call, asked->user, refusal);
    }
    review_trail(call, "released_read", AUDIT_READ, asked->user, &id, &record);
    record.sensitivity = answer->confirm_answer.len > 0 ? AUDIT_CONTENT : AUDIT_IDENTITY;
    return trail_write(review->storage, &record);
}

/* ---- comparison ---- */

static enum refusal
check_links(const Seinhuis__V1__ReportComparisonRequest *asked, struct case_link *out)
{
    for (size_t i = 0; i < asked->n_links; i++) {
        const Seinhuis__V1__ComparedLink *link = asked->links[i];

        if (!wire_has_len(link->rid_a, RID_LEN) || !wire_has_len(link->rid_b, RID_LEN) ||
            link->verdict == SEINHUIS__V1__VERDICT__VERDICT_UNSPECIFIED) {
            return REFUSAL_BAD_LINKS;
        }
        memcpy(out[i].a.bytes, link->rid_a.data, RID_LEN);
        memcpy(out[i].b.bytes, link->rid_b.data, RID_LEN);
        out[i].verdict = (enum case_verdict) link->verdict;
        out[i].is_by_human = link->by_human;
    }
    return REFUSAL_NONE;
}

enum refusal
review_report_comparison(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                         ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__ReportComparisonRequest *asked =
        (const Seinhuis__V1__ReportComparisonRequest *) request;
    Seinhuis__V1__ReportComparisonResponse *answer =
        (Seinhuis__V1__ReportComparisonResponse *) response;
    struct case_comparison comparison = { 0 };
    struct case_link *links = NULL;
    struct audit_record who;
    struct case_id id;
    enum refusal refusal = review_check_case(asked->user, asked->case_id, &id);

    if (refusal == REFUSAL_NONE && (asked->n_links == 0 || asked->n_links > LINKS_MAX)) {
        refusal = REFUSAL_BAD_LINKS;
    }
    if (refusal == REFUSAL_NONE) {
        links = arena_array(call->arena, asked->n_links, sizeof *links);
        refusal = links == NULL ? REFUSAL_NO_MEMORY : check_links(asked, links);
    }
    if (refusal == REFUSAL_NONE) {
        review_trail(call, "capsules_compared", AUDIT_UPDATE, asked->user, &id, &who);
        refusal = review_refusal(
            cases_compare(review->vault, &id, links, asked->n_links, &who, &comparison));
    }
    if (refusal != REFUSAL_NONE) {
        return trail_refuse(review->storage, call, asked->user, refusal);
    }
    answer->links_cut = comparison.links_cut;
    answer->records_left = comparison.records_left;
    return REFUSAL_NONE;
}

/* ---- confirmation ---- */

/* What one member said yes to. */
struct yes {
    struct case_id id;
    struct record_set records;
    struct case_yes kept;
};

static enum refusal
check_yes(const Seinhuis__V1__ConfirmRequest *asked, struct yes *out)
{
    enum refusal refusal = review_check_case(asked->user, asked->case_id, &out->id);

    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    if (!wire_is_user(asked->member)) {
        return REFUSAL_UNKNOWN_MEMBER;
    }
    if (!wire_has_len(asked->signature, SIGNATURE_LEN)) {
        return REFUSAL_BAD_MEMBER_SIGNATURE;
    }
    if (term_by_code(TERM_PURPOSE, asked->purpose) == NULL) {
        return REFUSAL_BAD_PURPOSE;
    }
    if (record_set_read(wire_bytes(asked->header_hashes), &out->records) != ERR_OK) {
        return REFUSAL_NOT_IN_CASE;
    }
    out->kept = (struct case_yes) {
        .member = asked->member,
        .purpose = (uint16_t) asked->purpose,
        .hh = out->records.items,
        .count = out->records.count,
    };
    memcpy(out->kept.signature.bytes, asked->signature.data, SIGNATURE_LEN);
    return REFUSAL_NONE;
}

/* The request that the members signed: it names the release answer by its hash. */
static enum refusal
rebuild_request(struct review *review, const struct yes *yes, struct confirm_request *out)
{
    struct case_answer released = { .memory = NULL };
    enum err err = cases_read_answer(review->vault, &yes->id, CASE_ANSWER_RELEASE, &released);

    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? REFUSAL_CASE_STATE : refusal_of_err(err);
    }
    hash_part(released.answer.data, released.answer.len, &out->release_answer);
    out->purpose = yes->kept.purpose;
    out->records = yes->records;
    case_answer_done(&released);
    return REFUSAL_NONE;
}

/* Whether the member really said so. */
static enum refusal
check_signature(struct review *review, const struct rpc_call *call, const struct yes *yes)
{
    struct confirm_request request;
    struct case_file *file = NULL;
    enum refusal refusal = review_refusal(cases_get(review->vault, &yes->id, &file));

    free(file);
    if (refusal == REFUSAL_NONE) {
        refusal = rebuild_request(review, yes, &request);
    }
    return refusal == REFUSAL_NONE ? member_check_confirm(call, yes->kept.member, today(review),
                                                          &request, &yes->kept.signature)
                                   : refusal;
}

/* Two members who said the same as this one, this one among them. */
static enum refusal
find_two(const struct case_file *file, const struct yes *yes, struct case_confirmation out[2])
{
    const struct case_confirmation *own = NULL;

    for (size_t i = 0; i < file->confirmation_count; i++) {
        if (strcmp(file->confirmations[i].member, yes->kept.member) == 0) {
            own = &file->confirmations[i];
        }
    }
    for (size_t i = 0; own != NULL && i < file->confirmation_count; i++) {
        const struct case_confirmation *other = &file->confirmations[i];

        if (other != own && other->purpose == own->purpose && other->records == own->records) {
            out[0] = *other;
            out[1] = *own;
            return REFUSAL_NONE;
        }
    }
    return REFUSAL_CASE_STATE;
}

/* Two members said yes: the gate gives the second half. */
static enum refusal
open_case(struct review *review, struct rpc_call *call, const char *user, const struct yes *yes)
{
    struct gate_records *records = calloc(1, sizeof *records);
    struct gate_answer *answer = calloc(1, sizeof *answer);
    struct case_confirmation two[2];
    struct confirm_request request;
    struct case_file *file = NULL;
    struct audit_record who;
    enum refusal refusal = records == NULL || answer == NULL ? REFUSAL_NO_MEMORY : REFUSAL_NONE;

    if (refusal == REFUSAL_NONE) {
        refusal = read_case(review, &yes->id, &yes->records, &file, records);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = find_two(file, yes, two);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = rebuild_request(review, yes, &request);
    }
    if (refusal == REFUSAL_NONE) {
        refusal = gate_client_confirm(&review->gate, call, records, &request, two, answer);
    }
    if (refusal == REFUSAL_NONE) {
        const struct case_answer kept = {
            .question = { answer->question, answer->question_len },
            .answer = { answer->answer, answer->answer_len },
            .signature = answer->signature,
        };

        review_trail(call, "case_opened", AUDIT_READ, user, &yes->id, &who);
        who.sensitivity = AUDIT_CONTENT;
        who.life_cycle = AUDIT_LIFE_DISCLOSURE;
        who.purpose = yes->kept.purpose;
        refusal = review_refusal(cases_store_opened(review->vault, &yes->id, &kept, yes->kept.hh,
                                                    yes->kept.count, &who));
    }
    if (records != NULL) {
        gate_records_done(records);
    }
    free(records);
    free(answer);
    free(file);
    return refusal;
}

enum refusal
review_confirm(void *self, struct rpc_call *call, const ProtobufCMessage *request,
               ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__ConfirmRequest *asked = (const Seinhuis__V1__ConfirmRequest *) request;
    Seinhuis__V1__ConfirmResponse *answer = (Seinhuis__V1__ConfirmResponse *) response;
    struct audit_record who;
    unsigned int count = 0;
    struct yes yes;
    enum refusal refusal = check_yes(asked, &yes);

    if (refusal == REFUSAL_NONE) {
        refusal = check_signature(review, call, &yes);
    }
    if (refusal == REFUSAL_NONE) {
        review_trail(call, "opening_confirmed", AUDIT_UPDATE, asked->user, &yes.id, &who);
        who.purpose = yes.kept.purpose;
        refusal = review_refusal(cases_confirm(review->vault, &yes.id, &yes.kept, &who, &count));
    }
    if (refusal == REFUSAL_NONE && count >= CASE_CONFIRMATIONS_NEEDED) {
        refusal = open_case(review, call, asked->user, &yes);
        answer->opened = refusal == REFUSAL_NONE;
    }
    answer->confirmations = count;
    return refusal == REFUSAL_NONE ? refusal
                                   : trail_refuse(review->storage, call, asked->user, refusal);
}

/* ---- direct ---- */

static bool
is_direct(const struct case_record *record)
{
    return record->facts.mode == MODE_ACUTE || record->facts.mode == MODE_CONSENTED;
}

enum refusal
review_get_direct(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                  ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__GetDirectRequest *asked = (const Seinhuis__V1__GetDirectRequest *) request;
    Seinhuis__V1__GetDirectResponse *answer = (Seinhuis__V1__GetDirectResponse *) response;
    struct case_file *file = NULL;
    struct audit_record record;
    struct case_id id;
    enum refusal refusal = review_check_case(asked->user, asked->case_id, &id);

    if (refusal == REFUSAL_NONE) {
        refusal = review_refusal(cases_get(review->vault, &id, &file));
    }
    if (refusal == REFUSAL_NONE) {
        refusal = review_fill_filed(review, call->arena, file, is_direct, &answer->n_records,
                                    &answer->records);
    }
    free(file);
    if (refusal == REFUSAL_NONE && answer->n_records == 0) {
        refusal = REFUSAL_CASE_STATE;
    }
    if (refusal == REFUSAL_NONE) {
        review_trail(call, "case_picked_up", AUDIT_UPDATE, asked->user, &id, &record);
        refusal = review_refusal(cases_pick_up(review->vault, &id, &record));
    }
    if (refusal != REFUSAL_NONE) {
        return trail_refuse(review->storage, call, asked->user, refusal);
    }
    review_trail(call, "direct_opened", AUDIT_READ, asked->user, &id, &record);
    record.sensitivity = AUDIT_CONTENT;
    record.life_cycle = AUDIT_LIFE_DISCLOSURE;
    record.count = (uint32_t) answer->n_records;
    return trail_write(review->storage, &record);
}
