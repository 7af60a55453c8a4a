/* SPDX-License-Identifier: EUPL-1.2 */
/* Notes, checkpoints and the text of keys: no input may be read beyond its end, and what is
 * accepted must come back the same. */
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char LOG[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char WITNESS[] =
    "voorbeeldwaard.example/getuige+47653fac+BFtkicnH/Q3PUFRefBZIhu9ASR7AbH8bEjBBeX6BF1Ne";

static void
try_keys(const char *text)
{
    WIPED(note_skey) struct note_skey skey = { .name = "" };
    struct note_vkey vkey;
    struct note_vkey again;
    char back[NOTE_VKEY_ROOM];

    if (note_vkey_parse(text, &vkey) == ERR_OK) {
        note_vkey_format(&vkey, back);
        if (note_vkey_parse(back, &again) != ERR_OK || again.hash != vkey.hash) {
            abort();
        }
    }
    if (note_skey_parse(text, &skey) == ERR_OK && !note_name_is_valid(skey.name)) {
        abort();
    }
}

static void
try_note(const char *text, size_t len)
{
    struct note_vkey keys[2];
    struct note_result result;
    struct checkpoint_seen seen;
    struct checkpoint_policy policy = {
        .origin = "PeterNeumann",
        .log = &keys[0],
        .witnesses = &keys[1],
        .witness_count = 1,
    };

    if (note_vkey_parse(LOG, &keys[0]) != ERR_OK || note_vkey_parse(WITNESS, &keys[1]) != ERR_OK) {
        abort();
    }
    if (note_verify(text, len, keys, 2, &result) == ERR_OK &&
        (result.text != text || result.text_len >= len || result.signed_count == 0)) {
        abort();
    }
    if (checkpoint_verify(text, len, &policy, &seen) == ERR_OK &&
        strcmp(seen.checkpoint.origin, policy.origin) != 0) {
        abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    /* Just as long as the input, so that a sanitizer sees each step beyond it. */
    char *exact = malloc(len == 0 ? 1 : len);
    char *closed = calloc(1, len + 1);

    if (exact == NULL || closed == NULL || sodium_init() < 0) {
        abort();
    }
    if (len > 0) {
        memcpy(exact, data, len);
        memcpy(closed, data, len);
    }
    try_note(exact, len);
    try_keys(closed);
    free(exact);
    free(closed);
    return 0;
}
