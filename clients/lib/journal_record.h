/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_JOURNAL_RECORD_H
#define CLIENTS_LIB_JOURNAL_RECORD_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/journal.h"

/* The bytes of a journal.  First the line "seinhuis journal v1"; then records of
 *
 *     u8 kind || u32 length of the body || body || 16 bytes of check over all before
 *
 *     sealed:  16 reference || 16 row || sealed report (filing_sealed_write)
 *     filed:   16 reference || 16 row || 16 rid || u32 day || 148 receipt
 *     dropped: 16 reference */

enum {
    JOURNAL_MAGIC_LEN = 20,
    JOURNAL_RECORD_FRAME_LEN = 1 + 4 + 16,
    JOURNAL_RECORD_MAX_LEN = JOURNAL_RECORD_FRAME_LEN + 2 * 16 + FILING_SEALED_MAX_LEN
};

enum journal_record_kind {
    JOURNAL_RECORD_SEALED = 1,
    JOURNAL_RECORD_FILED = 2,
    JOURNAL_RECORD_DROPPED = 3
};

struct journal_record {
    enum journal_record_kind kind;
    struct journal_entry entry; /* of a dropped one the reference only */
};

/* Writes, or looks for, the first line.  ERR_MALFORMED: another kind of file.  ERR_FULL, ERR_IO. */
enum err journal_record_begin(int fd) MUST_CHECK;
enum err journal_record_check_magic(int fd) MUST_CHECK;

/* Reads the record at 'offset' of a file of 'size' bytes, without keeping its envelope.
 * ERR_NOT_FOUND: it is cut off: nothing follows it.  ERR_CORRUPT: it is damaged. */
enum err journal_record_read(int fd, off_t offset, off_t size, struct journal_record *out,
                             size_t *out_len) MUST_CHECK;

/* Reads the envelope of a sealed record.  ERR_CORRUPT, ERR_IO. */
enum err journal_record_read_sealed(int fd, off_t offset, size_t len,
                                    struct filing_sealed *out) MUST_CHECK;

/* Write a record into 'out' and return its length. */
size_t journal_record_write_sealed(const struct journal_record *record,
                                   const struct filing_sealed *sealed,
                                   uint8_t out[JOURNAL_RECORD_MAX_LEN]);
size_t journal_record_write_filed(const struct journal_record *record,
                                  const uint8_t receipt[RECEIPT_LEN],
                                  uint8_t out[JOURNAL_RECORD_MAX_LEN]);
size_t journal_record_write_dropped(const struct journal_record *record,
                                    uint8_t out[JOURNAL_RECORD_MAX_LEN]);

/* Writes bytes at 'offset'.  ERR_FULL, ERR_IO: the file ends at 'offset' again, as far as that is possible. */
enum err journal_record_append(int fd, off_t offset, const uint8_t *data, size_t len) MUST_CHECK;

#endif
