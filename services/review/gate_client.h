/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_REVIEW_GATE_CLIENT_H
#define SERVICES_REVIEW_GATE_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/answer.h"
#include "proto/rpc/channel.h"
#include "vault/cases.h"
#include "vault/record.h"

/* The vault's side of gate.proto: builds questions from stored records, and keeps question and answer as
 * bytes for the CMZ client, who verifies them. */

struct vault;

struct gate_client {
    struct vault *vault;
    struct rpc_channel *channel;
    uint16_t tenant;
};

/* The records of a question, read from the vault. */
struct gate_records {
    size_t count;
    struct record records[LINKS_RECORDS_MAX];
    struct question_record names[LINKS_RECORDS_MAX]; /* hh and p, in the same order */
};

/* Reads 'count' records.  Free with gate_records_done, also after a failure.  Errors as record_read. */
enum err gate_records_read(struct vault *vault, const struct rid *rids, size_t count,
                           struct gate_records *out) MUST_CHECK;
void gate_records_done(struct gate_records *records);

/* Room for one question and its answer. */
struct gate_answer {
    uint8_t question[QUESTION_MAX_LEN];
    size_t question_len;
    uint8_t answer[ANSWER_MAX_LEN];
    size_t answer_len;
    struct signature signature;
    struct answer parsed;
    uint64_t rejected; /* records that the gate cannot accept, by their place in the question */
};

/* Asks for the domain tags of a component, for the correlator: a correlate_assess whose context is the
 * client.  ERR_UNAVAILABLE, ERR_UNKNOWN: the gate is not there. */
enum err gate_client_assess(void *context, const struct rid *rids, size_t count, uint16_t *tags,
                            uint64_t *rejected);

/* A member's signed wish to have records released. */
struct gate_wish {
    struct release_request request;
    const char *member; /* borrowed */
    struct signature signature;
};

/* Asks for the first half on behalf of a member, whose signature over the request is passed on. */
enum refusal gate_client_release(const struct gate_client *client, const struct rpc_call *call,
                                 const struct gate_records *records, const struct gate_wish *wish,
                                 struct gate_answer *out) MUST_CHECK;

/* Asks for the second half with two members' confirmations. */
enum refusal gate_client_confirm(const struct gate_client *client, const struct rpc_call *call,
                                 const struct gate_records *records,
                                 const struct confirm_request *request,
                                 const struct case_confirmation confirmations[2],
                                 struct gate_answer *out) MUST_CHECK;

#endif
