/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/open.h"

#include <string.h>

#include "proto/escrow/derive.h"
#include "proto/escrow/links.h"
#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/filing.h"

/* Police and a GP report one person ("C" in common), each more or less by itself. */
struct scene {
    struct filing_world world;
    struct filing_organisation police;
    struct filing_organisation care;
    struct filing filed[2];
    struct open_record records[2];
    struct gate_secrets halves[2];
    struct link_slots meeting;
};

static void
scene_file(struct scene *scene, size_t at, const struct filing_organisation *organisation,
           const char *match_keys)
{
    struct filing *filing = &scene->filed[at];

    filing_make(filing, &scene->world, organisation, MODE_ESCROW, match_keys);
    assert_int_equal(open_inner(&scene->world.team_secret, filing->submission.header,
                                organisation->sector, filing->submission.inner,
                                &scene->records[at]),
                     OPEN_FINE);
    assert_ok(gate_open(&scene->world.gate_secret, filing->submission.gate, &filing->header.rid,
                        &filing->hashes.header, &scene->halves[at]));
}

static void
scene_make(struct scene *scene)
{
    struct link_slots slots[HEADER_SLOTS_MAX];

    memset(scene, 0, sizeof *scene);
    filing_world_make(&scene->world);
    filing_organisation_make(&scene->police, 1, SECTOR_POLICE);
    filing_organisation_make(&scene->care, 2, SECTOR_CARE);
    scene_file(scene, 0, &scene->police, "ABC");
    scene_file(scene, 1, &scene->care, "CDE");
    assert_int_equal(
        links_common_slots(&scene->records[0].header, &scene->records[1].header, slots), 1);
    scene->meeting = slots[0];
}

static enum err
combine(const struct scene *scene, struct key32 *key, struct open_blame *blame)
{
    return open_combine(&scene->records[0], scene->meeting.a, &scene->records[1], scene->meeting.b,
                        key, blame);
}

static void
two_linked_records_open_capsule_and_content_with_both_halves(void **state)
{
    struct scene scene;
    struct open_blame blame = { OPEN_FINE, false };
    struct key32 slot_key;
    const char *const capsules[] = { "capsule of 1", "capsule of 2" };
    const char *const contents[] = { "content of 1", "content of 2" };

    (void) state;
    scene_make(&scene);
    assert_ok(combine(&scene, &slot_key, &blame));
    for (size_t i = 0; i < 2; i++) {
        const struct open_record *record = &scene.records[i];
        const unsigned int slot = i == 0 ? scene.meeting.a : scene.meeting.b;
        struct open_capsule capsule;
        struct open_content content;
        struct key32 k_id;
        struct key32 k_ct;

        assert_int_equal(open_k_id(record, slot, &slot_key, &scene.halves[i].z1, &k_id), OPEN_FINE);
        assert_int_equal(open_capsule(record, &k_id, &capsule), OPEN_FINE);
        assert_int_equal(capsule.len, strlen(capsules[i]));
        assert_memory_equal(capsule.bytes, capsules[i], capsule.len);
        assert_int_equal(open_k_ct(record, &k_id, &scene.halves[i].z2, &k_ct), OPEN_FINE);
        assert_int_equal(open_content(record, &k_ct, &content), OPEN_FINE);
        assert_int_equal(content.len, strlen(contents[i]));
        assert_memory_equal(content.bytes, contents[i], content.len);
    }
}

static void
every_pair_of_sectors_recovers_the_same_key(void **state)
{
    struct scene scene;
    struct slot_secret secret;
    struct open_blame blame;
    struct key32 key;

    (void) state;
    scene_make(&scene);
    filing_slot('C', &secret);
    for (uint8_t first = 1; first <= 7; first++) {
        for (uint8_t second = 1; second <= 7; second++) {
            struct filing_organisation organisation;

            if (first == second) {
                continue;
            }
            filing_organisation_make(&organisation, first, first);
            scene_file(&scene, 0, &organisation, "C");
            filing_organisation_make(&organisation, second, second);
            scene_file(&scene, 1, &organisation, "C");
            scene.meeting.a = scene.filed[0].layout.slot_of[0][0];
            scene.meeting.b = scene.filed[1].layout.slot_of[0][0];
            assert_ok(combine(&scene, &key, &blame));
            assert_memory_equal(key.bytes, secret.key.bytes, sizeof key.bytes);
        }
    }
}

/* The n-th record is blamed for 'fault', and nothing comes out. */
static void
blamed(const struct scene *scene, size_t record, enum open_fault fault)
{
    const struct key32 nothing = { { 0 } };
    struct key32 key = { { 0 } };
    struct open_blame blame = { OPEN_FINE, record == 0 };

    assert_err(ERR_AUTH, combine(scene, &key, &blame));
    assert_int_equal(blame.fault, fault);
    assert_int_equal(blame.is_second, record == 1);
    assert_memory_equal(&key, &nothing, sizeof key);
}

static void
a_share_of_another_sector_is_blamed_on_its_signer(void **state)
{
    struct scene scene;
    struct filing_organisation liar;

    (void) state;
    scene_make(&scene);
    /* The second made its share for sector 4; the registry says 3. */
    filing_organisation_make(&liar, 2, SECTOR_WELFARE);
    scene_file(&scene, 1, &liar, "CDE");
    scene.records[1].sector = SECTOR_CARE;
    scene.meeting.b = scene.filed[1].layout.slot_of[0][0];
    blamed(&scene, 1, OPEN_SHARE);
}

static void
bogus_shares_and_coefficients_are_blamed_on_their_signer(void **state)
{
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                       0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
    struct scene scene;

    (void) state;
    scene_make(&scene);
    for (size_t i = 0; i < 2; i++) {
        struct open_slot *slot =
            &scene.records[i].slots[i == 0 ? scene.meeting.a : scene.meeting.b];
        const struct open_slot kept = *slot;

        slot->y.bytes[0] ^= 1;
        blamed(&scene, i, OPEN_SHARE);
        *slot = kept;
        memset(slot->y.bytes, 0, sizeof slot->y.bytes);
        blamed(&scene, i, OPEN_SHARE);
        *slot = kept;
        sodium_add(slot->y.bytes, order, sizeof order);
        blamed(&scene, i, OPEN_SCALAR);
        *slot = kept;
        slot->c0 = slot->c1;
        blamed(&scene, i, OPEN_COMMITMENT);
        *slot = kept;
        memset(slot->c1.bytes, 0, sizeof slot->c1.bytes);
        blamed(&scene, i, OPEN_COMMITMENT);
        *slot = kept;
    }
}

/* Coefficients that do give the index value of the header, but are no points. */
static void
commitments_that_are_no_points_are_blamed_even_when_the_index_fits(void **state)
{
    struct scene scene;
    struct open_record *record = &scene.records[0];
    struct open_slot *slot = NULL;

    (void) state;
    scene_make(&scene);
    slot = &record->slots[scene.meeting.a];
    memset(slot->c1.bytes, 0, sizeof slot->c1.bytes);
    derive_index(&record->header.blocks[0].ctx, &slot->c0, &slot->c1,
                 &record->header.blocks[0].index[scene.meeting.a]);
    assert_int_equal(open_check_slot(record, scene.meeting.a), OPEN_COMMITMENT);
    memset(slot->c1.bytes, 0xff, sizeof slot->c1.bytes);
    derive_index(&record->header.blocks[0].ctx, &slot->c0, &slot->c1,
                 &record->header.blocks[0].index[scene.meeting.a]);
    assert_int_equal(open_check_slot(record, scene.meeting.a), OPEN_COMMITMENT);
}

static void
an_unused_slot_is_never_taken_for_a_share(void **state)
{
    struct scene scene;

    (void) state;
    scene_make(&scene);
    for (size_t j = 3; j < HEADER_SLOTS; j++) {
        assert_int_equal(open_check_slot(&scene.records[0], scene.filed[0].layout.slot_of[0][j]),
                         OPEN_COMMITMENT);
    }
    assert_int_equal(open_check_slot(&scene.records[0], HEADER_SLOTS), OPEN_COMMITMENT);
}

static void
inner_opens_for_the_team_and_its_header_alone(void **state)
{
    struct scene scene;
    struct submission submission;
    struct open_record record = { .sector = 99 };

    (void) state;
    scene_make(&scene);
    submission = scene.filed[0].submission;
    assert_int_equal(
        open_inner(&scene.world.gate_secret, submission.header, 1, submission.inner, &record),
        OPEN_INNER);
    submission.inner.len--;
    assert_int_equal(
        open_inner(&scene.world.team_secret, submission.header, 1, submission.inner, &record),
        OPEN_INNER);
    submission.inner.len++;
    submission.header.len--;
    assert_int_equal(
        open_inner(&scene.world.team_secret, submission.header, 1, submission.inner, &record),
        OPEN_INNER);
    assert_int_equal(record.sector, 99);
    /* Under another record's header the box opens, and no slot of it fits: not even the common one, when it
     * happens to stand at one place in both, since the share is of the signer's sector. */
    assert_int_equal(open_inner(&scene.world.team_secret, scene.filed[1].submission.header, 3,
                                scene.filed[0].submission.inner, &record),
                     OPEN_FINE);
    for (unsigned int slot = 0; slot < HEADER_SLOTS; slot++) {
        assert_int_not_equal(open_check_slot(&record, slot), OPEN_FINE);
    }
}

static void
bogus_wrappings_capsules_and_contents_are_blamed(void **state)
{
    static const uint8_t unpadded[ENVELOPE_CONTENT_LEN];
    struct scene scene;
    struct open_record *record = &scene.records[0];
    struct open_blame blame;
    struct open_capsule capsule;
    struct open_content content;
    struct key32 slot_key;
    struct key32 k_id;
    struct key32 k_ct;
    struct bytes ad;

    (void) state;
    scene_make(&scene);
    ad = (struct bytes) { record->header_hash.bytes, HASH32_LEN };
    assert_ok(combine(&scene, &slot_key, &blame));
    assert_int_equal(open_k_id(record, scene.meeting.a, &slot_key, &scene.halves[0].z1, &k_id),
                     OPEN_FINE);
    assert_int_equal(open_k_ct(record, &k_id, &scene.halves[0].z2, &k_ct), OPEN_FINE);

    crypt_ce_seal(&k_id, ad, (struct bytes) { unpadded, ENVELOPE_CAPSULE_LEN }, record->ct_id);
    assert_int_equal(open_capsule(record, &k_id, &capsule), OPEN_CAPSULE);
    crypt_ce_seal(&k_ct, ad, (struct bytes) { unpadded, ENVELOPE_CONTENT_LEN }, record->ct_ct);
    assert_int_equal(open_content(record, &k_ct, &content), OPEN_CONTENT);
    record->ct_id[40] ^= 1;
    assert_int_equal(open_capsule(record, &k_id, &capsule), OPEN_CAPSULE);
    record->w2[40] ^= 1;
    assert_int_equal(open_k_ct(record, &k_id, &scene.halves[0].z2, &k_ct), OPEN_WRAP);
    record->slots[scene.meeting.a].w1[40] ^= 1;
    assert_int_equal(open_k_id(record, scene.meeting.a, &slot_key, &scene.halves[0].z1, &k_id),
                     OPEN_WRAP);
}

/* Below the threshold: what each coalition of docs/PROTOCOL.md section 9 can try here. */

static void
vault_and_team_cannot_open_a_single_record_even_by_inventing_a_second(void **state)
{
    struct scene scene;
    struct open_blame blame;
    struct key32 key;

    (void) state;
    scene_make(&scene);
    scene.records[1] = scene.records[0];
    scene.meeting.b = scene.meeting.a;
    assert_err(ERR_INVALID, combine(&scene, &key, &blame));
    /* The invented record claims another sector, with the one share that they have. */
    scene.records[1].sector = SECTOR_CARE;
    blamed(&scene, 1, OPEN_SHARE);
}

static void
two_organisations_of_one_sector_give_one_share(void **state)
{
    struct scene scene;
    struct filing_organisation second;
    struct open_blame blame;
    struct key32 key;

    (void) state;
    scene_make(&scene);
    filing_organisation_make(&second, 9, SECTOR_POLICE);
    scene_file(&scene, 1, &second, "CDE");
    scene.meeting.b = scene.filed[1].layout.slot_of[0][0];
    assert_memory_equal(&scene.records[0].slots[scene.meeting.a].y,
                        &scene.records[1].slots[scene.meeting.b].y, 32);
    assert_err(ERR_INVALID, combine(&scene, &key, &blame));
}

static void
slots_of_different_persons_do_not_combine(void **state)
{
    struct scene scene;
    struct open_blame blame;
    struct key32 key;

    (void) state;
    scene_make(&scene);
    scene.meeting.b = scene.filed[1].layout.slot_of[0][1];
    assert_err(ERR_INVALID, combine(&scene, &key, &blame));
    scene.meeting.b = HEADER_SLOTS;
    assert_err(ERR_INVALID, combine(&scene, &key, &blame));
}

/* Tries a value as slot key on every slot, and as the polynomial's constant. */
static void
opens_nothing(const struct scene *scene, const uint8_t value[32])
{
    const struct open_record *record = &scene->records[0];
    struct key32 guess;
    struct key32 derived;
    struct key32 k_id;

    memcpy(guess.bytes, value, sizeof guess.bytes);
    derive_key(&record->header.blocks[0].ctx, &guess, &derived);
    for (unsigned int slot = 0; slot < HEADER_SLOTS; slot++) {
        assert_int_equal(open_k_id(record, slot, &guess, &scene->halves[0].z1, &k_id), OPEN_WRAP);
        assert_int_equal(open_k_id(record, slot, &derived, &scene->halves[0].z1, &k_id), OPEN_WRAP);
    }
}

static void
team_and_gate_cannot_open_a_single_record(void **state)
{
    struct scene scene;

    (void) state;
    scene_make(&scene);
    opens_nothing(&scene, scene.halves[0].z1.bytes);
    opens_nothing(&scene, scene.halves[0].z2.bytes);
    opens_nothing(&scene, scene.records[0].header_hash.bytes);
    for (size_t i = 0; i < HEADER_SLOTS; i++) {
        const struct open_slot *slot = &scene.records[0].slots[i];

        opens_nothing(&scene, slot->y.bytes);
        opens_nothing(&scene, slot->c0.bytes);
        opens_nothing(&scene, slot->c1.bytes);
        opens_nothing(&scene, scene.records[0].header.blocks[0].index[i].bytes);
    }
}

static void
vault_team_and_one_partner_cannot_open_without_the_gate(void **state)
{
    struct scene scene;
    struct slot_secret secret;
    struct key32 half = { { 0 } };
    struct key32 k_id;

    (void) state;
    scene_make(&scene);
    /* The partner names the person, so the key itself is theirs. */
    filing_slot('C', &secret);
    assert_int_equal(open_k_id(&scene.records[0], scene.meeting.a, &secret.key, &half, &k_id),
                     OPEN_WRAP);
    /* Its own report's half does not fit another's, nor does the second half the first. */
    assert_int_equal(
        open_k_id(&scene.records[0], scene.meeting.a, &secret.key, &scene.halves[1].z1, &k_id),
        OPEN_WRAP);
    assert_int_equal(
        open_k_id(&scene.records[0], scene.meeting.a, &secret.key, &scene.halves[0].z2, &k_id),
        OPEN_WRAP);
    assert_int_equal(
        open_k_id(&scene.records[0], scene.meeting.a, &secret.key, &scene.halves[0].z1, &k_id),
        OPEN_FINE);
}

static void
a_release_without_confirmation_does_not_open_the_content(void **state)
{
    struct scene scene;
    struct open_blame blame;
    struct open_content content;
    struct key32 slot_key;
    struct key32 k_id;
    struct key32 k_ct;

    (void) state;
    scene_make(&scene);
    assert_ok(combine(&scene, &slot_key, &blame));
    assert_int_equal(
        open_k_id(&scene.records[0], scene.meeting.a, &slot_key, &scene.halves[0].z1, &k_id),
        OPEN_FINE);
    assert_int_equal(open_k_ct(&scene.records[0], &k_id, &scene.halves[0].z1, &k_ct), OPEN_WRAP);
    assert_int_equal(open_k_ct(&scene.records[0], &k_id, &scene.halves[1].z2, &k_ct), OPEN_WRAP);
    assert_int_equal(open_content(&scene.records[0], &k_id, &content), OPEN_CONTENT);
}

static void
direct_boxes_open_their_own_record_alone(void **state)
{
    struct scene scene;
    struct filing acute[2];
    struct open_record records[2];
    struct open_keys keys;
    struct open_capsule capsule;
    struct open_content content;
    const struct key32 *team = &scene.world.team_secret;

    (void) state;
    scene_make(&scene);
    filing_make(&acute[0], &scene.world, &scene.police, MODE_ACUTE, "C");
    filing_make(&acute[1], &scene.world, &scene.care, MODE_CONSENTED, "C");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            open_inner(team, acute[i].submission.header, 1, acute[i].submission.inner, &records[i]),
            OPEN_FINE);
        assert_int_equal(open_direct(team, &records[i], acute[i].submission.direct, &keys),
                         OPEN_FINE);
        assert_int_equal(open_capsule(&records[i], &keys.k_id, &capsule), OPEN_FINE);
        assert_int_equal(open_content(&records[i], &keys.k_ct, &content), OPEN_FINE);
        assert_memory_equal(content.bytes, i == 0 ? "content of 1" : "content of 2", content.len);
        assert_int_equal(open_capsule(&scene.records[i], &keys.k_id, &capsule), OPEN_CAPSULE);
    }
    assert_int_equal(open_direct(team, &records[0], acute[1].submission.direct, &keys),
                     OPEN_DIRECT);
    assert_int_equal(open_direct(team, &scene.records[0], acute[0].submission.direct, &keys),
                     OPEN_DIRECT);
    assert_int_equal(
        open_direct(&scene.world.gate_secret, &records[0], acute[0].submission.direct, &keys),
        OPEN_DIRECT);
}

static void
every_fault_has_a_text(void **state)
{
    (void) state;
    for (int fault = OPEN_FINE; fault <= OPEN_RELEASE; fault++) {
        assert_true(strlen(open_fault_text((enum open_fault) fault)) > 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_linked_records_open_capsule_and_content_with_both_halves),
        cmocka_unit_test(every_pair_of_sectors_recovers_the_same_key),
        cmocka_unit_test(a_share_of_another_sector_is_blamed_on_its_signer),
        cmocka_unit_test(bogus_shares_and_coefficients_are_blamed_on_their_signer),
        cmocka_unit_test(commitments_that_are_no_points_are_blamed_even_when_the_index_fits),
        cmocka_unit_test(an_unused_slot_is_never_taken_for_a_share),
        cmocka_unit_test(inner_opens_for_the_team_and_its_header_alone),
        cmocka_unit_test(bogus_wrappings_capsules_and_contents_are_blamed),
        cmocka_unit_test(vault_and_team_cannot_open_a_single_record_even_by_inventing_a_second),
        cmocka_unit_test(two_organisations_of_one_sector_give_one_share),
        cmocka_unit_test(slots_of_different_persons_do_not_combine),
        cmocka_unit_test(team_and_gate_cannot_open_a_single_record),
        cmocka_unit_test(vault_team_and_one_partner_cannot_open_without_the_gate),
        cmocka_unit_test(a_release_without_confirmation_does_not_open_the_content),
        cmocka_unit_test(direct_boxes_open_their_own_record_alone),
        cmocka_unit_test(every_fault_has_a_text),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
