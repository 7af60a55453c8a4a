/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys of signed notes and their text; note.c has the notes. */
#include "proto/escrow/note.h"

#include <stdio.h>
#include <string.h>

#include <unictype.h>
#include <unistr.h>

#include "base/bytes.h"

enum { HASH_TEXT_LEN = 8, RAW_KEY_LEN = 1 + NOTE_KEY_LEN, RAW_KEY_TEXT_ROOM = 45 };

static const char SKEY_PREFIX[] = "PRIVATE+KEY+";

/* What stands in the base64 of a key: the type, then a public key or a seed. */
struct raw_key {
    uint8_t bytes[RAW_KEY_LEN];
};
WIPED_KIND(raw_key)

bool
note_name_is_valid(const char *name)
{
    size_t len = strnlen(name, NOTE_NAME_ROOM);
    const uint8_t *at = (const uint8_t *) name;
    ucs4_t character;

    if (len == 0 || len > NOTE_NAME_MAX || u8_check(at, len) != NULL) {
        return false;
    }
    for (const uint8_t *end = at + len; at < end;) {
        at += u8_mbtouc(&character, at, (size_t) (end - at));
        if (character < 0x20 || character == 0x7f || character == '+' ||
            uc_is_property_white_space(character)) {
            return false;
        }
    }
    return true;
}

/* The first four bytes of SHA-256(name, line end, type, public key), as C2SP signed-note has
 * it. */
static uint32_t
key_hash(const char *name, enum note_key_type type, const uint8_t key[NOTE_KEY_LEN])
{
    const uint8_t type_byte = (uint8_t) type;
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    struct byte_reader reader;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *) name, strlen(name));
    crypto_hash_sha256_update(&state, (const uint8_t *) "\n", 1);
    crypto_hash_sha256_update(&state, &type_byte, 1);
    crypto_hash_sha256_update(&state, key, NOTE_KEY_LEN);
    crypto_hash_sha256_final(&state, digest);
    byte_reader_init(&reader, digest, sizeof digest);
    return byte_reader_u32(&reader);
}

void
note_vkey_of(const struct note_skey *skey, struct note_vkey *out)
{
    WIPED(key64) struct key64 secret = { { 0 } };

    *out = (struct note_vkey) { .type = skey->type };
    memcpy(out->name, skey->name, sizeof out->name);
    crypto_sign_seed_keypair(out->key, secret.bytes, skey->seed);
    out->hash = key_hash(out->name, out->type, out->key);
}

enum err
note_skey_new(const char *name, enum note_key_type type, struct note_skey *out)
{
    if (!note_name_is_valid(name) || (type != NOTE_ED25519 && type != NOTE_COSIGNATURE)) {
        return ERR_INVALID;
    }
    *out = (struct note_skey) { .type = type };
    memcpy(out->name, name, strlen(name));
    randombytes_buf(out->seed, sizeof out->seed);
    return ERR_OK;
}

/* Takes "NAME+HASH+BASE64" apart; the base64 may hold a '+' too. */
static enum err
key_text_split(const char *text, char name[NOTE_NAME_ROOM], uint32_t *hash, struct raw_key *raw)
{
    const char *name_end = strchr(text, '+');
    size_t name_len = name_end == NULL ? 0 : (size_t) (name_end - text);
    char hash_text[HASH_TEXT_LEN + 1] = "";
    uint8_t hash_bytes[HASH_TEXT_LEN / 2];
    struct byte_reader reader;
    const char *key_text;
    size_t raw_len = 0;

    if (name_end == NULL || name_len > NOTE_NAME_MAX || strlen(name_end + 1) < HASH_TEXT_LEN ||
        name_end[1 + HASH_TEXT_LEN] != '+') {
        return ERR_MALFORMED;
    }
    memcpy(name, text, name_len);
    name[name_len] = '\0';
    memcpy(hash_text, name_end + 1, HASH_TEXT_LEN);
    key_text = name_end + 1 + HASH_TEXT_LEN + 1;
    if (!note_name_is_valid(name) ||
        bytes_from_hex(hash_text, hash_bytes, sizeof hash_bytes) != ERR_OK ||
        bytes_from_base64(key_text, strlen(key_text), raw->bytes, sizeof raw->bytes, &raw_len) !=
            ERR_OK ||
        raw_len != RAW_KEY_LEN) {
        return ERR_MALFORMED;
    }
    if (raw->bytes[0] != NOTE_ED25519 && raw->bytes[0] != NOTE_COSIGNATURE) {
        return ERR_MALFORMED;
    }
    byte_reader_init(&reader, hash_bytes, sizeof hash_bytes);
    *hash = byte_reader_u32(&reader);
    return ERR_OK;
}

enum err
note_vkey_parse(const char *text, struct note_vkey *out)
{
    struct raw_key raw = { { 0 } };
    struct note_vkey vkey = { .name = "" };
    enum err err = key_text_split(text, vkey.name, &vkey.hash, &raw);

    if (err != ERR_OK) {
        return err;
    }
    vkey.type = (enum note_key_type) raw.bytes[0];
    memcpy(vkey.key, raw.bytes + 1, NOTE_KEY_LEN);
    if (vkey.hash != key_hash(vkey.name, vkey.type, vkey.key)) {
        return ERR_MALFORMED;
    }
    *out = vkey;
    return ERR_OK;
}

enum err
note_skey_parse(const char *text, struct note_skey *out)
{
    WIPED(raw_key) struct raw_key raw = { { 0 } };
    WIPED(note_skey) struct note_skey skey = { .name = "" };
    struct note_vkey vkey;
    uint32_t hash = 0;
    enum err err;

    if (strncmp(text, SKEY_PREFIX, strlen(SKEY_PREFIX)) != 0) {
        return ERR_MALFORMED;
    }
    err = key_text_split(text + strlen(SKEY_PREFIX), skey.name, &hash, &raw);
    if (err != ERR_OK) {
        return err;
    }
    skey.type = (enum note_key_type) raw.bytes[0];
    memcpy(skey.seed, raw.bytes + 1, NOTE_KEY_LEN);
    note_vkey_of(&skey, &vkey);
    if (vkey.hash != hash) {
        return ERR_MALFORMED;
    }
    *out = skey;
    return ERR_OK;
}

static void
raw_key_fill(struct raw_key *raw, enum note_key_type type, const uint8_t key[NOTE_KEY_LEN])
{
    raw->bytes[0] = (uint8_t) type;
    memcpy(raw->bytes + 1, key, NOTE_KEY_LEN);
}

void
note_vkey_format(const struct note_vkey *vkey, char out[NOTE_VKEY_ROOM])
{
    struct raw_key raw;
    char text[RAW_KEY_TEXT_ROOM];

    raw_key_fill(&raw, vkey->type, vkey->key);
    bytes_to_base64(raw.bytes, sizeof raw.bytes, text);
    snprintf(out, NOTE_VKEY_ROOM, "%s+%08x+%s", vkey->name, (unsigned int) vkey->hash, text);
}

void
note_skey_format(const struct note_skey *skey, char out[NOTE_SKEY_ROOM])
{
    WIPED(raw_key) struct raw_key raw = { { 0 } };
    struct note_vkey vkey;
    int head;

    note_vkey_of(skey, &vkey);
    raw_key_fill(&raw, skey->type, skey->seed);
    head = snprintf(out, NOTE_SKEY_ROOM, "%s%s+%08x+", SKEY_PREFIX, skey->name,
                    (unsigned int) vkey.hash);
    bytes_to_base64(raw.bytes, sizeof raw.bytes, out + head);
}
