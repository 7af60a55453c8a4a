/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "tests/lib/alloc.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include "vault/store/keyring_image.h"

struct ring_case {
    char *folder;
    char *sub; /* holds the ring, so that it can be taken away */
    char *path;
    char *key_file;
    struct keyring_unlock unlock;
    struct keyring *ring;
};

static int
setup(void **state)
{
    struct ring_case *it = calloc(1, sizeof *it);

    assert_non_null(it);
    it->folder = temp_folder();
    it->sub = temp_path(it->folder, "sub");
    it->path = temp_path(it->sub, "ring");
    it->key_file = temp_path(it->folder, "root.key");
    it->unlock.key_file = it->key_file;
    assert_ok(file_make_folder(it->sub, 0700));
    assert_ok(keyring_make_key_file(it->key_file));
    assert_ok(keyring_create(it->path, &it->unlock, &it->ring));
    *state = it;
    return 0;
}

static int
teardown(void **state)
{
    struct ring_case *it = *state;

    keyring_close(it->ring);
    free(it->key_file);
    free(it->path);
    free(it->sub);
    temp_remove(it->folder);
    free(it);
    return 0;
}

static void
reopen(struct ring_case *it)
{
    keyring_close(it->ring);
    it->ring = NULL;
    assert_ok(keyring_open(it->path, &it->unlock, &it->ring));
}

/* Opens and closes. */
static enum err
try_open(const char *path, const struct keyring_unlock *unlock)
{
    struct keyring *ring = NULL;
    const enum err err = keyring_open(path, unlock, &ring);

    keyring_close(ring);
    return err;
}

static bool
is_equal(const struct key32 *a, const struct key32 *b)
{
    return sodium_memcmp(a, b, sizeof *a) == 0;
}

static void
a_key_is_made_once_and_kept(void **state)
{
    struct ring_case *it = *state;
    struct key32 metadata;
    struct key32 bucket;
    struct key32 other_kind;
    struct key32 other_month;
    struct key32 again;
    const uint64_t before = keyring_generation(it->ring);

    assert_ok(keyring_get(it->ring, KEYRING_METADATA, 0, &metadata));
    assert_err(ERR_NOT_FOUND, keyring_get(it->ring, KEYRING_BUCKET, 312, &again));
    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 312, &bucket));
    assert_ok(keyring_make(it->ring, KEYRING_AUDIT, 312, &other_kind));
    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 313, &other_month));
    assert_int_equal(keyring_generation(it->ring), before + 3);
    assert_false(is_equal(&bucket, &other_kind));
    assert_false(is_equal(&bucket, &other_month));
    assert_false(is_equal(&bucket, &metadata));
    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 312, &again));
    assert_true(is_equal(&bucket, &again));
    assert_int_equal(keyring_generation(it->ring), before + 3);
    reopen(it);
    assert_int_equal(keyring_generation(it->ring), before + 3);
    assert_ok(keyring_get(it->ring, KEYRING_BUCKET, 312, &again));
    assert_true(is_equal(&bucket, &again));
    assert_ok(keyring_get(it->ring, KEYRING_METADATA, 0, &again));
    assert_true(is_equal(&metadata, &again));
}

static void
a_key_is_on_disk_before_it_is_handed_out(void **state)
{
    struct ring_case *it = *state;
    char *away = temp_path(it->folder, "away");
    struct key32 key = { { 7 } };
    const struct key32 untouched = key;

    assert_int_equal(rename(it->sub, away), 0);
    assert_err(ERR_NOT_FOUND, keyring_make(it->ring, KEYRING_BUCKET, 312, &key));
    assert_true(is_equal(&key, &untouched));
    assert_err(ERR_NOT_FOUND, keyring_get(it->ring, KEYRING_BUCKET, 312, &key));
    assert_err(ERR_NOT_FOUND, keyring_destroy(it->ring, KEYRING_METADATA, 0));
    assert_ok(keyring_get(it->ring, KEYRING_METADATA, 0, &key));
    assert_int_equal(rename(away, it->sub), 0);
    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 312, &key));
    free(away);
}

static void
a_destroyed_key_is_gone_for_ever(void **state)
{
    struct ring_case *it = *state;
    struct key32 key;
    uint16_t numbers[4];
    size_t count = 0;

    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 313, &key));
    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 312, &key));
    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 311, &key));
    assert_ok(keyring_list(it->ring, KEYRING_BUCKET, numbers, 4, &count));
    assert_int_equal(count, 3);
    assert_int_equal(numbers[0], 311);
    assert_int_equal(numbers[2], 313);
    assert_ok(keyring_destroy(it->ring, KEYRING_BUCKET, 312));
    assert_ok(keyring_destroy(it->ring, KEYRING_BUCKET, 312));
    assert_ok(keyring_destroy(it->ring, KEYRING_BUCKET, 400)); /* never made */
    for (int i = 0; i < 2; i++) {
        assert_err(ERR_EXPIRED, keyring_get(it->ring, KEYRING_BUCKET, 312, &key));
        assert_err(ERR_EXPIRED, keyring_make(it->ring, KEYRING_BUCKET, 312, &key));
        assert_err(ERR_EXPIRED, keyring_put(it->ring, KEYRING_BUCKET, 312, &key));
        assert_err(ERR_EXPIRED, keyring_make(it->ring, KEYRING_BUCKET, 400, &key));
        assert_ok(keyring_get(it->ring, KEYRING_BUCKET, 311, &key));
        assert_ok(keyring_list(it->ring, KEYRING_BUCKET, numbers, 2, &count));
        assert_int_equal(count, 2);
        assert_err(ERR_TOO_BIG, keyring_list(it->ring, KEYRING_BUCKET, numbers, 1, &count));
        reopen(it);
    }
}

static void
a_key_made_elsewhere_is_kept_as_it_is(void **state)
{
    struct ring_case *it = *state;
    const struct key32 given = { { 1, 2, 3 } };
    struct key32 key;

    assert_ok(keyring_put(it->ring, KEYRING_OPRF, 1, &given));
    assert_err(ERR_EXISTS, keyring_put(it->ring, KEYRING_OPRF, 1, &given));
    reopen(it);
    assert_ok(keyring_get(it->ring, KEYRING_OPRF, 1, &key));
    assert_true(is_equal(&key, &given));
    assert_err(ERR_INVALID, keyring_put(it->ring, (enum keyring_kind) 99, 1, &given));
    assert_err(ERR_INVALID, keyring_destroy(it->ring, (enum keyring_kind) 99, 1));
}

static void
every_changed_byte_and_every_cut_of_the_file_is_refused(void **state)
{
    struct ring_case *it = *state;
    struct key32 key;
    char *file = NULL;
    size_t len = 0;

    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 312, &key));
    keyring_close(it->ring);
    it->ring = NULL;
    assert_ok(file_read(it->path, KEYRING_FILE_MAX, &file, &len));
    for (size_t i = 0; i < len; i++) {
        enum err err = ERR_OK;

        file[i] = (char) (file[i] ^ 1);
        assert_int_equal(unlink(it->path), 0);
        assert_ok(file_create(it->path, file, len, 0600));
        err = try_open(it->path, &it->unlock);
        assert_true(err == ERR_AUTH || err == ERR_MALFORMED);
        file[i] = (char) (file[i] ^ 1);
        assert_int_equal(unlink(it->path), 0);
        assert_ok(file_create(it->path, file, i, 0600));
        err = try_open(it->path, &it->unlock);
        assert_true(err == ERR_AUTH || err == ERR_MALFORMED);
    }
    assert_ok(file_replace(it->path, file, len, 0600));
    assert_ok(try_open(it->path, &it->unlock));
    free(file);
}

static void
a_ring_opens_with_its_own_key_file_alone(void **state)
{
    struct ring_case *it = *state;
    char *other = temp_path(it->folder, "other.key");
    struct keyring_unlock unlock = { .key_file = other };

    assert_err(ERR_EXISTS, try_open(it->path, &it->unlock));
    keyring_close(it->ring);
    it->ring = NULL;
    assert_err(ERR_NOT_FOUND, try_open(it->path, &unlock));
    assert_ok(keyring_make_key_file(other));
    assert_err(ERR_EXISTS, keyring_make_key_file(other));
    assert_err(ERR_AUTH, try_open(it->path, &unlock));
    assert_err(ERR_EXISTS, keyring_create(it->path, &it->unlock, &it->ring));
    unlock.passphrase = "both ways at once";
    unlock.passphrase_len = 17;
    assert_err(ERR_INVALID, try_open(it->path, &unlock));
    unlock.key_file = NULL;
    assert_err(ERR_STATE, try_open(it->path, &unlock));
    assert_int_equal(chmod(it->key_file, 0640), 0);
    assert_err(ERR_DENIED, try_open(it->path, &it->unlock));
    assert_int_equal(chmod(it->key_file, 0600), 0);
    assert_int_equal(chmod(it->path, 0604), 0);
    assert_err(ERR_DENIED, try_open(it->path, &it->unlock));
    assert_int_equal(chmod(it->path, 0600), 0);
    assert_ok(try_open(it->path, &it->unlock));
    free(other);
}

static void
a_ring_opens_with_its_passphrase_alone(void **state)
{
    struct ring_case *it = *state;
    char *path = temp_path(it->folder, "phrased");
    struct keyring_unlock unlock = { .passphrase = "zeven sloten diep",
                                     .passphrase_len = 17,
                                     .memory_kib = 8 * 1024 };
    struct keyring *ring = NULL;
    struct key32 made;
    struct key32 found;

    unlock.passphrase_len = 11;
    assert_err(ERR_INVALID, keyring_create(path, &unlock, &ring));
    unlock.passphrase_len = 17;
    unlock.memory_kib = 8 * 1024 - 1;
    assert_err(ERR_INVALID, keyring_create(path, &unlock, &ring));
    unlock.memory_kib = 8 * 1024;
    assert_ok(keyring_create(path, &unlock, &ring));
    assert_ok(keyring_make(ring, KEYRING_BUCKET, 1, &made));
    keyring_close(ring);
    ring = NULL;
    unlock.memory_kib = 0; /* the file knows */
    assert_ok(keyring_open(path, &unlock, &ring));
    assert_ok(keyring_get(ring, KEYRING_BUCKET, 1, &found));
    assert_true(is_equal(&made, &found));
    keyring_close(ring);
    unlock.passphrase = "zeven sloten hoog";
    assert_err(ERR_AUTH, try_open(path, &unlock));
    assert_err(ERR_STATE, try_open(path, &it->unlock));
    free(path);
}

static void
a_body_holds_2048_names_and_not_one_more(void **state)
{
    static struct keyring_name names[KEYRING_KEY_MAX + 1];
    static struct key32 keys[KEYRING_KEY_MAX];
    static uint8_t body[KEYRING_BODY_MAX + KEYRING_ENTRY_LEN];
    size_t count = 0;

    (void) state;
    for (size_t i = 0; i < KEYRING_KEY_MAX; i++) {
        names[i] = (struct keyring_name) { KEYRING_BUCKET, KEYRING_LIVES, (uint16_t) i };
    }
    keyring_body_write(names, keys, KEYRING_KEY_MAX, body);
    assert_ok(keyring_body_read(body, KEYRING_BODY_MAX, names, keys, &count));
    assert_int_equal(count, KEYRING_KEY_MAX);
    assert_err(ERR_MALFORMED, keyring_body_read(body, KEYRING_BODY_MAX - 1, names, keys, &count));
    body[0] = (KEYRING_KEY_MAX + 1) >> 8;
    body[1] = (KEYRING_KEY_MAX + 1) & 0xff;
    assert_err(ERR_MALFORMED, keyring_body_read(body, sizeof body, names, keys, &count));
}

static void
a_body_with_a_name_twice_or_of_no_kind_is_refused(void **state)
{
    static struct keyring_name room[KEYRING_KEY_MAX];
    static struct key32 keys[KEYRING_KEY_MAX];
    struct keyring_name names[2] = { { KEYRING_BUCKET, KEYRING_LIVES, 1 },
                                     { KEYRING_BUCKET, KEYRING_DESTROYED, 1 } };
    uint8_t body[2 + 2 * KEYRING_ENTRY_LEN];
    size_t count = 0;

    (void) state;
    keyring_body_write(names, keys, 2, body);
    assert_err(ERR_MALFORMED, keyring_body_read(body, sizeof body, room, keys, &count));
    names[1].number = 2;
    keyring_body_write(names, keys, 2, body);
    assert_ok(keyring_body_read(body, sizeof body, room, keys, &count));
    body[2] = 99; /* kind */
    assert_err(ERR_MALFORMED, keyring_body_read(body, sizeof body, room, keys, &count));
    body[2] = KEYRING_BUCKET;
    body[3] = 3; /* state */
    assert_err(ERR_MALFORMED, keyring_body_read(body, sizeof body, room, keys, &count));
}

static void
without_memory_a_ring_says_so_and_loses_nothing(void **state)
{
    struct ring_case *it = *state;
    struct key32 first;
    struct key32 key;
    bool has_failed = true;

    assert_ok(keyring_make(it->ring, KEYRING_BUCKET, 1, &first));
    for (size_t nth = 1; has_failed; nth++) {
        enum err err = ERR_OK;

        alloc_fail_at(nth);
        err = keyring_make(it->ring, KEYRING_BUCKET, 2, &key);
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        assert_true(nth < 50);
    }
    has_failed = true;
    for (size_t nth = 1; has_failed; nth++) {
        enum err err = ERR_OK;

        keyring_close(it->ring);
        it->ring = NULL;
        alloc_fail_at(nth);
        err = keyring_open(it->path, &it->unlock, &it->ring);
        has_failed = alloc_has_failed();
        assert_err(has_failed ? ERR_NOMEM : ERR_OK, err);
        assert_true(nth < 50);
    }
    assert_ok(keyring_get(it->ring, KEYRING_BUCKET, 1, &key));
    assert_true(is_equal(&key, &first));
}

/* What was once stored must open for ever: a ring as this format's first version wrote it. */
static void
the_format_on_disk_stands(void **state)
{
    static const char root[] = "seinhuis keyring-root v1 "
                               "f2aHwmasl/NVlDZ6NOyZKHjDQxGWzYVxMNfGZDjvO0E=\n";
    static const char golden[] =
        "5345494e52494e4701015bedd857dacef73755e5fa4960b4ad0b0000000000000000000000000000"
        "0003416c3d01e3ef1d8377c9fb565be5970b7b850985088a11d3b5ae919aa6d9ebaf3d58c3bac454"
        "69af9a66a0b848425c7876a56f14fbedca387c6389711721a1be0fe21e3aa0a2c932a73f2bbdf86b"
        "c551b9dbddb92b2b1127374266be5200cfb6533a0f96f0db23f65475dade70c607c8272bc9dce178"
        "e8dbee122058aa6e7a82e790adb4d7d3fb60cc085f4a7e0edfe5283bb32ed134";
    struct ring_case *it = *state;
    char *path = temp_path(it->folder, "golden");
    char *key_file = temp_path(it->folder, "golden.key");
    const struct keyring_unlock unlock = { .key_file = key_file };
    uint8_t file[(sizeof golden - 1) / 2];
    struct keyring *ring = NULL;
    struct key32 key;

    assert_ok(bytes_from_hex(golden, file, sizeof file));
    assert_ok(file_create(path, file, sizeof file, 0600));
    assert_ok(file_create(key_file, root, sizeof root - 1, 0600));
    assert_ok(keyring_open(path, &unlock, &ring));
    assert_int_equal(keyring_generation(ring), 3);
    assert_ok(keyring_get(ring, KEYRING_OPRF, 1, &key));
    assert_int_equal(key.bytes[0], 0x5a);
    assert_int_equal(key.bytes[31], 0x5a);
    assert_err(ERR_EXPIRED, keyring_get(ring, KEYRING_BUCKET, 312, &key));
    assert_ok(keyring_get(ring, KEYRING_METADATA, 0, &key));
    keyring_close(ring);
    free(key_file);
    free(path);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_key_is_made_once_and_kept),
        CASE(a_key_is_on_disk_before_it_is_handed_out),
        CASE(a_destroyed_key_is_gone_for_ever),
        CASE(a_key_made_elsewhere_is_kept_as_it_is),
        CASE(every_changed_byte_and_every_cut_of_the_file_is_refused),
        CASE(a_ring_opens_with_its_own_key_file_alone),
        CASE(a_ring_opens_with_its_passphrase_alone),
        CASE(a_body_holds_2048_names_and_not_one_more),
        CASE(a_body_with_a_name_twice_or_of_no_kind_is_refused),
        CASE(without_memory_a_ring_says_so_and_loses_nothing),
        CASE(the_format_on_disk_stands),
    };

    if (secret_start(KEYRING_LOCKED_LEN) != ERR_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
