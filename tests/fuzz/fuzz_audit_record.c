/* SPDX-License-Identifier: EUPL-1.2 */
/* Whatever is taken for a record must be written back to the same bytes. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "proto/escrow/audit_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct audit_record record;
    uint8_t again[AUDIT_RECORD_MAX];
    size_t again_len = 0;

    if (audit_record_decode(data, len, &record) == ERR_OK) {
        const enum err err = audit_record_encode(&record, again, &again_len);

        assert(err == ERR_OK && again_len == len && sodium_memcmp(again, data, len) == 0);
    }
    return 0;
}
