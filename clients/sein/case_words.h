/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_CASE_WORDS_H
#define CLIENTS_SEIN_CASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/clock.h"
#include "proto/escrow/terms.h"
#include "proto/escrow/types.h"

/* Words in which cases and signals are shown to people.  What others wrote is cleaned on the way. */

enum {
    CASE_SIGNAL_ROOM = 9, /* the first 8 hexadecimal digits of a rid: how people name a signal */
    CASE_WEEK_ROOM = 2 * DATE_TEXT_ROOM + 8,
    CASE_DAY_ROOM = TIME_TEXT_ROOM,
    CASE_RULE_ROOM = 512,
    CASE_FLAGS_ROOM = 160
};

void case_signal_name(const uint8_t rid[RID_LEN], char out[CASE_SIGNAL_ROOM]);

/* "2026-02-02 - 2026-02-08", Monday to Sunday. */
void case_week_words(uint32_t week, char out[CASE_WEEK_ROOM]);

/* The machine key and the words of a state of review.proto; "unknown". */
const char *case_state_word_key(int state);
const char *case_state_words(int state);

/* Short names of the flags of a set, with commas. */
void case_flags_words(uint32_t flags, char out[CASE_FLAGS_ROOM]);

/* The translated words of a term; "?" when there is none. */
const char *case_term_words(enum term_kind kind, uint32_t code);

/* What a rule found, in the user's language: the sentence of the rule's key with its numbers.  False: this
 * client does not know the rule, or it has other numbers. */
bool case_rule_words(const char *rule, bool is_raised, const uint32_t *numbers, size_t count,
                     char out[CASE_RULE_ROOM]) MUST_CHECK;

/* Prints 'text' cleaned; line ends within it begin a new line behind 'indent'. */
void case_print_text(const char *indent, const char *text, FILE *out);

/* Makes standard output and JSON leave no traces in memory of what they showed; before any output. */
void case_print_begin(void);
void case_print_end(void);

#endif
