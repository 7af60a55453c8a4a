/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/opening.h"

#include "base/file.h"
#include "clients/lib/country.h"
#include "clients/lib/report_message.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"
#include "tests/lib/casework.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/opening_scene.h"
#include "tests/lib/temp.h"
#include <stdlib.h>
#include <string.h>

static void
two_members_open_what_two_sectors_reported(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    scene_file_two(scene);
    scene_release(scene);
    scene_is_in_state(scene, 0, OPENING_SEALED);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
    scene_is_in_state(scene, 1, OPENING_CONFIRMED);
    assert_int_equal(opening_group_count(scene->opening), 1);
    assert_string_equal(opening_identity(scene->opening, 0)->given_names, "johanna");

    casework_confirm(&scene->work, scene->list, 2, &scene->released, &scene->confirmed);
    answer = scene_given(&scene->confirmed);
    assert_ok(opening_confirm(scene->opening, &answer));
    scene_is_in_state(scene, 0, OPENING_OPENED);
    scene_is_in_state(scene, 1, OPENING_OPENED);
    assert_string_equal(opening_content(scene->opening, 1)->narrative, "told by 2");
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
    scene_is_dropped(scene, 1, OPENING_SHARE);
    scene_is_in_state(scene, 0, OPENING_SEALED);
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

    scene_file_two(scene);
    scene_add(scene);
    casework_release(&scene->work, scene->list, 2, 0, &scene->released);
    scene->released.signature.bytes[3] ^= 1;
    answer = scene_given(&scene->released);
    assert_err(ERR_AUTH, opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
    assert_err(ERR_STATE, opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 0, OPENING_SEALED);
}

static void
an_answer_to_another_question_is_refused(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;
    struct case_id other = { { 1 } };
    struct release_request own;

    scene_file_two(scene);
    scene_add(scene);
    casework_release(&scene->work, scene->list, 2, 0, &scene->released);
    answer = scene_given(&scene->released);
    assert_err(ERR_AUTH, opening_release(scene->opening, &other, &answer, NULL));
    own = scene->released.release;
    own.nonce[0] ^= 1;
    assert_err(ERR_AUTH, opening_release(scene->opening, &scene->work.case_id, &answer, &own));
    /* A member's signature that is none, under a true signature of the gate's. */
    scene->released.question[scene->released.question_len - 1] ^= 1;
    casework_sign(&scene->work, &scene->released);
    answer = scene_given(&scene->released);
    assert_err(ERR_AUTH, opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
}

static void
one_members_signature_never_yields_a_content(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    scene_file_two(scene);
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_confirm(&scene->work, scene->list, 2, &scene->released, &scene->confirmed);
    /* The second member's signature is the last of the question. */
    scene->confirmed.question[scene->confirmed.question_len - 1] ^= 1;
    casework_sign(&scene->work, &scene->confirmed);
    answer = scene_given(&scene->confirmed);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
    /* Nor does the gate's release answer stand for the second one. */
    answer = scene_given(&scene->released);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
}

static void
a_confirmation_of_another_release_is_refused(void **state)
{
    struct scene *scene = *state;
    struct casework_answer other;
    struct opening_answer answer;

    scene_file_two(scene);
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_release(&scene->work, scene->list, 2, 0, &other);
    casework_confirm(&scene->work, scene->list, 2, &other, &scene->confirmed);
    answer = scene_given(&scene->confirmed);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    scene_is_in_state(scene, 1, OPENING_CONFIRMED);
}

static void
what_the_vault_changes_is_dropped(void **state)
{
    struct scene *scene = *state;
    struct submission changed;

    scene_file_two(scene);
    changed = scene->filed[0].submission;
    changed.sent++;
    assert_ok(opening_add(scene->opening, &changed));
    scene_is_dropped(scene, 0, OPENING_SIGNATURE);
    assert_err(ERR_EXISTS, opening_add(scene->opening, &scene->filed[0].submission));
    changed = scene->filed[1].submission;
    changed.header.len--;
    assert_ok(opening_add(scene->opening, &changed));
    scene_is_dropped(scene, 1, OPENING_FORM);
}

static void
a_record_that_the_gate_was_not_asked_about_is_dropped(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    scene_file_two(scene);
    scene_file(scene, &(struct filing_plan) { 3, "AD", &JOHANNA, 0, 0 });
    scene_add(scene);
    casework_release(&scene->work, scene->list, 2, 0, &scene->released);
    answer = scene_given(&scene->released);
    assert_ok(opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
    scene_is_dropped(scene, 2, OPENING_NOT_ASKED);
}

static void
a_record_that_waits_for_the_officer_stays_closed(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    scene_file_two(scene);
    scene_file(scene, &(struct filing_plan) { 5, "AD", &JOHANNA, 0, 0 });
    scene_add(scene);
    casework_release(&scene->work, scene->list, 3, 4, &scene->released);
    answer = scene_given(&scene->released);
    assert_ok(opening_release(scene->opening, &scene->work.case_id, &answer, NULL));
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 2, OPENING_WAITS);
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
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
    answer = scene_given(&scene->confirmed);
    assert_ok(opening_confirm(scene->opening, &answer));
    scene_is_in_state(scene, 0, OPENING_OPENED);
    scene_is_dropped(scene, 1, OPENING_DOMAINS);
}

static void
an_acute_record_opens_by_itself_and_an_escrowed_one_does_not(void **state)
{
    struct scene *scene = *state;

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, MODE_ACUTE, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &JOHANNA, 0, 0 });
    scene_add(scene);
    assert_ok(opening_direct(scene->opening));
    scene_is_in_state(scene, 0, OPENING_OPENED);
    assert_string_equal(opening_content(scene->opening, 0)->narrative, "told by 1");
    scene_is_in_state(scene, 1, OPENING_SEALED);
}

static void
another_teams_key_opens_nothing(void **state)
{
    struct scene *scene = *state;

    opening_free(scene->opening);
    assert_ok(opening_new(scene->work.registry, scene->work.today, &scene->work.world.gate_secret,
                          1, &scene->opening));
    scene_file_two(scene);
    scene_add(scene);
    scene_is_dropped(scene, 0, OPENING_NO_TEAM_KEY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(two_members_open_what_two_sectors_reported),
        SCENE(a_bogus_share_is_blamed_on_its_signer_and_opens_nothing),
        SCENE(an_answer_that_the_gate_did_not_sign_opens_nothing),
        SCENE(an_answer_to_another_question_is_refused),
        SCENE(one_members_signature_never_yields_a_content),
        SCENE(a_confirmation_of_another_release_is_refused),
        SCENE(what_the_vault_changes_is_dropped),
        SCENE(a_record_that_the_gate_was_not_asked_about_is_dropped),
        SCENE(a_record_that_waits_for_the_officer_stays_closed),
        SCENE(other_domains_than_the_gate_knows_are_blamed),
        SCENE(an_acute_record_opens_by_itself_and_an_escrowed_one_does_not),
        SCENE(another_teams_key_opens_nothing),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
