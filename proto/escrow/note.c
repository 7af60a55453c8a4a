/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/bytes.h"

enum {
    HASH_LEN = 4,
    TIME_LEN = 8,
    SIGNATURE_MAX = HASH_LEN + TIME_LEN + crypto_sign_BYTES,
    SIGNATURE_TEXT_ROOM = 105,
    COSIGNED_HEAD_ROOM = 64,
};

/* An em dash and a space begin each line of a signature. */
static const char LINE_START[] = "\xe2\x80\x94 ";

/* The parts of a note, borrowed from it. */
struct parts {
    struct bytes text;
    struct bytes lines; /* one or more whole lines */
    size_t line_count;
};

/* One signature: 'data' is the key's hash, then what the key's type says. */
struct signature {
    struct bytes name;
    uint8_t *data;
    size_t len;
    uint32_t hash;
};

static bool
is_clean_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((uint8_t) text[i] < 0x20 && text[i] != '\n') {
            return false;
        }
    }
    return len > 0 && text[len - 1] == '\n' && u8_check((const uint8_t *) text, len) == NULL;
}

/* The last empty line ends the text: the lines of signatures hold none. */
static enum err
note_split(const char *note, size_t len, struct parts *out)
{
    struct parts parts = { 0 };
    size_t at;

    if (len > NOTE_MAX_LEN) {
        return ERR_TOO_BIG;
    }
    if (!is_clean_text(note, len)) {
        return ERR_MALFORMED;
    }
    for (at = len; at >= 2 && (note[at - 1] != '\n' || note[at - 2] != '\n'); at--) { }
    if (at < 2 || at == len) {
        return ERR_MALFORMED;
    }
    parts.text = (struct bytes) { (const uint8_t *) note, at - 1 };
    parts.lines = (struct bytes) { (const uint8_t *) note + at, len - at };
    for (size_t i = at; i < len; i++) {
        parts.line_count += note[i] == '\n' ? 1 : 0;
    }
    if (parts.line_count > NOTE_MAX_SIGNATURES) {
        return ERR_TOO_BIG;
    }
    *out = parts;
    return ERR_OK;
}

/* Takes the first line off '*lines'.  'room' has space for all that its base64 can hold. */
static enum err
take_signature(struct bytes *lines, uint8_t *room, size_t room_len, struct signature *out)
{
    const size_t start_len = strlen(LINE_START);
    const uint8_t *end = memchr(lines->data, '\n', lines->len);
    const uint8_t *name = lines->data + start_len;
    char name_text[NOTE_NAME_ROOM] = "";
    const uint8_t *space;
    struct byte_reader reader;
    size_t name_len;

    if (end == NULL || (size_t) (end - lines->data) <= start_len ||
        memcmp(lines->data, LINE_START, start_len) != 0) {
        return ERR_MALFORMED;
    }
    space = memchr(name, ' ', (size_t) (end - name));
    name_len = space == NULL ? 0 : (size_t) (space - name);
    if (space == NULL || name_len > NOTE_NAME_MAX) {
        return ERR_MALFORMED;
    }
    memcpy(name_text, name, name_len);
    if (!note_name_is_valid(name_text) ||
        bytes_from_base64((const char *) space + 1, (size_t) (end - space - 1), room, room_len,
                          &out->len) != ERR_OK ||
        out->len <= HASH_LEN) {
        return ERR_MALFORMED;
    }
    byte_reader_init(&reader, room, out->len);
    out->hash = byte_reader_u32(&reader);
    out->name = (struct bytes) { name, name_len };
    out->data = room;
    lines->len -= (size_t) (end + 1 - lines->data);
    lines->data = end + 1;
    return ERR_OK;
}

/* What a cosignature signs: the time and the text (C2SP tlog-cosignature).  free() '*out'. */
static enum err
cosigned_message(struct bytes text, uint64_t time_s, uint8_t **out, size_t *out_len)
{
    char head[COSIGNED_HEAD_ROOM];
    int head_len = snprintf(head, sizeof head, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
    uint8_t *message = malloc((size_t) head_len + text.len);

    if (message == NULL) {
        return ERR_NOMEM;
    }
    memcpy(message, head, (size_t) head_len);
    memcpy(message + head_len, text.data, text.len);
    *out = message;
    *out_len = (size_t) head_len + text.len;
    return ERR_OK;
}

static enum err
verify_cosignature(struct bytes text, const struct signature *signature, const uint8_t *key,
                   uint64_t *time_s)
{
    struct byte_reader reader;
    uint8_t *message = NULL;
    size_t message_len = 0;
    uint64_t at_s;
    enum err err;

    if (signature->len != HASH_LEN + TIME_LEN + crypto_sign_BYTES) {
        return ERR_AUTH;
    }
    byte_reader_init(&reader, signature->data + HASH_LEN, TIME_LEN);
    at_s = byte_reader_u64(&reader);
    err = cosigned_message(text, at_s, &message, &message_len);
    if (err != ERR_OK) {
        return err;
    }
    if (crypto_sign_verify_detached(signature->data + HASH_LEN + TIME_LEN, message, message_len,
                                    key) != 0) {
        err = ERR_AUTH;
        goto out;
    }
    *time_s = at_s;
out:
    free(message);
    return err;
}

static enum err
verify_signature(struct bytes text, const struct signature *signature, const struct note_vkey *key,
                 uint64_t *time_s)
{
    switch (key->type) {
        case NOTE_ED25519:
            if (signature->len != HASH_LEN + crypto_sign_BYTES ||
                crypto_sign_verify_detached(signature->data + HASH_LEN, text.data, text.len,
                                            key->key) != 0) {
                return ERR_AUTH;
            }
            *time_s = 0;
            return ERR_OK;
        case NOTE_COSIGNATURE:
            return verify_cosignature(text, signature, key->key, time_s);
    }
    return ERR_INVALID;
}

static bool
is_by(const struct signature *signature, const struct note_vkey *key)
{
    return signature->hash == key->hash && signature->name.len == strlen(key->name) &&
        memcmp(signature->name.data, key->name, signature->name.len) == 0;
}

/* Verifies one signature against each key that it may be by. */
static enum err
check_signature(struct bytes text, const struct signature *signature, const struct note_vkey *keys,
                size_t key_count, struct note_result *result)
{
    for (size_t i = 0; i < key_count; i++) {
        enum err err;

        if (result->is_signed[i] || !is_by(signature, &keys[i])) {
            continue;
        }
        err = verify_signature(text, signature, &keys[i], &result->time_s[i]);
        if (err != ERR_OK) {
            return err;
        }
        result->is_signed[i] = true;
        result->signed_count++;
    }
    return ERR_OK;
}

enum err
note_verify(const char *note, size_t len, const struct note_vkey *keys, size_t key_count,
            struct note_result *out)
{
    struct note_result result = { .text = note };
    struct parts parts = { 0 };
    uint8_t *room = NULL;
    size_t room_len;
    enum err err;

    if (key_count > NOTE_MAX_KEYS) {
        return ERR_INVALID;
    }
    err = note_split(note, len, &parts);
    if (err != ERR_OK) {
        goto out;
    }
    room_len = parts.lines.len / 4 * 3 + 3;
    room = malloc(room_len);
    if (room == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    result.text_len = parts.text.len;
    while (parts.lines.len > 0) {
        struct signature signature = { 0 };

        err = take_signature(&parts.lines, room, room_len, &signature);
        if (err != ERR_OK) {
            goto out;
        }
        err = check_signature(parts.text, &signature, keys, key_count, &result);
        if (err != ERR_OK) {
            goto out;
        }
    }
    if (result.signed_count == 0) {
        err = ERR_NOT_FOUND;
        goto out;
    }
    *out = result;
out:
    free(room);
    return err;
}

/* Signs 'text' and writes the base64 of hash, time (of a cosignature) and signature. */
static enum err
signature_text(struct bytes text, const struct note_skey *skey, uint64_t time_s,
               char out[SIGNATURE_TEXT_ROOM])
{
    WIPED(key64) struct key64 secret = { { 0 } };
    uint8_t data[SIGNATURE_MAX];
    uint8_t signature[crypto_sign_BYTES];
    struct byte_writer writer;
    struct note_vkey vkey;
    uint8_t *message = NULL;
    enum err err = ERR_OK;

    note_vkey_of(skey, &vkey);
    crypto_sign_seed_keypair(vkey.key, secret.bytes, skey->seed);
    byte_writer_init(&writer, data, sizeof data);
    byte_writer_u32(&writer, vkey.hash);
    if (skey->type == NOTE_COSIGNATURE) {
        size_t message_len = 0;

        err = cosigned_message(text, time_s, &message, &message_len);
        if (err != ERR_OK) {
            return err;
        }
        byte_writer_u64(&writer, time_s);
        crypto_sign_detached(signature, NULL, message, message_len, secret.bytes);
    } else {
        crypto_sign_detached(signature, NULL, text.data, text.len, secret.bytes);
    }
    byte_writer_raw(&writer, signature, sizeof signature);
    err = byte_writer_finish(&writer);
    if (err == ERR_OK) {
        bytes_to_base64(data, writer.len, out);
    }
    free(message);
    return err;
}

/* 'head' and one signature over 'text' behind it; free() '*out'. */
static enum err
join_signature(struct bytes head, struct bytes text, const struct note_skey *skey, uint64_t time_s,
               char **out, size_t *out_len)
{
    char signature[SIGNATURE_TEXT_ROOM];
    size_t cap = head.len + strlen(LINE_START) + strlen(skey->name) + 1 + sizeof signature + 1;
    char *note = NULL;
    enum err err;
    int tail;

    if (cap > NOTE_MAX_LEN) {
        return ERR_TOO_BIG;
    }
    err = signature_text(text, skey, time_s, signature);
    if (err != ERR_OK) {
        return err;
    }
    note = malloc(cap);
    if (note == NULL) {
        return ERR_NOMEM;
    }
    memcpy(note, head.data, head.len);
    tail =
        snprintf(note + head.len, cap - head.len, "%s%s %s\n", LINE_START, skey->name, signature);
    *out = note;
    *out_len = head.len + (size_t) tail;
    return ERR_OK;
}

enum err
note_sign(const char *text, size_t text_len, const struct note_skey *skey, char **out,
          size_t *out_len)
{
    uint8_t *head = NULL;
    enum err err;

    if (text_len > NOTE_MAX_LEN) {
        return ERR_TOO_BIG;
    }
    if (skey->type != NOTE_ED25519 || !is_clean_text(text, text_len)) {
        return ERR_INVALID;
    }
    head = malloc(text_len + 1);
    if (head == NULL) {
        return ERR_NOMEM;
    }
    memcpy(head, text, text_len);
    head[text_len] = '\n';
    err = join_signature((struct bytes) { head, text_len + 1 }, (struct bytes) { head, text_len },
                         skey, 0, out, out_len);
    free(head);
    return err;
}

enum err
note_add_signature(const char *note, size_t len, const struct note_skey *skey, uint64_t time_s,
                   char **out, size_t *out_len)
{
    struct parts parts = { 0 };
    enum err err = note_split(note, len, &parts);

    if (err != ERR_OK) {
        return err;
    }
    if (parts.line_count >= NOTE_MAX_SIGNATURES) {
        return ERR_TOO_BIG;
    }
    return join_signature((struct bytes) { (const uint8_t *) note, len }, parts.text, skey, time_s,
                          out, out_len);
}
