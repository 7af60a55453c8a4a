/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *
shared_path(const char *name)
{
    const char *folder = getenv("SEINHUIS_SHARED");
    char *path = NULL;

    if (folder == NULL || asprintf(&path, "%s/%s", folder, name) < 0) {
        return NULL;
    }
    if (access(path, R_OK) != 0) {
        free(path);
        return NULL;
    }
    return path;
}
