/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/command.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/sein/argp_words.h"
#include "clients/sein/say.h"
#include "clients/sein/session.h"

enum { OPTION_CONFIG = 0x1000, OPTION_LANG, OPTION_JSON, NAME_ROOM = 128 };

static const struct argp_option COMMON_OPTIONS[] = {
    { .name = "config",
      .key = OPTION_CONFIG,
      .arg = N_("FILE"),
      .doc = N_("Configuration; else $SEIN_CONFIG, else ~/.config/sein/sein.yaml") },
    { .name = "lang",
      .key = OPTION_LANG,
      .arg = "nl|en",
      .doc = N_("Language; else that of the configuration, else of the environment") },
    { .name = "json", .key = OPTION_JSON, .doc = N_("Print listings as JSON") },
    { .name = NULL }
};

static error_t
parse_common(int key, char *arg, struct argp_state *state)
{
    struct session *session = state->input;

    switch (key) {
        case OPTION_CONFIG:
            session->config_path = arg;
            return 0;
        case OPTION_LANG:
            if (language_choose(arg) != ERR_OK) {
                argp_error(state, _("--lang takes nl or en"));
            }
            session->language = arg;
            return 0;
        case OPTION_JSON:
            session->is_json = true;
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp COMMON = { .options = COMMON_OPTIONS,
                                    .parser = parse_common,
                                    .argp_domain = LANGUAGE_DOMAIN };

/* What the parsers of one command share. */
struct parts {
    void *input;
    struct session *session;
};

static error_t
hand_inputs_down(int key, char *arg, struct argp_state *state)
{
    struct parts *parts = state->input;

    (void) arg;
    if (key != ARGP_KEY_INIT) {
        return ARGP_ERR_UNKNOWN;
    }
    state->child_inputs[0] = parts->input;
    state->child_inputs[1] = parts->session;
    return 0;
}

void
command_parse(struct session *session, const struct command_syntax *syntax, int argc, char **argv,
              void *input)
{
    const struct argp own = { .options = syntax->options,
                              .parser = syntax->parse,
                              .args_doc = syntax->args_doc,
                              .doc = syntax->doc,
                              .argp_domain = LANGUAGE_DOMAIN };
    const struct argp_child children[] = {
        { .argp = &own },
        { .argp = &COMMON, .header = N_("Common options:"), .group = 10 },
        { .argp = NULL }
    };
    const struct argp whole = { .parser = hand_inputs_down,
                                .children = children,
                                .argp_domain = LANGUAGE_DOMAIN };
    struct parts parts = { .input = input, .session = session };

    if (argp_parse(&whole, argc, argv, 0, NULL, &parts) != 0) {
        exit(EXIT_CODE_USAGE);
    }
}

/* One level of the command line above a command: either the groups or the commands of one group. */
struct level {
    struct session *session;
    const char *const *names;
    const char *const *summaries;
    size_t count;
    int chosen_at; /* index in argv of the chosen name */
};

static error_t
parse_level(int key, char *arg, struct argp_state *state)
{
    struct level *level = state->input;

    (void) arg;
    switch (key) {
        case ARGP_KEY_INIT:
            state->child_inputs[0] = level->session;
            return 0;
        case ARGP_KEY_ARG:
            level->chosen_at = state->next - 1;
            state->next = state->argc;
            return 0;
        case ARGP_KEY_NO_ARGS:
            argp_state_help(state, state->err_stream,
                            ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC |
                                ARGP_HELP_EXIT_ERR);
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

/* The list of names with their summaries stands behind the options. */
static char *
list_names(int key, const char *text, void *input)
{
    const struct level *level = input;
    char *list = NULL;
    size_t len = 0;
    FILE *out;

    if (key != ARGP_KEY_HELP_POST_DOC || level == NULL) {
        return (char *) (uintptr_t) text;
    }
    out = open_memstream(&list, &len);
    if (out == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < level->count; i++) {
        fprintf(out, "  %-12s %s\n", level->names[i], gettext(level->summaries[i]));
    }
    fclose(out);
    return list;
}

/* Parses one level and returns the place in 'level->names' of the name that stands there. */
static size_t
choose(struct level *level, const char *args_doc, const char *doc, int argc, char **argv)
{
    const struct argp_child children[] = {
        { .argp = &COMMON, .header = N_("Common options:"), .group = 10 }, { .argp = NULL }
    };
    const struct argp argp = { .parser = parse_level,
                               .args_doc = args_doc,
                               .doc = doc,
                               .children = children,
                               .help_filter = list_names,
                               .argp_domain = LANGUAGE_DOMAIN };

    if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, level) != 0) {
        exit(EXIT_CODE_USAGE);
    }
    for (size_t i = 0; i < level->count; i++) {
        if (strcmp(argv[level->chosen_at], level->names[i]) == 0) {
            return i;
        }
    }
    say_error(NULL, _("See the list of '--help'."), _("'%s' does not know '%s'."), argv[0],
              argv[level->chosen_at]);
    exit(EXIT_CODE_USAGE);
}

static enum exit_code
dispatch_in_group(struct session *session, const struct command_group *group, int argc, char **argv)
{
    enum { COMMANDS_MAX = 32 };
    const char *names[COMMANDS_MAX];
    const char *summaries[COMMANDS_MAX];
    struct level level = { .session = session, .names = names, .summaries = summaries };
    char name[NAME_ROOM];
    size_t chosen;

    for (; level.count < group->count && level.count < COMMANDS_MAX; level.count++) {
        names[level.count] = group->commands[level.count].name;
        summaries[level.count] = group->commands[level.count].summary;
    }
    chosen = choose(&level, N_("COMMAND [ARGUMENT...]"), group->summary, argc, argv);
    snprintf(name, sizeof name, "%s %s", argv[0], group->commands[chosen].name);
    argv[level.chosen_at] = name;
    return group->commands[chosen].run(session, argc - level.chosen_at, argv + level.chosen_at);
}

enum exit_code
command_dispatch(struct session *session, const struct command_group *const *groups, size_t count,
                 int argc, char **argv)
{
    enum { GROUPS_MAX = 16 };
    const char *names[GROUPS_MAX];
    const char *summaries[GROUPS_MAX];
    struct level level = { .session = session, .names = names, .summaries = summaries };
    static char own_name[] = "sein";
    char name[NAME_ROOM];
    size_t chosen;

    argv[0] = own_name;
    argp_program_version = "sein " SEINHUIS_VERSION;
    argp_err_exit_status = EXIT_CODE_USAGE;
    for (; level.count < count && level.count < GROUPS_MAX; level.count++) {
        names[level.count] = groups[level.count]->name;
        summaries[level.count] = groups[level.count]->summary;
    }
    chosen = choose(&level, N_("GROUP COMMAND [ARGUMENT...]"),
                    N_("Early signals about residents, closed until a second sector reports the "
                       "same person."),
                    argc, argv);
    snprintf(name, sizeof name, "sein %s", groups[chosen]->name);
    argv[level.chosen_at] = name;
    return dispatch_in_group(session, groups[chosen], argc - level.chosen_at,
                             argv + level.chosen_at);
}
