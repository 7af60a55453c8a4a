/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/rules.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

enum { W = 1300, RECORDS = 6 };

static const struct policy POLICY = {
    .name = "test",
    .version = 3,
    .windows = { .source_weeks = 52, .escalation_weeks = 13, .repeat_weeks = 4 },
    .thresholds = { .organisations = 2,
                    .sectors = 2,
                    .domains = 2,
                    .complex_domains = 3,
                    .escalating_signals = 3,
                    .escalating_sectors = 3 },
};

/* entity, sector, week after W, band, mode, tags (0: not assessed), attached */
struct row {
    uint32_t entity;
    uint8_t sector;
    uint16_t week;
    uint8_t band;
    uint8_t mode;
    uint16_t tags;
    bool is_attached;
};

struct expectation {
    const char *name;
    uint32_t flags;
    const char *raised; /* the rules that must stand, by key, with spaces around each */
    struct row rows[RECORDS];
};

enum {
    M = FLAG_MULTI_SOURCE,
    MC = FLAG_MULTI_SOURCE | FLAG_COMPLEX,
    ME = FLAG_MULTI_SOURCE | FLAG_ESCALATING,
    E = MODE_ESCROW
};

static const struct expectation TABLE[] = {
    { "one signal alone", 0, "", { { 1, 1, 0, 4, E, 7, false } } },
    { "two organisations, two sectors, two domains",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 30, 2, E, 2, false } } },
    { "one domain alone", 0, "", { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 30, 2, E, 1, false } } },
    { "domains not known", 0, "", { { 1, 1, 0, 2, E, 0, false }, { 2, 2, 30, 2, E, 0, false } } },
    { "two organisations of one sector",
      0,
      "",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 1, 1, 2, E, 6, false } } },
    { "one legal entity with two sectors",
      0,
      "",
      { { 1, 1, 0, 2, E, 1, false }, { 1, 2, 1, 2, E, 6, false } } },
    { "52 weeks apart",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 52, 2, E, 2, false } } },
    { "53 weeks apart", 0, "", { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 53, 2, E, 2, false } } },
    { "the first too old, the other two within the window",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false },
        { 2, 2, 53, 2, E, 2, false },
        { 3, 3, 100, 2, E, 4, false } } },
    { "order of filing does not matter",
      M,
      " multi_source ",
      { { 2, 2, 30, 2, E, 2, false }, { 1, 1, 0, 2, E, 1, false } } },
    { "three domains",
      MC,
      " multi_source complex ",
      { { 1, 1, 0, 2, E, 3, false }, { 2, 2, 30, 2, E, 4, false } } },
    { "three domains, of which one too old",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 4, false }, { 1, 1, 60, 2, E, 1, false }, { 2, 2, 80, 2, E, 2, false } } },
    { "three domains of one sector alone",
      0,
      "",
      { { 1, 1, 0, 2, E, 3, false }, { 2, 1, 1, 2, E, 4, false } } },
    { "an attached record brings no domain",
      0,
      "",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 30, 2, E, 1, false }, { 1, 1, 30, 2, E, 2, true } } },
    { "an attached record brings no sector",
      0,
      "",
      { { 1, 1, 0, 2, E, 3, false }, { 2, 2, 1, 2, E, 4, true } } },
    { "severity rose",
      ME,
      " multi_source escalating_severity ",
      { { 1, 1, 0, 1, E, 1, false }, { 2, 2, 30, 3, E, 2, false } } },
    { "severity fell",
      M,
      " multi_source ",
      { { 1, 1, 0, 3, E, 1, false }, { 2, 2, 30, 1, E, 2, false } } },
    { "severity differs within one week",
      M,
      " multi_source ",
      { { 1, 1, 30, 1, E, 1, false }, { 2, 2, 30, 3, E, 2, false } } },
    { "severity rose by an attached record",
      ME,
      " multi_source escalating_severity ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 30, 2, E, 2, false }, { 1, 1, 31, 4, E, 1, true } } },
    { "severity rose without a second sector",
      0,
      "",
      { { 1, 1, 0, 1, E, 3, false }, { 1, 1, 30, 4, E, 4, true } } },
    { "severity rose after 53 weeks only",
      M,
      " multi_source ",
      { { 1, 1, 0, 1, E, 1, false }, { 2, 2, 53, 2, E, 2, false }, { 1, 1, 54, 2, E, 1, false } } },
    { "three signals in 13 weeks",
      ME,
      " multi_source escalating_signals ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 5, 2, E, 2, false }, { 1, 1, 13, 2, E, 1, false } } },
    { "three signals in 14 weeks",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 5, 2, E, 2, false }, { 1, 1, 14, 2, E, 1, false } } },
    { "an attached record counts for dates",
      ME,
      " multi_source escalating_signals ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 5, 2, E, 2, false }, { 1, 1, 13, 2, E, 0, true } } },
    { "the same organisation and domain within 4 weeks counts once",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 3, 2, E, 2, false }, { 1, 1, 4, 2, E, 1, false } } },
    { "and after 5 weeks again",
      ME,
      " multi_source escalating_signals ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 3, 2, E, 2, false }, { 1, 1, 5, 2, E, 1, false } } },
    { "the same organisation with another domain counts again",
      ME,
      " multi_source escalating_signals ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 3, 2, E, 2, false }, { 1, 1, 4, 2, E, 2, false } } },
    { "without tags the same organisation counts once",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 3, 2, E, 2, false }, { 1, 1, 4, 2, E, 0, true } } },
    { "two serials of one legal entity are the same organisation",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 3, 2, E, 2, false }, { 1, 3, 4, 2, E, 1, true } } },
    { "a new sector 13 weeks after the signal before",
      ME,
      " multi_source escalating_sector ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 20, 2, E, 2, false }, { 3, 3, 33, 2, E, 1, false } } },
    { "a new sector 14 weeks after it",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 20, 2, E, 2, false }, { 3, 3, 34, 2, E, 1, false } } },
    { "a known sector again is no new one",
      M,
      " multi_source ",
      { { 1, 1, 0, 2, E, 1, false }, { 2, 2, 20, 2, E, 2, false }, { 3, 1, 33, 2, E, 1, false } } },
    { "one acute signal", FLAG_ACUTE, " acute ", { { 1, 1, 0, 4, MODE_ACUTE, 0, false } } },
    { "one consented signal",
      FLAG_CONSENTED,
      " consented ",
      { { 1, 3, 0, 1, MODE_CONSENTED, 0, false } } },
    { "an acute signal lowers no threshold",
      FLAG_ACUTE,
      " acute ",
      { { 1, 1, 0, 4, MODE_ACUTE, 1, false }, { 2, 2, 53, 4, E, 2, false } } },
    { "an acute signal counts with others",
      M | FLAG_ACUTE,
      " multi_source acute ",
      { { 1, 1, 30, 4, MODE_ACUTE, 1, false }, { 2, 2, 30, 4, E, 2, false } } },
};

static size_t
fill(const struct expectation *expectation, struct rule_record *out)
{
    size_t count = 0;

    for (; count < RECORDS && expectation->rows[count].entity != 0; count++) {
        const struct row *row = &expectation->rows[count];

        out[count] = (struct rule_record) {
            .serial = row->entity * 10 + row->sector,
            .entity = row->entity,
            .sector = row->sector,
            .week = (uint16_t) (W + row->week),
            .band = row->band,
            .mode = row->mode,
            .is_attached = row->is_attached,
            .is_assessed = row->tags != 0,
            .tags = row->tags,
            .received_at = 1000 + count,
        };
    }
    return count;
}

static void
flags_are_those_of_the_table(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        struct rule_record records[RECORDS];
        struct rule_result result;
        char raised[RULE_TEXT_ROOM] = "";

        rules_apply(&POLICY, records, fill(&TABLE[i], records), &result);
        for (size_t j = 0; j < result.explanation_count; j++) {
            if (result.explanations[j].is_raised) {
                size_t len = strlen(raised);

                snprintf(raised + len, sizeof raised - len, "%s%s ", len == 0 ? " " : "",
                         rule_key(result.explanations[j].rule));
            }
        }
        if (result.flags != TABLE[i].flags || strcmp(raised, TABLE[i].raised) != 0) {
            fail_msg("%s: flags %u, raised '%s'", TABLE[i].name, result.flags, raised);
        }
    }
}

static void
the_order_of_the_records_changes_nothing(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        struct rule_record records[RECORDS];
        struct rule_record turned[RECORDS];
        struct rule_result result;
        size_t count = fill(&TABLE[i], records);

        for (size_t j = 0; j < count; j++) {
            turned[j] = records[count - 1 - j];
        }
        rules_apply(&POLICY, turned, count, &result);
        if (result.flags != TABLE[i].flags) {
            fail_msg("%s, turned: flags %u", TABLE[i].name, result.flags);
        }
    }
}

static void
an_explanation_names_numbers_and_records(void **state)
{
    const struct expectation expectation = {
        "",
        0,
        "",
        { { 1, 1, 0, 1, E, 1, false }, { 2, 2, 10, 3, E, 6, false }, { 1, 1, 60, 2, E, 1, false } }
    };
    struct rule_record records[RECORDS];
    struct rule_result result;
    char text[RULE_TEXT_ROOM];

    (void) state;
    rules_apply(&POLICY, records, fill(&expectation, records), &result);
    assert_int_equal(result.explanation_count, 5);
    assert_int_equal(result.explanations[0].records, 3);
    rule_text(&result.explanations[0], text);
    assert_string_equal(text,
                        "2 organisations of 2 sectors reported 3 life domains, at most 10 "
                        "weeks apart; needed: 2, 2 and 2, within 52 weeks.");
    assert_int_equal(result.explanations[2].records, 3);
    rule_text(&result.explanations[2], text);
    assert_string_equal(text, "Severity rose from band 1 to band 3 in 10 weeks.");
    assert_false(result.explanations[3].is_raised);
    rule_text(&result.explanations[3], text);
    assert_string_equal(text, "Only 2 signals within 13 weeks; needed: 3.");
    rule_text(&result.explanations[4], text);
    assert_string_equal(text,
                        "No new sector joined: there are 2; needed: 3, within 13 weeks of the "
                        "signal before.");
}

static void
what_did_not_flag_is_explained_too(void **state)
{
    struct rule_record records[RECORDS];
    struct rule_result result;
    char text[RULE_TEXT_ROOM];

    (void) state;
    rules_apply(&POLICY, records, fill(&TABLE[0], records), &result);
    assert_int_equal(result.explanation_count, 1);
    assert_false(result.explanations[0].is_raised);
    rule_text(&result.explanations[0], text);
    assert_string_equal(text,
                        "Not enough: 1 organisations of 1 sectors reported 3 life domains, at "
                        "most 0 weeks apart; needed: 2, 2 and 2, within 52 weeks.");
}

static void
the_gate_is_asked_only_when_tags_could_make_a_flag(void **state)
{
    struct rule_record records[RECORDS];
    const struct expectation far = {
        "", 0, "", { { 1, 1, 0, 2, E, 0, false }, { 2, 2, 53, 2, E, 0, false } }
    };
    const struct expectation near = {
        "", 0, "", { { 1, 1, 0, 2, E, 0, false }, { 2, 2, 52, 2, E, 0, false } }
    };
    const struct expectation same = {
        "", 0, "", { { 1, 1, 0, 2, E, 0, false }, { 2, 1, 1, 2, E, 0, false } }
    };

    (void) state;
    assert_false(rules_need_tags(&POLICY, records, fill(&far, records)));
    assert_true(rules_need_tags(&POLICY, records, fill(&near, records)));
    assert_false(rules_need_tags(&POLICY, records, fill(&same, records)));
}

static void
sixty_four_records_are_taken(void **state)
{
    struct rule_record records[RULE_RECORDS_MAX];
    struct rule_result result;

    (void) state;
    for (size_t i = 0; i < RULE_RECORDS_MAX; i++) {
        records[i] = (struct rule_record) {
            .entity = (uint32_t) i + 1,
            .sector = (uint8_t) (i % 7 + 1),
            .week = (uint16_t) (W + i),
            .band = 1,
            .mode = E,
            .is_assessed = true,
            .tags = (uint16_t) (1 << (i % 12)),
        };
    }
    rules_apply(&POLICY, records, RULE_RECORDS_MAX, &result);
    assert_int_equal(result.flags, MC | FLAG_ESCALATING);
    assert_int_equal(result.explanations[0].numbers[0], 53);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_are_those_of_the_table),
        cmocka_unit_test(the_order_of_the_records_changes_nothing),
        cmocka_unit_test(an_explanation_names_numbers_and_records),
        cmocka_unit_test(what_did_not_flag_is_explained_too),
        cmocka_unit_test(the_gate_is_asked_only_when_tags_could_make_a_flag),
        cmocka_unit_test(sixty_four_records_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
