/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/answer.h"

#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/sign.h"
#include "proto/escrow/terms.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/pattern.h"
#include "tests/vectors/escrow.h"

enum { TENANT = 1963 };

struct keys {
    struct key64 secret;
    struct sign_public public;
};

static void
keys_make(struct keys *keys)
{
    struct key32 seed;

    pattern_fill(seed.bytes, sizeof seed.bytes, 6);
    sign_key_from_seed(&seed, &keys->secret, &keys->public);
}

/* The two records of tests/vectors/escrow.py. */
static struct record_set
records(void)
{
    struct record_set set = { .count = 2 };

    pattern_fill(&set.items[0], HASH32_LEN, 30);
    pattern_fill(&set.items[1], HASH32_LEN, 20);
    assert_ok(record_set_sort(&set));
    return set;
}

static struct release_request
release_request(void)
{
    struct release_request request = { .ground = GROUND_COORDINATION, .records = records() };

    pattern_fill(request.case_id.bytes, CASE_ID_LEN, 13);
    pattern_fill(request.nonce, REQUEST_NONCE_LEN, 14);
    return request;
}

static struct confirm_request
confirm_request(void)
{
    struct confirm_request request = { .purpose = PURPOSE_SUPPORT, .records = records() };

    hash_part("answer", 6, &request.release_answer);
    return request;
}

static void
a_set_of_records_is_sorted_and_without_duplicates(void **state)
{
    struct record_set set = records();
    struct record_set back = { .count = 9 };
    uint8_t bytes[(LINKS_RECORDS_MAX + 1) * HASH32_LEN];

    (void) state;
    memcpy(bytes, set.items, 2 * HASH32_LEN);
    assert_ok(record_set_read((struct bytes) { bytes, 2 * HASH32_LEN }, &back));
    assert_int_equal(back.count, 2);
    memcpy(bytes, &set.items[1], HASH32_LEN);
    assert_err(ERR_MALFORMED, record_set_read((struct bytes) { bytes, 2 * HASH32_LEN }, &back));
    memcpy(bytes + HASH32_LEN, &set.items[0], HASH32_LEN);
    assert_err(ERR_MALFORMED, record_set_read((struct bytes) { bytes, 2 * HASH32_LEN }, &back));
    assert_err(ERR_MALFORMED, record_set_read((struct bytes) { bytes, 33 }, &back));
    assert_err(ERR_MALFORMED, record_set_read((struct bytes) { bytes, 0 }, &back));
    for (size_t i = 0; i <= LINKS_RECORDS_MAX; i++) {
        memset(bytes + i * HASH32_LEN, (int) i + 1, HASH32_LEN);
    }
    assert_ok(record_set_read((struct bytes) { bytes, sizeof bytes - HASH32_LEN }, &back));
    assert_err(ERR_MALFORMED, record_set_read((struct bytes) { bytes, sizeof bytes }, &back));
    set.items[1] = set.items[0];
    assert_err(ERR_INVALID, record_set_sort(&set));
}

static void
requests_have_their_golden_signatures(void **state)
{
    const struct release_request release = release_request();
    const struct confirm_request confirm = confirm_request();
    struct keys keys;
    struct signature signature;

    (void) state;
    keys_make(&keys);
    assert_ok(request_sign_release(&keys.secret, TENANT, &release, &signature));
    assert_golden(GOLDEN_RELEASE_SIGNATURE, signature.bytes, SIGNATURE_LEN);
    assert_ok(request_verify_release(&keys.public, TENANT, &release, &signature));
    assert_ok(request_sign_confirm(&keys.secret, TENANT, &confirm, &signature));
    assert_golden(GOLDEN_CONFIRM_SIGNATURE, signature.bytes, SIGNATURE_LEN);
    assert_ok(request_verify_confirm(&keys.public, TENANT, &confirm, &signature));
}

static void
a_request_changed_anywhere_is_not_the_signed_one(void **state)
{
    struct release_request release = release_request();
    struct confirm_request confirm = confirm_request();
    struct keys keys;
    struct signature signature;

    (void) state;
    keys_make(&keys);
    assert_ok(request_sign_release(&keys.secret, TENANT, &release, &signature));
    release.ground = GROUND_COMPLEX;
    assert_err(ERR_AUTH, request_verify_release(&keys.public, TENANT, &release, &signature));
    release = release_request();
    release.nonce[15] ^= 1;
    assert_err(ERR_AUTH, request_verify_release(&keys.public, TENANT, &release, &signature));
    release = release_request();
    release.case_id.bytes[0] ^= 1;
    assert_err(ERR_AUTH, request_verify_release(&keys.public, TENANT, &release, &signature));
    release = release_request();
    release.records.count = 1;
    assert_err(ERR_AUTH, request_verify_release(&keys.public, TENANT, &release, &signature));
    release.records.count = 0;
    assert_err(ERR_INVALID, request_verify_release(&keys.public, TENANT, &release, &signature));
    release = release_request();
    release.ground = 99;
    assert_err(ERR_INVALID, request_sign_release(&keys.secret, TENANT, &release, &signature));

    assert_ok(request_sign_confirm(&keys.secret, TENANT, &confirm, &signature));
    confirm.release_answer.bytes[0] ^= 1;
    assert_err(ERR_AUTH, request_verify_confirm(&keys.public, TENANT, &confirm, &signature));
    confirm = confirm_request();
    confirm.purpose = 99;
    assert_err(ERR_INVALID, request_sign_confirm(&keys.secret, TENANT, &confirm, &signature));
}

static void
requests_come_back_and_other_lengths_are_refused(void **state)
{
    const struct release_request release = release_request();
    const struct confirm_request confirm = confirm_request();
    struct release_request release_back;
    struct confirm_request confirm_back;
    uint8_t message[REQUEST_MAX_LEN];
    size_t len = 0;

    (void) state;
    assert_ok(request_write_release(&release, message, &len));
    assert_int_equal(len, 34 + 64);
    assert_ok(request_read_release((struct bytes) { message, len }, &release_back));
    assert_memory_equal(&release_back.records.items, &release.records.items, 64);
    assert_int_equal(release_back.ground, GROUND_COORDINATION);
    for (size_t wrong = 0; wrong < len; wrong++) {
        if (wrong != 34 + 32) {
            assert_err(ERR_MALFORMED,
                       request_read_release((struct bytes) { message, wrong }, &release_back));
        }
    }
    assert_ok(request_write_confirm(&confirm, message, &len));
    assert_ok(request_read_confirm((struct bytes) { message, len }, &confirm_back));
    assert_int_equal(confirm_back.purpose, PURPOSE_SUPPORT);
    assert_err(ERR_MALFORMED,
               request_read_confirm((struct bytes) { message, len - 1 }, &confirm_back));
}

static void
name_member(struct question *it, size_t at, const char *id)
{
    memset(it->members[at].id, 0, sizeof it->members[at].id);
    memcpy(it->members[at].id, id, strlen(id));
}

/* The question of tests/vectors/escrow.py, in another order. */
static struct question
question(uint8_t message[REQUEST_MAX_LEN])
{
    struct question it = {
        .kind = QUESTION_CONFIRM, .tenant = TENANT, .record_count = 2, .member_count = 2
    };
    const struct confirm_request confirm = confirm_request();
    struct keys keys;
    size_t len = 0;

    keys_make(&keys);
    assert_ok(request_write_confirm(&confirm, message, &len));
    for (size_t i = 0; i < 2; i++) {
        pattern_fill(&it.records[i].header_hash, HASH32_LEN, i == 0 ? 30 : 20);
        pattern_fill(&it.records[i].name, HASH64_LEN, i == 0 ? 31 : 21);
        it.members[i].message = (struct bytes) { message, len };
        assert_ok(request_sign_confirm(&keys.secret, TENANT, &confirm, &it.members[i].signature));
    }
    name_member(&it, 0, "lia");
    name_member(&it, 1, "kees");
    return it;
}

static void
a_question_has_its_golden_bytes_whatever_the_order(void **state)
{
    uint8_t message[REQUEST_MAX_LEN];
    struct question it = question(message);
    struct question back;
    uint8_t bytes[QUESTION_MAX_LEN];
    size_t len = 0;

    (void) state;
    assert_ok(question_write(&it, bytes, &len));
    assert_golden(GOLDEN_QUESTION, bytes, len);
    assert_ok(question_read((struct bytes) { bytes, len }, &back));
    assert_int_equal(back.kind, QUESTION_CONFIRM);
    assert_int_equal(back.record_count, 2);
    assert_string_equal(back.members[0].id, "kees");
    assert_memory_equal(back.members[1].message.data, message, it.members[0].message.len);
    for (size_t wrong = 0; wrong < len; wrong++) {
        assert_err(ERR_MALFORMED, question_read((struct bytes) { bytes, wrong }, &back));
    }
}

static void
a_question_with_a_wrong_number_or_a_duplicate_is_refused(void **state)
{
    uint8_t message[REQUEST_MAX_LEN];
    struct question it = question(message);
    uint8_t bytes[QUESTION_MAX_LEN];
    size_t len = 0;

    (void) state;
    it.kind = QUESTION_RELEASE;
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
    it.kind = QUESTION_ASSESS;
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
    it = question(message);
    it.record_count = 0;
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
    it.record_count = LINKS_RECORDS_MAX + 1;
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
    it = question(message);
    it.records[1].header_hash = it.records[0].header_hash;
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
    it = question(message);
    name_member(&it, 1, "lia"); /* one member cannot confirm twice */
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
    name_member(&it, 1, "");
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
    name_member(&it, 1, "a b");
    assert_err(ERR_INVALID, question_write(&it, bytes, &len));
}

static void
reading_a_question_out_of_order_is_refused(void **state)
{
    uint8_t message[REQUEST_MAX_LEN];
    struct question it = question(message);
    struct question back;
    uint8_t bytes[QUESTION_MAX_LEN];
    uint8_t swapped[96];
    size_t len = 0;

    (void) state;
    assert_ok(question_write(&it, bytes, &len));
    memcpy(swapped, bytes + 5, 96);
    memmove(bytes + 5, bytes + 5 + 96, 96);
    memcpy(bytes + 5 + 96, swapped, 96);
    assert_err(ERR_MALFORMED, question_read((struct bytes) { bytes, len }, &back));
}

static struct answer
assess_answer(void)
{
    struct answer answer = { .kind = QUESTION_ASSESS, .count = 2 };

    pattern_fill(&answer.items[0].header_hash, HASH32_LEN, 20);
    pattern_fill(&answer.items[1].header_hash, HASH32_LEN, 30);
    answer.items[0].tags = 0x0003;
    answer.items[1].tags = 0x0800;
    return answer;
}

static void
answers_have_their_golden_bytes_and_come_back(void **state)
{
    struct answer answer = assess_answer();
    struct answer back;
    uint8_t bytes[ANSWER_MAX_LEN];
    size_t len = 0;

    (void) state;
    assert_ok(answer_write(&answer, bytes, &len));
    assert_golden(GOLDEN_ANSWER_ASSESS, bytes, len);
    assert_ok(answer_read((struct bytes) { bytes, len }, &back));
    assert_int_equal(back.items[1].tags, 0x0800);

    answer.kind = QUESTION_RELEASE;
    answer.items[0].status = RELEASE_GIVEN;
    pattern_fill(answer.items[0].sealed.released, GATE_RELEASED_LEN, 15);
    answer.items[1].status = RELEASE_WAITS;
    assert_ok(answer_write(&answer, bytes, &len));
    assert_golden(GOLDEN_ANSWER_RELEASE, bytes, len);
    assert_ok(answer_read((struct bytes) { bytes, len }, &back));
    assert_int_equal(back.items[1].status, RELEASE_WAITS);
    assert_memory_equal(back.items[0].sealed.released, answer.items[0].sealed.released,
                        GATE_RELEASED_LEN);

    answer = (struct answer) { .kind = QUESTION_CONFIRM, .count = 1 };
    pattern_fill(&answer.items[0].header_hash, HASH32_LEN, 30);
    pattern_fill(answer.items[0].sealed.confirmed, GATE_CONFIRMED_LEN, 16);
    assert_ok(answer_write(&answer, bytes, &len));
    assert_golden(GOLDEN_ANSWER_CONFIRM, bytes, len);
    assert_ok(answer_read((struct bytes) { bytes, len }, &back));
    for (size_t wrong = 0; wrong < len; wrong++) {
        assert_err(ERR_MALFORMED, answer_read((struct bytes) { bytes, wrong }, &back));
    }
}

static void
answers_out_of_bounds_are_refused(void **state)
{
    struct answer answer = assess_answer();
    uint8_t bytes[ANSWER_MAX_LEN];
    struct answer back;
    size_t len = 0;

    (void) state;
    answer.items[0].tags = 0;
    assert_err(ERR_INVALID, answer_write(&answer, bytes, &len));
    answer = assess_answer();
    answer.items[1] = answer.items[0];
    assert_err(ERR_INVALID, answer_write(&answer, bytes, &len));
    answer = assess_answer();
    answer.count = 0;
    assert_err(ERR_INVALID, answer_write(&answer, bytes, &len));
    answer = assess_answer();
    answer.kind = QUESTION_RELEASE;
    assert_err(ERR_INVALID, answer_write(&answer, bytes, &len));

    answer = assess_answer();
    assert_ok(answer_write(&answer, bytes, &len));
    bytes[0] = 4;
    assert_err(ERR_MALFORMED, answer_read((struct bytes) { bytes, len }, &back));
    bytes[0] = QUESTION_ASSESS;
    bytes[len - 2] = 0x10; /* a thirteenth tag */
    assert_err(ERR_MALFORMED, answer_read((struct bytes) { bytes, len }, &back));
}

static void
an_answer_is_signed_for_its_question_alone(void **state)
{
    uint8_t question_bytes[1024];
    uint8_t answer_bytes[256];
    const struct bytes asked = { question_bytes, strlen(GOLDEN_QUESTION) / 2 };
    const struct bytes answered = { answer_bytes, strlen(GOLDEN_ANSWER_CONFIRM) / 2 };
    struct keys keys;
    struct signature signature;

    (void) state;
    keys_make(&keys);
    assert_ok(bytes_from_hex(GOLDEN_QUESTION, question_bytes, asked.len));
    assert_ok(bytes_from_hex(GOLDEN_ANSWER_CONFIRM, answer_bytes, answered.len));
    assert_ok(answer_sign(&keys.secret, TENANT, asked, answered, &signature));
    assert_golden(GOLDEN_ANSWER_SIGNATURE, signature.bytes, SIGNATURE_LEN);
    assert_ok(answer_verify(&keys.public, TENANT, asked, answered, &signature));
    question_bytes[7] ^= 1;
    assert_err(ERR_AUTH, answer_verify(&keys.public, TENANT, asked, answered, &signature));
    question_bytes[7] ^= 1;
    answer_bytes[7] ^= 1;
    assert_err(ERR_AUTH, answer_verify(&keys.public, TENANT, asked, answered, &signature));
    answer_bytes[7] ^= 1;
    assert_err(ERR_AUTH, answer_verify(&keys.public, TENANT + 1, asked, answered, &signature));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_of_records_is_sorted_and_without_duplicates),
        cmocka_unit_test(requests_have_their_golden_signatures),
        cmocka_unit_test(a_request_changed_anywhere_is_not_the_signed_one),
        cmocka_unit_test(requests_come_back_and_other_lengths_are_refused),
        cmocka_unit_test(a_question_has_its_golden_bytes_whatever_the_order),
        cmocka_unit_test(a_question_with_a_wrong_number_or_a_duplicate_is_refused),
        cmocka_unit_test(reading_a_question_out_of_order_is_refused),
        cmocka_unit_test(answers_have_their_golden_bytes_and_come_back),
        cmocka_unit_test(answers_out_of_bounds_are_refused),
        cmocka_unit_test(an_answer_is_signed_for_its_question_alone),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
