/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/terms.h"

#include <string.h>

#include "tests/lib/cmocka_all.h"

static void
every_word_is_found_by_its_code_and_by_its_key(void **state)
{
    (void) state;
    for (int kind = TERM_SECTOR; kind <= TERM_ROLE; kind++) {
        assert_true(term_count((enum term_kind) kind) > 0);
        for (size_t i = 0; i < term_count((enum term_kind) kind); i++) {
            const struct term *term = term_at((enum term_kind) kind, i);

            assert_ptr_equal(term_by_code((enum term_kind) kind, term->code), term);
            assert_ptr_equal(term_by_key((enum term_kind) kind, term->key), term);
            assert_true(strlen(term->text) > 0);
            assert_int_equal(strspn(term->key, "abcdefghijklmnopqrstuvwxyz0123456789_"),
                             strlen(term->key));
        }
    }
}

static void
codes_that_are_signed_or_stored_stay_what_they_are(void **state)
{
    (void) state;
    assert_int_equal(SECTOR_POLICE, 1);
    assert_int_equal(SECTOR_VOLUNTEER, 7);
    assert_int_equal(term_by_key(TERM_DOMAIN, "money")->code, 0);
    assert_int_equal(term_by_key(TERM_DOMAIN, "children_care")->code, 11);
    assert_int_equal(term_by_key(TERM_BAND, "acute")->code, 4);
    assert_int_equal(term_by_key(TERM_MODE, "consented")->code, 2);
    assert_int_equal(term_by_key(TERM_MODE, "acute")->code, 3);
    assert_int_equal(term_by_key(TERM_BASIS, "wmo_5_1_1")->code, 51);
    assert_int_equal(term_by_key(TERM_RESULT, "stopped_by_law")->code, 7);
    assert_int_equal(term_by_key(TERM_ROLE, "officer")->code, 6);
}

static void
unknown_words_are_not_found(void **state)
{
    (void) state;
    assert_null(term_by_code(TERM_SECTOR, 0));
    assert_null(term_by_code(TERM_SECTOR, 8));
    assert_null(term_by_code(TERM_SECTOR, 65537));
    assert_null(term_by_key(TERM_SECTOR, "Police"));
    assert_null(term_by_key(TERM_SECTOR, ""));
    assert_string_equal(term_key(TERM_SECTOR, 99), "unknown");
}

static void
a_legal_basis_fits_one_sector(void **state)
{
    (void) state;
    for (size_t i = 0; i < term_count(TERM_BASIS); i++) {
        uint16_t code = term_at(TERM_BASIS, i)->code;

        for (uint8_t sector = 0; sector < 10; sector++) {
            assert_int_equal(term_basis_fits(code, sector), sector == code / 10);
        }
    }
    assert_false(term_basis_fits(99, 9));
    assert_true(term_basis_rests_on_consent(BASIS_BW_7_457));
    assert_true(term_basis_rests_on_consent(BASIS_VOLUNTEER_CONSENT));
    assert_false(term_basis_rests_on_consent(BASIS_WPG_18));
    assert_false(term_basis_rests_on_consent(0));
}

static void
a_set_of_domains_has_one_and_never_all(void **state)
{
    (void) state;
    assert_false(term_domains_are_valid(0));
    assert_true(term_domains_are_valid(1));
    assert_true(term_domains_are_valid(DOMAINS_ALL - 1));
    assert_false(term_domains_are_valid(DOMAINS_ALL));
    assert_false(term_domains_are_valid(0x1000));
    assert_false(term_domains_are_valid(0x10001));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found_by_its_code_and_by_its_key),
        cmocka_unit_test(codes_that_are_signed_or_stored_stay_what_they_are),
        cmocka_unit_test(unknown_words_are_not_found),
        cmocka_unit_test(a_legal_basis_fits_one_sector),
        cmocka_unit_test(a_set_of_domains_has_one_and_never_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
