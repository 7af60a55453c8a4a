/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clients/lib/filing.h"
#include "clients/lib/report_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What is taken is written again in the same length (fields may come in another order): a capsule, a content;
 * a sealed report of a journal also byte for byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t bytes[FILING_SEALED_MAX_LEN];
    const struct bytes packed = { .data = data, .len = len };
    struct report_capsule capsule;
    struct report_content content;
    struct report_packed again;
    struct filing_sealed sealed;

    if (report_unpack_capsule(packed, &capsule) == ERR_OK &&
        (report_pack_capsule(&capsule, &again) != ERR_OK || again.len != len)) {
        abort();
    }
    if (report_unpack_content(packed, &content) == ERR_OK &&
        (report_pack_content(&content, &again) != ERR_OK || again.len != len)) {
        abort();
    }
    if (filing_sealed_read(data, len, &sealed) == ERR_OK &&
        (filing_sealed_write(&sealed, bytes) != len || memcmp(bytes, data, len) != 0)) {
        abort();
    }
    return 0;
}
