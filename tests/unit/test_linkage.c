/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "base/file.h"
#include "clients/lib/country.h"
#include "clients/lib/institution.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/shared.h"
#include "tests/lib/temp.h"
#include "tools/linkage/evaluate.h"
#include "tools/linkage/explain.h"
#include "tools/linkage/print.h"
#include "tools/town/corpus.h"
#include "tools/town/people.h"
#include "tools/town/spelling.h"

static const char MAP[] = "country: nl\n"
                          "today: 2026-06-30\n"
                          "truth: { column: who }\n"
                          "columns:\n"
                          "  - { column: first, field: given_names }\n"
                          "  - { column: last, field: surname }\n"
                          "  - { column: born, field: date_of_birth }\n"
                          "  - { column: post code, field: postcode }\n"
                          "  - { column: house, field: house_number }\n";

/* Made-up persons: 1 thrice (once with a date that cannot be), 2 and 3 twins, 4 moved and married. */
static const char FILE_TEXT[] = "who, first, last, born, post code, house\n"
                                "1, Johanna, van den Dijk, 1980-12-04, 1234AB, 12\n"
                                "1, Johana, Dyk, 1980-04-12, 1243AB, 12\n"
                                "1, Johanna, Dijk, 19801304, 1234AB, 12\n"
                                "2, Emma, de Wit, 1990-01-02, 4321ZX, 7\n"
                                "3, Gemma, de Wit, 1990-01-02, 4321ZX, 7\n"
                                "4, Sandra, Mulder, 1975-05-06, 2345CD, 3\n"
                                "4, Sandra, \"Bakker-Mulder\", 1975-05-06, 5432DC, 88\n"
                                "5, , , , , \n";

struct trial {
    struct mapping mapping;
    struct persons persons;
    struct keytable table;
    struct evaluation evaluation;
};

static void
write_file(const char *path, const char *text)
{
    assert_ok(file_create(path, text, strlen(text), 0600));
}

/* Runs a trial over files; 'right' may be NULL. */
static void
run(struct trial *trial, const char *map, const char *left, const char *right, bool has_number,
    bool is_blind)
{
    struct capsule_policy policy;
    char map_error[MAPPING_ERROR_ROOM] = "";
    char error[PERSONS_ERROR_ROOM] = "";

    memset(trial, 0, sizeof *trial);
    assert_ok(mapping_init(&trial->mapping, map, map_error));
    if (!has_number) {
        mapping_drop_number(&trial->mapping);
    }
    assert_ok(persons_read(&trial->persons, &trial->mapping, left, false, error));
    if (right != NULL) {
        assert_ok(persons_read(&trial->persons, &trial->mapping, right, true, error));
    }
    assert_ok(persons_number(&trial->persons));
    assert_ok(keytable_init(&trial->table, &trial->persons, &trial->mapping.rules, is_blind));
    policy = (struct capsule_policy) { &trial->mapping.rules, NULL, trial->mapping.today };
    assert_ok(evaluate(&trial->persons, &policy, &trial->table, &trial->evaluation));
}

static void
done(struct trial *trial)
{
    keytable_done(&trial->table);
    persons_done(&trial->persons);
    mapping_done(&trial->mapping);
}

static void
expect_figures(const struct figures *figures, uint64_t tp, uint64_t fp, uint64_t fn)
{
    assert_int_equal(figures->tp, tp);
    assert_int_equal(figures->fp, fp);
    assert_int_equal(figures->fn, fn);
}

/* Runs over the small file, through plain hashes or the oblivious function: the figures are known. */
static void
check_small_file(bool is_blind)
{
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    struct trial trial;

    write_file(map, MAP);
    write_file(file, FILE_TEXT);
    run(&trial, map, file, NULL, true, is_blind);
    assert_int_equal(trial.evaluation.true_pairs, 4);
    expect_figures(&trial.evaluation.any_key, 4, 1, 0);
    expect_figures(&trial.evaluation.closure, 4, 1, 0);
    expect_figures(&trial.evaluation.capsule, 4, 0, 0);
    assert_int_equal(trial.evaluation.undecided.pairs, 1);
    assert_int_equal(trial.evaluation.undecided.true_pairs, 0);
    assert_int_equal(trial.persons.shortened_dates, 1);
    assert_int_equal(trial.table.keyless, 1);
    done(&trial);
    free(map);
    free(file);
    temp_remove(folder);
}

static void
a_small_file_yields_its_known_figures(void **state)
{
    (void) state;
    check_small_file(false);
}

/* A type of the tier; the list of types is the country's. */
static uint16_t
type_of_tier(enum matchkey_tier wanted)
{
    for (uint16_t type = 1; type < KEYTABLE_TYPES; type++) {
        enum matchkey_tier tier;

        if (matchkey_tier(type, &tier) == ERR_OK && tier == wanted) {
            return type;
        }
    }
    fail_msg("no type has this tier");
    return 0;
}

/* Makes all keys of tier B, but for the first by which 'a' and 'b' meet when 'has_best'. */
static void
set_tiers(struct keytable *table, uint32_t a, uint32_t b, bool has_best)
{
    bool is_done = !has_best;

    for (size_t i = 0; i < table->count; i++) {
        table->entries[i].type = type_of_tier(MATCHKEY_TIER_B);
    }
    for (size_t i = 1; i < table->count && !is_done; i++) {
        struct keytable_entry *one = &table->entries[i - 1];
        struct keytable_entry *other = &table->entries[i];

        if (one->row == a && other->row == b &&
            memcmp(one->hash, other->hash, KEYTABLE_HASH_LEN) == 0) {
            one->type = type_of_tier(MATCHKEY_TIER_A);
            other->type = one->type;
            is_done = true;
        }
    }
    assert_true(is_done);
}

static void
expect_pairs(const struct pair_count *count, uint64_t pairs, uint64_t true_pairs)
{
    assert_int_equal(count->pairs, pairs);
    assert_int_equal(count->true_pairs, true_pairs);
}

/* The twins of the small file are the undecided ones; row 3 and row 4. */
static void
an_undecided_pair_goes_to_a_person_by_its_best_key_or_is_cut(void **state)
{
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    struct trial trial;
    const struct capsule_policy policy = { &trial.mapping.rules, NULL, trial.mapping.today };

    (void) state;
    write_file(map, MAP);
    write_file(file, FILE_TEXT);
    run(&trial, map, file, NULL, true, false);
    set_tiers(&trial.table, 3, 4, true);
    assert_ok(evaluate(&trial.persons, &policy, &trial.table, &trial.evaluation));
    expect_pairs(&trial.evaluation.asked, 1, 0);
    expect_pairs(&trial.evaluation.cut, 0, 0);
    expect_figures(&trial.evaluation.kept, 4, 1, 0);
    set_tiers(&trial.table, 3, 4, false);
    assert_ok(evaluate(&trial.persons, &policy, &trial.table, &trial.evaluation));
    expect_pairs(&trial.evaluation.undecided, 1, 0);
    expect_pairs(&trial.evaluation.asked, 0, 0);
    expect_pairs(&trial.evaluation.cut, 1, 0);
    expect_figures(&trial.evaluation.kept, 4, 0, 0);
    done(&trial);
    free(map);
    free(file);
    temp_remove(folder);
}

/* No figure equals the one beside it. */
static const struct evaluation MADE_UP = {
    .true_pairs = 20,
    .any_key = { .tp = 18, .fp = 7, .fn = 2 },
    .closure = { .tp = 18, .fp = 8, .fn = 2 },
    .capsule = { .tp = 9, .fp = 1, .fn = 11 },
    .kept = { .tp = 15, .fp = 3, .fn = 5 },
    .undecided = { 11, 8 },
    .refused = { 4, 1 },
    .asked = { 8, 6 },
    .cut = { 7, 3 },
};

static void
the_outcomes_are_printed_beside_the_verdicts(void **state)
{
    const struct persons persons = { .count = 30 };
    const struct keytable table = { .count = 60 };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void) state;
    assert_non_null(out);
    print_table(&persons, &table, &MADE_UP, out);
    fclose(out);
    assert_non_null(strstr(text, "confirmed           10 pairs, of which 9 true\n"));
    assert_non_null(strstr(text, "to a person          8 pairs, of which 6 true;"));
    assert_non_null(strstr(text, "cut                  7 pairs, of which 3 true;"));
    assert_non_null(strstr(text, "The team sees 75.00 % of the true pairs"));
    free(text);
}

static void
the_outcomes_are_in_the_json_beside_the_verdicts(void **state)
{
    const struct persons persons = { .count = 30 };
    const struct keytable table = { .count = 60 };
    json_int_t found[9] = { 0 };
    double recall = 0.0;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    json_t *root;

    (void) state;
    assert_non_null(out);
    assert_ok(print_json(&persons, &table, &MADE_UP, out));
    fclose(out);
    root = json_loads(text, 0, NULL);
    assert_int_equal(
        json_unpack(
            root, "{s:{s:I}, s:{s:I}, s:{s:I}, s:I, s:{s:I, s:I}, s:{s:I, s:I}, s:{s:I, s:F}}",
            "any_key", "tp", &found[0], "closure", "fp", &found[1], "capsule", "fn", &found[2],
            "undecided", &found[3], "asked", "pairs", &found[4], "true", &found[5], "cut", "pairs",
            &found[6], "true", &found[7], "kept", "tp", &found[8], "recall", &recall),
        0);
    assert_int_equal(found[0], 18);
    assert_int_equal(found[1], 8);
    assert_int_equal(found[2], 11);
    assert_int_equal(found[3], 11);
    assert_int_equal(found[4], 8);
    assert_int_equal(found[5], 6);
    assert_int_equal(found[6], 7);
    assert_int_equal(found[7], 3);
    assert_int_equal(found[8], 15);
    assert_true(recall > 0.7499 && recall < 0.7501);
    json_decref(root);
    free(text);
}

static void
the_oblivious_function_meets_the_same_rows(void **state)
{
    (void) state;
    check_small_file(true);
}

static void
linking_two_files_compares_no_rows_of_one_file(void **state)
{
    static const char LEFT[] = "\xef\xbb\xbfwho,first,last,born,post code,house\n"
                               "1,Johanna,Dijk,1980-12-04,1234AB,12\n"
                               "1,Johanna,Dijk,1980-12-04,1234AB,12\n";
    static const char RIGHT[] = "who,first,last,born,post code,house\n"
                                "1,Johanna,Dijk,1980-12-04,1234AB,12\n"
                                "2,Piet,Smit,1970-12-04,1234AB,14\n";
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *left = temp_path(folder, "left.csv");
    char *right = temp_path(folder, "right.csv");
    struct trial trial;

    (void) state;
    write_file(map, MAP);
    write_file(left, LEFT);
    write_file(right, RIGHT);
    run(&trial, map, left, right, true, false);
    assert_int_equal(trial.evaluation.true_pairs, 2);
    expect_figures(&trial.evaluation.any_key, 2, 0, 0);
    expect_figures(&trial.evaluation.closure, 2, 0, 0);
    done(&trial);
    free(map);
    free(left);
    free(right);
    temp_remove(folder);
}

static void
explaining_names_rows_and_fields_but_no_values(void **state)
{
    static const char TEXT[] = "who,first,last,born,post code,house\n"
                               "1,Johanna,Dijk,1980-12-04,1234AB,12\n"
                               "1,Petra,Smit,1980-12-04,9876ZX,14\n";
    static const char LINE[] = "missed rows=2,3 capsule=refused number=unknown first_name=conflict "
                               "surname=different birth_date=equal sex=unknown address=different "
                               "nearest=";
    static const char END[] = " left_out=none\n";
    char *folder = temp_folder();
    char *map = temp_path(folder, "map.yaml");
    char *file = temp_path(folder, "file.csv");
    struct trial trial;
    const struct capsule_policy policy = { &trial.mapping.rules, NULL, trial.mapping.today };
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    (void) state;
    assert_non_null(out);
    write_file(map, MAP);
    write_file(file, TEXT);
    run(&trial, map, file, NULL, true, false);
    assert_ok(explain(&trial.persons, &policy, &trial.table, out));
    fclose(out);
    assert_memory_equal(text, LINE, strlen(LINE));
    assert_string_equal(text + strlen(text) - strlen(END), END);
    assert_null(strpbrk(strstr(text, "nearest="), "0123456789"));
    free(text);
    done(&trial);
    free(map);
    free(file);
    temp_remove(folder);
}

/* Everybody in a small town as two organisations know them. */
static void
the_dutch_household_corpus_confirms_no_relative(void **state)
{
    struct corpus_config config = {
        .seed = 2, .residents = 2000, .reports = 2, .typo_permille = 80, .end = { 2026, 6, 30 }
    };
    struct corpus_figures figures = { 0 };
    char *folder = temp_folder();
    char *file = temp_path(folder, "corpus.csv");
    struct trial trial;

    (void) state;
    assert_ok(corpus_write(&config, folder, "corpus.csv", &figures));
    assert_int_equal(figures.residents, 2000);
    run(&trial, DUTCH_MAP, file, NULL, true, false);
    assert_true(figures_recall(&trial.evaluation.any_key) >= 0.95);
    assert_true(figures_recall(&trial.evaluation.capsule) >= 0.83);
    assert_true(figures_recall(&trial.evaluation.kept) >= 0.95);
    assert_int_equal(trial.evaluation.capsule.fp, 0);
    assert_int_equal(trial.evaluation.kept.tp,
                     trial.evaluation.capsule.tp + trial.evaluation.asked.true_pairs);
    assert_int_equal(trial.evaluation.kept.tp + trial.evaluation.kept.fn,
                     trial.evaluation.true_pairs);
    assert_int_equal(trial.evaluation.asked.pairs + trial.evaluation.cut.pairs,
                     trial.evaluation.undecided.pairs + trial.evaluation.refused.pairs);
    done(&trial);
    free(file);
    temp_remove(folder);
}

/* What municipalities are promised (docs/LINKAGE.md), in three whole towns. */
static void
three_towns_of_five_thousand_keep_the_promises(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        const struct corpus_config config = { .seed = seed,
                                              .residents = 5000,
                                              .reports = 2,
                                              .typo_permille = 80,
                                              .end = { 2026, 6, 30 } };
        struct corpus_figures figures = { 0 };
        char *folder = temp_folder();
        char *file = temp_path(folder, "corpus.csv");
        struct trial trial;
        double sum = 0.0;

        assert_ok(corpus_write(&config, folder, "corpus.csv", &figures));
        run(&trial, DUTCH_MAP, file, NULL, true, false);
        for (size_t type = 0; type < KEYTABLE_TYPES; type++) {
            sum += trial.evaluation.types[type].collision;
        }
        assert_true(figures_recall(&trial.evaluation.kept) >= 0.95);
        assert_int_equal(trial.evaluation.capsule.fp, 0);
        /* Below 1/M^2 for every resident in the vault. */
        assert_true(sum > 0.0 && sum < 1.0 / (5000.0 * 5000.0));
        done(&trial);
        free(file);
        temp_remove(folder);
    }
}

static char *
read_all(const char *path)
{
    char *text = NULL;
    size_t len = 0;

    assert_ok(file_read(path, 8 << 20, &text, &len));
    return text;
}

static void
the_dutch_household_corpus_holds_what_makes_people_hard_to_tell_apart(void **state)
{
    static const char *const KINDS[] = { "three_generations", "students", "institution",
                                         "newcomers" };
    struct corpus_config config = {
        .seed = 1, .residents = 3000, .reports = 2, .typo_permille = 80, .end = { 2026, 6, 30 }
    };
    struct corpus_figures figures = { 0 };
    struct institution_list *list = NULL;
    struct yaml_error error;
    char *folder = temp_folder();
    char *file = temp_path(folder, "corpus.csv");
    char *institutions = temp_path(folder, "institutions.yaml");
    struct people people = { .count = 0 };
    size_t triplets = 0;
    char *first = NULL;
    char *again = NULL;

    (void) state;
    assert_ok(corpus_write(&config, folder, "corpus.csv", &figures));
    first = read_all(file);
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        assert_non_null(strstr(first, KINDS[i]));
    }
    assert_non_null(strstr(first, "-00,")); /* an unknown day */
    assert_non_null(strcasestr(first, "onbekend"));
    assert_ok(corpus_write(&config, folder, "corpus.csv", &figures));
    again = read_all(file);
    assert_string_equal(first, again);
    assert_ok(institution_list_load(institutions, &COUNTRY_NL, &list, &error));
    assert_true(institution_list_count(list) > 5);
    assert_ok(people_make_varied(1, 3000, config.end, &people));
    for (size_t i = 2; i < people.count; i++) {
        const struct resident *three = &people.residents[i - 2];

        triplets += three[0].household == three[2].household &&
            date_to_days(three[0].born) == date_to_days(three[1].born) &&
            date_to_days(three[0].born) == date_to_days(three[2].born);
    }
    assert_true(triplets > 0);
    people_done(&people);
    institution_list_free(list);
    free(first);
    free(again);
    free(institutions);
    free(file);
    temp_remove(folder);
}

static void
slips_on_the_keyboard_stay_what_they_were(void **state)
{
    struct rng rng;

    (void) state;
    rng_init(&rng, 1, "slips");
    for (int i = 0; i < 2000; i++) {
        char name[] = "Hendrika";
        char date[] = "1980-12-21";
        char postcode[] = "1234AB";
        char number[] = "12";
        struct date read;

        assert_true(spelling_slip_key(&rng, name));
        assert_int_equal(strlen(name), 8);
        assert_int_equal(name[0], 'H');
        assert_string_not_equal(name, "Hendrika");
        assert_true(spelling_swap_in_date(&rng, date, 2026));
        assert_ok(date_parse(date, &read));
        assert_in_range(read.year, 1900, 2025);
        assert_true(spelling_swap_digits(&rng, postcode));
        assert_string_equal(postcode + 4, "AB");
        assert_true(spelling_swap_digits(&rng, number));
        assert_string_equal(number, "21");
    }
    assert_false(spelling_swap_digits(&rng, (char[]) { "7" }));
    assert_false(spelling_swap_digits(&rng, (char[]) { "10" }));
    assert_false(spelling_slip_key(&rng, (char[]) { "Bo" }));
}

/* The public benchmark, where it lies beside the checkout: the figures that docs/LINKAGE.md promises. */
static void
the_public_benchmark_is_linked_as_well_as_promised(void **state)
{
    char *file = shared_path("data/febrl/dataset3.csv");

    (void) state;
    if (file == NULL) {
        skip();
    }
    for (int has_number = 0; has_number < 2; has_number++) {
        struct trial trial;

        run(&trial, FEBRL_MAP, file, NULL, has_number == 1, false);
        assert_true(figures_f1(&trial.evaluation.closure) >= (has_number == 1 ? 0.997 : 0.985));
        assert_int_equal(trial.evaluation.capsule.fp, 0);
        done(&trial);
    }
    free(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_file_yields_its_known_figures),
        cmocka_unit_test(an_undecided_pair_goes_to_a_person_by_its_best_key_or_is_cut),
        cmocka_unit_test(the_outcomes_are_printed_beside_the_verdicts),
        cmocka_unit_test(the_outcomes_are_in_the_json_beside_the_verdicts),
        cmocka_unit_test(the_oblivious_function_meets_the_same_rows),
        cmocka_unit_test(linking_two_files_compares_no_rows_of_one_file),
        cmocka_unit_test(explaining_names_rows_and_fields_but_no_values),
        cmocka_unit_test(the_dutch_household_corpus_confirms_no_relative),
        cmocka_unit_test(three_towns_of_five_thousand_keep_the_promises),
        cmocka_unit_test(the_dutch_household_corpus_holds_what_makes_people_hard_to_tell_apart),
        cmocka_unit_test(slips_on_the_keyboard_stay_what_they_were),
        cmocka_unit_test(the_public_benchmark_is_linked_as_well_as_promised),
    };

    if (sodium_init() < 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
