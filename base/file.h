/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/* Reads a whole file of at most 'cap' bytes into 'out'.
 * ERR_NOT_FOUND, ERR_IO, ERR_DENIED, ERR_TOO_BIG. */
enum err file_read_into(const char *path, void *out, size_t cap, size_t *len) MUST_CHECK;

/* The same into new memory with a NUL behind it (not counted in '*len'); free() it. */
enum err file_read(const char *path, size_t cap, char **out, size_t *len) MUST_CHECK;

/* Like file_read_into, for a file that holds a secret: ERR_DENIED when others than its owner may read
 * or write it. */
enum err file_read_secret(const char *path, void *out, size_t cap, size_t *len) MUST_CHECK;

/* Replaces the file atomically and durably: a temporary file beside it, fsync, rename, fsync of the
 * folder.  On failure the old file stands.  ERR_FULL: the disk is full. */
enum err file_replace(const char *path, const void *data, size_t len, mode_t mode) MUST_CHECK;

/* Creates the file; ERR_EXISTS when there is one already.  Durable. */
enum err file_create(const char *path, const void *data, size_t len, mode_t mode) MUST_CHECK;

/* Creates a folder and its parents; one that exists is fine. */
enum err file_make_folder(const char *path, mode_t mode) MUST_CHECK;

/* Joins a folder and a name: "folder/name", or 'name' itself when it is absolute.  free() it. */
enum err file_join(const char *folder, const char *name, char **out) MUST_CHECK;

/* The folder part of 'path' ("." when there is none).  free() it. */
enum err file_folder_of(const char *path, char **out) MUST_CHECK;

/* Takes an exclusive lock on 'path' (created when absent), held until file_unlock or the process ends.
 * ERR_EXISTS: another process, or this one, holds it. */
enum err file_lock(const char *path, int *out_fd) MUST_CHECK;
void file_unlock(int fd);

#endif
