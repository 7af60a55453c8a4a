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
        { "who,first\n",
          "line 1: last is not a column of this file; correct the map, or its delimiter" },
        { HEADER "1,a\n",
          "line 2: the row has another number of fields than the header; correct it" },
        { "who,first,last,born,post code,house,last\n1,a,b,c,d,e,f\n",
          "line 1: last stands twice in the header; rename one of the columns" },
        { "who,first,last,born,post code,house,note,note\n1,a,b,c,d,e,f,g\n",
          "line 1: note stands twice in the header; rename one of the columns" },
        { "", "no rows: the file is empty; add a row for each person" },
        { "\xef\xbb\xbf", "no rows: the file is empty; add a row for each person" },
        { HEADER, "no rows: the file holds a header only; add a row for each person" },
        { "\n" HEADER "\n\n", "no rows: the file holds a header only; add a row for each person" },
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
          "line 3: the row is not CSV: a quotation mark is missing behind a field" },
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
    assert_string_equal(
        error, "line 2: the row is too long; shorten it, or look for a lone quotation mark");
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

/* One truth in many rows is what the trial is about, and a spreadsheet leaves nameless columns. */
static void
rows_of_one_person_and_nameless_columns_are_read(void **state)
{
    struct persons persons = { .at = NULL };
    char error[PERSONS_ERROR_ROOM] = "";

    (void) state;
    assert_ok(read_text("who,first,last,born,post code,house,,\n"
                        "1,Johanna,Dijk,1980-12-04,1234AB,12,,\n"
                        "1,Johanna,Dijk,1980-12-04,1234AB,12,,\n",
                        &persons, error));
    assert_int_equal(persons.count, 2);
    assert_string_equal(persons.at[1].truth_text, persons.at[0].truth_text);
    persons_done(&persons);
}

static void
a_missing_file_is_refused_with_what_helps(void **state)
{
    struct persons persons = { .at = NULL };
    struct mapping mapping;
    char map_error[MAPPING_ERROR_ROOM] = "";
    char error[PERSONS_ERROR_ROOM] = "";

    (void) state;
    assert_err(ERR_NOT_FOUND, read_text(NULL, &persons, error));
    assert_string_equal(error, "the file is not there; check its path");
    persons_done(&persons);
    assert_err(ERR_NOT_FOUND, mapping_init(&mapping, "/nowhere/map.yaml", map_error));
    assert_string_equal(map_error,
                        "the file cannot be read; check its path, and that you may read it");
}

static void
a_fault_of_yaml_is_described_by_what_is_known_of_it(void **state)
{
    static const struct {
        struct yaml_error fault;
        const char *text;
    } CASES[] = {
        { { YAML_UNREADABLE, "", 0 },
          "the file cannot be read; check its path, and that you may read it" },
        { { YAML_SYNTAX, "", 3 },
          "line 3: the file is not valid YAML; check indents, quotation marks and colons" },
        { { YAML_BAD_VALUE, "addresses[3].postcode", 0 },
          "addresses[3].postcode: a value is not of the expected form; correct it" },
        { { YAML_MISSING_KEY, "today", 2 }, "line 2: today: a key is missing; add it" },
    };
    char text[MAPPING_ERROR_ROOM];

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        mapping_describe(&CASES[i].fault, text);
        assert_string_equal(text, CASES[i].text);
    }
}

static void
a_wrong_mapping_is_refused_by_key(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        { "country: nl\ntoday: 2026-06-31\ntruth: { column: a }\ncolumns:\n"
          "  - { column: b, field: surname }\n",
          "today: is not a date; write YYYY-MM-DD" },
        { "country: nl\ntoday: 2026-06-30\ntruth: { column: a }\ncolumns:\n"
          "  - { column: b, field: shoe_size }\n",
          "shoe_size: is not a field of an identity; take one of given_names, call_name, initials, "
          "surname, birth_surname, partner_surname, date_of_birth, sex, postcode, house_number, "
          "house_addition, street, place, country, bsn" },
        { "country: nl\ntoday: 2026-06-30\ntruth: { column: a }\ncolumns:\n"
          "  - { column: b, field: surname }\n  - { column: c, field: sex }\n"
          "  - { column: d, field: surname }\n",
          "surname: the columns 'b' and 'd' are both mapped to it; leave one out" },
        { "country: nl\ntoday: 2026-06-30\ntruth: { column: a, pattern: '(' }\ncolumns:\n"
          "  - { column: b, field: surname }\n",
          "pattern: is not an extended regular expression; correct it" },
        { "country: nl\ntoday: 2026-06-30\ntruth: { column: a, pattern: 'a' }\ncolumns:\n"
          "  - { column: b, field: surname }\n",
          "pattern: has no group in brackets; put them round what names the person" },
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

static void
an_unknown_country_is_refused_with_those_that_are_known(void **state)
{
    static const char START[] = "xx: is not a country whose rules are known; take one of ";
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    struct mapping mapping;
    char error[MAPPING_ERROR_ROOM] = "";

    (void) state;
    write_file(map,
               "country: xx\ntoday: 2026-06-30\ntruth: { column: a }\ncolumns:\n"
               "  - { column: b, field: surname }\n");
    assert_err(ERR_MALFORMED, mapping_init(&mapping, map, error));
    assert_memory_equal(error, START, strlen(START));
    assert_non_null(strstr(error + strlen(START), COUNTRY_NL.country));
    assert_non_null(strstr(error + strlen(START), COUNTRY_AU.country));
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
        cmocka_unit_test(rows_of_one_person_and_nameless_columns_are_read),
        cmocka_unit_test(a_missing_file_is_refused_with_what_helps),
        cmocka_unit_test(a_fault_of_yaml_is_described_by_what_is_known_of_it),
        cmocka_unit_test(a_wrong_mapping_is_refused_by_key),
        cmocka_unit_test(an_unknown_country_is_refused_with_those_that_are_known),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
