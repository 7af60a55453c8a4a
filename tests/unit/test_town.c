/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/bytes.h"
#include "base/file.h"
#include "clients/lib/country.h"
#include "clients/lib/matchkeys.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"
#include "tools/town/csvtable.h"
#include "tools/town/row.h"
#include "tools/town/write.h"

/* The hash of all files of the small town below.  It changes when, and only when, the generator's
 * output changes; both compilers must agree on it. */
static const char SMALL_TOWN_HASH[] =
    "cc7fb9c4d4557933585c238619f64134610f962b0c2a1762161aaf883c703971";

static struct town_config
config_of(size_t residents, size_t signals)
{
    struct town_config config = { .seed = 7,
                                  .residents = residents,
                                  .signals = signals,
                                  .typo_permille = 80,
                                  .end = { 2026, 3, 31 },
                                  .until = { 2026, 3, 31 } };

    config.from = date_from_days(date_to_days(config.end) - EVENTS_DAYS);
    return config;
}

/* The town that most tests look at, in a folder of its own for the whole run. */
struct fixture {
    char *folder;
    struct town_figures figures;
};

static int
make_town(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct town_config config = config_of(5000, 1500);

    assert_non_null(fixture);
    fixture->folder = temp_folder();
    assert_ok(town_write(&config, fixture->folder, &fixture->figures));
    *state = fixture;
    return 0;
}

static int
remove_town(void **state)
{
    struct fixture *fixture = *state;

    temp_remove(fixture->folder);
    free(fixture);
    return 0;
}

static struct csvtable *
read_table(const char *folder, const char *name)
{
    char *path = temp_path(folder, name);
    struct csvtable *table = NULL;

    assert_ok(csvtable_read(path, &table));
    free(path);
    return table;
}

static struct csvtable *
read_signals(const char *folder, const struct org *org)
{
    char name[80];

    (void) snprintf(name, sizeof name, "signals/%s.csv", org->key);
    return read_table(folder, name);
}

static void
hash_file(crypto_generichash_state *hash, const char *folder, const char *name)
{
    char *path = temp_path(folder, name);
    char *text = NULL;
    size_t len = 0;

    assert_ok(file_read(path, 1 << 24, &text, &len));
    (void) crypto_generichash_update(hash, (const uint8_t *) text, len);
    free(text);
    free(path);
}

/* Writes a town and hashes its files in a fixed order. */
static void
hash_town(const struct town_config *config, char out[65])
{
    char *folder = temp_folder();
    struct town_figures figures;
    crypto_generichash_state hash;
    uint8_t bytes[32];
    char name[80];

    assert_ok(town_write(config, folder, &figures));
    (void) crypto_generichash_init(&hash, NULL, 0, sizeof bytes);
    for (size_t i = 0; i < ORG_COUNT; i++) {
        (void) snprintf(name, sizeof name, "signals/%s.csv", ORGS[i].key);
        hash_file(&hash, folder, name);
    }
    hash_file(&hash, folder, "truth.csv");
    hash_file(&hash, folder, "residents.csv");
    hash_file(&hash, folder, "organisations.csv");
    (void) crypto_generichash_final(&hash, bytes, sizeof bytes);
    bytes_to_hex(bytes, sizeof bytes, out);
    temp_remove(folder);
}

static void
the_same_seed_gives_the_same_files_for_ever(void **state)
{
    struct town_config config = config_of(700, 200);
    char first[65];
    char second[65];

    (void) state;
    hash_town(&config, first);
    hash_town(&config, second);
    assert_string_equal(first, second);
    assert_string_equal(first, SMALL_TOWN_HASH);
    config.seed++;
    hash_town(&config, second);
    assert_string_not_equal(first, second);
}

static void
every_number_passes_the_elfproef_in_the_test_range_and_is_given_once(void **state)
{
    const struct fixture *fixture = *state;
    struct csvtable *residents = read_table(fixture->folder, "residents.csv");
    bool *is_seen = calloc(100000, sizeof *is_seen);

    assert_non_null(is_seen);
    assert_int_equal(csvtable_rows(residents), 5000);
    for (size_t i = 0; i < csvtable_rows(residents); i++) {
        const char *bsn = csvtable_get(residents, i, "bsn");
        unsigned long number = strtoul(bsn + 4, NULL, 10);

        assert_true(country_nl_bsn_is_valid(bsn));
        assert_true(people_bsn_is_valid(bsn));
        assert_memory_equal(bsn, "9999", 4);
        assert_false(is_seen[number]);
        is_seen[number] = true;
    }
    assert_false(people_bsn_is_valid("999990010"));
    assert_true(people_bsn_is_valid("999990019"));
    free(is_seen);
    csvtable_free(residents);
}

static void
assert_share(size_t part, size_t whole, size_t least_permille, size_t most_permille)
{
    assert_in_range(part * 1000 / whole, least_permille, most_permille);
}

static void
the_figures_lie_where_the_town_is_described(void **state)
{
    const struct fixture *fixture = *state;
    const struct town_figures *figures = &fixture->figures;

    assert_int_equal(figures->residents, 5000);
    assert_int_equal(figures->signals, 1500);
    assert_share(figures->with_typing_errors, 1500, 60, 100);
    assert_share(figures->identifiable, 1500, 940, 990);
    assert_share(figures->by_story[STORY_MULTI], 1500, 180, 320);
    assert_share(figures->by_story[STORY_SINGLE], 1500, 550, 750);
    assert_share(figures->by_mode[MODE_ACUTE], 1500, 5, 40);
    assert_share(figures->by_mode[MODE_CONSENTED], 1500, 30, 80);
    for (size_t i = 0; i < STORY_COUNT; i++) {
        assert_true(figures->by_story[i] > 0);
    }
    for (size_t i = 0; i < ORG_COUNT; i++) {
        assert_in_range(figures->by_org[i], 30, 400);
    }
}

static void
all_households_that_are_hard_to_tell_apart_occur(void **state)
{
    const struct fixture *fixture = *state;
    struct csvtable *residents = read_table(fixture->folder, "residents.csv");
    size_t twins = 0;
    size_t namesakes = 0;

    for (size_t i = 1; i < csvtable_rows(residents); i++) {
        for (size_t j = i; j-- > 0;) {
            if (strcmp(csvtable_get(residents, i, "household"),
                       csvtable_get(residents, j, "household")) != 0) {
                break;
            }
            if (strcmp(csvtable_get(residents, i, "birth_surname"),
                       csvtable_get(residents, j, "birth_surname")) != 0) {
                continue;
            }
            twins += strcmp(csvtable_get(residents, i, "date_of_birth"),
                            csvtable_get(residents, j, "date_of_birth")) == 0;
            namesakes += strcmp(csvtable_get(residents, i, "call_name"),
                                csvtable_get(residents, j, "call_name")) == 0;
        }
    }
    assert_in_range(twins, 20, 150);
    assert_in_range(namesakes, 15, 150);
    csvtable_free(residents);
}

static void
every_row_parses_within_its_column_and_no_sector_has_a_closed_one(void **state)
{
    static const struct {
        const char *key;
        size_t cap;
        unsigned int closed;
    } COLUMNS[] = {
#define COLUMN_ROW(name, key, need, cap, closed) { key, cap, closed },
        COLUMN_MAP(COLUMN_ROW)
#undef COLUMN_ROW
    };
    const struct fixture *fixture = *state;

    for (size_t o = 0; o < ORG_COUNT; o++) {
        struct csvtable *signals = read_signals(fixture->folder, &ORGS[o]);

        assert_int_equal(csvtable_rows(signals), fixture->figures.by_org[o]);
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
            bool is_present =
                csvtable_rows(signals) > 0 && csvtable_get(signals, 0, COLUMNS[c].key) != NULL;

            if ((COLUMNS[c].closed & COLUMN_CLOSED_TO(ORGS[o].sector)) != 0) {
                assert_false(is_present);
            }
            for (size_t i = 0; is_present && i < csvtable_rows(signals); i++) {
                assert_true(strlen(csvtable_get(signals, i, COLUMNS[c].key)) <= COLUMNS[c].cap);
            }
        }
        if (!ORGS[o].may_use_bsn) {
            assert_null(csvtable_get(signals, 0, "bsn"));
        }
        csvtable_free(signals);
    }
}

/* The domains of a field as a set. */
static uint32_t
domains_of(const char *text)
{
    char copy[256];
    char *rest = copy;
    char *word = NULL;
    uint32_t domains = 0;

    (void) snprintf(copy, sizeof copy, "%s", text);
    while ((word = strsep(&rest, " ")) != NULL) {
        const struct term *term = term_by_key(TERM_DOMAIN, word);

        assert_non_null(term);
        domains |= 1u << term->code;
    }
    return domains;
}

static void
every_row_says_what_its_sector_may_say(void **state)
{
    const struct fixture *fixture = *state;
    const uint32_t health = 1u << DOMAIN_MENTAL | 1u << DOMAIN_PHYSICAL | 1u << DOMAIN_ADDICTION;

    for (size_t o = 0; o < ORG_COUNT; o++) {
        struct csvtable *signals = read_signals(fixture->folder, &ORGS[o]);

        for (size_t i = 0; i < csvtable_rows(signals); i++) {
            const char *basis = csvtable_get(signals, i, "legal_basis");
            const char *consent = csvtable_get(signals, i, "consent_reference");
            const char *mode = csvtable_get(signals, i, "mode");
            const char *tried = csvtable_get(signals, i, "already_tried");
            const struct term *term = term_by_key(TERM_BASIS, basis);
            uint32_t domains = domains_of(csvtable_get(signals, i, "domains"));

            assert_non_null(term);
            assert_true(term_basis_fits(term->code, (uint8_t) ORGS[o].sector));
            assert_true(term_domains_are_valid(domains));
            assert_non_null(term_by_key(TERM_BAND, csvtable_get(signals, i, "severity")));
            assert_non_null(term_by_key(TERM_MODE, mode));
            if (term_basis_rests_on_consent(term->code) || strcmp(mode, "consented") == 0) {
                assert_true(consent[0] != '\0');
            }
            if (ORGS[o].sector == SECTOR_HOUSING) {
                assert_int_equal(domains & health, 0);
                assert_true(tried != NULL && tried[0] != '\0');
            }
            assert_true(i == 0 ||
                        strcmp(csvtable_get(signals, i - 1, "reference"),
                               csvtable_get(signals, i, "reference")) < 0);
        }
        csvtable_free(signals);
    }
}

/* The match keys of a row as the client makes them; none when it refuses it as too little. */
static void
keys_of(const struct csvtable *signals, size_t row, const struct org *org, struct matchkeys *keys)
{
    struct identity_input input = { .may_use_person_number = org->may_use_bsn };
    struct identity_refusal refusal = { IDENTITY_COUNTRY, IDENTITY_ACCEPTED };
    struct identity identity = { .sex = 0 };
    enum err err = ERR_OK;

    for (size_t i = 0; i < IDENTITY_FIELD_COUNT; i++) {
        input.text[i] = csvtable_get(signals, row, identity_field_key((enum identity_field) i));
    }
    keys->count = 0;
    err =
        identity_normalise(&COUNTRY_NL, &input, (struct date) { 2026, 3, 31 }, &identity, &refusal);
    if (err == ERR_OK) {
        err = matchkeys_build(&COUNTRY_NL, &identity, keys, &refusal);
    }
    if (err != ERR_OK && refusal.reason != IDENTITY_TOO_FEW) {
        fail_msg("%s row %zu: %s: %s", org->key, row + 1, identity_field_key(refusal.field),
                 identity_reason_text(refusal.reason));
    }
}

/* The client accepts each row but those with too little, and the truth says which these are. */
static void
the_client_recognises_just_the_rows_that_the_truth_calls_identifiable(void **state)
{
    const struct fixture *fixture = *state;
    struct csvtable *truth = read_table(fixture->folder, "truth.csv");
    size_t at = 0;

    for (size_t o = 0; o < ORG_COUNT; o++) {
        struct csvtable *signals = read_signals(fixture->folder, &ORGS[o]);

        for (size_t i = 0; i < csvtable_rows(signals); i++, at++) {
            bool is_identifiable = strcmp(csvtable_get(truth, at, "identifiable"), "yes") == 0;
            struct matchkeys keys = { .count = 0 };

            assert_string_equal(csvtable_get(truth, at, "reference"),
                                csvtable_get(signals, i, "reference"));
            keys_of(signals, i, &ORGS[o], &keys);
            if (is_identifiable != (keys.count > 0)) {
                fail_msg("%s row %zu: %zu keys", ORGS[o].key, i + 1, keys.count);
            }
        }
        csvtable_free(signals);
    }
    assert_int_equal(at, csvtable_rows(truth));
    csvtable_free(truth);
}

static void
a_part_of_the_town_is_written_as_in_the_whole(void **state)
{
    const struct fixture *fixture = *state;
    struct town_config config = config_of(5000, 1500);
    struct town_figures figures;
    char *folder = temp_folder();

    config.until = (struct date) { 2025, 9, 30 };
    assert_ok(town_write(&config, folder, &figures));
    assert_true(figures.signals > 300 && figures.signals < 1400);
    for (size_t o = 0; o < ORG_COUNT; o++) {
        struct csvtable *part = read_signals(folder, &ORGS[o]);
        struct csvtable *whole = read_signals(fixture->folder, &ORGS[o]);

        for (size_t i = 0; i < csvtable_rows(part); i++) {
            for (size_t c = 0; c < csvtable_columns(part); c++) {
                const char *name = csvtable_name(part, c);

                assert_string_equal(csvtable_get(part, i, name), csvtable_get(whole, i, name));
            }
        }
        csvtable_free(part);
        csvtable_free(whole);
    }
    temp_remove(folder);
}

static void
typing_errors_occur_at_the_rate_that_is_asked(void **state)
{
    struct town_config config = config_of(1000, 300);
    struct town_figures figures;
    char *folder = temp_folder();

    (void) state;
    config.typo_permille = 0;
    assert_ok(town_write(&config, folder, &figures));
    assert_int_equal(figures.with_typing_errors, 0);
    config.typo_permille = 1000;
    assert_ok(town_write(&config, folder, &figures));
    assert_true(figures.with_typing_errors >= 290);
    temp_remove(folder);
}

static void
a_town_too_small_or_too_large_is_refused(void **state)
{
    struct town_config config = config_of(PEOPLE_LEAST - 1, 30);
    struct town_figures figures;
    char *folder = temp_folder();

    (void) state;
    assert_err(ERR_INVALID, town_write(&config, folder, &figures));
    config.residents = PEOPLE_MOST + 1;
    assert_err(ERR_INVALID, town_write(&config, folder, &figures));
    config.residents = PEOPLE_LEAST;
    config.signals = PEOPLE_LEAST / 3 + 1;
    assert_err(ERR_INVALID, town_write(&config, folder, &figures));
    config.signals = 0;
    assert_err(ERR_INVALID, town_write(&config, folder, &figures));
    config.signals = PEOPLE_LEAST / 3;
    assert_ok(town_write(&config, folder, &figures));
    config.residents = PEOPLE_MOST;
    assert_ok(town_write(&config, folder, &figures));
    temp_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_files_for_ever),
        cmocka_unit_test(every_number_passes_the_elfproef_in_the_test_range_and_is_given_once),
        cmocka_unit_test(the_figures_lie_where_the_town_is_described),
        cmocka_unit_test(all_households_that_are_hard_to_tell_apart_occur),
        cmocka_unit_test(every_row_parses_within_its_column_and_no_sector_has_a_closed_one),
        cmocka_unit_test(every_row_says_what_its_sector_may_say),
        cmocka_unit_test(the_client_recognises_just_the_rows_that_the_truth_calls_identifiable),
        cmocka_unit_test(a_part_of_the_town_is_written_as_in_the_whole),
        cmocka_unit_test(typing_errors_occur_at_the_rate_that_is_asked),
        cmocka_unit_test(a_town_too_small_or_too_large_is_refused),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make_town, remove_town);
}
