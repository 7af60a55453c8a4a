/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/register.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"

enum { LINE_ROOM = 256, REFERENCE_ROOM = 64 };

struct line {
    struct rid rid;
    struct journal_key row;
    uint32_t day;
    char reference[REFERENCE_ROOM];
};

struct register_book {
    int fd;
    FILE *file; /* owns 'fd' */
    struct line **lines;
    size_t count;
    size_t room;
    /* Two orders of search, open addressing; place in 'lines' plus 1, 0: free. */
    uint32_t *by_rid;
    uint32_t *by_reference;
    size_t table_len;
};

static size_t
start_of_rid(const struct register_book *book, const struct rid *rid)
{
    size_t at;

    memcpy(&at, rid->bytes, sizeof at);
    return at & (book->table_len - 1);
}

/* FNV-1a: the references are our own organisation's. */
static size_t
start_of_reference(const struct register_book *book, const char *reference)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *reference != '\0'; reference++) {
        hash = (hash ^ (unsigned char) *reference) * UINT64_C(0x100000001b3);
    }
    return (size_t) hash & (book->table_len - 1);
}

static size_t
place_of_rid(const struct register_book *book, const struct rid *rid)
{
    size_t at = start_of_rid(book, rid);

    while (book->by_rid[at] != 0 &&
           memcmp(&book->lines[book->by_rid[at] - 1]->rid, rid, sizeof *rid) != 0) {
        at = (at + 1) & (book->table_len - 1);
    }
    return at;
}

static size_t
place_of_reference(const struct register_book *book, const char *reference)
{
    size_t at = start_of_reference(book, reference);

    while (book->by_reference[at] != 0 &&
           strcmp(book->lines[book->by_reference[at] - 1]->reference, reference) != 0) {
        at = (at + 1) & (book->table_len - 1);
    }
    return at;
}

static void
index_line(struct register_book *book, size_t at)
{
    const struct line *line = book->lines[at];

    book->by_rid[place_of_rid(book, &line->rid)] = (uint32_t) at + 1;
    book->by_reference[place_of_reference(book, line->reference)] = (uint32_t) at + 1;
}

static enum err
grow(struct register_book *book)
{
    size_t room = book->room == 0 ? 256 : book->room * 2;
    struct line **lines = reallocarray(book->lines, room, sizeof(struct line *));

    if (lines == NULL) {
        return ERR_NOMEM;
    }
    book->lines = lines;
    free(book->by_rid);
    free(book->by_reference);
    book->by_rid = calloc(room * 2, sizeof *book->by_rid);
    book->by_reference = calloc(room * 2, sizeof *book->by_reference);
    if (book->by_rid == NULL || book->by_reference == NULL) {
        return ERR_NOMEM;
    }
    book->table_len = room * 2;
    book->room = room;
    for (size_t i = 0; i < book->count; i++) {
        index_line(book, i);
    }
    return ERR_OK;
}

static enum err
remember(struct register_book *book, const struct line *line)
{
    struct line *copy = malloc(sizeof *copy);
    enum err err = ERR_OK;

    if (copy == NULL) {
        return ERR_NOMEM;
    }
    if (book->count == book->room) {
        err = grow(book);
    }
    if (err != ERR_OK) {
        free(copy);
        return err;
    }
    *copy = *line;
    book->lines[book->count] = copy;
    index_line(book, book->count++);
    return ERR_OK;
}

/* "RID ROW DAY REFERENCE", without the line end. */
static enum err
parse_line(char *text, struct line *out)
{
    char *save = NULL;
    const char *rid = strtok_r(text, " ", &save);
    const char *row = strtok_r(NULL, " ", &save);
    const char *day = strtok_r(NULL, " ", &save);
    const char *reference = strtok_r(NULL, " ", &save);
    struct date date;

    if (reference == NULL || strlen(reference) >= sizeof out->reference ||
        bytes_from_hex(rid, out->rid.bytes, RID_LEN) != ERR_OK ||
        bytes_from_hex(row, out->row.bytes, sizeof out->row.bytes) != ERR_OK ||
        date_parse(day, &date) != ERR_OK) {
        return ERR_CORRUPT;
    }
    out->day = (uint32_t) date_to_days(date);
    snprintf(out->reference, sizeof out->reference, "%s", reference);
    return ERR_OK;
}

/* Reads all lines; one without its end was cut off and is dropped. */
static enum err
load(struct register_book *book)
{
    char text[LINE_ROOM];
    long end = 0;

    while (fgets(text, sizeof text, book->file) != NULL) {
        struct line line = { .day = 0 };
        size_t len = strlen(text);
        enum err err;

        if (len == 0 || text[len - 1] != '\n') {
            break;
        }
        text[len - 1] = '\0';
        err = parse_line(text, &line);
        if (err == ERR_OK) {
            err = remember(book, &line);
        }
        if (err != ERR_OK) {
            return err;
        }
        end = ftell(book->file);
    }
    if (ferror(book->file) != 0 || end < 0 || ftruncate(book->fd, end) != 0 ||
        fseek(book->file, end, SEEK_SET) != 0) {
        return ERR_IO;
    }
    return ERR_OK;
}

enum err
register_open(const char *state_folder, struct register_book **out)
{
    struct register_book *book = calloc(1, sizeof *book);
    char *path = NULL;
    enum err err;

    if (book == NULL) {
        return ERR_NOMEM;
    }
    book->fd = -1;
    err = file_join(state_folder, "register", &path);
    if (err != ERR_OK) {
        goto out;
    }
    err = file_lock(path, &book->fd);
    if (err != ERR_OK) {
        goto out;
    }
    book->file = fdopen(book->fd, "r+");
    err = book->file == NULL ? ERR_NOMEM : load(book);
    if (err != ERR_OK) {
        goto out;
    }
    *out = book;
    book = NULL;
out:
    free(path);
    register_close(book);
    return err;
}

void
register_close(struct register_book *book)
{
    if (book == NULL) {
        return;
    }
    if (book->file != NULL) {
        fclose(book->file);
    } else {
        file_unlock(book->fd);
    }
    for (size_t i = 0; i < book->count; i++) {
        free(book->lines[i]);
    }
    free(book->lines);
    free(book->by_rid);
    free(book->by_reference);
    free(book);
}

enum err
register_add(struct register_book *book, const struct register_entry *entry)
{
    struct line line = { .rid = entry->rid, .row = entry->row, .day = entry->day };
    char rid[2 * RID_LEN + 1];
    char row[2 * sizeof entry->row.bytes + 1];
    char day[DATE_TEXT_ROOM];
    size_t len = strlen(entry->reference);

    if (len == 0 || len >= sizeof line.reference || strpbrk(entry->reference, " \n") != NULL) {
        return ERR_INVALID;
    }
    memcpy(line.reference, entry->reference, len + 1);
    bytes_to_hex(entry->rid.bytes, RID_LEN, rid);
    bytes_to_hex(entry->row.bytes, sizeof entry->row.bytes, row);
    date_format(date_from_days((int32_t) entry->day), day);
    if (fprintf(book->file, "%s %s %s %s\n", rid, row, day, line.reference) < 0 ||
        fflush(book->file) != 0) {
        return errno == ENOSPC ? ERR_FULL : ERR_IO;
    }
    return remember(book, &line);
}

static void
as_entry(const struct line *line, struct register_entry *out)
{
    *out = (struct register_entry) {
        .rid = line->rid, .row = line->row, .day = line->day, .reference = line->reference
    };
}

enum err
register_by_rid(const struct register_book *book, const struct rid *rid, struct register_entry *out)
{
    size_t at = book->table_len == 0 ? 0 : place_of_rid(book, rid);

    if (book->table_len == 0 || book->by_rid[at] == 0) {
        return ERR_NOT_FOUND;
    }
    as_entry(book->lines[book->by_rid[at] - 1], out);
    return ERR_OK;
}

enum err
register_by_reference(const struct register_book *book, const char *reference,
                      struct register_entry *out)
{
    size_t at = book->table_len == 0 ? 0 : place_of_reference(book, reference);

    if (book->table_len == 0 || book->by_reference[at] == 0) {
        return ERR_NOT_FOUND;
    }
    as_entry(book->lines[book->by_reference[at] - 1], out);
    return ERR_OK;
}
