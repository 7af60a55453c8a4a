/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_FORM_PROMPT_H
#define CLIENTS_SEIN_FORM_PROMPT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "clients/lib/report_form.h"

/* Asks for a signal, field by field. */

struct form_prompt {
    FILE *in;
    FILE *out;
    const struct report_filer *filer;
    struct date today;
};

/* What was answered: texts on the heap, NULL where nothing is known. */
struct form_answers {
    char *text[COLUMN_COUNT];
};

/* Wipes and frees the texts. */
void form_answers_done(struct form_answers *answers);

/* The answers as report_check takes them; borrowed. */
struct report_entry form_answers_entry(const struct form_answers *answers);

/* The name of a field for people, translated. */
const char *form_label(enum column column);

/* Asks whether anybody's life is in danger, and then for 112 first; then for every field that the filer
 * may give, asking again after a mistake, until the whole is acceptable.
 *
 * ERR_STATE: life is in danger and nothing is to be filed now; the user has read what to do.
 * ERR_IO: the input ended; nothing was filed. */
enum err form_ask(const struct form_prompt *prompt, struct form_answers *out) MUST_CHECK;

/* Shows the answers. */
void form_show(const struct form_prompt *prompt, const struct form_answers *answers);

/* A question with yes or no; nothing typed is 'otherwise'.  ERR_IO: the input ended. */
enum err form_confirm(const struct form_prompt *prompt, const char *question, bool otherwise,
                      bool *out) MUST_CHECK;

#endif
