/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/signal.h"

#include <stdio.h>

#include "clients/lib/report_form.h"
#include "clients/sein/command.h"
#include "clients/sein/listing.h"
#include "clients/sein/session.h"
#include "proto/escrow/terms.h"

static enum exit_code
run_columns(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .doc =
            N_("Lists the columns that a signal file (CSV) may have, which are also the keys of a "
               "signal in YAML."),
    };
    static const struct report_filer NOBODY = { .sector = 0 };
    const struct listing_column titles[] = {
        { "column", _("Column") },
        { "required", _("Required") },
        { "most_bytes", _("Most bytes") },
    };
    struct listing *listing = NULL;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, NULL);
    err = listing_new(titles, sizeof titles / sizeof titles[0], &listing);
    if (err == ERR_OK) {
        for (int i = 0; i < COLUMN_COUNT; i++) {
            listing_text(listing, report_column_key((enum column) i));
            listing_bool(listing, report_column_is_required((enum column) i, &NOBODY));
            listing_number(listing, report_column_cap((enum column) i));
        }
        err = listing_print(listing, session->is_json, "", stdout);
    }
    listing_free(listing);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

static void
list_words(struct listing *listing, const char *column, enum term_kind kind)
{
    for (size_t i = 0; i < term_count(kind); i++) {
        const struct term *term = term_at(kind, i);

        listing_text(listing, column);
        listing_text(listing, term->key);
        listing_text(listing, gettext(term->text));
    }
}

static enum exit_code
run_words(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .doc = N_("Lists the words that a signal may use for life domains, severity, release mode "
                  "and legal basis."),
    };
    const struct listing_column titles[] = {
        { "column", _("Column") },
        { "word", _("Word") },
        { "meaning", _("Meaning") },
    };
    struct listing *listing = NULL;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, NULL);
    err = listing_new(titles, sizeof titles / sizeof titles[0], &listing);
    if (err == ERR_OK) {
        list_words(listing, "domains", TERM_DOMAIN);
        list_words(listing, "severity", TERM_BAND);
        list_words(listing, "mode", TERM_MODE);
        list_words(listing, "legal_basis", TERM_BASIS);
        err = listing_print(listing, session->is_json, "", stdout);
    }
    listing_free(listing);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

static const struct command COMMANDS[] = {
    { "file", N_("file one signal, by answering questions or from a YAML file"), signal_run_file },
    { "batch", N_("file the signals of a CSV file"), signal_run_batch },
    { "send", N_("send what was kept while a service could not be reached"), signal_run_send },
    { "list", N_("the signals of your organisation that the vault keeps"), signal_run_list },
    { "columns", N_("the columns that a signal file may have"), run_columns },
    { "words", N_("the words for domains, severity, mode and legal basis"), run_words },
};

const struct command_group GROUP_SIGNAL = {
    "signal",
    N_("Report a concern about a resident, and see what was reported."),
    COMMANDS,
    sizeof COMMANDS / sizeof COMMANDS[0],
};
