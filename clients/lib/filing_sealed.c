/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/filing.h"

#include <string.h>

#include "base/bytes.h"

enum err
filing_rid(const struct filing_sealed *sealed, struct rid *out)
{
    struct report_header header;
    enum err err = header_read(sealed->envelope.header, sealed->envelope.header_len, &header);

    if (err == ERR_OK) {
        *out = header.rid;
    }
    return err;
}

static void
as_submission(const struct filing_sealed *sealed, struct submission *out)
{
    const struct envelope *envelope = &sealed->envelope;

    *out = (struct submission) {
        .header = { .data = envelope->header, .len = envelope->header_len },
        .gate = { .data = envelope->gate, .len = sizeof envelope->gate },
        .inner = { .data = envelope->inner, .len = envelope->inner_len },
        .direct = { .data = envelope->direct, .len = envelope->direct_len },
        .tickets = { .data = sealed->tickets, .len = sealed->tickets_len },
    };
}

void
filing_name(const struct filing_sealed *sealed, struct hash64 *out)
{
    struct submission submission;
    struct submission_hashes hashes;

    as_submission(sealed, &submission);
    submit_hashes(&submission, &hashes);
    submit_name(&hashes, out);
}

static void
write_part(struct byte_writer *writer, const uint8_t *data, size_t len)
{
    byte_writer_u16(writer, (uint16_t) len);
    byte_writer_raw(writer, data, len);
}

size_t
filing_sealed_write(const struct filing_sealed *sealed, uint8_t out[FILING_SEALED_MAX_LEN])
{
    const struct envelope *envelope = &sealed->envelope;
    struct byte_writer writer;

    byte_writer_init(&writer, out, FILING_SEALED_MAX_LEN);
    write_part(&writer, envelope->header, envelope->header_len);
    write_part(&writer, envelope->gate, sizeof envelope->gate);
    write_part(&writer, envelope->inner, envelope->inner_len);
    write_part(&writer, envelope->direct, envelope->direct_len);
    write_part(&writer, sealed->tickets, sealed->tickets_len);
    return writer.len;
}

/* Reads one part of at most 'room' bytes. */
static size_t
read_part(struct byte_reader *reader, uint8_t *out, size_t room, bool *is_sound)
{
    size_t len = byte_reader_u16(reader);

    if (len > room) {
        *is_sound = false;
        return 0;
    }
    byte_reader_raw(reader, out, len);
    return len;
}

enum err
filing_sealed_read(const uint8_t *data, size_t len, struct filing_sealed *out)
{
    struct filing_sealed sealed = { .tickets_len = 0 };
    struct envelope *envelope = &sealed.envelope;
    struct submission submission;
    struct report_header header;
    struct byte_reader reader;
    bool is_sound = true;
    size_t gate_len;

    byte_reader_init(&reader, data, len);
    envelope->header_len = read_part(&reader, envelope->header, sizeof envelope->header, &is_sound);
    gate_len = read_part(&reader, envelope->gate, sizeof envelope->gate, &is_sound);
    envelope->inner_len = read_part(&reader, envelope->inner, sizeof envelope->inner, &is_sound);
    envelope->direct_len = read_part(&reader, envelope->direct, sizeof envelope->direct, &is_sound);
    sealed.tickets_len = read_part(&reader, sealed.tickets, sizeof sealed.tickets, &is_sound);
    if (!is_sound || byte_reader_finish(&reader) != ERR_OK || gate_len != sizeof envelope->gate) {
        return ERR_MALFORMED;
    }
    as_submission(&sealed, &submission);
    if (submit_check(&submission, &header) != ERR_OK) {
        return ERR_MALFORMED;
    }
    *out = sealed;
    return ERR_OK;
}
