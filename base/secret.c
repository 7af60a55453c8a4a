/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/secret.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <stdlib.h>

struct secret {
    uint8_t *data; /* sodium_malloc */
    size_t len;
};

enum err
secret_start(size_t locked_len)
{
    const struct rlimit none = { 0, 0 };
    void *trial = NULL;
    int failed = 0;

    if (sodium_init() < 0) {
        return ERR_INTERNAL;
    }
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return ERR_INTERNAL;
    }
    if (locked_len == 0) {
        return ERR_OK;
    }
    trial = malloc(locked_len);
    if (trial == NULL) {
        return ERR_NOMEM;
    }
    failed = sodium_mlock(trial, locked_len);
    if (failed == 0) {
        sodium_munlock(trial, locked_len);
    }
    free(trial);
    return failed == 0 ? ERR_OK : ERR_FULL;
}

enum err
secret_new(size_t len, struct secret **out)
{
    struct secret *secret = NULL;

    if (len == 0) {
        return ERR_INVALID;
    }
    secret = calloc(1, sizeof *secret);
    if (secret == NULL) {
        return ERR_NOMEM;
    }
    secret->data = sodium_malloc(len);
    if (secret->data == NULL) {
        free(secret);
        return ERR_NOMEM;
    }
    sodium_memzero(secret->data, len);
    secret->len = len;
    *out = secret;
    return ERR_OK;
}

void
secret_free(struct secret *secret)
{
    if (secret == NULL) {
        return;
    }
    sodium_free(secret->data);
    free(secret);
}

size_t
secret_len(const struct secret *secret)
{
    return secret->len;
}

const uint8_t *
secret_data(const struct secret *secret)
{
    return secret->data;
}

uint8_t *
secret_edit(struct secret *secret)
{
    return secret->data;
}
