/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_REGISTRY_H
#define PROTO_ESCROW_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/note.h"
#include "proto/escrow/terms.h"

/* The registry of one municipality (docs/PROTOCOL.md section 1): who takes part, in which role,
 * with which keys.  It is a signed note whose text is JSON, signed by two different governance keys.
 *
 * Days count since 1 January 1970 and stand in the JSON as "YYYY-MM-DD". */

enum {
    REGISTRY_OIN_LEN = 20,
    REGISTRY_OIN_ROOM = REGISTRY_OIN_LEN + 1,
    REGISTRY_KEY_LEN = 32,
    REGISTRY_ID_MAX = 64, /* of a user or member id: 1 to 64 of A-Z a-z 0-9 . _ - */
    REGISTRY_NAME_MAX = 200, /* bytes of UTF-8 */
    REGISTRY_MAX_PARTIES = 2000,
    REGISTRY_MAX_MEMBERS = 1000,
    REGISTRY_MAX_KEYS = 64, /* of one party or member */
    REGISTRY_MAX_SERVICE_KEYS = 64,
    REGISTRY_MAX_CTXS = 2,
    REGISTRY_MAX_PERIODS = 240,
    REGISTRY_MAX_RETENTION_MONTHS = 24,
};

/* From its first to its last day, both included. */
struct registry_term {
    uint32_t first_day;
    uint32_t last_day;
};

/* An Ed25519 public key. */
struct registry_key {
    uint8_t key[REGISTRY_KEY_LEN];
    struct registry_term term;
};

struct registry_party {
    char oin[REGISTRY_OIN_ROOM]; /* 20 digits */
    const char *name; /* UTF-8 */
    enum party_role role;
    struct registry_term term;
    const struct registry_key *keys; /* at least one for a partner; may be none for others */
    size_t key_count;
    /* The rest is for reporting organisations (ROLE_PARTNER) and zero for all others. */
    uint32_t serial; /* from 1 */
    uint8_t sector; /* a sector code of terms.h */
    uint32_t entity; /* from 1; equal for organisations that count as one */
    bool is_host; /* of the legal entity that runs the vault or the CMZ team */
    bool may_use_bsn;
};

/* A person of the CMZ team. */
struct registry_member {
    char id[REGISTRY_ID_MAX + 1];
    const char *name;
    struct registry_term term;
    const struct registry_key *keys; /* at least one */
    size_t key_count;
};

/* What the Ed25519 keys of the services sign. */
#define REGISTRY_SERVICE_KEY_MAP(X)                                                                \
    X(REGISTRY_TICKET_KEY, "ticket") /* pseudonym service: tickets */                              \
    X(REGISTRY_RECEIPT_KEY, "receipt") /* vault: receipts */                                       \
    X(REGISTRY_ANSWER_KEY, "answer") /* gate: answers */

#define REGISTRY_SERVICE_KEY_ENUM(code, word) code,
enum registry_service_key_use { REGISTRY_SERVICE_KEY_MAP(REGISTRY_SERVICE_KEY_ENUM) };
#undef REGISTRY_SERVICE_KEY_ENUM

struct registry_service_key {
    enum registry_service_key_use use;
    struct registry_key key; /* terms of one use do not overlap */
};

/* One live ctx; with the tenant it makes the bytes of docs/PROTOCOL.md section 2. */
struct registry_ctx {
    uint16_t epoch;
    uint8_t norm_version;
    uint8_t threshold;
    uint8_t voprf_key[REGISTRY_KEY_LEN]; /* ristretto255 */
    uint16_t
        last_bucket; /* no record under this ctx lives longer; then its secret key is destroyed */
};

/* An X25519 public key of one period: a retention bucket (gate) or a quarter (team). */
struct registry_box_key {
    uint16_t period;
    uint8_t key[REGISTRY_KEY_LEN];
};

/* All that a registry says.  Whoever writes one fills this and calls registry_build; the
 * pointers are then the caller's.  Of a registry that was read they belong to it. */
struct registry_facts {
    uint16_t tenant; /* municipality code */
    const char *municipality;
    uint32_t version; /* from 1 */
    struct registry_term term; /* of this version */
    bool is_demonstration;
    uint8_t retention_months; /* the longest that a record may live, 1 to 24 */
    const char *audit_vkey; /* of the vault's log; its name is the log's origin */
    const char *witness_vkey; /* of the officer's witness, NOTE_COSIGNATURE; NULL: none */

    struct registry_ctx ctxs[REGISTRY_MAX_CTXS]; /* the newest first */
    size_t ctx_count;
    const struct registry_service_key *service_keys;
    size_t service_key_count;
    const struct registry_box_key *gate_keys; /* by bucket, ascending */
    size_t gate_key_count;
    const struct registry_box_key *team_keys; /* by quarter, ascending */
    size_t team_key_count;
    const struct registry_party *parties;
    size_t party_count;
    const struct registry_member *members;
    size_t member_count;
};

/* Why a registry was refused; the sentences are for a person. */
#define REGISTRY_PROBLEM_MAP(X)                                                                    \
    X(REGISTRY_FINE, "nothing is wrong")                                                           \
    X(REGISTRY_NOT_A_NOTE, "the file is not a signed note")                                        \
    X(REGISTRY_NO_SIGNATURE, "none of the pinned governance keys has signed")                      \
    X(REGISTRY_ONE_SIGNATURE, "only one of the pinned governance keys has signed; two must")       \
    X(REGISTRY_BAD_SIGNATURE, "a governance signature does not fit the text")                      \
    X(REGISTRY_TOO_LARGE, "the registry is too large")                                             \
    X(REGISTRY_NOT_JSON, "the text is not JSON")                                                   \
    X(REGISTRY_UNKNOWN_KEY, "a key is unknown here")                                               \
    X(REGISTRY_MISSING_KEY, "a key is missing")                                                    \
    X(REGISTRY_BAD_VALUE, "a value has the wrong form or lies outside its bounds")                 \
    X(REGISTRY_DUPLICATE, "a value stands there twice that must be unique")                        \
    X(REGISTRY_NOT_YET_VALID, "the registry is not yet valid")                                     \
    X(REGISTRY_EXPIRED, "the registry has expired")                                                \
    X(REGISTRY_OTHER_TENANT, "the registry is another municipality's")                             \
    X(REGISTRY_OLDER, "the registry is older than one that was seen before")                       \
    X(REGISTRY_FORKED, "there are two different registries of one version")                        \
    X(REGISTRY_VANISHED, "an entry has vanished; entries end but stay")                            \
    X(REGISTRY_CHANGED, "something has changed that never may")

#define REGISTRY_PROBLEM_ENUM(code, text) code,
enum registry_problem { REGISTRY_PROBLEM_MAP(REGISTRY_PROBLEM_ENUM) };
#undef REGISTRY_PROBLEM_ENUM

/* The constant English sentence; never NULL. */
const char *registry_problem_text(enum registry_problem problem);

enum { REGISTRY_WHERE_ROOM = 96 };

struct registry_error {
    enum registry_problem problem;
    char where[REGISTRY_WHERE_ROOM]; /* e.g. "parties[3].serial"; "" when not known */
    int line; /* of the JSON, when it is REGISTRY_NOT_JSON; else 0 */
    int column;
};

/* The governance keys that the reader pinned: at least two, all different. */
struct registry_pins {
    const struct note_vkey *keys; /* of type NOTE_ED25519 */
    size_t count; /* at most NOTE_MAX_KEYS */
};

/* In place of a day: the term of the registry is not looked at.  For renewing one that has run
 * out. */
#define REGISTRY_ANY_DAY UINT32_MAX

/* A registry that was read and verified; never changes. */
struct registry;

/* Reads and verifies a registry; free with registry_free.  '*error' is filled on every failure
 * but
 * ERR_NOMEM and ERR_INVALID.
 *
 * ERR_MALFORMED: not a note, not JSON, or not a registry.
 * ERR_TOO_BIG: beyond NOTE_MAX_LEN, or too many signatures.
 * ERR_AUTH: not signed by two different pinned keys, or a signature that does not fit.
 * ERR_EXPIRED: 'today' is outside its term.
 * ERR_INVALID: fewer than two different pinned keys.
 * ERR_NOMEM.
 *
 * Threads: any. */
enum err registry_parse(const char *note, size_t len, const struct registry_pins *pins,
                        uint32_t today, struct registry **out,
                        struct registry_error *error) MUST_CHECK;

/* Takes NULL. */
void registry_free(struct registry *registry);

/* Whether 'next' may follow (or again be) 'seen', the newest one that this reader accepted
 * before.
 *
 * ERR_ROLLBACK: of a lower version.
 * ERR_CONFLICT: the same version with another text; an entry, a key or a member vanished; an
 *               OIN's role, serial, sector or entity, the key of an epoch, a bucket or a quarter, the
 *               demonstration mark, or the tenant changed. */
enum err registry_check_successor(const struct registry *seen, const struct registry *next,
                                  struct registry_error *error) MUST_CHECK;

/* The JSON text of 'facts', checked as registry_parse would; free() '*out', which has a NUL
 * behind it (not counted).  Sign it with note_sign and note_add_signature.
 *
 * ERR_MALFORMED: facts that registry_parse would refuse; '*error' says which.
 * ERR_TOO_BIG: beyond NOTE_MAX_LEN.
 * ERR_NOMEM. */
enum err registry_build(const struct registry_facts *facts, char **out, size_t *out_len,
                        struct registry_error *error) MUST_CHECK;

/* registry_build and the signatures of two governance keys at once; the result is the note. */
enum err registry_sign(const struct registry_facts *facts, const struct note_skey signers[2],
                       char **out, size_t *out_len, struct registry_error *error) MUST_CHECK;

/* What it says; belongs to the registry. */
const struct registry_facts *registry_facts(const struct registry *registry);

/* The note as it was read, to keep and to pass on; belongs to the registry. */
const char *registry_note(const struct registry *registry, size_t *len);

/* The audit log's key, the log's origin, and the witness's key (NULL: none); belong to the
 * registry. */
const struct note_vkey *registry_audit_key(const struct registry *registry);
const struct note_vkey *registry_witness_key(const struct registry *registry);

bool registry_term_holds(struct registry_term term, uint32_t day);

/* Look-ups; NULL when there is none.  A party, member or key that has ended is still found by
 * OIN, serial or id: look at its term.  Those that take a day find only what is valid on it. */
const struct registry_party *registry_party_by_oin(const struct registry *registry,
                                                   const char *oin);
const struct registry_party *registry_party_by_serial(const struct registry *registry,
                                                      uint32_t serial);
const struct registry_party *registry_party_by_role(const struct registry *registry,
                                                    enum party_role role, uint32_t day);
const struct registry_member *registry_member_by_id(const struct registry *registry,
                                                    const char *id);
const struct registry_ctx *registry_ctx_by_epoch(const struct registry *registry, uint16_t epoch);

/* Public keys of REGISTRY_KEY_LEN bytes: the service key that is valid on 'day', the gate's
 * X25519 key of a retention bucket, the CMZ team's of a quarter. */
const uint8_t *registry_service_key(const struct registry *registry,
                                    enum registry_service_key_use use, uint32_t day);
const uint8_t *registry_gate_key(const struct registry *registry, uint16_t bucket);
const uint8_t *registry_team_key(const struct registry *registry, uint16_t quarter);

#endif
