/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/roster.h"

#include "tests/lib/cmocka_all.h"
#include "tests/lib/office.h"

/* Sets the file's time apart, as a replacement at another moment does. */
static enum err
refresh(struct office *office, enum registry_problem *problem)
{
    struct registry_error error = { .problem = REGISTRY_FINE };
    enum err err = roster_refresh(office->roster, &error);

    *problem = error.problem;
    return err;
}

static uint32_t
version_now(struct office *office)
{
    struct roster_edition *edition = roster_take(office->roster);
    uint32_t version = registry_facts(roster_registry(edition))->version;

    roster_give_back(edition);
    return version;
}

static void
an_organisation_whose_entry_ends_is_out_at_the_next_call(void **state)
{
    struct office *office = office_new();
    struct rpc_caller caller = { .party = NULL };
    enum registry_problem problem;

    (void) state;
    assert_int_equal(roster_identify(office->roster, office_oin(5), &caller), REFUSAL_NONE);
    assert_int_equal(caller.role, ROLE_PARTNER);
    roster_release(office->roster, &caller);
    assert_null(caller.party);

    office_write_registry(office, 2, 4, 2);
    assert_ok(refresh(office, &problem));
    assert_int_equal(roster_identify(office->roster, office_oin(5), &caller), REFUSAL_PARTY_ENDED);
    assert_null(caller.party);
    assert_int_equal(roster_identify(office->roster, "00000099000000000999", &caller),
                     REFUSAL_UNKNOWN_PARTY);
    office_free(office);
}

static void
a_call_keeps_the_edition_under_which_it_began(void **state)
{
    struct office *office = office_new();
    struct rpc_caller caller = { .party = NULL };
    const struct roster_peer *peer;
    enum registry_problem problem;

    (void) state;
    assert_int_equal(roster_identify(office->roster, office_oin(5), &caller), REFUSAL_NONE);
    office_write_registry(office, 2, 4, 2);
    assert_ok(refresh(office, &problem));
    assert_int_equal(version_now(office), 2);
    peer = caller.party;
    assert_int_equal(registry_facts(roster_registry(peer->edition))->version, 1);
    assert_int_equal(peer->party->serial, 5);
    roster_release(office->roster, &caller);
    office_free(office);
}

static void
one_signature_an_older_or_a_forked_registry_changes_nothing(void **state)
{
    struct office *office = office_new();
    enum registry_problem problem;

    (void) state;
    office_write_registry(office, 3, 5, 2);
    assert_ok(refresh(office, &problem));
    office_write_registry(office, 4, 5, 1);
    assert_err(ERR_AUTH, refresh(office, &problem));
    assert_int_equal(problem, REGISTRY_ONE_SIGNATURE);
    office_write_registry(office, 2, 5, 2);
    assert_err(ERR_ROLLBACK, refresh(office, &problem));
    assert_int_equal(problem, REGISTRY_OLDER);
    office_write_registry(office, 3, 4, 2);
    assert_err(ERR_CONFLICT, refresh(office, &problem));
    assert_int_equal(problem, REGISTRY_FORKED);
    assert_int_equal(version_now(office), 3);
    office_free(office);
}

static void
a_replaced_version_is_taken_for_seven_days(void **state)
{
    struct office *office = office_new();
    enum registry_problem problem;

    (void) state;
    assert_int_equal(roster_oldest_version(office->roster), 1);
    office_write_registry(office, 2, 5, 2);
    assert_ok(refresh(office, &problem));
    assert_int_equal(roster_oldest_version(office->roster), 1);
    office_set_clock(office, "2025-10-16T08:59:59Z");
    assert_int_equal(roster_oldest_version(office->roster), 1);
    office_set_clock(office, "2025-10-16T09:00:00Z");
    assert_int_equal(roster_oldest_version(office->roster), 2);
    office_free(office);
}

static void
a_registry_past_its_end_lets_nobody_in(void **state)
{
    struct office *office = office_new();
    struct rpc_caller caller = { .party = NULL };

    (void) state;
    office_set_clock(office, "2027-10-09T09:00:00Z");
    assert_int_equal(roster_identify(office->roster, office_oin(1), &caller),
                     REFUSAL_REGISTRY_EXPIRED);
    office_free(office);
}

static void
a_registry_that_comes_before_its_term_is_taken_when_that_begins(void **state)
{
    struct office *office = office_new();
    enum registry_problem problem;

    (void) state;
    office_set_clock(office, "2024-01-01T00:00:00Z");
    office_write_registry(office, 2, OFFICE_ORGANISATIONS, 2);
    assert_err(ERR_EXPIRED, refresh(office, &problem));
    assert_int_equal(version_now(office), 1);
    office_set_clock(office, OFFICE_NOW);
    assert_ok(refresh(office, &problem));
    assert_int_equal(version_now(office), 2);
    office_free(office);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_organisation_whose_entry_ends_is_out_at_the_next_call),
        cmocka_unit_test(a_call_keeps_the_edition_under_which_it_began),
        cmocka_unit_test(one_signature_an_older_or_a_forked_registry_changes_nothing),
        cmocka_unit_test(a_replaced_version_is_taken_for_seven_days),
        cmocka_unit_test(a_registry_past_its_end_lets_nobody_in),
        cmocka_unit_test(a_registry_that_comes_before_its_term_is_taken_when_that_begins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
