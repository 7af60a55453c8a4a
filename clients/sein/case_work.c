/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/case_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/lib/country.h"
#include "clients/sein/case_parted.h"
#include "clients/sein/case_view.h"
#include "clients/sein/case_words.h"
#include "clients/sein/language.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"

error_t
case_work_parse(int key, char *arg, struct argp_state *state)
{
    struct case_options *options = state->input;

    switch (key) {
        case CASE_OPTION_WORD:
            options->word = arg;
            return 0;
        case CASE_OPTION_ACCEPT:
        case CASE_OPTION_REFUSE:
            if (options->wish_count == CASE_DECISIONS_MAX) {
                argp_error(state, _("too many pairs at once"));
            }
            options->wishes[options->wish_count].pair = arg;
            options->wishes[options->wish_count].is_same = key == CASE_OPTION_ACCEPT;
            options->wish_count++;
            return 0;
        case CASE_OPTION_MANY:
            options->allows_many = true;
            return 0;
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

/* A list that is named but cannot be read ends the command: without it the housemates of an institution
 * would be taken for one person. */
static enum exit_code
read_institutions(struct case_work *work)
{
    const char *path = case_work_config(work)->institutions;
    struct yaml_error error = { .line = 0 };
    enum err err;

    if (path == NULL) {
        return EXIT_CODE_OK;
    }
    err = institution_list_load(path, &COUNTRY_NL, &work->institutions, &error);
    if (err == ERR_OK) {
        return EXIT_CODE_OK;
    }
    if (err == ERR_NOMEM) {
        return session_say_err(_("Starting failed."), err);
    }
    say_error(error.field[0] != '\0' ? error.field : "institutions",
              _("Correct the list of institutions that the configuration names."), "%s: %s", path,
              gettext(yaml_error_text(&error)));
    return EXIT_CODE_INPUT;
}

enum exit_code
case_work_begin(struct session *session, struct case_work *work)
{
    enum exit_code code;
    enum err err;

    case_print_begin();
    code = case_desk_open(session, &work->desk);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    err = secret_new(sizeof *work->keys, &work->memory);
    if (err != ERR_OK) {
        return session_say_err(_("Starting failed."), err);
    }
    work->keys = (struct case_keys *) (void *) secret_edit(work->memory);
    code = case_desk_keys(&work->desk, work->keys);
    if (code == EXIT_CODE_OK) {
        code = read_institutions(work);
    }
    if (code == EXIT_CODE_OK) {
        code = case_desk_find(&work->desk, work->options.number, &work->id);
    }
    if (code == EXIT_CODE_OK) {
        code = case_desk_read(&work->desk, &work->id, &work->file);
    }
    return code;
}

void
case_work_end(struct case_work *work)
{
    opening_free(work->opening);
    institution_list_free(work->institutions);
    secret_free(work->memory);
    case_desk_done(&work->desk);
    case_print_end();
}

const struct client_config *
case_work_config(const struct case_work *work)
{
    return client_config(work->desk.session->client);
}

static const struct registry *
registry_of(const struct case_work *work)
{
    return client_registry(work->desk.session->client);
}

uint16_t
case_work_tenant(const struct case_work *work)
{
    return registry_facts(registry_of(work))->tenant;
}

ProtobufCBinaryData
case_work_field(struct case_work *work)
{
    return (ProtobufCBinaryData) { .len = CASE_ID_LEN, .data = work->id.bytes };
}

/* ---- what the vault hands over ---- */

static struct submission
submission_of(const Seinhuis__V1__FiledRecord *filed)
{
    struct submission out = {
        .header = { filed->header.data, filed->header.len },
        .gate = { filed->gate.data, filed->gate.len },
        .inner = { filed->inner.data, filed->inner.len },
        .direct = { filed->direct.data, filed->direct.len },
        .tickets = { filed->tickets.data, filed->tickets.len },
        .sent = filed->sent,
    };

    /* One of another length stays all zero, and fits nothing. */
    if (filed->signature.len == SIGNATURE_LEN) {
        memcpy(out.signature.bytes, filed->signature.data, SIGNATURE_LEN);
    }
    return out;
}

enum exit_code
case_work_say_untrusted(void)
{
    say_error(NULL, _("Do not go on; tell the privacy officer."),
              _("What the vault handed over does not hold: it is not what the gate answered to "
                "the members' request.  Nothing was opened."));
    return EXIT_CODE_UNTRUSTED;
}

/* Verifies all records anew, in an opening of their own. */
enum exit_code
case_work_take(struct case_work *work, Seinhuis__V1__FiledRecord *const *records, size_t count)
{
    enum err err;

    opening_free(work->opening);
    work->opening = NULL;
    err = opening_new(registry_of(work), client_today(work->desk.session->client), work->keys->team,
                      work->keys->team_count, &work->opening);
    if (err == ERR_OK) {
        opening_use_institutions(work->opening, work->institutions);
    }
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        const struct submission filed = submission_of(records[i]);

        err = opening_add(work->opening, &filed);
    }
    if (err == ERR_EXISTS || err == ERR_FULL) {
        return case_work_say_untrusted();
    }
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Opening failed."), err);
}

struct opening_answer
case_work_answer(ProtobufCBinaryData question, ProtobufCBinaryData answer,
                 ProtobufCBinaryData signature)
{
    struct opening_answer out = { .question = { question.data, question.len },
                                  .answer = { answer.data, answer.len } };

    if (signature.len == SIGNATURE_LEN) {
        memcpy(out.signature.bytes, signature.data, SIGNATURE_LEN);
    }
    return out;
}

/* Whether the signal's name begins as the wish says. */
static bool
begins(const struct opening_record *record, const char *text, size_t len)
{
    char name[2 * RID_LEN + 1];

    bytes_to_hex(record->rid.bytes, RID_LEN, name);
    return len >= CASE_SIGNAL_ROOM - 1 && len < sizeof name && strncmp(name, text, len) == 0;
}

static bool
find_signal(const struct case_work *work, const char *text, size_t len, struct rid *out)
{
    for (size_t i = 0; i < opening_count(work->opening); i++) {
        if (begins(opening_at(work->opening, i), text, len)) {
            *out = opening_at(work->opening, i)->rid;
            return true;
        }
    }
    return false;
}

static enum exit_code
read_wishes(const struct case_work *work, struct opening_decision *out)
{
    for (size_t i = 0; i < work->options.wish_count; i++) {
        const struct case_wish *wish = &work->options.wishes[i];
        size_t len = strcspn(wish->pair, "-");

        out[i].is_same = wish->is_same;
        if (wish->pair[len] != '-' || !find_signal(work, wish->pair, len, &out[i].a) ||
            !find_signal(work, wish->pair + len + 1, strlen(wish->pair) - len - 1, &out[i].b)) {
            say_error("PAIR", _("Write the names of two signals with a hyphen, as printed."),
                      _("'%s' is not a pair of signals of this case."), wish->pair);
            return EXIT_CODE_INPUT;
        }
    }
    return EXIT_CODE_OK;
}

/* Verifies the gate's answer and compares the capsules; nobody has seen anything before. */
enum exit_code
case_work_take_release(struct case_work *work, const struct release_request *own)
{
    const struct opening_answer given = case_work_answer(
        work->released->question, work->released->answer, work->released->answer_signature);
    struct opening_decision decisions[CASE_DECISIONS_MAX];
    enum exit_code code = case_work_take(work, work->released->records, work->released->n_records);
    enum err err;

    if (code == EXIT_CODE_OK && work->released->n_records == 0) {
        say_note(_("No signal of this case is released; all wait for the privacy officer."));
        return EXIT_CODE_PARTLY;
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (case_parted_take(work->released, work->opening) != ERR_OK) {
        return case_work_say_untrusted();
    }
    err = opening_release(work->opening, &work->id, &given, own);
    if (err == ERR_OK) {
        code = read_wishes(work, decisions);
        if (code != EXIT_CODE_OK) {
            return code;
        }
        err = opening_compare(work->opening, decisions, work->options.wish_count,
                              work->options.allows_many);
    }
    if (err == ERR_EXISTS) {
        say_error("PAIR", _("Leave it out; part others with --refuse until nothing joins the two."),
                  _("A member decided that one of the pairs is not the same person; that is for "
                    "good."));
        return EXIT_CODE_INPUT;
    }
    if (err == ERR_NOT_FOUND) {
        say_error("PAIR", _("Leave it out; decide only on pairs that ask for it."),
                  _("One of the pairs needs no decision."));
        return EXIT_CODE_INPUT;
    }
    if (err == ERR_AUTH) {
        return case_work_say_untrusted();
    }
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Opening failed."), err);
}

/* ---- what is shown ---- */

static enum exit_code
show_json(struct case_work *work)
{
    const struct case_shown shown = { .opening = work->opening, .file = work->file };
    json_t *value = case_view_opening_json(&shown);
    enum err err;

    json_object_set_new(value, "number", json_string(work->file->summary->number));
    json_object_set_new(value, "state",
                        json_string(case_state_word_key((int) work->file->summary->state)));
    json_object_set_new(value, "links_cut", json_integer((json_int_t) work->links_cut));
    json_object_set_new(value, "records_left",
                        json_integer((json_int_t) work->file->summary->records));
    json_object_set_new(value, "waiting",
                        json_integer((json_int_t) opening_waiting_count(work->opening)));
    json_object_set_new(value, "opened", json_boolean(work->is_opened));
    json_object_set_new(value, "confirmations", json_integer((json_int_t) work->confirmations));
    err = value != NULL ? listing_print_json(value, stdout) : ERR_NOMEM;
    json_decref(value);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

static void
show_words(struct case_work *work)
{
    const struct case_shown shown = { .opening = work->opening, .file = work->file };
    size_t waiting = opening_waiting_count(work->opening);

    case_print_text(_("Case "), work->file->summary->number, stdout);
    case_view_print_pairs(work->opening);
    case_view_print_records(&shown);
    printf("\n");
    if (work->links_cut > 0) {
        printf(ngettext("%u link was cut: not the same person.\n",
                        "%u links were cut: not the same person.\n", work->links_cut),
               work->links_cut);
    }
    printf(ngettext("%u signal is left in this case.\n", "%u signals are left in this case.\n",
                    work->file->summary->records),
           work->file->summary->records);
    if (waiting > 0) {
        printf(ngettext("%zu signal waits for the privacy officer.\n",
                        "%zu signals wait for the privacy officer.\n", waiting),
               waiting);
    }
}

/* What the whole comes to: a fault that is not the signer's is a matter of trust. */
static enum exit_code
judge(const struct case_work *work)
{
    enum exit_code code =
        opening_waiting_count(work->opening) > 0 ? EXIT_CODE_PARTLY : EXIT_CODE_OK;

    for (size_t i = 0; i < opening_count(work->opening); i++) {
        const struct opening_record *record = opening_at(work->opening, i);
        enum opening_culprit culprit = opening_fault_culprit(record->fault);

        if (culprit == OPENING_BY_VAULT || culprit == OPENING_BY_GATE) {
            return EXIT_CODE_UNTRUSTED;
        }
        if (record->state == OPENING_HELD || record->state == OPENING_DROPPED) {
            code = EXIT_CODE_PARTLY;
        }
    }
    return code;
}

enum exit_code
case_work_show(struct case_work *work)
{
    enum exit_code code = EXIT_CODE_OK;

    if (work->desk.session->is_json) {
        code = show_json(work);
    } else {
        show_words(work);
    }
    return code == EXIT_CODE_OK ? judge(work) : code;
}

const struct term *
case_work_word(const struct case_work *work, enum term_kind kind, const char *option)
{
    const char *word = work->options.word != NULL ? work->options.word : "";
    const struct term *term = term_by_key(kind, word);
    char known[512] = "";
    size_t len = 0;

    for (size_t i = 0; term == NULL && i < term_count(kind) && len < sizeof known; i++) {
        len += (size_t) snprintf(known + len, sizeof known - len, "%s%s", i > 0 ? ", " : "",
                                 term_at(kind, i)->key);
    }
    if (term == NULL) {
        say_error(option, known, _("'%s' is not one of the words of this option."), word);
    }
    return term;
}
