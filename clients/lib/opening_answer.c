/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether the gate's answer is one to what a member of the team really asked. */
#include <string.h>

#include "clients/lib/opening_impl.h"
#include "proto/escrow/hash.h"

/* Whether a key with which the gate signs answers, now or before, signed this one.  An answer of an
 * earlier key still counts: without the right halves in it nothing opens anyway. */
static bool
is_the_gates(const struct opening *opening, const struct opening_answer *given)
{
    const struct registry_facts *facts = registry_facts(opening->registry);

    for (size_t i = 0; i < facts->service_key_count; i++) {
        const struct registry_service_key *row = &facts->service_keys[i];
        struct sign_public key;

        if (row->use != REGISTRY_ANSWER_KEY || row->key.term.first_day > opening->today) {
            continue;
        }
        memcpy(key.bytes, row->key.key, SIGN_PUBLIC_LEN);
        if (answer_verify(&key, facts->tenant, given->question, given->answer, &given->signature) ==
            ERR_OK) {
            return true;
        }
    }
    return false;
}

/* Question and answer as such: forms, tenant, the gate's signature, the same records in both. */
static enum err
check_form(const struct opening *opening, const struct opening_answer *given,
           enum gate_question_kind kind, struct question *question, struct answer *answer)
{
    if (!is_the_gates(opening, given) || question_read(given->question, question) != ERR_OK ||
        answer_read(given->answer, answer) != ERR_OK || question->kind != kind ||
        answer->kind != kind || question->tenant != registry_facts(opening->registry)->tenant ||
        question->record_count != answer->count) {
        return ERR_AUTH;
    }
    for (size_t i = 0; i < answer->count; i++) {
        if (hash32_compare(&question->records[i].header_hash, &answer->items[i].header_hash) != 0) {
            return ERR_AUTH;
        }
    }
    return ERR_OK;
}

/* Whether the member's own set of records is the question's; both are sorted. */
static bool
is_same_set(const struct record_set *set, const struct question *question)
{
    if (set->count != question->record_count) {
        return false;
    }
    for (size_t i = 0; i < set->count; i++) {
        if (hash32_compare(&set->items[i], &question->records[i].header_hash) != 0) {
            return false;
        }
    }
    return true;
}

/* The form that both requests share, for the member's keys to be tried on. */
struct signed_request {
    const struct release_request *release; /* one of the two */
    const struct confirm_request *confirm;
};

/* The gate looked at the member's term when it answered; here it counts that the member signed. */
static bool
has_signed(const struct opening *opening, const struct question_member *member,
           const struct signed_request *request)
{
    const struct registry_member *known = registry_member_by_id(opening->registry, member->id);
    uint16_t tenant = registry_facts(opening->registry)->tenant;

    for (size_t i = 0; known != NULL && i < known->key_count; i++) {
        struct sign_public key;
        enum err err;

        memcpy(key.bytes, known->keys[i].key, SIGN_PUBLIC_LEN);
        err = request->release != NULL
            ? request_verify_release(&key, tenant, request->release, &member->signature)
            : request_verify_confirm(&key, tenant, request->confirm, &member->signature);
        if (err == ERR_OK) {
            return true;
        }
    }
    return false;
}

static bool
is_own_request(const struct release_request *own, struct bytes message)
{
    uint8_t written[REQUEST_MAX_LEN];
    size_t len = 0;

    return request_write_release(own, written, &len) == ERR_OK && len == message.len &&
        memcmp(written, message.data, len) == 0;
}

enum err
opening_check_release(const struct opening *opening, const struct case_id *case_id,
                      const struct opening_answer *given, const struct release_request *own,
                      struct question *question, struct answer *answer)
{
    struct release_request request;
    const struct signed_request tried = { .release = &request };
    enum err err = check_form(opening, given, QUESTION_RELEASE, question, answer);

    if (err != ERR_OK) {
        return err;
    }
    if (question->member_count != 1 ||
        request_read_release(question->members[0].message, &request) != ERR_OK ||
        memcmp(request.case_id.bytes, case_id->bytes, CASE_ID_LEN) != 0 ||
        !is_same_set(&request.records, question) ||
        !has_signed(opening, &question->members[0], &tried) ||
        (own != NULL && !is_own_request(own, question->members[0].message))) {
        return ERR_AUTH;
    }
    return ERR_OK;
}

enum err
opening_check_confirm(const struct opening *opening, const struct opening_answer *given,
                      struct question *question, struct answer *answer)
{
    uint16_t purpose = 0;
    enum err err = check_form(opening, given, QUESTION_CONFIRM, question, answer);

    if (err != ERR_OK) {
        return err;
    }
    /* question_read let two different ids through and nothing else. */
    if (question->member_count != 2) {
        return ERR_AUTH;
    }
    for (size_t i = 0; i < question->member_count; i++) {
        struct confirm_request request;
        const struct signed_request tried = { .confirm = &request };

        if (request_read_confirm(question->members[i].message, &request) != ERR_OK ||
            hash32_compare(&request.release_answer, &opening->release_hash) != 0 ||
            !is_same_set(&request.records, question) || (i > 0 && request.purpose != purpose) ||
            !has_signed(opening, &question->members[i], &tried)) {
            return ERR_AUTH;
        }
        purpose = request.purpose;
    }
    return ERR_OK;
}
