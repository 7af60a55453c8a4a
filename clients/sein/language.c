/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/language.h"

#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The language that a name of a locale ("nl_NL.UTF-8") asks for; NULL when it is none of ours. */
static const char *
language_of(const char *name)
{
    if (name == NULL) {
        return NULL;
    }
    if (strncmp(name, "nl", 2) == 0 && (name[2] == '\0' || strchr("_.@-", name[2]) != NULL)) {
        return "nl";
    }
    if (strncmp(name, "en", 2) == 0 && (name[2] == '\0' || strchr("_.@-", name[2]) != NULL)) {
        return "en";
    }
    return NULL;
}

/* POSIX: the first of these that is set and not empty decides, whatever it says. */
static const char *
language_of_environment(void)
{
    static const char *const NAMES[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        const char *value = getenv(NAMES[i]);

        if (value != NULL && value[0] != '\0') {
            return language_of(value);
        }
    }
    return NULL;
}

/* Tells gettext where the catalogues are: beside the program, in the build tree (bin/../locale) as well as
 * installed (bin/../share/locale). */
static void
bind_catalogue(void)
{
    static const char *const PLACES[] = { "locale", "share/locale" };
    char own[PATH_MAX];
    char path[PATH_MAX + 32];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);

    if (len <= 0) {
        return;
    }
    own[len] = '\0';
    *strrchr(own, '/') = '\0';
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        snprintf(path, sizeof path, "%s/../%s", own, PLACES[i]);
        if (access(path, R_OK) == 0) {
            break;
        }
    }
    bindtextdomain(LANGUAGE_DOMAIN, path);
}

enum err
language_choose(const char *asked)
{
    const char *language = asked != NULL ? language_of(asked) : language_of_environment();
    bool is_known = asked == NULL || (language != NULL && strlen(asked) == 2);

    if (language == NULL || !is_known) {
        language = "en";
    }
    /* Under plain "C" gettext ignores LANGUAGE; C.UTF-8 is part of libc and always there. */
    setlocale(LC_ALL, "C.UTF-8");
    setenv("LANGUAGE", language, 1);
    bind_catalogue();
    bind_textdomain_codeset(LANGUAGE_DOMAIN, "UTF-8");
    textdomain(LANGUAGE_DOMAIN);
    return is_known ? ERR_OK : ERR_INVALID;
}
