/* SPDX-License-Identifier: EUPL-1.2 */
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/echo_service.h"

static const char *script;
static const char *generated;

static char *
writable(const char *text)
{
    char *same = NULL;

    memcpy(&same, &text, sizeof same);
    return same;
}

static void
a_stock_client_in_python_is_served_and_refused_as_documented(void **state)
{
    static struct world world;
    const struct rpc_identity *client = NULL;
    pid_t pid = 0;
    int status = -1;

    (void) state;
    world_init(&world);
    world_serve(&world);
    client = pki_issue_oin(world.pki, "python", CLIENT_OIN);
    {
        char *arguments[] = {
            writable("/usr/bin/python3"), writable(script),
            writable(generated),          world.address,
            writable(client->ca_file),    writable(client->cert_file),
            writable(client->key_file),   NULL,
        };

        assert_int_equal(posix_spawn(&pid, arguments[0], NULL, NULL, arguments, environ), 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    world_done(&world);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stock_client_in_python_is_served_and_refused_as_documented),
    };

    if (argc != 3) {
        return 2;
    }
    script = argv[1];
    generated = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
