/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdint.h>
#include <stdlib.h>

#include "echo.pb-c.h"
#include "proto/wire/decode.h"

enum { ARENA_LEN = 64 * 1024, MAX_LEN = 256 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Whatever comes: no more memory than the cap, and what is accepted encodes to the same length. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct arena arena;
    const ProtobufCMessage *message = NULL;

    if (arena.base == NULL && arena_init(&arena, ARENA_LEN) != ERR_OK) {
        abort();
    }
    arena_reset(&arena, ARENA_LEN);
    if (wire_decode(&seinhuis__test__v1__echo_request__descriptor, (struct bytes) { data, len },
                    MAX_LEN, &arena, &message) == REFUSAL_NONE &&
        protobuf_c_message_get_packed_size(message) != len) {
        abort();
    }
    return 0;
}
