/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/batch_item.h"

#include <stdlib.h>
#include <string.h>

enum { SEEN_START = 512 };

enum err
batch_run_init(struct batch_run *run)
{
    run->items = calloc(BATCH_WIDTH, sizeof *run->items);
    run->seen.table = calloc(SEEN_START, sizeof *run->seen.table);
    run->seen.table_len = SEEN_START;
    if (run->items == NULL || run->seen.table == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < BATCH_WIDTH; i++) {
        for (size_t question = 0; question < REGISTRY_MAX_CTXS; question++) {
            run->items[i].tags[question] =
                (struct batch_tag) { .item = &run->items[i], .question = question };
        }
    }
    return ERR_OK;
}

void
batch_run_done(struct batch_run *run)
{
    for (size_t i = 0; run->items != NULL && i < BATCH_WIDTH; i++) {
        batch_item_clear(&run->items[i]);
    }
    free(run->items);
    free(run->seen.table);
}

void
batch_tell_progress(const struct batch_run *run)
{
    if (run->batch->on_progress != NULL) {
        run->batch->on_progress(run->batch->context, &run->counts);
    }
}

void
batch_item_clear(struct batch_item *item)
{
    report_row_free(item->row);
    filing_task_free(item->task);
    item->row = NULL;
    item->task = NULL;
    item->state = BATCH_FREE;
    item->is_resumed = false;
    item->is_changed = false;
    item->open_questions = 0;
    item->answered = 0;
}

/* Puts 'key' into a table that is never full; false when it is there already. */
static bool
put_key(struct journal_key *table, size_t len, const struct journal_key *key)
{
    static const struct journal_key FREE = { { 0 } };
    size_t at;

    memcpy(&at, key->bytes, sizeof at);
    for (at &= len - 1; memcmp(&table[at], &FREE, sizeof FREE) != 0; at = (at + 1) & (len - 1)) {
        if (memcmp(&table[at], key, sizeof *key) == 0) {
            return false;
        }
    }
    table[at] = *key;
    return true;
}

static enum err
see(struct batch_seen *seen, const struct journal_key *key, bool *is_new)
{
    static const struct journal_key FREE = { { 0 } };

    if (2 * (seen->count + 1) > seen->table_len) {
        size_t len = 2 * seen->table_len;
        struct journal_key *table = calloc(len, sizeof *table);

        if (table == NULL) {
            return ERR_NOMEM;
        }
        for (size_t i = 0; i < seen->table_len; i++) {
            if (memcmp(&seen->table[i], &FREE, sizeof FREE) != 0) {
                (void) put_key(table, len, &seen->table[i]);
            }
        }
        free(seen->table);
        seen->table = table;
        seen->table_len = len;
    }
    *is_new = put_key(seen->table, seen->table_len, key);
    seen->count += *is_new ? 1 : 0;
    return ERR_OK;
}

static void
tell(const struct batch_run *run, const struct report_row *row, const char *field,
     const char *reason)
{
    const struct report_problem problem = { .field = field, .reason = reason };

    if (run->batch->on_problem != NULL) {
        run->batch->on_problem(run->batch->context, row, &problem);
    }
}

/* The row cannot be filed: 'reason' of 'column' says why. */
static void
refuse(struct batch_run *run, struct batch_item *item, enum column column,
       enum report_reason reason)
{
    run->counts.refused++;
    tell(run, item->row, report_column_key(column), report_reason_text(reason));
    batch_item_clear(item);
}

/* Hashes what a row says, whatever the order of its columns: "key NUL text NUL" of each that is not empty. */
static enum err
hash_row(const struct key32 *key, const struct report_entry *entry, struct journal_key *out)
{
    size_t len = 0;
    size_t at = 0;
    uint8_t *text;

    for (int i = 0; i < COLUMN_COUNT; i++) {
        const char *value = entry->text[i] != NULL ? entry->text[i] : "";

        len += strlen(report_column_key((enum column) i)) + strlen(value) + 2;
    }
    text = malloc(len);
    if (text == NULL) {
        return ERR_NOMEM;
    }
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const char *name = report_column_key((enum column) i);
        const char *value = entry->text[i] != NULL ? entry->text[i] : "";

        if (value[0] != '\0') {
            memcpy(text + at, name, strlen(name) + 1);
            at += strlen(name) + 1;
            memcpy(text + at, value, strlen(value) + 1);
            at += strlen(value) + 1;
        }
    }
    journal_key_of(key, (struct bytes) { .data = text, .len = at }, out);
    sodium_memzero(text, len);
    free(text);
    return ERR_OK;
}

static enum err
take_keys(struct batch_run *run, struct batch_item *item)
{
    const char *reference = item->row->entry.text[COLUMN_REFERENCE];

    journal_key_of(run->batch->user_key,
                   (struct bytes) { .data = (const uint8_t *) reference, .len = strlen(reference) },
                   &item->reference);
    return hash_row(run->batch->user_key, &item->row->entry, &item->row_key);
}

static bool
is_same(const struct journal_key *a, const struct journal_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* What an earlier run, or another file, has done with this reference.  Leaves the item free when there is
 * nothing more to do, sealed when it is to be sent again, and asking when it is new. */
static enum err
look_back(struct batch_run *run, struct batch_item *item)
{
    const char *reference = item->row->entry.text[COLUMN_REFERENCE];
    struct journal_entry entry = { .state = JOURNAL_FILED };
    struct register_entry known = { .day = 0 };
    bool is_in_book = register_by_reference(run->batch->book, reference, &known) == ERR_OK;
    bool is_in_journal = journal_find(run->batch->journal, &item->reference, &entry) == ERR_OK;
    enum err err = ERR_OK;

    item->state = BATCH_ASKING;
    if (is_in_journal && entry.state == JOURNAL_SEALED) {
        item->state = BATCH_SEALED;
        item->is_resumed = true;
        item->is_changed = !is_same(&entry.row, &item->row_key);
        return journal_read_sealed(run->batch->journal, &item->reference, &item->sealed);
    }
    if (is_in_journal) {
        /* The run may have been killed between the journal and the register. */
        if (!is_in_book || known.day == 0) {
            known = (struct register_entry) {
                .rid = entry.rid, .row = entry.row, .day = entry.day, .reference = reference
            };
            err = register_add(run->batch->book, &known);
        }
    } else if (is_in_book && known.day != 0) {
        entry.row = known.row;
    } else {
        return ERR_OK;
    }
    if (!is_same(&entry.row, &item->row_key)) {
        refuse(run, item, COLUMN_REFERENCE, REPORT_REFERENCE_USED);
    } else {
        run->counts.already++;
        batch_item_clear(item);
    }
    return err;
}

/* Checks the row and blinds its match keys. */
static enum err
ask(struct batch_run *run, struct batch_item *item)
{
    const struct batch *batch = run->batch;
    WIPED(report_form) struct report_form form = { .mode = 0 };
    struct report_problems problems = { .count = 0 };
    enum err err = report_check(batch->filer, &item->row->entry, date_of(clock_now_s(batch->clock)),
                                &form, &problems);

    if (err == ERR_OK) {
        err = filing_begin(batch->filing, &form, &item->task, &problems.list[0]);
        problems.count = err == ERR_MALFORMED ? 1 : 0;
    }
    if (err == ERR_MALFORMED) {
        run->counts.refused++;
        for (size_t i = 0; i < problems.count; i++) {
            tell(run, item->row, problems.list[i].field, problems.list[i].reason);
        }
        batch_item_clear(item);
        return ERR_OK;
    }
    for (size_t i = 0; err == ERR_OK && i < filing_question_count(item->task); i++) {
        item->state = BATCH_ASKING;
        err = batch->line.start(batch->line.context, ROLE_PSEUDONYM_SERVICE,
                                &filing_question(item->task, i)->base, &item->tags[i]);
        item->open_questions += err == ERR_OK ? 1 : 0;
    }
    if (err != ERR_OK && item->open_questions == 0) {
        run->counts.waiting++;
        batch_item_clear(item);
    }
    return err;
}

/* Whether the row is of a day after the last one asked for. */
static bool
is_later(const struct batch *batch, const struct report_row *row)
{
    const char *text = row->entry.text[COLUMN_OBSERVED_ON];
    struct date observed;

    return batch->until.year != 0 && text != NULL && date_parse(text, &observed) == ERR_OK &&
        date_to_days(observed) > date_to_days(batch->until);
}

enum err
batch_item_begin(struct batch_run *run, struct batch_item *item, struct report_row *row)
{
    const char *reference = row->entry.text[COLUMN_REFERENCE];
    bool is_new = true;
    enum err err = ERR_OK;

    item->row = row;
    if (row->is_ragged) {
        run->counts.refused++;
        tell(run, row, "", report_reason_text(REPORT_RAGGED));
        batch_item_clear(item);
        return ERR_OK;
    }
    if (is_later(run->batch, row)) {
        run->counts.later++;
        batch_item_clear(item);
        return ERR_OK;
    }
    if (reference == NULL || reference[0] == '\0') {
        return ask(run, item); /* which tells that it is missing */
    }
    err = take_keys(run, item);
    if (err == ERR_OK) {
        err = see(&run->seen, &item->reference, &is_new);
    }
    if (err == ERR_OK && !is_new) {
        refuse(run, item, COLUMN_REFERENCE, REPORT_REFERENCE_TWICE);
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err = look_back(run, item);
    }
    if (err == ERR_OK && item->state == BATCH_ASKING) {
        return ask(run, item);
    }
    if (err != ERR_OK) {
        batch_item_clear(item);
    }
    return err;
}

enum err
batch_item_from_journal(struct batch_run *run, struct batch_item *item, size_t *at)
{
    for (; *at < journal_count(run->batch->journal); (*at)++) {
        struct journal_entry entry;

        if (!journal_at(run->batch->journal, *at, &entry) || entry.state != JOURNAL_SEALED) {
            continue;
        }
        (*at)++;
        run->counts.seen++;
        item->state = BATCH_SEALED;
        item->is_resumed = true;
        item->reference = entry.reference;
        item->row_key = entry.row;
        return journal_read_sealed(run->batch->journal, &entry.reference, &item->sealed);
    }
    return ERR_OK;
}

/* Notes in the register under which name the report travels.  Without a row the reference is there since
 * it was sealed, or is not known. */
static enum err
note_in_register(struct batch_run *run, const struct batch_item *item, uint32_t day)
{
    struct register_entry entry = { .row = item->row_key, .day = day };
    struct register_entry known;
    enum err err = filing_rid(&item->sealed, &entry.rid);

    if (err != ERR_OK) {
        return err;
    }
    if (item->row != NULL) {
        entry.reference = item->row->entry.text[COLUMN_REFERENCE];
    } else if (register_by_rid(run->batch->book, &entry.rid, &known) == ERR_OK) {
        entry.reference = known.reference;
    } else {
        return ERR_OK;
    }
    return register_add(run->batch->book, &entry);
}

enum err
batch_item_seal(struct batch_run *run, struct batch_item *item)
{
    const struct batch *batch = run->batch;
    enum err err = filing_seal(item->task, clock_now_s(batch->clock), &item->sealed);

    if (err == ERR_OK) {
        err = journal_note_sealed(batch->journal, &item->reference, &item->row_key, &item->sealed);
    }
    if (err == ERR_OK && batch->keeps_references) {
        err = note_in_register(run, item, 0);
    }
    if (err != ERR_OK) {
        return err;
    }
    filing_task_free(item->task);
    item->task = NULL;
    item->state = BATCH_SEALED;
    return ERR_OK;
}

enum err
batch_item_send(struct batch_run *run, struct batch_item *item)
{
    const struct batch *batch = run->batch;
    struct filing_submission submission;
    enum err err = filing_submission_init(batch->filing, &item->sealed, clock_now_s(batch->clock),
                                          &submission);

    if (err == ERR_OK) {
        err = batch->line.start(batch->line.context, ROLE_VAULT, &submission.message.base,
                                &item->tags[0]);
    }
    if (err == ERR_OK) {
        item->state = BATCH_SENDING;
    }
    return err;
}

enum err
batch_item_finish(struct batch_run *run, struct batch_item *item,
                  const Seinhuis__V1__SubmitResponse *response)
{
    const struct batch *batch = run->batch;
    struct receipt receipt;
    enum err err = filing_check_receipt(batch->filing, &item->sealed, response, &receipt);

    if (err != ERR_OK) {
        return err;
    }
    err = journal_note_filed(batch->journal, &item->reference, response->receipt.data, receipt.day);
    if (err == ERR_OK) {
        err = note_in_register(run, item, receipt.day);
    }
    if (err != ERR_OK) {
        return err;
    }
    run->counts.filed++;
    if (batch->on_filed != NULL) {
        batch->on_filed(batch->context, item->row, &receipt.rid, response);
    }
    if (item->is_changed) {
        refuse(run, item, COLUMN_REFERENCE, REPORT_REFERENCE_USED);
    }
    batch_item_clear(item);
    return ERR_OK;
}

enum err
batch_item_renew(struct batch_run *run, struct batch_item *item)
{
    enum err err = journal_drop(run->batch->journal, &item->reference);

    if (err != ERR_OK) {
        return err;
    }
    item->is_resumed = false;
    item->is_changed = false;
    return ask(run, item);
}

enum err
batch_item_refused(struct batch_run *run, struct batch_item *item, const char *field,
                   enum refusal refusal)
{
    struct report_row unknown = { .number = 0 };
    struct register_entry known;
    struct rid rid = { { 0 } };
    enum err err = journal_drop(run->batch->journal, &item->reference);

    if (err != ERR_OK) {
        return err;
    }
    run->counts.refused++;
    if (item->row == NULL && filing_rid(&item->sealed, &rid) == ERR_OK &&
        register_by_rid(run->batch->book, &rid, &known) == ERR_OK) {
        unknown.entry.text[COLUMN_REFERENCE] = known.reference;
    }
    tell(run, item->row != NULL ? item->row : &unknown, field, refusal_sentence(refusal));
    batch_item_clear(item);
    return ERR_OK;
}
