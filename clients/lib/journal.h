/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_JOURNAL_H
#define CLIENTS_LIB_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "clients/lib/filing.h"

/* What became of each report of a file, so that a run that was killed goes on where it stopped and a
 * second one files nothing twice.  It holds random names, keyed hashes, sealed envelopes and receipts;
 * nothing that can be read without the keys of vault and gate, or the key in the user's state folder.
 *
 * A file of records that only grows, each with its own check; a record cut off at the end is dropped.
 * Envelopes that have their receipt go when the journal is next opened, or grows large. */
struct journal;

/* Under which a report is known: a keyed hash. */
struct journal_key {
    uint8_t bytes[16];
};

/* B(16; key; "sein1.journal"; text). */
void journal_key_of(const struct key32 *key, struct bytes text, struct journal_key *out);

/* The key of this user's journals, a key file of kind "journal" in the state folder; made when absent. */
enum err journal_user_key(const char *state_folder, struct key32 *out) MUST_CHECK;

enum journal_state {
    JOURNAL_SEALED, /* sealed, and perhaps sent */
    JOURNAL_FILED /* the vault's receipt is here */
};

struct journal_entry {
    struct journal_key reference; /* of the organisation's own reference */
    struct journal_key row; /* of the whole report as entered */
    enum journal_state state;
    struct rid rid;
    uint32_t day; /* of the receipt; 0 before */
};

/* Opens or makes the journal 'path' and locks it for this process.
 *
 * ERR_EXISTS: another process has it open.
 * ERR_MALFORMED: another kind of file.
 * ERR_CORRUPT: a record in its middle is damaged.
 * ERR_DENIED, ERR_FULL, ERR_IO: of the file system. */
enum err journal_open(const char *path, struct journal **out) MUST_CHECK;

/* Takes NULL. */
void journal_close(struct journal *journal);

/* Finds a report by its reference.  ERR_NOT_FOUND. */
enum err journal_find(const struct journal *journal, const struct journal_key *reference,
                      struct journal_entry *out) MUST_CHECK;

/* All entries in the order of their first record; 'at' must be below the count.  False: dropped. */
size_t journal_count(const struct journal *journal);
bool journal_at(const struct journal *journal, size_t at, struct journal_entry *out);

/* Notes a sealed report in state JOURNAL_SEALED; another one under the same reference replaces it.
 * Not durable before journal_sync, which must stand between this and sending. */
enum err journal_note_sealed(struct journal *journal, const struct journal_key *reference,
                             const struct journal_key *row,
                             const struct filing_sealed *sealed) MUST_CHECK;

/* Reads the envelope of an entry in state JOURNAL_SEALED.  ERR_NOT_FOUND, ERR_CORRUPT, ERR_IO. */
enum err journal_read_sealed(const struct journal *journal, const struct journal_key *reference,
                             struct filing_sealed *out) MUST_CHECK;

/* Notes the receipt.  ERR_NOT_FOUND: no such entry. */
enum err journal_note_filed(struct journal *journal, const struct journal_key *reference,
                            const uint8_t receipt[RECEIPT_LEN], uint32_t day) MUST_CHECK;

/* Forgets a report that the vault surely does not keep.  ERR_NOT_FOUND. */
enum err journal_drop(struct journal *journal, const struct journal_key *reference) MUST_CHECK;

/* Makes all notes durable. */
enum err journal_sync(struct journal *journal) MUST_CHECK;

#endif
