/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/opening.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "clients/lib/country.h"
#include "clients/lib/report_message.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"
#include "tests/lib/casework.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

/* All persons here are made up. */

enum { FILED_MAX = 12 };

struct scene {
    struct casework work;
    struct filing filed[FILED_MAX];
    const struct filing *list[FILED_MAX];
    size_t count;
    struct opening *opening;
    struct casework_answer released;
    struct casework_answer confirmed;
};

static const struct identity_input JOHANNA = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Johanna",
              [IDENTITY_BIRTH_NAME] = "van den Dijk",
              [IDENTITY_BIRTH_DATE] = "1980-12-04",
              [IDENTITY_POSTCODE] = "1234AB",
              [IDENTITY_HOUSE_NUMBER] = "12" },
};

/* Her twin: first name and nothing else differs. */
static const struct identity_input PETRA = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Petra",
              [IDENTITY_BIRTH_NAME] = "van den Dijk",
              [IDENTITY_BIRTH_DATE] = "1980-12-04",
              [IDENTITY_POSTCODE] = "1234AB",
              [IDENTITY_HOUSE_NUMBER] = "12" },
};

/* Somebody with too little known to be told from either. */
static const struct identity_input INITIAL = {
    .text = { [IDENTITY_INITIALS] = "J.",
              [IDENTITY_BIRTH_NAME] = "Boer",
              [IDENTITY_BIRTH_DATE] = "1980-12-04" },
};

/* Some type of key of this tier. */
static uint8_t
type_of(enum matchkey_tier wanted)
{
    enum matchkey_tier tier = MATCHKEY_TIER_A;
    uint8_t type = 1;

    while (matchkey_tier(type, &tier) != ERR_OK || tier != wanted) {
        type++;
        assert_int_not_equal(type, 0);
    }
    return type;
}

/* A capsule that names tier A for the key of a capital, tier B for a small letter. */
struct capsule_plan {
    const struct identity_input *who;
    const char *match_keys;
    struct report_packed packed;
};

static struct bytes
make_capsule(void *context, const struct envelope_layout *layout)
{
    static const struct date today = { 2026, 1, 1 };
    struct capsule_plan *plan = context;
    struct report_capsule capsule = { .slot_count = HEADER_SLOTS };
    struct identity_refusal refusal;

    assert_ok(identity_normalise(&COUNTRY_NL, plan->who, today, &capsule.identity, &refusal));
    for (size_t i = 0; plan->match_keys[i] != '\0'; i++) {
        capsule.key_types[layout->slot_of[0][i]] =
            type_of(plan->match_keys[i] < 'a' ? MATCHKEY_TIER_A : MATCHKEY_TIER_B);
    }
    assert_ok(report_pack_capsule(&capsule, &plan->packed));
    return (struct bytes) { plan->packed.bytes, plan->packed.len };
}

struct filing_plan {
    uint32_t serial;
    const char *match_keys;
    const struct identity_input *who;
    uint8_t mode;
    uint16_t told_domains; /* 0: those of the content */
};

static void
scene_file(struct scene *scene, const struct filing_plan *plan)
{
    struct capsule_plan capsule = { .who = plan->who, .match_keys = plan->match_keys };
    struct report_content content = { .observed_on = { 2025, 10, 6 }, .domains = 5 };
    struct report_packed packed;
    struct filing_words words = { .capsule = make_capsule,
                                  .context = &capsule,
                                  .domains = plan->told_domains != 0 ? plan->told_domains : 5 };
    struct filing *filing = &scene->filed[scene->count];

    snprintf(content.narrative, sizeof content.narrative, "told by %u",
             (unsigned int) plan->serial);
    assert_ok(report_pack_content(&content, &packed));
    words.content = (struct bytes) { packed.bytes, packed.len };
    filing_make_saying(filing, &scene->work.world, &scene->work.organisations[plan->serial - 1],
                       plan->mode == 0 ? MODE_ESCROW : plan->mode, plan->match_keys, &words);
    scene->list[scene->count] = filing;
    scene->count++;
}

static int
scene_new(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    casework_make(&scene->work);
    assert_ok(opening_new(scene->work.registry, scene->work.today, &scene->work.world.team_secret,
                          1, &scene->opening));
    *state = scene;
    return 0;
}

static int
scene_free(void **state)
{
    struct scene *scene = *state;

    opening_free(scene->opening);
    casework_done(&scene->work);
    free(scene);
    return 0;
}

static struct opening_answer
given(const struct casework_answer *from)
{
    return (struct opening_answer) { .question = { from->question, from->question_len },
                                     .answer = { from->answer, from->answer_len },
                                     .signature = from->signature };
}

static void
scene_add(struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++) {
        assert_ok(opening_add(scene->opening, &scene->filed[i].submission));
    }
}

/* Adds all that was filed and takes the gate's answer for it. */
static void
scene_release(struct scene *scene)
{
    struct opening_answer answer;

    scene_add(scene);
    casework_release(&scene->work, scene->list, scene->count, 0, &scene->released);
    answer = given(&scene->released);
    assert_ok(
        opening_release(scene->opening, &scene->work.case_id, &answer, &scene->released.release));
}

static void
is_in_state(const struct scene *scene, size_t at, enum opening_state state)
{
    assert_string_equal(opening_state_key(opening_at(scene->opening, at)->state),
                        opening_state_key(state));
    assert_true((opening_identity(scene->opening, at) != NULL) ==
                (state == OPENING_CONFIRMED || state == OPENING_OPENED));
    assert_true((opening_content(scene->opening, at) != NULL) == (state == OPENING_OPENED));
}

static void
is_dropped(const struct scene *scene, size_t at, enum opening_fault fault)
{
    is_in_state(scene, at, OPENING_DROPPED);
    assert_string_equal(opening_fault_key(opening_at(scene->opening, at)->fault),
                        opening_fault_key(fault));
}

static void
file_two(struct scene *scene)
{
    scene_file(scene, &(struct filing_plan) { 1, "ABC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CDE", &JOHANNA, 0, 0 });
}

static void
two_members_open_what_two_sectors_reported(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    file_two(scene);
    scene_release(scene);
    is_in_state(scene, 0, OPENING_SEALED);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 0, OPENING_CONFIRMED);
    is_in_state(scene, 1, OPENING_CONFIRMED);
    assert_int_equal(opening_group_count(scene->opening), 1);
    assert_string_equal(opening_identity(scene->opening, 0)->given_names, "johanna");

    casework_confirm(&scene->work, scene->list, 2, &scene->released, &scene->confirmed);
    answer = given(&scene->confirmed);
    assert_ok(opening_confirm(scene->opening, &answer));
    is_in_state(scene, 0, OPENING_OPENED);
    is_in_state(scene, 1, OPENING_OPENED);
    assert_string_equal(opening_content(scene->opening, 1)->narrative, "told by 2");
}

static void
a_capsule_conflict_cuts_the_link_and_shows_nobody(void **state)
{
    struct scene *scene = *state;

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &PETRA, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 0, OPENING_APART);
    is_in_state(scene, 1, OPENING_APART);
    assert_int_equal(opening_pair_count(scene->opening), 1);
    assert_int_equal(opening_pair_at(scene->opening, 0)->outcome, CAPSULE_CUT);
    assert_int_equal(opening_group_count(scene->opening), 0);
}

static void
what_is_left_after_a_cut_goes_on(void **state)
{
    struct scene *scene = *state;

    file_two(scene);
    scene_file(scene, &(struct filing_plan) { 3, "AD", &PETRA, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 0, OPENING_CONFIRMED);
    is_in_state(scene, 1, OPENING_CONFIRMED);
    is_in_state(scene, 2, OPENING_APART);
}

static void
a_bogus_share_is_blamed_on_its_signer_and_opens_nothing(void **state)
{
    struct scene *scene = *state;
    struct filing_organisation *liar = &scene->work.organisations[1];

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    liar->sector = SECTOR_LOKET; /* makes its share for another sector than the registry says */
    scene_file(scene, &(struct filing_plan) { 2, "CD", &JOHANNA, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_dropped(scene, 1, OPENING_SHARE);
    is_in_state(scene, 0, OPENING_SEALED);
    assert_int_equal(opening_fault_culprit(OPENING_SHARE), OPENING_BY_SIGNER);
    /* Its links are reported as cut, so that it cannot keep the case together. */
    assert_int_equal(opening_pair_count(scene->opening), 1);
    assert_int_equal(opening_pair_at(scene->opening, 0)->outcome, CAPSULE_CUT);
}

static void
an_answer_that_the_gate_did_not_sign_opens_nothing(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    file_two(scene);
    scene_add(scene);
    casework_release(&scene->work, scene->list, 2, 0, &scene->released);
    scene->released.signature.bytes[3] ^= 1;
    answer = given(&scene->released);
    assert_err(ERR_AUTH, opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
    assert_err(ERR_STATE, opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 0, OPENING_SEALED);
}

static void
an_answer_to_another_question_is_refused(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;
    struct case_id other = { { 1 } };
    struct release_request own;

    file_two(scene);
    scene_add(scene);
    casework_release(&scene->work, scene->list, 2, 0, &scene->released);
    answer = given(&scene->released);
    assert_err(ERR_AUTH, opening_release(scene->opening, &other, &answer, NULL));
    own = scene->released.release;
    own.nonce[0] ^= 1;
    assert_err(ERR_AUTH, opening_release(scene->opening, &scene->work.case_id, &answer, &own));
    /* A member's signature that is none, under a true signature of the gate's. */
    scene->released.question[scene->released.question_len - 1] ^= 1;
    casework_sign(&scene->work, &scene->released);
    answer = given(&scene->released);
    assert_err(ERR_AUTH, opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
}

static void
one_members_signature_never_yields_a_content(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    file_two(scene);
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_confirm(&scene->work, scene->list, 2, &scene->released, &scene->confirmed);
    /* The second member's signature is the last of the question. */
    scene->confirmed.question[scene->confirmed.question_len - 1] ^= 1;
    casework_sign(&scene->work, &scene->confirmed);
    answer = given(&scene->confirmed);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    is_in_state(scene, 0, OPENING_CONFIRMED);
    /* Nor does the gate's release answer stand for the second one. */
    answer = given(&scene->released);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    is_in_state(scene, 0, OPENING_CONFIRMED);
}

static void
a_confirmation_of_another_release_is_refused(void **state)
{
    struct scene *scene = *state;
    struct casework_answer other;
    struct opening_answer answer;

    file_two(scene);
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_release(&scene->work, scene->list, 2, 0, &other);
    casework_confirm(&scene->work, scene->list, 2, &other, &scene->confirmed);
    answer = given(&scene->confirmed);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    is_in_state(scene, 1, OPENING_CONFIRMED);
}

static void
a_record_that_was_cut_cannot_be_confirmed(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    file_two(scene);
    scene_file(scene, &(struct filing_plan) { 3, "AD", &PETRA, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_confirm(&scene->work, scene->list, 3, &scene->released, &scene->confirmed);
    answer = given(&scene->confirmed);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    is_in_state(scene, 0, OPENING_CONFIRMED);
}

static void
an_undecided_pair_of_tier_a_waits_for_a_person(void **state)
{
    struct scene *scene = *state;
    struct opening_decision decision;

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &INITIAL, 0, 0 });
    scene_release(scene);
    decision = (struct opening_decision) { .a = scene->filed[0].header.rid,
                                           .b = scene->filed[0].header.rid,
                                           .is_same = true };
    assert_err(ERR_NOT_FOUND, opening_compare(scene->opening, &decision, 1, false));
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 0, OPENING_HELD);
    is_in_state(scene, 1, OPENING_HELD);
    assert_int_equal(opening_pair_at(scene->opening, 0)->outcome, CAPSULE_ASK_HUMAN);
}

static void
a_persons_decision_lets_an_undecided_pair_go_on(void **state)
{
    struct scene *scene = *state;
    struct opening_decision decision;

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &INITIAL, 0, 0 });
    scene_release(scene);
    decision = (struct opening_decision) { .a = scene->filed[1].header.rid,
                                           .b = scene->filed[0].header.rid,
                                           .is_same = true };
    assert_ok(opening_compare(scene->opening, &decision, 1, false));
    is_in_state(scene, 0, OPENING_CONFIRMED);
    assert_true(opening_pair_at(scene->opening, 0)->is_by_human);
    assert_int_equal(opening_pair_at(scene->opening, 0)->outcome, CAPSULE_GO_ON);
}

static void
housemates_of_an_institution_are_held_and_not_confirmed(void **state)
{
    static const struct identity_input housemate = {
        .text = { [IDENTITY_GIVEN_NAMES] = "Johanna",
                  [IDENTITY_BIRTH_NAME] = "Boer",
                  [IDENTITY_BIRTH_DATE] = "1980-12-04",
                  [IDENTITY_POSTCODE] = "1234AB",
                  [IDENTITY_HOUSE_NUMBER] = "12" },
    };
    static const char list_text[] =
        "name: list\nversion: \"1\"\naddresses:\n  - postcode: 1234 AB\n    house_number: 12\n";
    struct scene *scene = *state;
    char *folder = temp_folder();
    char *path = temp_path(folder, "institutions.yaml");
    struct institution_list *list = NULL;
    struct yaml_error error;

    assert_ok(file_replace(path, list_text, sizeof list_text - 1, 0600));
    assert_ok(institution_list_load(path, &COUNTRY_NL, &list, &error));
    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &housemate, 0, 0 });
    opening_use_institutions(scene->opening, list);
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 0, OPENING_HELD);
    is_in_state(scene, 1, OPENING_HELD);
    assert_int_equal(opening_pair_at(scene->opening, 0)->comparison.address, CAPSULE_SHARED);
    institution_list_free(list);
    free(path);
    temp_remove(folder);
}

static void
an_undecided_pair_of_tier_b_is_cut(void **state)
{
    struct scene *scene = *state;

    scene_file(scene, &(struct filing_plan) { 1, "Ac", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "cD", &INITIAL, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 0, OPENING_APART);
    is_in_state(scene, 1, OPENING_APART);
}

static void
a_conflict_between_records_that_others_hold_together_waits_for_a_person(void **state)
{
    /* No first name: fits both twins. */
    static const struct identity_input either = { .text = { [IDENTITY_BIRTH_NAME] = "van den Dijk",
                                                            [IDENTITY_BIRTH_DATE] = "1980-12-04",
                                                            [IDENTITY_POSTCODE] = "1234AB",
                                                            [IDENTITY_HOUSE_NUMBER] = "12" } };
    struct scene *scene = *state;
    struct opening_decision decisions[2];

    scene_file(scene, &(struct filing_plan) { 1, "AX", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "AB", &either, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 3, "BY", &PETRA, 0, 0 });
    scene_release(scene);
    for (size_t i = 0; i < 2; i++) {
        decisions[i] = (struct opening_decision) { .a = scene->filed[1].header.rid,
                                                   .b = scene->filed[2 * i].header.rid,
                                                   .is_same = true };
    }
    /* A person joins both twins to the bridge; the twins exclude each other all the same. */
    assert_ok(opening_compare(scene->opening, decisions, 2, false));
    for (size_t i = 0; i < 3; i++) {
        is_in_state(scene, i, OPENING_HELD);
    }
    assert_int_equal(opening_pair_count(scene->opening), 3);
    assert_false(opening_pair_at(scene->opening, 2)->is_link);
}

static void
more_than_eight_organisations_wait_for_a_person(void **state)
{
    struct scene *scene = *state;

    for (uint32_t serial = 1; serial <= 9; serial++) {
        scene_file(scene, &(struct filing_plan) { serial, "A", &JOHANNA, 0, 0 });
    }
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    for (size_t i = 0; i < 9; i++) {
        is_in_state(scene, i, OPENING_HELD);
    }
}

static void
more_than_eight_organisations_go_on_when_a_person_allows_it(void **state)
{
    struct scene *scene = *state;

    for (uint32_t serial = 1; serial <= 9; serial++) {
        scene_file(scene, &(struct filing_plan) { serial, "A", &JOHANNA, 0, 0 });
    }
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, true));
    is_in_state(scene, 8, OPENING_CONFIRMED);
}

static void
what_the_vault_changes_is_dropped(void **state)
{
    struct scene *scene = *state;
    struct submission changed;

    file_two(scene);
    changed = scene->filed[0].submission;
    changed.sent++;
    assert_ok(opening_add(scene->opening, &changed));
    is_dropped(scene, 0, OPENING_SIGNATURE);
    assert_err(ERR_EXISTS, opening_add(scene->opening, &scene->filed[0].submission));
    changed = scene->filed[1].submission;
    changed.header.len--;
    assert_ok(opening_add(scene->opening, &changed));
    is_dropped(scene, 1, OPENING_FORM);
}

static void
a_record_that_the_gate_was_not_asked_about_is_dropped(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    file_two(scene);
    scene_file(scene, &(struct filing_plan) { 3, "AD", &JOHANNA, 0, 0 });
    scene_add(scene);
    casework_release(&scene->work, scene->list, 2, 0, &scene->released);
    answer = given(&scene->released);
    assert_ok(opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
    is_dropped(scene, 2, OPENING_NOT_ASKED);
}

static void
a_record_that_waits_for_the_officer_stays_closed(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    file_two(scene);
    scene_file(scene, &(struct filing_plan) { 5, "AD", &JOHANNA, 0, 0 });
    scene_add(scene);
    casework_release(&scene->work, scene->list, 3, 4, &scene->released);
    answer = given(&scene->released);
    assert_ok(opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    is_in_state(scene, 2, OPENING_WAITS);
    is_in_state(scene, 0, OPENING_CONFIRMED);
    assert_int_equal(opening_waiting_count(scene->opening), 1);
}

static void
other_domains_than_the_gate_knows_are_blamed(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &JOHANNA, 0, 6 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_confirm(&scene->work, scene->list, 2, &scene->released, &scene->confirmed);
    answer = given(&scene->confirmed);
    assert_ok(opening_confirm(scene->opening, &answer));
    is_in_state(scene, 0, OPENING_OPENED);
    is_dropped(scene, 1, OPENING_DOMAINS);
}

static void
an_acute_record_opens_by_itself_and_an_escrowed_one_does_not(void **state)
{
    struct scene *scene = *state;

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, MODE_ACUTE, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &JOHANNA, 0, 0 });
    scene_add(scene);
    assert_ok(opening_direct(scene->opening));
    is_in_state(scene, 0, OPENING_OPENED);
    assert_string_equal(opening_content(scene->opening, 0)->narrative, "told by 1");
    is_in_state(scene, 1, OPENING_SEALED);
}

static void
another_teams_key_opens_nothing(void **state)
{
    struct scene *scene = *state;

    opening_free(scene->opening);
    assert_ok(opening_new(scene->work.registry, scene->work.today, &scene->work.world.gate_secret,
                          1, &scene->opening));
    file_two(scene);
    scene_add(scene);
    is_dropped(scene, 0, OPENING_NO_TEAM_KEY);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_new, scene_free)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(two_members_open_what_two_sectors_reported),
        SCENE(a_capsule_conflict_cuts_the_link_and_shows_nobody),
        SCENE(what_is_left_after_a_cut_goes_on),
        SCENE(a_bogus_share_is_blamed_on_its_signer_and_opens_nothing),
        SCENE(an_answer_that_the_gate_did_not_sign_opens_nothing),
        SCENE(an_answer_to_another_question_is_refused),
        SCENE(one_members_signature_never_yields_a_content),
        SCENE(a_confirmation_of_another_release_is_refused),
        SCENE(a_record_that_was_cut_cannot_be_confirmed),
        SCENE(an_undecided_pair_of_tier_a_waits_for_a_person),
        SCENE(a_persons_decision_lets_an_undecided_pair_go_on),
        SCENE(housemates_of_an_institution_are_held_and_not_confirmed),
        SCENE(an_undecided_pair_of_tier_b_is_cut),
        SCENE(a_conflict_between_records_that_others_hold_together_waits_for_a_person),
        SCENE(more_than_eight_organisations_wait_for_a_person),
        SCENE(more_than_eight_organisations_go_on_when_a_person_allows_it),
        SCENE(what_the_vault_changes_is_dropped),
        SCENE(a_record_that_the_gate_was_not_asked_about_is_dropped),
        SCENE(a_record_that_waits_for_the_officer_stays_closed),
        SCENE(other_domains_than_the_gate_knows_are_blamed),
        SCENE(an_acute_record_opens_by_itself_and_an_escrowed_one_does_not),
        SCENE(another_teams_key_opens_nothing),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
