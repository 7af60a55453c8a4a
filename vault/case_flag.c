/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/case_flag.h"

#include <string.h>

#include "proto/escrow/audit_record.h"

struct case_record
case_record_of(const struct record_meta *meta)
{
    return (struct case_record) {
        .facts = {
            .serial = meta->header.serial,
            .entity = meta->entity,
            .sector = meta->sector,
            .week = meta->header.week,
            .band = meta->header.band,
            .mode = meta->header.mode,
            .received_at = meta->received_at,
        },
        .rid = meta->header.rid,
        .bucket = meta->header.bucket,
        .hh = meta->hh,
    };
}

static bool
is_older(const struct case_summary *a, const struct case_summary *b)
{
    return a->year != b->year ? a->year < b->year : a->number < b->number;
}

/* The open cases of one component. */
struct found_cases {
    size_t count;
    struct case_file *files[CASE_EDIT_MAX];
    struct case_file *oldest; /* NULL: none */
};

static void
note_case(struct found_cases *found, struct case_file *file)
{
    if (file->summary.state == CASE_CLOSED) {
        return;
    }
    for (size_t i = 0; i < found->count; i++) {
        if (found->files[i] == file) {
            return;
        }
    }
    found->files[found->count] = file;
    found->count++;
    if (found->oldest == NULL || is_older(&file->summary, &found->oldest->summary)) {
        found->oldest = file;
    }
}

/* Loads the cases of the linked records; one place of the edit stays free for a new one. */
static enum err
load_cases(struct case_edit *edit, const struct case_record *records, size_t count,
           struct found_cases *found)
{
    for (size_t i = 0; i < count && edit->count + 1 < CASE_EDIT_MAX; i++) {
        struct case_file *file = NULL;
        struct case_id id;
        enum err err;

        if (records[i].facts.is_attached) {
            continue;
        }
        err = case_membership(edit->vault, NULL, records[i].bucket, &records[i].rid, &id);
        if (err == ERR_NOT_FOUND) {
            continue;
        }
        if (err == ERR_OK) {
            err = case_edit_load(edit, &id, &file);
            err = err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
        }
        if (err != ERR_OK) {
            return err;
        }
        note_case(found, file);
    }
    return ERR_OK;
}

/* Closes all of them but the target. */
static enum err
merge_others(struct case_edit *edit, const struct found_cases *found,
             const struct case_file *target)
{
    for (size_t i = 0; i < found->count; i++) {
        struct case_file *file = found->files[i];
        enum err err = ERR_OK;

        if (file == target) {
            continue;
        }
        err = case_edit_move(file, CASE_CLOSED);
        if (err != ERR_OK) {
            return err;
        }
        file->summary.close_reason = CASE_MERGED;
        file->merged_into = target->summary.id;
        err = case_edit_record(edit, file, NULL, "case_merged");
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* Whether every given record is in the case as it is given here, and no other one is. */
static bool
has_exactly(const struct case_file *file, const struct case_record *records, size_t count)
{
    if (file->record_count != count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        size_t at = case_find(file, &records[i].rid);

        if (at == count || file->records[at].facts.is_attached != records[i].facts.is_attached) {
            return false;
        }
    }
    return true;
}

static enum err
put_memberships(struct case_edit *edit, const struct case_file *file)
{
    for (size_t i = 0; i < file->record_count; i++) {
        const struct case_record *record = &file->records[i];
        struct case_id id;
        enum err err = ERR_OK;

        if (record->facts.is_attached) {
            continue;
        }
        err = case_membership(edit->vault, NULL, record->bucket, &record->rid, &id);
        if (err == ERR_OK && sodium_memcmp(id.bytes, file->summary.id.bytes, CASE_ID_LEN) == 0) {
            continue;
        }
        if (err == ERR_OK || err == ERR_NOT_FOUND) {
            err = case_membership_put(edit, record, &file->summary.id);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

enum err
case_flag(struct case_edit *edit, const struct case_record *records, size_t count,
          struct case_change *out)
{
    struct found_cases found = { .count = 0 };
    struct case_file *target = NULL;
    struct case_change change = { .is_new = false };
    uint32_t flags_before = 0;
    enum err err = load_cases(edit, records, count, &found);

    target = found.oldest;
    if (err == ERR_OK && target == NULL) {
        err = case_edit_new(edit, &target);
        change.is_new = true;
    }
    if (err == ERR_OK) {
        err = merge_others(edit, &found, target);
    }
    if (err != ERR_OK) {
        return err;
    }
    flags_before = target->summary.flags;
    change.is_changed = !change.is_new && (found.count > 1 || !has_exactly(target, records, count));
    case_set_records(target, records, count);
    case_evaluate(edit->vault, target);
    change.is_changed =
        change.is_changed || (!change.is_new && flags_before != target->summary.flags);
    if (change.is_new || change.is_changed) {
        err = put_memberships(edit, target);
    }
    if (err == ERR_OK && (change.is_new || change.is_changed)) {
        err = case_edit_record(edit, target, NULL, change.is_new ? "case_flagged" : "case_grown");
    }
    if (err == ERR_OK) {
        *out = change;
    }
    return err;
}
