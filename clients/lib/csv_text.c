/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/csv_text.h"

#include <stdint.h>
#include <string.h>

#include <sodium.h>
#include <unistr.h>

enum { CHUNK_LEN = 16 * 1024, CHARACTER_MAX_LEN = 4, HEADER_ROOM = 4096 };

bool
csv_text_starts_with_mark(FILE *file)
{
    static const char MARK[CSV_TEXT_MARK_LEN + 1] = "\xef\xbb\xbf";
    char start[CSV_TEXT_MARK_LEN];

    rewind(file);
    return fread(start, 1, sizeof start, file) == sizeof start &&
        memcmp(start, MARK, sizeof start) == 0;
}

void
csv_text_trim(const char **text, size_t *len)
{
    while (*len > 0 && ((*text)[0] == ' ' || (*text)[0] == '\t')) {
        (*text)++;
        (*len)--;
    }
    while (*len > 0 && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t')) {
        (*len)--;
    }
}

static enum err
problem(struct report_csv_error *error, enum report_csv_problem what, uint32_t line)
{
    *error = (struct report_csv_error) { .problem = what, .line = line };
    return what == REPORT_CSV_TOO_LARGE ? ERR_TOO_BIG : ERR_MALFORMED;
}

static size_t
count_of(const char *text, size_t len, char wanted)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++) {
        count += text[i] == wanted ? 1 : 0;
    }
    return count;
}

/* A first line in which another delimiter stands and no comma does. */
static enum err
check_delimiter(const char *text, size_t len, struct report_csv_error *error)
{
    size_t line_len = 0;

    while (line_len < len && text[line_len] != '\n' && text[line_len] != '\r') {
        line_len++;
    }
    if (count_of(text, line_len, ',') > 0) {
        return ERR_OK;
    }
    if (count_of(text, line_len, ';') > 0) {
        return problem(error, REPORT_CSV_SEMICOLON, 1);
    }
    if (count_of(text, line_len, '\t') > 0) {
        return problem(error, REPORT_CSV_TAB, 1);
    }
    if (count_of(text, line_len, '|') > 0) {
        return problem(error, REPORT_CSV_BAR, 1);
    }
    return ERR_OK;
}

/* What the first bytes say. */
static enum err
check_start(FILE *file, struct report_csv_error *error)
{
    char start[HEADER_ROOM];
    size_t len;

    rewind(file);
    len = fread(start, 1, sizeof start, file);
    if (ferror(file) != 0) {
        return ERR_IO;
    }
    if (len == 0) {
        return problem(error, REPORT_CSV_EMPTY, 0);
    }
    if (len >= 2 && (memcmp(start, "\xff\xfe", 2) == 0 || memcmp(start, "\xfe\xff", 2) == 0)) {
        return problem(error, REPORT_CSV_UTF16, 0);
    }
    return check_delimiter(start, len, error);
}

/* Checks 'len' bytes, of which a character may be cut off at the end unless 'is_last'; '*line' counts on.
 * Returns how many bytes were checked, or SIZE_MAX when something is wrong. */
static size_t
check_part(const uint8_t *bytes, size_t len, bool is_last, uint32_t *line,
           struct report_csv_error *error)
{
    const uint8_t *bad = u8_check(bytes, len);
    const uint8_t *zero = memchr(bytes, 0, len);
    size_t good = bad == NULL ? len : (size_t) (bad - bytes);

    if (zero != NULL && (bad == NULL || zero < bad)) {
        good = (size_t) (zero - bytes);
    }
    for (size_t i = 0; i < good; i++) {
        *line += bytes[i] == '\n' ? 1 : 0;
    }
    if (zero != NULL && good == (size_t) (zero - bytes)) {
        (void) !problem(error, REPORT_CSV_NUL, *line);
        return SIZE_MAX;
    }
    if (bad != NULL && (is_last || len - good >= CHARACTER_MAX_LEN)) {
        (void) !problem(error, REPORT_CSV_LATIN1, *line);
        return SIZE_MAX;
    }
    return good;
}

enum err
csv_text_check(FILE *file, struct report_csv_error *error)
{
    uint8_t chunk[CHUNK_LEN];
    size_t kept = 0; /* bytes of a character that the last chunk cut off */
    uint64_t total = 0;
    uint32_t line = 1;
    bool is_last = false;
    enum err err = check_start(file, error);

    rewind(file);
    while (err == ERR_OK && !is_last) {
        size_t len = fread(chunk + kept, 1, sizeof chunk - kept, file);
        size_t checked;

        if (ferror(file) != 0) {
            err = ERR_IO;
            break;
        }
        total += len;
        if (total > REPORT_CSV_MAX_LEN) {
            err = problem(error, REPORT_CSV_TOO_LARGE, 0);
            break;
        }
        is_last = len == 0;
        checked = check_part(chunk, kept + len, is_last, &line, error);
        if (checked == SIZE_MAX) {
            err = ERR_MALFORMED;
            break;
        }
        kept += len - checked;
        memmove(chunk, chunk + checked, kept);
    }
    sodium_memzero(chunk, sizeof chunk);
    return err;
}
