/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_ARGP_WORDS_H
#define CLIENTS_SEIN_ARGP_WORDS_H

#include "clients/sein/language.h"

/* The words that glibc's argp takes from our catalogue (argp_domain), listed so that they are extracted
 * and their translation is demanded like that of our own.  No code uses this list. */
#define ARGP_WORDS                                                                                 \
    N_("Usage:")                                                                                   \
    N_("  or: ")                                                                                   \
    N_(" [OPTION...]")                                                                             \
    N_("Give this help list")                                                                      \
    N_("Give a short usage message")                                                               \
    N_("Print program version")                                                                    \
    N_("Try `%s --help' or `%s --usage' for more information.\n")                                  \
    N_("Mandatory or optional arguments to long options are also mandatory or optional for any "   \
       "corresponding short options.")                                                             \
    N_("%s: Too many arguments\n")

#endif
