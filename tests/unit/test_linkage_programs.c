/* SPDX-License-Identifier: EUPL-1.2 */
/* How linkage and town, which makes files for it, end as programs, and what they say then. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

enum { SAID_MAX = 64 * 1024 };

static const char MAP[] = "country: nl\n"
                          "today: 2026-06-30\n"
                          "truth: { column: who }\n"
                          "columns:\n"
                          "  - { column: last, field: surname }\n"
                          "  - { column: born, field: date_of_birth }\n"
                          "  - { column: code, field: postcode }\n";

static const char FILE_TEXT[] = "who,last,born,code\n"
                                "1,Dijk,1980-12-04,1234AB\n"
                                "1,Dijk,1980-12-04,1234AB\n";

/* posix_spawn does not write to the arguments. */
union arguments {
    const char *const *in;
    char *const *out;
};

/* Runs a program, its output going to 'output'; returns how it ended, and in '*said' what it wrote to
 * standard error; free() it. */
static int
run(const char *const *argv, const char *output, char **said)
{
    char *folder = temp_folder();
    char *errors = temp_path(folder, "errors");
    union arguments arguments = { .in = argv };
    posix_spawn_file_actions_t actions;
    size_t len = 0;
    int status = 0;
    pid_t pid = 0;

    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY, 0),
                     0);
    assert_int_equal(
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT, 0600),
        0);
    assert_int_equal(posix_spawn(&pid, argv[0], &actions, NULL, arguments.out, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_ok(file_read(errors, SAID_MAX, said, &len));
    posix_spawn_file_actions_destroy(&actions);
    free(errors);
    temp_remove(folder);
    return WEXITSTATUS(status);
}

static void
a_result_that_finds_no_room_ends_with_an_error(void **state)
{
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    const char *const table[] = { LINKAGE, "--map", map, "--left", file, NULL };
    const char *const json[] = { LINKAGE, "--map", map, "--left", file, "--json", NULL };
    const char *const *const ways[] = { table, json };

    (void) state;
    assert_ok(file_create(map, MAP, strlen(MAP), 0600));
    assert_ok(file_create(file, FILE_TEXT, strlen(FILE_TEXT), 0600));
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char *said = NULL;

        assert_int_equal(run(ways[i], "/dev/null", &said), EXIT_SUCCESS);
        assert_string_equal(said, "");
        free(said);
        assert_int_equal(run(ways[i], "/dev/full", &said), EXIT_FAILURE);
        assert_string_equal(said,
                            "linkage: the result cannot be written to standard output; is "
                            "there room left?\n");
        free(said);
    }
    free(map);
    free(file);
    temp_remove(folder);
}

static void
a_missing_list_of_institutions_is_refused_with_what_helps(void **state)
{
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    const char *const argv[] = {
        LINKAGE, "--map", map, "--left", map, "--institutions", "/nowhere/list.yaml", NULL
    };
    char *said = NULL;

    (void) state;
    assert_ok(file_create(map, MAP, strlen(MAP), 0600));
    assert_int_equal(run(argv, "/dev/null", &said), EXIT_FAILURE);
    assert_string_equal(said,
                        "linkage: /nowhere/list.yaml: the file cannot be read; check its path, "
                        "and that you may read it\n");
    free(said);
    free(map);
    temp_remove(folder);
}

static void
a_corpus_of_a_wrong_size_is_refused_with_its_bounds(void **state)
{
    static const struct {
        const char *option, *value, *text;
    } CASES[] = {
        { "--residents", "99", "--residents takes a number from 100 to 8000, not '99'" },
        { "--residents", "8001", "--residents takes a number from 100 to 8000, not '8001'" },
        { "--reports", "0", "--reports takes a number from 1 to 5, not '0'" },
    };
    char *folder = temp_folder();

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const char *const argv[] = { TOWN,           "corpus", "--out", folder, CASES[i].option,
                                     CASES[i].value, NULL };
        char *said = NULL;

        assert_int_equal(run(argv, "/dev/null", &said), 2);
        assert_non_null(strstr(said, CASES[i].text));
        free(said);
    }
    temp_remove(folder);
}

static void
a_town_of_too_few_or_too_many_signals_is_refused_with_the_bounds(void **state)
{
    char *folder = temp_folder();
    const char *const few[] = { TOWN, "--out", folder, "--signals", "0", NULL };
    const char *const many[] = { TOWN,  "--out",     folder, "--residents",
                                 "300", "--signals", "101",  NULL };
    char *said = NULL;

    (void) state;
    assert_int_equal(run(few, "/dev/null", &said), 2);
    assert_non_null(strstr(said, "--signals takes a number from 1 to 20000, not '0'"));
    free(said);
    assert_int_equal(run(many, "/dev/null", &said), 2);
    assert_string_equal(said, "town: --signals may be a third of --residents, 100, at most\n");
    free(said);
    temp_remove(folder);
}

static void
a_corpus_into_a_missing_folder_is_refused_with_what_helps(void **state)
{
    static const char END[] = "/none' is not there; make it first\n";
    char *folder = temp_folder();
    char *none = temp_path(folder, "none");
    const char *const argv[] = { TOWN, "corpus", "--out", none, "--residents", "100", NULL };
    char *said = NULL;

    (void) state;
    assert_int_equal(run(argv, "/dev/null", &said), EXIT_FAILURE);
    assert_non_null(strstr(said, "town: the folder '"));
    assert_non_null(strstr(said, END));
    free(said);
    free(none);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_that_finds_no_room_ends_with_an_error),
        cmocka_unit_test(a_missing_list_of_institutions_is_refused_with_what_helps),
        cmocka_unit_test(a_corpus_of_a_wrong_size_is_refused_with_its_bounds),
        cmocka_unit_test(a_town_of_too_few_or_too_many_signals_is_refused_with_the_bounds),
        cmocka_unit_test(a_corpus_into_a_missing_folder_is_refused_with_what_helps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
