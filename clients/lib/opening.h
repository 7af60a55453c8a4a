/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_OPENING_H
#define CLIENTS_LIB_OPENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "clients/lib/capsule.h"
#include "clients/lib/identity.h"
#include "clients/lib/report_form.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/request.h"
#include "proto/escrow/submit.h"
#include "proto/escrow/types.h"

/* The opening of a case at the CMZ team (docs/PROTOCOL.md section 6).  No network and no files: it takes
 * what the vault handed over, verifies all of it anew by the registry, and gives out an identity only
 * where the capsules of two sectors confirm each other, a content only with both halves of the gate.
 *
 * Order of calls: opening_new, opening_add for each record, opening_part for each pair that was
 * parted before, opening_release, opening_compare, opening_confirm; or opening_new, opening_add, opening_direct.  All that is opened lies in locked memory
 * and is wiped by opening_free; a record without a confirmed link is wiped by opening_compare already.
 *
 * Used by one thread. */
struct opening;

enum { OPENING_RECORDS_MAX = LINKS_RECORDS_MAX, OPENING_ORGANISATIONS_MAX = 8 };

/* What is wrong with a record, and who is to answer for it; X(code, key, by whom, text).  A record with a
 * fault is dropped: it is neither combined nor shown. */
#define OPENING_FAULT_MAP(X)                                                                       \
    X(OPENING_FINE, "fine", OPENING_BY_NOBODY, "nothing is wrong")                                 \
    X(OPENING_FORM, "form", OPENING_BY_VAULT, "a part of it has the wrong form")                   \
    X(OPENING_UNKNOWN_SIGNER, "unknown_signer", OPENING_BY_VAULT,                                  \
      "the registry has no such organisation")                                                     \
    X(OPENING_SIGNATURE, "signature", OPENING_BY_VAULT,                                            \
      "the organisation's signature does not fit")                                                 \
    X(OPENING_TICKET, "ticket", OPENING_BY_VAULT, "its ticket is not valid")                       \
    X(OPENING_NOT_ASKED, "not_asked", OPENING_BY_VAULT, "the gate was not asked for it")           \
    X(OPENING_NO_TEAM_KEY, "no_team_key", OPENING_BY_NOBODY,                                       \
      "it does not open with the team keys of this member")                                        \
    X(OPENING_HALF, "half", OPENING_BY_GATE,                                                       \
      "the gate's half does not open, or is another signal's")                                     \
    X(OPENING_COMMITMENT, "commitment", OPENING_BY_SIGNER,                                         \
      "its commitments do not give its index value")                                               \
    X(OPENING_SHARE, "share", OPENING_BY_SIGNER,                                                   \
      "its share does not fit its sector and commitments")                                         \
    X(OPENING_WRAP, "wrap", OPENING_BY_SIGNER, "its keys do not fit each other")                   \
    X(OPENING_CAPSULE, "capsule", OPENING_BY_SIGNER, "its identity capsule cannot be read")        \
    X(OPENING_CONTENT, "content", OPENING_BY_SIGNER, "its content cannot be read")                 \
    X(OPENING_DOMAINS, "domains", OPENING_BY_SIGNER,                                               \
      "its content names other life domains than it told the gate")                                \
    X(OPENING_DIRECT, "direct", OPENING_BY_SIGNER, "its direct box does not open")

enum opening_culprit { OPENING_BY_NOBODY, OPENING_BY_SIGNER, OPENING_BY_VAULT, OPENING_BY_GATE };

#define OPENING_FAULT_ENUM(code, key, culprit, text) code,
enum opening_fault { OPENING_FAULT_MAP(OPENING_FAULT_ENUM) };
#undef OPENING_FAULT_ENUM

/* Constants; the text is an English msgid. */
const char *opening_fault_key(enum opening_fault fault);
const char *opening_fault_text(enum opening_fault fault);
enum opening_culprit opening_fault_culprit(enum opening_fault fault);

/* How far a record is; X(code, key, text). */
#define OPENING_STATE_MAP(X)                                                                       \
    X(OPENING_SEALED, "sealed", "closed")                                                          \
    X(OPENING_DROPPED, "dropped", "dropped: something is wrong with it")                           \
    X(OPENING_WAITS, "waits", "waits for the privacy officer")                                     \
    X(OPENING_HELD, "held", "a person must decide")                                                \
    X(OPENING_APART, "apart", "not the same person; wiped")                                        \
    X(OPENING_CONFIRMED, "confirmed", "identity confirmed")                                        \
    X(OPENING_OPENED, "opened", "opened")

#define OPENING_STATE_ENUM(code, key, text) code,
enum opening_state { OPENING_STATE_MAP(OPENING_STATE_ENUM) };
#undef OPENING_STATE_ENUM

const char *opening_state_key(enum opening_state state);
const char *opening_state_text(enum opening_state state);

/* One record, as far as it may be seen by anybody. */
struct opening_record {
    struct rid rid;
    struct hash32 header_hash;
    const struct registry_party *party; /* that filed it; NULL with OPENING_UNKNOWN_SIGNER */
    uint16_t week;
    uint8_t band;
    uint8_t mode;
    enum opening_state state;
    enum opening_fault fault;
    size_t group; /* of OPENING_CONFIRMED and OPENING_OPENED: records of one person, from 0 */
};

/* Two records whose capsules were compared. */
struct opening_pair {
    size_t a; /* places of the records, a < b */
    size_t b;
    bool is_link; /* false: a conflict between records that hang together through others */
    bool is_by_human; /* a person decided it */
    bool is_from_before; /* that is, in another run: see opening_part */
    bool holds_group; /* a person parted the two, and others put them into one group all the same */
    enum matchkey_tier tier;
    struct capsule_comparison
        comparison; /* all zero when one of them was dropped, or parted before */
    enum capsule_outcome outcome;
};

/* What a person decided on a pair: rids in either order. */
struct opening_decision {
    struct rid a;
    struct rid b;
    bool is_same;
};

/* What the gate was asked and what it said, as the vault hands it over; borrowed. */
struct opening_answer {
    struct bytes question;
    struct bytes answer;
    struct signature signature;
};

/* 'today' decides which answer keys of the gate may have signed.  The registry must outlive it; the keys
 * (one for each quarter that is known, any order) are copied.
 * ERR_NOMEM.  ERR_INVALID: no team key, or too many. */
enum { OPENING_TEAM_KEYS_MAX = 32 };
enum err opening_new(const struct registry *registry, uint32_t today, const struct key32 *team_keys,
                     size_t count, struct opening **out) MUST_CHECK;

/* The addresses that carry nothing in a comparison; borrowed.  Without it there are none. */
void opening_use_institutions(struct opening *opening, const struct institution_list *list);

/* Wipes; takes NULL. */
void opening_free(struct opening *opening);

/* Takes a record and verifies form, signature and tickets; one that is not right is kept as dropped.
 * Nothing of 'filed' is borrowed.
 * ERR_FULL: more than OPENING_RECORDS_MAX.  ERR_EXISTS: that record twice.  ERR_NOMEM. */
enum err opening_add(struct opening *opening, const struct submission *filed) MUST_CHECK;

/* Takes a member's decision of another run that two records are not the same person, as the vault keeps
 * it; rids in either order, and said again it counts once.  The two are then not linked: neither opens by
 * the other's share, their group is held when others put both into one, and no decision of this run
 * undoes that.  Before opening_release.
 *
 * ERR_INVALID: one record twice.  ERR_NOT_FOUND: a record that was not added.  ERR_STATE: not now. */
enum err opening_part(struct opening *opening, const struct rid *a, const struct rid *b) MUST_CHECK;

/* Verifies the gate's answer to the member's request, and opens the capsules of linked records in memory;
 * nothing is given out yet.  'own' is the request when this member made it, else NULL.
 *
 * ERR_AUTH: question or answer is not what it should be (another case, other records, no member's
 * signature, not the gate's); nothing was opened.
 * ERR_STATE: not now.  ERR_NOMEM. */
enum err opening_release(struct opening *opening, const struct case_id *case_id,
                         const struct opening_answer *given,
                         const struct release_request *own) MUST_CHECK;

/* Compares the capsules and settles the state of each record; wipes those that stay apart.
 *
 * A decision 'is_same' is taken for an undecided pair of tier A, or for a conflict within a group that
 * software found; one that is not the same for any linked pair, also for one that was parted before.  A
 * group in which a person parted two, now or before, is held until further decisions leave no such pair in
 * one group.  'allows_many' lets a group of more than OPENING_ORGANISATIONS_MAX organisations through.
 *
 * ERR_EXISTS: a decision 'is_same' on a pair that a person parted; nothing is settled.
 * ERR_NOT_FOUND: a decision on a pair that does not need one; nothing is settled.
 * ERR_STATE: not now.  ERR_NOMEM. */
enum err opening_compare(struct opening *opening, const struct opening_decision *decisions,
                         size_t count, bool allows_many) MUST_CHECK;

/* The records of a group, for the members' confirmation.  ERR_NOT_FOUND: no such group. */
enum err opening_group(const struct opening *opening, size_t group,
                       struct record_set *out) MUST_CHECK;
size_t opening_group_count(const struct opening *opening);

/* h(release answer), which the members' confirmation names.  ERR_STATE: not released. */
enum err opening_release_hash(const struct opening *opening, struct hash32 *out) MUST_CHECK;

/* Verifies that two different members confirmed exactly one group and that the gate answered, then opens
 * the contents.
 *
 * ERR_EXISTS: it is all that, but a person parted two of the records; nothing was opened.
 * ERR_AUTH: as opening_release.  ERR_STATE: not now.  ERR_NOMEM. */
enum err opening_confirm(struct opening *opening, const struct opening_answer *given) MUST_CHECK;

/* Opens the records that were filed for it (acute or consented) by their direct boxes, each by itself.
 * ERR_STATE: not now.  ERR_NOMEM. */
enum err opening_direct(struct opening *opening) MUST_CHECK;

size_t opening_count(const struct opening *opening);
const struct opening_record *opening_at(const struct opening *opening, size_t at);

size_t opening_pair_count(const struct opening *opening);
const struct opening_pair *opening_pair_at(const struct opening *opening, size_t at);

/* How many records of the answer wait for the officer; the vault does not hand those over. */
size_t opening_waiting_count(const struct opening *opening);

/* Who it is about: NULL unless the record is confirmed or opened.  What it says: NULL unless opened.  They
 * belong to the opening. */
const struct identity *opening_identity(const struct opening *opening, size_t at);
const struct report_content *opening_content(const struct opening *opening, size_t at);

#endif
