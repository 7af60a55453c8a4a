/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/case_row.h"

#include <string.h>

#include "base/bytes.h"

enum { FORMAT = 1 };

/* Bits of a record. */
enum { ATTACHED = 1, ASSESSED = 2, RELEASED = 4, OPENED = 8, ALL_BITS = 15 };

struct store_key
case_key(const struct vault *vault, const struct case_id *id)
{
    return core_key(vault, ROW_CASE, STORE_CASES, 0, id->bytes, CASE_ID_LEN);
}

void
case_count(struct case_file *file)
{
    struct case_summary *summary = &file->summary;
    uint8_t sectors[256] = { 0 };
    uint16_t tags = 0;

    summary->record_count = 0;
    summary->sector_count = 0;
    summary->highest_band = 0;
    for (size_t i = 0; i < file->record_count; i++) {
        const struct rule_record *facts = &file->records[i].facts;

        if (facts->band > summary->highest_band) {
            summary->highest_band = facts->band;
        }
        if (!facts->is_attached) {
            summary->record_count++;
            summary->sector_count =
                (uint8_t) (summary->sector_count + (sectors[facts->sector] == 0));
            sectors[facts->sector] = 1;
            tags |= facts->is_assessed ? facts->tags : 0;
        }
    }
    summary->domain_count = (uint8_t) __builtin_popcount(tags);
}

/* ---- writing ---- */

static void
write_record(struct byte_writer *writer, const struct case_record *record)
{
    const struct rule_record *facts = &record->facts;

    byte_writer_raw(writer, record->rid.bytes, RID_LEN);
    byte_writer_u16(writer, record->bucket);
    byte_writer_raw(writer, record->hh.bytes, HASH32_LEN);
    byte_writer_u32(writer, facts->serial);
    byte_writer_u32(writer, facts->entity);
    byte_writer_u8(writer, facts->sector);
    byte_writer_u16(writer, facts->week);
    byte_writer_u8(writer, facts->band);
    byte_writer_u8(writer, facts->mode);
    byte_writer_u8(
        writer,
        (uint8_t) ((facts->is_attached ? ATTACHED : 0) | (facts->is_assessed ? ASSESSED : 0) |
                   (record->is_released ? RELEASED : 0) | (record->is_opened ? OPENED : 0)));
    byte_writer_u16(writer, facts->tags);
    byte_writer_u64(writer, facts->received_at);
}

static void
write_explanation(struct byte_writer *writer, const struct rule_explanation *explanation)
{
    byte_writer_u8(writer, (uint8_t) explanation->rule);
    byte_writer_u8(writer, explanation->is_raised);
    for (size_t i = 0; i < RULE_NUMBERS_MAX; i++) {
        byte_writer_u16(writer, explanation->numbers[i]);
    }
    byte_writer_u64(writer, explanation->records);
}

static void
write_text(struct byte_writer *writer, const char *text)
{
    byte_writer_u8(writer, (uint8_t) strlen(text));
    byte_writer_raw(writer, text, strlen(text));
}

static void
write_head(struct byte_writer *writer, const struct case_file *file)
{
    const struct case_summary *summary = &file->summary;

    byte_writer_u8(writer, FORMAT);
    byte_writer_raw(writer, summary->id.bytes, CASE_ID_LEN);
    byte_writer_u16(writer, summary->year);
    byte_writer_u32(writer, summary->number);
    byte_writer_u8(writer, (uint8_t) summary->state);
    byte_writer_u8(writer, (uint8_t) summary->close_reason);
    byte_writer_u32(writer, summary->flags);
    byte_writer_u64(writer, summary->flagged_at);
    byte_writer_u64(writer, summary->changed_at);
    byte_writer_u64(writer, summary->triage_before);
    byte_writer_raw(writer, file->merged_into.bytes, CASE_ID_LEN);
    write_text(writer, file->policy);
}

enum err
case_row_write(const struct case_file *file, uint8_t out[CASE_ROW_MAX_LEN], size_t *out_len)
{
    struct byte_writer writer;
    enum err err;

    if (file->record_count > COMPONENT_MAX || file->explanation_count > RULE_EXPLANATIONS_MAX ||
        file->confirmation_count > CASE_CONFIRMATIONS_MAX) {
        return ERR_TOO_BIG;
    }
    byte_writer_init(&writer, out, CASE_ROW_MAX_LEN);
    write_head(&writer, file);
    byte_writer_u8(&writer, (uint8_t) file->record_count);
    for (size_t i = 0; i < file->record_count; i++) {
        write_record(&writer, &file->records[i]);
    }
    byte_writer_u8(&writer, (uint8_t) file->explanation_count);
    for (size_t i = 0; i < file->explanation_count; i++) {
        write_explanation(&writer, &file->explanations[i]);
    }
    byte_writer_u8(&writer, (uint8_t) file->confirmation_count);
    for (size_t i = 0; i < file->confirmation_count; i++) {
        write_text(&writer, file->confirmations[i].member);
        byte_writer_u16(&writer, file->confirmations[i].purpose);
        byte_writer_raw(&writer, file->confirmations[i].signature.bytes, SIGNATURE_LEN);
        byte_writer_u64(&writer, file->confirmations[i].records);
    }
    err = byte_writer_finish(&writer);
    if (err == ERR_OK) {
        *out_len = writer.len;
    }
    return err;
}

/* ---- reading ---- */

static bool
read_record(struct byte_reader *reader, struct case_record *out)
{
    struct rule_record *facts = &out->facts;
    uint8_t bits;

    byte_reader_raw(reader, out->rid.bytes, RID_LEN);
    out->bucket = byte_reader_u16(reader);
    byte_reader_raw(reader, out->hh.bytes, HASH32_LEN);
    facts->serial = byte_reader_u32(reader);
    facts->entity = byte_reader_u32(reader);
    facts->sector = byte_reader_u8(reader);
    facts->week = byte_reader_u16(reader);
    facts->band = byte_reader_u8(reader);
    facts->mode = byte_reader_u8(reader);
    bits = byte_reader_u8(reader);
    facts->is_attached = (bits & ATTACHED) != 0;
    facts->is_assessed = (bits & ASSESSED) != 0;
    out->is_released = (bits & RELEASED) != 0;
    out->is_opened = (bits & OPENED) != 0;
    facts->tags = byte_reader_u16(reader);
    facts->received_at = byte_reader_u64(reader);
    return (bits & ~ALL_BITS) == 0;
}

static bool
read_explanation(struct byte_reader *reader, struct rule_explanation *out)
{
    uint8_t rule = byte_reader_u8(reader);
    uint8_t is_raised = byte_reader_u8(reader);

    for (size_t i = 0; i < RULE_NUMBERS_MAX; i++) {
        out->numbers[i] = byte_reader_u16(reader);
    }
    out->records = byte_reader_u64(reader);
    out->rule = (enum rule) rule;
    out->is_raised = is_raised == 1;
    return rule >= RULE_MULTI_SOURCE && rule <= RULE_CONSENTED && is_raised <= 1;
}

/* 'room' counts the closing NUL. */
static bool
read_text(struct byte_reader *reader, char *out, size_t room)
{
    size_t len = byte_reader_u8(reader);

    if (len >= room) {
        return false;
    }
    byte_reader_raw(reader, out, len);
    out[len] = '\0';
    return true;
}

static bool
read_confirmation(struct byte_reader *reader, struct case_confirmation *out)
{
    bool is_good = read_text(reader, out->member, sizeof out->member);

    out->purpose = byte_reader_u16(reader);
    byte_reader_raw(reader, out->signature.bytes, SIGNATURE_LEN);
    out->records = byte_reader_u64(reader);
    return is_good;
}

static bool
read_head(struct byte_reader *reader, struct case_file *out)
{
    struct case_summary *summary = &out->summary;
    uint8_t format = byte_reader_u8(reader);
    uint8_t state;
    uint8_t reason;

    byte_reader_raw(reader, summary->id.bytes, CASE_ID_LEN);
    summary->year = byte_reader_u16(reader);
    summary->number = byte_reader_u32(reader);
    state = byte_reader_u8(reader);
    reason = byte_reader_u8(reader);
    summary->state = (enum case_state) state;
    summary->close_reason = (enum case_close) reason;
    summary->flags = byte_reader_u32(reader);
    summary->flagged_at = byte_reader_u64(reader);
    summary->changed_at = byte_reader_u64(reader);
    summary->triage_before = byte_reader_u64(reader);
    byte_reader_raw(reader, out->merged_into.bytes, CASE_ID_LEN);
    return format == FORMAT && state >= CASE_FLAGGED && state <= CASE_CLOSED &&
        reason <= CASE_DONE && read_text(reader, out->policy, sizeof out->policy);
}

static bool
read_lists(struct byte_reader *reader, struct case_file *out)
{
    bool is_good = true;

    out->record_count = byte_reader_u8(reader);
    if (out->record_count > COMPONENT_MAX) {
        return false;
    }
    for (size_t i = 0; i < out->record_count; i++) {
        is_good = read_record(reader, &out->records[i]) && is_good;
    }
    out->explanation_count = byte_reader_u8(reader);
    if (out->explanation_count > RULE_EXPLANATIONS_MAX) {
        return false;
    }
    for (size_t i = 0; i < out->explanation_count; i++) {
        is_good = read_explanation(reader, &out->explanations[i]) && is_good;
    }
    out->confirmation_count = byte_reader_u8(reader);
    if (out->confirmation_count > CASE_CONFIRMATIONS_MAX) {
        return false;
    }
    for (size_t i = 0; i < out->confirmation_count; i++) {
        is_good = read_confirmation(reader, &out->confirmations[i]) && is_good;
    }
    return is_good;
}

enum err
case_row_read(const uint8_t *data, size_t len, struct case_file *out)
{
    struct byte_reader reader;

    memset(out, 0, sizeof *out);
    byte_reader_init(&reader, data, len);
    if (!read_head(&reader, out) || !read_lists(&reader, out) ||
        byte_reader_finish(&reader) != ERR_OK) {
        return ERR_CORRUPT;
    }
    case_count(out);
    return ERR_OK;
}
