/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/answer.h"
#include "proto/escrow/question.h"
#include "proto/escrow/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_same(enum err written, const uint8_t *again, size_t again_len, struct bytes data)
{
    if (written != ERR_OK || again_len != data.len || memcmp(again, data.data, data.len) != 0) {
        abort();
    }
}

static void
try_question_and_answer(struct bytes data)
{
    static struct question question;
    static struct answer answer;
    static uint8_t again[QUESTION_MAX_LEN + ANSWER_MAX_LEN];
    size_t len = 0;

    if (question_read(data, &question) == ERR_OK) {
        const enum err written = question_write(&question, again, &len);

        check_same(written, again, len, data);
    }
    if (answer_read(data, &answer) == ERR_OK) {
        const enum err written = answer_write(&answer, again, &len);

        check_same(written, again, len, data);
    }
}

/* What is taken has one form: written again it is the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct bytes input = { data, len };
    struct release_request release;
    struct confirm_request confirm;
    uint8_t again[REQUEST_MAX_LEN];
    size_t again_len = 0;

    try_question_and_answer(input);
    if (request_read_release(input, &release) == ERR_OK) {
        const enum err written = request_write_release(&release, again, &again_len);

        check_same(written, again, again_len, input);
    }
    if (request_read_confirm(input, &confirm) == ERR_OK) {
        const enum err written = request_write_confirm(&confirm, again, &again_len);

        check_same(written, again, again_len, input);
    }
    return 0;
}
