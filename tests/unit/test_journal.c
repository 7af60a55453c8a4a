/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

#include "base/file.h"
#include "clients/lib/journal.h"
#include "clients/lib/journal_record.h"
#include "clients/lib/register.h"
#include "proto/escrow/crypt.h"
#include "proto/escrow/terms.h"

static const struct key32 KEY = { { 7 } };

static struct journal_key
key_of(const char *text)
{
    struct journal_key key;

    journal_key_of(&KEY, (struct bytes) { .data = (const uint8_t *) text, .len = strlen(text) },
                   &key);
    return key;
}

/* A sealed report of no particular content. */
static void
seal(struct filing_sealed *out)
{
    static const struct escrow_ctx CTX = {
        .tenant = 1963, .epoch = 1, .norm_version = 1, .threshold = CTX_THRESHOLD
    };
    const struct report_header fields = { .registry_version = 1,
                                          .serial = 1,
                                          .bucket = 320,
                                          .mode = MODE_ESCROW,
                                          .band = BAND_MILD,
                                          .legal_basis = BASIS_WPG_20,
                                          .week = 1300 };
    struct key64 output;
    struct slot_secret slot;
    struct envelope_block block = { .ctx = CTX, .slots = &slot, .count = 1 };
    struct envelope_layout layout;
    struct envelope_input input = { .sector = SECTOR_POLICE, .domains = 1 };
    struct key32 secret;

    randombytes_buf(output.bytes, sizeof output.bytes);
    assert_ok(derive_slot(&CTX, &output, &slot));
    assert_ok(envelope_lay_out(&fields, &block, 1, &layout));
    crypt_box_key_new(&secret, &input.gate_key);
    crypt_box_key_new(&secret, &input.team_key);
    *out = (struct filing_sealed) { .tickets_len = TICKET_LEN };
    assert_ok(envelope_seal(&layout, &block, &input, &out->envelope));
}

struct place {
    char *folder;
    char *path;
};

static int
set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    place->folder = temp_folder();
    place->path = temp_path(place->folder, "a.csv.journal");
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

static void
a_sealed_report_comes_back_after_the_run_was_killed(void **state)
{
    const struct place *place = *state;
    struct journal_key reference = key_of("A-1");
    struct journal_key row = key_of("A-1 and all the rest");
    struct filing_sealed sealed;
    struct filing_sealed back;
    struct journal_entry entry;
    struct journal *journal = NULL;
    struct rid rid;

    seal(&sealed);
    assert_ok(filing_rid(&sealed, &rid));
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_note_sealed(journal, &reference, &row, &sealed));
    journal_close(journal);
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_find(journal, &reference, &entry));
    assert_int_equal(entry.state, JOURNAL_SEALED);
    assert_memory_equal(&entry.row, &row, sizeof row);
    assert_memory_equal(&entry.rid, &rid, sizeof rid);
    assert_ok(journal_read_sealed(journal, &reference, &back));
    assert_memory_equal(&back, &sealed, sizeof sealed);
    journal_close(journal);
}

static void
a_filed_report_is_known_and_its_envelope_goes(void **state)
{
    const struct place *place = *state;
    struct journal_key reference = key_of("A-1");
    const uint8_t receipt[RECEIPT_LEN] = { 1, 2, 3 };
    struct filing_sealed sealed;
    struct journal_entry entry;
    struct journal *journal = NULL;
    struct stat st;

    seal(&sealed);
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_note_sealed(journal, &reference, &reference, &sealed));
    assert_ok(journal_note_filed(journal, &reference, receipt, 20000));
    journal_close(journal);
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_find(journal, &reference, &entry));
    assert_int_equal(entry.state, JOURNAL_FILED);
    assert_int_equal(entry.day, 20000);
    assert_err(ERR_NOT_FOUND, journal_read_sealed(journal, &reference, &sealed));
    journal_close(journal);
    assert_int_equal(stat(place->path, &st), 0);
    assert_true(st.st_size < 400);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void
a_dropped_report_is_unknown_and_can_be_sealed_anew(void **state)
{
    const struct place *place = *state;
    struct journal_key reference = key_of("A-1");
    struct filing_sealed sealed;
    struct journal_entry entry;
    struct journal *journal = NULL;

    seal(&sealed);
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_note_sealed(journal, &reference, &reference, &sealed));
    assert_ok(journal_drop(journal, &reference));
    assert_err(ERR_NOT_FOUND, journal_find(journal, &reference, &entry));
    assert_err(ERR_NOT_FOUND, journal_drop(journal, &reference));
    journal_close(journal);
    assert_ok(journal_open(place->path, &journal));
    assert_err(ERR_NOT_FOUND, journal_find(journal, &reference, &entry));
    assert_ok(journal_note_sealed(journal, &reference, &reference, &sealed));
    assert_ok(journal_find(journal, &reference, &entry));
    journal_close(journal);
}

static void
a_record_cut_off_anywhere_is_dropped_and_the_rest_stands(void **state)
{
    const struct place *place = *state;
    struct journal_key first = key_of("A-1");
    struct journal_key second = key_of("A-2");
    struct filing_sealed sealed;
    struct journal_entry entry;
    struct journal *journal = NULL;
    struct stat whole;
    struct stat one;

    seal(&sealed);
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_note_sealed(journal, &first, &first, &sealed));
    assert_int_equal(stat(place->path, &one), 0);
    journal_close(journal);
    for (off_t len = one.st_size + 1;; len += 97) {
        assert_int_equal(truncate(place->path, one.st_size), 0);
        assert_ok(journal_open(place->path, &journal));
        assert_ok(journal_note_sealed(journal, &second, &second, &sealed));
        assert_int_equal(stat(place->path, &whole), 0);
        journal_close(journal);
        if (len >= whole.st_size) {
            break;
        }
        assert_int_equal(truncate(place->path, len), 0);
        assert_ok(journal_open(place->path, &journal));
        assert_ok(journal_find(journal, &first, &entry));
        assert_err(ERR_NOT_FOUND, journal_find(journal, &second, &entry));
        journal_close(journal);
    }
}

static void
a_damaged_record_in_the_middle_is_found_out(void **state)
{
    const struct place *place = *state;
    struct journal_key first = key_of("A-1");
    struct journal_key second = key_of("A-2");
    struct filing_sealed sealed;
    struct journal *journal = NULL;
    char *data = NULL;
    size_t len = 0;

    seal(&sealed);
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_note_sealed(journal, &first, &first, &sealed));
    assert_ok(journal_note_sealed(journal, &second, &second, &sealed));
    journal_close(journal);
    assert_ok(file_read(place->path, 1 << 20, &data, &len));
    data[JOURNAL_MAGIC_LEN + 100] ^= 1;
    assert_ok(file_replace(place->path, data, len, 0600));
    free(data);
    assert_err(ERR_CORRUPT, journal_open(place->path, &journal));
}

static void
another_file_is_not_taken_for_a_journal(void **state)
{
    const struct place *place = *state;
    struct journal *journal = NULL;

    assert_ok(file_replace(place->path, "reference,observed_on\nA-1,2026-03-02\n", 36, 0600));
    assert_err(ERR_MALFORMED, journal_open(place->path, &journal));
}

static void
two_runs_at_once_are_refused(void **state)
{
    const struct place *place = *state;
    struct journal *journal = NULL;
    struct journal *second = NULL;

    assert_ok(journal_open(place->path, &journal));
    assert_err(ERR_EXISTS, journal_open(place->path, &second));
    journal_close(journal);
}

static void
a_thousand_reports_are_all_found_again(void **state)
{
    const struct place *place = *state;
    const uint8_t receipt[RECEIPT_LEN] = { 9 };
    struct filing_sealed sealed;
    struct journal *journal = NULL;
    struct journal_entry entry;
    char text[16];

    seal(&sealed);
    assert_ok(journal_open(place->path, &journal));
    for (int i = 0; i < 1000; i++) {
        struct journal_key key;

        snprintf(text, sizeof text, "A-%d", i);
        key = key_of(text);
        assert_ok(journal_note_sealed(journal, &key, &key, &sealed));
        if (i % 2 == 0) {
            assert_ok(journal_note_filed(journal, &key, receipt, 1));
        }
    }
    journal_close(journal);
    assert_ok(journal_open(place->path, &journal));
    assert_int_equal(journal_count(journal), 1000);
    for (int i = 0; i < 1000; i++) {
        struct journal_key key;

        snprintf(text, sizeof text, "A-%d", i);
        key = key_of(text);
        assert_ok(journal_find(journal, &key, &entry));
        assert_int_equal(entry.state, i % 2 == 0 ? JOURNAL_FILED : JOURNAL_SEALED);
    }
    journal_close(journal);
}

static void
the_journal_holds_no_reference_in_clear(void **state)
{
    const struct place *place = *state;
    struct journal_key reference = key_of("SECRET-REFERENCE");
    struct filing_sealed sealed;
    struct journal *journal = NULL;
    char *data = NULL;
    size_t len = 0;

    seal(&sealed);
    assert_ok(journal_open(place->path, &journal));
    assert_ok(journal_note_sealed(journal, &reference, &reference, &sealed));
    journal_close(journal);
    assert_ok(file_read(place->path, 1 << 20, &data, &len));
    assert_null(memmem(data, len, "SECRET-REFERENCE", 16));
    free(data);
}

static void
the_users_key_is_made_once(void **state)
{
    const struct place *place = *state;
    struct key32 first = { { 0 } };
    struct key32 second = { { 0 } };

    assert_ok(journal_user_key(place->folder, &first));
    assert_ok(journal_user_key(place->folder, &second));
    assert_memory_equal(&first, &second, sizeof first);
    assert_false(sodium_is_zero(first.bytes, sizeof first.bytes));
}

static void
the_register_finds_by_rid_and_by_reference(void **state)
{
    const struct place *place = *state;
    struct register_book *book = NULL;
    struct register_entry entry = { .day = 20500 };
    struct register_entry found;
    char reference[16];

    assert_ok(register_open(place->folder, &book));
    for (int i = 0; i < 600; i++) {
        snprintf(reference, sizeof reference, "A/%d", i);
        entry.reference = reference;
        memset(entry.rid.bytes, 0, sizeof entry.rid.bytes);
        memcpy(entry.rid.bytes, &i, sizeof i);
        entry.row = key_of(reference);
        assert_ok(register_add(book, &entry));
    }
    register_close(book);
    assert_ok(register_open(place->folder, &book));
    for (int i = 0; i < 600; i++) {
        struct rid rid = { { 0 } };

        snprintf(reference, sizeof reference, "A/%d", i);
        memcpy(rid.bytes, &i, sizeof i);
        assert_ok(register_by_rid(book, &rid, &found));
        assert_string_equal(found.reference, reference);
        assert_int_equal(found.day, 20500);
        assert_ok(register_by_reference(book, reference, &found));
        assert_memory_equal(&found.rid, &rid, sizeof rid);
    }
    assert_err(ERR_NOT_FOUND, register_by_reference(book, "A/600", &found));
    register_close(book);
}

static void
the_newest_line_of_a_reference_counts(void **state)
{
    const struct place *place = *state;
    struct register_book *book = NULL;
    struct register_entry entry = { .rid = { { 1 } }, .day = 1, .reference = "A" };
    struct register_entry found;

    assert_ok(register_open(place->folder, &book));
    assert_ok(register_add(book, &entry));
    entry.rid.bytes[0] = 2;
    assert_ok(register_add(book, &entry));
    assert_ok(register_by_reference(book, "A", &found));
    assert_int_equal(found.rid.bytes[0], 2);
    entry.reference = "with space";
    assert_err(ERR_INVALID, register_add(book, &entry));
    register_close(book);
}

static void
a_register_line_cut_off_is_dropped_and_a_damaged_one_found_out(void **state)
{
    const struct place *place = *state;
    char *path = temp_path(place->folder, "register");
    struct register_book *book = NULL;
    struct register_entry entry = { .rid = { { 1 } }, .day = 1, .reference = "A" };
    struct register_entry found;
    struct stat st;

    assert_ok(register_open(place->folder, &book));
    assert_ok(register_add(book, &entry));
    entry.reference = "B";
    assert_ok(register_add(book, &entry));
    register_close(book);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - 1), 0);
    assert_ok(register_open(place->folder, &book));
    assert_ok(register_by_reference(book, "A", &found));
    assert_err(ERR_NOT_FOUND, register_by_reference(book, "B", &found));
    assert_ok(register_add(book, &entry));
    register_close(book);
    assert_ok(register_open(place->folder, &book));
    assert_ok(register_by_reference(book, "B", &found));
    register_close(book);
    assert_ok(file_replace(path, "nothing\n", 8, 0600));
    assert_err(ERR_CORRUPT, register_open(place->folder, &book));
    free(path);
}

int
main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_sealed_report_comes_back_after_the_run_was_killed),
        IN_A_FOLDER(a_filed_report_is_known_and_its_envelope_goes),
        IN_A_FOLDER(a_dropped_report_is_unknown_and_can_be_sealed_anew),
        IN_A_FOLDER(a_record_cut_off_anywhere_is_dropped_and_the_rest_stands),
        IN_A_FOLDER(a_damaged_record_in_the_middle_is_found_out),
        IN_A_FOLDER(another_file_is_not_taken_for_a_journal),
        IN_A_FOLDER(two_runs_at_once_are_refused),
        IN_A_FOLDER(a_thousand_reports_are_all_found_again),
        IN_A_FOLDER(the_journal_holds_no_reference_in_clear),
        IN_A_FOLDER(the_users_key_is_made_once),
        IN_A_FOLDER(the_register_finds_by_rid_and_by_reference),
        IN_A_FOLDER(the_newest_line_of_a_reference_counts),
        IN_A_FOLDER(a_register_line_cut_off_is_dropped_and_a_damaged_one_found_out),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
