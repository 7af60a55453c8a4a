/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

#include "base/file.h"
#include "clients/lib/report_csv.h"
#include "proto/escrow/terms.h"

static const struct report_filer POLICE = { .sector = SECTOR_POLICE,
                                            .may_use_bsn = true,
                                            .retention_months = 12 };
static const struct report_filer HOUSING = { .sector = SECTOR_HOUSING,
                                             .may_use_bsn = false,
                                             .retention_months = 12 };

#define HEADER "reference,observed_on,domains,severity,legal_basis"

struct place {
    char *folder;
    char *path;
};

static int
set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    place->folder = temp_folder();
    place->path = temp_path(place->folder, "a.csv");
    *state = place;
    return 0;
}

static int
tear_down(void **state)
{
    struct place *place = *state;

    temp_remove(place->folder);
    free(place->path);
    free(place);
    return 0;
}

static struct report_csv *
open_text(const struct place *place, const struct report_filer *filer, const char *text)
{
    struct report_csv *csv = NULL;
    struct report_csv_error error;

    assert_ok(file_replace(place->path, text, strlen(text), 0600));
    assert_ok(report_csv_open(place->path, filer, &csv, &error));
    return csv;
}

static void
assert_refused(const struct place *place, const struct report_filer *filer, const char *text,
               struct report_csv_error wanted)
{
    struct report_csv *csv = NULL;
    struct report_csv_error error = { .problem = REPORT_CSV_FINE };

    assert_ok(file_replace(place->path, text, strlen(text), 0600));
    assert_err(ERR_MALFORMED, report_csv_open(place->path, filer, &csv, &error));
    assert_int_equal(error.problem, wanted.problem);
    assert_int_equal(error.line, wanted.line);
    assert_string_equal(error.name, wanted.name);
}

static void
columns_may_stand_in_any_order(void **state)
{
    struct report_csv *csv = open_text(*state, &POLICE,
                                       "severity,reference,legal_basis,domains,observed_on\n"
                                       "mild, A-1 ,wpg_20,\" money \",2026-03-02\n");
    struct report_row *row = NULL;

    assert_int_equal(report_csv_row_count(csv), 1);
    assert_ok(report_csv_next(csv, &row));
    assert_string_equal(row->entry.text[COLUMN_REFERENCE], "A-1");
    assert_string_equal(row->entry.text[COLUMN_DOMAINS], "money");
    assert_string_equal(row->entry.text[COLUMN_SEVERITY], "mild");
    assert_null(row->entry.text[COLUMN_BSN]);
    assert_int_equal(row->number, 1);
    assert_int_equal(row->line, 2);
    report_row_free(row);
    assert_err(ERR_NOT_FOUND, report_csv_next(csv, &row));
    report_csv_close(csv);
}

static void
a_mark_quotes_and_line_ends_of_both_kinds_are_taken(void **state)
{
    struct report_csv *csv =
        open_text(*state, &POLICE,
                  "\xef\xbb\xbf" HEADER ",narrative\r\n"
                  "A-1,2026-03-02,money,mild,wpg_20,\"one, \"\"two\"\"\r\nthree\"\r\n"
                  "\r\n"
                  "A-2,2026-03-02,money,mild,wpg_20,");
    struct report_row *row = NULL;

    assert_int_equal(report_csv_row_count(csv), 2);
    assert_ok(report_csv_next(csv, &row));
    assert_string_equal(row->entry.text[COLUMN_NARRATIVE], "one, \"two\"\r\nthree");
    report_row_free(row);
    assert_ok(report_csv_next(csv, &row));
    assert_string_equal(row->entry.text[COLUMN_REFERENCE], "A-2");
    assert_string_equal(row->entry.text[COLUMN_NARRATIVE], "");
    assert_int_equal(row->number, 2);
    assert_int_equal(row->line, 5);
    report_row_free(row);
    report_csv_close(csv);
}

static void
a_row_with_another_number_of_fields_is_marked(void **state)
{
    struct report_csv *csv = open_text(*state, &POLICE,
                                       HEADER "\n"
                                              "A-1,2026-03-02,money,mild\n"
                                              "A-2,2026-03-02,money,mild,wpg_20\n"
                                              "A-3,2026-03-02,money,mild,wpg_20,,\n");
    static const bool RAGGED[] = { true, false, true };

    for (size_t i = 0; i < 3; i++) {
        struct report_row *row = NULL;

        assert_ok(report_csv_next(csv, &row));
        assert_int_equal(row->is_ragged, RAGGED[i]);
        report_row_free(row);
    }
    report_csv_close(csv);
}

static void
a_missing_column_is_named(void **state)
{
    assert_refused(*state, &POLICE, "reference,observed_on,domains,severity\nA,B,C,D\n",
                   (struct report_csv_error) { REPORT_CSV_MISSING_COLUMN, 1, "legal_basis" });
    assert_refused(*state, &HOUSING, HEADER "\n",
                   (struct report_csv_error) { REPORT_CSV_MISSING_COLUMN, 1, "already_tried" });
}

static void
an_unknown_and_a_doubled_column_are_named(void **state)
{
    assert_refused(*state, &POLICE, HEADER ",nationality\n",
                   (struct report_csv_error) { REPORT_CSV_UNKNOWN_COLUMN, 1, "nationality" });
    assert_refused(*state, &POLICE, HEADER ",domains\n",
                   (struct report_csv_error) { REPORT_CSV_COLUMN_TWICE, 1, "domains" });
}

static void
a_column_that_the_sector_may_not_have_is_refused_even_when_empty(void **state)
{
    assert_refused(*state, &HOUSING, HEADER ",already_tried,bsn\nA,B,C,D,E,F,\n",
                   (struct report_csv_error) { REPORT_CSV_CLOSED_COLUMN, 1, "bsn" });
}

static void
a_wrong_delimiter_is_named(void **state)
{
    assert_refused(*state, &POLICE, "reference;observed_on;domains\nA;2026-03-02;money\n",
                   (struct report_csv_error) { REPORT_CSV_SEMICOLON, 1, "" });
    assert_refused(*state, &POLICE, "reference\tobserved_on\tdomains\n",
                   (struct report_csv_error) { REPORT_CSV_TAB, 1, "" });
    assert_refused(*state, &POLICE, "reference|observed_on|domains\n",
                   (struct report_csv_error) { REPORT_CSV_BAR, 1, "" });
}

static void
latin_1_is_named_with_its_line(void **state)
{
    assert_refused(*state, &POLICE,
                   HEADER ",surname\n"
                          "A-1,2026-03-02,money,mild,wpg_20,Testen\n"
                          "A-2,2026-03-02,money,mild,wpg_20,Andr\xe9\n",
                   (struct report_csv_error) { REPORT_CSV_LATIN1, 3, "" });
}

static void
a_character_cut_by_a_chunk_is_not_taken_for_latin_1(void **state)
{
    /* The reader's chunks are 16 KiB: every alignment of a two-byte character to their border. */
    for (size_t pad = 0; pad < 3; pad++) {
        static char text[70000];
        size_t len = (size_t) snprintf(text, sizeof text, "%s\n%.*s", HEADER, (int) pad, "AAA");
        struct report_csv *csv;
        struct report_row *row = NULL;

        while (len < 40000) {
            memcpy(text + len, "\xc3\xa9", 2);
            len += 2;
        }
        snprintf(text + len, sizeof text - len, ",2026-03-02,money,mild,wpg_20\n");
        csv = open_text(*state, &POLICE, text);
        assert_ok(report_csv_next(csv, &row));
        assert_false(row->is_ragged);
        report_row_free(row);
        report_csv_close(csv);
    }
}

static void
an_empty_file_utf_16_and_a_zero_byte_are_told_apart(void **state)
{
    const struct place *place = *state;
    struct report_csv *csv = NULL;
    struct report_csv_error error;

    assert_refused(place, &POLICE, "", (struct report_csv_error) { REPORT_CSV_EMPTY, 0, "" });
    assert_refused(place, &POLICE, "\n\n", (struct report_csv_error) { REPORT_CSV_EMPTY, 0, "" });
    assert_refused(place, &POLICE, "\xff\xferx",
                   (struct report_csv_error) { REPORT_CSV_UTF16, 0, "" });
    assert_ok(file_replace(place->path, HEADER "\nA\0B", sizeof HEADER + 3, 0600));
    assert_err(ERR_MALFORMED, report_csv_open(place->path, &POLICE, &csv, &error));
    assert_int_equal(error.problem, REPORT_CSV_NUL);
    assert_int_equal(error.line, 2);
}

static void
quotes_that_do_not_close_are_refused(void **state)
{
    assert_refused(*state, &POLICE, HEADER "\nA,2026-03-02,money,mild,\"wpg_20\n",
                   (struct report_csv_error) { REPORT_CSV_QUOTES, 2, "" });
    assert_refused(*state, &POLICE, HEADER "\nA,2026-03-02,money,mi\"ld,wpg_20\n",
                   (struct report_csv_error) { REPORT_CSV_QUOTES, 2, "" });
}

static void
a_file_that_is_not_there_is_told(void **state)
{
    const struct place *place = *state;
    struct report_csv *csv = NULL;
    struct report_csv_error error;

    assert_err(ERR_NOT_FOUND, report_csv_open(place->path, &POLICE, &csv, &error));
    assert_int_equal(error.problem, REPORT_CSV_UNREADABLE);
}

static void
a_hundred_thousand_rows_are_taken_and_one_more_is_not(void **state)
{
    const struct place *place = *state;
    struct report_csv *csv = NULL;
    struct report_csv_error error;
    struct report_row *row = NULL;
    FILE *file = fopen(place->path, "w");
    uint32_t count = 0;

    fprintf(file, HEADER "\n");
    for (int i = 0; i < REPORT_CSV_MAX_ROWS; i++) {
        fprintf(file, "A-%d,2026-03-02,money,mild,wpg_20\n", i);
    }
    fclose(file);
    assert_ok(report_csv_open(place->path, &POLICE, &csv, &error));
    assert_int_equal(report_csv_row_count(csv), REPORT_CSV_MAX_ROWS);
    while (report_csv_next(csv, &row) == ERR_OK) {
        count++;
        report_row_free(row);
    }
    assert_int_equal(count, REPORT_CSV_MAX_ROWS);
    report_csv_close(csv);

    file = fopen(place->path, "a");
    fprintf(file, "B-1,2026-03-02,money,mild,wpg_20\n");
    fclose(file);
    assert_err(ERR_TOO_BIG, report_csv_open(place->path, &POLICE, &csv, &error));
    assert_int_equal(error.problem, REPORT_CSV_TOO_LARGE);
}

int
main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(columns_may_stand_in_any_order),
        IN_A_FOLDER(a_mark_quotes_and_line_ends_of_both_kinds_are_taken),
        IN_A_FOLDER(a_row_with_another_number_of_fields_is_marked),
        IN_A_FOLDER(a_missing_column_is_named),
        IN_A_FOLDER(an_unknown_and_a_doubled_column_are_named),
        IN_A_FOLDER(a_column_that_the_sector_may_not_have_is_refused_even_when_empty),
        IN_A_FOLDER(a_wrong_delimiter_is_named),
        IN_A_FOLDER(latin_1_is_named_with_its_line),
        IN_A_FOLDER(a_character_cut_by_a_chunk_is_not_taken_for_latin_1),
        IN_A_FOLDER(an_empty_file_utf_16_and_a_zero_byte_are_told_apart),
        IN_A_FOLDER(quotes_that_do_not_close_are_refused),
        IN_A_FOLDER(a_file_that_is_not_there_is_told),
        IN_A_FOLDER(a_hundred_thousand_rows_are_taken_and_one_more_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
