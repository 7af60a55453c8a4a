/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/pseudonym/pseudonym.h"

#include <string.h>

#include "proto/escrow/ctx.h"
#include "proto/escrow/ticket.h"
#include "seinhuis/v1/pseudonym.pb-c.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/office.h"

static const struct quota_limits LIMITS = {
    .organisation_day = 64, .organisation_minute = 48, .user_day = 48, .user_minute = 32
};

struct desk {
    struct office *office;
    struct pseudonym pseudonym;
    struct voprf_batch batch;
    struct point evaluated[VOPRF_BATCH_MAX];
    struct voprf_proof proof;
    uint8_t ticket[TICKET_LEN];
    uint32_t left;
};

static const uint8_t INPUT[] = "a fictitious match key";

static void
desk_open(struct desk *desk)
{
    memset(desk, 0, sizeof *desk);
    desk->office = office_new();
    assert_ok(
        pseudonym_init(&desk->pseudonym, &desk->office->storage, desk->office->clock, &LIMITS));
}

static void
desk_close(struct desk *desk)
{
    pseudonym_done(&desk->pseudonym);
    office_free(desk->office);
}

/* Asks for 16 elements as the organisation 'serial', with the ctx of 'epoch'. */
static enum refusal
ask(struct desk *desk, uint32_t serial, const char *user, uint16_t epoch)
{
    const struct escrow_ctx ctx = {
        .tenant = FILING_TENANT, .epoch = epoch, .norm_version = 1, .threshold = 2
    };
    Seinhuis__V1__EvaluateRequest request;
    Seinhuis__V1__EvaluateResponse response;
    struct bytes inputs[VOPRF_BATCH_MAX];
    uint8_t ctx_bytes[CTX_LEN];
    char user_copy[65] = "";
    struct office_call call;
    enum refusal refusal;

    seinhuis__v1__evaluate_request__init(&request);
    seinhuis__v1__evaluate_response__init(&response);
    for (size_t i = 0; i < VOPRF_BATCH_MAX; i++) {
        inputs[i] = (struct bytes) { .data = INPUT, .len = sizeof INPUT - i };
    }
    assert_ok(voprf_blind(inputs, VOPRF_BATCH_MAX, &desk->batch));
    ctx_write(&ctx, ctx_bytes);
    memcpy(user_copy, user, strlen(user));
    request.user = user_copy;
    request.context = (ProtobufCBinaryData) { .len = CTX_LEN, .data = ctx_bytes };
    request.blinded = (ProtobufCBinaryData) { .len = VOPRF_BATCH_MAX * POINT_LEN,
                                              .data = desk->batch.blinded[0].bytes };
    office_dial(desk->office, office_oin(serial), "/seinhuis.v1.Pseudonym/Evaluate", &call);
    refusal = pseudonym_evaluate(&desk->pseudonym, &call.call, &request.base, &response.base);
    if (refusal == REFUSAL_NONE) {
        assert_int_equal(response.evaluated.len, VOPRF_BATCH_MAX * POINT_LEN);
        memcpy(desk->evaluated, response.evaluated.data, response.evaluated.len);
        memcpy(desk->proof.bytes, response.proof.data, VOPRF_PROOF_LEN);
        memcpy(desk->ticket, response.ticket.data, TICKET_LEN);
        desk->left = response.elements_left;
    }
    office_hang_up(desk->office, &call);
    return refusal;
}

static void
the_answer_holds_under_the_registrys_key_and_comes_with_a_ticket(void **state)
{
    struct desk desk;
    struct bytes inputs[VOPRF_BATCH_MAX];
    struct key64 outputs[VOPRF_BATCH_MAX];
    struct ticket ticket;

    (void) state;
    desk_open(&desk);
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_NONE);
    for (size_t i = 0; i < VOPRF_BATCH_MAX; i++) {
        inputs[i] = (struct bytes) { .data = INPUT, .len = sizeof INPUT - i };
    }
    assert_ok(voprf_finalize(&desk.office->voprf.public, &desk.batch, inputs, desk.evaluated,
                             &desk.proof, outputs));
    assert_ok(ticket_verify(&desk.office->world.ticket_key, desk.ticket, &ticket));
    assert_int_equal(ticket.serial, 1);
    assert_int_equal(ticket.day, clock_day(clock_now_s(desk.office->clock)));
    desk_close(&desk);
}

static void
the_record_tells_who_and_how_many_and_not_what(void **state)
{
    struct audit_record record;
    struct desk desk;

    (void) state;
    desk_open(&desk);
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_NONE);
    assert_int_equal(office_log_size(desk.office), 1);
    office_last_record(desk.office, &record);
    assert_string_equal(record.type, "elements_evaluated");
    assert_string_equal(record.user, "user-1");
    assert_string_equal(record.organisation, office_oin(1));
    assert_int_equal(record.count, 16);
    assert_int_equal(record.trace_id[0], 0x0a);
    desk_close(&desk);
}

static void
the_quota_counts_per_person_and_organisation_and_survives_a_restart(void **state)
{
    struct audit_record record;
    struct desk desk;

    (void) state;
    desk_open(&desk);
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_NONE);
    assert_int_equal(desk.left, 48);
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_NONE);
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_QUOTA_USED); /* 32 a minute */
    assert_int_equal(ask(&desk, 1, "user-2", 1), REFUSAL_NONE);
    assert_int_equal(ask(&desk, 1, "user-3", 1), REFUSAL_QUOTA_USED); /* 48 a minute for all */
    assert_int_equal(ask(&desk, 2, "user-1", 1), REFUSAL_NONE);

    office_set_clock(desk.office, "2025-10-09T09:01:00Z");
    office_restart(desk.office);
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_NONE);
    assert_int_equal(desk.left, 0);
    assert_int_equal(ask(&desk, 1, "user-4", 1), REFUSAL_QUOTA_USED); /* 64 a day for all */
    office_last_record(desk.office, &record);
    assert_string_equal(record.refusal, "QUOTA_USED");
    assert_int_equal(record.outcome, AUDIT_SERIOUS_FAILURE);

    office_set_clock(desk.office, "2025-10-10T00:00:00Z");
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_NONE);
    desk_close(&desk);
}

static void
a_clock_that_was_put_back_gives_no_new_day(void **state)
{
    struct desk desk;

    (void) state;
    desk_open(&desk);
    for (int i = 0; i < 4; i++) { /* 64 a day for all */
        char time[] = "2025-10-09T09:00:00Z";

        time[15] = (char) ('0' + i);
        office_set_clock(desk.office, time);
        assert_int_equal(ask(&desk, 1, i < 2 ? "user-1" : "user-2", 1), REFUSAL_NONE);
    }
    office_set_clock(desk.office, "2025-10-08T09:00:00Z");
    assert_int_equal(ask(&desk, 1, "user-3", 1), REFUSAL_QUOTA_USED);
    office_set_clock(desk.office, "2025-10-09T10:00:00Z");
    assert_int_equal(ask(&desk, 1, "user-3", 1), REFUSAL_QUOTA_USED);
    office_set_clock(desk.office, "2025-10-10T09:00:00Z");
    assert_int_equal(ask(&desk, 1, "user-3", 1), REFUSAL_NONE);
    desk_close(&desk);
}

static void
a_ctx_that_is_not_live_and_a_bad_user_are_refused(void **state)
{
    struct desk desk;

    (void) state;
    desk_open(&desk);
    assert_int_equal(ask(&desk, 1, "user-1", 2), REFUSAL_UNKNOWN_CONTEXT);
    assert_int_equal(ask(&desk, 1, "user 1", 1), REFUSAL_BAD_USER);
    assert_int_equal(ask(&desk, 1, "", 1), REFUSAL_BAD_USER);
    desk_close(&desk);
}

static void
no_record_no_answer(void **state)
{
    struct desk desk;

    (void) state;
    desk_open(&desk);
    /* The audit key of this month is gone: nothing can be recorded, so nothing is answered. */
    assert_ok(keyring_destroy(desk.office->storage.ring, KEYRING_AUDIT,
                              clock_bucket(date_of(clock_now_s(desk.office->clock)))));
    assert_int_equal(ask(&desk, 1, "user-1", 1), REFUSAL_UNAVAILABLE);
    assert_int_equal(desk.ticket[3], 0);
    desk_close(&desk);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_holds_under_the_registrys_key_and_comes_with_a_ticket),
        cmocka_unit_test(the_record_tells_who_and_how_many_and_not_what),
        cmocka_unit_test(the_quota_counts_per_person_and_organisation_and_survives_a_restart),
        cmocka_unit_test(a_clock_that_was_put_back_gives_no_new_day),
        cmocka_unit_test(a_ctx_that_is_not_live_and_a_bad_user_are_refused),
        cmocka_unit_test(no_record_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
