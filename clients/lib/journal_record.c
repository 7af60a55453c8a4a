/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/journal_record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "proto/escrow/hash.h"

enum { HEAD_LEN = 5, CHECK_LEN = 16, KEY_LEN = sizeof(struct journal_key) };

static const char MAGIC[JOURNAL_MAGIC_LEN + 1] = "seinhuis journal v1\n";

static void
make_check(const uint8_t *data, size_t len, uint8_t out[CHECK_LEN])
{
    struct bytes bytes = { .data = data, .len = len };

    hash_labelled(NULL, "sein1.jcheck", &bytes, 1, out, CHECK_LEN);
}

enum err
journal_record_append(int fd, off_t offset, const uint8_t *data, size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t step = pwrite(fd, data + done, len - done, offset + (off_t) done);
        int code = errno;

        if (step < 0 && code == EINTR) {
            continue;
        }
        if (step <= 0) {
            (void) !ftruncate(fd, offset);
            return code == ENOSPC || code == EDQUOT ? ERR_FULL : ERR_IO;
        }
        done += (size_t) step;
    }
    return ERR_OK;
}

enum err
journal_record_begin(int fd)
{
    return journal_record_append(fd, 0, (const uint8_t *) MAGIC, JOURNAL_MAGIC_LEN);
}

enum err
journal_record_check_magic(int fd)
{
    char magic[JOURNAL_MAGIC_LEN];

    if (pread(fd, magic, sizeof magic, 0) != (ssize_t) sizeof magic ||
        memcmp(magic, MAGIC, sizeof magic) != 0) {
        return ERR_MALFORMED;
    }
    return ERR_OK;
}

/* Reads the whole record at 'offset' and verifies its check. */
static enum err
read_whole(int fd, off_t offset, off_t size, uint8_t out[JOURNAL_RECORD_MAX_LEN], size_t *out_len)
{
    uint8_t check[CHECK_LEN];
    uint8_t head[HEAD_LEN];
    struct byte_reader reader;
    size_t len;

    if (size - offset < JOURNAL_RECORD_FRAME_LEN) {
        return ERR_NOT_FOUND;
    }
    if (pread(fd, head, HEAD_LEN, offset) != HEAD_LEN) {
        return ERR_IO;
    }
    byte_reader_init(&reader, head + 1, HEAD_LEN - 1);
    len = byte_reader_u32(&reader);
    if (len > JOURNAL_RECORD_MAX_LEN - JOURNAL_RECORD_FRAME_LEN) {
        return ERR_CORRUPT;
    }
    len += JOURNAL_RECORD_FRAME_LEN;
    if (size - offset < (off_t) len) {
        return ERR_NOT_FOUND;
    }
    if (pread(fd, out, len, offset) != (ssize_t) len) {
        return ERR_IO;
    }
    make_check(out, len - CHECK_LEN, check);
    if (memcmp(check, out + len - CHECK_LEN, CHECK_LEN) != 0) {
        return size - offset == (off_t) len ? ERR_NOT_FOUND : ERR_CORRUPT;
    }
    *out_len = len;
    return ERR_OK;
}

static enum err
parse_sealed(struct byte_reader *reader, struct journal_entry *out)
{
    struct filing_sealed sealed;
    size_t len = byte_reader_left(reader);
    const uint8_t *data = byte_reader_borrow(reader, len);

    if (data == NULL || filing_sealed_read(data, len, &sealed) != ERR_OK) {
        return ERR_CORRUPT;
    }
    out->state = JOURNAL_SEALED;
    return filing_rid(&sealed, &out->rid);
}

static enum err
parse_filed(struct byte_reader *reader, struct journal_entry *out)
{
    out->state = JOURNAL_FILED;
    byte_reader_raw(reader, out->rid.bytes, RID_LEN);
    out->day = byte_reader_u32(reader);
    return byte_reader_borrow(reader, RECEIPT_LEN) != NULL ? ERR_OK : ERR_CORRUPT;
}

enum err
journal_record_read(int fd, off_t offset, off_t size, struct journal_record *out, size_t *out_len)
{
    uint8_t bytes[JOURNAL_RECORD_MAX_LEN];
    struct journal_record record = { .kind = JOURNAL_RECORD_DROPPED };
    struct byte_reader reader;
    size_t len = 0;
    enum err err = read_whole(fd, offset, size, bytes, &len);

    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, bytes + HEAD_LEN, len - JOURNAL_RECORD_FRAME_LEN);
    byte_reader_raw(&reader, record.entry.reference.bytes, KEY_LEN);
    switch (bytes[0]) {
        case JOURNAL_RECORD_SEALED:
            record.kind = JOURNAL_RECORD_SEALED;
            byte_reader_raw(&reader, record.entry.row.bytes, KEY_LEN);
            err = parse_sealed(&reader, &record.entry);
            break;
        case JOURNAL_RECORD_FILED:
            record.kind = JOURNAL_RECORD_FILED;
            byte_reader_raw(&reader, record.entry.row.bytes, KEY_LEN);
            err = parse_filed(&reader, &record.entry);
            break;
        case JOURNAL_RECORD_DROPPED:
            break;
        default:
            return ERR_CORRUPT;
    }
    if (err != ERR_OK || byte_reader_finish(&reader) != ERR_OK) {
        return ERR_CORRUPT;
    }
    *out = record;
    *out_len = len;
    return ERR_OK;
}

enum err
journal_record_read_sealed(int fd, off_t offset, size_t len, struct filing_sealed *out)
{
    uint8_t bytes[JOURNAL_RECORD_MAX_LEN];
    size_t start = HEAD_LEN + 2 * KEY_LEN;
    size_t read_len = 0;
    enum err err = read_whole(fd, offset, offset + (off_t) len, bytes, &read_len);

    if (err == ERR_IO) {
        return err;
    }
    if (err != ERR_OK || bytes[0] != JOURNAL_RECORD_SEALED || read_len < start + CHECK_LEN) {
        return ERR_CORRUPT;
    }
    err = filing_sealed_read(bytes + start, read_len - start - CHECK_LEN, out);
    return err == ERR_OK ? ERR_OK : ERR_CORRUPT;
}

/* Starts a record; its length is filled in by end_record. */
static void
begin_record(struct byte_writer *writer, const struct journal_record *record, uint8_t *out)
{
    byte_writer_init(writer, out, JOURNAL_RECORD_MAX_LEN);
    byte_writer_u8(writer, (uint8_t) record->kind);
    byte_writer_u32(writer, 0);
    byte_writer_raw(writer, record->entry.reference.bytes, KEY_LEN);
    if (record->kind != JOURNAL_RECORD_DROPPED) {
        byte_writer_raw(writer, record->entry.row.bytes, KEY_LEN);
    }
}

static size_t
end_record(struct byte_writer *writer, uint8_t *out)
{
    struct byte_writer head;
    uint8_t check[CHECK_LEN];

    byte_writer_init(&head, out + 1, HEAD_LEN - 1);
    byte_writer_u32(&head, (uint32_t) (writer->len - HEAD_LEN));
    make_check(out, writer->len, check);
    byte_writer_raw(writer, check, CHECK_LEN);
    return writer->len;
}

size_t
journal_record_write_sealed(const struct journal_record *record, const struct filing_sealed *sealed,
                            uint8_t out[JOURNAL_RECORD_MAX_LEN])
{
    uint8_t bytes[FILING_SEALED_MAX_LEN];
    size_t len = filing_sealed_write(sealed, bytes);
    struct byte_writer writer;

    begin_record(&writer, record, out);
    byte_writer_raw(&writer, bytes, len);
    return end_record(&writer, out);
}

size_t
journal_record_write_filed(const struct journal_record *record, const uint8_t receipt[RECEIPT_LEN],
                           uint8_t out[JOURNAL_RECORD_MAX_LEN])
{
    struct byte_writer writer;

    begin_record(&writer, record, out);
    byte_writer_raw(&writer, record->entry.rid.bytes, RID_LEN);
    byte_writer_u32(&writer, record->entry.day);
    byte_writer_raw(&writer, receipt, RECEIPT_LEN);
    return end_record(&writer, out);
}

size_t
journal_record_write_dropped(const struct journal_record *record,
                             uint8_t out[JOURNAL_RECORD_MAX_LEN])
{
    struct byte_writer writer;

    begin_record(&writer, record, out);
    return end_record(&writer, out);
}
