/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of cases: no input may be read beyond its end, and what is accepted comes back the same. */
#include <stdlib.h>
#include <string.h>

#include "vault/case_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct case_file file;
    uint8_t row[CASE_ROW_MAX_LEN];
    size_t row_len = 0;

    if (case_row_read(data, len, &file) != ERR_OK) {
        return 0;
    }
    if (case_row_write(&file, row, &row_len) != ERR_OK || row_len > len) {
        abort();
    }
    return 0;
}
