/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "clients/sein/command.h"
#include "clients/sein/say.h"
#include "clients/sein/session.h"

static const struct command_group *const GROUPS[] = {
    &GROUP_SIGNAL,
    &GROUP_CASE,
    &GROUP_AUDIT,
    &GROUP_ADMIN,
};

/* What --lang says, before argp reads it: --help, which may stand in front, wants to know already. */
static const char *
asked_language(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", sizeof "--lang=" - 1) == 0) {
            return argv[i] + sizeof "--lang=" - 1;
        }
        if (strcmp(argv[i], "--lang") == 0) {
            return argv[i + 1];
        }
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    enum { LOCKED_LEN = 65536 };
    struct session session = { .is_json = false };
    enum exit_code code;

    if (language_choose(asked_language(argc, argv)) != ERR_OK) {
        say_error("--lang", _("Write nl or en."), _("This language is not known."));
        return EXIT_CODE_USAGE;
    }
    if (secret_start(LOCKED_LEN) != ERR_OK) {
        say_error(NULL, _("Raise the limit of locked memory (ulimit -l)."),
                  _("No memory can be locked for keys."));
        return EXIT_CODE_FAILED;
    }
    code = command_dispatch(&session, GROUPS, sizeof GROUPS / sizeof GROUPS[0], argc, argv);
    session_done(&session);
    return (int) code;
}
