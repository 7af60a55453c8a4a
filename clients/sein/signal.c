/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>

#include "clients/lib/columns.h"
#include "clients/sein/command.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"
#include "clients/sein/session.h"

struct column_row {
    const char *key;
    enum column_need need;
    uint64_t cap;
};

static const struct column_row COLUMNS[] = {
#define COLUMN_ROW(name, key, need, cap, closed) { key, need, cap },
    COLUMN_MAP(COLUMN_ROW)
#undef COLUMN_ROW
};

static enum exit_code
run_columns(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .doc = N_("Lists the columns that a signal file (CSV) may have.")
    };
    const struct listing_column titles[] = { { "column", _("Column") },
                                             { "required", _("Required") },
                                             { "most_bytes", _("Most bytes") } };
    struct listing *listing = NULL;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, NULL);
    err = listing_new(titles, sizeof titles / sizeof titles[0], &listing);
    if (err == ERR_OK) {
        for (size_t i = 0; i < COLUMN_COUNT; i++) {
            listing_text(listing, COLUMNS[i].key);
            listing_bool(listing, COLUMNS[i].need == COLUMN_REQUIRED);
            listing_number(listing, COLUMNS[i].cap);
        }
        err = listing_print(listing, session->is_json, "", stdout);
    }
    listing_free(listing);
    return exit_code_of(err);
}

static const struct command COMMANDS[] = {
    { "columns", N_("the columns that a signal file may have"), run_columns },
};

const struct command_group GROUP_SIGNAL = {
    "signal", N_("Report a concern about a resident, and see what was reported."), COMMANDS,
    sizeof COMMANDS / sizeof COMMANDS[0]
};
