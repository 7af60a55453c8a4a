/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/gate.h"

#include <string.h>

#include "proto/escrow/open.h"
#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/filing.h"

struct scene {
    struct filing_world world;
    struct filing_organisation police;
    struct filing_organisation care;
    struct filing one;
    struct filing two;
};

static void
scene_make(struct scene *scene)
{
    filing_world_make(&scene->world);
    filing_organisation_make(&scene->police, 1, SECTOR_POLICE);
    filing_organisation_make(&scene->care, 2, SECTOR_CARE);
    filing_make(&scene->one, &scene->world, &scene->police, MODE_ESCROW, "ABC");
    filing_make(&scene->two, &scene->world, &scene->care, MODE_ESCROW, "CDE");
}

static enum err
open_box(const struct filing *filing, const struct filing *header_of, const struct key32 *secret,
         struct gate_secrets *out)
{
    return gate_open(secret, filing->submission.gate, &header_of->header.rid,
                     &header_of->hashes.header, out);
}

static void
the_gate_opens_its_box_of_this_record_alone(void **state)
{
    struct scene scene;
    struct gate_secrets secrets = { .domains = 7 };
    struct key32 other;
    struct box_public unused;

    (void) state;
    scene_make(&scene);
    assert_ok(open_box(&scene.one, &scene.one, &scene.world.gate_secret, &secrets));
    assert_int_equal(secrets.domains, 1 << 1);
    assert_memory_equal(&secrets.rid, &scene.one.header.rid, RID_LEN);
    secrets.domains = 7;
    crypt_box_key_new(&other, &unused);
    assert_err(ERR_AUTH, open_box(&scene.one, &scene.one, &other, &secrets));
    assert_err(ERR_MALFORMED, open_box(&scene.one, &scene.two, &scene.world.gate_secret, &secrets));
    scene.one.header.rid = scene.two.header.rid;
    assert_err(ERR_MALFORMED, open_box(&scene.one, &scene.one, &scene.world.gate_secret, &secrets));
    assert_int_equal(secrets.domains, 7);
    scene.one.submission.gate.len--;
    assert_err(ERR_AUTH, open_box(&scene.one, &scene.one, &scene.world.gate_secret, &secrets));
}

static void
the_gates_key_opens_nothing_but_its_own_box(void **state)
{
    struct scene scene;
    struct open_record record;

    (void) state;
    scene_make(&scene);
    assert_int_equal(open_inner(&scene.world.gate_secret, scene.one.submission.header,
                                SECTOR_POLICE, scene.one.submission.inner, &record),
                     OPEN_INNER);
}

static unsigned int
ones(uint16_t set)
{
    return (unsigned int) __builtin_popcount(set);
}

static void
tags_are_equal_for_equal_domains_and_keep_their_number(void **state)
{
    const uint16_t domains[] = { 0x001, 0x003, 0x803, 0x003, 0xffe };
    uint16_t tags[5];

    (void) state;
    for (int round = 0; round < 50; round++) {
        gate_tag_domains(domains, 5, tags);
        for (size_t i = 0; i < 5; i++) {
            assert_true(term_domains_are_valid(tags[i]));
            assert_int_equal(ones(tags[i]), ones(domains[i]));
        }
        assert_int_equal(tags[1], tags[3]);
        assert_int_equal(tags[0] & tags[1], tags[0]);
        assert_int_equal(tags[1] & tags[2], tags[1]);
        assert_int_equal(tags[0] & tags[4], 0);
    }
}

static void
tags_are_new_each_time_and_reach_every_number(void **state)
{
    const uint16_t domain = 1;
    uint16_t seen = 0;
    uint16_t tag = 0;

    (void) state;
    for (int round = 0; round < 2000; round++) {
        gate_tag_domains(&domain, 1, &tag);
        seen |= tag;
    }
    assert_int_equal(seen, DOMAINS_ALL);
}

static void
released_halves_reach_the_team_for_their_own_record_alone(void **state)
{
    struct scene scene;
    struct gate_secrets secrets;
    struct open_record one;
    struct open_record two;
    uint8_t released[GATE_RELEASED_LEN];
    uint8_t confirmed[GATE_CONFIRMED_LEN];
    struct key32 z = { { 0 } };
    uint16_t domains = 0;
    const struct key32 *team = NULL;

    (void) state;
    scene_make(&scene);
    team = &scene.world.team_secret;
    assert_int_equal(
        open_inner(team, scene.one.submission.header, 1, scene.one.submission.inner, &one),
        OPEN_FINE);
    assert_int_equal(
        open_inner(team, scene.two.submission.header, 3, scene.two.submission.inner, &two),
        OPEN_FINE);
    assert_ok(open_box(&scene.one, &scene.one, &scene.world.gate_secret, &secrets));
    assert_ok(gate_seal_release(&scene.world.team_key, &secrets, released));
    assert_ok(gate_seal_confirm(&scene.world.team_key, &secrets, confirmed));

    assert_int_equal(open_released(team, &two, released, &z), OPEN_RELEASE);
    assert_int_equal(open_confirmed(team, &two, confirmed, &z, &domains), OPEN_RELEASE);
    assert_int_equal(open_released(&scene.world.gate_secret, &one, released, &z), OPEN_RELEASE);
    assert_true(sodium_is_zero(z.bytes, sizeof z.bytes));

    assert_int_equal(open_released(team, &one, released, &z), OPEN_FINE);
    assert_memory_equal(z.bytes, secrets.z1.bytes, 32);
    assert_int_equal(open_confirmed(team, &one, confirmed, &z, &domains), OPEN_FINE);
    assert_memory_equal(z.bytes, secrets.z2.bytes, 32);
    assert_int_equal(domains, 1 << 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gate_opens_its_box_of_this_record_alone),
        cmocka_unit_test(the_gates_key_opens_nothing_but_its_own_box),
        cmocka_unit_test(tags_are_equal_for_equal_domains_and_keep_their_number),
        cmocka_unit_test(tags_are_new_each_time_and_reach_every_number),
        cmocka_unit_test(released_halves_reach_the_team_for_their_own_record_alone),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
