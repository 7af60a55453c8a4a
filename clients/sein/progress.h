/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_PROGRESS_H
#define CLIENTS_SEIN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How far a long task is: a bar on a terminal, else one plain line for every tenth of the whole. */
struct progress {
    FILE *out;
    bool is_terminal;
    uint64_t total;
    uint64_t shown_ms;
    uint64_t shown_tenth;
};

/* 'total' is the number of steps.  Prints nothing yet. */
void progress_init(struct progress *progress, FILE *out, uint64_t total);

/* 'done' of the total are done; 'words' (already translated) says of what. */
void progress_show(struct progress *progress, uint64_t done, const char *words);

/* Clears the bar, so that something else can be printed. */
void progress_done(struct progress *progress);

#endif
