/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs a fuzz target over each file of the folders named on the command line. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

enum { INPUT_MAX = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Returns the number of files run, or -1. */
static int
replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int count = 0;

    if (dir == NULL) {
        fprintf(stderr, "no corpus folder %s\n", folder);
        return -1;
    }
    while ((entry = readdir(dir)) != NULL) {
        char *path = NULL;
        char *data = NULL;
        size_t len = 0;

        if (entry->d_name[0] == '.') {
            continue;
        }
        if (file_join(folder, entry->d_name, &path) != ERR_OK ||
            file_read(path, INPUT_MAX, &data, &len) != ERR_OK) {
            fprintf(stderr, "cannot read %s/%s\n", folder, entry->d_name);
            abort();
        }
        LLVMFuzzerTestOneInput((const uint8_t *) data, len);
        free(data);
        free(path);
        count++;
    }
    closedir(dir);
    return count;
}

int
main(int argc, char **argv)
{
    int total = 0;

    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);

        if (count <= 0) {
            fprintf(stderr, "nothing to replay in %s\n", argv[i]);
            return 1;
        }
        total += count;
    }
    printf("%d inputs replayed\n", total);
    return 0;
}
