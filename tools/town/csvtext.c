/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/csvtext.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "base/file.h"

static bool
make_room(struct csvtext *text, size_t more)
{
    size_t cap = text->cap == 0 ? 65536 : text->cap;
    char *data = NULL;

    if (text->err != ERR_OK) {
        return false;
    }
    while (cap - text->len < more) {
        cap *= 2;
    }
    if (cap == text->cap) {
        return true;
    }
    data = realloc(text->data, cap);
    if (data == NULL) {
        text->err = ERR_NOMEM;
        return false;
    }
    text->data = data;
    text->cap = cap;
    return true;
}

void
csvtext_field(struct csvtext *text, const char *value)
{
    size_t len = strlen(value);

    if (!make_room(text, 2 * len + 8)) {
        return;
    }
    if (text->is_inside_row) {
        text->data[text->len++] = ',';
    }
    text->is_inside_row = true;
    if (strpbrk(value, ",\"\r\n") == NULL) {
        memcpy(text->data + text->len, value, len);
        text->len += len;
    } else {
        text->len += csv_write(text->data + text->len, text->cap - text->len, value, len);
    }
}

void
csvtext_number(struct csvtext *text, uint64_t value)
{
    char digits[24];

    (void) snprintf(digits, sizeof digits, "%" PRIu64, value);
    csvtext_field(text, digits);
}

void
csvtext_end_row(struct csvtext *text)
{
    if (make_room(text, 1)) {
        text->data[text->len++] = '\n';
        text->is_inside_row = false;
    }
}

enum err
csvtext_finish(struct csvtext *text, const char *folder, const char *name)
{
    char *path = NULL;
    enum err err = text->err;

    if (err == ERR_OK) {
        err = file_join(folder, name, &path);
    }
    if (err == ERR_OK) {
        err = file_replace(path, text->data, text->len, 0644);
    }
    free(path);
    csvtext_done(text);
    return err;
}

void
csvtext_done(struct csvtext *text)
{
    free(text->data);
    memset(text, 0, sizeof *text);
}
