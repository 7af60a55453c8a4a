/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_EXIT_CODE_H
#define CLIENTS_SEIN_EXIT_CODE_H

#include "base/err.h"

/* How 'sein' ends; documented in sein(1), and scripts rely on it. */
enum exit_code {
    EXIT_CODE_OK = 0, /* everything asked for is done */
    EXIT_CODE_FAILED = 1, /* something on this machine failed: a disk, a file, memory */
    EXIT_CODE_USAGE = 2, /* the command line is wrong */
    EXIT_CODE_INPUT = 3, /* what was entered, or a file, or the configuration, is not acceptable */
    EXIT_CODE_UNREACHABLE = 4, /* a service cannot be reached; nothing was lost */
    EXIT_CODE_REFUSED = 5, /* a service said no */
    EXIT_CODE_PARTLY = 6, /* some of it is done; the rest was refused or waits */
    EXIT_CODE_UNTRUSTED =
        7 /* a proof, a signature or the registry is not right; nothing was sent */
};

/* The code that fits an error of our own libraries. */
enum exit_code exit_code_of(enum err err);

#endif
