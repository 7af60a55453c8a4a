/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/form_prompt.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "clients/sein/language.h"
#include "clients/sein/say.h"
#include "proto/escrow/terms.h"

struct question {
    const char *label;
    const char *hint; /* NULL: none */
};

/* In the order of the columns, which is the order in which they are asked. */
static const struct question QUESTIONS[COLUMN_COUNT] = {
    [COLUMN_REFERENCE] = { N_("Your own file number"), N_("letters, digits and . _ - /") },
    [COLUMN_OBSERVED_ON] = { N_("Day of the observation"), N_("such as 2026-03-02") },
    [COLUMN_DOMAINS] = { N_("Life domains"), N_("numbers or words with spaces between") },
    [COLUMN_SEVERITY] = { N_("Severity"), N_("a number or a word") },
    [COLUMN_LEGAL_BASIS] = { N_("Legal basis"), N_("a number or a word") },
    [COLUMN_MODE] = { N_("Release mode"), N_("a number or a word; empty: escrow") },
    [COLUMN_CONSENT_REFERENCE] = { N_("Where the consent is kept"), NULL },
    [COLUMN_INFORMED] = { N_("Does the resident know?"), N_("agrees, knows or does_not_know") },
    [COLUMN_GIVEN_NAMES] = { N_("Given names"), N_("as in the passport") },
    [COLUMN_CALL_NAME] = { N_("Call name"), NULL },
    [COLUMN_INITIALS] = { N_("Initials"), N_("when no given name is known") },
    [COLUMN_SURNAME] = { N_("Surname"), N_("as you know it, with its prefix") },
    [COLUMN_BIRTH_SURNAME] = { N_("Surname at birth"), NULL },
    [COLUMN_PARTNER_SURNAME] = { N_("Surname of the partner"), NULL },
    [COLUMN_DATE_OF_BIRTH] = { N_("Date of birth"), N_("such as 1957-04-00; 00 is not known") },
    [COLUMN_SEX] = { N_("Sex"), N_("f, m or x") },
    [COLUMN_BSN] = { N_("BSN"), NULL },
    [COLUMN_STREET] = { N_("Street"), NULL },
    [COLUMN_HOUSE_NUMBER] = { N_("House number"), NULL },
    [COLUMN_HOUSE_ADDITION] = { N_("Addition to the house number"), NULL },
    [COLUMN_POSTCODE] = { N_("Postcode"), N_("such as 1234 AB") },
    [COLUMN_PLACE] = { N_("Town or village"), NULL },
    [COLUMN_COUNTRY] = { N_("Country"), N_("two letters; empty: the Netherlands") },
    [COLUMN_NARRATIVE] = { N_("What was observed"), N_("facts, not judgements") },
    [COLUMN_ALREADY_TRIED] = { N_("What you did already"), NULL },
    [COLUMN_WISHES] = { N_("The resident's wishes and strengths"), NULL },
    [COLUMN_CONTACT] = { N_("Whom to call at your organisation"), NULL },
};

const char *
form_label(enum column column)
{
    return gettext(QUESTIONS[column].label);
}

void
form_answers_done(struct form_answers *answers)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (answers->text[i] != NULL) {
            sodium_memzero(answers->text[i], strlen(answers->text[i]));
            free(answers->text[i]);
            answers->text[i] = NULL;
        }
    }
}

struct report_entry
form_answers_entry(const struct form_answers *answers)
{
    struct report_entry entry = { .text = { NULL } };

    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        entry.text[i] = answers->text[i];
    }
    return entry;
}

/* Reads one line without its end and the spaces around it; free() it. */
static enum err
read_line(const struct form_prompt *prompt, char **out)
{
    char *line = NULL;
    char *copy;
    size_t room = 0;
    ssize_t len;
    size_t start;

    fflush(prompt->out);
    len = getline(&line, &room, prompt->in);
    if (len < 0) {
        free(line);
        return ERR_IO;
    }
    while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL) {
        line[--len] = '\0';
    }
    start = strspn(line, " \t");
    copy = strdup(line + start);
    sodium_memzero(line, room);
    free(line);
    if (copy == NULL) {
        return ERR_NOMEM;
    }
    *out = copy;
    return ERR_OK;
}

enum err
form_confirm(const struct form_prompt *prompt, const char *question, bool otherwise, bool *out)
{
    for (;;) {
        char *line = NULL;
        enum err err;
        char first;

        fprintf(prompt->out, "%s %s ", question, otherwise ? _("[Y/n]") : _("[y/N]"));
        err = read_line(prompt, &line);
        if (err != ERR_OK) {
            return err;
        }
        first = line[0];
        free(line);
        if (first == '\0') {
            *out = otherwise;
            return ERR_OK;
        }
        if (strchr("yYjJ", first) != NULL || strchr("nN", first) != NULL) {
            *out = strchr("nN", first) == NULL;
            return ERR_OK;
        }
        fprintf(prompt->out, "%s\n", _("Type y or n."));
    }
}

/* The vocabulary of a column; false: it is free text. */
static bool
kind_of(enum column column, enum term_kind *out)
{
    switch (column) {
        case COLUMN_DOMAINS:
            *out = TERM_DOMAIN;
            return true;
        case COLUMN_SEVERITY:
            *out = TERM_BAND;
            return true;
        case COLUMN_LEGAL_BASIS:
            *out = TERM_BASIS;
            return true;
        case COLUMN_MODE:
            *out = TERM_MODE;
            return true;
        default:
            return false;
    }
}

/* The words that this filer can choose from, in the order in which they are numbered. */
static size_t
choices(const struct form_prompt *prompt, enum term_kind kind, const struct term **out, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < term_count(kind) && count < room; i++) {
        const struct term *term = term_at(kind, i);

        if (kind != TERM_BASIS || term_basis_fits(term->code, prompt->filer->sector)) {
            out[count++] = term;
        }
    }
    return count;
}

enum { CHOICES_MAX = 32 };

static void
show_choices(const struct form_prompt *prompt, enum column column)
{
    const struct term *terms[CHOICES_MAX];
    enum term_kind kind = TERM_DOMAIN;
    size_t count = kind_of(column, &kind) ? choices(prompt, kind, terms, CHOICES_MAX) : 0;

    for (size_t i = 0; i < count; i++) {
        fprintf(prompt->out, "    %2zu  %s (%s)\n", i + 1, gettext(terms[i]->text), terms[i]->key);
    }
}

/* Replaces numbers by the words that they stand for: "2 5" -> "work_day_activity physical_health". */
static enum err
resolve_choices(const struct form_prompt *prompt, enum column column, char **text)
{
    const struct term *terms[CHOICES_MAX];
    enum term_kind kind = TERM_DOMAIN;
    size_t count = kind_of(column, &kind) ? choices(prompt, kind, terms, CHOICES_MAX) : 0;
    char *resolved = NULL;
    char *save = NULL;
    size_t len = 0;
    FILE *out;

    if (count == 0) {
        return ERR_OK;
    }
    out = open_memstream(&resolved, &len);
    if (out == NULL) {
        return ERR_NOMEM;
    }
    for (char *word = strtok_r(*text, " ,", &save); word != NULL;
         word = strtok_r(NULL, " ,", &save)) {
        char *end = NULL;
        unsigned long number = strtoul(word, &end, 10);
        bool is_number = *end == '\0' && number >= 1 && number <= count;

        fprintf(out, "%s%s", ftell(out) > 0 ? " " : "", is_number ? terms[number - 1]->key : word);
    }
    if (fclose(out) != 0) {
        free(resolved);
        return ERR_NOMEM;
    }
    free(*text);
    *text = resolved;
    return ERR_OK;
}

static void
show_problem(const struct form_prompt *prompt, const struct report_problem *problem)
{
    enum column column = COLUMN_REFERENCE;

    if (report_column_by_key(problem->field, strlen(problem->field), &column) == ERR_OK) {
        fprintf(prompt->out, "  ! %s: %s.\n", form_label(column), gettext(problem->reason));
    } else {
        fprintf(prompt->out, "  ! %s.\n", gettext(problem->reason));
    }
}

/* Asks for one field until it is acceptable by itself. */
static enum err
ask_field(const struct form_prompt *prompt, enum column column, struct form_answers *answers)
{
    const char *hint = QUESTIONS[column].hint;

    show_choices(prompt, column);
    for (;;) {
        struct report_problems problems = { .count = 0 };
        char *text = NULL;
        enum err err;

        fprintf(prompt->out, "%s%s", form_label(column),
                report_column_is_required(column, prompt->filer) ? " *" : "");
        if (hint != NULL) {
            fprintf(prompt->out, " (%s)", gettext(hint));
        }
        fputs(": ", prompt->out);
        err = read_line(prompt, &text);
        if (err == ERR_OK) {
            err = resolve_choices(prompt, column, &text);
        }
        if (err != ERR_OK) {
            free(text);
            return err;
        }
        report_check_field(prompt->filer, column, text, prompt->today, &problems);
        if (problems.count == 0) {
            free(answers->text[column]);
            answers->text[column] = text;
            return ERR_OK;
        }
        sodium_memzero(text, strlen(text));
        free(text);
        show_problem(prompt, &problems.list[0]);
    }
}

static enum err
set_answer(struct form_answers *answers, enum column column, const char *text)
{
    answers->text[column] = strdup(text);
    return answers->text[column] != NULL ? ERR_OK : ERR_NOMEM;
}

/* Danger to life comes first: 112, and only then, if at all, an acute signal. */
static enum err
ask_danger(const struct form_prompt *prompt, struct form_answers *answers)
{
    bool is_danger = false;
    bool has_called = false;
    enum err err =
        form_confirm(prompt, _("Is anybody's life in danger at this moment?"), false, &is_danger);

    if (err != ERR_OK || !is_danger) {
        return err;
    }
    fprintf(prompt->out, "\n%s\n\n",
            _("Call 112 now. A signal does not bring help in time and does not replace the call."));
    err = form_confirm(prompt, _("Is 112 called, and do you want to file an acute signal as well?"),
                       false, &has_called);
    if (err != ERR_OK) {
        return err;
    }
    if (!has_called) {
        fprintf(prompt->out, "%s\n", _("Nothing was filed. Come back when help is on its way."));
        return ERR_STATE;
    }
    err = set_answer(answers, COLUMN_MODE, "acute");
    return err != ERR_OK ? err : set_answer(answers, COLUMN_SEVERITY, "acute");
}

/* Asks again for what is wrong with the whole, until nothing is. */
static enum err
ask_until_sound(const struct form_prompt *prompt, struct form_answers *answers)
{
    for (;;) {
        WIPED(report_form) struct report_form form = { .mode = 0 };
        struct report_problems problems = { .count = 0 };
        struct report_entry entry = form_answers_entry(answers);
        enum err err = report_check(prompt->filer, &entry, prompt->today, &form, &problems);

        if (err != ERR_MALFORMED) {
            return err;
        }
        for (size_t i = 0; i < problems.count; i++) {
            enum column column = COLUMN_SURNAME;

            show_problem(prompt, &problems.list[i]);
            err = report_column_by_key(problems.list[i].field, strlen(problems.list[i].field),
                                       &column);
            if (err == ERR_OK) {
                err = ask_field(prompt, column, answers);
            }
            if (err != ERR_OK) {
                return err;
            }
        }
    }
}

enum err
form_ask(const struct form_prompt *prompt, struct form_answers *out)
{
    struct form_answers answers = { .text = { NULL } };
    enum err err = ask_danger(prompt, &answers);

    if (err != ERR_OK) {
        goto out;
    }
    fprintf(prompt->out, "%s\n\n",
            _("Fields with * are needed; leave the others empty when you do not know."));
    for (int i = 0; i < COLUMN_COUNT && err == ERR_OK; i++) {
        enum column column = (enum column) i;

        if (answers.text[i] == NULL && report_column_is_open(column, prompt->filer)) {
            err = ask_field(prompt, column, &answers);
        }
    }
    if (err == ERR_OK) {
        err = ask_until_sound(prompt, &answers);
    }
    if (err != ERR_OK) {
        goto out;
    }
    *out = answers;
    return ERR_OK;
out:
    form_answers_done(&answers);
    return err;
}

void
form_show(const struct form_prompt *prompt, const struct form_answers *answers)
{
    fputc('\n', prompt->out);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const char *text = answers->text[i];
        char *clean;

        if (text == NULL || text[0] == '\0') {
            continue;
        }
        clean = malloc(strlen(text) + 1);
        if (clean != NULL) {
            say_clean(text, clean);
            fprintf(prompt->out, "  %s: %s\n", form_label((enum column) i), clean);
            sodium_memzero(clean, strlen(clean));
        }
        free(clean);
    }
    fputc('\n', prompt->out);
}
