/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/institution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/lib/capsule.h"
#include "clients/lib/country.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

/* All addresses and persons here are made up. */

static const char LIST[] = "name: Instellingen\n"
                           "version: \"2026-1\"\n"
                           "addresses:\n"
                           "  - postcode: 1234 ab\n"
                           "    house_number: 012\n"
                           "    street: Havenstraat\n"
                           "    note: nursing home\n"
                           "  - postcode: 2345BC\n";

struct scene {
    char *folder;
    char *path;
    struct institution_list *list;
    struct yaml_error error;
};

static enum err
load(struct scene *scene, const char *text)
{
    FILE *file = fopen(scene->path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    institution_list_free(scene->list);
    scene->list = NULL;
    return institution_list_load(scene->path, &COUNTRY_NL, &scene->list, &scene->error);
}

static int
scene_new(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    scene->folder = temp_folder();
    scene->path = temp_path(scene->folder, "institutions.yaml");
    *state = scene;
    return 0;
}

static int
scene_free(void **state)
{
    struct scene *scene = *state;

    institution_list_free(scene->list);
    temp_remove(scene->folder);
    free(scene->path);
    free(scene);
    return 0;
}

static bool
is_listed(const struct scene *scene, const char *postcode, const char *house, const char *street)
{
    struct identity identity = { .postcode = "" };

    snprintf(identity.postcode, sizeof identity.postcode, "%s", postcode);
    snprintf(identity.house_number, sizeof identity.house_number, "%s", house);
    snprintf(identity.street, sizeof identity.street, "%s", street);
    return institution_list_has(scene->list, &identity);
}

static void
an_address_is_found_however_it_is_written(void **state)
{
    struct scene *scene = *state;

    assert_ok(load(scene, LIST));
    assert_int_equal(institution_list_count(scene->list), 2);
    assert_true(is_listed(scene, "1234ab", "12", ""));
    assert_true(is_listed(scene, "1234ab", "12", "elders"));
    assert_true(is_listed(scene, "1234ab", "", ""));
    assert_false(is_listed(scene, "1234ab", "13", ""));
    assert_false(is_listed(scene, "1234ac", "12", ""));
}

static void
without_a_house_number_every_house_of_the_postcode_is_meant(void **state)
{
    struct scene *scene = *state;

    assert_ok(load(scene, LIST));
    assert_true(is_listed(scene, "2345bc", "1", ""));
    assert_true(is_listed(scene, "2345bc", "99", ""));
}

static void
without_a_postcode_the_street_is_looked_at(void **state)
{
    struct scene *scene = *state;

    assert_ok(load(scene, LIST));
    assert_true(is_listed(scene, "", "12", "havenstraat"));
    assert_false(is_listed(scene, "", "13", "havenstraat"));
    assert_false(is_listed(scene, "9876zx", "12", "havenstraat"));
    assert_false(is_listed(scene, "", "12", ""));
    assert_false(is_listed(scene, "", "", ""));
}

static void
no_list_has_no_address(void **state)
{
    struct scene *scene = *state;

    assert_false(is_listed(scene, "1234ab", "12", "havenstraat"));
    assert_int_equal(institution_list_count(NULL), 0);
    institution_list_free(NULL);
    assert_ok(load(scene, "name: a\nversion: b\naddresses: []\n"));
    assert_int_equal(institution_list_count(scene->list), 0);
}

static void
a_bad_list_names_field_and_place_and_gives_nothing(void **state)
{
    static const struct {
        const char *text;
        const char *field;
    } CASES[] = {
        { "name: a\nversion: b\naddresses:\n  - postcode: 1234AB\n  - postcode: 1234SS\n",
          "addresses[2].postcode" },
        { "name: a\nversion: b\naddresses:\n  - postcode: \"0234AB\"\n", "addresses[1].postcode" },
        { "name: a\nversion: b\naddresses:\n  - postcode: \"-\"\n", "addresses[1].postcode" },
        { "name: a\nversion: b\naddresses:\n  - postcode: 1234AB\n    house_number: twaalf\n",
          "addresses[1].house_number" },
        { "name: a\nversion: b\naddresses:\n  - house_number: 12\n", "postcode" },
        { "name: a\nversion: b\naddresses:\n  - postcode: 1234AB\n    town: Goes\n", "town" },
        { "name: a\naddresses: []\n", "version" },
    };
    struct scene *scene = *state;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_err(ERR_MALFORMED, load(scene, CASES[i].text));
        assert_string_equal(scene->error.field, CASES[i].field);
        assert_null(scene->list);
    }
    assert_err(ERR_NOT_FOUND,
               institution_list_load("/nowhere/at/all", &COUNTRY_NL, &scene->list, &scene->error));
}

static struct identity
resident(const char *surname, const char *postcode)
{
    const struct identity_input input = { .text = { [IDENTITY_GIVEN_NAMES] = "Johanna",
                                                    [IDENTITY_BIRTH_NAME] = surname,
                                                    [IDENTITY_BIRTH_DATE] = "1980-12-04",
                                                    [IDENTITY_POSTCODE] = postcode,
                                                    [IDENTITY_HOUSE_NUMBER] = "12" } };
    struct identity_refusal refusal;
    struct identity out = { .sex = 0 };

    assert_ok(
        identity_normalise(&COUNTRY_NL, &input, (struct date) { 2026, 6, 30 }, &out, &refusal));
    return out;
}

/* The comparison both ways round, which must be the same. */
static struct capsule_comparison
compare(const struct institution_list *list, const struct identity *a, const struct identity *b)
{
    const struct capsule_policy policy = { .rules = &COUNTRY_NL,
                                           .institutions = list,
                                           .today = { 2026, 6, 30 } };
    struct capsule_comparison there = { 0 };
    struct capsule_comparison back = { 0 };

    capsule_compare(&policy, a, b, &there);
    capsule_compare(&policy, b, a, &back);
    assert_memory_equal(&there, &back, sizeof there);
    return there;
}

static void
an_institutions_address_confirms_nobody(void **state)
{
    struct scene *scene = *state;
    struct identity a = resident("Dijk", "1234AB");
    struct identity b = resident("Pietersen", "1234AB");
    struct identity namesake = resident("Dijk", "1234AB");
    struct identity elsewhere = resident("Pietersen", "9876ZX");
    struct capsule_comparison it;

    assert_ok(load(scene, LIST));
    it = compare(NULL, &a, &b);
    assert_int_equal(it.verdict, CAPSULE_CONFIRMED);
    it = compare(scene->list, &a, &b);
    assert_int_equal(it.verdict, CAPSULE_UNDECIDED);
    assert_string_equal(capsule_agreement_key(it.address), "shared");
    /* What carries without the address goes on carrying. */
    assert_int_equal(compare(scene->list, &a, &namesake).verdict, CAPSULE_CONFIRMED);
    it = compare(scene->list, &a, &elsewhere);
    assert_int_equal(it.address, CAPSULE_DIFFERENT);
}

#define SCENE(name) cmocka_unit_test_setup_teardown(name, scene_new, scene_free)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(an_address_is_found_however_it_is_written),
        SCENE(without_a_house_number_every_house_of_the_postcode_is_meant),
        SCENE(without_a_postcode_the_street_is_looked_at),
        SCENE(no_list_has_no_address),
        SCENE(a_bad_list_names_field_and_place_and_gives_nothing),
        SCENE(an_institutions_address_confirms_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
