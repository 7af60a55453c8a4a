/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/keyring.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/keyfile.h"
#include "vault/store/keyring_image.h"

enum { DEFAULT_MEMORY_KIB = 256 * 1024, PASSES = 3, PASSPHRASE_MIN = 12, SALT_PERS_LEN = 10 };

static const char key_file_kind[] = "keyring-root";

/* What lies in locked memory. */
struct keys {
    struct key32 sealing; /* from the root key; seals the file */
    struct key32 at[KEYRING_KEY_MAX]; /* that of the name at the same place */
};

/* Invariant under 'lock': what is in memory is what the file holds, or was one replacement ago when
 * replacing failed half-way; a key is handed out only when it is in both. */
struct keyring {
    pthread_mutex_t lock;
    char *path;
    int lock_fd;
    struct keyring_head head;
    size_t count;
    struct keyring_name names[KEYRING_KEY_MAX];
    struct secret *secret; /* struct keys */
};

static struct keys *
keys_of(struct keyring *ring)
{
    return (struct keys *) (void *) secret_edit(ring->secret);
}

/* ---- the root key ---- */

enum err
keyring_make_key_file(const char *path)
{
    WIPED(key32) struct key32 root = { { 0 } };

    randombytes_buf(root.bytes, sizeof root.bytes);
    return keyfile_create(path, key_file_kind, root.bytes, sizeof root.bytes);
}

/* One root key may open several rings: each has a sealing key of its own by its salt. */
static enum err
derive_sealing_key(const struct keyring_unlock *unlock, const struct keyring_head *head,
                   struct key32 *out)
{
    WIPED(key32) struct key32 root = { { 0 } };
    uint8_t label[SALT_PERS_LEN + KEYRING_SALT_LEN];
    struct byte_writer writer;
    enum err err = ERR_OK;

    if (head->way == KEYRING_BY_FILE) {
        err = keyfile_read(unlock->key_file, key_file_kind, root.bytes, sizeof root.bytes);
        if (err != ERR_OK) {
            return err;
        }
    } else if (crypto_pwhash(root.bytes, sizeof root.bytes, unlock->passphrase,
                             unlock->passphrase_len, head->salt, head->passes,
                             (size_t) head->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return ERR_NOMEM;
    }
    byte_writer_init(&writer, label, sizeof label);
    byte_writer_raw(&writer, "sein1.ring", SALT_PERS_LEN);
    byte_writer_raw(&writer, head->salt, sizeof head->salt);
    crypto_generichash(out->bytes, sizeof out->bytes, label, sizeof label, root.bytes,
                       sizeof root.bytes);
    return byte_writer_finish(&writer);
}

static bool
unlock_is_valid(const struct keyring_unlock *unlock)
{
    return (unlock->key_file == NULL) != (unlock->passphrase == NULL);
}

/* ---- the file ---- */

/* Seals 'count' names with their keys under 'head' and replaces the file. */
static enum err
write_file(const char *path, const struct keyring_head *head, const struct keys *keys,
           const struct keyring_name *names, size_t count)
{
    const size_t body_len = keyring_body_len(count);
    const size_t len = KEYRING_HEAD_LEN + body_len + KEYRING_TAG_LEN;
    struct secret *body = NULL;
    uint8_t *file = NULL;
    enum err err = secret_new(body_len, &body);

    if (err != ERR_OK) {
        goto out;
    }
    file = malloc(len);
    if (file == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    keyring_body_write(names, keys->at, count, secret_edit(body));
    keyring_head_write(head, file);
    crypto_aead_xchacha20poly1305_ietf_encrypt(file + KEYRING_HEAD_LEN, NULL, secret_data(body),
                                               body_len, file, KEYRING_HEAD_LEN, NULL, head->nonce,
                                               keys->sealing.bytes);
    err = file_replace(path, file, len, 0600);
out:
    free(file);
    secret_free(body);
    return err;
}

/* Makes one change durable, then visible: the name at 'at' becomes 'name'.  Its key stands in its
 * place in locked memory already; beyond the end nobody sees it.  Under the lock. */
static enum err
change(struct keyring *ring, size_t at, const struct keyring_name *name)
{
    const struct keyring_name before = ring->names[at];
    const size_t count = at == ring->count ? ring->count + 1 : ring->count;
    struct keyring_head head = ring->head;
    enum err err = ERR_OK;

    head.generation++;
    randombytes_buf(head.nonce, sizeof head.nonce);
    ring->names[at] = *name;
    err = write_file(ring->path, &head, keys_of(ring), ring->names, count);
    if (err != ERR_OK) {
        ring->names[at] = before;
        return err;
    }
    ring->head = head;
    ring->count = count;
    if (name->state == KEYRING_DESTROYED) {
        key32_wipe(&keys_of(ring)->at[at]);
    }
    return ERR_OK;
}

/* A ring without keys, its file locked. */
static enum err
ring_new(const char *path, struct keyring **out)
{
    struct keyring *ring = NULL;
    char *lock_path = NULL;
    enum err err = ERR_OK;

    ring = calloc(1, sizeof *ring);
    if (ring == NULL) {
        return ERR_NOMEM;
    }
    pthread_mutex_init(&ring->lock, NULL);
    ring->lock_fd = -1;
    ring->path = strdup(path);
    if (ring->path == NULL || asprintf(&lock_path, "%s.lock", path) < 0) {
        lock_path = NULL;
        err = ERR_NOMEM;
        goto out;
    }
    err = secret_new(sizeof(struct keys), &ring->secret);
    if (err != ERR_OK) {
        goto out;
    }
    err = file_lock(lock_path, &ring->lock_fd);
    if (err != ERR_OK) {
        goto out;
    }
    *out = ring;
    ring = NULL;
out:
    free(lock_path);
    keyring_close(ring);
    return err;
}

enum err
keyring_create(const char *path, const struct keyring_unlock *unlock, struct keyring **out)
{
    struct keyring *ring = NULL;
    struct keyring_head head = { .way = KEYRING_BY_FILE };
    enum err err = ERR_OK;

    if (!unlock_is_valid(unlock)) {
        return ERR_INVALID;
    }
    if (unlock->passphrase != NULL) {
        head.way = KEYRING_BY_PASSPHRASE;
        head.memory_kib = unlock->memory_kib == 0 ? DEFAULT_MEMORY_KIB : unlock->memory_kib;
        head.passes = PASSES;
        if (unlock->passphrase_len < PASSPHRASE_MIN || head.memory_kib < KEYRING_MEMORY_MIN_KIB ||
            head.memory_kib > KEYRING_MEMORY_MAX_KIB) {
            return ERR_INVALID;
        }
    }
    randombytes_buf(head.salt, sizeof head.salt);
    err = ring_new(path, &ring);
    if (err != ERR_OK) {
        goto out;
    }
    ring->head = head;
    err = derive_sealing_key(unlock, &head, &keys_of(ring)->sealing);
    if (err != ERR_OK) {
        goto out;
    }
    if (access(path, F_OK) == 0) {
        err = ERR_EXISTS;
        goto out;
    }
    randombytes_buf(keys_of(ring)->at[0].bytes, sizeof keys_of(ring)->at[0].bytes);
    err = change(ring, 0,
                 &(struct keyring_name) { .kind = KEYRING_METADATA, .state = KEYRING_LIVES });
    if (err != ERR_OK) {
        goto out;
    }
    *out = ring;
    ring = NULL;
out:
    keyring_close(ring);
    return err;
}

/* Opens the sealed body of a file that was read; 'ring' has its sealing key. */
static enum err
open_body(struct keyring *ring, const uint8_t *file, size_t len)
{
    const size_t body_len = len - KEYRING_HEAD_LEN - KEYRING_TAG_LEN;
    struct keys *keys = keys_of(ring);
    struct secret *body = NULL;
    enum err err = secret_new(body_len, &body);

    if (err != ERR_OK) {
        return err;
    }
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            secret_edit(body), NULL, NULL, file + KEYRING_HEAD_LEN, len - KEYRING_HEAD_LEN, file,
            KEYRING_HEAD_LEN, ring->head.nonce, keys->sealing.bytes) != 0) {
        err = ERR_AUTH;
    } else {
        err = keyring_body_read(secret_data(body), body_len, ring->names, keys->at, &ring->count);
    }
    secret_free(body);
    return err;
}

static enum err
read_file(struct keyring *ring, const struct keyring_unlock *unlock, uint8_t *file)
{
    size_t len = 0;
    enum err err = file_read_secret(ring->path, file, KEYRING_FILE_MAX, &len);

    if (err != ERR_OK) {
        return err == ERR_TOO_BIG ? ERR_MALFORMED : err;
    }
    err = keyring_head_read(file, len, &ring->head);
    if (err != ERR_OK) {
        return err;
    }
    if (len <= KEYRING_HEAD_LEN + KEYRING_TAG_LEN) {
        return ERR_MALFORMED;
    }
    if ((ring->head.way == KEYRING_BY_FILE) != (unlock->key_file != NULL)) {
        return ERR_STATE;
    }
    err = derive_sealing_key(unlock, &ring->head, &keys_of(ring)->sealing);
    if (err != ERR_OK) {
        return err;
    }
    return open_body(ring, file, len);
}

enum err
keyring_open(const char *path, const struct keyring_unlock *unlock, struct keyring **out)
{
    struct keyring *ring = NULL;
    uint8_t *file = NULL;
    enum err err = ERR_OK;

    if (!unlock_is_valid(unlock)) {
        return ERR_INVALID;
    }
    err = ring_new(path, &ring);
    if (err != ERR_OK) {
        goto out;
    }
    file = malloc(KEYRING_FILE_MAX);
    if (file == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    err = read_file(ring, unlock, file);
    if (err != ERR_OK) {
        goto out;
    }
    *out = ring;
    ring = NULL;
out:
    free(file);
    keyring_close(ring);
    return err;
}

void
keyring_close(struct keyring *ring)
{
    if (ring == NULL) {
        return;
    }
    secret_free(ring->secret);
    file_unlock(ring->lock_fd);
    pthread_mutex_destroy(&ring->lock);
    free(ring->path);
    free(ring);
}

/* ---- keys ---- */

/* The place of a name, or 'count' when there is none; under the lock. */
static size_t
find(const struct keyring *ring, enum keyring_kind kind, uint16_t number)
{
    size_t at = 0;

    while (at < ring->count && (ring->names[at].kind != kind || ring->names[at].number != number)) {
        at++;
    }
    return at;
}

static enum err
get(struct keyring *ring, enum keyring_kind kind, uint16_t number, struct key32 *out)
{
    const size_t at = find(ring, kind, number);

    if (at == ring->count) {
        return ERR_NOT_FOUND;
    }
    if (ring->names[at].state == KEYRING_DESTROYED) {
        return ERR_EXPIRED;
    }
    *out = keys_of(ring)->at[at];
    return ERR_OK;
}

enum err
keyring_get(struct keyring *ring, enum keyring_kind kind, uint16_t number, struct key32 *out)
{
    enum err err = ERR_OK;

    pthread_mutex_lock(&ring->lock);
    err = get(ring, kind, number, out);
    pthread_mutex_unlock(&ring->lock);
    return err;
}

/* Adds a key under a name that is not there; under the lock. */
static enum err
add(struct keyring *ring, enum keyring_kind kind, uint16_t number, const struct key32 *key)
{
    const struct keyring_name name = { .kind = kind, .state = KEYRING_LIVES, .number = number };
    const size_t at = ring->count;
    enum err err = ERR_OK;

    if (!keyring_kind_is_valid(kind)) {
        return ERR_INVALID;
    }
    if (at == KEYRING_KEY_MAX) {
        return ERR_FULL;
    }
    keys_of(ring)->at[at] = *key;
    err = change(ring, at, &name);
    if (err != ERR_OK) {
        key32_wipe(&keys_of(ring)->at[at]);
    }
    return err;
}

enum err
keyring_make(struct keyring *ring, enum keyring_kind kind, uint16_t number, struct key32 *out)
{
    WIPED(key32) struct key32 key = { { 0 } };
    enum err err = ERR_OK;

    pthread_mutex_lock(&ring->lock);
    err = get(ring, kind, number, &key);
    if (err == ERR_NOT_FOUND) {
        randombytes_buf(key.bytes, sizeof key.bytes);
        err = add(ring, kind, number, &key);
    }
    pthread_mutex_unlock(&ring->lock);
    if (err == ERR_OK) {
        *out = key;
    }
    return err;
}

enum err
keyring_put(struct keyring *ring, enum keyring_kind kind, uint16_t number, const struct key32 *key)
{
    size_t at = 0;
    enum err err = ERR_OK;

    pthread_mutex_lock(&ring->lock);
    at = find(ring, kind, number);
    if (at == ring->count) {
        err = add(ring, kind, number, key);
    } else {
        err = ring->names[at].state == KEYRING_LIVES ? ERR_EXISTS : ERR_EXPIRED;
    }
    pthread_mutex_unlock(&ring->lock);
    return err;
}

enum err
keyring_destroy(struct keyring *ring, enum keyring_kind kind, uint16_t number)
{
    const struct keyring_name name = { .kind = kind, .state = KEYRING_DESTROYED, .number = number };
    size_t at = 0;
    enum err err = ERR_OK;

    if (!keyring_kind_is_valid(kind)) {
        return ERR_INVALID;
    }
    pthread_mutex_lock(&ring->lock);
    at = find(ring, kind, number);
    if (at == KEYRING_KEY_MAX) {
        err = ERR_FULL;
    } else if (at == ring->count || ring->names[at].state == KEYRING_LIVES) {
        err = change(ring, at, &name);
    }
    pthread_mutex_unlock(&ring->lock);
    return err;
}

static int
compare_numbers(const void *left, const void *right)
{
    const uint16_t *a = left;
    const uint16_t *b = right;

    return (*a > *b) - (*a < *b);
}

enum err
keyring_list(struct keyring *ring, enum keyring_kind kind, uint16_t *out, size_t cap,
             size_t *out_count)
{
    uint16_t numbers[KEYRING_KEY_MAX];
    size_t count = 0;

    pthread_mutex_lock(&ring->lock);
    for (size_t i = 0; i < ring->count; i++) {
        if (ring->names[i].kind == kind && ring->names[i].state == KEYRING_LIVES) {
            numbers[count++] = ring->names[i].number;
        }
    }
    pthread_mutex_unlock(&ring->lock);
    if (count > cap) {
        return ERR_TOO_BIG;
    }
    qsort(numbers, count, sizeof numbers[0], compare_numbers);
    if (count > 0) {
        memcpy(out, numbers, count * sizeof numbers[0]);
    }
    *out_count = count;
    return ERR_OK;
}

uint64_t
keyring_generation(struct keyring *ring)
{
    uint64_t generation = 0;

    pthread_mutex_lock(&ring->lock);
    generation = ring->head.generation;
    pthread_mutex_unlock(&ring->lock);
    return generation;
}
