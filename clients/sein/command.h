/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_COMMAND_H
#define CLIENTS_SEIN_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "clients/sein/exit_code.h"
#include "clients/sein/language.h"

/* How 'sein GROUP COMMAND' finds its code.  A group of commands is one file that defines one constant
 * struct command_group; main.c lists them.
 *
 * A command's run() is called with argv[0] = "sein GROUP COMMAND" and its own arguments behind it.  It
 * calls command_parse first, which also answers --help and takes the options common to all commands. */
struct session;

struct command {
    const char *name; /* "file" */
    const char *summary; /* N_(): one line for the list of commands */
    enum exit_code (*run)(struct session *session, int argc, char **argv);
};

struct command_group {
    const char *name; /* "signal" */
    const char *summary; /* N_() */
    const struct command *commands;
    size_t count;
};

extern const struct command_group GROUP_ADMIN;
extern const struct command_group GROUP_SIGNAL;
extern const struct command_group GROUP_CASE;
extern const struct command_group GROUP_AUDIT;

/* What a command has of its own: argp's option table with documentation in N_(), and a parser for these
 * and for its arguments.  All members but 'doc' may be NULL. */
struct command_syntax {
    const struct argp_option *options;
    error_t (*parse)(int key, char *arg, struct argp_state *state);
    const char *args_doc; /* N_("FILE.csv") */
    const char *doc; /* N_(): what the command does, in whole sentences */
};

/* Parses the command line of one command with 'syntax' and the common options (--config, --lang, --json).
 * 'input' reaches the parser as state->input.
 *
 * Does not return when it has answered --help or has met a wrong option: it then ends the program with
 * EXIT_CODE_OK or EXIT_CODE_USAGE. */
void command_parse(struct session *session, const struct command_syntax *syntax, int argc,
                   char **argv, void *input);

/* Runs what the command line asks for among 'groups' and returns the program's exit code. */
enum exit_code command_dispatch(struct session *session, const struct command_group *const *groups,
                                size_t count, int argc, char **argv);

#endif
