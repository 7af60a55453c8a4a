/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/team_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "proto/escrow/sign.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

static void
only_the_member_it_was_wrapped_for_unwraps_it(void **state)
{
    const struct key32 team = { { 4, 2 } };
    struct key64 secrets[2];
    struct sign_public publics[2];
    struct key32 back = { { 0 } };
    char *folder = temp_folder();
    char *path = temp_path(folder, "team.key");

    (void) state;
    sign_key_new(&secrets[0], &publics[0]);
    sign_key_new(&secrets[1], &publics[1]);
    assert_ok(team_key_wrap(path, &team, &publics[0]));
    assert_err(ERR_AUTH, team_key_unwrap(path, &secrets[1], &back));
    assert_int_equal(back.bytes[0], 0);
    assert_ok(team_key_unwrap(path, &secrets[0], &back));
    assert_memory_equal(back.bytes, team.bytes, sizeof team.bytes);
    free(path);
    temp_remove(folder);
}

static void
the_key_itself_does_not_stand_in_the_file(void **state)
{
    const struct key32 team = { "0123456789abcdef0123456789abcde" };
    struct key64 secret;
    struct sign_public public;
    char *folder = temp_folder();
    char *path = temp_path(folder, "team.key");
    char *text = NULL;
    size_t len = 0;

    (void) state;
    sign_key_new(&secret, &public);
    assert_ok(team_key_wrap(path, &team, &public));
    assert_ok(file_read(path, 1000, &text, &len));
    assert_null(strstr(text, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZ"));
    free(text);
    free(path);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_member_it_was_wrapped_for_unwraps_it),
        cmocka_unit_test(the_key_itself_does_not_stand_in_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
