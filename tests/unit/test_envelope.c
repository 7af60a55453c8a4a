/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/envelope.h"

#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/submit.h"
#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/filing.h"
#include "tests/lib/pattern.h"
#include "tests/vectors/escrow.h"

/* The report of tests/vectors/escrow.py: two blocks with three and twelve keys. */
struct golden {
    struct report_header fields;
    struct slot_secret slots[HEADER_BLOCKS_MAX][HEADER_SLOTS];
    struct envelope_block blocks[HEADER_BLOCKS_MAX];
    struct hash32 unused[HEADER_SLOTS_MAX];
    uint8_t capsule[400];
    uint8_t content[2047];
    struct envelope_input input;
    struct envelope_random random;
    struct envelope_layout layout;
};

static void
golden_make(struct golden *golden)
{
    const size_t counts[] = { 3, 12 };

    memset(golden, 0, sizeof *golden);
    golden->fields = (struct report_header) {
        .registry_version = 7,
        .serial = 41,
        .bucket = 321,
        .mode = MODE_ACUTE,
        .band = BAND_ACUTE,
        .legal_basis = 33,
        .week = 1360,
    };
    pattern_fill(golden->fields.rid.bytes, RID_LEN, 1);
    pattern_fill(golden->unused, sizeof golden->unused, 2);
    for (size_t b = 0; b < HEADER_BLOCKS_MAX; b++) {
        golden->blocks[b] = (struct envelope_block) {
            .ctx = { 1963, (uint16_t) (b + 1), 1, CTX_THRESHOLD },
            .slots = golden->slots[b],
            .count = counts[b],
        };
        for (size_t j = 0; j < counts[b]; j++) {
            struct key64 output;

            pattern_fill(output.bytes, sizeof output.bytes, (unsigned int) (16 * b + j));
            assert_ok(derive_slot(&golden->blocks[b].ctx, &output, &golden->slots[b][j]));
        }
    }
    pattern_fill(golden->capsule, sizeof golden->capsule, 8);
    pattern_fill(golden->content, sizeof golden->content, 9);
    golden->input = (struct envelope_input) {
        .sector = 3,
        .domains = 0x0805,
        .capsule = { golden->capsule, sizeof golden->capsule },
        .content = { golden->content, sizeof golden->content },
    };
    pattern_fill(&golden->random, sizeof golden->random, 5);
    assert_ok(
        envelope_lay_out_with(&golden->fields, golden->blocks, 2, golden->unused, &golden->layout));
}

static enum err
golden_compose(const struct golden *golden, struct envelope_plain *plain)
{
    return envelope_compose(&golden->layout, golden->blocks, &golden->input, &golden->random,
                            plain);
}

static void
header_and_boxes_have_their_golden_bytes(void **state)
{
    struct golden golden;
    struct envelope_plain plain;
    struct hash32 hash;
    uint8_t header[HEADER_MAX_LEN];
    size_t len = 0;

    (void) state;
    golden_make(&golden);
    assert_ok(header_write(&golden.layout.header, header, &len));
    assert_golden(GOLDEN_HEADER_START, header, HEADER_FIXED_LEN + CTX_LEN + HASH32_LEN);
    header_hash(header, len, &hash);
    assert_golden(GOLDEN_HEADER_HASH, hash.bytes, sizeof hash.bytes);
    assert_ok(golden_compose(&golden, &plain));
    assert_golden(GOLDEN_GATE_PLAIN, plain.gate, sizeof plain.gate);
    assert_golden(GOLDEN_DIRECT_PLAIN, plain.direct, plain.direct_len);
    assert_golden(GOLDEN_INNER_START, plain.inner, ENVELOPE_SLOT_LEN);
    assert_int_equal(plain.inner_len, ENVELOPE_INNER_PLAIN_MAX);
    hash_part(plain.inner, plain.inner_len, &hash);
    assert_golden(GOLDEN_INNER_PART_HASH, hash.bytes, sizeof hash.bytes);
}

static void
the_submission_has_its_golden_name_and_signature(void **state)
{
    uint8_t gate[162];
    uint8_t inner[7656];
    uint8_t tickets[198];
    struct submission_hashes hashes;
    struct hash64 name;
    struct key32 seed;
    struct key64 secret;
    struct sign_public public;
    struct signature signature;

    (void) state;
    pattern_fill(gate, sizeof gate, 10);
    pattern_fill(inner, sizeof inner, 11);
    pattern_fill(tickets, sizeof tickets, 12);
    pattern_fill(seed.bytes, sizeof seed.bytes, 6);
    sign_key_from_seed(&seed, &secret, &public);
    assert_ok(bytes_from_hex(GOLDEN_HEADER_HASH, hashes.header.bytes, HASH32_LEN));
    hash_part(gate, sizeof gate, &hashes.gate);
    hash_part(inner, sizeof inner, &hashes.inner);
    hash_part(NULL, 0, &hashes.direct);
    submit_name(&hashes, &name);
    assert_golden(GOLDEN_NAME, name.bytes, sizeof name.bytes);
    assert_ok(
        submit_sign(&secret, 1963, &name, 1760000000, (struct bytes) { tickets, 198 }, &signature));
    assert_golden(GOLDEN_SUBMIT_SIGNATURE, signature.bytes, sizeof signature.bytes);
}

static void
the_layout_says_where_each_key_went(void **state)
{
    struct golden golden;

    (void) state;
    golden_make(&golden);
    for (size_t b = 0; b < 2; b++) {
        for (size_t j = 0; j < golden.blocks[b].count; j++) {
            const size_t at = golden.layout.slot_of[b][j];

            assert_memory_equal(&golden.layout.header.blocks[b].index[at],
                                &golden.slots[b][j].index, sizeof(struct hash32));
        }
    }
}

static void
thirteen_slots_none_and_a_key_twice_are_refused(void **state)
{
    struct slot_secret slots[HEADER_SLOTS + 1];
    struct report_header fields;
    struct envelope_block block = { .ctx = { FILING_TENANT, 1, 1, CTX_THRESHOLD }, .slots = slots };
    struct envelope_layout layout;
    struct golden golden;

    (void) state;
    golden_make(&golden);
    fields = golden.fields;
    for (size_t j = 0; j <= HEADER_SLOTS; j++) {
        filing_slot((uint8_t) j, &slots[j]);
    }
    block.count = HEADER_SLOTS + 1;
    assert_err(ERR_INVALID, envelope_lay_out(&fields, &block, 1, &layout));
    block.count = 0;
    assert_err(ERR_INVALID, envelope_lay_out(&fields, &block, 1, &layout));
    block.count = HEADER_SLOTS;
    assert_ok(envelope_lay_out(&fields, &block, 1, &layout));
    slots[1] = slots[0];
    assert_err(ERR_INVALID, envelope_lay_out(&fields, &block, 1, &layout));
    assert_err(ERR_INVALID, envelope_lay_out(&fields, &block, 0, &layout));
    assert_err(ERR_INVALID, envelope_lay_out(&fields, golden.blocks, 3, &layout));
}

static void
bad_input_is_refused_before_anything_is_sealed(void **state)
{
    struct golden golden;
    struct envelope_plain plain;
    struct envelope_input kept;

    (void) state;
    golden_make(&golden);
    kept = golden.input;
    golden.input.sector = 0;
    assert_err(ERR_INVALID, golden_compose(&golden, &plain));
    golden.input = kept;
    golden.input.domains = 0;
    assert_err(ERR_INVALID, golden_compose(&golden, &plain));
    golden.input.domains = DOMAINS_ALL;
    assert_err(ERR_INVALID, golden_compose(&golden, &plain));
    golden.input = kept;
    golden.input.capsule = (struct bytes) { golden.content, ENVELOPE_CAPSULE_MAX + 1 };
    assert_err(ERR_TOO_BIG, golden_compose(&golden, &plain));
    golden.input.capsule.len = ENVELOPE_CAPSULE_MAX;
    assert_ok(golden_compose(&golden, &plain));
    golden.input.content.len = ENVELOPE_CONTENT_MAX + 1;
    assert_err(ERR_TOO_BIG, golden_compose(&golden, &plain));
    golden.input = kept;
    golden.slots[0][1].index.bytes[0] ^= 1;
    assert_err(ERR_INVALID, golden_compose(&golden, &plain));
}

static void
every_length_follows_from_blocks_and_mode_alone(void **state)
{
    struct filing_world world;
    struct filing_organisation police;
    struct filing filing;

    (void) state;
    filing_world_make(&world);
    filing_organisation_make(&police, 1, SECTOR_POLICE);
    filing_make(&filing, &world, &police, MODE_ESCROW, "A");
    assert_int_equal(filing.envelope.header_len, 429);
    assert_int_equal(filing.envelope.inner_len, 5256);
    assert_int_equal(filing.envelope.direct_len, 0);
    filing_make(&filing, &world, &police, MODE_CONSENTED, "ABCDEFGHIJKL");
    assert_int_equal(filing.envelope.inner_len, 5256);
    assert_int_equal(filing.envelope.direct_len, 161);
    assert_int_equal(envelope_inner_len(2), 7656);
    assert_int_equal(ENVELOPE_GATE_LEN, 162);
}

static void
a_submission_with_another_length_anywhere_is_refused(void **state)
{
    struct filing_world world;
    struct filing_organisation police;
    struct filing filing;
    struct report_header header;
    struct submission bad;

    (void) state;
    filing_world_make(&world);
    filing_organisation_make(&police, 1, SECTOR_POLICE);
    filing_make(&filing, &world, &police, MODE_ESCROW, "AB");
    assert_ok(submit_check(&filing.submission, &header));
    bad = filing.submission;
    bad.gate.len--;
    assert_err(ERR_MALFORMED, submit_check(&bad, &header));
    bad = filing.submission;
    bad.inner.len--;
    assert_err(ERR_MALFORMED, submit_check(&bad, &header));
    bad = filing.submission;
    bad.direct = (struct bytes) { filing.envelope.direct, ENVELOPE_DIRECT_LEN };
    assert_err(ERR_MALFORMED, submit_check(&bad, &header));
    bad = filing.submission;
    bad.tickets.len = 0;
    assert_err(ERR_MALFORMED, submit_check(&bad, &header));
    filing_make(&filing, &world, &police, MODE_ACUTE, "AB");
    bad = filing.submission;
    bad.direct.len = 0;
    assert_err(ERR_MALFORMED, submit_check(&bad, &header));
}

/* Whether the vault would still take the submission. */
static enum err
verify(const struct filing *filing, const struct filing_organisation *organisation)
{
    struct report_header header;
    struct submission_hashes hashes;
    struct hash64 name;
    enum err err = submit_check(&filing->submission, &header);

    if (err != ERR_OK) {
        return err;
    }
    submit_hashes(&filing->submission, &hashes);
    submit_name(&hashes, &name);
    return submit_verify(&organisation->key, FILING_TENANT, &name, filing->submission.sent,
                         filing->submission.tickets, &filing->submission.signature);
}

static void
every_flipped_header_bit_is_refused(void **state)
{
    struct filing_world world;
    struct filing_organisation police;
    struct filing filing;

    (void) state;
    filing_world_make(&world);
    filing_organisation_make(&police, 1, SECTOR_POLICE);
    filing_make(&filing, &world, &police, MODE_ESCROW, "ABC");
    assert_ok(verify(&filing, &police));
    for (size_t i = 0; i < 8 * filing.envelope.header_len; i++) {
        filing.envelope.header[i / 8] ^= (uint8_t) (1 << i % 8);
        assert_true(verify(&filing, &police) != ERR_OK);
        filing.envelope.header[i / 8] ^= (uint8_t) (1 << i % 8);
    }
}

static void
a_change_of_any_part_or_of_the_signer_is_refused(void **state)
{
    struct filing_world world;
    struct filing_organisation police;
    struct filing_organisation other;
    struct filing filing;

    (void) state;
    filing_world_make(&world);
    filing_organisation_make(&police, 1, SECTOR_POLICE);
    filing_organisation_make(&other, 2, SECTOR_CARE);
    filing_make(&filing, &world, &police, MODE_ACUTE, "ABC");
    filing.envelope.gate[100] ^= 1;
    assert_err(ERR_AUTH, verify(&filing, &police));
    filing.envelope.gate[100] ^= 1;
    filing.envelope.inner[5000] ^= 1;
    assert_err(ERR_AUTH, verify(&filing, &police));
    filing.envelope.inner[5000] ^= 1;
    filing.envelope.direct[0] ^= 1;
    assert_err(ERR_AUTH, verify(&filing, &police));
    filing.envelope.direct[0] ^= 1;
    filing.tickets[98] ^= 1;
    assert_err(ERR_AUTH, verify(&filing, &police));
    filing.tickets[98] ^= 1;
    filing.submission.sent++;
    assert_err(ERR_AUTH, verify(&filing, &police));
    filing.submission.sent--;
    assert_err(ERR_AUTH, verify(&filing, &other));
    assert_ok(verify(&filing, &police));
}

static void
one_person_filed_twice_shares_only_index_values(void **state)
{
    struct filing_world world;
    struct filing_organisation police;
    struct filing first;
    struct filing second;

    (void) state;
    filing_world_make(&world);
    filing_organisation_make(&police, 1, SECTOR_POLICE);
    filing_make(&first, &world, &police, MODE_ESCROW, "ABC");
    filing_make(&second, &world, &police, MODE_ESCROW, "ABC");
    assert_memory_not_equal(&first.header.rid, &second.header.rid, RID_LEN);
    for (size_t j = 0; j < HEADER_SLOTS; j++) {
        const uint8_t at = first.layout.slot_of[0][j];
        size_t same = 0;

        for (unsigned int i = 0; i < HEADER_SLOTS; i++) {
            same += memcmp(header_slot(&first.header, at), header_slot(&second.header, i),
                           HASH32_LEN) == 0;
        }
        assert_int_equal(same, j < 3 ? 1 : 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_and_boxes_have_their_golden_bytes),
        cmocka_unit_test(the_submission_has_its_golden_name_and_signature),
        cmocka_unit_test(the_layout_says_where_each_key_went),
        cmocka_unit_test(thirteen_slots_none_and_a_key_twice_are_refused),
        cmocka_unit_test(bad_input_is_refused_before_anything_is_sealed),
        cmocka_unit_test(every_length_follows_from_blocks_and_mode_alone),
        cmocka_unit_test(a_submission_with_another_length_anywhere_is_refused),
        cmocka_unit_test(every_flipped_header_bit_is_refused),
        cmocka_unit_test(a_change_of_any_part_or_of_the_signer_is_refused),
        cmocka_unit_test(one_person_filed_twice_shares_only_index_values),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
