/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_FIGURES_H
#define TOOLS_MEASURE_FIGURES_H

#include <stdbool.h>

/* What was measured: one line of text each as soon as it is known, and all together as JSON.  With
 * JSON the text goes to standard error. */

enum figure_aim { FIGURE_NO_AIM, FIGURE_AT_LEAST, FIGURE_AT_MOST };

void figures_begin(bool as_json);

/* Starts a part; 'name' begins the names of its figures in JSON, 'title' heads it in the text. */
void figures_part(const char *name, const char *title);

void figure(const char *name, double value, const char *unit);

/* A figure with an aim; the text says whether it is met. */
void figure_aimed(const char *name, double value, const char *unit, enum figure_aim aim,
                  double bound);

/* A line of text without a figure. */
void figures_note(const char *text);

/* Prints the JSON and frees; the number of aims that were missed. */
int figures_end(void);

#endif
