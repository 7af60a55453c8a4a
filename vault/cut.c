/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/cut.h"

#include <string.h>

#include <sodium.h>

struct store_key
pair_key(const struct vault *vault, enum row_kind kind, const struct pair_end *a,
         const struct pair_end *b)
{
    bool in_order = sodium_compare(a->rid->bytes, b->rid->bytes, RID_LEN) < 0;
    uint8_t pair[2 * RID_LEN];
    uint16_t month = a->bucket < b->bucket ? a->bucket : b->bucket;

    memcpy(pair, (in_order ? a : b)->rid->bytes, RID_LEN);
    memcpy(pair + RID_LEN, (in_order ? b : a)->rid->bytes, RID_LEN);
    return core_key(vault, kind, STORE_LINKS, month, pair, sizeof pair);
}

enum err
cut_read(const struct vault *vault, struct store_snapshot *snapshot, const struct pair_end *a,
         const struct pair_end *b, enum cut *out)
{
    const struct store_key key = pair_key(vault, ROW_CUT, a, b);
    struct row row = { .data = NULL };
    enum err err = row_read(vault, snapshot, &key, &row);

    if (err == ERR_OK &&
        (row.len != 1 || (row.data[0] != CUT_BY_HUMAN && row.data[0] != CUT_BY_SOFTWARE))) {
        err = ERR_CORRUPT;
    }
    if (err == ERR_OK) {
        *out = (enum cut) row.data[0];
    } else if (err == ERR_NOT_FOUND || err == ERR_EXPIRED) {
        *out = CUT_NONE;
        err = ERR_OK;
    }
    row_done(&row);
    return err;
}

enum err
cut_put(const struct vault *vault, struct store_batch *batch, const struct pair_end *a,
        const struct pair_end *b, enum cut by)
{
    const struct store_key key = pair_key(vault, ROW_CUT, a, b);
    const uint8_t said = (uint8_t) by;

    return row_put(vault, batch, &key, &said, sizeof said);
}
