/* SPDX-License-Identifier: EUPL-1.2 */
/* What a vault may say that members parted. */
#include "clients/sein/case_parted.h"

#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/opening_scene.h"

enum { PAIRS_MAX = 2016 };

struct said {
    struct rid a;
    struct rid b;
    Seinhuis__V1__ComparedLink pair;
    Seinhuis__V1__ComparedLink *pairs[PAIRS_MAX + 1];
    Seinhuis__V1__ReleasedCase released;
};

/* A good pair of the scene's two records, 'count' times. */
static void
say(struct scene *scene, struct said *said, size_t count)
{
    if (scene->count == 0) {
        scene_file_two(scene);
        scene_add(scene);
    }
    said->a = scene->filed[0].header.rid;
    said->b = scene->filed[1].header.rid;
    seinhuis__v1__compared_link__init(&said->pair);
    said->pair.rid_a = (ProtobufCBinaryData) { .len = RID_LEN, .data = said->a.bytes };
    said->pair.rid_b = (ProtobufCBinaryData) { .len = RID_LEN, .data = said->b.bytes };
    said->pair.verdict = SEINHUIS__V1__VERDICT__VERDICT_REFUSED;
    said->pair.by_human = true;
    for (size_t i = 0; i < count; i++) {
        said->pairs[i] = &said->pair;
    }
    seinhuis__v1__released_case__init(&said->released);
    said->released.parted = said->pairs;
    said->released.n_parted = count;
}

static void
a_pair_of_the_case_is_parted(void **state)
{
    struct scene *scene = *state;
    struct said said;

    say(scene, &said, 1);
    assert_ok(case_parted_take(&said.released, scene->opening));
    scene_take_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 0, OPENING_APART);
    assert_true(opening_pair_at(scene->opening, 0)->is_from_before);
}

static void
a_vault_that_says_nothing_parts_nothing(void **state)
{
    struct scene *scene = *state;
    struct said said;

    say(scene, &said, 0);
    assert_ok(case_parted_take(&said.released, scene->opening));
    scene_take_release(scene);
    assert_ok(opening_compare(scene->opening, NULL, 0, false));
    scene_is_in_state(scene, 0, OPENING_CONFIRMED);
}

static void
as_many_pairs_as_a_case_can_have_and_no_more(void **state)
{
    struct scene *scene = *state;
    struct said said;

    say(scene, &said, PAIRS_MAX);
    assert_ok(case_parted_take(&said.released, scene->opening));
    say(scene, &said, PAIRS_MAX + 1);
    assert_err(ERR_MALFORMED, case_parted_take(&said.released, scene->opening));
}

static void
what_is_no_refused_pair_of_the_case_is_found_out(void **state)
{
    struct scene *scene = *state;
    struct said said;

    say(scene, &said, 1);
    said.pair.rid_a.len--;
    assert_err(ERR_MALFORMED, case_parted_take(&said.released, scene->opening));
    say(scene, &said, 1);
    said.pair.rid_b.len = 0;
    assert_err(ERR_MALFORMED, case_parted_take(&said.released, scene->opening));
    say(scene, &said, 1);
    said.pair.by_human = false;
    assert_err(ERR_MALFORMED, case_parted_take(&said.released, scene->opening));
    say(scene, &said, 1);
    said.pair.verdict = SEINHUIS__V1__VERDICT__VERDICT_CONFIRMED;
    assert_err(ERR_MALFORMED, case_parted_take(&said.released, scene->opening));
    say(scene, &said, 1);
    said.a.bytes[0] ^= 1;
    assert_err(ERR_MALFORMED, case_parted_take(&said.released, scene->opening));
    say(scene, &said, 1);
    said.b = said.a;
    assert_err(ERR_MALFORMED, case_parted_take(&said.released, scene->opening));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_pair_of_the_case_is_parted),
        SCENE(a_vault_that_says_nothing_parts_nothing),
        SCENE(as_many_pairs_as_a_case_can_have_and_no_more),
        SCENE(what_is_no_refused_pair_of_the_case_is_found_out),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
