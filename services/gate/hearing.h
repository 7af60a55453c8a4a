/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_GATE_HEARING_H
#define SERVICES_GATE_HEARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "services/gate/docket.h"

/* One question from start to answer. */
struct hearing {
    struct gate *gate;
    struct rpc_call *call;
    const struct registry *registry;
    uint16_t tenant;
    uint64_t now_s;
    struct docket *docket; /* wiped and freed by hearing_end */
    struct question question;
    struct answer answer;
    struct store_batch *batch;
    Seinhuis__V1__GateAnswer *response;
};

/* Takes up a question: verifies its records.  hearing_end must follow in any case. */
enum refusal hearing_begin(struct hearing *hearing, Seinhuis__V1__GateRecord *const *records,
                           size_t count) MUST_CHECK;
void hearing_end(struct hearing *hearing);

/* Names, in the response, the records that cannot be accepted, and records that it did; there is no
 * answer then.  'member' is who asked, "" when nobody did. */
enum refusal hearing_answer_rejected(struct hearing *hearing, const char *member) MUST_CHECK;

/* The hh of all records, ascending. */
void hearing_records(const struct docket *docket, struct record_set *out);

/* Whether the member is in the registry today and has signed 'request', for which 'verify' knows the
 * form; tries each key of the member that holds.
 * REFUSAL_UNKNOWN_MEMBER, REFUSAL_BAD_MEMBER_SIGNATURE. */
enum refusal hearing_check_member(const struct hearing *hearing, const char *id,
                                  enum err (*verify)(const struct sign_public *key, uint16_t tenant,
                                                     const void *request,
                                                     const struct signature *signature),
                                  const void *request, ProtobufCBinaryData signed_by) MUST_CHECK;

/* Puts kind and records, and each member with the signed message (borrowed), into the question. */
void hearing_fill_question(struct hearing *hearing, enum gate_question_kind kind);
void hearing_add_member(struct hearing *hearing, const char *id, struct bytes message,
                        ProtobufCBinaryData signed_by);

/* The team's key of this quarter; false: the registry has none. */
bool hearing_team_key(const struct hearing *hearing, struct box_public *out) MUST_CHECK;

/* Signs hearing->answer to hearing->question and puts both into the response; '*answer' is its bytes. */
enum refusal hearing_sign(struct hearing *hearing, struct bytes *answer) MUST_CHECK;

void hearing_set_case(struct audit_record *record, const struct case_id *case_id);

/* Records the answer in the log, with whatever else stands in hearing->batch; on failure nothing is
 * given. */
enum refusal hearing_give(struct hearing *hearing, struct audit_record *record) MUST_CHECK;

#endif
