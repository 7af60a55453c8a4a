/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/question.h"

#include <stdbool.h>
#include <string.h>

#include "proto/escrow/hash.h"

static size_t
members_wanted(enum gate_question_kind kind)
{
    switch (kind) {
        case QUESTION_ASSESS:
            return 0;
        case QUESTION_RELEASE:
            return 1;
        case QUESTION_CONFIRM:
            return 2;
    }
    return SIZE_MAX;
}

static bool
id_is_valid(const char *id)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    const size_t len = strlen(id);

    return len > 0 && len <= QUESTION_MEMBER_ID_MAX && strspn(id, allowed) == len;
}

/* Pointers to the records and members in ascending order. */
struct order {
    const struct question_record *records[LINKS_RECORDS_MAX];
    const struct question_member *members[QUESTION_MEMBERS_MAX];
};

/* Returns false for a record that stands there twice. */
static bool
order_records(const struct question *question, struct order *order)
{
    for (size_t i = 0; i < question->record_count; i++) {
        const struct question_record *record = &question->records[i];
        size_t at = i;

        while (at > 0 &&
               hash32_compare(&order->records[at - 1]->header_hash, &record->header_hash) > 0) {
            order->records[at] = order->records[at - 1];
            at--;
        }
        if (at > 0 &&
            hash32_compare(&order->records[at - 1]->header_hash, &record->header_hash) == 0) {
            return false;
        }
        order->records[at] = record;
    }
    return true;
}

/* Returns false for a member who stands there twice, or a bad id or message. */
static bool
order_members(const struct question *question, struct order *order)
{
    for (size_t i = 0; i < question->member_count; i++) {
        const struct question_member *member = &question->members[i];

        if (!id_is_valid(member->id) || member->message.len == 0 ||
            member->message.len > REQUEST_MAX_LEN) {
            return false;
        }
        order->members[i] = member;
    }
    if (question->member_count == 2) {
        const int compared = strcmp(question->members[0].id, question->members[1].id);

        if (compared > 0) {
            order->members[0] = &question->members[1];
            order->members[1] = &question->members[0];
        }
        return compared != 0;
    }
    return true;
}

static bool
question_order(const struct question *question, struct order *order)
{
    return question->record_count > 0 && question->record_count <= LINKS_RECORDS_MAX &&
        question->member_count == members_wanted(question->kind) &&
        order_records(question, order) && order_members(question, order);
}

enum err
question_write(const struct question *question, uint8_t out[QUESTION_MAX_LEN], size_t *out_len)
{
    struct order order = { { NULL }, { NULL } };
    struct byte_writer writer;

    if (!question_order(question, &order)) {
        return ERR_INVALID;
    }
    byte_writer_init(&writer, out, QUESTION_MAX_LEN);
    byte_writer_u8(&writer, (uint8_t) question->kind);
    byte_writer_u16(&writer, question->tenant);
    byte_writer_u16(&writer, (uint16_t) question->record_count);
    for (size_t i = 0; i < question->record_count; i++) {
        byte_writer_raw(&writer, order.records[i]->header_hash.bytes, HASH32_LEN);
        byte_writer_raw(&writer, order.records[i]->name.bytes, HASH64_LEN);
    }
    byte_writer_u8(&writer, (uint8_t) question->member_count);
    for (size_t i = 0; i < question->member_count; i++) {
        const struct question_member *member = order.members[i];

        byte_writer_u8(&writer, (uint8_t) strlen(member->id));
        byte_writer_raw(&writer, member->id, strlen(member->id));
        byte_writer_u16(&writer, (uint16_t) member->message.len);
        byte_writer_raw(&writer, member->message.data, member->message.len);
        byte_writer_raw(&writer, member->signature.bytes, SIGNATURE_LEN);
    }
    *out_len = writer.len;
    return byte_writer_finish(&writer);
}

static enum err
read_member(struct byte_reader *reader, struct question_member *out)
{
    const size_t id_len = byte_reader_u8(reader);

    if (id_len > QUESTION_MEMBER_ID_MAX) {
        return ERR_MALFORMED;
    }
    byte_reader_raw(reader, out->id, id_len);
    out->id[id_len] = '\0';
    if (strlen(out->id) != id_len) {
        return ERR_MALFORMED;
    }
    out->message.len = byte_reader_u16(reader);
    out->message.data = byte_reader_borrow(reader, out->message.len);
    byte_reader_raw(reader, out->signature.bytes, SIGNATURE_LEN);
    return out->message.data == NULL ? ERR_MALFORMED : ERR_OK;
}

/* Whether what was read stands in the one order that question_write gives it. */
static bool
is_in_order(const struct question *question)
{
    struct order order = { { NULL }, { NULL } };

    if (!question_order(question, &order)) {
        return false;
    }
    for (size_t i = 0; i < question->record_count; i++) {
        if (order.records[i] != &question->records[i]) {
            return false;
        }
    }
    return question->member_count == 0 || order.members[0] == &question->members[0];
}

enum err
question_read(struct bytes data, struct question *out)
{
    struct question question = { .record_count = 0 };
    struct byte_reader reader;
    uint8_t kind;

    byte_reader_init(&reader, data.data, data.len);
    kind = byte_reader_u8(&reader);
    question.tenant = byte_reader_u16(&reader);
    question.record_count = byte_reader_u16(&reader);
    if (kind < QUESTION_ASSESS || kind > QUESTION_CONFIRM ||
        question.record_count > LINKS_RECORDS_MAX) {
        return ERR_MALFORMED;
    }
    question.kind = (enum gate_question_kind) kind;
    for (size_t i = 0; i < question.record_count; i++) {
        byte_reader_raw(&reader, question.records[i].header_hash.bytes, HASH32_LEN);
        byte_reader_raw(&reader, question.records[i].name.bytes, HASH64_LEN);
    }
    question.member_count = byte_reader_u8(&reader);
    if (question.member_count > QUESTION_MEMBERS_MAX) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < question.member_count; i++) {
        if (read_member(&reader, &question.members[i]) != ERR_OK) {
            return ERR_MALFORMED;
        }
    }
    if (byte_reader_finish(&reader) != ERR_OK || !is_in_order(&question)) {
        return ERR_MALFORMED;
    }
    *out = question;
    return ERR_OK;
}
