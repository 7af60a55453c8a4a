/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_CHECKPOINT_H
#define PROTO_ESCROW_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/escrow/note.h"
#include "proto/escrow/tree.h"

/* A signed statement of how long a log is and what its root is: C2SP tlog-checkpoint, a signed
 * note of three lines (origin, size, root in base64).  Further lines are allowed and mean
 * nothing here. */
struct checkpoint {
    char origin[NOTE_NAME_ROOM];
    uint64_t size;
    struct tree_hash root;
};

enum { CHECKPOINT_MAX_LEN = 16384 };

/* Makes the signed note; free() '*out', which has a NUL behind it (not counted).  The signature
 * is verified before the note is handed out.
 *
 * ERR_INVALID: an origin that is no key name, a size beyond TREE_SIZE_MAX, or a key of another
 *              type.
 * ERR_INTERNAL: the fresh signature does not verify.
 * ERR_NOMEM. */
enum err checkpoint_sign(const struct checkpoint *checkpoint, const struct note_skey *skey,
                         char **out, size_t *out_len) MUST_CHECK;

/* Whom a verifier believes.  It comes from the verifier's own settings, never from the log. */
struct checkpoint_policy {
    const char *origin;
    const struct note_vkey *log; /* must have signed */
    const struct note_vkey *witnesses; /* keys of type NOTE_COSIGNATURE; may be NULL */
    size_t witness_count; /* below NOTE_MAX_KEYS */
    size_t quorum; /* how many witnesses must have cosigned; may be 0 */
};

struct checkpoint_seen {
    struct checkpoint checkpoint;
    size_t cosigned_count; /* witnesses that cosigned */
    uint64_t cosigned_s; /* the newest cosignature's time; 0 without one */
};

/* Reads and verifies a checkpoint.  Cosignatures of witnesses that the policy does not name
 * count for nothing.
 *
 * ERR_MALFORMED: not a checkpoint.
 * ERR_TOO_BIG: beyond CHECKPOINT_MAX_LEN.
 * ERR_AUTH: another origin, not signed by the log's key, or a signature that does not fit.
 * ERR_NOT_FOUND: fewer witnesses than the quorum.
 * ERR_INVALID: a policy with a quorum above its witnesses, or with too many of them.
 * ERR_NOMEM.
 *
 * Threads: any. */
enum err checkpoint_verify(const char *note, size_t len, const struct checkpoint_policy *policy,
                           struct checkpoint_seen *out) MUST_CHECK;

#endif
