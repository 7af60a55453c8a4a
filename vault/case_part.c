/* SPDX-License-Identifier: EUPL-1.2 */
/* Which records of a case a member parted: said to be about two persons. */
#include <string.h>

#include "vault/cases.h"
#include "vault/cut.h"

/* With which later ones among 'records' the one at 'at' was parted. */
static enum err
parted_from(const struct vault *vault, const struct case_file *file, uint64_t records, size_t at,
            uint64_t *out)
{
    const struct pair_end a = { &file->records[at].rid, file->records[at].bucket };

    *out = 0;
    for (size_t i = at + 1; i < file->record_count; i++) {
        const struct pair_end b = { &file->records[i].rid, file->records[i].bucket };
        enum cut cut = CUT_NONE;
        enum err err = ERR_OK;

        if ((records >> i & 1) != 0) {
            err = cut_read(vault, NULL, &a, &b, &cut);
        }
        if (err != ERR_OK) {
            return err;
        }
        *out |= (uint64_t) (cut == CUT_BY_HUMAN) << i;
    }
    return ERR_OK;
}

enum err
cases_parted(struct vault *vault, const struct case_file *file, uint64_t records,
             uint64_t out[COMPONENT_MAX])
{
    uint64_t parted[COMPONENT_MAX] = { 0 };
    enum err err = ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < file->record_count; i++) {
        if ((records >> i & 1) != 0) {
            err = parted_from(vault, file, records, i, &parted[i]);
        }
    }
    if (err == ERR_OK) {
        memcpy(out, parted, sizeof parted);
    }
    return err;
}
