/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CASES_H
#define VAULT_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/request.h"
#include "proto/escrow/types.h"
#include "vault/correlate.h"
#include "vault/rules.h"

/* Flagged cases: what the CMZ team works on, without any identity.  Rows are sealed under the store's
 * metadata key; their summaries are in memory, so that lists and watchers read no disk.
 *
 * Every change is one batch with its audit leaf: 'who' gives user, role, organisation, access point,
 * trace, purpose and ground of that line; the rest of it is filled here.  Reads are for the caller to
 * record.
 *
 * A case is born by the correlator.  When a later report joins two components, the older case takes in
 * the records of the younger, which closes as merged.  A record that is added to a case in state
 * identity or opened leaves the state alone and is not released: it needs a release of its own.  A report
 * that joins the records of a closed case gives a new case. */

struct audit_record;
struct vault;

enum { CASE_NUMBER_ROOM = 16, CASE_CONFIRMATIONS_MAX = 8 };

/* Numbers are on disk and those of CaseState. */
enum case_state {
    CASE_FLAGGED = 1,
    CASE_TRIAGE = 2,
    CASE_IDENTITY = 3,
    CASE_OPENED = 4,
    CASE_CLOSED = 5
};

/* Why a case was closed; numbers are on disk. */
#define CASE_CLOSE_MAP(X)                                                                          \
    X(CASE_NOT_CLOSED, 0, "not_closed")                                                            \
    X(CASE_REJECTED, 1, "rejected") /* triage found no ground */                                   \
    X(CASE_MERGED, 2, "merged") /* an older case took it in */                                     \
    X(CASE_NOT_ONE_PERSON, 3, "not_one_person") /* no component was left after comparison */       \
    X(CASE_DONE, 4, "done")

#define CASE_CLOSE_ENUM(code, number, key) code = number,
enum case_close { CASE_CLOSE_MAP(CASE_CLOSE_ENUM) };
#undef CASE_CLOSE_ENUM

/* Constant machine keys; never NULL. */
const char *case_state_key(enum case_state state);
const char *case_close_key(enum case_close reason);

/* Whether the table of moves allows it.  Staying is not a move, but for identity to identity (another
 * release). */
bool case_may_move(enum case_state from, enum case_state to);

struct case_summary {
    struct case_id id;
    uint16_t year; /* the number for people is YEAR-NNNN */
    uint32_t number;
    enum case_state state;
    enum case_close close_reason;
    uint32_t flags; /* bits of enum case_flag */
    uint64_t flagged_at; /* Unix seconds */
    uint64_t changed_at;
    uint64_t triage_before;
    uint8_t record_count; /* linked ones: those that can be opened */
    uint8_t sector_count; /* of these */
    uint8_t domain_count; /* of these; 0: not assessed */
    uint8_t highest_band; /* attached ones included */
    uint64_t change; /* grows with every change in the vault since it was opened */
};

/* "2026-0007" */
void case_number_format(const struct case_summary *summary, char out[CASE_NUMBER_ROOM]);

struct case_record {
    struct rule_record facts; /* serial, sector, week, band, tags, attached ... */
    struct rid rid;
    uint16_t bucket; /* month of expiry */
    struct hash32 hh;
    bool is_released; /* the gate gave its first half */
    bool is_opened; /* and its second */
};

/* A member's yes to opening. */
struct case_confirmation {
    char member[REGISTRY_ID_MAX + 1];
    uint16_t purpose; /* enum confirm_purpose */
    struct signature signature;
    uint64_t records; /* which: bit i for record i of the case */
};

struct case_file {
    struct case_summary summary;
    char policy[POLICY_LABEL_ROOM]; /* "name version" of the last evaluation */
    size_t record_count; /* attached ones included */
    struct case_record records[COMPONENT_MAX];
    size_t explanation_count;
    struct rule_explanation explanations[RULE_EXPLANATIONS_MAX];
    size_t confirmation_count; /* of the present release */
    struct case_confirmation confirmations[CASE_CONFIRMATIONS_MAX];
    struct case_id merged_into; /* zero but when closed as merged */
};

/* ---- reading ---- */

struct case_query {
    bool include_closed;
    uint64_t changed_after_s; /* 0: all */
    uint64_t
        before; /* from the page before: its last case's year << 32 | number; 0: from the newest */
};

/* Summaries, newest case first; '*out_count' below 'cap' when nothing follows.
 * Threads: any.  Time: memory only. */
void cases_list(struct vault *vault, const struct case_query *query, struct case_summary *out,
                size_t cap, size_t *out_count);

/* One case; free() '*out'.
 * ERR_NOT_FOUND, ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err cases_get(struct vault *vault, const struct case_id *id,
                   struct case_file **out) MUST_CHECK;

/* The cases that changed after '*cursor' in the order of their changes; sets '*cursor' behind the last.
 * Begin with cases_now() for what comes from now on. */
uint64_t cases_now(struct vault *vault);
void cases_changes(struct vault *vault, uint64_t *cursor, struct case_summary *out, size_t cap,
                   size_t *out_count);

/* Waits until something changed after 'cursor', or is_over(context) holds; it is asked at each
 * cases_wake.  Returns whether something changed. */
bool cases_wait(struct vault *vault, uint64_t cursor, bool (*is_over)(void *context),
                void *context);

/* Makes every cases_wait ask again.  Never blocks for long: no disk. */
void cases_wake(struct vault *vault);

/* ---- triage ---- */

/* A member looks at the case: flagged becomes triage; any other state is left alone (ERR_OK).
 * ERR_NOT_FOUND, ERR_STATE (closed), and all of store_apply and audit_append. */
enum err cases_pick_up(struct vault *vault, const struct case_id *id,
                       const struct audit_record *who) MUST_CHECK;

/* Ends a case (CASE_REJECTED or CASE_DONE).
 * ERR_STATE: not from here.  ERR_INVALID: another reason.  Else as above. */
enum err cases_close(struct vault *vault, const struct case_id *id, enum case_close reason,
                     const struct audit_record *who) MUST_CHECK;

/* ---- release and confirmation ---- */

enum { CASE_ANSWER_MAX = 28 * 1024 };

enum case_answer_kind { CASE_ANSWER_RELEASE = 1, CASE_ANSWER_CONFIRM = 2 };

/* What the gate was asked and what it said, kept as received. */
struct case_answer {
    struct bytes question; /* at most CASE_ANSWER_MAX each */
    struct bytes answer;
    struct signature signature;
    uint8_t *memory; /* the answer's, when it was read */
};

/* Keeps the gate's answer to a release; 'hh' are the 'count' records that it released, in any order.  The
 * case moves to identity from triage, identity or opened; earlier confirmations no longer count.
 *
 * ERR_STATE: the case was not picked up, or is closed.
 * ERR_NOT_FOUND: no such case.  ERR_INVALID: a hash that is none of its linked records', or twice.
 * ERR_TOO_BIG, and all of store_apply and audit_append. */
enum err cases_store_release(struct vault *vault, const struct case_id *id,
                             const struct case_answer *answer, const struct hash32 *hh,
                             size_t count, const struct audit_record *who) MUST_CHECK;

/* Reads it back, for the same or another member; free '*out' with case_answer_done.
 * ERR_NOT_FOUND: no such case, or none was kept.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err cases_read_answer(struct vault *vault, const struct case_id *id,
                           enum case_answer_kind kind, struct case_answer *out) MUST_CHECK;
void case_answer_done(struct case_answer *answer);

enum case_verdict { CASE_CONFIRMED = 1, CASE_REFUSED = 2, CASE_UNDECIDED = 3 };

struct case_link {
    struct rid a;
    struct rid b;
    enum case_verdict verdict;
    bool is_by_human; /* a member said so, not the software */
};

struct case_comparison {
    uint32_t links_cut;
    uint32_t records_left; /* linked ones */
};

/* What the comparison of the capsules said.  Each refused pair is stored as "not the same person" till
 * one of the two expires, with whether a member said so: a member's word takes the place of the
 * software's, never the other way round.  Records without a link leave the case, with those attached to them.  What is
 * left is evaluated anew, with the tags that are known: the component with the oldest record that still
 * stands under a flag stays in this case, each other such component becomes a case of its own (state
 * flagged), and when none is left the case closes as CASE_NOT_ONE_PERSON.  Confirmations no longer
 * count.  Said again after a failure: goes on where that stopped.
 *
 * ERR_STATE: not in state identity or opened.  ERR_INVALID: a pair of which one is no released record of
 * the case, or more than 2016.  ERR_NOT_FOUND, and all of store_apply and audit_append. */
enum err cases_compare(struct vault *vault, const struct case_id *id, const struct case_link *links,
                       size_t count, const struct audit_record *who,
                       struct case_comparison *out) MUST_CHECK;

/* Which pairs among 'records' (a mask of positions in 'file') a member parted: said to be not the same
 * person, though others may link both.  Bit j of out[i], i < j.  What the software alone cut is not
 * among them: it is told anew by each comparison.
 * ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO.
 * Time: up to 2016 rows. */
enum err cases_parted(struct vault *vault, const struct case_file *file, uint64_t records,
                      uint64_t out[COMPONENT_MAX]) MUST_CHECK;

/* Keeps a member's yes to opening the 'count' records.  '*out_count': how many different members have
 * said the same, this one included; at CASE_CONFIRMATIONS_NEEDED the caller asks the gate and goes on
 * with cases_store_opened.  Said again: counts once.
 *
 * ERR_STATE: not in state identity.  ERR_INVALID: a record that is not released, or a member's id
 * that is too long.  ERR_EXISTS: a member parted two of them.  ERR_FULL: too many different ones.
 * ERR_NOT_FOUND, ERR_CORRUPT, store_apply, audit_append. */
enum { CASE_CONFIRMATIONS_NEEDED = 2 };
struct case_yes {
    const char *member;
    uint16_t purpose;
    const struct hash32 *hh;
    size_t count;
    struct signature signature;
};
enum err cases_confirm(struct vault *vault, const struct case_id *id, const struct case_yes *yes,
                       const struct audit_record *who, unsigned int *out_count) MUST_CHECK;

/* Keeps the gate's second answer and moves the case to opened; 'hh' are the opened records.
 * ERR_STATE: not in state identity, or without two members' equal yes for exactly these records.
 * ERR_EXISTS: a member parted two of them.
 * Else as cases_store_release. */
enum err cases_store_opened(struct vault *vault, const struct case_id *id,
                            const struct case_answer *answer, const struct hash32 *hh, size_t count,
                            const struct audit_record *who) MUST_CHECK;

#endif
