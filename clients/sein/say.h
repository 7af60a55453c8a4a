/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_SAY_H
#define CLIENTS_SEIN_SAY_H

#include "base/attr.h"

/* What people read on standard error: what happened, which field, what to do.
 * Texts are already translated.  Control characters in them come out as '?'. */

/* 'field' and 'remedy' may be NULL. */
void say_error(const char *field, const char *remedy, const char *format, ...) PRINTF_LIKE(3, 4);

/* A line that is not an error. */
void say_note(const char *format, ...) PRINTF_LIKE(1, 2);

/* Copies 'text' to 'out' (room for as many bytes, NUL included), with control characters, also those of
 * Unicode that turn the direction of text, as '?': what others wrote cannot steer a terminal.
 * Invalid UTF-8 comes out as '?' too. */
void say_clean(const char *text, char *out);

#endif
