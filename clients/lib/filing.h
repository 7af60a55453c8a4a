/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_FILING_H
#define CLIENTS_LIB_FILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/report_form.h"
#include "proto/escrow/envelope.h"
#include "proto/escrow/receipt.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/submit.h"
#include "seinhuis/v1/intake.pb-c.h"
#include "seinhuis/v1/pseudonym.pb-c.h"

/* Files a checked report (docs/PROTOCOL.md sections 3 and 4): match keys, blinding, evaluation and its
 * proof, envelope, receipt.  Pure arithmetic; the caller carries the messages, one by one or many at
 * once. */

/* Who files: an organisation of the registry with its signing key. */
struct filing;

/* 'registry', 'party' and 'user' are borrowed until filing_free.  'signing_key' is the path of a key file
 * of kind "signing" (64 bytes, libsodium's form).
 *
 * The errors of keyfile_read.
 * ERR_AUTH: the key is not one that the registry lists for this organisation on 'today'.
 * ERR_STATE: the registry's contexts need another normaliser than this version's.
 * ERR_NOMEM. */
enum err filing_new(const struct registry *registry, const struct registry_party *party,
                    const char *user, const char *signing_key, uint32_t today,
                    struct filing **out) MUST_CHECK;

/* Takes NULL. */
void filing_free(struct filing *filing);

/* One report on its way. */
struct filing_task;

/* Builds the match keys of 'form' and blinds them, a full batch for each live context.  'form' is copied.
 *
 * ERR_MALFORMED: too few fields for any key; '*problem' says which would help.
 * ERR_NOMEM. */
enum err filing_begin(const struct filing *filing, const struct report_form *form,
                      struct filing_task **out, struct report_problem *problem) MUST_CHECK;

/* Wipes and frees; takes NULL. */
void filing_task_free(struct filing_task *task);

/* What to ask the pseudonym service: one question for each live context.  Borrowed from the task. */
size_t filing_question_count(const struct filing_task *task);
const Seinhuis__V1__EvaluateRequest *filing_question(const struct filing_task *task, size_t at);

/* Takes the answer to question 'at': verifies the proof under the registry's key and the ticket, then
 * unblinds.
 *
 * ERR_AUTH: the proof or the ticket does not hold.  Nothing may be sent: tell the user.
 * ERR_MALFORMED: the answer has not its form.
 * ERR_INVALID: no such question, or answered before. */
enum err filing_take_answer(struct filing_task *task, size_t at,
                            const Seinhuis__V1__EvaluateResponse *answer) MUST_CHECK;

/* A sealed report: nothing in it is plain; it can be kept and sent any number of times. */
struct filing_sealed {
    struct envelope envelope;
    uint8_t tickets[SUBMIT_TICKETS_MAX_LEN];
    size_t tickets_len;
};

enum {
    FILING_SEALED_MAX_LEN = 5 * 2 + HEADER_MAX_LEN + ENVELOPE_GATE_LEN + ENVELOPE_INNER_MAX_LEN +
        ENVELOPE_DIRECT_LEN + SUBMIT_TICKETS_MAX_LEN
};

/* Seals the report when every question is answered.
 *
 * ERR_STATE: a question is not answered.
 * ERR_NOT_FOUND: the registry names no gate key for the month of expiry, or no team key for this quarter.
 * ERR_TOO_BIG: the texts do not fit the envelope.
 * ERR_NOMEM.
 *
 * Time: about 1 ms. */
enum err filing_seal(struct filing_task *task, uint64_t now_s,
                     struct filing_sealed *out) MUST_CHECK;

/* The report's random name, and its name p on the receipt. */
enum err filing_rid(const struct filing_sealed *sealed, struct rid *out) MUST_CHECK;
void filing_name(const struct filing_sealed *sealed, struct hash64 *out);

/* Writes and reads a sealed report for a journal.  Reading is strict.
 * ERR_MALFORMED: not one; '*out' is untouched. */
size_t filing_sealed_write(const struct filing_sealed *sealed, uint8_t out[FILING_SEALED_MAX_LEN]);
enum err filing_sealed_read(const uint8_t *data, size_t len, struct filing_sealed *out) MUST_CHECK;

/* The message that submits 'sealed', signed now; it borrows from 'sealed', 'filing' and itself, so it may
 * not be copied. */
struct filing_submission {
    Seinhuis__V1__SubmitRequest message;
    struct signature signature;
};
enum err filing_submission_init(const struct filing *filing, const struct filing_sealed *sealed,
                                uint64_t now_s, struct filing_submission *out) MUST_CHECK;

/* Verifies the vault's receipt for 'sealed'.
 * ERR_AUTH: not signed by the vault, or for another report. */
enum err filing_check_receipt(const struct filing *filing, const struct filing_sealed *sealed,
                              const Seinhuis__V1__SubmitResponse *response,
                              struct receipt *out) MUST_CHECK;

#endif
