/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/signal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <csv.h>

#include "clients/lib/report_csv.h"
#include "clients/sein/command.h"
#include "clients/sein/listing.h"
#include "clients/sein/partner.h"
#include "clients/sein/progress.h"
#include "clients/sein/say.h"

enum { OPTION_UNTIL = 0x2000 };

struct options {
    const char *file;
    struct date until; /* year 0: all */
};

/* The report of errors beside the CSV, begun with the first of them. */
struct errors_file {
    char *path;
    FILE *file;
    bool has_failed;
};

struct batch_job {
    struct options options;
    struct partner partner;
    struct report_csv *csv;
    char *journal_path;
    struct errors_file errors;
    struct progress progress;
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case OPTION_UNTIL:
            if (date_parse(arg, &options->until) != ERR_OK) {
                argp_error(state, _("--until takes a day such as 2026-03-02"));
            }
            return 0;
        case ARGP_KEY_ARG:
            if (options->file != NULL) {
                return ARGP_ERR_UNKNOWN;
            }
            options->file = arg;
            return 0;
        case ARGP_KEY_NO_ARGS:
            argp_error(state, _("name the CSV file"));
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static void
write_cell(struct errors_file *errors, const char *text, char end)
{
    if (csv_fwrite(errors->file, text, strlen(text)) != 0 || fputc(end, errors->file) == EOF) {
        errors->has_failed = true;
    }
}

static void
write_problem(void *context, const struct report_row *row, const struct report_problem *problem)
{
    struct batch_job *job = context;
    struct errors_file *errors = &job->errors;
    const char *reference = row->entry.text[COLUMN_REFERENCE];
    char number[16];

    if (errors->file == NULL && !errors->has_failed) {
        errors->file = fopen(errors->path, "we");
        if (errors->file == NULL || fputs("line,row,reference,field,reason\n", errors->file) < 0) {
            errors->has_failed = true;
        }
    }
    if (errors->file == NULL) {
        return;
    }
    snprintf(number, sizeof number, "%u", row->line);
    write_cell(errors, number, ',');
    snprintf(number, sizeof number, "%u", row->number);
    write_cell(errors, number, ',');
    write_cell(errors, reference != NULL ? reference : "", ',');
    write_cell(errors, problem->field, ',');
    write_cell(errors, gettext(problem->reason), '\n');
}

static void
show_progress(void *context, const struct batch_counts *counts)
{
    struct batch_job *job = context;

    progress_show(&job->progress,
                  (uint64_t) counts->filed + counts->already + counts->refused + counts->later,
                  _("rows"));
}

static enum err
next_row(void *context, struct report_row **out)
{
    return report_csv_next(context, out);
}

static enum exit_code
say_csv(const char *path, const struct report_csv_error *error)
{
    const char *field = error->name[0] != '\0' ? error->name : NULL;
    const char *text = gettext(report_csv_problem_text(error->problem));

    if (error->line > 0) {
        say_error(field, NULL, _("%s, line %u: %s."), path, error->line, text);
    } else {
        say_error(field, NULL, "%s: %s.", path, text);
    }
    say_note(_("Nothing was filed."));
    return EXIT_CODE_INPUT;
}

static enum exit_code
open_job(struct session *session, struct batch_job *job)
{
    struct report_csv_error error = { .problem = REPORT_CSV_FINE };
    enum exit_code code = partner_open(session, &job->partner);
    enum err err;

    if (code != EXIT_CODE_OK) {
        return code;
    }
    err = report_csv_open(job->options.file, &job->partner.filer, &job->csv, &error);
    if (err != ERR_OK && error.problem != REPORT_CSV_FINE) {
        return say_csv(job->options.file, &error);
    }
    if (err != ERR_OK) {
        return session_say_err(_("Reading the file failed."), err);
    }
    if (asprintf(&job->journal_path, "%s.journal", job->options.file) < 0 ||
        asprintf(&job->errors.path, "%s.errors.csv", job->options.file) < 0) {
        return session_say_err(_("Reading the file failed."), ERR_NOMEM);
    }
    return partner_prepare(&job->partner, job->journal_path);
}

/* Closes the report of errors; one of an earlier run that no longer holds goes. */
static enum exit_code
close_errors(struct errors_file *errors)
{
    if (errors->file == NULL && !errors->has_failed) {
        unlink(errors->path);
        return EXIT_CODE_OK;
    }
    if (errors->file != NULL && fclose(errors->file) != 0) {
        errors->has_failed = true;
    }
    errors->file = NULL;
    if (errors->has_failed) {
        say_error(NULL,
                  _("Make room or rights in that folder and run it again; nothing is filed "
                    "twice."),
                  _("%s: the report of errors could not be written."), errors->path);
        return EXIT_CODE_FAILED;
    }
    return EXIT_CODE_OK;
}

static enum exit_code
print_counts(const struct batch_job *job, const struct batch_counts *counts, uint32_t waiting)
{
    json_t *value;
    enum err err;

    if (!job->partner.session->is_json) {
        printf(_("%u filed, %u filed before, %u with errors, %u"
                 " for a later day, %u waiting.\n"),
               counts->filed, counts->already, counts->refused, counts->later, waiting);
        if (counts->refused > 0) {
            printf(_("The errors stand in %s; correct these rows and run it again.\n"),
                   job->errors.path);
        }
        return EXIT_CODE_OK;
    }
    value =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "filed", (json_int_t) counts->filed, "already",
                  (json_int_t) counts->already, "refused", (json_int_t) counts->refused, "later",
                  (json_int_t) counts->later, "waiting", (json_int_t) waiting, "errors",
                  counts->refused > 0 ? json_string(job->errors.path) : json_null());
    err = value != NULL ? listing_print_json(value, stdout) : ERR_NOMEM;
    json_decref(value);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

static enum exit_code
run_job(struct batch_job *job)
{
    struct batch batch = partner_batch(&job->partner);
    struct batch_counts counts = { .seen = 0 };
    struct batch_stop stop = { .err = ERR_OK };
    enum exit_code code;
    enum exit_code errors_code;
    uint32_t waiting;

    batch.until = job->options.until;
    batch.source = (struct batch_source) { .context = job->csv, .next = next_row };
    batch.context = job;
    batch.on_problem = write_problem;
    batch.on_progress = show_progress;
    progress_init(&job->progress, stderr, report_csv_row_count(job->csv));
    (void) !batch_run(&batch, &counts, &stop);
    progress_done(&job->progress);

    waiting = counts.waiting + (report_csv_row_count(job->csv) - counts.seen);
    code = partner_say_stop(&job->partner, &stop);
    if (code != EXIT_CODE_OK) {
        say_note(_("The same command goes on later; nothing is filed twice."));
    }
    errors_code = close_errors(&job->errors);
    code = code != EXIT_CODE_OK ? code : errors_code;
    errors_code = print_counts(job, &counts, waiting);
    code = code != EXIT_CODE_OK ? code : errors_code;
    return code == EXIT_CODE_OK && counts.refused > 0 ? EXIT_CODE_PARTLY : code;
}

enum exit_code
signal_run_batch(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "until",
          .key = OPTION_UNTIL,
          .arg = N_("DAY"),
          .doc = N_("File only what was observed on or before that day (2026-03-02); the rest "
                    "stays for a later run") },
        { .name = NULL },
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = parse,
        .args_doc = N_("FILE.csv"),
        .doc = N_("Files the signals of a CSV file, one in each row; see 'sein signal columns'.  "
                  "Rows with an error go to FILE.csv.errors.csv while the rest goes through.  A "
                  "journal, FILE.csv.journal, sees to it that a second run files nothing twice and "
                  "that a run that was stopped goes on; it holds nothing readable."),
    };
    struct batch_job job = { .options = { .file = NULL } };
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &job.options);
    code = open_job(session, &job);
    if (code == EXIT_CODE_OK) {
        code = run_job(&job);
    }
    report_csv_close(job.csv);
    partner_done(&job.partner);
    free(job.journal_path);
    free(job.errors.path);
    return code;
}
