/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_LANGUAGE_H
#define CLIENTS_SEIN_LANGUAGE_H

#include <libintl.h>

#include "base/attr.h"
#include "base/err.h"

/* Dutch and English.  English stands in the code, Dutch in po/nl.po; a test demands that each sentence has
 * its translation.
 *
 * _("...") translates here and now; N_("...") marks a constant that somebody translates later with
 * gettext().  Never translate "": gettext answers with the header of its catalogue. */
#define _(text) gettext(text)
#define N_(text) (text)

#define LANGUAGE_DOMAIN "seinhuis"

/* Chooses the language for all that follows: 'asked' ("nl" or "en") when not NULL, else that of LC_ALL,
 * LC_MESSAGES or LANG, else English.  No locale needs to be installed.
 *
 * ERR_INVALID: 'asked' is another word; English is then chosen.
 *
 * Threads: only at start, before any other thread. */
enum err language_choose(const char *asked) MUST_CHECK;

#endif
