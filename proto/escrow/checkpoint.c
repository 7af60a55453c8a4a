/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum {
    ROOT_TEXT_ROOM = 45, /* 32 bytes in base64 */
    SIZE_TEXT_MAX = 20,
    TEXT_ROOM = NOTE_NAME_MAX + 1 + SIZE_TEXT_MAX + 1 + ROOT_TEXT_ROOM + 1,
};

/* Takes the line without its end off the front of '*text'. */
static enum err
take_line(struct bytes *text, struct bytes *line)
{
    const uint8_t *end = text->len == 0 ? NULL : memchr(text->data, '\n', text->len);

    if (end == NULL || end == text->data) {
        return ERR_MALFORMED;
    }
    *line = (struct bytes) { text->data, (size_t) (end - text->data) };
    text->len -= line->len + 1;
    text->data = end + 1;
    return ERR_OK;
}

/* Decimal digits without a leading zero. */
static enum err
read_size(struct bytes line, uint64_t *out)
{
    uint64_t value = 0;

    if (line.len > SIZE_TEXT_MAX - 1 || (line.len > 1 && line.data[0] == '0')) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9') {
            return ERR_MALFORMED;
        }
        value = value * 10 + (uint64_t) (line.data[i] - '0');
    }
    if (value > TREE_SIZE_MAX) {
        return ERR_MALFORMED;
    }
    *out = value;
    return ERR_OK;
}

static enum err
read_text(struct bytes text, struct checkpoint *out)
{
    struct checkpoint checkpoint = { .origin = "" };
    struct bytes origin = { 0 };
    struct bytes size = { 0 };
    struct bytes root = { 0 };
    struct bytes further = { 0 };
    size_t root_len = 0;

    if (take_line(&text, &origin) != ERR_OK || take_line(&text, &size) != ERR_OK ||
        take_line(&text, &root) != ERR_OK || origin.len > NOTE_NAME_MAX ||
        read_size(size, &checkpoint.size) != ERR_OK) {
        return ERR_MALFORMED;
    }
    if (bytes_from_base64((const char *) root.data, root.len, checkpoint.root.bytes, TREE_HASH_LEN,
                          &root_len) != ERR_OK ||
        root_len != TREE_HASH_LEN) {
        return ERR_MALFORMED;
    }
    while (text.len > 0) {
        if (take_line(&text, &further) != ERR_OK) {
            return ERR_MALFORMED;
        }
    }
    memcpy(checkpoint.origin, origin.data, origin.len);
    *out = checkpoint;
    return ERR_OK;
}

enum err
checkpoint_sign(const struct checkpoint *checkpoint, const struct note_skey *skey, char **out,
                size_t *out_len)
{
    char root[ROOT_TEXT_ROOM];
    char text[TEXT_ROOM];
    struct note_vkey vkey;
    struct checkpoint_policy policy = { .origin = checkpoint->origin, .log = &vkey };
    struct checkpoint_seen seen;
    char *note = NULL;
    size_t len = 0;
    enum err err;
    int text_len;

    if (!note_name_is_valid(checkpoint->origin) || checkpoint->size > TREE_SIZE_MAX) {
        return ERR_INVALID;
    }
    bytes_to_base64(checkpoint->root.bytes, TREE_HASH_LEN, root);
    text_len = snprintf(text, sizeof text, "%s\n%" PRIu64 "\n%s\n", checkpoint->origin,
                        checkpoint->size, root);
    err = note_sign(text, (size_t) text_len, skey, &note, &len);
    if (err != ERR_OK) {
        goto out;
    }
    note_vkey_of(skey, &vkey);
    err = checkpoint_verify(note, len, &policy, &seen);
    if (err == ERR_NOMEM) {
        goto out;
    }
    if (err != ERR_OK || seen.checkpoint.size != checkpoint->size) {
        err = ERR_INTERNAL;
        goto out;
    }
    *out = note;
    *out_len = len;
    note = NULL;
out:
    free(note);
    return err;
}

static bool
policy_is_valid(const struct checkpoint_policy *policy)
{
    if (policy->witness_count >= NOTE_MAX_KEYS || policy->quorum > policy->witness_count ||
        policy->log->type != NOTE_ED25519) {
        return false;
    }
    for (size_t i = 0; i < policy->witness_count; i++) {
        if (policy->witnesses[i].type != NOTE_COSIGNATURE) {
            return false;
        }
        /* One witness named twice would count twice. */
        for (size_t j = 0; j < i; j++) {
            if (sodium_memcmp(policy->witnesses[i].key, policy->witnesses[j].key, NOTE_KEY_LEN) ==
                0) {
                return false;
            }
        }
    }
    return true;
}

enum err
checkpoint_verify(const char *note, size_t len, const struct checkpoint_policy *policy,
                  struct checkpoint_seen *out)
{
    struct note_vkey keys[NOTE_MAX_KEYS];
    struct checkpoint_seen seen = { .cosigned_count = 0 };
    struct note_result result;
    size_t key_count = 1 + policy->witness_count;
    enum err err;

    if (!policy_is_valid(policy)) {
        return ERR_INVALID;
    }
    if (len > CHECKPOINT_MAX_LEN) {
        return ERR_TOO_BIG;
    }
    keys[0] = *policy->log;
    for (size_t i = 1; i < key_count; i++) {
        keys[i] = policy->witnesses[i - 1];
    }
    err = note_verify(note, len, keys, key_count, &result);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_AUTH : err;
    }
    err = read_text((struct bytes) { (const uint8_t *) result.text, result.text_len },
                    &seen.checkpoint);
    if (err != ERR_OK) {
        return err;
    }
    if (!result.is_signed[0] || strcmp(seen.checkpoint.origin, policy->origin) != 0) {
        return ERR_AUTH;
    }
    for (size_t i = 1; i < key_count; i++) {
        seen.cosigned_count += result.is_signed[i] ? 1 : 0;
        if (result.time_s[i] > seen.cosigned_s) {
            seen.cosigned_s = result.time_s[i];
        }
    }
    if (seen.cosigned_count < policy->quorum) {
        return ERR_NOT_FOUND;
    }
    *out = seen;
    return ERR_OK;
}
