/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/case_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/escrow/audit_record.h"
#include "vault/case_book.h"
#include "vault/case_row.h"
#include "vault/policy.h"
#include "vault/store/audit.h"

/* ---- one change ---- */

enum err
case_edit_begin(struct vault *vault, struct case_edit *edit)
{
    struct store_id id;

    *edit = (struct case_edit) { .vault = vault };
    pthread_mutex_lock(&vault->changing);
    store_id_random(&id);
    return store_batch_new(&id, &edit->batch);
}

void
case_edit_end(struct case_edit *edit)
{
    for (size_t i = 0; i < edit->count; i++) {
        free(edit->files[i]);
    }
    store_batch_free(edit->batch);
    pthread_mutex_unlock(&edit->vault->changing);
}

static struct case_file *
add_file(struct case_edit *edit, bool is_new)
{
    struct case_file *file = calloc(1, sizeof *file);

    if (file != NULL) {
        edit->files[edit->count] = file;
        edit->is_new[edit->count] = is_new;
        edit->count++;
    }
    return file;
}

enum err
case_edit_load(struct case_edit *edit, const struct case_id *id, struct case_file **out)
{
    const struct store_key key = case_key(edit->vault, id);
    struct case_file *file;
    struct row row = { .data = NULL };
    enum err err;

    for (size_t i = 0; i < edit->count; i++) {
        if (sodium_memcmp(edit->files[i]->summary.id.bytes, id->bytes, CASE_ID_LEN) == 0) {
            *out = edit->files[i];
            return ERR_OK;
        }
    }
    if (edit->count == CASE_EDIT_MAX) {
        return ERR_FULL;
    }
    err = row_read(edit->vault, NULL, &key, &row);
    if (err != ERR_OK) {
        return err;
    }
    file = add_file(edit, false);
    err = file == NULL ? ERR_NOMEM : case_row_read(row.data, row.len, file);
    if (err == ERR_OK) {
        store_batch_expect_version(edit->batch, &key, row.version);
        *out = file;
    }
    row_done(&row);
    return err;
}

enum err
case_edit_new(struct case_edit *edit, struct case_file **out)
{
    uint64_t now = clock_now_s(edit->vault->config.clock);
    struct case_file *file;
    uint32_t number;

    if (edit->count == CASE_EDIT_MAX) {
        return ERR_FULL;
    }
    file = add_file(edit, true);
    if (file == NULL) {
        return ERR_NOMEM;
    }
    randombytes_buf(file->summary.id.bytes, CASE_ID_LEN);
    file->summary.year = date_of(now).year;
    number = case_book_last_number(edit->vault->book, file->summary.year);
    for (size_t i = 0; i + 1 < edit->count; i++) {
        const struct case_summary *other = &edit->files[i]->summary;

        if (edit->is_new[i] && other->year == file->summary.year && other->number > number) {
            number = other->number;
        }
    }
    file->summary.number = number + 1;
    file->summary.state = CASE_FLAGGED;
    file->summary.flagged_at = now;
    *out = file;
    return ERR_OK;
}

static void
mark_changed(struct case_edit *edit, struct case_file *file)
{
    for (size_t i = 0; i < edit->count; i++) {
        if (edit->files[i] == file) {
            edit->is_changed[i] = true;
        }
    }
    file->summary.changed_at = clock_now_s(edit->vault->config.clock);
}

enum err
case_edit_record(struct case_edit *edit, struct case_file *file, const struct audit_record *who,
                 const char *type)
{
    struct audit_record record = { .action = AUDIT_UPDATE, .authorised = AUDIT_TRUE, .count = 1 };

    if (who != NULL) {
        record = *who;
    }
    if (record.type[0] == '\0') {
        snprintf(record.type, sizeof record.type, "%s", type);
    }
    /* One record may stand for several leaves of a batch: each gets an id of its own. */
    memset(record.event_id, 0, sizeof record.event_id);
    record.object_type = AUDIT_OBJECT_CASE;
    record.object_len = CASE_ID_LEN;
    memcpy(record.object, file->summary.id.bytes, CASE_ID_LEN);
    if (record.life_cycle == AUDIT_LIFE_UNSPECIFIED) {
        record.life_cycle = AUDIT_LIFE_AMENDMENT;
    }
    if (record.sensitivity == AUDIT_SENSITIVITY_UNSPECIFIED) {
        record.sensitivity = AUDIT_DEIDENTIFIED;
    }
    mark_changed(edit, file);
    return audit_append(edit->vault->config.audit, edit->batch, &record);
}

enum err
case_edit_apply(struct case_edit *edit)
{
    struct vault *vault = edit->vault;
    struct store_result result;
    enum err err = case_book_reserve(vault->book, edit->count);

    for (size_t i = 0; i < edit->count && err == ERR_OK; i++) {
        uint8_t row[CASE_ROW_MAX_LEN];
        size_t len = 0;
        struct store_key key;

        if (!edit->is_changed[i]) {
            continue;
        }
        case_count(edit->files[i]);
        key = case_key(vault, &edit->files[i]->summary.id);
        err = case_row_write(edit->files[i], row, &len);
        if (err == ERR_OK) {
            err = row_put(vault, edit->batch, &key, row, len);
        }
    }
    if (err == ERR_OK) {
        err = store_apply(vault->config.store, edit->batch, &result);
    }
    for (size_t i = 0; i < edit->count && err == ERR_OK; i++) {
        if (edit->is_changed[i]) {
            case_book_put(vault->book, &edit->files[i]->summary);
        }
    }
    return err;
}

/* ---- states ---- */

/* Which state may follow which; identity may follow itself by another release. */
static const bool MOVES[CASE_CLOSED + 1][CASE_CLOSED + 1] = {
    [CASE_FLAGGED] = { [CASE_TRIAGE] = true, [CASE_CLOSED] = true },
    [CASE_TRIAGE] = { [CASE_IDENTITY] = true, [CASE_CLOSED] = true },
    [CASE_IDENTITY] = { [CASE_IDENTITY] = true, [CASE_OPENED] = true, [CASE_CLOSED] = true },
    [CASE_OPENED] = { [CASE_IDENTITY] = true, [CASE_CLOSED] = true },
};

bool
case_may_move(enum case_state from, enum case_state to)
{
    return from >= CASE_FLAGGED && from <= CASE_CLOSED && to >= CASE_FLAGGED && to <= CASE_CLOSED &&
        MOVES[from][to];
}

enum err
case_edit_move(struct case_file *file, enum case_state to)
{
    if (!case_may_move(file->summary.state, to)) {
        return ERR_STATE;
    }
    file->summary.state = to;
    return ERR_OK;
}

/* ---- records ---- */

size_t
case_find(const struct case_file *file, const struct rid *rid)
{
    size_t at = 0;

    while (at < file->record_count &&
           sodium_memcmp(file->records[at].rid.bytes, rid->bytes, RID_LEN) != 0) {
        at++;
    }
    return at;
}

enum err
case_find_all(const struct case_file *file, const struct hash32 *hh, size_t count, uint64_t *out)
{
    uint64_t found = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t here = 0;

        for (size_t j = 0; j < file->record_count; j++) {
            if (!file->records[j].facts.is_attached &&
                sodium_memcmp(file->records[j].hh.bytes, hh[i].bytes, HASH32_LEN) == 0) {
                here |= UINT64_C(1) << j;
            }
        }
        if (here == 0 || (found & here) != 0) {
            return ERR_INVALID;
        }
        found |= here;
    }
    *out = found;
    return ERR_OK;
}

/* The positions of 'mask' that were kept, at their new places. */
static uint64_t
squeeze(uint64_t mask, const size_t *kept, size_t count)
{
    uint64_t out = 0;

    for (size_t i = 0; i < count; i++) {
        out |= (mask >> kept[i] & 1) << i;
    }
    return out;
}

static void
squeeze_confirmations(struct case_file *file, const size_t *kept, size_t count)
{
    size_t left = 0;

    for (size_t i = 0; i < file->confirmation_count; i++) {
        struct case_confirmation *confirmation = &file->confirmations[i];
        uint64_t records = squeeze(confirmation->records, kept, count);

        if (__builtin_popcountll(records) == __builtin_popcountll(confirmation->records)) {
            confirmation->records = records;
            file->confirmations[left] = *confirmation;
            left++;
        }
    }
    file->confirmation_count = left;
}

void
case_set_records(struct case_file *file, const struct case_record *records, size_t count)
{
    struct case_record merged[COMPONENT_MAX];
    size_t kept[COMPONENT_MAX];
    uint64_t taken = 0;
    size_t at = 0;

    for (size_t i = 0; i < file->record_count; i++) {
        const struct case_record *old = &file->records[i];

        for (size_t j = 0; j < count; j++) {
            if (sodium_memcmp(old->rid.bytes, records[j].rid.bytes, RID_LEN) == 0) {
                merged[at] = records[j];
                merged[at].is_released = old->is_released;
                merged[at].is_opened = old->is_opened;
                kept[at] = i;
                taken |= UINT64_C(1) << j;
                at++;
            }
        }
    }
    squeeze_confirmations(file, kept, at);
    for (size_t j = 0; j < count; j++) {
        if ((taken >> j & 1) == 0) {
            merged[at] = records[j];
            at++;
        }
    }
    memcpy(file->records, merged, at * sizeof merged[0]);
    file->record_count = at;
}

/* The term of the gravest acute record, when there is one, else that of triage. */
static uint64_t
triage_before(const struct vault *vault, const struct case_file *file)
{
    const struct policy *policy = vault->config.policy;
    uint64_t before = policy_triage_before(policy, file->summary.flagged_at);

    for (size_t i = 0; i < file->record_count; i++) {
        const struct rule_record *facts = &file->records[i].facts;

        if (facts->mode == MODE_ACUTE) {
            uint64_t acute =
                facts->received_at + policy_act_within_s(policy, facts->mode, facts->band);

            before = acute < before ? acute : before;
        }
    }
    return before;
}

void
case_evaluate(const struct vault *vault, struct case_file *file)
{
    struct rule_record facts[COMPONENT_MAX];
    struct rule_result result;

    for (size_t i = 0; i < file->record_count; i++) {
        facts[i] = file->records[i].facts;
    }
    rules_apply(vault->config.policy, facts, file->record_count, &result);
    file->summary.flags = result.flags;
    file->explanation_count = result.explanation_count;
    memcpy(file->explanations, result.explanations, sizeof file->explanations);
    rule_policy_label(vault->config.policy, file->policy);
    file->summary.triage_before = triage_before(vault, file);
    case_count(file);
}

/* ---- membership ---- */

static struct store_key
membership_key(const struct vault *vault, uint16_t bucket, const struct rid *rid)
{
    return core_key(vault, ROW_MEMBERSHIP, STORE_LINKS, bucket, rid->bytes, RID_LEN);
}

enum err
case_membership(const struct vault *vault, struct store_snapshot *snapshot, uint16_t bucket,
                const struct rid *rid, struct case_id *out)
{
    const struct store_key key = membership_key(vault, bucket, rid);
    struct row row = { .data = NULL };
    enum err err = row_read(vault, snapshot, &key, &row);

    if (err == ERR_OK && row.len != CASE_ID_LEN) {
        err = ERR_CORRUPT;
    }
    if (err == ERR_OK) {
        memcpy(out->bytes, row.data, CASE_ID_LEN);
    }
    row_done(&row);
    return err;
}

enum err
case_membership_put(struct case_edit *edit, const struct case_record *record,
                    const struct case_id *id)
{
    const struct store_key key = membership_key(edit->vault, record->bucket, &record->rid);

    return row_put(edit->vault, edit->batch, &key, id->bytes, CASE_ID_LEN);
}

void
case_membership_delete(struct case_edit *edit, const struct case_record *record)
{
    const struct store_key key = membership_key(edit->vault, record->bucket, &record->rid);

    store_batch_delete(edit->batch, &key);
}
