/* SPDX-License-Identifier: EUPL-1.2 */
/* From released capsules to links that stand, wait for a person, or are cut. */
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
a_capsule_conflict_cuts_the_link_and_shows_nobody(void **state)
{
    struct scene *scene = *state;

    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CD", &PETRA, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 0, OPENING_APART);
    scene_is_in_state(scene, 1, OPENING_APART);
    assert_int_equal(opening_pair_count(scene->opening), 1);
    assert_int_equal(opening_pair_at(scene->opening, 0)->outcome, CAPSULE_CUT);
    assert_int_equal(opening_group_count(scene->opening), 0);
}

static void
what_is_left_after_a_cut_goes_on(void **state)
{
    struct scene *scene = *state;

    scene_file_two(scene);
    scene_file(scene, &(struct filing_plan) { 3, "AD", &PETRA, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
    scene_is_in_state(scene, 1, OPENING_CONFIRMED);
    scene_is_in_state(scene, 2, OPENING_APART);
}

static void
a_record_that_was_cut_cannot_be_confirmed(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    scene_file_two(scene);
    scene_file(scene, &(struct filing_plan) { 3, "AD", &PETRA, 0, 0 });
    scene_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_confirm(&scene->work, scene->list, 3, &scene->released, &scene->confirmed);
    answer = scene_given(&scene->confirmed);
    assert_err(ERR_AUTH, opening_confirm(scene->opening, &answer));
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
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
    scene_is_in_state(scene, 0, OPENING_HELD);
    scene_is_in_state(scene, 1, OPENING_HELD);
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
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
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
    scene_is_in_state(scene, 0, OPENING_HELD);
    scene_is_in_state(scene, 1, OPENING_HELD);
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
    scene_is_in_state(scene, 0, OPENING_APART);
    scene_is_in_state(scene, 1, OPENING_APART);
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
        scene_is_in_state(scene, i, OPENING_HELD);
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
        scene_is_in_state(scene, i, OPENING_HELD);
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
    scene_is_in_state(scene, 8, OPENING_CONFIRMED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_capsule_conflict_cuts_the_link_and_shows_nobody),
        SCENE(what_is_left_after_a_cut_goes_on),
        SCENE(a_record_that_was_cut_cannot_be_confirmed),
        SCENE(an_undecided_pair_of_tier_a_waits_for_a_person),
        SCENE(a_persons_decision_lets_an_undecided_pair_go_on),
        SCENE(housemates_of_an_institution_are_held_and_not_confirmed),
        SCENE(an_undecided_pair_of_tier_b_is_cut),
        SCENE(a_conflict_between_records_that_others_hold_together_waits_for_a_person),
        SCENE(more_than_eight_organisations_wait_for_a_person),
        SCENE(more_than_eight_organisations_go_on_when_a_person_allows_it),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
