/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/keyfile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

static const uint8_t KEY[32] = { 1, 2, 3 };

static void
a_key_comes_back_and_is_never_overwritten(void **state)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "root.key");
    uint8_t back[32] = { 0 };
    struct stat st;

    (void) state;
    assert_ok(keyfile_create(path, "root", KEY, sizeof KEY));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_err(ERR_EXISTS, keyfile_create(path, "root", back, sizeof back));
    assert_ok(keyfile_read(path, "root", back, sizeof back));
    assert_memory_equal(back, KEY, sizeof KEY);
    free(path);
    temp_remove(folder);
}

static void
another_kind_length_or_form_is_refused(void **state)
{
    const char *const bad[] = {
        "", "\n", "seinhuis root v1 \n", "seinhuis root v2 AAAA\n", "seinhuis root v1 AA AA\n",
    };
    char *folder = temp_folder();
    char *path = temp_path(folder, "root.key");
    uint8_t back[32] = { 9 };

    (void) state;
    assert_ok(keyfile_create(path, "root", KEY, sizeof KEY));
    assert_err(ERR_MALFORMED, keyfile_read(path, "ticket", back, sizeof back));
    assert_err(ERR_MALFORMED, keyfile_read(path, "root", back, 31));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_ok(file_replace(path, bad[i], strlen(bad[i]), 0600));
        assert_err(ERR_MALFORMED, keyfile_read(path, "root", back, sizeof back));
    }
    assert_int_equal(back[0], 9);
    assert_err(ERR_INVALID, keyfile_create(path, "Root key", KEY, sizeof KEY));
    free(path);
    temp_remove(folder);
}

static void
a_key_that_others_may_read_is_refused(void **state)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "root.key");
    uint8_t back[32] = { 0 };

    (void) state;
    assert_ok(keyfile_create(path, "root", KEY, sizeof KEY));
    assert_int_equal(chmod(path, 0644), 0);
    assert_err(ERR_DENIED, keyfile_read(path, "root", back, sizeof back));
    free(path);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_comes_back_and_is_never_overwritten),
        cmocka_unit_test(another_kind_length_or_form_is_refused),
        cmocka_unit_test(a_key_that_others_may_read_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
