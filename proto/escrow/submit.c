/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/submit.h"

#include "proto/escrow/envelope.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"

enum { SUBMIT_SIGNED_MAX_LEN = HASH64_LEN + 8 + SUBMIT_TICKETS_MAX_LEN };

enum err
submit_check(const struct submission *submission, struct report_header *out)
{
    struct report_header header;
    enum err err = header_read(submission->header.data, submission->header.len, &header);

    if (err != ERR_OK) {
        return err;
    }
    if (submission->gate.len != ENVELOPE_GATE_LEN ||
        submission->inner.len != envelope_inner_len(header.block_count) ||
        submission->direct.len != envelope_direct_len(header.mode) ||
        submission->tickets.len != (size_t) header.block_count * TICKET_LEN) {
        return ERR_MALFORMED;
    }
    *out = header;
    return ERR_OK;
}

void
submit_hashes(const struct submission *submission, struct submission_hashes *out)
{
    header_hash(submission->header.data, submission->header.len, &out->header);
    hash_part(submission->gate.data, submission->gate.len, &out->gate);
    hash_part(submission->inner.data, submission->inner.len, &out->inner);
    hash_part(submission->direct.data, submission->direct.len, &out->direct);
}

void
submit_name(const struct submission_hashes *hashes, struct hash64 *out)
{
    const struct bytes parts[] = { { hashes->header.bytes, HASH32_LEN },
                                   { hashes->gate.bytes, HASH32_LEN },
                                   { hashes->inner.bytes, HASH32_LEN },
                                   { hashes->direct.bytes, HASH32_LEN } };

    hash_labelled(NULL, "sein1.sub", parts, 4, out->bytes, sizeof out->bytes);
}

static enum err
submit_message(const struct hash64 *name, uint64_t sent, struct bytes tickets,
               uint8_t out[SUBMIT_SIGNED_MAX_LEN], size_t *out_len)
{
    struct byte_writer writer;

    byte_writer_init(&writer, out, SUBMIT_SIGNED_MAX_LEN);
    byte_writer_raw(&writer, name->bytes, HASH64_LEN);
    byte_writer_u64(&writer, sent);
    byte_writer_raw(&writer, tickets.data, tickets.len);
    *out_len = writer.len;
    return byte_writer_finish(&writer) == ERR_OK ? ERR_OK : ERR_INVALID;
}

enum err
submit_sign(const struct key64 *secret, uint16_t tenant, const struct hash64 *name, uint64_t sent,
            struct bytes tickets, struct signature *out)
{
    uint8_t message[SUBMIT_SIGNED_MAX_LEN];
    size_t len = 0;
    enum err err = submit_message(name, sent, tickets, message, &len);

    if (err != ERR_OK) {
        return err;
    }
    sign_make(secret, SIGN_SUBMIT, tenant, (struct bytes) { message, len }, out);
    return ERR_OK;
}

enum err
submit_verify(const struct sign_public *key, uint16_t tenant, const struct hash64 *name,
              uint64_t sent, struct bytes tickets, const struct signature *signature)
{
    uint8_t message[SUBMIT_SIGNED_MAX_LEN];
    size_t len = 0;

    if (submit_message(name, sent, tickets, message, &len) != ERR_OK) {
        return ERR_AUTH;
    }
    return sign_verify(key, SIGN_SUBMIT, tenant, (struct bytes) { message, len }, signature);
}
