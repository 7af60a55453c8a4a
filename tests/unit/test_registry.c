/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/lib/alloc.h"
#include "tests/lib/cmocka_all.h"
#include "tests/unit/registry_sample.h"

enum { EDITED_ROOM = 8192 };

static const char SAMPLE[] = REGISTRY_SAMPLE;

struct made {
    struct note_skey signers[3]; /* the third is no governance key */
    struct note_vkey pins[2];
    struct registry_pins pinned;
    uint32_t today;
};

static uint32_t
day_of(const char *text)
{
    struct date date = { 0 };

    assert_ok(date_parse(text, &date));
    return (uint32_t) date_to_days(date);
}

static void
made_init(struct made *made)
{
    static const char *const names[] = { "een.bestuur.example", "twee.bestuur.example",
                                         "drie.bestuur.example" };

    memset(made, 0, sizeof *made);
    for (size_t i = 0; i < 3; i++) {
        made->signers[i].type = NOTE_ED25519;
        memcpy(made->signers[i].name, names[i], strlen(names[i]));
        memset(made->signers[i].seed, 0xa0 + (int) i, NOTE_KEY_LEN);
    }
    note_vkey_of(&made->signers[0], &made->pins[0]);
    note_vkey_of(&made->signers[1], &made->pins[1]);
    made->pinned = (struct registry_pins) { made->pins, 2 };
    made->today = day_of("2026-06-30");
}

/* Signs 'text' by both governance keys; free() the note. */
static char *
signed_text(const struct made *made, const char *text, size_t *len)
{
    char *once = NULL;
    char *twice = NULL;
    size_t once_len = 0;

    assert_ok(note_sign(text, strlen(text), &made->signers[0], &once, &once_len));
    assert_ok(note_add_signature(once, once_len, &made->signers[1], 0, &twice, len));
    free(once);
    return twice;
}

/* The sample with the first 'from' behind 'after' replaced. */
struct edit {
    const char *after;
    const char *from;
    const char *to;
};

static void
edited(const struct edit *edit, char out[EDITED_ROOM])
{
    const char *at = strstr(SAMPLE, edit->after);

    assert_non_null(at);
    at = strstr(at, edit->from);
    assert_non_null(at);
    snprintf(out, EDITED_ROOM, "%.*s%s%s", (int) (at - SAMPLE), SAMPLE, edit->to,
             at + strlen(edit->from));
}

static enum err
parse_text(const struct made *made, const char *text, struct registry **out,
           struct registry_error *error)
{
    size_t len = 0;
    char *note = signed_text(made, text, &len);
    enum err err = registry_parse(note, len, &made->pinned, made->today, out, error);

    free(note);
    return err;
}

static struct registry *
parsed(const struct made *made, const char *text)
{
    struct registry *registry = NULL;
    struct registry_error error = { 0 };

    if (parse_text(made, text, &registry, &error) != ERR_OK) {
        fail_msg("%s: %s (line %d)", registry_problem_text(error.problem), error.where, error.line);
    }
    return registry;
}

static void
the_sample_is_read_in_full(void **state)
{
    struct made made;
    struct registry *registry;
    const struct registry_facts *facts;
    const struct registry_party *party;

    (void) state;
    made_init(&made);
    registry = parsed(&made, SAMPLE);
    facts = registry_facts(registry);
    assert_int_equal(facts->tenant, 1963);
    assert_string_equal(facts->municipality, "Voorbeeldwaard");
    assert_int_equal(facts->version, 7);
    assert_true(facts->is_demonstration);
    assert_int_equal(facts->retention_months, 24);
    assert_int_equal(facts->ctx_count, 2);
    assert_int_equal(facts->ctxs[0].epoch, 2);
    assert_int_equal(facts->ctxs[1].last_bucket, 330);
    assert_string_equal(registry_audit_key(registry)->name, "voorbeeldwaard.example/log");
    assert_int_equal(registry_witness_key(registry)->type, NOTE_COSIGNATURE);

    party = registry_party_by_oin(registry, "00000099000000001000");
    assert_non_null(party);
    assert_string_equal(party->name, "Woonstichting Voorbeeld");
    assert_int_equal(party->role, ROLE_PARTNER);
    assert_int_equal(party->serial, 1);
    assert_int_equal(party->sector, SECTOR_HOUSING);
    assert_int_equal(party->entity, 11);
    assert_false(party->is_host);
    assert_false(party->may_use_bsn);
    assert_int_equal(party->key_count, 2);
    assert_int_equal(party->keys[1].term.first_day, day_of("2026-07-01"));
    registry_free(registry);
}

static void
what_is_looked_up_is_found_and_nothing_else(void **state)
{
    struct made made;
    struct registry *registry;
    uint32_t today;

    (void) state;
    made_init(&made);
    registry = parsed(&made, SAMPLE);
    today = made.today;
    assert_string_equal(registry_party_by_serial(registry, 2)->oin, "00000099000000002000");
    assert_null(registry_party_by_serial(registry, 3));
    assert_null(registry_party_by_serial(registry, 0));
    assert_null(registry_party_by_oin(registry, "00000099000000009999"));
    assert_string_equal(registry_party_by_role(registry, ROLE_VAULT, today)->oin,
                        "00000099000000003000");
    assert_null(registry_party_by_role(registry, ROLE_VAULT, day_of("2027-01-01")));
    assert_null(registry_party_by_role(registry, ROLE_OFFICER, today));
    assert_string_equal(registry_member_by_id(registry, "cmz-1")->name, "A. Voorbeeld");
    assert_null(registry_member_by_id(registry, "cmz-3"));
    assert_int_equal(registry_ctx_by_epoch(registry, 1)->norm_version, 1);
    assert_null(registry_ctx_by_epoch(registry, 3));

    assert_int_equal(registry_gate_key(registry, 318)[0], 0x31);
    assert_null(registry_gate_key(registry, 320));
    assert_int_equal(registry_team_key(registry, 105)[0], 0x41);
    assert_null(registry_team_key(registry, 318));
    assert_int_equal(registry_service_key(registry, REGISTRY_TICKET_KEY, today)[0], 0x21);
    assert_int_equal(registry_service_key(registry, REGISTRY_TICKET_KEY, day_of("2026-07-01"))[0],
                     0x22);
    assert_null(registry_service_key(registry, REGISTRY_TICKET_KEY, day_of("2025-12-31")));
    assert_int_equal(registry_service_key(registry, REGISTRY_RECEIPT_KEY, today)[0], 0x23);
    assert_int_equal(registry_service_key(registry, REGISTRY_ANSWER_KEY, today)[0], 0x24);
    registry_free(registry);
}

static void
what_was_read_is_written_the_same(void **state)
{
    struct made made;
    struct registry *registry;
    struct registry_error error;
    char *text = NULL;
    size_t len = 0;

    (void) state;
    made_init(&made);
    registry = parsed(&made, SAMPLE);
    assert_ok(registry_build(registry_facts(registry), &text, &len, &error));
    assert_string_equal(text, SAMPLE);
    assert_int_equal(len, strlen(SAMPLE));
    free(text);
    registry_free(registry);
}

static void
a_signed_registry_is_kept_as_the_note_it_came_in(void **state)
{
    struct made made;
    struct registry *registry;
    struct registry *again = NULL;
    struct registry_error error;
    char *note = NULL;
    const char *kept;
    size_t len = 0;
    size_t kept_len = 0;

    (void) state;
    made_init(&made);
    registry = parsed(&made, SAMPLE);
    assert_ok(registry_sign(registry_facts(registry), made.signers, &note, &len, &error));
    assert_ok(registry_parse(note, len, &made.pinned, made.today, &again, &error));
    kept = registry_note(again, &kept_len);
    assert_int_equal(kept_len, len);
    assert_memory_equal(kept, note, len);
    free(note);
    registry_free(registry);
    registry_free(again);
}

static void
one_signature_is_not_enough(void **state)
{
    struct made made;
    struct registry *registry = NULL;
    struct registry_error error;
    char *note = NULL;
    char *twice = NULL;
    size_t len = 0;
    size_t twice_len = 0;

    (void) state;
    made_init(&made);
    assert_ok(note_sign(SAMPLE, strlen(SAMPLE), &made.signers[0], &note, &len));
    assert_err(ERR_AUTH, registry_parse(note, len, &made.pinned, made.today, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_ONE_SIGNATURE);
    /* The same signer twice, and a signer whom nobody pinned. */
    assert_ok(note_add_signature(note, len, &made.signers[0], 0, &twice, &twice_len));
    assert_err(ERR_AUTH,
               registry_parse(twice, twice_len, &made.pinned, made.today, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_ONE_SIGNATURE);
    free(twice);
    assert_ok(note_add_signature(note, len, &made.signers[2], 0, &twice, &twice_len));
    assert_err(ERR_AUTH,
               registry_parse(twice, twice_len, &made.pinned, made.today, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_ONE_SIGNATURE);
    free(twice);
    free(note);
    assert_ok(note_sign(SAMPLE, strlen(SAMPLE), &made.signers[2], &note, &len));
    assert_err(ERR_AUTH, registry_parse(note, len, &made.pinned, made.today, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_NO_SIGNATURE);
    free(note);
    assert_null(registry);
}

static void
a_changed_text_or_no_note_is_refused(void **state)
{
    struct made made;
    struct registry *registry = NULL;
    struct registry_error error;
    size_t len = 0;
    char *note;

    (void) state;
    made_init(&made);
    note = signed_text(&made, SAMPLE, &len);
    *strstr(note, "1963") = '2';
    assert_err(ERR_AUTH, registry_parse(note, len, &made.pinned, made.today, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_BAD_SIGNATURE);
    assert_err(ERR_MALFORMED,
               registry_parse(SAMPLE, strlen(SAMPLE), &made.pinned, made.today, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_NOT_A_NOTE);
    assert_err(ERR_TOO_BIG,
               registry_parse(note, NOTE_MAX_LEN + 1, &made.pinned, made.today, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_TOO_LARGE);
    free(note);
}

static void
pins_must_be_two_different_keys(void **state)
{
    struct made made;
    struct registry *registry = NULL;
    struct registry_error error;
    size_t len = 0;
    char *note;

    (void) state;
    made_init(&made);
    note = signed_text(&made, SAMPLE, &len);
    made.pinned.count = 1;
    assert_err(ERR_INVALID, registry_parse(note, len, &made.pinned, made.today, &registry, &error));
    made.pinned.count = 2;
    /* Another name over the same key is no second person. */
    memcpy(made.signers[1].seed, made.signers[0].seed, NOTE_KEY_LEN);
    note_vkey_of(&made.signers[1], &made.pins[1]);
    assert_err(ERR_INVALID, registry_parse(note, len, &made.pinned, made.today, &registry, &error));
    free(note);
}

static void
outside_its_term_it_is_refused(void **state)
{
    struct made made;
    struct registry *registry = NULL;
    struct registry_error error;

    (void) state;
    made_init(&made);
    made.today = day_of("2027-12-31");
    registry_free(parsed(&made, SAMPLE));
    made.today = day_of("2028-01-01");
    assert_err(ERR_EXPIRED, parse_text(&made, SAMPLE, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_EXPIRED);
    made.today = day_of("2026-01-01");
    registry_free(parsed(&made, SAMPLE));
    made.today = day_of("2025-12-31");
    assert_err(ERR_EXPIRED, parse_text(&made, SAMPLE, &registry, &error));
    assert_int_equal(error.problem, REGISTRY_NOT_YET_VALID);
    made.today = REGISTRY_ANY_DAY;
    registry_free(parsed(&made, SAMPLE));
}

static const struct wrong {
    struct edit edit;
    enum registry_problem problem;
    const char *where;
} WRONG[] = {
    { { "", "sein1/registry", "sein2/registry" }, REGISTRY_BAD_VALUE, "format" },
    { { "", "1963", "0" }, REGISTRY_BAD_VALUE, "tenant" },
    { { "", "1963", "65536" }, REGISTRY_BAD_VALUE, "tenant" },
    { { "", "1963", "-1" }, REGISTRY_BAD_VALUE, "tenant" },
    { { "", "1963", "1963.0" }, REGISTRY_BAD_VALUE, "tenant" },
    { { "", "1963", "\"1963\"" }, REGISTRY_BAD_VALUE, "tenant" },
    { { "", "Voorbeeldwaard", "" }, REGISTRY_BAD_VALUE, "municipality" },
    { { "", "Voorbeeldwaard", "a\\u001b" }, REGISTRY_BAD_VALUE, "municipality" },
    { { "", "\"version\": 7", "\"version\": 0" }, REGISTRY_BAD_VALUE, "version" },
    { { "", "2027-12-31", "2027-02-29" }, REGISTRY_BAD_VALUE, "last_day" },
    { { "", "2027-12-31", "2025-12-31" }, REGISTRY_BAD_VALUE, "last_day" },
    { { "", "true", "\"true\"" }, REGISTRY_BAD_VALUE, "demonstration" },
    { { "", "24", "25" }, REGISTRY_BAD_VALUE, "retention_months" },
    { { "", "24", "0" }, REGISTRY_BAD_VALUE, "retention_months" },
    { { "", "voorbeeldwaard.example/log", "waard.example/log" }, REGISTRY_BAD_VALUE, "audit_vkey" },
    { { "", "\"witness_vkey\": \"", "\"witness_vkey\": \"x" }, REGISTRY_BAD_VALUE, "witness_vkey" },
    { { "", "\"tenant\"", "\"tennant\"" }, REGISTRY_UNKNOWN_KEY, "tennant" },
    { { "", "\"tenant\": 1963,", "" }, REGISTRY_MISSING_KEY, "tenant" },
    { { "", "\"tenant\": 1963,", "\"tenant\": 1963, \"tenant\": 1963," }, REGISTRY_DUPLICATE, "" },
    { { "", "{", "{," }, REGISTRY_NOT_JSON, "" },
    { { "ctxs", "\"threshold\": 2", "\"threshold\": 1" }, REGISTRY_BAD_VALUE, "ctxs[0].threshold" },
    { { "ctxs", "\"epoch\": 1", "\"epoch\": 2" }, REGISTRY_DUPLICATE, "ctxs[1].epoch" },
    { { "voprf_key", "4vKu", "4vKv" }, REGISTRY_BAD_VALUE, "ctxs[0].voprf_key" },
    { { "service_keys", "ticket", "tickets" }, REGISTRY_BAD_VALUE, "service_keys[0].use" },
    { { "service_keys", "2026-07-01", "2026-06-30" },
      REGISTRY_DUPLICATE,
      "service_keys[1].first_day" },
    { { "gate_keys", "318", "319" }, REGISTRY_DUPLICATE, "gate_keys[1].period" },
    { { "gate_keys", "318", "320" }, REGISTRY_BAD_VALUE, "gate_keys[1].period" },
    { { "gate_keys", "MTEx", "MTE" }, REGISTRY_BAD_VALUE, "gate_keys[0].key" },
    { { "parties", "00000099000000001000", "0000009900000000100" },
      REGISTRY_BAD_VALUE,
      "parties[0].oin" },
    { { "parties", "00000099000000001000", "0000009900000000100x" },
      REGISTRY_BAD_VALUE,
      "parties[0].oin" },
    { { "parties", "00000099000000001000", "00000099000000002000" },
      REGISTRY_DUPLICATE,
      "parties[1].oin" },
    { { "parties", "\"serial\": 1", "\"serial\": 2" }, REGISTRY_DUPLICATE, "parties[1].serial" },
    { { "parties", "\"serial\": 1", "\"serial\": 0" }, REGISTRY_BAD_VALUE, "parties[0].serial" },
    { { "parties", "\"entity\": 11", "\"entity\": 0" }, REGISTRY_BAD_VALUE, "parties[0].entity" },
    { { "parties", "\"serial\": 1,", "" }, REGISTRY_MISSING_KEY, "parties[0].serial" },
    { { "parties", "housing_corporation", "housing" }, REGISTRY_BAD_VALUE, "parties[0].sector" },
    { { "parties", "\"partner\"", "\"friend\"" }, REGISTRY_BAD_VALUE, "parties[0].role" },
    { { "parties", "\"partner\"", "\"gate\"" }, REGISTRY_UNKNOWN_KEY, "parties[0].serial" },
    { { "parties", "\"bsn\": false", "\"bsn\": 0" }, REGISTRY_BAD_VALUE, "parties[0].bsn" },
    { { "parties", "\"bsn\": false", "\"bsn\": false, \"a\\nb\": 1" },
      REGISTRY_UNKNOWN_KEY,
      "parties[0].a?b" },
    { { "parties", "UVFRUVFR", "U1NTU1NT" }, REGISTRY_FINE, "" },
    { { "parties", "UVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVE=",
        "U1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1M=" },
      REGISTRY_DUPLICATE,
      "parties[1].keys" },
    { { "members", "cmz-1", "cmz 1" }, REGISTRY_BAD_VALUE, "members[0].id" },
    { { "members", "cmz-1", "cmz-2" }, REGISTRY_DUPLICATE, "members[1].id" },
    { { "members", "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=",
        "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=" },
      REGISTRY_DUPLICATE,
      "members[1].keys" },
    { { "members", "\"YWFh", "\"" }, REGISTRY_BAD_VALUE, "members[0].keys[0].key" },
};

static void
every_wrong_value_is_refused_by_its_place(void **state)
{
    static char text[EDITED_ROOM];
    struct made made;

    (void) state;
    made_init(&made);
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        const struct wrong *wrong = &WRONG[i];
        struct registry *registry = NULL;
        struct registry_error error = { 0 };
        enum err err;

        edited(&wrong->edit, text);
        err = parse_text(&made, text, &registry, &error);
        if (wrong->problem == REGISTRY_FINE) {
            assert_ok(err);
            registry_free(registry);
            continue;
        }
        if (err != ERR_MALFORMED || error.problem != wrong->problem ||
            strcmp(error.where, wrong->where) != 0) {
            fail_msg("'%s' for '%s': %s at '%s'", wrong->edit.to, wrong->edit.from,
                     registry_problem_text(error.problem), error.where);
        }
        assert_null(registry);
        assert_int_equal(error.line > 0, error.where[0] == '\0');
    }
}

static void
facts_that_would_be_refused_are_not_written(void **state)
{
    struct made made;
    struct registry *registry;
    struct registry_facts facts;
    struct registry_error error;
    char *text = NULL;
    size_t len = 0;

    (void) state;
    made_init(&made);
    registry = parsed(&made, SAMPLE);
    facts = *registry_facts(registry);
    memset(facts.ctxs[1].voprf_key, 0, REGISTRY_KEY_LEN);
    assert_err(ERR_MALFORMED, registry_build(&facts, &text, &len, &error));
    assert_string_equal(error.where, "ctxs[1].voprf_key");
    facts.ctx_count = 0;
    assert_err(ERR_MALFORMED, registry_build(&facts, &text, &len, &error));
    assert_string_equal(error.where, "ctxs");
    facts = *registry_facts(registry);
    facts.municipality = NULL;
    assert_err(ERR_MALFORMED, registry_build(&facts, &text, &len, &error));
    assert_string_equal(error.where, "municipality");
    facts = *registry_facts(registry);
    facts.party_count = REGISTRY_MAX_PARTIES + 1;
    assert_err(ERR_MALFORMED, registry_build(&facts, &text, &len, &error));
    assert_string_equal(error.where, "parties");
    assert_null(text);
    registry_free(registry);
}

static const struct step {
    const char *version;
    struct edit edit;
    enum err err;
    enum registry_problem problem;
    const char *where;
} STEPS[] = {
    { "7", { "", "7,", "7," }, ERR_OK, REGISTRY_FINE, "" },
    { "8", { "", "7,", "7," }, ERR_OK, REGISTRY_FINE, "" },
    { "6", { "", "7,", "7," }, ERR_ROLLBACK, REGISTRY_OLDER, "version" },
    { "7", { "", "Voorbeeldwaard", "Voorbeeldwoud" }, ERR_CONFLICT, REGISTRY_FORKED, "version" },
    { "8", { "", "1963", "1964" }, ERR_CONFLICT, REGISTRY_OTHER_TENANT, "tenant" },
    { "8", { "", "true", "false" }, ERR_CONFLICT, REGISTRY_CHANGED, "demonstration" },
    { "8", { "", "Voorbeeldwaard", "Voorbeeldwoud" }, ERR_OK, REGISTRY_FINE, "" },
    { "8", { "parties", "2027-12-31", "2026-08-31" }, ERR_OK, REGISTRY_FINE, "" },
    { "8",
      { "parties", "00000099000000001000", "00000099000000001001" },
      ERR_CONFLICT,
      REGISTRY_VANISHED,
      "party 00000099000000001000" },
    { "8",
      { "parties", "\"serial\": 1", "\"serial\": 5" },
      ERR_CONFLICT,
      REGISTRY_CHANGED,
      "party 00000099000000001000" },
    { "8",
      { "parties", "housing_corporation", "welfare" },
      ERR_CONFLICT,
      REGISTRY_CHANGED,
      "party 00000099000000001000" },
    { "8",
      { "parties", "\"entity\": 11", "\"entity\": 12" },
      ERR_CONFLICT,
      REGISTRY_CHANGED,
      "party 00000099000000001000" },
    { "8",
      { "parties", "\"vault\"", "\"gate\"" },
      ERR_CONFLICT,
      REGISTRY_CHANGED,
      "party 00000099000000003000" },
    { "8",
      { "parties", "UVFR", "UVFS" },
      ERR_CONFLICT,
      REGISTRY_VANISHED,
      "key of party 00000099000000001000" },
    { "8", { "members", "cmz-1", "cmz-3" }, ERR_CONFLICT, REGISTRY_VANISHED, "member cmz-1" },
    { "8", { "members", "YWFh", "YWFi" }, ERR_CONFLICT, REGISTRY_VANISHED, "key of member cmz-1" },
    { "8", { "service_keys", "ISEh", "ISEi" }, ERR_CONFLICT, REGISTRY_VANISHED, "service_keys[0]" },
    { "8", { "gate_keys", "MTEx", "MTEy" }, ERR_CONFLICT, REGISTRY_CHANGED, "gate_keys" },
    { "8", { "gate_keys", "318", "317" }, ERR_OK, REGISTRY_FINE, "" },
    { "8",
      { "team_keys", "\"key\": \"Q", "\"key\": \"R" },
      ERR_CONFLICT,
      REGISTRY_CHANGED,
      "team_keys" },
    { "8",
      { "ctxs", "\"norm_version\": 1", "\"norm_version\": 2" },
      ERR_CONFLICT,
      REGISTRY_CHANGED,
      "ctxs" },
};

static void
a_successor_keeps_what_must_stay(void **state)
{
    static char text[EDITED_ROOM];
    struct made made;
    struct registry *seen;

    (void) state;
    made_init(&made);
    seen = parsed(&made, SAMPLE);
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        const struct step *step = &STEPS[i];
        struct registry_error error = { 0 };
        struct registry *next;

        edited(&step->edit, text);
        strstr(text, "\"version\": 7")[strlen("\"version\": ")] = step->version[0];
        next = parsed(&made, text);
        assert_err(step->err, registry_check_successor(seen, next, &error));
        assert_int_equal(error.problem, step->problem);
        assert_string_equal(error.where, step->where);
        registry_free(next);
    }
    registry_free(seen);
}

static void
no_failed_allocation_goes_unnoticed(void **state)
{
    struct made made;
    struct registry_error error;
    size_t len = 0;
    char *note;
    enum err err = ERR_NOMEM;

    (void) state;
    made_init(&made);
    note = signed_text(&made, SAMPLE, &len);
    for (size_t nth = 1; err != ERR_OK; nth++) {
        struct registry *registry = NULL;

        alloc_fail_at(nth);
        err = registry_parse(note, len, &made.pinned, made.today, &registry, &error);
        assert_int_equal(alloc_has_failed(), err == ERR_NOMEM);
        assert_int_equal(registry != NULL, err == ERR_OK);
        registry_free(registry);
    }
    free(note);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_read_in_full),
        cmocka_unit_test(what_is_looked_up_is_found_and_nothing_else),
        cmocka_unit_test(what_was_read_is_written_the_same),
        cmocka_unit_test(a_signed_registry_is_kept_as_the_note_it_came_in),
        cmocka_unit_test(one_signature_is_not_enough),
        cmocka_unit_test(a_changed_text_or_no_note_is_refused),
        cmocka_unit_test(pins_must_be_two_different_keys),
        cmocka_unit_test(outside_its_term_it_is_refused),
        cmocka_unit_test(every_wrong_value_is_refused_by_its_place),
        cmocka_unit_test(facts_that_would_be_refused_are_not_written),
        cmocka_unit_test(a_successor_keeps_what_must_stay),
        cmocka_unit_test(no_failed_allocation_goes_unnoticed),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
