/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/temp.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/cmocka_all.h"

char *
temp_folder(void)
{
    const char *base = getenv("TMPDIR");
    char *path = NULL;

    if (asprintf(&path, "%s/seinhuis-test-XXXXXX", base == NULL ? "/tmp" : base) < 0 ||
        mkdtemp(path) == NULL) {
        fail_msg("no temporary folder could be made");
    }
    return path;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void) st;
    (void) type;
    (void) at;
    return remove(path);
}

void
temp_remove(char *folder)
{
    if (folder == NULL) {
        return;
    }
    if (nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0) {
        print_error("could not remove %s\n", folder);
    }
    free(folder);
}

char *
temp_path(const char *folder, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        fail_msg("out of memory");
    }
    return path;
}
