/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/wire/decode.h"

#include <stdlib.h>
#include <string.h>

#include "echo.pb-c.h"
#include "tests/lib/cmocka_all.h"

enum { ARENA_LEN = 64 * 1024, MAX_LEN = 256 * 1024 };

#define TYPE (&seinhuis__test__v1__echo_request__descriptor)

static struct arena arena;

static enum refusal
decode(const void *data, size_t len, const Seinhuis__Test__V1__EchoRequest **out)
{
    const ProtobufCMessage *message = NULL;
    enum refusal refusal = REFUSAL_NONE;

    arena_reset(&arena, ARENA_LEN);
    refusal = wire_decode(TYPE, (struct bytes) { data, len }, MAX_LEN, &arena, &message);
    if (refusal != REFUSAL_NONE) {
        assert_null(message);
        assert_int_equal(arena_mark(&arena), 0);
    } else if (out != NULL) {
        *out = (const Seinhuis__Test__V1__EchoRequest *) message;
    }
    return refusal;
}

#define ASSERT_DECODES(literal) assert_int_equal(decode(literal, sizeof(literal) - 1, NULL), 0)
#define ASSERT_REFUSED(refusal, literal)                                                           \
    assert_int_equal(decode(literal, sizeof(literal) - 1, NULL), refusal)

static void
a_whole_message_decodes_into_the_arena(void **state)
{
    static const char wire[] = "\x0a\x02jd"
                               "\x12\x03\x00\x01\x02"
                               "\x1a\x05\x0a\x01x\x10\x07"
                               "\x20\x05"
                               "\x2a\x03\x00\x01\x05"
                               "\x32\x03\x01\xac\x02"
                               "\x42\x02\x10\x01"
                               "\x4a\x00"
                               "\x52\x03h\xc3\xa9";
    const Seinhuis__Test__V1__EchoRequest *message = NULL;

    (void) state;
    if (decode(wire, sizeof wire - 1, &message) != REFUSAL_NONE) {
        fail_msg("it was refused");
        return;
    }
    assert_string_equal(message->user, "jd");
    assert_int_equal(message->payload.len, 3);
    assert_int_equal(message->n_parts, 1);
    assert_string_equal(message->parts[0]->text, "x");
    assert_int_equal(message->parts[0]->number, 7);
    assert_int_equal(message->colour, SEINHUIS__TEST__V1__COLOUR__COLOUR_BLUE);
    assert_int_equal(message->n_colours, 3);
    assert_int_equal(message->numbers[1], 300);
    assert_int_equal(message->choice_case, SEINHUIS__TEST__V1__ECHO_REQUEST__CHOICE_PART);
    assert_int_equal(message->part->number, 1);
    assert_non_null(message->single);
    assert_string_equal(message->words[0], "h\xc3\xa9");
    assert_true((const uint8_t *) message >= arena.base &&
                (const uint8_t *) message < arena.base + arena.used);
}

static void
an_empty_message_has_empty_fields(void **state)
{
    const Seinhuis__Test__V1__EchoRequest *message = NULL;

    (void) state;
    if (decode("", 0, &message) != REFUSAL_NONE) {
        fail_msg("it was refused");
        return;
    }
    assert_string_equal(message->user, "");
    assert_null(message->payload.data);
    assert_int_equal(message->choice_case, 0);
    assert_null(message->single);
}

static void
a_length_over_the_bound_is_refused_before_decoding(void **state)
{
    const ProtobufCMessage *message = NULL;
    struct bytes four = { (const uint8_t *) "\x0a\x02jd", 4 };

    (void) state;
    arena_reset(&arena, ARENA_LEN);
    assert_int_equal(wire_decode(TYPE, four, 4, &arena, &message), REFUSAL_NONE);
    assert_int_equal(wire_decode(TYPE, four, 3, &arena, &message), REFUSAL_MESSAGE_TOO_LONG);
}

static void
every_truncation_is_refused(void **state)
{
    static const char wire[] = "\x1a\x05\x0a\x01x\x10\x07";

    (void) state;
    assert_int_equal(decode(wire, 7, NULL), REFUSAL_NONE);
    for (size_t len = 1; len < 7; len++) {
        assert_int_equal(decode(wire, len, NULL), REFUSAL_MESSAGE_MALFORMED);
    }
}

static void
an_unknown_field_is_refused_at_any_depth(void **state)
{
    (void) state;
    ASSERT_REFUSED(REFUSAL_UNKNOWN_FIELD, "\x78\x01");
    ASSERT_REFUSED(REFUSAL_UNKNOWN_FIELD, "\x1a\x02\x18\x01");
    ASSERT_REFUSED(REFUSAL_UNKNOWN_FIELD, "\x42\x02\x18\x01");
    ASSERT_REFUSED(REFUSAL_UNKNOWN_FIELD, "\x4a\x02\x18\x01");
}

static void
a_value_outside_its_enum_is_refused(void **state)
{
    (void) state;
    ASSERT_DECODES("\x20\x01");
    ASSERT_REFUSED(REFUSAL_UNKNOWN_VALUE, "\x20\x02");
    ASSERT_REFUSED(REFUSAL_UNKNOWN_VALUE, "\x20\x06");
    ASSERT_REFUSED(REFUSAL_UNKNOWN_VALUE, "\x2a\x02\x01\x04");
}

static void
text_that_is_not_utf8_is_refused_wherever_it_stands(void **state)
{
    (void) state;
    ASSERT_REFUSED(REFUSAL_BAD_TEXT, "\x0a\x01\xe9");
    ASSERT_REFUSED(REFUSAL_BAD_TEXT, "\x0a\x02\xc0\x80");
    ASSERT_REFUSED(REFUSAL_BAD_TEXT, "\x0a\x03\xed\xa0\x80");
    ASSERT_REFUSED(REFUSAL_BAD_TEXT, "\x1a\x03\x0a\x01\xff");
    ASSERT_REFUSED(REFUSAL_BAD_TEXT, "\x3a\x01\xff");
    ASSERT_REFUSED(REFUSAL_BAD_TEXT, "\x52\x01\xff");
}

static void
a_second_encoding_of_the_same_message_is_refused(void **state)
{
    (void) state;
    ASSERT_REFUSED(REFUSAL_NOT_CANONICAL, "\x0a\x02j\0"); /* NUL in a text */
    ASSERT_REFUSED(REFUSAL_NOT_CANONICAL, "\x0a\x01j\x0a\x01k"); /* a field twice */
    ASSERT_REFUSED(REFUSAL_NOT_CANONICAL, "\x3a\x01x\x42\x00"); /* both arms */
    ASSERT_REFUSED(REFUSAL_NOT_CANONICAL, "\x20\x00"); /* a default value */
    ASSERT_REFUSED(REFUSAL_NOT_CANONICAL, "\x20\x81\x00"); /* a long varint */
    ASSERT_REFUSED(REFUSAL_NOT_CANONICAL, "\x30\x01"); /* not packed */
}

static void
many_empty_parts_pass_the_cap_and_cost_no_more(void **state)
{
    enum { LEN = 200 * 1024 };
    uint8_t *wire = malloc(LEN);

    (void) state;
    assert_non_null(wire);
    for (size_t i = 0; i < LEN; i += 2) {
        wire[i] = 0x1a;
        wire[i + 1] = 0;
    }
    assert_int_equal(decode(wire, LEN, NULL), REFUSAL_MESSAGE_TOO_COSTLY);
    free(wire);
}

static void
what_is_encoded_decodes_again(void **state)
{
    Seinhuis__Test__V1__EchoRequest message;
    char user[] = "jd";
    struct bytes bytes = { NULL, 0 };

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    arena_reset(&arena, ARENA_LEN);
    message.user = user;
    assert_ok(wire_encode(&message.base, &arena, &bytes));
    assert_int_equal(bytes.len, 4);
    assert_memory_equal(bytes.data, "\x0a\x02jd", 4);
    arena_reset(&arena, 3);
    assert_err(ERR_FULL, wire_encode(&message.base, &arena, &bytes));
}

static void
a_user_is_1_to_64_plain_characters(void **state)
{
    char name[66];

    (void) state;
    memset(name, 'a', 65);
    name[65] = '\0';
    assert_false(wire_is_user(name));
    name[64] = '\0';
    assert_true(wire_is_user(name));
    assert_true(wire_is_user("J.de_Vries-2"));
    assert_false(wire_is_user(""));
    assert_false(wire_is_user("j d"));
    assert_false(wire_is_user("j\xc3\xa9"));
    assert_false(wire_is_user("j/d"));
}

static int
set_up(void **state)
{
    (void) state;
    return arena_init(&arena, ARENA_LEN) == ERR_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
    (void) state;
    arena_done(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_message_decodes_into_the_arena),
        cmocka_unit_test(an_empty_message_has_empty_fields),
        cmocka_unit_test(a_length_over_the_bound_is_refused_before_decoding),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(an_unknown_field_is_refused_at_any_depth),
        cmocka_unit_test(a_value_outside_its_enum_is_refused),
        cmocka_unit_test(text_that_is_not_utf8_is_refused_wherever_it_stands),
        cmocka_unit_test(a_second_encoding_of_the_same_message_is_refused),
        cmocka_unit_test(many_empty_parts_pass_the_cap_and_cost_no_more),
        cmocka_unit_test(what_is_encoded_decodes_again),
        cmocka_unit_test(a_user_is_1_to_64_plain_characters),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
