/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

/* The worked example of C2SP signed-note. */
static const char EXAMPLE_VKEY[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char EXAMPLE_TEXT[] = "This is an example message.\n";
static const char EXAMPLE_NOTE[] =
    "This is an example message.\n"
    "\n"
    "\xe2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3"
    "mFXmRKuwHjG1Yu72IneyaQM=\n";

/* The example in the documentation of Go's sumdb/note: a secret key and what it must yield. */
static const char GO_SKEY[] =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char GO_VKEY[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char GO_TEXT[] = "If you think cryptography is the answer to your problem,\n"
                              "then you don't know what your problem is.\n";
static const char GO_NOTE[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n";

static void
the_worked_example_verifies(void **state)
{
    struct note_vkey vkey;
    struct note_result result;

    (void) state;
    assert_ok(note_vkey_parse(EXAMPLE_VKEY, &vkey));
    assert_string_equal(vkey.name, "example.com/foo");
    assert_int_equal(vkey.hash, 0x530d903a);
    assert_ok(note_verify(EXAMPLE_NOTE, strlen(EXAMPLE_NOTE), &vkey, 1, &result));
    assert_int_equal(result.signed_count, 1);
    assert_true(result.is_signed[0]);
    assert_int_equal(result.text_len, strlen(EXAMPLE_TEXT));
    assert_memory_equal(result.text, EXAMPLE_TEXT, result.text_len);
}

static void
a_known_secret_key_makes_the_known_note(void **state)
{
    WIPED(note_skey) struct note_skey skey = { .name = "" };
    struct note_vkey vkey;
    char skey_text[NOTE_SKEY_ROOM];
    char vkey_text[NOTE_VKEY_ROOM];
    char *note = NULL;
    size_t len = 0;

    (void) state;
    assert_ok(note_skey_parse(GO_SKEY, &skey));
    note_skey_format(&skey, skey_text);
    assert_string_equal(skey_text, GO_SKEY);
    note_vkey_of(&skey, &vkey);
    note_vkey_format(&vkey, vkey_text);
    assert_string_equal(vkey_text, GO_VKEY);
    assert_ok(note_sign(GO_TEXT, strlen(GO_TEXT), &skey, &note, &len));
    assert_string_equal(note, GO_NOTE);
    assert_int_equal(len, strlen(GO_NOTE));
    free(note);
}

static void
every_flipped_bit_is_refused(void **state)
{
    char note[sizeof EXAMPLE_NOTE];
    struct note_vkey vkey;
    struct note_result result;

    (void) state;
    assert_ok(note_vkey_parse(EXAMPLE_VKEY, &vkey));
    for (size_t i = 0; i < 8 * strlen(EXAMPLE_NOTE); i++) {
        memcpy(note, EXAMPLE_NOTE, sizeof note);
        note[i / 8] = (char) (note[i / 8] ^ 1 << i % 8);
        assert_true(note_verify(note, strlen(EXAMPLE_NOTE), &vkey, 1, &result) != ERR_OK);
    }
}

static void
keys_of_another_form_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903a+",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    };
    WIPED(note_skey) struct note_skey skey = { .name = "kept" };
    struct note_vkey vkey = { .name = "kept" };

    (void) state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_err(ERR_MALFORMED, note_vkey_parse(wrong[i], &vkey));
    }
    assert_string_equal(vkey.name, "kept");
    assert_err(ERR_MALFORMED, note_skey_parse(EXAMPLE_VKEY, &skey));
    assert_err(ERR_MALFORMED,
               note_skey_parse("PRIVATE+KEY+PeterNeumann+c74f20a4+"
                               "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
                               &skey));
    assert_string_equal(skey.name, "kept");
}

static void
names_are_bounded_and_without_spaces(void **state)
{
    char longest[NOTE_NAME_ROOM + 1] = "";

    (void) state;
    memset(longest, 'a', NOTE_NAME_MAX);
    assert_true(note_name_is_valid(longest));
    longest[NOTE_NAME_MAX] = 'a';
    assert_false(note_name_is_valid(longest));
    assert_false(note_name_is_valid(""));
    assert_false(note_name_is_valid("a b"));
    assert_false(note_name_is_valid("a+b"));
    assert_false(note_name_is_valid("a\nb"));
    assert_false(note_name_is_valid("a\xc2\xa0z")); /* no-break space */
    assert_false(note_name_is_valid("a\xff"));
    assert_true(note_name_is_valid("gemeente.example/sein\xc3\xa9"));
}

static void
new_keys_differ_and_sign(void **state)
{
    WIPED(note_skey) struct note_skey one = { .name = "" };
    WIPED(note_skey) struct note_skey other = { .name = "" };
    char *note = NULL;
    size_t len = 0;

    (void) state;
    assert_ok(note_skey_new("log.example", NOTE_ED25519, &one));
    assert_ok(note_skey_new("log.example", NOTE_ED25519, &other));
    assert_memory_not_equal(one.seed, other.seed, sizeof one.seed);
    assert_err(ERR_INVALID, note_skey_new("log example", NOTE_ED25519, &one));
    assert_err(ERR_INVALID, note_sign("no line end", 11, &one, &note, &len));
    assert_err(ERR_INVALID, note_sign("", 0, &one, &note, &len));
    assert_err(ERR_INVALID, note_sign("a\tb\n", 4, &one, &note, &len));
    assert_err(ERR_INVALID, note_sign("\xff\n", 2, &one, &note, &len));
    assert_err(ERR_TOO_BIG, note_sign(EXAMPLE_TEXT, NOTE_MAX_LEN + 1, &one, &note, &len));
    other.type = NOTE_COSIGNATURE;
    assert_err(ERR_INVALID, note_sign("a\n", 2, &other, &note, &len));
    assert_null(note);
}

static void
signatures_of_several_keys_are_told_apart(void **state)
{
    WIPED(note_skey) struct note_skey log = { .name = "" };
    WIPED(note_skey) struct note_skey witness = { .name = "" };
    WIPED(note_skey) struct note_skey stranger = { .name = "" };
    struct note_vkey keys[3];
    struct note_result result;
    char *one = NULL;
    char *two = NULL;
    size_t one_len = 0;
    size_t two_len = 0;

    (void) state;
    assert_ok(note_skey_new("log.example", NOTE_ED25519, &log));
    assert_ok(note_skey_new("witness.example", NOTE_COSIGNATURE, &witness));
    assert_ok(note_skey_new("log.example", NOTE_ED25519, &stranger));
    note_vkey_of(&stranger, &keys[0]);
    note_vkey_of(&witness, &keys[1]);
    note_vkey_of(&log, &keys[2]);
    assert_ok(note_sign("a text\n\nof two paragraphs\n", 26, &log, &one, &one_len));
    assert_ok(note_add_signature(one, one_len, &witness, 1700000000, &two, &two_len));

    assert_ok(note_verify(two, two_len, keys, 3, &result));
    assert_int_equal(result.signed_count, 2);
    assert_false(result.is_signed[0]);
    assert_true(result.is_signed[1]);
    assert_true(result.is_signed[2]);
    assert_true(result.time_s[1] == 1700000000);
    assert_int_equal(result.text_len, 26);
    assert_err(ERR_NOT_FOUND, note_verify(two, two_len, keys, 1, &result));
    assert_err(ERR_NOT_FOUND, note_verify(one, one_len, keys, 2, &result));
    free(one);
    free(two);
}

/* A signature of the type of ML-DSA is longer and of a name that nobody knows. */
static void
unknown_signatures_are_skipped_but_must_have_the_form(void **state)
{
    struct note_vkey vkey;
    struct note_result result;
    char note[2 * sizeof EXAMPLE_NOTE];
    int len;

    (void) state;
    assert_ok(note_vkey_parse(EXAMPLE_VKEY, &vkey));
    len = snprintf(note, sizeof note, "%s\xe2\x80\x94 other.example AAAAAAAAAAAAAAAA\n",
                   EXAMPLE_NOTE);
    assert_ok(note_verify(note, (size_t) len, &vkey, 1, &result));
    assert_int_equal(result.signed_count, 1);
    len = snprintf(note, sizeof note, "%s\xe2\x80\x94 other.example AAAA*AAA\n", EXAMPLE_NOTE);
    assert_err(ERR_MALFORMED, note_verify(note, (size_t) len, &vkey, 1, &result));
    len = snprintf(note, sizeof note, "%s\xe2\x80\x94 other.example AAAAAA==\n", EXAMPLE_NOTE);
    assert_err(ERR_MALFORMED, note_verify(note, (size_t) len, &vkey, 1, &result));
    len = snprintf(note, sizeof note, "%s- other.example AAAAAAAAAAAA\n", EXAMPLE_NOTE);
    assert_err(ERR_MALFORMED, note_verify(note, (size_t) len, &vkey, 1, &result));
    len = snprintf(note, sizeof note, "%s\xe2\x80\x94 other.example AAAAAAAAAAAA", EXAMPLE_NOTE);
    assert_err(ERR_MALFORMED, note_verify(note, (size_t) len, &vkey, 1, &result));
}

static void
what_is_no_note_is_malformed(void **state)
{
    static const char *const wrong[] = {
        "", "\n", "\n\n", "text\n", "text\n\n", "text", "\n\n\xe2\x80\x94 a AAAAAAAA"
    };
    struct note_vkey vkey;
    struct note_result result;

    (void) state;
    assert_ok(note_vkey_parse(EXAMPLE_VKEY, &vkey));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_err(ERR_MALFORMED, note_verify(wrong[i], strlen(wrong[i]), &vkey, 1, &result));
    }
    assert_err(ERR_TOO_BIG, note_verify(EXAMPLE_NOTE, NOTE_MAX_LEN + 1, &vkey, 1, &result));
    assert_err(ERR_INVALID,
               note_verify(EXAMPLE_NOTE, strlen(EXAMPLE_NOTE), &vkey, NOTE_MAX_KEYS + 1, &result));
}

static void
the_hundred_first_signature_does_not_fit(void **state)
{
    WIPED(note_skey) struct note_skey skey = { .name = "" };
    char *note = NULL;
    char *next = NULL;
    size_t len = 0;

    (void) state;
    assert_ok(note_skey_new("log.example", NOTE_ED25519, &skey));
    assert_ok(note_sign("a\n", 2, &skey, &note, &len));
    for (int i = 1; i < NOTE_MAX_SIGNATURES; i++) {
        assert_ok(note_add_signature(note, len, &skey, 0, &next, &len));
        free(note);
        note = next;
    }
    assert_err(ERR_TOO_BIG, note_add_signature(note, len, &skey, 0, &next, &len));
    free(note);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_verifies),
        cmocka_unit_test(a_known_secret_key_makes_the_known_note),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(keys_of_another_form_are_refused),
        cmocka_unit_test(names_are_bounded_and_without_spaces),
        cmocka_unit_test(new_keys_differ_and_sign),
        cmocka_unit_test(signatures_of_several_keys_are_told_apart),
        cmocka_unit_test(unknown_signatures_are_skipped_but_must_have_the_form),
        cmocka_unit_test(what_is_no_note_is_malformed),
        cmocka_unit_test(the_hundred_first_signature_does_not_fit),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
