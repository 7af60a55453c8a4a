/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err
err_of_errno(void)
{
    switch (errno) {
        case ENOENT:
        case ENOTDIR:
            return ERR_NOT_FOUND;
        case EACCES:
        case EPERM:
        case EROFS:
            return ERR_DENIED;
        case ENOMEM:
            return ERR_NOMEM;
        case ENOSPC:
        case EDQUOT:
            return ERR_FULL;
        case EEXIST:
        case EWOULDBLOCK:
            return ERR_EXISTS;
        default:
            return ERR_IO;
    }
}

/* Reads until the end or until 'cap' bytes and one more are there. */
static enum err
read_all(int fd, uint8_t *out, size_t cap, size_t *len)
{
    size_t at = 0;
    uint8_t extra = 0;

    for (;;) {
        ssize_t got = at < cap ? read(fd, out + at, cap - at) : read(fd, &extra, 1);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_of_errno();
        }
        if (got == 0) {
            *len = at;
            return ERR_OK;
        }
        if (at >= cap) {
            return ERR_TOO_BIG;
        }
        at += (size_t) got;
    }
}

static enum err
read_checked(const char *path, mode_t forbidden, void *out, size_t cap, size_t *len)
{
    struct stat st;
    enum err err = ERR_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return err_of_errno();
    }
    if (fstat(fd, &st) != 0) {
        err = err_of_errno();
    } else if (S_ISDIR(st.st_mode)) {
        err = ERR_IO;
    } else if ((st.st_mode & forbidden) != 0) {
        err = ERR_DENIED;
    } else {
        err = read_all(fd, out, cap, len);
    }
    close(fd);
    return err;
}

enum err
file_read_into(const char *path, void *out, size_t cap, size_t *len)
{
    return read_checked(path, 0, out, cap, len);
}

enum err
file_read_secret(const char *path, void *out, size_t cap, size_t *len)
{
    return read_checked(path, S_IRWXG | S_IRWXO, out, cap, len);
}

enum err
file_read(const char *path, size_t cap, char **out, size_t *len)
{
    struct stat st;
    char *text = NULL;
    size_t room = cap;
    enum err err;

    /* Ask for what is there, not for the bound; a pipe has no size. */
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t) st.st_size < cap) {
        room = (size_t) st.st_size;
    }
    text = malloc(room + 1);
    if (text == NULL) {
        return ERR_NOMEM;
    }
    err = file_read_into(path, text, room, len);
    if (err != ERR_OK) {
        free(text);
        return err;
    }
    text[*len] = '\0';
    *out = text;
    return ERR_OK;
}

static enum err
write_all(int fd, const uint8_t *data, size_t len)
{
    size_t at = 0;

    while (at < len) {
        ssize_t put = write(fd, data + at, len - at);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return err_of_errno();
        }
        at += (size_t) put;
    }
    return fsync(fd) == 0 ? ERR_OK : err_of_errno();
}

static enum err
sync_folder_of(const char *path)
{
    char *folder = NULL;
    enum err err = file_folder_of(path, &folder);
    int fd;

    if (err != ERR_OK) {
        return err;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0) {
        return err_of_errno();
    }
    err = fsync(fd) == 0 ? ERR_OK : err_of_errno();
    close(fd);
    return err;
}

static enum err
write_new(const char *path, int flags, mode_t mode, const void *data, size_t len)
{
    enum err err;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);

    if (fd < 0) {
        return err_of_errno();
    }
    err = write_all(fd, data, len);
    if (close(fd) != 0 && err == ERR_OK) {
        err = err_of_errno();
    }
    if (err != ERR_OK) {
        unlink(path);
    }
    return err;
}

enum err
file_create(const char *path, const void *data, size_t len, mode_t mode)
{
    enum err err = write_new(path, O_EXCL, mode, data, len);

    return err == ERR_OK ? sync_folder_of(path) : err;
}

enum err
file_replace(const char *path, const void *data, size_t len, mode_t mode)
{
    char *temporary = NULL;
    enum err err = ERR_OK;

    if (asprintf(&temporary, "%s.new-%ld", path, (long) getpid()) < 0) {
        return ERR_NOMEM;
    }
    err = write_new(temporary, O_TRUNC, mode, data, len);
    if (err != ERR_OK) {
        goto out;
    }
    if (rename(temporary, path) != 0) {
        err = err_of_errno();
        unlink(temporary);
        goto out;
    }
    err = sync_folder_of(path);
out:
    free(temporary);
    return err;
}

enum err
file_make_folder(const char *path, mode_t mode)
{
    char *copy = strdup(path);
    enum err err = ERR_OK;

    if (copy == NULL) {
        return ERR_NOMEM;
    }
    for (char *at = copy + 1; err == ERR_OK && *copy != '\0'; at++) {
        bool at_end = *at == '\0';

        if (*at != '/' && !at_end) {
            continue;
        }
        *at = '\0';
        if (mkdir(copy, mode) != 0 && errno != EEXIST) {
            err = err_of_errno();
        }
        if (at_end) {
            break;
        }
        *at = '/';
    }
    free(copy);
    return err;
}

enum err
file_join(const char *folder, const char *name, char **out)
{
    char *joined = NULL;

    if (name[0] == '/') {
        joined = strdup(name);
        if (joined == NULL) {
            return ERR_NOMEM;
        }
    } else if (asprintf(&joined, "%s/%s", folder, name) < 0) {
        return ERR_NOMEM;
    }
    *out = joined;
    return ERR_OK;
}

enum err
file_folder_of(const char *path, char **out)
{
    const char *slash = strrchr(path, '/');
    char *folder = NULL;

    if (slash == NULL) {
        folder = strdup(".");
    } else if (slash == path) {
        folder = strdup("/");
    } else {
        folder = strndup(path, (size_t) (slash - path));
    }
    if (folder == NULL) {
        return ERR_NOMEM;
    }
    *out = folder;
    return ERR_OK;
}

enum err
file_lock(const char *path, int *out_fd)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    enum err err;

    if (fd < 0) {
        return err_of_errno();
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        err = err_of_errno();
        close(fd);
        return err;
    }
    *out_fd = fd;
    return ERR_OK;
}

void
file_unlock(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}
