/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

#define REST                                                                                       \
    "certificate: c.pem\nkey: /k.pem\nca: ca.pem\nregistry: r.note\n"                              \
    "governance: [ \"a\", \"b\" ]\nstate: state\n"
#define CMZ "role: cmz\noin: \"00000001234567890000\"\nuser: lid-1\n" REST

/* Writes and loads a configuration in a folder of its own. */
static enum err
load(const char *folder, const char *text, struct client_config **out, struct yaml_error *error)
{
    char *path = temp_path(folder, "sein.yaml");
    enum err err;

    assert_ok(file_replace(path, text, strlen(text), 0600));
    err = client_config_load(path, out, error);
    free(path);
    return err;
}

static void
paths_are_relative_to_the_files_folder(void **state)
{
    char *folder = temp_folder();
    char *list = temp_path(folder, "lists/institutions.yaml");
    char *address = NULL;
    struct client_config *config = NULL;
    struct yaml_error error;

    (void) state;
    assert_ok(load(folder, CMZ "vault: file:v/address\ninstitutions: lists/institutions.yaml\n",
                   &config, &error));
    assert_string_equal(config->institutions, list);
    assert_string_equal(config->key, "/k.pem");
    assert_true(asprintf(&address, "file:%s/v/address", folder) > 0);
    assert_string_equal(config->vault, address);
    client_config_free(config);
    free(address);
    free(list);
    temp_remove(folder);
}

static void
what_is_left_out_is_null(void **state)
{
    char *folder = temp_folder();
    struct client_config *config = NULL;
    struct yaml_error error;

    (void) state;
    assert_ok(load(folder, CMZ, &config, &error));
    assert_null(config->institutions);
    assert_null(config->vault);
    assert_null(config->clock_file);
    client_config_free(config);
    temp_remove(folder);
}

static void
a_bad_value_names_its_key(void **state)
{
    static const struct {
        const char *text;
        const char *field;
    } CASES[] = {
        { "role: king\noin: \"00000001234567890000\"\nuser: lid-1\n" REST, "role" },
        { "role: cmz\noin: \"1\"\nuser: lid-1\n" REST, "oin" },
        { "role: cmz\noin: \"00000001234567890000\"\nuser: lid 1\n" REST, "user" },
        { CMZ "language: fr\n", "language" },
        { CMZ "institution: lists/institutions.yaml\n", "institution" },
    };
    char *folder = temp_folder();

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct client_config *config = NULL;
        struct yaml_error error;

        assert_err(ERR_MALFORMED, load(folder, CASES[i].text, &config, &error));
        assert_string_equal(error.field, CASES[i].field);
        assert_null(config);
    }
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_relative_to_the_files_folder),
        cmocka_unit_test(what_is_left_out_is_null),
        cmocka_unit_test(a_bad_value_names_its_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
