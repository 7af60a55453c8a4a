/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/sign.h"

#include <string.h>

#include "proto/escrow/receipt.h"
#include "proto/escrow/ticket.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/pattern.h"
#include "tests/vectors/escrow.h"

enum { TENANT = 1963 };

static void
golden_key(struct key64 *secret, struct sign_public *public)
{
    struct key32 seed;

    pattern_fill(seed.bytes, sizeof seed.bytes, 6);
    sign_key_from_seed(&seed, secret, public);
}

static void
a_signature_holds_for_its_label_tenant_message_and_key_alone(void **state)
{
    const struct bytes message = { (const uint8_t *) "message", 7 };
    const struct bytes shorter = { (const uint8_t *) "message", 6 };
    struct key64 secret;
    struct key64 other_secret;
    struct sign_public public;
    struct sign_public other;
    struct signature signature;

    (void) state;
    golden_key(&secret, &public);
    sign_key_new(&other_secret, &other);
    sign_make(&secret, SIGN_SUBMIT, TENANT, message, &signature);
    assert_ok(sign_verify(&public, SIGN_SUBMIT, TENANT, message, &signature));
    assert_err(ERR_AUTH, sign_verify(&public, SIGN_REVOKE, TENANT, message, &signature));
    assert_err(ERR_AUTH, sign_verify(&public, SIGN_SUBMIT, TENANT + 1, message, &signature));
    assert_err(ERR_AUTH, sign_verify(&public, SIGN_SUBMIT, TENANT, shorter, &signature));
    assert_err(ERR_AUTH, sign_verify(&other, SIGN_SUBMIT, TENANT, message, &signature));
    for (size_t i = 0; i < SIGNATURE_LEN; i++) {
        signature.bytes[i] ^= 1;
        assert_err(ERR_AUTH, sign_verify(&public, SIGN_SUBMIT, TENANT, message, &signature));
        signature.bytes[i] ^= 1;
    }
}

static void
a_ticket_made_elsewhere_verifies_and_reads(void **state)
{
    uint8_t bytes[TICKET_LEN];
    uint8_t random[TICKET_RANDOM_LEN];
    struct key64 secret;
    struct sign_public public;
    struct ticket ticket;

    (void) state;
    golden_key(&secret, &public);
    assert_golden(GOLDEN_SIGN_PUBLIC, public.bytes, sizeof public.bytes);
    assert_ok(bytes_from_hex(GOLDEN_TICKET, bytes, sizeof bytes));
    assert_ok(ticket_verify(&public, bytes, &ticket));
    pattern_fill(random, sizeof random, 7);
    assert_int_equal(ticket.serial, 41);
    assert_int_equal(ticket.ctx.tenant, TENANT);
    assert_int_equal(ticket.ctx.epoch, 1);
    assert_int_equal(ticket.day, 20000);
    assert_memory_equal(ticket.random, random, sizeof random);
}

static void
every_changed_byte_of_a_ticket_is_refused(void **state)
{
    const struct escrow_ctx ctx = { TENANT, 1, 1, CTX_THRESHOLD };
    uint8_t bytes[TICKET_LEN];
    uint8_t again[TICKET_LEN];
    struct key64 secret;
    struct sign_public public;
    struct ticket ticket = { .serial = 9 };

    (void) state;
    golden_key(&secret, &public);
    ticket_make(&secret, 41, &ctx, 20000, bytes);
    ticket_make(&secret, 41, &ctx, 20000, again);
    assert_memory_not_equal(bytes, again, TICKET_LEN);
    for (size_t i = 0; i < TICKET_LEN; i++) {
        bytes[i] ^= 1;
        assert_true(ticket_verify(&public, bytes, &ticket) != ERR_OK);
        bytes[i] ^= 1;
    }
    assert_int_equal(ticket.serial, 9);
    assert_ok(ticket_verify(&public, bytes, &ticket));
    ticket_make(&secret, 0, &ctx, 20000, bytes);
    assert_err(ERR_MALFORMED, ticket_verify(&public, bytes, &ticket));
}

static void
a_receipt_has_its_golden_bytes_and_is_always_the_same(void **state)
{
    uint8_t bytes[RECEIPT_LEN];
    struct key64 secret;
    struct sign_public public;
    struct receipt receipt = { .day = 20001 };
    struct receipt back;

    (void) state;
    golden_key(&secret, &public);
    pattern_fill(receipt.rid.bytes, RID_LEN, 8);
    pattern_fill(receipt.submission.bytes, HASH64_LEN, 9);
    receipt_make(&secret, TENANT, &receipt, bytes);
    assert_golden(GOLDEN_RECEIPT, bytes, sizeof bytes);
    assert_ok(receipt_verify(&public, TENANT, bytes, &back));
    assert_int_equal(back.day, 20001);
    assert_memory_equal(back.rid.bytes, receipt.rid.bytes, RID_LEN);
    assert_memory_equal(back.submission.bytes, receipt.submission.bytes, HASH64_LEN);
    assert_err(ERR_AUTH, receipt_verify(&public, TENANT + 1, bytes, &back));
    for (size_t i = 0; i < RECEIPT_LEN; i++) {
        bytes[i] ^= 1;
        assert_err(ERR_AUTH, receipt_verify(&public, TENANT, bytes, &back));
        bytes[i] ^= 1;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_holds_for_its_label_tenant_message_and_key_alone),
        cmocka_unit_test(a_ticket_made_elsewhere_verifies_and_reads),
        cmocka_unit_test(every_changed_byte_of_a_ticket_is_refused),
        cmocka_unit_test(a_receipt_has_its_golden_bytes_and_is_always_the_same),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
