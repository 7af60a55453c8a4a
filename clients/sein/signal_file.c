/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/signal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/yaml.h"
#include "clients/sein/command.h"
#include "clients/sein/form_prompt.h"
#include "clients/sein/partner.h"
#include "clients/sein/say.h"

enum { OPTION_YES = 'y', TEXT_MAX = 8000 };

struct options {
    const char *file; /* NULL: ask */
    bool is_agreed; /* --yes */
};

/* A signal in YAML: the same keys as the columns of CSV, all as text. */
#define YAML_FIELD(name, key, need, cap, closed)                                                   \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct form_answers,     \
                           text[COLUMN_##name], 0, TEXT_MAX),

static const cyaml_schema_field_t YAML_FIELDS[] = { COLUMN_MAP(YAML_FIELD) CYAML_FIELD_END };

static const cyaml_schema_value_t YAML_SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct form_answers, YAML_FIELDS),
};

/* One report on its way to the vault. */
struct file_job {
    struct options options;
    struct partner partner;
    struct form_prompt prompt;
    struct report_entry entry;
    bool is_taken; /* by the batch */
    enum exit_code receipt_code;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case OPTION_YES:
            options->is_agreed = true;
            return 0;
        case ARGP_KEY_ARG:
            if (options->file != NULL) {
                return ARGP_ERR_UNKNOWN;
            }
            options->file = arg;
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static enum err
next_row(void *context, struct report_row **out)
{
    struct file_job *job = context;

    if (job->is_taken) {
        return ERR_NOT_FOUND;
    }
    job->is_taken = true;
    return report_row_of(&job->entry, out);
}

static void
say_problem(void *context, const struct report_row *row, const struct report_problem *problem)
{
    (void) context;
    if (row->number == 0 && row->entry.text[COLUMN_REFERENCE] != NULL) {
        say_note(_("Reference %s:"), row->entry.text[COLUMN_REFERENCE]);
    }
    partner_say_problem(problem);
}

static void
print_receipt(void *context, const struct report_row *row, const struct rid *rid,
              const Seinhuis__V1__SubmitResponse *response)
{
    struct file_job *job = context;
    struct register_entry known = { .reference = "-" };
    const char *reference = row != NULL ? row->entry.text[COLUMN_REFERENCE] : NULL;

    if (reference == NULL && register_by_rid(job->partner.book, rid, &known) == ERR_OK) {
        reference = known.reference;
    }
    job->receipt_code =
        partner_print_receipt(&job->partner, reference != NULL ? reference : "-", rid, response);
}

static struct batch
batch_of(struct file_job *job)
{
    struct batch batch = partner_batch(&job->partner);

    batch.keeps_references = true;
    batch.source = (struct batch_source) { .context = job, .next = next_row };
    batch.context = job;
    batch.on_problem = say_problem;
    batch.on_filed = print_receipt;
    return batch;
}

/* Whether the report waits in the outbox since it was sealed. */
static bool
is_kept(const struct file_job *job)
{
    struct journal_key reference;
    struct journal_entry entry;
    const char *text = job->entry.text[COLUMN_REFERENCE];

    if (text == NULL) {
        return false;
    }
    journal_key_of(&job->partner.user_key,
                   (struct bytes) { .data = (const uint8_t *) text, .len = strlen(text) },
                   &reference);
    return journal_find(job->partner.journal, &reference, &entry) == ERR_OK &&
        entry.state == JOURNAL_SEALED;
}

/* Sends the report once. */
static enum exit_code
send_once(struct file_job *job)
{
    struct batch batch = batch_of(job);
    struct batch_counts counts = { .seen = 0 };
    struct batch_stop stop = { .err = ERR_OK };
    enum exit_code code;

    job->is_taken = false;
    (void) !batch_run(&batch, &counts, &stop);
    code = partner_say_stop(&job->partner, &stop);
    if (code != EXIT_CODE_OK) {
        say_note(is_kept(job) ? _("The signal is kept here, sealed; 'sein signal send' sends it.")
                              : _("Nothing was filed."));
        return code;
    }
    if (counts.already > 0) {
        say_note(_("This signal was filed before; nothing was done."));
    }
    if (counts.refused > 0 && counts.filed == 0) {
        say_note(_("Nothing was filed."));
        return EXIT_CODE_INPUT;
    }
    return job->receipt_code;
}

/* Sends, and at a terminal asks whether to try again, so that what was typed is not lost. */
static enum exit_code
send(struct file_job *job, bool is_interactive)
{
    for (;;) {
        enum exit_code code = send_once(job);
        bool again = false;

        if (!is_interactive || code != EXIT_CODE_UNREACHABLE || is_kept(job)) {
            return code;
        }
        if (form_confirm(&job->prompt, _("Try again?"), true, &again) != ERR_OK || !again) {
            return code;
        }
    }
}

static enum exit_code
file_yaml(struct file_job *job)
{
    struct yaml_error error;
    const char *mode;
    void *data = NULL;
    enum exit_code code;
    const char *path = job->options.file;

    if (yaml_load(path, &YAML_SCHEMA, &data, &error) != ERR_OK) {
        const char *field = error.field[0] != '\0' ? error.field : NULL;

        say_error(field, _("See 'sein signal columns' for the keys and correct the file."),
                  _("%s, line %u: %s."), path, error.line, gettext(yaml_error_text(&error)));
        say_note(_("Nothing was filed."));
        return EXIT_CODE_INPUT;
    }
    job->entry = form_answers_entry(data);
    mode = job->entry.text[COLUMN_MODE];
    if (mode != NULL && strcmp(mode, "acute") == 0) {
        say_note(_("Danger to life? Call 112 first; a signal does not replace the call."));
    }
    code = send(job, false);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        char *text = ((struct form_answers *) data)->text[i];

        if (text != NULL) {
            sodium_memzero(text, strlen(text));
        }
    }
    job->entry = (struct report_entry) { .text = { NULL } };
    yaml_free(&YAML_SCHEMA, data);
    return code;
}

static enum exit_code
file_asked(struct file_job *job)
{
    struct form_answers answers = { .text = { NULL } };
    bool is_agreed = job->options.is_agreed;
    enum exit_code code = EXIT_CODE_OK;
    enum err err = form_ask(&job->prompt, &answers);

    if (err == ERR_STATE) {
        return EXIT_CODE_OK;
    }
    if (err == ERR_OK) {
        form_show(&job->prompt, &answers);
    }
    if (err == ERR_OK && !is_agreed) {
        err = form_confirm(&job->prompt, _("File this signal?"), false, &is_agreed);
    }
    if (err == ERR_IO) {
        say_note(_("The input ended; nothing was filed."));
        code = EXIT_CODE_INPUT;
    } else if (err != ERR_OK) {
        code = session_say_err(_("Asking failed."), err);
    } else if (!is_agreed) {
        say_note(_("Nothing was filed."));
    } else {
        job->entry = form_answers_entry(&answers);
        code = send(job, isatty(STDIN_FILENO) == 1);
    }
    job->entry = (struct report_entry) { .text = { NULL } };
    form_answers_done(&answers);
    return code;
}

enum exit_code
signal_run_file(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "yes", .key = OPTION_YES, .doc = N_("File without asking once more") },
        { .name = NULL },
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = parse,
        .args_doc = N_("[SIGNAL.yaml]"),
        .doc =
            N_("Files one signal: from a YAML file with the keys of 'sein signal columns', or by "
               "answering questions.  Danger to life: call 112 first."),
    };
    struct file_job job = { .options = { .file = NULL } };
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &job.options);
    code = partner_open(session, &job.partner);
    if (code == EXIT_CODE_OK) {
        code = partner_prepare(&job.partner, NULL);
    }
    if (code == EXIT_CODE_OK) {
        job.prompt = (struct form_prompt) {
            .in = stdin,
            .out = stderr,
            .filer = &job.partner.filer,
            .today = date_of(clock_now_s(client_clock(session->client))),
        };
        code = job.options.file != NULL ? file_yaml(&job) : file_asked(&job);
    }
    partner_done(&job.partner);
    return code;
}

enum exit_code
signal_run_send(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .doc =
            N_("Sends the signals that 'sein signal file' has kept here, sealed, because the vault "
               "could not be reached."),
    };
    struct file_job job = { .options = { .file = NULL } };
    struct batch_counts counts = { .seen = 0 };
    struct batch_stop stop = { .err = ERR_OK };
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, NULL);
    code = partner_open(session, &job.partner);
    if (code == EXIT_CODE_OK) {
        code = partner_prepare(&job.partner, NULL);
    }
    if (code == EXIT_CODE_OK) {
        struct batch batch = batch_of(&job);

        (void) !batch_resend(&batch, &counts, &stop);
        code = partner_say_stop(&job.partner, &stop);
        say_note(_("%u sent, %u refused."), counts.filed, counts.refused);
    }
    if (code == EXIT_CODE_OK && counts.refused > 0) {
        code = EXIT_CODE_PARTLY;
    }
    partner_done(&job.partner);
    return code;
}
