/* SPDX-License-Identifier: EUPL-1.2 */
/* The vault's handlers for the CMZ team, as far as they need no gate. */
#include "services/review/review.h"

#include <stdlib.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "proto/escrow/terms.h"
#include "seinhuis/v1/quality.pb-c.h"
#include "seinhuis/v1/review.pb-c.h"
#include "services/review/shared.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/office.h"
#include "vault/correlate.h"
#include "vault/policy.h"
#include "vault/record_rows.h"

enum { RECORDS = 3 };

/* A vault with one flagged case of three reports, each linked with both others. */
struct bench {
    struct office *office;
    struct policy *policy;
    struct vault *vault;
    struct review review;
    struct filing filings[RECORDS];
    struct case_id id;
    struct record_set records;
};

static ProtobufCBinaryData
lend(const void *data, size_t len)
{
    union {
        const void *in;
        uint8_t *out;
    } both = { .in = data };

    return (ProtobufCBinaryData) { .len = len, .data = both.out };
}

static enum err
assess(void *context, const struct rid *rids, size_t count, uint16_t *tags, uint64_t *rejected)
{
    (void) context;
    (void) rids;
    (void) rejected;
    for (size_t i = 0; i < count; i++) {
        tags[i] = (uint16_t) (1U << i);
    }
    return ERR_OK;
}

/* Stores a report as intake does, whatever the policy says of it. */
static void
put_report(struct bench *bench, size_t at)
{
    struct filing *filing = &bench->filings[at];
    /* Of three sectors: police, care, and the host's loket. */
    static const size_t organisations[RECORDS] = { 0, 1, 3 };
    const struct filing_organisation *organisation =
        &bench->office->organisations[organisations[at]];
    const struct submission *sent = &filing->submission;
    struct record_meta meta = { .entity = organisation->entity,
                                .sector = organisation->sector,
                                .is_host = at == 2 };
    uint8_t task[RECORD_TASK_LEN];
    struct store_batch *batch = NULL;
    struct store_result result;
    struct store_id id;

    filing_make(filing, &bench->office->world, organisation, MODE_ESCROW, "AB");
    meta.header = filing->header;
    meta.hh = filing->hashes.header;
    meta.name = filing->name;
    meta.received_at = clock_now_s(bench->office->clock);
    store_id_random(&id);
    assert_ok(store_batch_new(&id, &batch));
    assert_ok(record_add(bench->vault, batch, &meta,
                         &(struct record) { .header = sent->header,
                                            .gate = sent->gate,
                                            .inner = sent->inner,
                                            .direct = sent->direct,
                                            .tickets = sent->tickets,
                                            .signature = { sent->signature.bytes, SIGNATURE_LEN },
                                            .sent = sent->sent }));
    assert_ok(record_task_write(bench->vault, &meta.header.rid, task));
    store_batch_outbox(batch, task, sizeof task);
    assert_ok(store_apply(bench->office->storage.store, batch, &result));
    store_batch_free(batch);
}

static void
bench_open(struct bench *bench)
{
    const struct correlate_gate gate = { .assess = assess };
    const struct case_query query = { .include_closed = false };
    struct correlate_report report;
    struct vault_config config;
    struct case_summary found;
    struct yaml_error error;
    size_t count = 0;

    memset(bench, 0, sizeof *bench);
    bench->office = office_new();
    assert_ok(policy_load(SEINHUIS_SOURCE "/vault/policy/default.yaml", &bench->policy, &error));
    config = (struct vault_config) { .store = bench->office->storage.store,
                                     .ring = bench->office->storage.ring,
                                     .audit = bench->office->storage.audit,
                                     .clock = bench->office->clock,
                                     .policy = bench->policy };
    assert_ok(vault_open(&config, &bench->vault));
    bench->review = (struct review) { .storage = &bench->office->storage,
                                      .vault = bench->vault,
                                      .clock = bench->office->clock };
    for (size_t i = 0; i < RECORDS; i++) {
        put_report(bench, i);
        bench->records.items[i] = bench->filings[i].hashes.header;
    }
    bench->records.count = RECORDS;
    assert_ok(record_set_sort(&bench->records));
    assert_ok(correlate_run(bench->vault, &gate, RECORDS, &report));
    cases_list(bench->vault, &query, &found, 1, &count);
    assert_int_equal(count, 1);
    bench->id = found.id;
}

static void
bench_close(struct bench *bench)
{
    vault_close(bench->vault);
    free(bench->policy);
    office_free(bench->office);
}

static struct case_file *
look(struct bench *bench)
{
    struct case_file *file = NULL;

    assert_ok(cases_get(bench->vault, &bench->id, &file));
    return file;
}

/* 'signer' is the index of the member whose key signs; 'member' whose id is given. */
static enum refusal
release(struct bench *bench, size_t signer, char *member)
{
    struct release_request asked = { .ground = GROUND_COORDINATION };
    Seinhuis__V1__ReleaseRequest request;
    Seinhuis__V1__ReleasedCase response;
    struct signature signature;
    struct office_call call;
    char user[] = "user-1";
    enum refusal refusal;

    asked.case_id = bench->id;
    asked.records = bench->records;
    assert_ok(request_sign_release(&bench->office->members[signer].secret, FILING_TENANT, &asked,
                                   &signature));
    seinhuis__v1__release_request__init(&request);
    seinhuis__v1__released_case__init(&response);
    request.user = user;
    request.member = member;
    request.case_id = lend(bench->id.bytes, CASE_ID_LEN);
    request.nonce = lend(asked.nonce, REQUEST_NONCE_LEN);
    request.ground = asked.ground;
    request.header_hashes = lend(asked.records.items, RECORDS * HASH32_LEN);
    request.signature = lend(signature.bytes, SIGNATURE_LEN);
    office_dial(bench->office, OFFICE_CMZ, "/seinhuis.v1.Review/Release", &call);
    refusal = review_release(&bench->review, &call.call, &request.base, &response.base);
    office_hang_up(bench->office, &call);
    return refusal;
}

static const uint8_t ANSWER[] = "an answer of the gate, as far as the vault knows";

static enum refusal
confirm(struct bench *bench, size_t signer, char *member)
{
    struct confirm_request asked = { .purpose = PURPOSE_SUPPORT };
    Seinhuis__V1__ConfirmRequest request;
    Seinhuis__V1__ConfirmResponse response;
    struct signature signature;
    struct office_call call;
    char user[] = "user-1";
    enum refusal refusal;

    asked.records = bench->records;
    hash_part(ANSWER, sizeof ANSWER, &asked.release_answer);
    assert_ok(request_sign_confirm(&bench->office->members[signer].secret, FILING_TENANT, &asked,
                                   &signature));
    seinhuis__v1__confirm_request__init(&request);
    seinhuis__v1__confirm_response__init(&response);
    request.user = user;
    request.member = member;
    request.case_id = lend(bench->id.bytes, CASE_ID_LEN);
    request.purpose = asked.purpose;
    request.header_hashes = lend(asked.records.items, RECORDS * HASH32_LEN);
    request.signature = lend(signature.bytes, SIGNATURE_LEN);
    office_dial(bench->office, OFFICE_CMZ, "/seinhuis.v1.Review/Confirm", &call);
    refusal = review_confirm(&bench->review, &call.call, &request.base, &response.base);
    office_hang_up(bench->office, &call);
    return refusal;
}

/* As after the gate's answer to a member's release. */
static void
keep_release(struct bench *bench)
{
    const struct case_answer answer = { .question = { ANSWER, sizeof ANSWER },
                                        .answer = { ANSWER, sizeof ANSWER } };
    const struct audit_record who = { .action = AUDIT_UPDATE, .role = ROLE_CMZ, .count = 1 };

    assert_ok(cases_pick_up(bench->vault, &bench->id, &who));
    assert_ok(cases_store_release(bench->vault, &bench->id, &answer, bench->records.items, RECORDS,
                                  &who));
}

static void
a_release_that_the_member_did_not_sign_changes_nothing(void **state)
{
    struct audit_record record;
    struct case_file *file;
    char member[] = "lid-1";
    char stranger[] = "lid-9";
    struct bench bench;

    (void) state;
    bench_open(&bench);
    assert_int_equal(release(&bench, 1, member), REFUSAL_BAD_MEMBER_SIGNATURE);
    office_last_record(bench.office, &record);
    assert_string_equal(record.refusal, "BAD_MEMBER_SIGNATURE");
    assert_int_equal(release(&bench, 0, stranger), REFUSAL_UNKNOWN_MEMBER);
    file = look(&bench);
    assert_int_equal(file->summary.state, CASE_FLAGGED);
    free(file);
    bench_close(&bench);
}

static void
a_yes_that_the_member_did_not_sign_is_neither_kept_nor_recorded(void **state)
{
    struct audit_record record;
    struct case_file *file;
    char member[] = "lid-1";
    char stranger[] = "lid-9";
    struct bench bench;

    (void) state;
    bench_open(&bench);
    keep_release(&bench);
    assert_int_equal(confirm(&bench, 0, member), REFUSAL_NONE);
    /* Another one's key does not take the place of the member's own word. */
    assert_int_equal(confirm(&bench, 1, member), REFUSAL_BAD_MEMBER_SIGNATURE);
    assert_int_equal(confirm(&bench, 1, stranger), REFUSAL_UNKNOWN_MEMBER);
    office_last_record(bench.office, &record);
    assert_string_equal(record.refusal, "UNKNOWN_MEMBER");
    file = look(&bench);
    assert_int_equal(file->confirmation_count, 1);
    assert_string_equal(file->confirmations[0].member, "lid-1");
    free(file);
    assert_int_equal(confirm(&bench, 0, member), REFUSAL_NONE);
    bench_close(&bench);
}

static void
a_yes_to_what_is_not_there_says_so(void **state)
{
    char member[] = "lid-1";
    struct bench bench;

    (void) state;
    bench_open(&bench);
    assert_int_equal(confirm(&bench, 0, member), REFUSAL_CASE_STATE);
    bench.id.bytes[0] ^= 1;
    assert_int_equal(confirm(&bench, 0, member), REFUSAL_CASE_NOT_FOUND);
    bench_close(&bench);
}

static void
the_officer_sees_what_became_of_links_and_is_recorded(void **state)
{
    Seinhuis__V1__GetLinkQualityRequest request;
    Seinhuis__V1__GetLinkQualityResponse response;
    struct case_comparison comparison;
    struct case_link link = { .verdict = CASE_CONFIRMED };
    struct audit_record record;
    struct audit_record who;
    struct office_call call;
    struct bench bench;
    char user[] = "functionaris-1";
    char nobody[] = "";

    (void) state;
    bench_open(&bench);
    keep_release(&bench);
    office_dial(bench.office, OFFICE_CMZ, "/seinhuis.v1.Review/ReportComparison", &call);
    review_trail(&call.call, "capsules_compared", AUDIT_UPDATE, "user-1", &bench.id, &who);
    link.a = bench.filings[0].header.rid;
    link.b = bench.filings[1].header.rid;
    assert_ok(cases_compare(bench.vault, &bench.id, &link, 1, &who, &comparison));
    office_hang_up(bench.office, &call);

    seinhuis__v1__get_link_quality_request__init(&request);
    seinhuis__v1__get_link_quality_response__init(&response);
    request.user = user;
    office_dial(bench.office, OFFICE_OFFICER, "/seinhuis.v1.Quality/GetLinkQuality", &call);
    assert_int_equal(
        review_get_link_quality(&bench.review, &call.call, &request.base, &response.base),
        REFUSAL_NONE);
    assert_int_equal(response.n_months, 1);
    assert_int_equal(response.months[0]->compared, 1);
    assert_int_equal(response.months[0]->confirmed, 1);
    assert_int_equal(response.months[0]->n_sizes, 6);
    assert_int_equal(response.months[0]->sizes[1], 1);
    assert_int_equal(response.open_largest, RECORDS);
    assert_int_equal(response.n_open_sizes, 6);
    office_hang_up(bench.office, &call);
    office_last_record(bench.office, &record);
    assert_string_equal(record.type, "link_quality_read");
    assert_string_equal(record.user, "functionaris-1");

    seinhuis__v1__get_link_quality_response__init(&response);
    request.user = nobody;
    office_dial(bench.office, OFFICE_OFFICER, "/seinhuis.v1.Quality/GetLinkQuality", &call);
    assert_int_equal(
        review_get_link_quality(&bench.review, &call.call, &request.base, &response.base),
        REFUSAL_BAD_USER);
    assert_int_equal(response.n_months, 0);
    office_hang_up(bench.office, &call);
    assert_int_equal(quality_service(&bench.review).methods[0].roles, ROLE_BIT(ROLE_OFFICER));
    bench_close(&bench);
}

/* A member's own word about the first report and the last, or the software's. */
static enum refusal
refuse(struct bench *bench, bool is_by_human)
{
    Seinhuis__V1__ReportComparisonRequest request;
    Seinhuis__V1__ReportComparisonResponse response;
    Seinhuis__V1__ComparedLink link;
    Seinhuis__V1__ComparedLink *links[1] = { &link };
    struct office_call call;
    char user[] = "user-1";
    enum refusal refusal;

    seinhuis__v1__compared_link__init(&link);
    link.rid_a = lend(bench->filings[0].header.rid.bytes, RID_LEN);
    link.rid_b = lend(bench->filings[2].header.rid.bytes, RID_LEN);
    link.verdict = SEINHUIS__V1__VERDICT__VERDICT_REFUSED;
    link.by_human = is_by_human;
    seinhuis__v1__report_comparison_request__init(&request);
    seinhuis__v1__report_comparison_response__init(&response);
    request.user = user;
    request.case_id = lend(bench->id.bytes, CASE_ID_LEN);
    request.links = links;
    request.n_links = 1;
    office_dial(bench->office, OFFICE_CMZ, "/seinhuis.v1.Review/ReportComparison", &call);
    refusal = review_report_comparison(&bench->review, &call.call, &request.base, &response.base);
    office_hang_up(bench->office, &call);
    return refusal;
}

static bool
is_rid(ProtobufCBinaryData field, const struct filing *filing)
{
    return field.len == RID_LEN && memcmp(field.data, filing->header.rid.bytes, RID_LEN) == 0;
}

/* How many pairs are handed out as parted; each must be that of 'refuse'. */
static size_t
parted_count(struct bench *bench)
{
    Seinhuis__V1__GetReleasedRequest request;
    Seinhuis__V1__ReleasedCase response;
    struct office_call call;
    char user[] = "user-2";
    size_t count;

    seinhuis__v1__get_released_request__init(&request);
    seinhuis__v1__released_case__init(&response);
    request.user = user;
    request.case_id = lend(bench->id.bytes, CASE_ID_LEN);
    office_dial(bench->office, OFFICE_CMZ, "/seinhuis.v1.Review/GetReleased", &call);
    assert_int_equal(review_get_released(&bench->review, &call.call, &request.base, &response.base),
                     REFUSAL_NONE);
    assert_int_equal(response.n_records, RECORDS);
    count = response.n_parted;
    for (size_t i = 0; i < count; i++) {
        const Seinhuis__V1__ComparedLink *pair = response.parted[i];
        const struct filing *first = &bench->filings[0];
        const struct filing *last = &bench->filings[2];

        assert_true((is_rid(pair->rid_a, first) && is_rid(pair->rid_b, last)) ||
                    (is_rid(pair->rid_a, last) && is_rid(pair->rid_b, first)));
        assert_int_equal(pair->verdict, SEINHUIS__V1__VERDICT__VERDICT_REFUSED);
        assert_true(pair->by_human);
    }
    office_hang_up(bench->office, &call);
    return count;
}

static void
what_a_member_parted_is_handed_out_and_a_yes_to_it_is_refused(void **state)
{
    struct audit_record record;
    struct case_file *file;
    char member[] = "lid-1";
    struct bench bench;

    (void) state;
    bench_open(&bench);
    keep_release(&bench);
    assert_int_equal(parted_count(&bench), 0);
    /* The software says it anew each time, and need not be remembered. */
    assert_int_equal(refuse(&bench, false), REFUSAL_NONE);
    assert_int_equal(parted_count(&bench), 0);
    assert_int_equal(confirm(&bench, 0, member), REFUSAL_NONE);
    assert_int_equal(refuse(&bench, true), REFUSAL_NONE);
    assert_int_equal(parted_count(&bench), 1);
    assert_int_equal(confirm(&bench, 0, member), REFUSAL_PARTED);
    office_last_record(bench.office, &record);
    assert_string_equal(record.refusal, "PARTED");
    assert_string_equal(record.user, "user-1");
    file = look(&bench);
    assert_int_equal(file->summary.state, CASE_IDENTITY);
    assert_int_equal(file->confirmation_count, 0);
    free(file);
    bench_close(&bench);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_release_that_the_member_did_not_sign_changes_nothing),
        cmocka_unit_test(a_yes_that_the_member_did_not_sign_is_neither_kept_nor_recorded),
        cmocka_unit_test(a_yes_to_what_is_not_there_says_so),
        cmocka_unit_test(what_a_member_parted_is_handed_out_and_a_yes_to_it_is_refused),
        cmocka_unit_test(the_officer_sees_what_became_of_links_and_is_recorded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
