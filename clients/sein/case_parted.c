/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/case_parted.h"

#include <string.h>

#include "proto/wire/decode.h"

enum { PAIRS_MAX = OPENING_RECORDS_MAX * (OPENING_RECORDS_MAX - 1) / 2 };

static enum err
take_pair(const Seinhuis__V1__ComparedLink *pair, struct opening *opening)
{
    struct rid a;
    struct rid b;

    if (!wire_has_len(pair->rid_a, RID_LEN) || !wire_has_len(pair->rid_b, RID_LEN) ||
        pair->verdict != SEINHUIS__V1__VERDICT__VERDICT_REFUSED || !pair->by_human) {
        return ERR_MALFORMED;
    }
    memcpy(a.bytes, pair->rid_a.data, RID_LEN);
    memcpy(b.bytes, pair->rid_b.data, RID_LEN);
    return opening_part(opening, &a, &b) == ERR_OK ? ERR_OK : ERR_MALFORMED;
}

enum err
case_parted_take(const Seinhuis__V1__ReleasedCase *released, struct opening *opening)
{
    enum err err = released->n_parted > PAIRS_MAX ? ERR_MALFORMED : ERR_OK;

    for (size_t i = 0; err == ERR_OK && i < released->n_parted; i++) {
        err = take_pair(released->parted[i], opening);
    }
    return err;
}
