/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

static void
a_file_is_replaced_whole_or_not_at_all(void **state)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "a");
    char *into = temp_path(folder, "missing/a");
    char text[8] = "";
    size_t len = 0;

    (void) state;
    assert_ok(file_create(path, "one", 3, 0600));
    assert_err(ERR_EXISTS, file_create(path, "two", 3, 0600));
    assert_ok(file_replace(path, "three", 5, 0600));
    assert_ok(file_read_into(path, text, sizeof text, &len));
    assert_int_equal(len, 5);
    assert_memory_equal(text, "three", 5);
    assert_err(ERR_NOT_FOUND, file_replace(into, "x", 1, 0600));
    free(into);
    free(path);
    temp_remove(folder);
}

static void
a_file_beyond_the_bound_is_refused(void **state)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "a");
    char text[8] = "";
    char *copy = NULL;
    size_t len = 99;

    (void) state;
    assert_ok(file_create(path, "12345", 5, 0600));
    assert_err(ERR_TOO_BIG, file_read_into(path, text, 4, &len));
    assert_int_equal(len, 99);
    assert_err(ERR_TOO_BIG, file_read(path, 4, &copy, &len));
    assert_null(copy);
    assert_ok(file_read(path, 5, &copy, &len));
    assert_string_equal(copy, "12345");
    assert_err(ERR_IO, file_read_into(folder, text, sizeof text, &len));
    free(copy);
    free(path);
    temp_remove(folder);
}

static void
a_secret_that_others_may_read_is_refused(void **state)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "key");
    char text[8] = "";
    size_t len = 0;

    (void) state;
    assert_ok(file_create(path, "key", 3, 0600));
    assert_ok(file_read_secret(path, text, sizeof text, &len));
    assert_int_equal(chmod(path, 0640), 0);
    assert_err(ERR_DENIED, file_read_secret(path, text, sizeof text, &len));
    free(path);
    temp_remove(folder);
}

static void
a_lock_is_held_once(void **state)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "lock");
    int first = -1;
    int second = -1;

    (void) state;
    assert_ok(file_lock(path, &first));
    assert_err(ERR_EXISTS, file_lock(path, &second));
    file_unlock(first);
    assert_ok(file_lock(path, &second));
    file_unlock(second);
    free(path);
    temp_remove(folder);
}

static void
folders_and_names_are_joined(void **state)
{
    char *folder = temp_folder();
    char *deep = temp_path(folder, "a/b/c");
    char *out = NULL;

    (void) state;
    assert_ok(file_make_folder(deep, 0700));
    assert_ok(file_make_folder(deep, 0700));
    assert_ok(file_join("a", "b", &out));
    assert_string_equal(out, "a/b");
    free(out);
    assert_ok(file_join("a", "/b", &out));
    assert_string_equal(out, "/b");
    free(out);
    assert_ok(file_folder_of("/x/y", &out));
    assert_string_equal(out, "/x");
    free(out);
    assert_ok(file_folder_of("y", &out));
    assert_string_equal(out, ".");
    free(out);
    free(deep);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_replaced_whole_or_not_at_all),
        cmocka_unit_test(a_file_beyond_the_bound_is_refused),
        cmocka_unit_test(a_secret_that_others_may_read_is_refused),
        cmocka_unit_test(a_lock_is_held_once),
        cmocka_unit_test(folders_and_names_are_joined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
