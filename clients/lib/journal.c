/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/journal.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/keyfile.h"
#include "clients/lib/journal_record.h"
#include "proto/escrow/hash.h"

/* Dead bytes (envelopes that have their receipt) beyond which the file is written anew. */
enum { DEAD_MAX = 64 * 1024 * 1024 };

struct slot {
    struct journal_entry entry;
    off_t offset; /* of its newest record */
    size_t len;
    bool is_dropped;
};

struct journal {
    char *path;
    int fd;
    off_t end;
    off_t dead;
    struct slot *slots; /* in the order of their first record */
    size_t count;
    size_t room;
    uint32_t *table; /* open addressing; place in 'slots' plus 1, 0: free */
    size_t table_len; /* a power of two */
};

void
journal_key_of(const struct key32 *key, struct bytes text, struct journal_key *out)
{
    struct bytes key_bytes = { .data = key->bytes, .len = sizeof key->bytes };

    hash_labelled(&key_bytes, "sein1.journal", &text, 1, out->bytes, sizeof out->bytes);
}

enum err
journal_user_key(const char *state_folder, struct key32 *out)
{
    WIPED(key32) struct key32 key = { { 0 } };
    char *path = NULL;
    enum err err = file_join(state_folder, "journal.key", &path);

    if (err != ERR_OK) {
        return err;
    }
    err = keyfile_read(path, "journal", key.bytes, sizeof key.bytes);
    if (err == ERR_NOT_FOUND) {
        randombytes_buf(key.bytes, sizeof key.bytes);
        err = keyfile_create(path, "journal", key.bytes, sizeof key.bytes);
    }
    free(path);
    if (err == ERR_OK) {
        *out = key;
    }
    return err;
}

/* The place in the table where 'reference' stands or would stand.  Keyed hashes are evenly spread. */
static size_t
place_of(const struct journal *journal, const struct journal_key *reference)
{
    size_t at;

    memcpy(&at, reference->bytes, sizeof at);
    for (at &= journal->table_len - 1; journal->table[at] != 0;
         at = (at + 1) & (journal->table_len - 1)) {
        const struct slot *slot = &journal->slots[journal->table[at] - 1];

        if (memcmp(&slot->entry.reference, reference, sizeof *reference) == 0) {
            break;
        }
    }
    return at;
}

static enum err
grow(struct journal *journal)
{
    size_t room = journal->room == 0 ? 256 : journal->room * 2;
    struct slot *slots = reallocarray(journal->slots, room, sizeof *slots);
    uint32_t *table;

    if (slots == NULL) {
        return ERR_NOMEM;
    }
    journal->slots = slots;
    table = calloc(room * 2, sizeof *table);
    if (table == NULL) {
        return ERR_NOMEM;
    }
    free(journal->table);
    journal->table = table;
    journal->table_len = room * 2;
    journal->room = room;
    for (size_t i = 0; i < journal->count; i++) {
        table[place_of(journal, &slots[i].entry.reference)] = (uint32_t) i + 1;
    }
    return ERR_OK;
}

static struct slot *
find(const struct journal *journal, const struct journal_key *reference)
{
    size_t at;

    if (journal->table_len == 0) {
        return NULL;
    }
    at = place_of(journal, reference);
    return journal->table[at] != 0 ? &journal->slots[journal->table[at] - 1] : NULL;
}

/* Applies one record to the index. */
static enum err
apply(struct journal *journal, const struct journal_record *record, off_t offset, size_t len)
{
    struct slot *slot = find(journal, &record->entry.reference);

    if (slot == NULL) {
        if (record->kind == JOURNAL_RECORD_DROPPED) {
            return ERR_OK;
        }
        if (journal->count == journal->room) {
            enum err err = grow(journal);

            if (err != ERR_OK) {
                return err;
            }
        }
        slot = &journal->slots[journal->count];
        *slot = (struct slot) { .entry = record->entry };
        journal->table[place_of(journal, &record->entry.reference)] = (uint32_t) ++journal->count;
    } else {
        journal->dead += (off_t) slot->len;
    }
    slot->is_dropped = record->kind == JOURNAL_RECORD_DROPPED;
    if (!slot->is_dropped) {
        slot->entry = record->entry;
    }
    slot->offset = offset;
    slot->len = len;
    return ERR_OK;
}

/* Reads all records.  What was cut off at the end is dropped from the file. */
static enum err
load(struct journal *journal)
{
    struct stat st;
    enum err err = ERR_OK;

    if (fstat(journal->fd, &st) != 0) {
        return ERR_IO;
    }
    if (st.st_size == 0) {
        err = journal_record_begin(journal->fd);
        journal->end = JOURNAL_MAGIC_LEN;
        return err;
    }
    err = journal_record_check_magic(journal->fd);
    if (err != ERR_OK) {
        return err;
    }
    for (journal->end = JOURNAL_MAGIC_LEN; journal->end < st.st_size;) {
        struct journal_record record;
        size_t len = 0;

        err = journal_record_read(journal->fd, journal->end, st.st_size, &record, &len);
        if (err == ERR_NOT_FOUND) {
            return ftruncate(journal->fd, journal->end) == 0 ? ERR_OK : ERR_IO;
        }
        if (err == ERR_OK) {
            err = apply(journal, &record, journal->end, len);
        }
        if (err != ERR_OK) {
            return err;
        }
        journal->end += (off_t) len;
    }
    return ERR_OK;
}

/* Copies the newest record of each report to 'fd', and tells where they now are. */
static enum err
copy_living(const struct journal *journal, int fd, struct slot *moved, off_t *end)
{
    uint8_t buffer[JOURNAL_RECORD_MAX_LEN];
    off_t at = JOURNAL_MAGIC_LEN;
    enum err err = journal_record_begin(fd);

    for (size_t i = 0; i < journal->count && err == ERR_OK; i++) {
        const struct slot *slot = &journal->slots[i];

        moved[i] = *slot;
        if (slot->is_dropped) {
            moved[i].len = 0;
            continue;
        }
        if (pread(journal->fd, buffer, slot->len, slot->offset) != (ssize_t) slot->len) {
            return ERR_IO;
        }
        err = journal_record_append(fd, at, buffer, slot->len);
        moved[i].offset = at;
        at += (off_t) slot->len;
    }
    *end = at;
    return err;
}

/* Writes the file anew without what is dead; on failure the old one stands. */
static enum err
compact(struct journal *journal)
{
    char *path = NULL;
    struct slot *moved = calloc(journal->room, sizeof *moved);
    off_t end = 0;
    int fd = -1;
    enum err err = ERR_NOMEM;

    if (moved == NULL || asprintf(&path, "%s.new", journal->path) < 0) {
        path = NULL;
        goto out;
    }
    unlink(path);
    err = file_lock(path, &fd);
    if (err != ERR_OK) {
        goto out;
    }
    err = copy_living(journal, fd, moved, &end);
    if (err != ERR_OK) {
        goto out;
    }
    if (fdatasync(fd) != 0 || rename(path, journal->path) != 0) {
        err = ERR_IO;
        goto out;
    }
    file_unlock(journal->fd);
    journal->fd = fd;
    fd = -1;
    free(journal->slots);
    journal->slots = moved;
    moved = NULL;
    journal->end = end;
    journal->dead = 0;
out:
    if (fd >= 0) {
        unlink(path);
        file_unlock(fd);
    }
    free(moved);
    free(path);
    return err;
}

enum err
journal_open(const char *path, struct journal **out)
{
    struct journal *journal = calloc(1, sizeof *journal);
    enum err err;

    if (journal == NULL) {
        return ERR_NOMEM;
    }
    journal->fd = -1;
    journal->path = strdup(path);
    if (journal->path == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    err = file_lock(path, &journal->fd);
    if (err != ERR_OK) {
        goto out;
    }
    err = load(journal);
    if (err == ERR_OK && journal->dead > 0 && journal->room > 0) {
        err = compact(journal);
    }
    if (err != ERR_OK) {
        goto out;
    }
    *out = journal;
    journal = NULL;
out:
    journal_close(journal);
    return err;
}

void
journal_close(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    file_unlock(journal->fd);
    free(journal->path);
    free(journal->slots);
    free(journal->table);
    free(journal);
}

enum err
journal_find(const struct journal *journal, const struct journal_key *reference,
             struct journal_entry *out)
{
    const struct slot *slot = find(journal, reference);

    if (slot == NULL || slot->is_dropped) {
        return ERR_NOT_FOUND;
    }
    *out = slot->entry;
    return ERR_OK;
}

size_t
journal_count(const struct journal *journal)
{
    return journal->count;
}

bool
journal_at(const struct journal *journal, size_t at, struct journal_entry *out)
{
    if (journal->slots[at].is_dropped) {
        return false;
    }
    *out = journal->slots[at].entry;
    return true;
}

/* Appends the record in 'buffer' and applies it. */
static enum err
append(struct journal *journal, const struct journal_record *record, const uint8_t *buffer,
       size_t len)
{
    enum err err = journal_record_append(journal->fd, journal->end, buffer, len);

    if (err != ERR_OK) {
        return err;
    }
    err = apply(journal, record, journal->end, len);
    if (err != ERR_OK) {
        return err;
    }
    journal->end += (off_t) len;
    return journal->dead > DEAD_MAX ? compact(journal) : ERR_OK;
}

enum err
journal_note_sealed(struct journal *journal, const struct journal_key *reference,
                    const struct journal_key *row, const struct filing_sealed *sealed)
{
    uint8_t buffer[JOURNAL_RECORD_MAX_LEN];
    struct journal_record record = {
        .kind = JOURNAL_RECORD_SEALED,
        .entry = { .reference = *reference, .row = *row, .state = JOURNAL_SEALED }
    };
    enum err err = filing_rid(sealed, &record.entry.rid);

    if (err != ERR_OK) {
        return err;
    }
    return append(journal, &record, buffer, journal_record_write_sealed(&record, sealed, buffer));
}

enum err
journal_read_sealed(const struct journal *journal, const struct journal_key *reference,
                    struct filing_sealed *out)
{
    const struct slot *slot = find(journal, reference);

    if (slot == NULL || slot->is_dropped || slot->entry.state != JOURNAL_SEALED) {
        return ERR_NOT_FOUND;
    }
    return journal_record_read_sealed(journal->fd, slot->offset, slot->len, out);
}

enum err
journal_note_filed(struct journal *journal, const struct journal_key *reference,
                   const uint8_t receipt[RECEIPT_LEN], uint32_t day)
{
    uint8_t buffer[JOURNAL_RECORD_MAX_LEN];
    struct journal_record record = { .kind = JOURNAL_RECORD_FILED };
    enum err err = journal_find(journal, reference, &record.entry);

    if (err != ERR_OK) {
        return err;
    }
    record.entry.state = JOURNAL_FILED;
    record.entry.day = day;
    return append(journal, &record, buffer, journal_record_write_filed(&record, receipt, buffer));
}

enum err
journal_drop(struct journal *journal, const struct journal_key *reference)
{
    uint8_t buffer[JOURNAL_RECORD_MAX_LEN];
    struct journal_record record = { .kind = JOURNAL_RECORD_DROPPED };
    enum err err = journal_find(journal, reference, &record.entry);

    if (err != ERR_OK) {
        return err;
    }
    return append(journal, &record, buffer, journal_record_write_dropped(&record, buffer));
}

enum err
journal_sync(struct journal *journal)
{
    return fdatasync(journal->fd) == 0 ? ERR_OK : ERR_IO;
}
