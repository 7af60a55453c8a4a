/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/casework.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "tests/lib/cmocka_all.h"

enum { SECTORS = 7 };

struct lists {
    struct registry_term term;
    struct registry_key keys[CASEWORK_ORGANISATIONS];
    struct registry_party parties[CASEWORK_ORGANISATIONS];
    struct registry_key member_keys[CASEWORK_MEMBERS];
    struct registry_member members[CASEWORK_MEMBERS];
    struct registry_service_key services[2];
};

static struct registry_key
key_of(const struct lists *lists, const struct sign_public *key)
{
    struct registry_key out = { .term = lists->term };

    memcpy(out.key, key->bytes, REGISTRY_KEY_LEN);
    return out;
}

static void
fill_lists(struct casework *work, struct lists *lists)
{
    for (size_t i = 0; i < CASEWORK_ORGANISATIONS; i++) {
        filing_organisation_make(&work->organisations[i], (uint32_t) i + 1,
                                 (uint8_t) (i % SECTORS + 1));
        lists->keys[i] = key_of(lists, &work->organisations[i].key);
        lists->parties[i] = (struct registry_party) { .name = "Voorbeeld",
                                                      .role = ROLE_PARTNER,
                                                      .term = lists->term,
                                                      .keys = &lists->keys[i],
                                                      .key_count = 1,
                                                      .serial = (uint32_t) i + 1,
                                                      .sector = (uint8_t) (i % SECTORS + 1),
                                                      .entity = (uint32_t) i + 1 };
        snprintf(lists->parties[i].oin, REGISTRY_OIN_ROOM, "00000099%012zu", i + 1);
    }
    for (size_t i = 0; i < CASEWORK_MEMBERS; i++) {
        struct sign_public key;

        sign_key_new(&work->member_secrets[i], &key);
        lists->member_keys[i] = key_of(lists, &key);
        lists->members[i] = (struct registry_member) {
            .name = "Lid", .term = lists->term, .keys = &lists->member_keys[i], .key_count = 1
        };
        snprintf(lists->members[i].id, sizeof lists->members[i].id, "lid-%zu", i + 1);
    }
    lists->services[0] =
        (struct registry_service_key) { .use = REGISTRY_TICKET_KEY,
                                        .key = key_of(lists, &work->world.ticket_key) };
    lists->services[1] = (struct registry_service_key) { .use = REGISTRY_ANSWER_KEY,
                                                         .key = key_of(lists, &work->answer_key) };
}

static void
sign_registry(struct casework *work, const struct registry_facts *facts)
{
    struct note_skey signers[2];
    struct note_vkey pins[2];
    const struct registry_pins pinned = { pins, 2 };
    struct registry_error error = { 0 };
    char *note = NULL;
    size_t len = 0;

    assert_ok(note_skey_new("een.bestuur.example", NOTE_ED25519, &signers[0]));
    assert_ok(note_skey_new("twee.bestuur.example", NOTE_ED25519, &signers[1]));
    note_vkey_of(&signers[0], &pins[0]);
    note_vkey_of(&signers[1], &pins[1]);
    if (registry_sign(facts, signers, &note, &len, &error) != ERR_OK) {
        fail_msg("%s: %s", error.where, registry_problem_text(error.problem));
    }
    assert_ok(registry_parse(note, len, &pinned, work->today, &work->registry, &error));
    free(note);
}

void
casework_make(struct casework *work)
{
    struct registry_box_key gate_key = { .period = FILING_BUCKET };
    struct registry_box_key team_key = { .period = 103 };
    struct registry_facts facts = { .tenant = FILING_TENANT,
                                    .municipality = "Voorbeeldwaard",
                                    .version = 1,
                                    .is_demonstration = true,
                                    .retention_months = 24,
                                    .ctx_count = 1,
                                    .gate_key_count = 1,
                                    .team_key_count = 1 };
    char vkey[NOTE_VKEY_ROOM];
    struct note_skey log;
    struct note_vkey log_key;
    struct lists lists;

    memset(work, 0, sizeof *work);
    memset(&lists, 0, sizeof lists);
    work->today = clock_day(FILING_SENT) + 1;
    lists.term = (struct registry_term) { work->today - 400, work->today + 400 };
    filing_world_make(&work->world);
    sign_key_new(&work->answer_secret, &work->answer_key);
    fill_lists(work, &lists);
    assert_ok(note_skey_new("voorbeeldwaard.example/log", NOTE_ED25519, &log));
    note_vkey_of(&log, &log_key);
    note_vkey_format(&log_key, vkey);
    memset(work->case_id.bytes, 7, CASE_ID_LEN);
    memcpy(gate_key.key, work->world.gate_key.bytes, REGISTRY_KEY_LEN);
    memcpy(team_key.key, work->world.team_key.bytes, REGISTRY_KEY_LEN);
    facts.audit_vkey = vkey;
    facts.term = lists.term;
    facts.ctxs[0] = (struct registry_ctx) {
        .epoch = 1, .norm_version = 1, .threshold = 2, .last_bucket = FILING_BUCKET + 1
    };
    crypto_scalarmult_ristretto255_base(facts.ctxs[0].voprf_key, (const uint8_t[32]) { [0] = 5 });
    facts.service_keys = lists.services;
    facts.service_key_count = sizeof lists.services / sizeof lists.services[0];
    facts.gate_keys = &gate_key;
    facts.team_keys = &team_key;
    facts.parties = lists.parties;
    facts.party_count = CASEWORK_ORGANISATIONS;
    facts.members = lists.members;
    facts.member_count = CASEWORK_MEMBERS;
    sign_registry(work, &facts);
}

void
casework_done(struct casework *work)
{
    registry_free(work->registry);
    sodium_memzero(work, sizeof *work);
}

static void
fill_question(const struct filing *const *filed, size_t count, struct question *question,
              struct record_set *set)
{
    question->tenant = FILING_TENANT;
    question->record_count = count;
    set->count = count;
    for (size_t i = 0; i < count; i++) {
        question->records[i].header_hash = filed[i]->hashes.header;
        question->records[i].name = filed[i]->name;
        set->items[i] = filed[i]->hashes.header;
    }
    assert_ok(record_set_sort(set));
}

static void
fill_answer(const struct casework *work, const struct filing *const *filed, size_t count,
            uint64_t waits, struct answer *answer)
{
    answer->count = count;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        struct answer_item *item = NULL;
        struct gate_secrets secrets;

        for (size_t j = 0; j < count; j++) {
            at += hash32_compare(&filed[j]->hashes.header, &filed[i]->hashes.header) < 0 ? 1 : 0;
        }
        item = &answer->items[at];
        item->header_hash = filed[i]->hashes.header;
        assert_ok(gate_open(&work->world.gate_secret, filed[i]->submission.gate,
                            &filed[i]->header.rid, &filed[i]->hashes.header, &secrets));
        if (answer->kind == QUESTION_CONFIRM) {
            assert_ok(gate_seal_confirm(&work->world.team_key, &secrets, item->sealed.confirmed));
        } else if ((waits >> i & 1) != 0) {
            item->status = RELEASE_WAITS;
        } else {
            item->status = RELEASE_GIVEN;
            assert_ok(gate_seal_release(&work->world.team_key, &secrets, item->sealed.released));
        }
    }
}

void
casework_sign(const struct casework *work, struct casework_answer *answer)
{
    assert_ok(answer_sign(&work->answer_secret, FILING_TENANT,
                          (struct bytes) { answer->question, answer->question_len },
                          (struct bytes) { answer->answer, answer->answer_len },
                          &answer->signature));
}

void
casework_release(const struct casework *work, const struct filing *const *filed, size_t count,
                 uint64_t waits, struct casework_answer *out)
{
    struct question question = { .kind = QUESTION_RELEASE, .member_count = 1 };
    struct answer answer = { .kind = QUESTION_RELEASE };
    uint8_t message[REQUEST_MAX_LEN];
    size_t len = 0;

    memset(out, 0, sizeof *out);
    out->release.case_id = work->case_id;
    out->release.ground = 1;
    randombytes_buf(out->release.nonce, sizeof out->release.nonce);
    fill_question(filed, count, &question, &out->release.records);
    assert_ok(request_write_release(&out->release, message, &len));
    snprintf(question.members[0].id, sizeof question.members[0].id, "lid-1");
    question.members[0].message = (struct bytes) { message, len };
    assert_ok(request_sign_release(&work->member_secrets[0], FILING_TENANT, &out->release,
                                   &question.members[0].signature));
    fill_answer(work, filed, count, waits, &answer);
    assert_ok(question_write(&question, out->question, &out->question_len));
    assert_ok(answer_write(&answer, out->answer, &out->answer_len));
    casework_sign(work, out);
}

void
casework_confirm(const struct casework *work, const struct filing *const *filed, size_t count,
                 const struct casework_answer *released, struct casework_answer *out)
{
    struct question question = { .kind = QUESTION_CONFIRM, .member_count = 2 };
    struct answer answer = { .kind = QUESTION_CONFIRM };
    struct confirm_request request = { .purpose = 1 };
    uint8_t message[REQUEST_MAX_LEN];
    size_t len = 0;

    memset(out, 0, sizeof *out);
    hash_part(released->answer, released->answer_len, &request.release_answer);
    fill_question(filed, count, &question, &request.records);
    assert_ok(request_write_confirm(&request, message, &len));
    for (size_t i = 0; i < 2; i++) {
        struct question_member *member = &question.members[i];

        snprintf(member->id, sizeof member->id, "lid-%zu", i + 1);
        member->message = (struct bytes) { message, len };
        assert_ok(request_sign_confirm(&work->member_secrets[i], FILING_TENANT, &request,
                                       &member->signature));
    }
    fill_answer(work, filed, count, 0, &answer);
    assert_ok(question_write(&question, out->question, &out->question_len));
    assert_ok(answer_write(&answer, out->answer, &out->answer_len));
    casework_sign(work, out);
}
