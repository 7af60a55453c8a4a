/* SPDX-License-Identifier: EUPL-1.2 */
/* sein audit list: who did what, when, to what, and what was refused. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "clients/sein/audit_desk.h"
#include "clients/sein/command.h"
#include "clients/sein/language.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"
#include "proto/escrow/request.h"
#include "proto/escrow/terms.h"

enum {
    OPTION_SERVICE = 's',
    OPTION_CASE = 'c',
    OPTION_USER = 'u',
    OPTION_DAY = 'd',
    OPTION_LAST = 'n',
    OPTION_REFUSED = 'r',
    OBJECT_SHOWN = 4, /* bytes of an object's id in the table */
    LAST_MAX = 1000000
};

struct filter {
    enum party_role service;
    bool has_case;
    struct case_id case_id;
    const char *user;
    bool has_day;
    uint32_t day;
    bool only_refused;
    uint64_t last; /* 0: all */
};

struct line {
    uint64_t index;
    struct audit_record record; /* time_s 0: erased */
};

/* The lines that fit, the newest 'last' of them. */
struct lines {
    const struct filter *filter;
    struct line *items;
    size_t count;
    size_t room;
    size_t oldest; /* when the ring is full */
};

static bool
fits(const struct filter *filter, const struct audit_record *record)
{
    if (filter->has_case &&
        (record->object_type != AUDIT_OBJECT_CASE || record->object_len != CASE_ID_LEN ||
         memcmp(record->object, filter->case_id.bytes, CASE_ID_LEN) != 0)) {
        return false;
    }
    if (filter->user != NULL && strcmp(record->user, filter->user) != 0) {
        return false;
    }
    if (filter->only_refused && record->refusal[0] == '\0') {
        return false;
    }
    return !filter->has_day || (record->time_s != 0 && clock_day(record->time_s) == filter->day);
}

static enum err
keep(struct lines *lines, const struct line *line)
{
    if (lines->filter->last > 0 && lines->count == lines->filter->last) {
        lines->items[lines->oldest] = *line;
        lines->oldest = (lines->oldest + 1) % lines->count;
        return ERR_OK;
    }
    if (lines->count == lines->room) {
        size_t room = lines->room == 0 ? 256 : 2 * lines->room;
        struct line *items = reallocarray(lines->items, room, sizeof *items);

        if (items == NULL) {
            return ERR_NOMEM;
        }
        lines->items = items;
        lines->room = room;
    }
    lines->items[lines->count] = *line;
    lines->count++;
    return ERR_OK;
}

static enum exit_code
take_entry(void *context, const struct log_entry *entry)
{
    struct lines *lines = context;
    struct line line = { .index = entry->index };
    uint8_t leaf[AUDIT_LEAF_LEN];
    enum err err = ERR_OK;

    if (entry->salt.len != 0 || entry->record.len != 0) {
        bool is_whole = entry->salt.len == AUDIT_SALT_LEN && entry->leaf.len == AUDIT_LEAF_LEN;

        if (is_whole) {
            audit_leaf(entry->salt.data, entry->record.data, entry->record.len, leaf);
            is_whole = memcmp(leaf, entry->leaf.data, AUDIT_LEAF_LEN) == 0;
        }
        err = is_whole ? audit_record_decode(entry->record.data, entry->record.len, &line.record)
                       : ERR_AUTH;
    }
    if (err == ERR_OK && fits(lines->filter, &line.record)) {
        err = keep(lines, &line);
    }
    if (err == ERR_OK || err == ERR_NOMEM) {
        return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Listing failed."), err);
    }
    say_error(NULL, _("Run 'sein audit verify' and tell governance."),
              _("Entry %llu is not the one that was committed to."),
              (unsigned long long) entry->index);
    return EXIT_CODE_UNTRUSTED;
}

/* ---- what is printed ---- */

struct word {
    unsigned int code;
    const char *key;
    const char *text;
};

static const struct word OUTCOMES[] = {
    { AUDIT_SUCCESS, "success", N_("done") },
    { AUDIT_MINOR_FAILURE, "minor_failure", N_("refused") },
    { AUDIT_SERIOUS_FAILURE, "serious_failure", N_("not allowed") },
    { AUDIT_MAJOR_FAILURE, "major_failure", N_("failed") },
    { 0, NULL, NULL },
};

static const struct word OBJECTS[] = {
    { AUDIT_NO_OBJECT, "none", "" },
    { AUDIT_OBJECT_SIGNAL, "signal", N_("signal") },
    { AUDIT_OBJECT_CASE, "case", N_("case") },
    { AUDIT_OBJECT_LOG, "log", N_("log") },
    { AUDIT_OBJECT_KEY, "key", N_("key") },
    { AUDIT_OBJECT_REGISTRY, "registry", N_("registry") },
    { AUDIT_OBJECT_TICKET, "ticket", N_("ticket") },
    { 0, NULL, NULL },
};

static const struct word SENSITIVITIES[] = {
    { AUDIT_SENSITIVITY_UNSPECIFIED, "", "" },
    { AUDIT_DEIDENTIFIED, "de_identified", N_("no identity") },
    { AUDIT_IDENTITY, "identity", N_("identity") },
    { AUDIT_CONTENT, "content", N_("content") },
    { 0, NULL, NULL },
};

/* The types of event that are known here; another one is shown as it is. */
struct type_words {
    const char *type;
    const char *text;
};

static const struct type_words TYPES[] = {
    { "capsules_compared", N_("identities compared") },
    { "case_closed", N_("case closed") },
    { "case_flagged", N_("case flagged") },
    { "case_grown", N_("signal joined a case") },
    { "case_listed", N_("case seen in a list") },
    { "case_merged", N_("cases merged") },
    { "case_opened", N_("content opened") },
    { "case_picked_up", N_("case picked up") },
    { "case_read", N_("case looked at") },
    { "cases_listed", N_("cases listed") },
    { "cases_watched", N_("cases watched") },
    { "checkpoint_read", N_("checkpoint read") },
    { "component_assessed", N_("life domains counted") },
    { "content_opened", N_("content opened") },
    { "content_released", N_("content released by the gate") },
    { "direct_opened", N_("direct signal opened") },
    { "elements_evaluated", N_("pseudonyms made") },
    { "host_link_approved", N_("host link approved") },
    { "identity_released", N_("identity released") },
    { "links_cut", N_("links cut") },
    { "link_quality_read", N_("key quality looked at") },
    { "log_read", N_("log read") },
    { "opening_confirmed", N_("opening confirmed") },
    { "own_signals_listed", N_("own signals listed") },
    { "refused", N_("call refused") },
    { "released_read", N_("released case looked at") },
    { "signal_filed", N_("signal filed") },
    { "waiting_listed", N_("waiting signals listed") },
};

static const char *
type_text(const char *type)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (strcmp(TYPES[i].type, type) == 0) {
            return gettext(TYPES[i].text);
        }
    }
    return type;
}

static const struct word *
find_word(const struct word *words, unsigned int code)
{
    while (words->key != NULL && words->code != code) {
        words++;
    }
    return words;
}

static void
list_word(struct listing *listing, const struct word *words, unsigned int code)
{
    const struct word *word = find_word(words, code);

    if (word->key == NULL || word->key[0] == '\0') {
        listing_none(listing);
    } else {
        listing_term(listing, word->key, word->text[0] != '\0' ? gettext(word->text) : "");
    }
}

static void
list_hex(struct listing *listing, const uint8_t *data, size_t len, size_t shown)
{
    char text[2 * AUDIT_OBJECT_MAX + 1];
    char head[2 * AUDIT_OBJECT_MAX + 1];

    if (len == 0 || sodium_is_zero(data, len) != 0) {
        listing_none(listing);
        return;
    }
    bytes_to_hex(data, len, text);
    bytes_to_hex(data, len < shown ? len : shown, head);
    listing_json(listing, json_string(text), head);
}

/* What the entry is about; of a log the first entry that was read. */
static void
list_object(struct listing *listing, const struct audit_record *record)
{
    char full[2 * AUDIT_OBJECT_MAX + 1];
    char first[24];
    struct byte_reader reader;

    if (record->object_type != AUDIT_OBJECT_LOG || record->object_len < sizeof(uint64_t)) {
        list_hex(listing, record->object, record->object_len, OBJECT_SHOWN);
        return;
    }
    byte_reader_init(&reader, record->object, record->object_len);
    snprintf(first, sizeof first, "%llu ...", (unsigned long long) byte_reader_u64(&reader));
    bytes_to_hex(record->object, record->object_len, full);
    listing_json(listing, json_string(full), first);
}

static void
list_text(struct listing *listing, const char *text)
{
    if (text[0] == '\0') {
        listing_none(listing);
    } else {
        listing_text(listing, text);
    }
}

static void
list_check(struct listing *listing, enum audit_check check)
{
    if (check == AUDIT_UNCHECKED) {
        listing_none(listing);
    } else {
        listing_bool(listing, check == AUDIT_TRUE);
    }
}

/* A code of the vocabulary by its key; 0: none. */
static void
list_code(struct listing *listing, enum term_kind kind, uint32_t code)
{
    if (code == 0) {
        listing_none(listing);
    } else if (term_by_code(kind, code) != NULL) {
        listing_text(listing, term_key(kind, code));
    } else {
        listing_number(listing, code);
    }
}

/* The columns in their order; X(key, title or NULL). */
#define COLUMN_LIST(X)                                                                             \
    X("index", _("Entry"))                                                                         \
    X("time", _("Time"))                                                                           \
    X("user", _("User"))                                                                           \
    X("organisation_name", _("Organisation"))                                                      \
    X("type", _("What"))                                                                           \
    X("object_type", _("Of"))                                                                      \
    X("object", _("Id"))                                                                           \
    X("sensitivity", _("Showing"))                                                                 \
    X("outcome", _("Result"))                                                                      \
    X("refusal", _("Refusal"))                                                                     \
    X("count", _("Times"))                                                                         \
    X("erased", NULL)                                                                              \
    X("event_id", NULL)                                                                            \
    X("action", NULL)                                                                              \
    X("role", NULL)                                                                                \
    X("organisation", NULL)                                                                        \
    X("purpose", NULL)                                                                             \
    X("access_point", NULL)                                                                        \
    X("life_cycle", NULL)                                                                          \
    X("legal_basis", NULL)                                                                         \
    X("consent_profile", NULL)                                                                     \
    X("authorised", NULL)                                                                          \
    X("involved", NULL)                                                                            \
    X("consent", NULL)                                                                             \
    X("break_glass", NULL)                                                                         \
    X("trace_id", NULL)                                                                            \
    X("span_id", NULL)

#define COLUMN_ONE(key, title) +1
enum { COLUMNS = 0 COLUMN_LIST(COLUMN_ONE), SHOWN_COLUMNS = 11, HIDDEN_COLUMNS = COLUMNS - 12 };
#undef COLUMN_ONE

static void
list_front(struct listing *listing, const struct registry *registry, const struct line *line)
{
    const struct audit_record *record = &line->record;
    const struct registry_party *party = registry_party_by_oin(registry, record->organisation);
    char time[TIME_TEXT_ROOM];

    listing_number(listing, line->index);
    time_format(record->time_s, time);
    listing_text(listing, time);
    list_text(listing, record->user);
    list_text(listing, party != NULL ? party->name : record->organisation);
    listing_term(listing, record->type, type_text(record->type));
    list_word(listing, OBJECTS, record->object_type);
    list_object(listing, record);
    list_word(listing, SENSITIVITIES, record->sensitivity);
    list_word(listing, OUTCOMES, record->outcome);
    list_text(listing, record->refusal);
    listing_number(listing, record->count);
}

static void
list_back(struct listing *listing, const struct audit_record *record)
{
    const char action[] = { (char) record->action, '\0' };

    listing_bool(listing, false);
    list_hex(listing, record->event_id, AUDIT_EVENT_ID_LEN, AUDIT_EVENT_ID_LEN);
    listing_text(listing, action);
    list_code(listing, TERM_ROLE, record->role);
    list_text(listing, record->organisation);
    list_code(listing, TERM_PURPOSE, record->purpose);
    list_text(listing, record->access_point);
    listing_number(listing, record->life_cycle);
    listing_number(listing, record->legal_basis);
    listing_number(listing, record->consent_profile);
    list_check(listing, record->authorised);
    list_check(listing, record->involved);
    list_check(listing, record->consent);
    list_check(listing, record->break_glass);
    list_hex(listing, record->trace_id, AUDIT_TRACE_LEN, AUDIT_TRACE_LEN);
    list_hex(listing, record->span_id, AUDIT_SPAN_LEN, AUDIT_SPAN_LEN);
}

static void
list_erased(struct listing *listing, const struct line *line)
{
    listing_number(listing, line->index);
    for (size_t i = 1; i < SHOWN_COLUMNS; i++) {
        if (i == 4) {
            listing_term(listing, "erased_entry", _("erased"));
        } else {
            listing_none(listing);
        }
    }
    listing_bool(listing, true);
    for (size_t i = 0; i < HIDDEN_COLUMNS; i++) {
        listing_none(listing);
    }
}

static enum exit_code
print(struct session *session, const struct lines *lines)
{
#define COLUMN_TITLE(key, title) { key, title },
    const struct listing_column titles[] = { COLUMN_LIST(COLUMN_TITLE) };
#undef COLUMN_TITLE
    struct listing *listing = NULL;
    enum err err = listing_new(titles, COLUMNS, &listing);

    for (size_t i = 0; err == ERR_OK && i < lines->count; i++) {
        const struct line *line = &lines->items[(lines->oldest + i) % lines->count];

        if (line->record.time_s == 0) {
            list_erased(listing, line);
        } else {
            list_front(listing, client_registry(session->client), line);
            list_back(listing, &line->record);
        }
    }
    if (err == ERR_OK) {
        err = listing_print(listing, session->is_json, _("No entry of the log fits."), stdout);
    }
    listing_free(listing);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

/* ---- the command ---- */

/* Where the last entries begin, when nothing is sifted: the checkpoint says how long the log is.  What it
 * says is not verified here; at worst too much or too little is asked for. */
static enum exit_code
find_start(struct audit_desk *desk, const struct filter *filter, uint64_t *out)
{
    struct bytes note;
    const uint8_t *line = NULL;
    uint64_t size;
    enum exit_code code;

    if (filter->last == 0 || filter->has_case || filter->user != NULL || filter->has_day ||
        filter->only_refused) {
        return EXIT_CODE_OK;
    }
    code = audit_desk_checkpoint(desk, &note);
    if (code != EXIT_CODE_OK || note.len == 0) {
        return code;
    }
    line = memchr(note.data, '\n', note.len);
    if (line == NULL ||
        memchr(line + 1, '\n', note.len - (size_t) (line + 1 - note.data)) == NULL) {
        return EXIT_CODE_OK;
    }
    size = strtoull((const char *) line + 1, NULL, 10);
    *out = size > filter->last ? size - filter->last : 0;
    return EXIT_CODE_OK;
}

static void
parse_day(struct filter *filter, const char *text, struct argp_state *state)
{
    struct date date;

    if (date_parse(text, &date) != ERR_OK || date_to_days(date) < 0) {
        argp_error(state, _("--day takes a day, such as 2026-03-02"));
        return;
    }
    filter->day = (uint32_t) date_to_days(date);
    filter->has_day = true;
}

static void
parse_last(struct filter *filter, const char *text, struct argp_state *state)
{
    char *end = NULL;

    filter->last = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || filter->last == 0 ||
        filter->last > LAST_MAX) {
        argp_error(state, _("--last takes a number from 1 to 1000000"));
    }
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct filter *filter = state->input;

    switch (key) {
        case OPTION_SERVICE:
            if (!audit_desk_service(arg, &filter->service)) {
                argp_error(state, _("--service takes vault, gate or pseudonym"));
            }
            return 0;
        case OPTION_CASE:
            if (bytes_from_hex(arg, filter->case_id.bytes, CASE_ID_LEN) != ERR_OK) {
                argp_error(state, _("--case takes the id of a case, 32 hexadecimal digits"));
            }
            filter->has_case = true;
            return 0;
        case OPTION_USER:
            filter->user = arg;
            return 0;
        case OPTION_DAY:
            parse_day(filter, arg, state);
            return 0;
        case OPTION_LAST:
            parse_last(filter, arg, state);
            return 0;
        case OPTION_REFUSED:
            filter->only_refused = true;
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

enum exit_code
audit_run_list(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "service",
          .key = OPTION_SERVICE,
          .arg = N_("SERVICE"),
          .doc = N_("Whose log: vault (else), gate or pseudonym") },
        { .name = "case", .key = OPTION_CASE, .arg = N_("ID"), .doc = N_("Only of this case") },
        { .name = "user", .key = OPTION_USER, .arg = N_("USER"), .doc = N_("Only by this user") },
        { .name = "day", .key = OPTION_DAY, .arg = N_("DAY"), .doc = N_("Only of this day (UTC)") },
        { .name = "refused", .key = OPTION_REFUSED, .doc = N_("Only what was refused") },
        { .name = "last", .key = OPTION_LAST, .arg = N_("N"), .doc = N_("Only the last N") },
        { .name = NULL }
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = parse,
        .doc = N_("Lists entries of a service's log: who did what, when, to what, and what was "
                  "refused.  Reading the log is recorded too."),
    };
    struct filter filter = { .service = ROLE_VAULT };
    struct lines lines = { .filter = &filter };
    struct audit_desk desk;
    uint64_t first = 0;
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &filter);
    code = audit_desk_open(session, filter.service, &desk);
    if (code == EXIT_CODE_OK) {
        code = find_start(&desk, &filter, &first);
    }
    if (code == EXIT_CODE_OK) {
        code = audit_desk_entries(&desk, first, 0, take_entry, &lines);
    }
    if (code == EXIT_CODE_OK) {
        code = print(session, &lines);
    }
    free(lines.items);
    audit_desk_done(&desk);
    return code;
}
