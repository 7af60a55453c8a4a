/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/audit_record.h"

#include <string.h>

#include "base/bytes.h"
#include "tests/lib/cmocka_all.h"

static struct audit_record
small_record(void)
{
    return (struct audit_record) {
        .time_s = 1772366400, .action = AUDIT_CREATE, .type = "signal_filed", .count = 1
    };
}

/* Every field at its longest. */
static struct audit_record
large_record(void)
{
    struct audit_record record = { .time_s = UINT64_MAX,
                                   .action = AUDIT_UPDATE,
                                   .outcome = AUDIT_MAJOR_FAILURE,
                                   .role = 255,
                                   .organisation = "00000099000000001000",
                                   .purpose = 65535,
                                   .object_len = AUDIT_OBJECT_MAX,
                                   .object_type = AUDIT_OBJECT_TICKET,
                                   .life_cycle = AUDIT_LIFE_DESTRUCTION,
                                   .sensitivity = AUDIT_CONTENT,
                                   .legal_basis = 65535,
                                   .consent_profile = 65535,
                                   .authorised = AUDIT_FALSE,
                                   .involved = AUDIT_FALSE,
                                   .consent = AUDIT_FALSE,
                                   .break_glass = AUDIT_FALSE,
                                   .count = UINT32_MAX };

    memset(record.event_id, 0xff, sizeof record.event_id);
    memset(record.type, 'a', sizeof record.type - 1);
    memset(record.user, 'b', sizeof record.user - 1);
    memset(record.access_point, 'c', sizeof record.access_point - 1);
    memset(record.object, 0xff, sizeof record.object);
    memset(record.trace_id, 0xff, sizeof record.trace_id);
    memset(record.span_id, 0xff, sizeof record.span_id);
    memset(record.refusal, 'd', sizeof record.refusal - 1);
    return record;
}

static enum err
encode(const struct audit_record *record)
{
    uint8_t bytes[AUDIT_RECORD_MAX];
    size_t len = 0;

    return audit_record_encode(record, bytes, &len);
}

/* Field by field as proto3 writes them: 16 bytes under 1, a varint under 2, and so on. */
static void
the_canonical_bytes_are_those_of_the_message(void **state)
{
    static const char wanted[] = "0a1001010101010101010101010101010101"
                                 "10c0d490cd06"
                                 "1843"
                                 "2a0c7369676e616c5f66696c6564"
                                 "c00101";
    struct audit_record record = small_record();
    uint8_t bytes[AUDIT_RECORD_MAX];
    char text[2 * AUDIT_RECORD_MAX + 1];
    size_t len = 0;

    (void) state;
    memset(record.event_id, 1, sizeof record.event_id);
    assert_ok(audit_record_encode(&record, bytes, &len));
    bytes_to_hex(bytes, len, text);
    assert_string_equal(text, wanted);
}

static void
a_record_is_read_back_field_by_field(void **state)
{
    struct audit_record records[2] = { small_record(), large_record() };

    (void) state;
    for (size_t i = 0; i < 2; i++) {
        struct audit_record back;
        uint8_t bytes[AUDIT_RECORD_MAX];
        size_t len = 0;

        assert_ok(audit_record_encode(&records[i], bytes, &len));
        assert_ok(audit_record_decode(bytes, len, &back));
        assert_int_equal(back.time_s, records[i].time_s);
        assert_int_equal(back.action, records[i].action);
        assert_int_equal(back.outcome, records[i].outcome);
        assert_string_equal(back.type, records[i].type);
        assert_string_equal(back.user, records[i].user);
        assert_int_equal(back.role, records[i].role);
        assert_string_equal(back.organisation, records[i].organisation);
        assert_int_equal(back.purpose, records[i].purpose);
        assert_string_equal(back.access_point, records[i].access_point);
        assert_int_equal(back.object_len, records[i].object_len);
        assert_memory_equal(back.object, records[i].object, sizeof back.object);
        assert_int_equal(back.object_type, records[i].object_type);
        assert_int_equal(back.life_cycle, records[i].life_cycle);
        assert_int_equal(back.sensitivity, records[i].sensitivity);
        assert_int_equal(back.legal_basis, records[i].legal_basis);
        assert_int_equal(back.consent_profile, records[i].consent_profile);
        assert_int_equal(back.authorised, records[i].authorised);
        assert_int_equal(back.involved, records[i].involved);
        assert_int_equal(back.consent, records[i].consent);
        assert_int_equal(back.break_glass, records[i].break_glass);
        assert_memory_equal(back.event_id, records[i].event_id, sizeof back.event_id);
        assert_memory_equal(back.trace_id, records[i].trace_id, sizeof back.trace_id);
        assert_memory_equal(back.span_id, records[i].span_id, sizeof back.span_id);
        assert_string_equal(back.refusal, records[i].refusal);
        assert_int_equal(back.count, records[i].count);
    }
}

static void
a_field_out_of_its_list_or_range_is_refused(void **state)
{
    struct audit_record record = small_record();

    (void) state;
    assert_ok(encode(&record));
#define REFUSED(change)                                                                            \
    record = small_record();                                                                       \
    record.change;                                                                                 \
    assert_err(ERR_INVALID, encode(&record))
    REFUSED(time_s = 0);
    REFUSED(count = 0);
    REFUSED(action = (enum audit_action) 'X');
    REFUSED(outcome = (enum audit_outcome) 5);
    REFUSED(type[0] = '\0');
    REFUSED(type[0] = '\n');
    REFUSED(user[0] = (char) 0xc3);
    REFUSED(organisation[0] = '1'); /* not 20 of them */
    REFUSED(object_len = AUDIT_OBJECT_MAX + 1);
    REFUSED(object_type = (enum audit_object) 7);
    REFUSED(life_cycle = (enum audit_life_cycle) 2);
    REFUSED(sensitivity = (enum audit_sensitivity) 4);
    REFUSED(authorised = (enum audit_check) 3);
    REFUSED(involved = (enum audit_check) 3);
    REFUSED(consent = (enum audit_check) 3);
    REFUSED(break_glass = (enum audit_check) 3);
#undef REFUSED
    record = small_record();
    memset(record.type, 'a', sizeof record.type); /* not closed */
    assert_err(ERR_INVALID, encode(&record));
    record = small_record();
    memset(record.organisation, '1', sizeof record.organisation);
    assert_err(ERR_INVALID, encode(&record));
}

static enum err
decode_hex(const char *prefix, const uint8_t *bytes, size_t len, const char *suffix)
{
    uint8_t whole[AUDIT_RECORD_MAX + 64];
    struct audit_record record;
    const size_t before = strlen(prefix) / 2;
    const size_t after = strlen(suffix) / 2;

    assert_ok(bytes_from_hex(prefix, whole, before));
    memcpy(whole + before, bytes, len);
    assert_ok(bytes_from_hex(suffix, whole + before + len, after));
    return audit_record_decode(whole, before + len + after, &record);
}

static void
bytes_that_no_writer_makes_are_refused(void **state)
{
    struct audit_record record = small_record();
    uint8_t bytes[AUDIT_RECORD_MAX + 1] = { 0 };
    size_t len = 0;

    (void) state;
    assert_ok(audit_record_encode(&record, bytes, &len));
    assert_ok(decode_hex("", bytes, len, ""));
    assert_err(ERR_MALFORMED, decode_hex("", bytes, len, "c80101")); /* unknown field 25 */
    assert_err(ERR_MALFORMED, decode_hex("", bytes, len, "c00101")); /* count twice */
    assert_err(ERR_MALFORMED, decode_hex("1843", bytes, len, "")); /* action twice */
    assert_err(ERR_MALFORMED, decode_hex("", bytes, len, "2000")); /* a default written out */
    assert_err(ERR_MALFORMED, decode_hex("", bytes, len, "c0")); /* cut */
    assert_err(ERR_MALFORMED, decode_hex("32026100", bytes, len, "")); /* a NUL in a text */
    assert_err(ERR_TOO_BIG, audit_record_decode(bytes, AUDIT_RECORD_MAX + 1, &record));
    for (size_t i = 0; i < len; i++) {
        assert_err(ERR_MALFORMED, audit_record_decode(bytes, i, &record));
    }
}

/* SHA-256 of the label, 32 bytes of 0x02 and "abc", computed by another program. */
static void
the_leaf_is_the_salted_hash(void **state)
{
    static const char wanted[] =
        "01da6e5f2c26de0f6af7f303d5b1568d3adf2b37532204b4644c73f15dfa5ba743";
    uint8_t salt[AUDIT_SALT_LEN];
    uint8_t leaf[AUDIT_LEAF_LEN];
    char text[2 * AUDIT_LEAF_LEN + 1];

    (void) state;
    memset(salt, 2, sizeof salt);
    audit_leaf(salt, (const uint8_t *) "abc", 3, leaf);
    bytes_to_hex(leaf, sizeof leaf, text);
    assert_string_equal(text, wanted);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_canonical_bytes_are_those_of_the_message),
        cmocka_unit_test(a_record_is_read_back_field_by_field),
        cmocka_unit_test(a_field_out_of_its_list_or_range_is_refused),
        cmocka_unit_test(bytes_that_no_writer_makes_are_refused),
        cmocka_unit_test(the_leaf_is_the_salted_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
