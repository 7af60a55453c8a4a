/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

/* Ed25519 is deterministic: this key, origin and tree always give this note. */
static const char SKEY[] =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char GOLDEN_TEXT[] = "PeterNeumann\n"
                                  "0\n"
                                  "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

struct made {
    struct note_skey log;
    struct note_vkey vkey;
    struct checkpoint checkpoint;
    struct checkpoint_policy policy;
};

static void
made_init(struct made *made)
{
    struct tree_frontier frontier;

    memset(made, 0, sizeof *made);
    assert_ok(note_skey_parse(SKEY, &made->log));
    note_vkey_of(&made->log, &made->vkey);
    tree_frontier_init(&frontier);
    tree_frontier_root(&frontier, &made->checkpoint.root);
    memcpy(made->checkpoint.origin, "PeterNeumann", 13);
    made->policy = (struct checkpoint_policy) { .origin = "PeterNeumann", .log = &made->vkey };
}

/* Signs any text with the log's key and verifies it as a checkpoint. */
static enum err
verify_text(const struct made *made, const char *text)
{
    struct checkpoint_seen seen;
    char *note = NULL;
    size_t len = 0;
    enum err err;

    assert_ok(note_sign(text, strlen(text), &made->log, &note, &len));
    err = checkpoint_verify(note, len, &made->policy, &seen);
    free(note);
    return err;
}

static void
the_text_is_three_lines_and_comes_back(void **state)
{
    struct checkpoint_seen seen;
    struct made made;
    char *note = NULL;
    size_t len = 0;

    (void) state;
    made_init(&made);
    assert_ok(checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    assert_memory_equal(note, GOLDEN_TEXT, strlen(GOLDEN_TEXT));
    free(note);

    made.checkpoint.size = TREE_SIZE_MAX;
    made.checkpoint.root.bytes[31] ^= 0xff;
    assert_ok(checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    assert_ok(checkpoint_verify(note, len, &made.policy, &seen));
    assert_true(seen.checkpoint.size == TREE_SIZE_MAX);
    assert_memory_equal(seen.checkpoint.root.bytes, made.checkpoint.root.bytes, TREE_HASH_LEN);
    assert_int_equal(seen.cosigned_count, 0);
    free(note);
}

static void
another_origin_or_key_is_refused(void **state)
{
    WIPED(note_skey) struct note_skey other = { .name = "" };
    struct note_vkey other_vkey;
    struct checkpoint_seen seen;
    struct made made;
    char *note = NULL;
    size_t len = 0;

    (void) state;
    made_init(&made);
    assert_ok(checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    made.policy.origin = "another.example/log";
    assert_err(ERR_AUTH, checkpoint_verify(note, len, &made.policy, &seen));
    made.policy.origin = "PeterNeumann";
    assert_ok(note_skey_new("PeterNeumann", NOTE_ED25519, &other));
    note_vkey_of(&other, &other_vkey);
    made.policy.log = &other_vkey;
    assert_err(ERR_AUTH, checkpoint_verify(note, len, &made.policy, &seen));
    free(note);
}

static void
only_the_strict_form_is_a_checkpoint(void **state)
{
    static const char *const wrong[] = {
        "PeterNeumann\n",
        "PeterNeumann\n0\n",
        "PeterNeumann\n00\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "PeterNeumann\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "PeterNeumann\n4611686018427387905\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "PeterNeumann\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "PeterNeumann\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n",
        "PeterNeumann\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
        "PeterNeumann\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nmore\n",
    };
    struct made made;

    (void) state;
    made_init(&made);
    assert_ok(verify_text(&made, GOLDEN_TEXT));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_err(ERR_MALFORMED, verify_text(&made, wrong[i]));
    }
    assert_ok(verify_text(
        &made, "PeterNeumann\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nan extension\n"));
}

static void
the_quorum_counts_named_witnesses_alone(void **state)
{
    WIPED(note_skey) struct note_skey witness = { .name = "" };
    struct note_vkey witnesses[2];
    struct checkpoint_seen seen;
    struct made made;
    char *note = NULL;
    char *cosigned = NULL;
    size_t len = 0;
    size_t cosigned_len = 0;

    (void) state;
    made_init(&made);
    assert_ok(note_skey_new("officer.example", NOTE_COSIGNATURE, &witness));
    note_vkey_of(&witness, &witnesses[0]);
    assert_ok(checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    assert_ok(note_add_signature(note, len, &witness, 1800000000, &cosigned, &cosigned_len));

    made.policy.witnesses = witnesses;
    made.policy.witness_count = 1;
    made.policy.quorum = 1;
    assert_err(ERR_NOT_FOUND, checkpoint_verify(note, len, &made.policy, &seen));
    assert_ok(checkpoint_verify(cosigned, cosigned_len, &made.policy, &seen));
    assert_int_equal(seen.cosigned_count, 1);
    assert_true(seen.cosigned_s == 1800000000);

    made.policy.quorum = 2;
    assert_err(ERR_INVALID, checkpoint_verify(cosigned, cosigned_len, &made.policy, &seen));
    witnesses[1] = witnesses[0];
    made.policy.witness_count = 2;
    assert_err(ERR_INVALID, checkpoint_verify(cosigned, cosigned_len, &made.policy, &seen));
    free(note);
    free(cosigned);
}

/* The time is signed: a witness's word cannot be made younger. */
static void
a_changed_time_of_a_cosignature_is_refused(void **state)
{
    WIPED(note_skey) struct note_skey witness = { .name = "" };
    struct note_vkey vkey;
    struct checkpoint_seen seen;
    struct made made;
    char *note = NULL;
    char *cosigned = NULL;
    size_t len = 0;
    size_t cosigned_len = 0;
    char *signature;

    (void) state;
    made_init(&made);
    assert_ok(note_skey_new("officer.example", NOTE_COSIGNATURE, &witness));
    note_vkey_of(&witness, &vkey);
    assert_ok(checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    assert_ok(note_add_signature(note, len, &witness, 1800000000, &cosigned, &cosigned_len));
    made.policy.witnesses = &vkey;
    made.policy.witness_count = 1;
    signature = strstr(cosigned, "officer.example ") + strlen("officer.example ");
    /* Bytes 6 to 8 of the data are zeros of the time. */
    signature[9] = signature[9] == 'A' ? 'B' : 'A';
    assert_err(ERR_AUTH, checkpoint_verify(cosigned, cosigned_len, &made.policy, &seen));
    free(note);
    free(cosigned);
}

static void
what_cannot_be_a_checkpoint_is_not_signed(void **state)
{
    struct made made;
    struct checkpoint_seen seen;
    char *note = NULL;
    size_t len = 0;

    (void) state;
    made_init(&made);
    made.checkpoint.size = TREE_SIZE_MAX + 1;
    assert_err(ERR_INVALID, checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    made.checkpoint.size = 0;
    made.checkpoint.origin[0] = ' ';
    assert_err(ERR_INVALID, checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    made_init(&made);
    made.log.type = NOTE_COSIGNATURE;
    assert_err(ERR_INVALID, checkpoint_sign(&made.checkpoint, &made.log, &note, &len));
    assert_err(ERR_TOO_BIG, checkpoint_verify("", CHECKPOINT_MAX_LEN + 1, &made.policy, &seen));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_three_lines_and_comes_back),
        cmocka_unit_test(another_origin_or_key_is_refused),
        cmocka_unit_test(only_the_strict_form_is_a_checkpoint),
        cmocka_unit_test(the_quorum_counts_named_witnesses_alone),
        cmocka_unit_test(a_changed_time_of_a_cosignature_is_refused),
        cmocka_unit_test(what_cannot_be_a_checkpoint_is_not_signed),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
