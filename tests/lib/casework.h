/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_CASEWORK_H
#define TESTS_LIB_CASEWORK_H

#include "proto/escrow/answer.h"
#include "proto/escrow/registry.h"
#include "tests/lib/filing.h"

/* A fictitious municipality for tests of what comes after a flag: a registry with eight organisations and
 * three members of the CMZ team, and a gate that answers whatever it is asked. */

enum { CASEWORK_ORGANISATIONS = 12, CASEWORK_MEMBERS = 3 };

struct casework {
    struct filing_world world;
    struct key64 answer_secret;
    struct sign_public answer_key;
    struct filing_organisation organisations[CASEWORK_ORGANISATIONS]; /* serial = place + 1 */
    struct key64 member_secrets[CASEWORK_MEMBERS]; /* of "lid-1", "lid-2", "lid-3" */
    struct registry *registry;
    uint32_t today;
    struct case_id case_id;
};

/* Sectors go round from police (serial 1) to volunteers (serial 7), then begin anew. */
void casework_make(struct casework *work);
void casework_done(struct casework *work);

struct casework_answer {
    uint8_t question[QUESTION_MAX_LEN];
    size_t question_len;
    uint8_t answer[ANSWER_MAX_LEN];
    size_t answer_len;
    struct signature signature;
    struct release_request release;
};

/* The gate's answer when member 0 asks for the release of 'filed'; bit i of 'waits': that one waits. */
void casework_release(const struct casework *work, const struct filing *const *filed, size_t count,
                      uint64_t waits, struct casework_answer *out);

/* The gate's answer when members 'first' and 'second' confirm 'filed'. */
void casework_confirm(const struct casework *work, const struct filing *const *filed, size_t count,
                      const struct casework_answer *released, struct casework_answer *out);

/* Signs the answer to the question anew, after a test has changed one of them. */
void casework_sign(const struct casework *work, struct casework_answer *answer);

#endif
