/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/answer.h"

#include <stdbool.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"

enum { ANSWER_SIGNED_MAX_LEN = HASH32_LEN + ANSWER_MAX_LEN };

static bool
items_are_valid(const struct answer *answer)
{
    if (answer->count == 0 || answer->count > LINKS_RECORDS_MAX) {
        return false;
    }
    for (size_t i = 0; i < answer->count; i++) {
        const struct answer_item *item = &answer->items[i];

        if ((i > 0 && hash32_compare(&answer->items[i - 1].header_hash, &item->header_hash) >= 0) ||
            (answer->kind == QUESTION_ASSESS && !term_domains_are_valid(item->tags)) ||
            (answer->kind == QUESTION_RELEASE && item->status != RELEASE_GIVEN &&
             item->status != RELEASE_WAITS)) {
            return false;
        }
    }
    return true;
}

static void
write_item(struct byte_writer *writer, enum gate_question_kind kind, const struct answer_item *item)
{
    byte_writer_raw(writer, item->header_hash.bytes, HASH32_LEN);
    switch (kind) {
        case QUESTION_ASSESS:
            byte_writer_u16(writer, item->tags);
            break;
        case QUESTION_RELEASE:
            byte_writer_u8(writer, (uint8_t) item->status);
            if (item->status == RELEASE_GIVEN) {
                byte_writer_raw(writer, item->sealed.released, GATE_RELEASED_LEN);
            }
            break;
        case QUESTION_CONFIRM:
            byte_writer_raw(writer, item->sealed.confirmed, GATE_CONFIRMED_LEN);
            break;
    }
}

enum err
answer_write(const struct answer *answer, uint8_t out[ANSWER_MAX_LEN], size_t *out_len)
{
    struct byte_writer writer;

    if (!items_are_valid(answer)) {
        return ERR_INVALID;
    }
    byte_writer_init(&writer, out, ANSWER_MAX_LEN);
    byte_writer_u8(&writer, (uint8_t) answer->kind);
    byte_writer_u16(&writer, (uint16_t) answer->count);
    for (size_t i = 0; i < answer->count; i++) {
        write_item(&writer, answer->kind, &answer->items[i]);
    }
    *out_len = writer.len;
    return byte_writer_finish(&writer);
}

static enum err
read_item(struct byte_reader *reader, enum gate_question_kind kind, struct answer_item *out)
{
    uint8_t status;

    byte_reader_raw(reader, out->header_hash.bytes, HASH32_LEN);
    switch (kind) {
        case QUESTION_ASSESS:
            out->tags = byte_reader_u16(reader);
            break;
        case QUESTION_RELEASE:
            status = byte_reader_u8(reader);
            if (status != RELEASE_GIVEN && status != RELEASE_WAITS) {
                return ERR_MALFORMED;
            }
            out->status = status == RELEASE_GIVEN ? RELEASE_GIVEN : RELEASE_WAITS;
            if (status == RELEASE_GIVEN) {
                byte_reader_raw(reader, out->sealed.released, GATE_RELEASED_LEN);
            }
            break;
        case QUESTION_CONFIRM:
            byte_reader_raw(reader, out->sealed.confirmed, GATE_CONFIRMED_LEN);
            break;
    }
    return ERR_OK;
}

enum err
answer_read(struct bytes data, struct answer *out)
{
    struct answer answer = { .count = 0 };
    struct byte_reader reader;
    uint8_t kind;
    enum err err = ERR_OK;

    byte_reader_init(&reader, data.data, data.len);
    kind = byte_reader_u8(&reader);
    answer.count = byte_reader_u16(&reader);
    if (kind < QUESTION_ASSESS || kind > QUESTION_CONFIRM || answer.count > LINKS_RECORDS_MAX) {
        return ERR_MALFORMED;
    }
    answer.kind = (enum gate_question_kind) kind;
    for (size_t i = 0; err == ERR_OK && i < answer.count; i++) {
        err = read_item(&reader, answer.kind, &answer.items[i]);
    }
    if (err != ERR_OK || byte_reader_finish(&reader) != ERR_OK || !items_are_valid(&answer)) {
        return ERR_MALFORMED;
    }
    *out = answer;
    return ERR_OK;
}

/* h(question) || answer */
static enum err
signed_message(struct bytes question, struct bytes answer, uint8_t out[ANSWER_SIGNED_MAX_LEN],
               size_t *out_len)
{
    struct byte_writer writer;
    struct hash32 hash;

    hash_part(question.data, question.len, &hash);
    byte_writer_init(&writer, out, ANSWER_SIGNED_MAX_LEN);
    byte_writer_raw(&writer, hash.bytes, sizeof hash.bytes);
    byte_writer_raw(&writer, answer.data, answer.len);
    *out_len = writer.len;
    return byte_writer_finish(&writer) == ERR_OK ? ERR_OK : ERR_INVALID;
}

enum err
answer_sign(const struct key64 *secret, uint16_t tenant, struct bytes question, struct bytes answer,
            struct signature *out)
{
    uint8_t message[ANSWER_SIGNED_MAX_LEN];
    size_t len = 0;
    enum err err = signed_message(question, answer, message, &len);

    if (err == ERR_OK) {
        sign_make(secret, SIGN_ANSWER, tenant, (struct bytes) { message, len }, out);
    }
    return err;
}

enum err
answer_verify(const struct sign_public *key, uint16_t tenant, struct bytes question,
              struct bytes answer, const struct signature *signature)
{
    uint8_t message[ANSWER_SIGNED_MAX_LEN];
    size_t len = 0;

    if (signed_message(question, answer, message, &len) != ERR_OK) {
        return ERR_AUTH;
    }
    return sign_verify(key, SIGN_ANSWER, tenant, (struct bytes) { message, len }, signature);
}
