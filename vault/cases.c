/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/audit_record.h"
#include "vault/case_edit.h"
#include "vault/case_row.h"

/* ---- words ---- */

const char *
case_state_key(enum case_state state)
{
    switch (state) {
        case CASE_FLAGGED:
            return "flagged";
        case CASE_TRIAGE:
            return "triage";
        case CASE_IDENTITY:
            return "identity";
        case CASE_OPENED:
            return "opened";
        case CASE_CLOSED:
            return "closed";
    }
    return "unknown";
}

const char *
case_close_key(enum case_close reason)
{
    switch (reason) {
#define CASE_CLOSE_CASE(code, number, key)                                                         \
    case code:                                                                                     \
        return key;
        CASE_CLOSE_MAP(CASE_CLOSE_CASE)
#undef CASE_CLOSE_CASE
    }
    return "unknown";
}

void
case_number_format(const struct case_summary *summary, char out[CASE_NUMBER_ROOM])
{
    snprintf(out, CASE_NUMBER_ROOM, "%04u-%04u", (unsigned int) summary->year,
             (unsigned int) summary->number);
}

/* ---- reading ---- */

enum err
cases_get(struct vault *vault, const struct case_id *id, struct case_file **out)
{
    const struct store_key key = case_key(vault, id);
    struct case_file *file = malloc(sizeof *file);
    struct row row = { .data = NULL };
    enum err err = file == NULL ? ERR_NOMEM : row_read(vault, NULL, &key, &row);

    if (err == ERR_OK) {
        err = case_row_read(row.data, row.len, file);
    }
    row_done(&row);
    if (err == ERR_OK) {
        *out = file;
        file = NULL;
    }
    free(file);
    return err;
}

/* ---- triage ---- */

enum err
cases_pick_up(struct vault *vault, const struct case_id *id, const struct audit_record *who)
{
    struct case_file *file = NULL;
    struct case_edit edit;
    enum err err = case_edit_begin(vault, &edit);

    if (err == ERR_OK) {
        err = case_edit_load(&edit, id, &file);
    }
    if (err != ERR_OK) {
        goto out;
    }
    if (file->summary.state == CASE_CLOSED) {
        err = ERR_STATE;
        goto out;
    }
    if (file->summary.state != CASE_FLAGGED) {
        goto out;
    }
    err = case_edit_move(file, CASE_TRIAGE);
    if (err == ERR_OK) {
        err = case_edit_record(&edit, file, who, "case_picked_up");
    }
    if (err == ERR_OK) {
        err = case_edit_apply(&edit);
    }
out:
    case_edit_end(&edit);
    return err;
}

enum err
cases_close(struct vault *vault, const struct case_id *id, enum case_close reason,
            const struct audit_record *who)
{
    struct case_file *file = NULL;
    struct case_edit edit;
    enum err err;

    if (reason != CASE_REJECTED && reason != CASE_DONE) {
        return ERR_INVALID;
    }
    err = case_edit_begin(vault, &edit);
    if (err == ERR_OK) {
        err = case_edit_load(&edit, id, &file);
    }
    if (err == ERR_OK) {
        err = case_edit_move(file, CASE_CLOSED);
    }
    if (err == ERR_OK) {
        file->summary.close_reason = reason;
        err = case_edit_record(&edit, file, who, "case_closed");
    }
    if (err == ERR_OK) {
        err = case_edit_apply(&edit);
    }
    case_edit_end(&edit);
    return err;
}
