/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_KEYFILE_H
#define BASE_KEYFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* A file that holds one secret key of ours: one line "seinhuis KIND v1 BASE64", mode 0600, so that a person
 * can see what it is and no program takes one kind for another. */

enum {
    KEYFILE_KIND_MAX = 32, /* a-z, 0-9 and '-' */
    KEYFILE_KEY_MAX = 96,
};

/* Creates the file.
 * ERR_EXISTS: there is one already; a key is never overwritten.
 * ERR_INVALID: a kind or a length beyond the bounds.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_FULL, ERR_IO: of the file system. */
enum err keyfile_create(const char *path, const char *kind, const uint8_t *key,
                        size_t len) MUST_CHECK;

/* Reads a key of exactly 'len' bytes of 'kind'; 'out' is untouched on failure.
 * ERR_DENIED: others than the owner may read or write the file (chmod 600).
 * ERR_MALFORMED: not a key file, of another kind, or of another length.
 * ERR_NOT_FOUND, ERR_IO: of the file system. */
enum err keyfile_read(const char *path, const char *kind, uint8_t *out, size_t len) MUST_CHECK;

#endif
