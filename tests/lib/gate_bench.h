/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_GATE_BENCH_H
#define TESTS_LIB_GATE_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "proto/escrow/answer.h"
#include "services/gate/gate.h"
#include "tests/lib/filing.h"
#include "tests/lib/office.h"

/* A gate without a network, reports to show it, and what it answered last. */

enum { GATE_BENCH_RECORDS = 4, GATE_BENCH_RATE = 3 };

struct gate_bench {
    struct office *office;
    struct gate gate;
    struct filing *filings; /* RECORDS of them; they point into themselves */
    size_t count;
    struct answer answer;
    uint8_t answer_bytes[ANSWER_MAX_LEN];
    size_t answer_len;
    struct signature signature;
    size_t rejected;
    uint8_t wish; /* makes the nonce */
};

void gate_bench_open(struct gate_bench *bench);
void gate_bench_close(struct gate_bench *bench);

/* Files a report of the organisation with these match keys; at most GATE_BENCH_RECORDS. */
void gate_bench_file(struct gate_bench *bench, uint32_t serial, const char *match_keys);

/* Ask about all filed reports.  In a release 'signer' is the index of the member whose key signs and
 * 'named' that of the one whose id is given; a confirmation is for what the last answer released. */
enum refusal gate_bench_assess(struct gate_bench *bench);
enum refusal gate_bench_release(struct gate_bench *bench, size_t signer, size_t named);
enum refusal gate_bench_confirm(struct gate_bench *bench, const struct hash32 *released,
                                size_t first, size_t second);

/* h of the last answer. */
void gate_bench_hash(const struct gate_bench *bench, struct hash32 *out);

#endif
