/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_NOTE_H
#define PROTO_ESCROW_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"

/* Signed notes as in C2SP signed-note: a text of whole lines, an empty line, then one line per
 * signature.  Two types of key are known, Ed25519 and (witnesses) the cosignature with a time;
 * signatures of other types and of unknown keys are skipped, not errors. */

enum {
    NOTE_MAX_LEN = 1000000, /* of a whole note */
    NOTE_MAX_SIGNATURES = 100,
    NOTE_MAX_KEYS = 16, /* that note_verify looks for in one call */
    NOTE_NAME_MAX = 200,
    NOTE_NAME_ROOM = NOTE_NAME_MAX + 1,
    NOTE_KEY_LEN = 32, /* of a public key, and of a seed */
    NOTE_VKEY_ROOM = NOTE_NAME_MAX + 1 + 8 + 1 + 44 + 1,
    NOTE_SKEY_ROOM = 12 + NOTE_VKEY_ROOM,
};

enum note_key_type {
    NOTE_ED25519 = 0x01,
    NOTE_COSIGNATURE = 0x04, /* C2SP tlog-cosignature, "cosignature/v1" */
};

/* A public key with its name; "NAME+HASH+BASE64" in text. */
struct note_vkey {
    char name[NOTE_NAME_ROOM];
    uint32_t hash;
    enum note_key_type type;
    uint8_t key[NOTE_KEY_LEN];
};

/* A secret key with its name; "PRIVATE+KEY+NAME+HASH+BASE64" in text.  Declare it
 * WIPED(note_skey). */
struct note_skey {
    char name[NOTE_NAME_ROOM];
    enum note_key_type type;
    uint8_t seed[NOTE_KEY_LEN];
};
WIPED_KIND(note_skey)

/* Whether 'name' is UTF-8 of 1 to NOTE_NAME_MAX bytes without '+', white space or control
 * characters. */
bool note_name_is_valid(const char *name);

/* A new random key.  ERR_INVALID: a name that is not valid. */
enum err note_skey_new(const char *name, enum note_key_type type, struct note_skey *out) MUST_CHECK;

/* Reads a key's text, without a line end.
 * ERR_MALFORMED: another form, an unknown type, or a hash that does not fit name and key. */
enum err note_skey_parse(const char *text, struct note_skey *out) MUST_CHECK;
enum err note_vkey_parse(const char *text, struct note_vkey *out) MUST_CHECK;

/* Writes the text; the caller wipes that of a secret key. */
void note_skey_format(const struct note_skey *skey, char out[NOTE_SKEY_ROOM]);
void note_vkey_format(const struct note_vkey *vkey, char out[NOTE_VKEY_ROOM]);

/* The public half of 'skey'. */
void note_vkey_of(const struct note_skey *skey, struct note_vkey *out);

/* Makes a note of 'text' with one signature; free() '*out', which has a NUL behind it (not
 * counted).
 * ERR_INVALID: the text is not UTF-8, does not end in a line end, or holds another control
 *              character; or the key is not of type NOTE_ED25519.
 * ERR_TOO_BIG: beyond NOTE_MAX_LEN.
 * ERR_NOMEM. */
enum err note_sign(const char *text, size_t text_len, const struct note_skey *skey, char **out,
                   size_t *out_len) MUST_CHECK;

/* Adds one more signature behind those that are there, whatever they are worth; free() '*out'.
 * 'time_s' (Unix seconds) is for a NOTE_COSIGNATURE key and unused for the other type.
 * ERR_MALFORMED: not a note.  ERR_TOO_BIG: no room for one more.  ERR_NOMEM. */
enum err note_add_signature(const char *note, size_t len, const struct note_skey *skey,
                            uint64_t time_s, char **out, size_t *out_len) MUST_CHECK;

/* What note_verify found.  'text' lies within the note that was given. */
struct note_result {
    const char *text; /* without the empty line; not closed by a NUL */
    size_t text_len;
    size_t signed_count; /* how many of the keys signed */
    bool is_signed[NOTE_MAX_KEYS]; /* by the key at the same place in the list */
    uint64_t time_s[NOTE_MAX_KEYS]; /* of a cosignature; else 0 */
};

/* Splits a note and verifies the signatures of those of 'keys' that signed it; at most
 * NOTE_MAX_KEYS. Of two signatures by one key the first one counts.
 *
 * ERR_MALFORMED: not a note.
 * ERR_TOO_BIG: beyond NOTE_MAX_LEN or NOTE_MAX_SIGNATURES.
 * ERR_NOT_FOUND: none of the keys signed.
 * ERR_AUTH: the signature of a known key does not fit the text.
 * ERR_NOMEM.
 *
 * Threads: any. */
enum err note_verify(const char *note, size_t len, const struct note_vkey *keys, size_t key_count,
                     struct note_result *out) MUST_CHECK;

#endif
