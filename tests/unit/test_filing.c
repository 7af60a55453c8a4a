/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/partner_world.h"
#include "tests/lib/temp.h"

#include "base/keyfile.h"
#include "proto/escrow/sign.h"

static const struct report_filer FILER = { .sector = SECTOR_POLICE,
                                           .may_use_bsn = true,
                                           .retention_months = 12 };
static const struct date TODAY = { 2026, 3, 10 };

static int
set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    world_make(world, 2);
    *state = world;
    return 0;
}

static int
tear_down(void **state)
{
    world_done(*state);
    free(*state);
    return 0;
}

static struct filing *
new_filing(const struct world *world)
{
    struct filing *filing = NULL;

    assert_ok(filing_new(world->registry, world->party, "medewerker-1", world->key_path,
                         clock_day(clock_now_s(world->clock)), &filing));
    return filing;
}

static void
make_form(const char *call_name, const char *surname, struct report_form *out)
{
    struct report_problems problems = { .count = 0 };
    struct report_entry entry = { .text = { NULL } };

    entry.text[COLUMN_REFERENCE] = "P-1";
    entry.text[COLUMN_OBSERVED_ON] = "2026-03-02";
    entry.text[COLUMN_DOMAINS] = "money";
    entry.text[COLUMN_SEVERITY] = "mild";
    entry.text[COLUMN_LEGAL_BASIS] = "wpg_20";
    entry.text[COLUMN_CALL_NAME] = call_name;
    entry.text[COLUMN_SURNAME] = surname;
    entry.text[COLUMN_DATE_OF_BIRTH] = "1957-04-03";
    assert_ok(report_check(&FILER, &entry, TODAY, out, &problems));
}

/* Asks the world's pseudonym service all questions of 'task'. */
static void
answer_all(struct world *world, struct filing_task *task)
{
    struct batch_line line = world_line(world);
    size_t places[REGISTRY_MAX_CTXS] = { 0, 1 };

    for (size_t i = 0; i < filing_question_count(task); i++) {
        struct rpc_reply reply;

        assert_ok(line.start(line.context, ROLE_PSEUDONYM_SERVICE, &filing_question(task, i)->base,
                             &places[i]));
        assert_ok(line.next(line.context, ROLE_PSEUDONYM_SERVICE, 0, &reply));
        assert_ok(
            filing_take_answer(task, i, (const Seinhuis__V1__EvaluateResponse *) reply.response));
        assert_err(
            ERR_INVALID,
            filing_take_answer(task, i, (const Seinhuis__V1__EvaluateResponse *) reply.response));
    }
}

static void
seal(struct world *world, const struct filing *filing, const struct report_form *form,
     struct filing_sealed *out)
{
    struct filing_task *task = NULL;
    struct report_problem problem;

    assert_ok(filing_begin(filing, form, &task, &problem));
    assert_err(ERR_STATE, filing_seal(task, clock_now_s(world->clock), out));
    answer_all(world, task);
    assert_ok(filing_seal(task, clock_now_s(world->clock), out));
    filing_task_free(task);
}

static size_t
count_shared(const struct filing_sealed *a, const struct filing_sealed *b, size_t block)
{
    struct report_header first;
    struct report_header second;
    size_t shared = 0;

    assert_ok(header_read(a->envelope.header, a->envelope.header_len, &first));
    assert_ok(header_read(b->envelope.header, b->envelope.header_len, &second));
    for (size_t i = 0; i < HEADER_SLOTS; i++) {
        for (size_t j = 0; j < HEADER_SLOTS; j++) {
            shared += memcmp(&first.blocks[block].index[i], &second.blocks[block].index[j],
                             sizeof first.blocks[block].index[i]) == 0;
        }
    }
    return shared;
}

static void
each_live_context_has_its_block_in_ascending_order(void **state)
{
    struct world *world = *state;
    struct filing *filing = new_filing(world);
    struct filing_sealed sealed;
    struct report_header header;
    struct report_form form;

    make_form("Joke", "van Testen", &form);
    seal(world, filing, &form, &sealed);
    assert_int_equal(sealed.envelope.header_len, HEADER_MAX_LEN);
    assert_int_equal(sealed.tickets_len, 2 * TICKET_LEN);
    assert_ok(header_read(sealed.envelope.header, sealed.envelope.header_len, &header));
    assert_int_equal(header.block_count, 2);
    assert_int_equal(header.blocks[0].ctx.epoch, 1);
    assert_int_equal(header.blocks[1].ctx.epoch, 2);
    assert_int_equal(header.serial, WORLD_SERIAL);
    assert_int_equal(header.registry_version, 3);
    assert_int_equal(header.week, form.week);
    assert_int_equal(header.bucket, form.bucket);
    filing_free(filing);
}

static void
one_person_spelled_twice_meets_and_two_persons_do_not(void **state)
{
    struct world *world = *state;
    struct filing *filing = new_filing(world);
    struct filing_sealed first;
    struct filing_sealed second;
    struct filing_sealed other;
    struct report_form form;

    make_form("Joke", "van Testen", &form);
    seal(world, filing, &form, &first);
    make_form("JOKE", "Testen, van", &form);
    seal(world, filing, &form, &second);
    make_form("Bram", "Verzonnen", &form);
    seal(world, filing, &form, &other);
    for (size_t block = 0; block < 2; block++) {
        assert_true(count_shared(&first, &second, block) >= 2);
        assert_int_equal(count_shared(&first, &other, block), 0);
    }
    filing_free(filing);
}

static void
two_envelopes_of_one_report_share_nothing_but_index_values(void **state)
{
    struct world *world = *state;
    struct filing *filing = new_filing(world);
    struct filing_sealed first;
    struct filing_sealed second;
    struct report_form form;
    struct rid a;
    struct rid b;

    make_form("Joke", "van Testen", &form);
    seal(world, filing, &form, &first);
    seal(world, filing, &form, &second);
    assert_ok(filing_rid(&first, &a));
    assert_ok(filing_rid(&second, &b));
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_memory_not_equal(first.envelope.inner, second.envelope.inner, 64);
    filing_free(filing);
}

static void
a_sealed_report_is_read_back_and_refused_at_any_other_length(void **state)
{
    struct world *world = *state;
    struct filing *filing = new_filing(world);
    uint8_t bytes[FILING_SEALED_MAX_LEN + 1] = { 0 };
    struct filing_sealed sealed;
    struct filing_sealed back;
    struct report_form form;
    size_t len;

    make_form("Joke", "van Testen", &form);
    seal(world, filing, &form, &sealed);
    len = filing_sealed_write(&sealed, bytes);
    assert_ok(filing_sealed_read(bytes, len, &back));
    assert_memory_equal(back.envelope.header, sealed.envelope.header, sealed.envelope.header_len);
    assert_memory_equal(back.tickets, sealed.tickets, sealed.tickets_len);
    for (size_t cut = 0; cut < len; cut += 13) {
        assert_err(ERR_MALFORMED, filing_sealed_read(bytes, cut, &back));
    }
    assert_err(ERR_MALFORMED, filing_sealed_read(bytes, len + 1, &back));
    filing_free(filing);
}

static void
a_key_that_the_registry_does_not_list_is_refused(void **state)
{
    struct world *world = *state;
    char *path = temp_path(world->folder, "other.key");
    struct filing *filing = NULL;
    struct key64 secret;
    struct sign_public unused;

    sign_key_new(&secret, &unused);
    assert_ok(keyfile_create(path, "signing", secret.bytes, sizeof secret.bytes));
    assert_err(ERR_AUTH,
               filing_new(world->registry, world->party, "m", path,
                          clock_day(clock_now_s(world->clock)), &filing));
    free(path);
    assert_err(ERR_AUTH,
               filing_new(world->registry, world->party, "m", world->key_path,
                          (uint32_t) date_to_days((struct date) { 2028, 1, 1 }), &filing));
}

static void
a_receipt_for_another_report_is_refused(void **state)
{
    struct world *world = *state;
    struct filing *filing = new_filing(world);
    struct batch_line line = world_line(world);
    struct filing_submission submission;
    struct filing_sealed first;
    struct filing_sealed second;
    struct report_form form;
    struct rpc_reply reply;
    struct receipt receipt;

    make_form("Joke", "van Testen", &form);
    seal(world, filing, &form, &first);
    seal(world, filing, &form, &second);
    assert_ok(filing_submission_init(filing, &first, clock_now_s(world->clock), &submission));
    assert_ok(line.start(line.context, ROLE_VAULT, &submission.message.base, NULL));
    assert_ok(line.next(line.context, ROLE_VAULT, 0, &reply));
    assert_err(ERR_AUTH,
               filing_check_receipt(filing, &second,
                                    (const Seinhuis__V1__SubmitResponse *) reply.response,
                                    &receipt));
    assert_ok(filing_check_receipt(
        filing, &first, (const Seinhuis__V1__SubmitResponse *) reply.response, &receipt));
    filing_free(filing);
}

int
main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(each_live_context_has_its_block_in_ascending_order),
        IN_A_WORLD(one_person_spelled_twice_meets_and_two_persons_do_not),
        IN_A_WORLD(two_envelopes_of_one_report_share_nothing_but_index_values),
        IN_A_WORLD(a_sealed_report_is_read_back_and_refused_at_any_other_length),
        IN_A_WORLD(a_key_that_the_registry_does_not_list_is_refused),
        IN_A_WORLD(a_receipt_for_another_report_is_refused),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
