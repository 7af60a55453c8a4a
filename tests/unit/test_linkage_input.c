/* SPDX-License-Identifier: EUPL-1.2 */
/* What linkage refuses of its files, and in which words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include "tools/linkage/mapping.h"
#include "tools/linkage/persons.h"

static const char MAP[] = "country: nl\n"
                          "today: 2026-06-30\n"
                          "truth: { column: who }\n"
                          "columns:\n"
                          "  - { column: first, field: given_names }\n"
                          "  - { column: last, field: surname }\n"
                          "  - { column: born, field: date_of_birth }\n"
                          "  - { column: post code, field: postcode }\n"
                          "  - { column: house, field: house_number }\n";

static void
write_file(const char *path, const char *text)
{
    assert_ok(file_create(path, text, strlen(text), 0600));
}

/* Reads 'text' by MAP; NULL for a file that is not there.  The text of an error goes to 'error'. */
static enum err
read_text(const char *text, struct persons *persons, char error[PERSONS_ERROR_ROOM])
{
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    char map_error[MAPPING_ERROR_ROOM] = "";
    struct mapping mapping;
    enum err err;

    write_file(map, MAP);
    if (text != NULL) {
        write_file(file, text);
    }
    assert_ok(mapping_init(&mapping, map, map_error));
    err = persons_read(persons, &mapping, file, false, error);
    mapping_done(&mapping);
    free(map);
    free(file);
    temp_remove(folder);
    return err;
}

#define HEADER "who,first,last,born,post code,house\n"

static void
a_file_that_does_not_fit_its_mapping_is_refused_by_column_or_row(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        { "who,first\n", "line 1: last is not a column of this file" },
        { "who,first,last,born,post code,house\n1,a\n",
          "line 2: the row has another number of fields than the header" },
        { "", "line 1: the file is empty" },
    };
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    struct mapping mapping;
    char error[PERSONS_ERROR_ROOM] = "";

    (void) state;
    write_file(map, MAP);
    assert_ok(mapping_init(&mapping, map, error));
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct persons persons = { .at = NULL };

        assert_ok(file_replace(file, CASES[i].text, strlen(CASES[i].text), 0600));
        assert_err(ERR_MALFORMED, persons_read(&persons, &mapping, file, false, error));
        assert_string_equal(error, CASES[i].error);
        persons_done(&persons);
    }
    mapping_done(&mapping);
    free(map);
    free(file);
    temp_remove(folder);
}

/* The line is that of the row under way, also where no row has ended yet. */
static void
what_is_no_csv_is_refused_with_its_own_line(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        { HEADER "1,\"a\"b,c,d,e,f\n",
          "line 2: the row is not CSV: a quotation mark stands in the wrong place" },
        { "who,\"first\"x,last\n",
          "line 1: the row is not CSV: a quotation mark stands in the wrong place" },
        { HEADER "1,a,b,,1234AB,12\n1,\"a,b,,1234AB,12\n",
          "line 3: the row is not CSV: a quotation mark is missing" },
    };
    char error[PERSONS_ERROR_ROOM] = "";

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct persons persons = { .at = NULL };

        assert_err(ERR_MALFORMED, read_text(CASES[i].text, &persons, error));
        assert_string_equal(error, CASES[i].error);
        persons_done(&persons);
    }
}

static void
a_huge_field_is_refused_with_its_own_line(void **state)
{
    enum { HUGE_LEN = 70000 };

    struct persons persons = { .at = NULL };
    char error[PERSONS_ERROR_ROOM] = "";
    char *text = calloc(1, HUGE_LEN + 100);

    (void) state;
    assert_non_null(text);
    memcpy(text, HEADER "1,", strlen(HEADER "1,"));
    memset(text + strlen(text), 'a', HUGE_LEN);
    memcpy(text + strlen(text), ",b,,1234AB,12\n", strlen(",b,,1234AB,12\n"));
    assert_err(ERR_MALFORMED, read_text(text, &persons, error));
    assert_string_equal(error, "line 2: the row is too long");
    persons_done(&persons);
    free(text);
}

static void
a_byte_order_mark_before_a_quoted_header_is_skipped(void **state)
{
    static const char *const CASES[] = {
        "\xef\xbb\xbf" HEADER "1,Johanna,Dijk,1980-12-04,1234AB,12\n",
        "\xef\xbb\xbf\"who\",\"first\",\"last\",\"born\",\"post code\",\"house\"\r\n"
        "\"1\",\"Johanna\",\"Dijk\",\"1980-12-04\",\"1234AB\",\"12\"\r\n",
    };
    char error[PERSONS_ERROR_ROOM] = "";

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct persons persons = { .at = NULL };

        assert_ok(read_text(CASES[i], &persons, error));
        assert_int_equal(persons.count, 1);
        assert_int_equal(persons.at[0].line, 2);
        assert_string_equal(persons.at[0].truth_text, "1");
        persons_done(&persons);
    }
}

static void
a_wrong_mapping_is_refused_by_key(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        { "country: xx\ntoday: 2026-06-30\ntruth: { column: a }\ncolumns:\n"
          "  - { column: b, field: surname }\n",
          "xx: is not a country whose rules are known" },
        { "country: nl\ntoday: 2026-06-31\ntruth: { column: a }\ncolumns:\n"
          "  - { column: b, field: surname }\n",
          "today: is not a date; write YYYY-MM-DD" },
        { "country: nl\ntoday: 2026-06-30\ntruth: { column: a }\ncolumns:\n"
          "  - { column: b, field: shoe_size }\n",
          "shoe_size: is not a field of an identity" },
        { "country: nl\ntoday: 2026-06-30\ntruth: { column: a, pattern: '(' }\ncolumns:\n"
          "  - { column: b, field: surname }\n",
          "pattern: is not an extended regular expression" },
        { "country: nl\ntoday: 2026-06-30\ntruth: { column: a, pattern: 'a' }\ncolumns:\n"
          "  - { column: b, field: surname }\n",
          "pattern: has no group in brackets" },
    };
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    struct mapping mapping;
    char error[MAPPING_ERROR_ROOM] = "";

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_ok(file_replace(map, CASES[i].text, strlen(CASES[i].text), 0600));
        assert_err(ERR_MALFORMED, mapping_init(&mapping, map, error));
        assert_string_equal(error, CASES[i].error);
    }
    free(map);
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_does_not_fit_its_mapping_is_refused_by_column_or_row),
        cmocka_unit_test(what_is_no_csv_is_refused_with_its_own_line),
        cmocka_unit_test(a_huge_field_is_refused_with_its_own_line),
        cmocka_unit_test(a_byte_order_mark_before_a_quoted_header_is_skipped),
        cmocka_unit_test(a_wrong_mapping_is_refused_by_key),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
