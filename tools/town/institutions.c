/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/institutions.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

enum { MODE = 0644 };

static bool
is_shared(const struct household *household)
{
    return household->kind == HOUSEHOLD_INSTITUTION || household->kind == HOUSEHOLD_STUDENTS;
}

static void
write_list(const struct people *people, FILE *out)
{
    size_t count = 0;

    fputs("name: Instellingen Seinhoven (verzonnen)\nversion: \"1\"\naddresses:", out);
    for (size_t i = 0; i < people->household_count; i++) {
        const struct household *household = &people->households[i];
        const struct address *address = &household->address;
        char postcode[POSTCODE_ROOM];

        if (!is_shared(household)) {
            continue;
        }
        place_postcode(&people->place, address, postcode);
        fprintf(out, "\n  - postcode: %s\n    house_number: \"%u\"\n    street: %s\n    note: %s",
                postcode, address->number, people->place.streets[address->street].name,
                people_kind_key(household->kind));
        count++;
    }
    fputs(count == 0 ? " []\n" : "\n", out);
}

enum err
institutions_write(const struct people *people, const char *folder, const char *name)
{
    char *text = NULL;
    char *path = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    enum err err = out == NULL ? ERR_NOMEM : ERR_OK;

    if (err == ERR_OK) {
        write_list(people, out);
        err = fclose(out) == 0 ? ERR_OK : ERR_NOMEM;
    }
    if (err == ERR_OK) {
        err = file_join(folder, name, &path);
    }
    if (err == ERR_OK) {
        err = file_replace(path, text, len, MODE);
    }
    free(path);
    free(text);
    return err;
}
