/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_CSVTEXT_H
#define TOOLS_TOWN_CSVTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* A CSV file while it is put together in memory; all zero to begin with.  A failure is kept until
 * csvtext_finish, so that a row of calls needs one check. */
struct csvtext {
    char *data;
    size_t len;
    size_t cap;
    bool is_inside_row;
    enum err err;
};

void csvtext_field(struct csvtext *text, const char *value);
void csvtext_number(struct csvtext *text, uint64_t value);
void csvtext_end_row(struct csvtext *text);

/* Writes "folder/name" and frees the memory, whatever the outcome.
 * ERR_NOMEM, or as file_replace. */
enum err csvtext_finish(struct csvtext *text, const char *folder, const char *name) MUST_CHECK;

/* Frees; takes one that was finished. */
void csvtext_done(struct csvtext *text);

#endif
