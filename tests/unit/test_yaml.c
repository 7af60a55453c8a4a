/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/yaml.h"

#include <string.h>

#include "tests/lib/cmocka_all.h"

struct sample {
    char *name;
    char *port;
};

static const cyaml_schema_field_t SAMPLE_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct sample, name, 1, 10),
    CYAML_FIELD_STRING_PTR("port", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct sample, port, 1,
                           5),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t SAMPLE = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct sample, SAMPLE_FIELDS),
};

static void
a_good_file_is_read(void **state)
{
    const char text[] = "name: goes\nport: 443\n";
    struct yaml_error error = { .kind = YAML_OK };
    void *out = NULL;
    struct sample *sample;

    (void) state;
    assert_ok(yaml_load_text(text, strlen(text), &SAMPLE, &out, &error));
    sample = out;
    assert_string_equal(sample->name, "goes");
    assert_string_equal(sample->port, "443");
    yaml_free(&SAMPLE, sample);
}

static void
each_mistake_is_told_apart_and_named(void **state)
{
    const struct {
        const char *text;
        int kind;
        const char *field;
    } cases[] = {
        { "", YAML_EMPTY, "" },
        { "name: a\nport: 123456\n", YAML_BAD_VALUE, "port" },
        { "name: a\ncolour: red\n", YAML_UNKNOWN_KEY, "colour" },
        { "port: 1\n", YAML_MISSING_KEY, "name" },
        { "name: a\nname: b\n", YAML_DUPLICATE_KEY, "name" },
        { "name: \"a\n", YAML_SYNTAX, NULL },
        { "name: \xe9\n", YAML_NOT_TEXT, "" },
        { "name: &x a\nport: *x\n", YAML_SYNTAX, NULL },
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct yaml_error error = { .kind = YAML_OK };
        void *out = NULL;

        assert_err(ERR_MALFORMED,
                   yaml_load_text(cases[i].text, strlen(cases[i].text), &SAMPLE, &out, &error));
        assert_null(out);
        if ((int) error.kind != cases[i].kind) {
            fail_msg("case %zu: kind %d", i, (int) error.kind);
        }
        if (cases[i].field != NULL) {
            assert_string_equal(error.field, cases[i].field);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_is_read),
        cmocka_unit_test(each_mistake_is_told_apart_and_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
