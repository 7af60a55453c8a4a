/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/keyfile.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/secret.h"

enum { LINE_ROOM = 192 };

struct keyfile_line {
    char text[LINE_ROOM];
};
WIPED_KIND(keyfile_line)

struct keyfile_key {
    uint8_t bytes[KEYFILE_KEY_MAX];
};
WIPED_KIND(keyfile_key)

static bool
kind_is_valid(const char *kind)
{
    size_t len = strlen(kind);

    return len > 0 && len <= KEYFILE_KIND_MAX &&
        strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* Writes "seinhuis KIND v1 " and returns its length. */
static size_t
line_begin(struct keyfile_line *line, const char *kind)
{
    return (size_t) snprintf(line->text, LINE_ROOM, "seinhuis %s v1 ", kind);
}

enum err
keyfile_create(const char *path, const char *kind, const uint8_t *key, size_t len)
{
    WIPED(keyfile_line) struct keyfile_line line = { "" };
    size_t at;

    if (!kind_is_valid(kind) || len == 0 || len > KEYFILE_KEY_MAX) {
        return ERR_INVALID;
    }
    at = line_begin(&line, kind);
    bytes_to_base64(key, len, line.text + at);
    at = strlen(line.text);
    line.text[at] = '\n';
    return file_create(path, line.text, at + 1, 0600);
}

enum err
keyfile_read(const char *path, const char *kind, uint8_t *out, size_t len)
{
    WIPED(keyfile_line) struct keyfile_line line = { "" };
    WIPED(keyfile_line) struct keyfile_line wanted = { "" };
    WIPED(keyfile_key) struct keyfile_key key = { { 0 } };
    size_t line_len = 0;
    size_t key_len = 0;
    size_t at;
    enum err err;

    if (!kind_is_valid(kind) || len == 0 || len > KEYFILE_KEY_MAX) {
        return ERR_INVALID;
    }
    err = file_read_secret(path, line.text, LINE_ROOM - 1, &line_len);
    if (err != ERR_OK) {
        return err == ERR_TOO_BIG ? ERR_MALFORMED : err;
    }
    if (line_len > 0 && line.text[line_len - 1] == '\n') {
        line_len--;
    }
    at = line_begin(&wanted, kind);
    if (line_len <= at || memcmp(line.text, wanted.text, at) != 0 ||
        bytes_from_base64(line.text + at, line_len - at, key.bytes, sizeof key.bytes, &key_len) !=
            ERR_OK ||
        key_len != len) {
        return ERR_MALFORMED;
    }
    memcpy(out, key.bytes, len);
    return ERR_OK;
}
