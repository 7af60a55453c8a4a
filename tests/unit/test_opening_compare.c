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
                  [IDENTITY_BIRTH_DATE] = "2004-12-04",
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
                                                            [IDENTITY_BIRTH_DATE] = "2004-12-04",
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

/* ---- parted by a person ---- */

/* One person by what each of three organisations knows; but for the address nothing tells them apart, and
 * each is linked to both others. */
static const struct identity_input AT_HOME = { .text = { [IDENTITY_CALL_NAME] = "Johanna",
                                                         [IDENTITY_BIRTH_NAME] = "van Dijk",
                                                         [IDENTITY_BIRTH_DATE] = "2004-12-04",
                                                         [IDENTITY_POSTCODE] = "1234AB",
                                                         [IDENTITY_HOUSE_NUMBER] = "12" } };
static const struct identity_input ANYWHERE = { .text = { [IDENTITY_CALL_NAME] = "Johanna",
                                                          [IDENTITY_BIRTH_NAME] = "van Dijk",
                                                          [IDENTITY_BIRTH_DATE] = "2004-12-04" } };
static const struct identity_input ELSEWHERE = { .text = { [IDENTITY_CALL_NAME] = "Johanna",
                                                           [IDENTITY_BIRTH_NAME] = "van Dijk",
                                                           [IDENTITY_BIRTH_DATE] = "2004-12-04",
                                                           [IDENTITY_POSTCODE] = "9876XY",
                                                           [IDENTITY_HOUSE_NUMBER] = "3" } };

static void
add_three(struct scene *scene)
{
    scene_file(scene, &(struct filing_plan) { 1, "AX", &AT_HOME, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "AB", &ANYWHERE, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 3, "BX", &ELSEWHERE, 0, 0 });
    scene_add(scene);
}

static struct opening_decision
decision_on(const struct scene *scene, size_t a, size_t b, bool is_same)
{
    return (struct opening_decision) { .a = scene->filed[a].header.rid,
                                       .b = scene->filed[b].header.rid,
                                       .is_same = is_same };
}

static void
part(struct scene *scene, size_t a, size_t b)
{
    assert_ok(
        opening_part(scene->opening, &scene->filed[a].header.rid, &scene->filed[b].header.rid));
}

static void
are_all_held(const struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++) {
        scene_is_in_state(scene, i, OPENING_HELD);
    }
    assert_int_equal(opening_group_count(scene->opening), 0);
}

/* The second pair, of the first record and the last. */
static void
is_parted(const struct scene *scene, bool is_from_before)
{
    const struct opening_pair *pair = opening_pair_at(scene->opening, 1);

    assert_int_equal(opening_pair_count(scene->opening), 3);
    assert_int_equal(pair->a, 0);
    assert_int_equal(pair->b, 2);
    assert_int_equal(pair->outcome, CAPSULE_CUT);
    assert_true(pair->is_link && pair->is_by_human && pair->holds_group);
    assert_int_equal(pair->is_from_before, is_from_before);
    assert_int_equal(opening_pair_at(scene->opening, 0)->outcome, CAPSULE_GO_ON);
    assert_int_equal(opening_pair_at(scene->opening, 2)->outcome, CAPSULE_GO_ON);
}

static void
three_that_nobody_parted_are_one_person(void **state)
{
    struct scene *scene = *state;

    add_three(scene);
    scene_take_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    for (size_t i = 0; i < 3; i++) {
        scene_is_in_state(scene, i, OPENING_CONFIRMED);
    }
    assert_false(opening_pair_at(scene->opening, 1)->holds_group);
}

static void
a_group_in_which_a_person_parts_two_is_held(void **state)
{
    struct scene *scene = *state;
    struct opening_decision decision;

    add_three(scene);
    scene_take_release(scene);
    decision = decision_on(scene, 0, 2, false);
    assert_ok(opening_compare(scene->opening, &decision, 1, false));
    are_all_held(scene);
    is_parted(scene, false);
}

static void
what_a_person_parted_before_is_held_without_being_said_again(void **state)
{
    struct scene *scene = *state;

    add_three(scene);
    part(scene, 2, 0);
    scene_take_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    are_all_held(scene);
    is_parted(scene, true);
}

static void
to_part_again_what_was_parted_before_is_no_mistake(void **state)
{
    struct scene *scene = *state;
    struct opening_decision decision;

    add_three(scene);
    part(scene, 0, 2);
    scene_take_release(scene);
    decision = decision_on(scene, 2, 0, false);
    assert_ok(opening_compare(scene->opening, &decision, 1, false));
    are_all_held(scene);
    is_parted(scene, true);
}

static void
no_decision_joins_what_a_person_parted(void **state)
{
    struct scene *scene = *state;
    struct opening_decision decisions[2];

    add_three(scene);
    part(scene, 0, 2);
    scene_take_release(scene);
    decisions[0] = decision_on(scene, 0, 2, true);
    decisions[1] = decision_on(scene, 0, 2, false);
    assert_err(ERR_EXISTS, opening_compare(scene->opening, decisions, 1, false));
    assert_err(ERR_EXISTS, opening_compare(scene->opening, decisions, 2, false));
    scene_is_in_state(scene, 0, OPENING_SEALED);
    assert_int_equal(opening_pair_count(scene->opening), 0);
    assert_ok(opening_compare(scene->opening, NULL, 0, true));
    are_all_held(scene);
}

static void
one_pair_cannot_be_the_same_and_parted_in_one_run(void **state)
{
    struct scene *scene = *state;
    struct opening_decision decisions[2];

    add_three(scene);
    scene_take_release(scene);
    decisions[0] = decision_on(scene, 0, 2, true);
    decisions[1] = decision_on(scene, 0, 2, false);
    assert_err(ERR_EXISTS, opening_compare(scene->opening, decisions, 2, false));
    scene_is_in_state(scene, 0, OPENING_SEALED);
}

static void
an_undecided_pair_that_a_person_parted_before_is_held(void **state)
{
    /* Two letters alike on both sides are one person, one would leave doubt. */
    static const struct identity_input initials = { .text = { [IDENTITY_INITIALS] = "J.M.",
                                                              [IDENTITY_BIRTH_NAME] = "Boer",
                                                              [IDENTITY_BIRTH_DATE] =
                                                                  "2004-12-04" } };
    struct scene *scene = *state;
    struct opening_decision decision;

    scene_file(scene, &(struct filing_plan) { 1, "AX", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "AB", &initials, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 3, "BX", &initials, 0, 0 });
    scene_add(scene);
    part(scene, 0, 2);
    scene_take_release(scene);
    /* The last two are alike; a person joins the first to one of them, and so to both. */
    decision = decision_on(scene, 0, 1, true);
    assert_ok(opening_compare(scene->opening, &decision, 1, false));
    are_all_held(scene);
    is_parted(scene, true);
}

static void
when_no_group_holds_a_parted_pair_the_rest_goes_on(void **state)
{
    struct scene *scene = *state;
    struct opening_decision decision;

    add_three(scene);
    part(scene, 0, 2);
    scene_take_release(scene);
    decision = decision_on(scene, 1, 2, false);
    assert_ok(opening_compare(scene->opening, &decision, 1, false));
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
    scene_is_in_state(scene, 1, OPENING_CONFIRMED);
    scene_is_in_state(scene, 2, OPENING_APART);
    assert_false(opening_pair_at(scene->opening, 1)->holds_group);
}

static void
two_members_yes_does_not_open_what_a_person_parted(void **state)
{
    struct scene *scene = *state;
    struct opening_answer answer;

    add_three(scene);
    part(scene, 0, 2);
    scene_take_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    casework_confirm(&scene->work, scene->list, 3, &scene->released, &scene->confirmed);
    answer = scene_given(&scene->confirmed);
    assert_err(ERR_EXISTS, opening_confirm(scene->opening, &answer));
    are_all_held(scene);
    /* Two of them that nobody parted may open, as anything that is held. */
    casework_confirm(&scene->work, scene->list, 2, &scene->released, &scene->confirmed);
    answer = scene_given(&scene->confirmed);
    assert_ok(opening_confirm(scene->opening, &answer));
    scene_is_in_state(scene, 2, OPENING_HELD);
}

static void
records_that_only_a_parted_link_joins_are_not_even_combined(void **state)
{
    struct scene *scene = *state;
    struct capsule_comparison none;

    memset(&none, 0, sizeof none);
    scene_file(scene, &(struct filing_plan) { 1, "AC", &JOHANNA, 0, 0 });
    /* A share for another sector would be found out as soon as the two are combined. */
    scene->work.organisations[1].sector = SECTOR_LOKET;
    scene_file(scene, &(struct filing_plan) { 2, "CD", &JOHANNA, 0, 0 });
    scene_add(scene);
    part(scene, 0, 1);
    scene_take_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 0, OPENING_APART);
    scene_is_in_state(scene, 1, OPENING_APART);
    /* The vault is told again: it may not have come to its end the first time. */
    assert_int_equal(opening_pair_count(scene->opening), 1);
    assert_true(opening_pair_at(scene->opening, 0)->is_link);
    assert_memory_equal(&opening_pair_at(scene->opening, 0)->comparison, &none, sizeof none);
}

static void
only_two_records_of_the_case_can_have_been_parted(void **state)
{
    struct scene *scene = *state;
    const struct rid *first;
    struct rid other;

    add_three(scene);
    first = &scene->filed[0].header.rid;
    other = *first;
    assert_err(ERR_INVALID, opening_part(scene->opening, first, &other));
    other.bytes[0] ^= 1;
    assert_err(ERR_NOT_FOUND, opening_part(scene->opening, first, &other));
    assert_err(ERR_NOT_FOUND, opening_part(scene->opening, &other, first));
    scene_take_release(scene);
    assert_err(ERR_STATE, opening_part(scene->opening, first, &scene->filed[1].header.rid));
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
        SCENE(three_that_nobody_parted_are_one_person),
        SCENE(a_group_in_which_a_person_parts_two_is_held),
        SCENE(what_a_person_parted_before_is_held_without_being_said_again),
        SCENE(to_part_again_what_was_parted_before_is_no_mistake),
        SCENE(no_decision_joins_what_a_person_parted),
        SCENE(one_pair_cannot_be_the_same_and_parted_in_one_run),
        SCENE(an_undecided_pair_that_a_person_parted_before_is_held),
        SCENE(when_no_group_holds_a_parted_pair_the_rest_goes_on),
        SCENE(two_members_yes_does_not_open_what_a_person_parted),
        SCENE(records_that_only_a_parted_link_joins_are_not_even_combined),
        SCENE(only_two_records_of_the_case_can_have_been_parted),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
