/* SPDX-License-Identifier: EUPL-1.2 */
/* sein case: flagged cases as the CMZ team first sees them, de-identified. */
#include "clients/sein/case.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/sein/case_desk.h"
#include "clients/sein/case_view.h"
#include "clients/sein/case_words.h"
#include "clients/sein/command.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"

enum { OPTION_ALL = 'a', OPTION_COUNT = 'n', OPTION_TIMEOUT = 't', MS_PER_S = 1000 };

struct options {
    const char *number; /* CASE */
    bool wants_closed;
    uint32_t count; /* 0: no end */
    uint32_t timeout_s; /* 0: none */
};

/* ---- list ---- */

struct collected {
    struct listing *listing;
    uint32_t outstanding;
};

static json_t *
json_of_flags(uint32_t flags)
{
    json_t *list = json_array();

    for (size_t i = 0; i < term_count(TERM_FLAG); i++) {
        if ((flags & term_at(TERM_FLAG, i)->code) != 0) {
            json_array_append_new(list, json_string(term_at(TERM_FLAG, i)->key));
        }
    }
    return list;
}

/* A time as JSON has it; people see the day. */
static void
list_time(struct listing *listing, uint64_t time)
{
    char text[TIME_TEXT_ROOM];
    char day[DATE_TEXT_ROOM];

    if (time == 0) {
        listing_none(listing);
        return;
    }
    time_format(time, text);
    date_format(date_of(time), day);
    listing_json(listing, json_string(text), day);
}

static enum exit_code
add_case(void *context, const Seinhuis__V1__CaseSummary *summary)
{
    struct collected *into = context;
    struct listing *listing = into->listing;
    char flags[CASE_FLAGS_ROOM];
    char id[2 * CASE_ID_LEN + 1];

    if (summary->case_id.len != CASE_ID_LEN) {
        return session_say_err(_("The vault's answer has not its form."), ERR_MALFORMED);
    }
    bytes_to_hex(summary->case_id.data, CASE_ID_LEN, id);
    case_flags_words(summary->flags, flags);
    listing_text(listing, summary->number);
    listing_term(listing, case_state_word_key((int) summary->state),
                 case_state_words((int) summary->state));
    listing_json(listing, json_of_flags(summary->flags), flags);
    listing_number(listing, summary->records);
    listing_number(listing, summary->sectors);
    if (summary->domains > 0) {
        listing_number(listing, summary->domains);
    } else {
        listing_none(listing);
    }
    listing_term(listing, term_key(TERM_BAND, summary->highest_severity),
                 case_term_words(TERM_BAND, summary->highest_severity));
    list_time(listing, summary->flagged_at);
    list_time(listing, summary->triage_before);
    listing_text(listing, id);
    listing_number(listing, summary->outstanding);
    into->outstanding = summary->outstanding;
    return EXIT_CODE_OK;
}

static enum exit_code
new_listing(struct listing **out)
{
    static struct listing_column titles[11];
    enum err err;

    titles[0] = (struct listing_column) { "number", _("Case") };
    titles[1] = (struct listing_column) { "state", _("State") };
    titles[2] = (struct listing_column) { "flags", _("Flags") };
    titles[3] = (struct listing_column) { "records", _("Signals") };
    titles[4] = (struct listing_column) { "sectors", _("Sectors") };
    titles[5] = (struct listing_column) { "domains", _("Domains") };
    titles[6] = (struct listing_column) { "severity", _("Severity") };
    titles[7] = (struct listing_column) { "flagged_at", _("Flagged") };
    titles[8] = (struct listing_column) { "triage_before", _("Judge before") };
    titles[9] = (struct listing_column) { "case_id", NULL };
    titles[10] = (struct listing_column) { "outstanding", NULL };
    err = listing_new(titles, sizeof titles / sizeof titles[0], out);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Listing failed."), err);
}

static error_t
parse_list(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    (void) arg;
    if (key != OPTION_ALL) {
        return ARGP_ERR_UNKNOWN;
    }
    options->wants_closed = true;
    return 0;
}

static enum exit_code
run_list(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "all", .key = OPTION_ALL, .doc = N_("Closed cases too") }, { .name = NULL }
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = parse_list,
        .doc = N_("Lists the flagged cases, the newest first.  Nothing in it says who it is "
                  "about."),
    };
    Seinhuis__V1__ListCasesRequest message;
    struct options options = { .wants_closed = false };
    struct collected collected = { .listing = NULL };
    struct case_desk desk;
    enum exit_code code;

    seinhuis__v1__list_cases_request__init(&message);
    command_parse(session, &SYNTAX, argc, argv, &options);
    code = case_desk_open(session, &desk);
    if (code == EXIT_CODE_OK) {
        code = new_listing(&collected.listing);
    }
    if (code == EXIT_CODE_OK) {
        message.user = case_desk_user(&desk);
        message.include_closed = options.wants_closed;
        code = case_desk_stream(&desk, "ListCases", &message.base, 0, add_case, &collected);
    }
    if (code == EXIT_CODE_OK) {
        enum err err =
            listing_print(collected.listing, session->is_json, _("There is no case."), stdout);

        code = err == ERR_OK ? code : session_say_err(_("Printing failed."), err);
    }
    if (code == EXIT_CODE_OK && collected.outstanding > 0 && !session->is_json) {
        say_note(_("The vault still has %u signals to compare; more may follow."),
                 collected.outstanding);
    }
    listing_free(collected.listing);
    case_desk_done(&desk);
    return code;
}

/* ---- show ---- */

static error_t
parse_case(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case ARGP_KEY_ARG:
            if (options->number != NULL) {
                return ARGP_ERR_UNKNOWN;
            }
            options->number = arg;
            return 0;
        case ARGP_KEY_NO_ARGS:
            argp_usage(state);
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static enum exit_code
show(const struct case_desk *desk, const Seinhuis__V1__Case *file)
{
    json_t *value = NULL;
    enum err err;

    if (!desk->session->is_json) {
        case_view_print(file);
        return EXIT_CODE_OK;
    }
    value = case_view_json(file);
    err = value != NULL ? listing_print_json(value, stdout) : ERR_NOMEM;
    json_decref(value);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

static enum exit_code
run_show(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = parse_case,
        .args_doc = N_("CASE"),
        .doc = N_("Shows one case: which signals it rests on (sector, week, severity), why it was "
                  "flagged, and what would not have flagged it.  Nothing in it says who it is "
                  "about.  CASE is the number (2026-0007) or the id."),
    };
    const Seinhuis__V1__Case *file = NULL;
    struct options options = { .number = NULL };
    struct case_desk desk;
    struct case_id id;
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &options);
    code = case_desk_open(session, &desk);
    if (code == EXIT_CODE_OK) {
        code = case_desk_find(&desk, options.number, &id);
    }
    if (code == EXIT_CODE_OK) {
        code = case_desk_read(&desk, &id, &file);
    }
    if (code == EXIT_CODE_OK) {
        code = show(&desk, file);
    }
    case_desk_done(&desk);
    return code;
}

/* ---- watch ---- */

struct watch {
    const struct session *session;
    uint32_t left; /* 0: no end */
    uint64_t newest_s; /* when the newest case that was printed changed */
};

static void
print_json_line(const Seinhuis__V1__CaseSummary *summary)
{
    char id[2 * CASE_ID_LEN + 1];
    char time[TIME_TEXT_ROOM];
    json_t *value;

    bytes_to_hex(summary->case_id.data, CASE_ID_LEN, id);
    time_format(summary->changed_at, time);
    value = json_pack("{s:s, s:s, s:s, s:o, s:I, s:I, s:s, s:s}", "case_id", id, "number",
                      summary->number, "state", case_state_word_key((int) summary->state), "flags",
                      json_of_flags(summary->flags), "records", (json_int_t) summary->records,
                      "sectors", (json_int_t) summary->sectors, "severity",
                      term_key(TERM_BAND, summary->highest_severity), "changed_at", time);
    json_dumpf(value, stdout, JSON_COMPACT);
    json_decref(value);
    printf("\n");
}

static void
print_line(const Seinhuis__V1__CaseSummary *summary)
{
    char flags[CASE_FLAGS_ROOM];
    char time[TIME_TEXT_ROOM];
    char line[CASE_RULE_ROOM];

    case_flags_words(summary->flags, flags);
    time_format(summary->changed_at, time);
    snprintf(line, sizeof line, _("%s  case %s  %s  %s  signals: %u  sectors: %u  %s"), time,
             summary->number, case_state_words((int) summary->state), flags, summary->records,
             summary->sectors, case_term_words(TERM_BAND, summary->highest_severity));
    case_print_text("", line, stdout);
}

/* What happens with each case; the stream ends itself by the odd code EXIT_CODE_PARTLY. */
static enum exit_code
watch_case(void *context, const Seinhuis__V1__CaseSummary *summary)
{
    struct watch *watch = context;

    if (summary->case_id.len != CASE_ID_LEN) {
        return session_say_err(_("The vault's answer has not its form."), ERR_MALFORMED);
    }
    if (watch->session->is_json) {
        print_json_line(summary);
    } else {
        print_line(summary);
    }
    if (fflush(stdout) != 0) {
        return EXIT_CODE_FAILED;
    }
    if (summary->changed_at > watch->newest_s) {
        watch->newest_s = summary->changed_at;
    }
    if (watch->left > 0) {
        watch->left--;
        return watch->left == 0 ? EXIT_CODE_PARTLY : EXIT_CODE_OK;
    }
    return EXIT_CODE_OK;
}

static uint32_t
number_of(const char *text, struct argp_state *state)
{
    enum { MOST = 4000000 };
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value == 0 || value > MOST) {
        argp_error(state, _("'%s' is not a number from 1 to 4000000"), text);
    }
    return (uint32_t) value;
}

static error_t
parse_watch(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case OPTION_COUNT:
            options->count = number_of(arg, state);
            return 0;
        case OPTION_TIMEOUT:
            options->timeout_s = number_of(arg, state);
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

/* Watches in rounds that are shorter than the life of a connection, each from where the last one ended. */
static enum exit_code
watch_in_rounds(struct case_desk *desk, Seinhuis__V1__WatchCasesRequest *message,
                uint32_t timeout_s, struct watch *watch)
{
    enum { ROUND_S = 10 * 60 };
    uint32_t left_s = timeout_s;
    enum exit_code code = EXIT_CODE_OK;

    do {
        uint32_t round_s = timeout_s != 0 && left_s < ROUND_S ? left_s : ROUND_S;

        message->since = watch->newest_s;
        code = case_desk_stream(desk, "WatchCases", &message->base, round_s * MS_PER_S, watch_case,
                                watch);
        left_s -= timeout_s == 0 ? 0 : round_s;
    } while (code == EXIT_CODE_OK && (timeout_s == 0 || left_s > 0));
    return code;
}

static enum exit_code
run_watch(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "count", .key = OPTION_COUNT, .arg = N_("N"), .doc = N_("End after N lines") },
        { .name = "timeout",
          .key = OPTION_TIMEOUT,
          .arg = N_("SECONDS"),
          .doc = N_("End after so many seconds") },
        { .name = NULL }
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = parse_watch,
        .doc = N_("Prints the open cases, then each case as it comes or changes, until Ctrl-C."),
    };
    Seinhuis__V1__WatchCasesRequest message;
    struct options options = { .count = 0 };
    struct watch watch = { .session = session };
    struct case_desk desk;
    enum exit_code code;

    seinhuis__v1__watch_cases_request__init(&message);
    command_parse(session, &SYNTAX, argc, argv, &options);
    code = case_desk_open(session, &desk);
    if (code == EXIT_CODE_OK) {
        watch.left = options.count;
        message.user = case_desk_user(&desk);
        code = watch_in_rounds(&desk, &message, options.timeout_s, &watch);
    }
    case_desk_done(&desk);
    return code == EXIT_CODE_PARTLY ? EXIT_CODE_OK : code;
}

static const struct command COMMANDS[] = {
    { "list", N_("the flagged cases"), run_list },
    { "show", N_("one case and why it was flagged"), run_show },
    { "watch", N_("cases as they come"), run_watch },
    { "release", N_("ask for the identity and let software compare"), case_run_release },
    { "open", N_("confirm the opening; open what two members confirmed"), case_run_open },
    { "direct", N_("open signals of danger now, or with consent to contact"), case_run_direct },
};

const struct command_group GROUP_CASE = { "case",
                                          N_("Judge flagged cases, and open them by two members."),
                                          COMMANDS, sizeof COMMANDS / sizeof COMMANDS[0] };
