/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/opening_scene.h"

#include "base/file.h"
#include "clients/lib/country.h"
#include "clients/lib/report_message.h"
#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"
#include "tests/lib/casework.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include <stdlib.h>
#include <string.h>

const struct identity_input JOHANNA = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Johanna",
              [IDENTITY_BIRTH_NAME] = "van den Dijk",
              [IDENTITY_BIRTH_DATE] = "2004-12-04",
              [IDENTITY_POSTCODE] = "1234AB",
              [IDENTITY_HOUSE_NUMBER] = "12" },
};

/* Her twin: first name and nothing else differs. */
const struct identity_input PETRA = {
    .text = { [IDENTITY_GIVEN_NAMES] = "Petra",
              [IDENTITY_BIRTH_NAME] = "van den Dijk",
              [IDENTITY_BIRTH_DATE] = "2004-12-04",
              [IDENTITY_POSTCODE] = "1234AB",
              [IDENTITY_HOUSE_NUMBER] = "12" },
};

/* Somebody with too little known to be told from either. */
const struct identity_input INITIAL = {
    .text = { [IDENTITY_INITIALS] = "J.",
              [IDENTITY_BIRTH_NAME] = "Boer",
              [IDENTITY_BIRTH_DATE] = "2004-12-04" },
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

void
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

int
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

int
scene_free(void **state)
{
    struct scene *scene = *state;

    opening_free(scene->opening);
    casework_done(&scene->work);
    free(scene);
    return 0;
}

struct opening_answer
scene_given(const struct casework_answer *from)
{
    return (struct opening_answer) { .question = { from->question, from->question_len },
                                     .answer = { from->answer, from->answer_len },
                                     .signature = from->signature };
}

void
scene_add(struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++) {
        assert_ok(opening_add(scene->opening, &scene->filed[i].submission));
    }
}

/* Takes the gate's answer for all that was added. */
void
scene_take_release(struct scene *scene)
{
    struct opening_answer answer;

    casework_release(&scene->work, scene->list, scene->count, 0, &scene->released);
    answer = scene_given(&scene->released);
    assert_ok(
        opening_release(scene->opening, &scene->work.case_id, &answer, &scene->released.release));
}

void
scene_release(struct scene *scene)
{
    scene_add(scene);
    scene_take_release(scene);
}

void
scene_is_in_state(const struct scene *scene, size_t at, enum opening_state state)
{
    assert_string_equal(opening_state_key(opening_at(scene->opening, at)->state),
                        opening_state_key(state));
    assert_true((opening_identity(scene->opening, at) != NULL) ==
                (state == OPENING_CONFIRMED || state == OPENING_OPENED));
    assert_true((opening_content(scene->opening, at) != NULL) == (state == OPENING_OPENED));
}

void
scene_is_dropped(const struct scene *scene, size_t at, enum opening_fault fault)
{
    scene_is_in_state(scene, at, OPENING_DROPPED);
    assert_string_equal(opening_fault_key(opening_at(scene->opening, at)->fault),
                        opening_fault_key(fault));
}

void
scene_file_two(struct scene *scene)
{
    scene_file(scene, &(struct filing_plan) { 1, "ABC", &JOHANNA, 0, 0 });
    scene_file(scene, &(struct filing_plan) { 2, "CDE", &JOHANNA, 0, 0 });
}
