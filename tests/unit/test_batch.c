/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/partner_world.h"
#include "tests/lib/temp.h"

#include "base/file.h"

enum { PROBLEMS_MAX = 64 };

static const struct report_filer FILER = { .sector = SECTOR_POLICE,
                                           .may_use_bsn = true,
                                           .retention_months = 12 };
static const struct key32 USER_KEY = { { 5 } };

/* One partner's machine, which lives on while runs come and go. */
struct machine {
    struct world world;
    char *journal_path;
    char *csv_path;

    char fields[PROBLEMS_MAX][32];
    uint32_t rows[PROBLEMS_MAX];
    size_t problem_count;
    struct batch_counts counts;
    struct batch_stop stop;
    struct date until;
};

static int
set_up(void **state)
{
    struct machine *machine = calloc(1, sizeof *machine);

    world_make(&machine->world, 1);
    machine->journal_path = temp_path(machine->world.folder, "a.csv.journal");
    machine->csv_path = temp_path(machine->world.folder, "a.csv");
    *state = machine;
    return 0;
}

static int
tear_down(void **state)
{
    struct machine *machine = *state;

    free(machine->journal_path);
    free(machine->csv_path);
    world_done(&machine->world);
    free(machine);
    return 0;
}

static void
take_problem(void *context, const struct report_row *row, const struct report_problem *problem)
{
    struct machine *machine = context;

    assert_true(machine->problem_count < PROBLEMS_MAX);
    snprintf(machine->fields[machine->problem_count], sizeof machine->fields[0], "%s",
             problem->field);
    machine->rows[machine->problem_count++] = row->number;
}

static enum err
next_row(void *context, struct report_row **out)
{
    return report_csv_next(context, out);
}

/* One run over 'csv', with everything opened and closed as by a program that starts and ends. */
static enum err
run_with_key(struct machine *machine, const char *signing_key, const char *csv_text)
{
    struct filing *filing = NULL;
    struct report_csv *csv = NULL;
    struct report_csv_error error;
    struct batch batch = { .filer = &FILER,
                           .user_key = &USER_KEY,
                           .clock = machine->world.clock,
                           .until = machine->until,
                           .line = world_line(&machine->world),
                           .context = machine,
                           .on_problem = take_problem };
    enum err err;

    machine->problem_count = 0;
    memset(&machine->counts, 0, sizeof machine->counts);
    assert_ok(file_replace(machine->csv_path, csv_text, strlen(csv_text), 0600));
    assert_ok(report_csv_open(machine->csv_path, &FILER, &csv, &error));
    assert_ok(filing_new(machine->world.registry, machine->world.party, "medewerker-1", signing_key,
                         clock_day(clock_now_s(machine->world.clock)), &filing));
    assert_ok(journal_open(machine->journal_path, &batch.journal));
    assert_ok(register_open(machine->world.folder, &batch.book));
    batch.filing = filing;
    batch.source = (struct batch_source) { .context = csv, .next = next_row };
    err = batch_run(&batch, &machine->counts, &machine->stop);
    journal_close(batch.journal);
    register_close(batch.book);
    filing_free(filing);
    report_csv_close(csv);
    world_drop_answers(&machine->world);
    return err;
}

static enum err
run(struct machine *machine, const char *csv_text)
{
    return run_with_key(machine, machine->world.key_path, csv_text);
}

#define HEADER                                                                                     \
    "reference,observed_on,domains,severity,legal_basis,call_name,surname,date_of_birth,bsn\n"
#define ROW_1 "P-1,2026-03-02,money,mild,wpg_20,Joke,van Testen,1957-04-03,\n"
#define ROW_2 "P-2,2026-03-03,housing,serious,wpg_20,Piet,Voorbeeld,1960-01-02,\n"
#define ROW_3 "P-3,2026-03-09,housing,serious,wpg_20,Truus,Verzonnen,1961-01-02,999990019\n"

/* A file of 'count' rows, free() it. */
static char *
many_rows(unsigned int count)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    fputs(HEADER, out);
    for (unsigned int i = 0; i < count; i++) {
        fprintf(out, "P-%u,2026-03-02,money,mild,wpg_20,Joke,Voorbeeld,19%02u-04-03,\n", i, i % 90);
    }
    fclose(out);
    return text;
}

static void
every_row_is_filed_and_a_second_run_files_nothing(void **state)
{
    struct machine *machine = *state;

    assert_ok(run(machine, HEADER ROW_1 ROW_2 ROW_3));
    assert_int_equal(machine->counts.filed, 3);
    assert_int_equal(machine->world.stored_count, 3);
    assert_ok(run(machine, HEADER ROW_1 ROW_2 ROW_3));
    assert_int_equal(machine->counts.filed, 0);
    assert_int_equal(machine->counts.already, 3);
    assert_int_equal(machine->world.stored_count, 3);
    assert_int_equal(machine->world.evaluated_count, 3);
}

static void
more_rows_than_fit_at_once_all_go_through(void **state)
{
    struct machine *machine = *state;
    char *text = many_rows(3 * BATCH_WIDTH + 1);

    assert_ok(run(machine, text));
    assert_int_equal(machine->counts.filed, 3 * BATCH_WIDTH + 1);
    assert_int_equal(machine->world.stored_count, 3 * BATCH_WIDTH + 1);
    free(text);
}

static void
rows_with_an_error_are_told_while_the_rest_goes_through(void **state)
{
    struct machine *machine = *state;

    assert_ok(run(machine,
                  HEADER ROW_1
                  "P-2,2026-02-30,housing,serious,wpg_20,Piet,Voorbeeld,1960-01-02,\n"
                  "P-4,2026-03-02,housing,serious,wpg_20,Piet,Voorbeeld,1960-01-02,999990018\n"
                  "P-5,2026-03-02\n"
                  "P-1,2026-03-02,housing,serious,wpg_20,Piet,Voorbeeld,1960-01-02,\n" ROW_3));
    assert_int_equal(machine->counts.filed, 2);
    assert_int_equal(machine->counts.refused, 4);
    assert_int_equal(machine->problem_count, 4);
    assert_string_equal(machine->fields[0], "observed_on");
    assert_int_equal(machine->rows[0], 2);
    assert_string_equal(machine->fields[1], "bsn");
    assert_string_equal(machine->fields[2], "");
    assert_string_equal(machine->fields[3], "reference");
    assert_int_equal(machine->rows[3], 5);
}

static void
a_corrected_row_is_filed_by_the_next_run(void **state)
{
    struct machine *machine = *state;

    assert_ok(run(machine,
                  HEADER ROW_1
                  "P-2,2026-02-30,housing,serious,wpg_20,Piet,Voorbeeld,1960-01-02,\n"));
    assert_int_equal(machine->counts.filed, 1);
    assert_ok(run(machine, HEADER ROW_1 ROW_2));
    assert_int_equal(machine->counts.filed, 1);
    assert_int_equal(machine->counts.already, 1);
    assert_int_equal(machine->world.stored_count, 2);
}

static void
a_filed_reference_with_other_content_is_refused(void **state)
{
    struct machine *machine = *state;

    assert_ok(run(machine, HEADER ROW_1));
    assert_ok(
        run(machine, HEADER "P-1,2026-03-02,money,serious,wpg_20,Joke,van Testen,1957-04-03,\n"));
    assert_int_equal(machine->counts.refused, 1);
    assert_string_equal(machine->fields[0], "reference");
    assert_int_equal(machine->world.stored_count, 1);
}

static void
another_file_with_the_same_row_files_it_not_again(void **state)
{
    struct machine *machine = *state;

    assert_ok(run(machine, HEADER ROW_1));
    free(machine->journal_path);
    machine->journal_path = temp_path(machine->world.folder, "b.csv.journal");
    assert_ok(run(machine, HEADER ROW_1 ROW_2));
    assert_int_equal(machine->counts.already, 1);
    assert_int_equal(machine->counts.filed, 1);
    assert_int_equal(machine->world.stored_count, 2);
}

static void
rows_after_the_day_asked_for_wait(void **state)
{
    struct machine *machine = *state;

    machine->until = (struct date) { 2026, 3, 3 };
    assert_ok(run(machine, HEADER ROW_1 ROW_2 ROW_3));
    assert_int_equal(machine->counts.filed, 2);
    assert_int_equal(machine->counts.later, 1);
    machine->until = (struct date) { 2026, 3, 10 };
    assert_ok(run(machine, HEADER ROW_1 ROW_2 ROW_3));
    assert_int_equal(machine->counts.filed, 1);
    assert_int_equal(machine->counts.already, 2);
}

static void
a_vault_that_goes_down_at_any_row_loses_nothing(void **state)
{
    struct machine *machine = *state;
    char *text = many_rows(20);

    for (uint32_t taken = 0; taken < 20; taken += 3) {
        machine->world.faults.submits_left = 3;
        assert_err(ERR_UNAVAILABLE, run(machine, text));
        assert_int_equal(machine->stop.service, ROLE_VAULT);
        assert_int_equal(machine->stop.result.end, RPC_END_UNREACHABLE);
        assert_int_equal(machine->counts.refused, 0);
        if (machine->world.stored_count + 3 >= 20) {
            break;
        }
    }
    machine->world.faults.submits_left = UINT32_MAX;
    assert_ok(run(machine, text));
    assert_int_equal(machine->counts.filed + machine->counts.already, 20);
    assert_int_equal(machine->world.stored_count, 20);
    free(text);
}

static void
answers_that_get_lost_lead_to_no_second_report(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.loses_answers = true;
    assert_err(ERR_UNKNOWN, run(machine, HEADER ROW_1 ROW_2 ROW_3));
    assert_int_equal(machine->world.stored_count, 3);
    assert_int_equal(machine->counts.waiting, 3);
    machine->world.faults.loses_answers = false;
    assert_ok(run(machine, HEADER ROW_1 ROW_2 ROW_3));
    assert_int_equal(machine->counts.filed, 3);
    assert_int_equal(machine->world.stored_count, 3);
    assert_int_equal(machine->world.evaluated_count, 3);
}

static void
a_sealed_report_that_has_grown_too_old_is_made_anew_once(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.submits_left = 0;
    assert_err(ERR_UNAVAILABLE, run(machine, HEADER ROW_1));
    machine->world.faults.submits_left = UINT32_MAX;
    machine->world.faults.refusal = REFUSAL_TICKET_EXPIRED;
    assert_err(ERR_EXPIRED, run(machine, HEADER ROW_1));
    assert_int_equal(machine->counts.waiting, 1);
    assert_int_equal(machine->world.evaluated_count, 2);
    machine->world.faults.refusal = REFUSAL_NONE;
    assert_ok(run(machine, HEADER ROW_1));
    assert_int_equal(machine->counts.filed, 1);
    assert_int_equal(machine->world.stored_count, 1);
}

static void
what_the_vaults_policy_refuses_is_told_by_column_and_the_rest_goes_on(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.refusal = REFUSAL_BASIS_NOT_ALLOWED;
    assert_ok(run(machine, HEADER ROW_1 ROW_2));
    assert_int_equal(machine->counts.refused, 2);
    assert_string_equal(machine->fields[0], "legal_basis");
    machine->world.faults.refusal = REFUSAL_NONE;
    assert_ok(run(machine, HEADER ROW_1 ROW_2));
    assert_int_equal(machine->counts.filed, 2);
    assert_int_equal(machine->world.stored_count, 2);
}

static void
a_row_changed_after_it_was_sealed_is_sent_as_sealed_and_told(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.loses_answers = true;
    assert_err(ERR_UNKNOWN, run(machine, HEADER ROW_1));
    machine->world.faults.loses_answers = false;
    assert_ok(
        run(machine, HEADER "P-1,2026-03-02,money,serious,wpg_20,Joke,van Testen,1957-04-03,\n"));
    assert_int_equal(machine->counts.filed, 1);
    assert_int_equal(machine->counts.refused, 1);
    assert_string_equal(machine->fields[0], "reference");
    assert_int_equal(machine->world.stored_count, 1);
}

static void
a_refusal_of_the_caller_stops_the_run(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.refusal = REFUSAL_PARTY_ENDED;
    assert_err(ERR_DENIED, run(machine, HEADER ROW_1 ROW_2));
    assert_int_equal(machine->stop.result.refusal, REFUSAL_PARTY_ENDED);
    assert_int_equal(machine->problem_count, 0);
}

static void
a_bad_proof_stops_the_run_and_nothing_is_sent(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.has_bad_proof = true;
    assert_int_not_equal(run(machine, HEADER ROW_1 ROW_2), ERR_OK);
    assert_true(machine->stop.is_untrusted);
    assert_int_equal(machine->stop.service, ROLE_PSEUDONYM_SERVICE);
    assert_int_equal(machine->world.stored_count, 0);
    assert_int_equal(machine->counts.filed, 0);
    assert_int_equal(machine->counts.waiting, 2);
}

static void
another_voprf_key_than_the_registrys_stops_the_run(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.has_foreign_key = true;
    assert_err(ERR_AUTH, run(machine, HEADER ROW_1));
    assert_true(machine->stop.is_untrusted);
    assert_int_equal(machine->world.stored_count, 0);
}

static void
a_ticket_of_another_organisation_stops_the_run(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.has_foreign_ticket = true;
    assert_err(ERR_AUTH, run(machine, HEADER ROW_1));
    assert_true(machine->stop.is_untrusted);
    assert_int_equal(machine->world.stored_count, 0);
}

static void
a_receipt_that_does_not_hold_counts_for_nothing(void **state)
{
    struct machine *machine = *state;

    machine->world.faults.has_bad_receipt = true;
    assert_err(ERR_AUTH, run(machine, HEADER ROW_1));
    assert_true(machine->stop.is_untrusted);
    assert_int_equal(machine->stop.service, ROLE_VAULT);
    assert_int_equal(machine->counts.filed, 0);
    machine->world.faults.has_bad_receipt = false;
    assert_ok(run(machine, HEADER ROW_1));
    assert_int_equal(machine->counts.filed, 1);
    assert_int_equal(machine->world.stored_count, 1);
}

int
main(void)
{
#define ON_A_MACHINE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_MACHINE(every_row_is_filed_and_a_second_run_files_nothing),
        ON_A_MACHINE(more_rows_than_fit_at_once_all_go_through),
        ON_A_MACHINE(rows_with_an_error_are_told_while_the_rest_goes_through),
        ON_A_MACHINE(a_corrected_row_is_filed_by_the_next_run),
        ON_A_MACHINE(a_filed_reference_with_other_content_is_refused),
        ON_A_MACHINE(another_file_with_the_same_row_files_it_not_again),
        ON_A_MACHINE(rows_after_the_day_asked_for_wait),
        ON_A_MACHINE(a_vault_that_goes_down_at_any_row_loses_nothing),
        ON_A_MACHINE(answers_that_get_lost_lead_to_no_second_report),
        ON_A_MACHINE(a_sealed_report_that_has_grown_too_old_is_made_anew_once),
        ON_A_MACHINE(what_the_vaults_policy_refuses_is_told_by_column_and_the_rest_goes_on),
        ON_A_MACHINE(a_row_changed_after_it_was_sealed_is_sent_as_sealed_and_told),
        ON_A_MACHINE(a_refusal_of_the_caller_stops_the_run),
        ON_A_MACHINE(a_bad_proof_stops_the_run_and_nothing_is_sent),
        ON_A_MACHINE(another_voprf_key_than_the_registrys_stops_the_run),
        ON_A_MACHINE(a_ticket_of_another_organisation_stops_the_run),
        ON_A_MACHINE(a_receipt_that_does_not_hold_counts_for_nothing),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
