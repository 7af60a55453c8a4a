/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/integration/lib/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/terms.h"

enum { ARENA_LEN = 65536, DAYS_AGO = 7 };

void
desk_must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        fprintf(stderr, "%s: %s\n", what, err_text(err));
        exit(EXIT_FAILURE);
    }
}

static void
must_open(enum err err, const struct client_error *error)
{
    if (err != ERR_OK) {
        fprintf(stderr, "%s: %s\n", error->subject, client_problem_text(error->problem));
        exit(EXIT_FAILURE);
    }
}

void
desk_open(struct desk *desk, const char *config, uint8_t sector)
{
    const struct registry_party *party = NULL;
    struct client_error error;

    *desk = (struct desk) { .client = NULL };
    must_open(client_open(config, &desk->client, &error), &error);
    must_open(client_party(desk->client, ROLE_PARTNER, &party, &error), &error);
    must_open(client_channel(desk->client, ROLE_PSEUDONYM_SERVICE, &desk->pseudonym, &error),
              &error);
    must_open(client_channel(desk->client, ROLE_VAULT, &desk->vault, &error), &error);
    desk->party = *party;
    if (sector != 0) {
        desk->party.sector = sector;
    }
    desk->filer = (struct report_filer) {
        .sector = party->sector,
        .may_use_bsn = party->may_use_bsn,
        .retention_months = registry_facts(client_registry(desk->client))->retention_months,
    };
    desk_must(filing_new(client_registry(desk->client), &desk->party,
                         client_config(desk->client)->user,
                         client_config(desk->client)->signing_key, client_today(desk->client),
                         &desk->filing),
              "signing key");
    desk_must(arena_init(&desk->arena, ARENA_LEN), "arena");
}

void
desk_close(struct desk *desk)
{
    arena_done(&desk->arena);
    filing_free(desk->filing);
    client_close(desk->client);
}

uint64_t
desk_now(struct desk *desk)
{
    return clock_now_s(client_clock(desk->client));
}

/* The first legal basis of the sector that rests on no consent. */
static const char *
basis_of(uint8_t sector)
{
    for (size_t i = 0; i < term_count(TERM_BASIS); i++) {
        const struct term *term = term_at(TERM_BASIS, i);

        if (term_basis_fits(term->code, sector) && !term_basis_rests_on_consent(term->code)) {
            return term->key;
        }
    }
    return "";
}

void
desk_fill(struct desk *desk, struct report_entry *entry)
{
    static char day[DATE_TEXT_ROOM];

    date_format(date_from_days((int32_t) client_today(desk->client) - DAYS_AGO), day);
    *entry = (struct report_entry) { .text = { NULL } };
    entry->text[COLUMN_REFERENCE] = "TEST-1";
    entry->text[COLUMN_OBSERVED_ON] = day;
    entry->text[COLUMN_DOMAINS] = "money";
    entry->text[COLUMN_SEVERITY] = "moderate";
    entry->text[COLUMN_MODE] = "escrow";
    entry->text[COLUMN_LEGAL_BASIS] = basis_of(desk->filer.sector);
}

static void
check(struct desk *desk, const struct report_entry *entry, struct report_form *out)
{
    struct report_problems problems = { .count = 0 };
    enum err err = report_check(&desk->filer, entry, date_of(desk_now(desk)), out, &problems);

    for (size_t i = 0; i < problems.count; i++) {
        fprintf(stderr, "%s: %s\n", problems.list[i].field, problems.list[i].reason);
    }
    desk_must(err, "form");
}

static void
ask(struct desk *desk, struct filing_task *task)
{
    for (size_t i = 0; i < filing_question_count(task); i++) {
        const struct rpc_request request = {
            .service = &seinhuis__v1__pseudonym__descriptor,
            .method = "Evaluate",
            .message = &filing_question(task, i)->base,
        };
        const ProtobufCMessage *answer = NULL;
        struct rpc_result result;

        arena_reset(&desk->arena, ARENA_LEN);
        if (rpc_unary(desk->pseudonym, &request, &desk->arena, &answer, &result) != ERR_OK) {
            fprintf(stderr, "pseudonym service: %s\n", rpc_result_text(&result));
            exit(EXIT_FAILURE);
        }
        desk_must(filing_take_answer(task, i, (const Seinhuis__V1__EvaluateResponse *) answer),
                  "answer of the pseudonym service");
    }
}

void
desk_seal(struct desk *desk, const struct report_entry *entry, struct filing_sealed *out,
          size_t count)
{
    WIPED(report_form) struct report_form form;
    struct report_problem problem = { .field = "", .reason = "" };
    struct filing_task *task = NULL;
    enum err err;

    memset(&form, 0, sizeof form);
    check(desk, entry, &form);
    err = filing_begin(desk->filing, &form, &task, &problem);
    if (err == ERR_MALFORMED) {
        fprintf(stderr, "%s: %s\n", problem.field, problem.reason);
    }
    desk_must(err, "match keys");
    ask(desk, task);
    for (size_t i = 0; i < count; i++) {
        desk_must(filing_seal(task, desk_now(desk), &out[i]), "envelope");
    }
    filing_task_free(task);
}
