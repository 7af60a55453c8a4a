/* SPDX-License-Identifier: EUPL-1.2 */
/* The JSON of a registry, past the signatures: what is accepted can be written, and is read the
 * same. */
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/registry_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
write_and_read_again(const struct registry_facts *facts)
{
    struct registry_pool pool = { 0 };
    struct registry_facts back = { 0 };
    struct registry_error error;
    char *once = NULL;
    char *twice = NULL;
    size_t once_len = 0;
    size_t twice_len = 0;

    if (registry_build(facts, &once, &once_len, &error) != ERR_OK ||
        registry_read(once, once_len, &pool, &back, &error) != ERR_OK ||
        registry_build(&back, &twice, &twice_len, &error) != ERR_OK || once_len != twice_len ||
        memcmp(once, twice, once_len) != 0) {
        abort();
    }
    free(once);
    free(twice);
    registry_pool_done(&pool);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct registry_pool pool = { 0 };
    struct registry_facts facts = { 0 };
    struct registry_error error = { 0 };
    enum err err;

    /* Room to grow when it is written with indents; the largest real one is far below. */
    if (len > NOTE_MAX_LEN / 8 || sodium_init() < 0) {
        return 0;
    }
    err = registry_read((const char *) data, len, &pool, &facts, &error);
    if (err == ERR_OK) {
        err = registry_check(&facts, &error);
    }
    if (err == ERR_OK) {
        write_and_read_again(&facts);
    } else if (err != ERR_MALFORMED || error.problem == REGISTRY_FINE ||
               memchr(error.where, '\0', sizeof error.where) == NULL) {
        abort();
    }
    registry_pool_done(&pool);
    return 0;
}
