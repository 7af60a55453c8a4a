/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CASE_ROW_H
#define VAULT_CASE_ROW_H

#include "vault/cases.h"
#include "vault/core.h"

/* How a case lies in the store: fixed fields one after the other, big-endian, format 1. */

enum {
    CASE_RECORD_LEN = RID_LEN + 2 + HASH32_LEN + 4 + 4 + 1 + 2 + 1 + 1 + 1 + 2 + 8,
    CASE_EXPLANATION_LEN = 1 + 1 + 2 * RULE_NUMBERS_MAX + 8,
    CASE_CONFIRMATION_MAX_LEN = 1 + REGISTRY_ID_MAX + 2 + SIGNATURE_LEN + 8,
    CASE_HEAD_MAX_LEN =
        1 + CASE_ID_LEN + 2 + 4 + 1 + 1 + 4 + 3 * 8 + CASE_ID_LEN + 1 + POLICY_LABEL_ROOM,
    CASE_ROW_MAX_LEN = CASE_HEAD_MAX_LEN + 3 + COMPONENT_MAX * CASE_RECORD_LEN +
        RULE_EXPLANATIONS_MAX * CASE_EXPLANATION_LEN +
        CASE_CONFIRMATIONS_MAX * CASE_CONFIRMATION_MAX_LEN
};

/* ERR_TOO_BIG: a count beyond its bound. */
enum err case_row_write(const struct case_file *file, uint8_t out[CASE_ROW_MAX_LEN],
                        size_t *out_len) MUST_CHECK;

/* Reads strictly and fills the counts of the summary.  ERR_CORRUPT: not what case_row_write wrote. */
enum err case_row_read(const uint8_t *data, size_t len, struct case_file *out) MUST_CHECK;

/* Fills what the summary says about the records. */
void case_count(struct case_file *file);

struct store_key case_key(const struct vault *vault, const struct case_id *id);

#endif
