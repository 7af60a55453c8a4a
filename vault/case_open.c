/* SPDX-License-Identifier: EUPL-1.2 */
/* Release, confirmation and opening of a case. */
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/audit_record.h"
#include "vault/case_edit.h"
#include "vault/cases.h"

/* ---- the gate's answers ---- */

enum { ANSWER_ROW_MAX = 4 + CASE_ANSWER_MAX + 4 + CASE_ANSWER_MAX + SIGNATURE_LEN };
_Static_assert(ANSWER_ROW_MAX + SEAL_OVERHEAD <= STORE_VALUE_MAX, "an answer fits into one row");

static struct store_key
answer_key(const struct vault *vault, const struct case_id *id, enum case_answer_kind kind)
{
    uint8_t name[CASE_ID_LEN + 1];

    memcpy(name, id->bytes, CASE_ID_LEN);
    name[CASE_ID_LEN] = (uint8_t) kind;
    return core_key(vault, ROW_ANSWER, STORE_ANSWERS, 0, name, sizeof name);
}

static enum err
put_answer(struct case_edit *edit, const struct case_id *id, enum case_answer_kind kind,
           const struct case_answer *answer)
{
    const struct store_key key = answer_key(edit->vault, id, kind);
    struct byte_writer writer;
    uint8_t *plain;
    enum err err;

    if (answer->question.len > CASE_ANSWER_MAX || answer->answer.len > CASE_ANSWER_MAX) {
        return ERR_TOO_BIG;
    }
    plain = malloc(ANSWER_ROW_MAX);
    if (plain == NULL) {
        return ERR_NOMEM;
    }
    byte_writer_init(&writer, plain, ANSWER_ROW_MAX);
    byte_writer_u32(&writer, (uint32_t) answer->question.len);
    byte_writer_raw(&writer, answer->question.data, answer->question.len);
    byte_writer_u32(&writer, (uint32_t) answer->answer.len);
    byte_writer_raw(&writer, answer->answer.data, answer->answer.len);
    byte_writer_raw(&writer, answer->signature.bytes, SIGNATURE_LEN);
    err = byte_writer_finish(&writer);
    if (err == ERR_OK) {
        err = row_put(edit->vault, edit->batch, &key, plain, writer.len);
    }
    free(plain);
    return err;
}

enum err
cases_read_answer(struct vault *vault, const struct case_id *id, enum case_answer_kind kind,
                  struct case_answer *out)
{
    const struct store_key key = answer_key(vault, id, kind);
    struct case_answer answer = { .memory = NULL };
    struct row row = { .data = NULL };
    struct byte_reader reader;
    enum err err = row_read(vault, NULL, &key, &row);

    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, row.data, row.len);
    answer.question.len = byte_reader_u32(&reader);
    answer.question.data = byte_reader_borrow(&reader, answer.question.len);
    answer.answer.len = byte_reader_u32(&reader);
    answer.answer.data = byte_reader_borrow(&reader, answer.answer.len);
    byte_reader_raw(&reader, answer.signature.bytes, SIGNATURE_LEN);
    if (byte_reader_finish(&reader) != ERR_OK) {
        row_done(&row);
        return ERR_CORRUPT;
    }
    answer.memory = row.data;
    *out = answer;
    return ERR_OK;
}

void
case_answer_done(struct case_answer *answer)
{
    free(answer->memory);
    *answer = (struct case_answer) { .memory = NULL };
}

/* ---- release ---- */

static enum err
keep_release(struct case_edit *edit, struct case_file *file, const struct case_answer *answer,
             uint64_t released, const struct audit_record *who)
{
    const struct store_key confirm =
        answer_key(edit->vault, &file->summary.id, CASE_ANSWER_CONFIRM);
    enum err err = case_edit_move(file, CASE_IDENTITY);

    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < file->record_count; i++) {
        file->records[i].is_released = (released >> i & 1) != 0;
    }
    file->confirmation_count = 0;
    store_batch_delete(edit->batch, &confirm);
    err = put_answer(edit, &file->summary.id, CASE_ANSWER_RELEASE, answer);
    return err == ERR_OK ? case_edit_record(edit, file, who, "identity_released") : err;
}

enum err
cases_store_release(struct vault *vault, const struct case_id *id, const struct case_answer *answer,
                    const struct hash32 *hh, size_t count, const struct audit_record *who)
{
    struct case_file *file = NULL;
    uint64_t released = 0;
    struct case_edit edit;
    enum err err = case_edit_begin(vault, &edit);

    if (err == ERR_OK) {
        err = case_edit_load(&edit, id, &file);
    }
    if (err == ERR_OK) {
        err = case_find_all(file, hh, count, &released);
    }
    if (err == ERR_OK) {
        err = keep_release(&edit, file, answer, released, who);
    }
    if (err == ERR_OK) {
        err = case_edit_apply(&edit);
    }
    case_edit_end(&edit);
    return err;
}

/* ---- confirmation ---- */

static uint64_t
released_of(const struct case_file *file)
{
    uint64_t released = 0;

    for (size_t i = 0; i < file->record_count; i++) {
        released |= (uint64_t) file->records[i].is_released << i;
    }
    return released;
}

/* Two of the records are two persons, as a member said: whatever links them, they open together never. */
static enum err
check_not_parted(struct vault *vault, const struct case_file *file, uint64_t records)
{
    uint64_t parted[COMPONENT_MAX];
    enum err err = cases_parted(vault, file, records, parted);

    for (size_t i = 0; err == ERR_OK && i < file->record_count; i++) {
        err = parted[i] != 0 ? ERR_EXISTS : ERR_OK;
    }
    return err;
}

/* How many members said the same; one has at most one confirmation. */
static unsigned int
count_equal(const struct case_file *file, uint16_t purpose, uint64_t records)
{
    unsigned int count = 0;

    for (size_t i = 0; i < file->confirmation_count; i++) {
        count +=
            file->confirmations[i].purpose == purpose && file->confirmations[i].records == records;
    }
    return count;
}

/* The member's new word takes the place of the one before. */
static enum err
add_confirmation(struct case_file *file, const struct case_yes *yes, uint64_t records)
{
    struct case_confirmation *confirmation = NULL;

    for (size_t i = 0; i < file->confirmation_count; i++) {
        if (strcmp(file->confirmations[i].member, yes->member) == 0) {
            confirmation = &file->confirmations[i];
        }
    }
    if (confirmation == NULL) {
        if (file->confirmation_count == CASE_CONFIRMATIONS_MAX) {
            return ERR_FULL;
        }
        confirmation = &file->confirmations[file->confirmation_count];
        file->confirmation_count++;
    }
    *confirmation = (struct case_confirmation) {
        .purpose = yes->purpose,
        .signature = yes->signature,
        .records = records,
    };
    memcpy(confirmation->member, yes->member, strlen(yes->member));
    return ERR_OK;
}

enum err
cases_confirm(struct vault *vault, const struct case_id *id, const struct case_yes *yes,
              const struct audit_record *who, unsigned int *out_count)
{
    struct case_file *file = NULL;
    uint64_t records = 0;
    struct case_edit edit;
    enum err err;

    if (yes->member[0] == '\0' || strlen(yes->member) > REGISTRY_ID_MAX || yes->count == 0) {
        return ERR_INVALID;
    }
    err = case_edit_begin(vault, &edit);
    if (err == ERR_OK) {
        err = case_edit_load(&edit, id, &file);
    }
    if (err == ERR_OK && file->summary.state != CASE_IDENTITY) {
        err = ERR_STATE;
    }
    if (err == ERR_OK) {
        err = case_find_all(file, yes->hh, yes->count, &records);
    }
    if (err == ERR_OK && (records & ~released_of(file)) != 0) {
        err = ERR_INVALID;
    }
    if (err == ERR_OK) {
        err = check_not_parted(vault, file, records);
    }
    if (err == ERR_OK) {
        err = add_confirmation(file, yes, records);
    }
    if (err == ERR_OK) {
        err = case_edit_record(&edit, file, who, "opening_confirmed");
    }
    if (err == ERR_OK) {
        err = case_edit_apply(&edit);
    }
    if (err == ERR_OK) {
        *out_count = count_equal(file, yes->purpose, records);
    }
    case_edit_end(&edit);
    return err;
}

static bool
is_confirmed(const struct case_file *file, uint64_t records)
{
    for (size_t i = 0; i < file->confirmation_count; i++) {
        if (file->confirmations[i].records == records &&
            count_equal(file, file->confirmations[i].purpose, records) >=
                CASE_CONFIRMATIONS_NEEDED) {
            return true;
        }
    }
    return false;
}

enum err
cases_store_opened(struct vault *vault, const struct case_id *id, const struct case_answer *answer,
                   const struct hash32 *hh, size_t count, const struct audit_record *who)
{
    struct case_file *file = NULL;
    uint64_t records = 0;
    struct case_edit edit;
    enum err err = case_edit_begin(vault, &edit);

    if (err == ERR_OK) {
        err = case_edit_load(&edit, id, &file);
    }
    if (err == ERR_OK) {
        err = case_find_all(file, hh, count, &records);
    }
    if (err == ERR_OK && !is_confirmed(file, records)) {
        err = ERR_STATE;
    }
    if (err == ERR_OK) {
        err = check_not_parted(vault, file, records);
    }
    if (err == ERR_OK) {
        err = case_edit_move(file, CASE_OPENED);
    }
    if (err == ERR_OK) {
        err = put_answer(&edit, id, CASE_ANSWER_CONFIRM, answer);
    }
    if (err == ERR_OK) {
        for (size_t i = 0; i < file->record_count; i++) {
            file->records[i].is_opened = file->records[i].is_opened || (records >> i & 1) != 0;
        }
        err = case_edit_record(&edit, file, who, "content_opened");
    }
    if (err == ERR_OK) {
        err = case_edit_apply(&edit);
    }
    case_edit_end(&edit);
    return err;
}
