/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include "tools/town/score.h"

static const struct score_policy POLICY = { .window_weeks = 52, .domains = 2 };

/* 1: two sectors.  2: two sectors, one domain.  3: two sectors of one entity.  4: one sector
 * twice.  5: too far apart.  6: two sectors, one of them with too little to recognise anybody.
 * 7: one signal. */
static const char TRUTH[] =
    "organisation,row,reference,sector,entity,resident,observed_on,domains,identifiable\n"
    "pol,1,P1,police,pol,1,2026-01-05,nuisance_justice,yes\n"
    "gp,1,G1,health_care,gp,1,2026-03-05,mental_health,yes\n"
    "pol,2,P2,police,pol,2,2026-01-05,mental_health,yes\n"
    "gp,2,G2,health_care,gp,2,2026-03-05,mental_health,yes\n"
    "mw,1,M3,welfare,mw,3,2026-01-05,money,yes\n"
    "vol,1,V3,volunteers,mw,3,2026-01-06,social_network,yes\n"
    "gp,3,G4,health_care,gp,4,2026-01-05,mental_health,yes\n"
    "ggz,1,Z4,health_care,ggz,4,2026-01-06,addiction,yes\n"
    "pol,3,P5,police,pol,5,2025-01-05,nuisance_justice,yes\n"
    "gp,4,G5,health_care,gp,5,2026-01-20,mental_health,yes\n"
    "pol,4,P6,police,pol,6,2026-01-05,nuisance_justice,yes\n"
    "vol,2,V6,volunteers,vol,6,2026-01-06,social_network,no\n"
    "mw,2,M7,welfare,mw,7,2026-01-06,money,yes\n";

static const char ORGANISATIONS[] = "key,oin\n"
                                    "pol,00000099000000101000\n"
                                    "gp,00000099000000104000\n"
                                    "ggz,00000099000000105000\n"
                                    "mw,00000099000000106000\n"
                                    "vol,00000099000000112000\n";

static void
put(const char *folder, const char *name, const char *text)
{
    char *path = temp_path(folder, name);

    assert_ok(file_replace(path, text, strlen(text), 0644));
    free(path);
}

static enum err
score_of(const char *truth, const char *listing, struct score *out)
{
    char *folder = temp_folder();
    char *path = temp_path(folder, "flagged.json");
    const char *where = NULL;
    enum err err = ERR_OK;

    put(folder, "truth.csv", truth);
    put(folder, "organisations.csv", ORGANISATIONS);
    put(folder, "flagged.json", listing);
    err = score_make(folder, path, &POLICY, out, &where);
    assert_non_null(where);
    free(path);
    temp_remove(folder);
    return err;
}

static void
only_two_sectors_entities_and_domains_within_the_window_count(void **state)
{
    struct score score;

    (void) state;
    assert_ok(score_of(TRUTH, "{\"cases\": []}", &score));
    assert_int_equal(score.residents_reported, 7);
    assert_int_equal(score.really_two_sectors, 2);
    assert_int_equal(score.really_findable, 1);
    assert_int_equal(score.flagged, 0);
    assert_int_equal(score.cases, 0);
}

static void
a_right_flag_counts_whether_named_by_key_or_oin(void **state)
{
    struct score score;

    (void) state;
    assert_ok(score_of(TRUTH,
                       "{\"cases\": [{\"case\": \"c1\", \"rule\": \"multi_source\", \"records\": ["
                       "{\"organisation\": \"pol\", \"reference\": \"P1\"},"
                       "{\"organisation\": \"00000099000000104000\", \"reference\": \"G1\"}],"
                       "\"opened\": [{\"organisation\": \"gp\", \"reference\": \"G1\"},"
                       "{\"organisation\": \"pol\", \"reference\": \"P1\"}]}]}",
                       &score));
    assert_int_equal(score.flagged, 1);
    assert_int_equal(score.flagged_findable, 1);
    assert_int_equal(score.cases, 1);
    assert_int_equal(score.cases_of_one_source, 0);
    assert_int_equal(score.false_flags, 0);
    assert_int_equal(score.early_flags, 0);
    assert_int_equal(score.cases_opened, 1);
    assert_int_equal(score.opened_wrong_person, 0);
    assert_int_equal(score.unknown_records, 0);
}

static void
a_case_with_records_of_two_residents_is_false_and_flags_nobody(void **state)
{
    struct score score;

    (void) state;
    assert_ok(score_of(TRUTH,
                       "{\"cases\": [{\"records\": ["
                       "{\"organisation\": \"pol\", \"reference\": \"P1\"},"
                       "{\"organisation\": \"gp\", \"reference\": \"G2\"}],"
                       "\"opened\": [{\"organisation\": \"gp\", \"reference\": \"G2\"},"
                       "{\"organisation\": \"pol\", \"reference\": \"P1\"}]}]}",
                       &score));
    assert_int_equal(score.flagged, 0);
    assert_int_equal(score.false_flags, 1);
    assert_int_equal(score.opened_wrong_person, 1);
}

static void
a_flag_without_a_reason_and_a_case_of_one_source_are_counted_apart(void **state)
{
    struct score score;

    (void) state;
    assert_ok(score_of(TRUTH,
                       "{\"cases\": ["
                       "{\"records\": [{\"organisation\": \"mw\", \"reference\": \"M7\"}],"
                       " \"opened\": []},"
                       "{\"records\": [{\"organisation\": \"gp\", \"reference\": \"G4\"},"
                       "{\"organisation\": \"ggz\", \"reference\": \"Z4\"},"
                       "{\"organisation\": \"ggz\", \"reference\": \"nobody\"}]}]}",
                       &score));
    assert_int_equal(score.cases, 2);
    assert_int_equal(score.cases_of_one_source, 1);
    assert_int_equal(score.early_flags, 1);
    assert_int_equal(score.cases_opened, 0);
    assert_int_equal(score.unknown_records, 1);
}

static void
input_of_another_form_is_refused(void **state)
{
    const char *const listings[] = { "",
                                     "[]",
                                     "{}",
                                     "{\"cases\": {}}",
                                     "{\"cases\": [1]}",
                                     "{\"cases\": [{\"records\": [{\"organisation\": \"gp\"}]}]}",
                                     "{\"cases\": [{\"records\": [], \"opened\": 1}]}",
                                     "{\"cases\": []} x",
                                     "{\"cases\": [], \"cases\": []}" };
    const char *const truths[] = {
        "",
        "organisation,reference\npol,P1\n",
        "organisation,row,reference,sector,entity,resident,observed_on,domains,identifiable\n"
        "pol,1,P1,police,pol,1,2026-01-05,nuisance_justice\n",
        "organisation,row,reference,sector,entity,resident,observed_on,domains,identifiable\n"
        "pol,1,P1,pirate,pol,1,2026-01-05,nuisance_justice,yes\n",
        "organisation,row,reference,sector,entity,resident,observed_on,domains,identifiable\n"
        "pol,1,P1,police,pol,-1,2026-01-05,nuisance_justice,yes\n",
        "organisation,row,reference,sector,entity,resident,observed_on,domains,identifiable\n"
        "pol,1,P1,police,pol,1,2026-01-05,nuisance  money,yes\n",
    };
    struct score score;

    (void) state;
    for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++) {
        assert_err(ERR_MALFORMED, score_of(TRUTH, listings[i], &score));
    }
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        assert_err(ERR_MALFORMED, score_of(truths[i], "{\"cases\": []}", &score));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_two_sectors_entities_and_domains_within_the_window_count),
        cmocka_unit_test(a_right_flag_counts_whether_named_by_key_or_oin),
        cmocka_unit_test(a_case_with_records_of_two_residents_is_false_and_flags_nobody),
        cmocka_unit_test(a_flag_without_a_reason_and_a_case_of_one_source_are_counted_apart),
        cmocka_unit_test(input_of_another_form_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
