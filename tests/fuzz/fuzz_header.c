/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A header that is taken has one form: written again it is the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct report_header header;
    uint8_t again[HEADER_MAX_LEN];
    size_t again_len = 0;

    if (header_read(data, len, &header) == ERR_OK &&
        (header_write(&header, again, &again_len) != ERR_OK || again_len != len ||
         memcmp(again, data, len) != 0)) {
        abort();
    }
    return 0;
}
