/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/trace.h"

#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "base/bytes.h"

/* Where the parts of a traceparent begin, and how long they are. */
enum {
    TRACE_AT = 3,
    TRACE_LEN = 32,
    STEP_AT = 36,
    STEP_LEN = 16,
    FLAGS_AT = 53,
    FLAGS_LEN = 2,
};

static bool
is_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'))) {
            return false;
        }
    }
    return true;
}

static bool
is_zero(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '0') {
            return false;
        }
    }
    return true;
}

static bool
is_traceparent(const char *text, size_t len)
{
    return text != NULL && len == RPC_TRACEPARENT_LEN && memcmp(text, "00-", 3) == 0 &&
        text[STEP_AT - 1] == '-' && text[FLAGS_AT - 1] == '-' &&
        is_hex(text + TRACE_AT, TRACE_LEN) && is_hex(text + STEP_AT, STEP_LEN) &&
        is_hex(text + FLAGS_AT, FLAGS_LEN) && !is_zero(text + TRACE_AT, TRACE_LEN) &&
        !is_zero(text + STEP_AT, STEP_LEN);
}

uint64_t
trace_step(const char *received, size_t len, char out[RPC_TRACEPARENT_LEN + 1])
{
    uint8_t random[(TRACE_LEN + STEP_LEN) / 2];
    char step[STEP_LEN + 1];
    uint64_t id = 0;

    /* An id that is all zero comes with probability 2^-64, and hurts nobody. */
    randombytes_buf(random, sizeof random);
    if (is_traceparent(received, len)) {
        memcpy(out, received, RPC_TRACEPARENT_LEN);
    } else {
        memcpy(out, "00-", TRACE_AT);
        bytes_to_hex(random + STEP_LEN / 2, TRACE_LEN / 2, out + TRACE_AT);
        memcpy(out + FLAGS_AT - 1, "-00", 3);
    }
    bytes_to_hex(random, STEP_LEN / 2, step);
    out[STEP_AT - 1] = '-';
    memcpy(out + STEP_AT, step, STEP_LEN);
    out[RPC_TRACEPARENT_LEN] = '\0';
    memcpy(&id, random, sizeof id);
    return id;
}
