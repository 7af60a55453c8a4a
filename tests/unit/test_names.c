/* SPDX-License-Identifier: EUPL-1.2 */
/* Names: what is left of them, and what is none. */
#include "tests/unit/identity_field.h"

static void
particles_and_titles_leave_the_surname(void **state)
{
    static const struct pair PAIRS[] = {
        { "van der Berg", "berg" },
        { "Van Den BERG", "berg" },
        { "in 't Veld", "veld" },
        { "’t Hooft", "hooft" },
        { "'s-Gravesande", "gravesande" },
        { "Berg, van den", "berg" },
        { "drs. de Vries", "vries" },
        { "de la Cruz", "cruz" },
        { "El Haddad", "haddad" },
        { "van Asch van Wijck", "aschwijck" },
        { "de Graaf", "graaf" },
        { "ter Haar", "haar" },
        { "Le", "le" },
        { "E", "e" },
        { "van Geen", "geen" },
    };

    (void) state;
    EXPECT_TEXTS(IDENTITY_SURNAME, surname, PAIRS);
}

static void
two_surnames_are_told_apart_in_either_order(void **state)
{
    static const struct {
        const char *entered, *birth, *partner;
    } CASES[] = {
        { "de Vries-Jansen", "jansen", "vries" },
        { "de Vries - van Jansen", "jansen", "vries" },
        { "Jansen e/v de Vries", "jansen", "vries" },
        { "Jansen e.v. de Vries", "jansen", "vries" },
        { "Jansen gehuwd met de Vries", "jansen", "vries" },
        { "Jansen, weduwe van de Vries", "jansen", "vries" },
        { "de Vries geb. Jansen", "jansen", "vries" },
        { "Vries/Jansen", "jansen", "vries" },
        { "Jansen-Jansen", "jansen", "" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { 0 };

        assert_ok(enter(IDENTITY_SURNAME, CASES[i].entered, &identity, &refusal));
        assert_string_equal(identity.surname, CASES[i].birth);
        assert_string_equal(identity.other_surname, CASES[i].partner);
    }
}

static void
separate_name_fields_agree_with_the_name_in_use(void **state)
{
    struct identity_input input = { .text = { [IDENTITY_SURNAME] = "de Vries-Jansen",
                                              [IDENTITY_BIRTH_NAME] = "Jansen",
                                              [IDENTITY_PARTNER_NAME] = "de Vries" } };
    struct identity identity = { 0 };
    struct identity_refusal refusal = { 0 };

    (void) state;
    assert_ok(identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_string_equal(identity.surname, "jansen");
    assert_string_equal(identity.other_surname, "vries");

    input.text[IDENTITY_SURNAME] = "Pietersen";
    assert_err(ERR_MALFORMED, identity_normalise(&COUNTRY_NL, &input, TODAY, &identity, &refusal));
    assert_int_equal(refusal.field, IDENTITY_SURNAME);
    assert_int_equal(refusal.reason, IDENTITY_TOO_MANY_NAMES);
}

static void
surnames_that_are_none_are_refused(void **state)
{
    (void) state;
    expect_refusal(IDENTITY_SURNAME, "van der", IDENTITY_ONLY_PARTICLES);
    expect_refusal(IDENTITY_SURNAME, "drs.", IDENTITY_ONLY_PARTICLES);
    expect_refusal(IDENTITY_SURNAME, "v an", IDENTITY_ONLY_PARTICLES);
    expect_refusal(IDENTITY_SURNAME, "e/v", IDENTITY_ONLY_PARTICLES);
    expect_refusal(IDENTITY_SURNAME, "de", IDENTITY_ONLY_PARTICLES);
    expect_refusal(IDENTITY_SURNAME, "v.d.", IDENTITY_ONLY_PARTICLES);
    expect_refusal(IDENTITY_SURNAME, "Jansen, Piet", IDENTITY_COMMA_NAME);
    expect_refusal(IDENTITY_SURNAME, "Jansen 2", IDENTITY_NOT_A_NAME);
    expect_refusal(IDENTITY_SURNAME, "Jansen 😀", IDENTITY_NOT_A_NAME);
    expect_refusal(IDENTITY_SURNAME, "Jansen?", IDENTITY_NOT_A_NAME);
    expect_refusal(IDENTITY_SURNAME, "A-B-C", IDENTITY_TOO_MANY_NAMES);
    expect_refusal(IDENTITY_SURNAME, "Иванов", IDENTITY_NOT_LATIN);
    expect_refusal(IDENTITY_SURNAME, "王", IDENTITY_NOT_LATIN);
}

static void
prefixes_are_known_as_clerks_write_them(void **state)
{
    static const struct pair PAIRS[] = {
        { "v.d. Berg", "berg" },   { "vd Berg", "berg" },        { "v/d Berg", "berg" },
        { "v. Dijk", "dijk" },     { "Berg, v.d.", "berg" },     { "v.'t Hof", "hof" },
        { "A. Jansen", "jansen" }, { "Wed. de Vries", "vries" }, { "de heer Jansen", "jansen" },
        { "Fam. Smit", "smit" },   { "Hr. Bos", "bos" },
    };

    (void) state;
    EXPECT_TEXTS(IDENTITY_SURNAME, surname, PAIRS);
}

static void
a_name_that_is_also_a_prefix_stays_a_name(void **state)
{
    static const struct pair PAIRS[] = {
        { "Los", "los" }, { "van der Los", "los" }, { "Du", "du" },     { "Zu", "zu" },
        { "Ing", "ing" }, { "de Heer", "heer" },    { "el", "el" },     { "Te", "te" },
        { "Ma", "ma" },   { "Li", "li" },           { "Kind", "kind" },
    };
    static const struct pair OTHERS[] = { { "Jansen-Los", "jansen" }, { "Los-de Vries", "los" } };

    (void) state;
    EXPECT_TEXTS(IDENTITY_SURNAME, surname, PAIRS);
    EXPECT_TEXTS(IDENTITY_SURNAME, other_surname, OTHERS);
}

static void
a_hyphen_behind_an_arabic_article_parts_no_names(void **state)
{
    static const struct pair PAIRS[] = {
        { "El-Amrani", "amrani" }, { "el Amrani", "amrani" }, { "Al-Khatib", "khatib" },
        { "Ben-Ali", "ali" },      { "Ait-Said", "said" },    { "De Vries-El-Amrani", "amrani" },
    };
    static const struct pair OTHERS[] = { { "El-Amrani", "" }, { "De Vries-El-Amrani", "vries" } };

    (void) state;
    EXPECT_TEXTS(IDENTITY_SURNAME, surname, PAIRS);
    EXPECT_TEXTS(IDENTITY_SURNAME, other_surname, OTHERS);
}

static void
two_names_in_one_field_are_parted(void **state)
{
    static const struct pair PAIRS[] = {
        { "de Vries (Jansen)", "jansen" },       { "Jansen & de Vries", "vries" },
        { "Jansen + de Vries", "vries" },        { "Jansen w.v. de Vries", "jansen" },
        { "Jansen wed. v. de Vries", "jansen" },
    };
    static const struct pair OTHERS[] = {
        { "de Vries (Jansen)", "vries" },
        { "Jansen & de Vries", "jansen" },
        { "Jansen w.v. de Vries", "vries" },
    };
    static const struct pair CALLED[] = { { "Jan (Johannes)", "jan" }, { "Jan/Piet", "jan" } };

    (void) state;
    EXPECT_TEXTS(IDENTITY_SURNAME, surname, PAIRS);
    EXPECT_TEXTS(IDENTITY_SURNAME, other_surname, OTHERS);
    EXPECT_TEXTS(IDENTITY_CALL_NAME, call_name, CALLED);
}

static void
a_form_of_address_is_no_first_name(void **state)
{
    static const struct pair CALLED[] = {
        { "Mevr.", "" },      { "Mevrouw", "" },        { "dhr", "" },    { "Kind", "" },
        { "Dr. Jan", "jan" }, { "Mevr. Anna", "anna" }, { "Van", "van" },
    };
    static const struct pair GIVEN[] = { { "Mevr. Anna", "anna" },
                                         { "baby", "" },
                                         { "Thi Van", "thi van" } };
    static const struct pair INITIALS[] = {
        { "Dhr", "" },  { "Dhr. P.", "p" }, { "D.H.R.", "dhr" }, { "M.E.J.", "mej" },
        { "N.N.", "" }, { "MR", "mr" },     { "J.R.", "jr" },
    };

    (void) state;
    EXPECT_TEXTS(IDENTITY_CALL_NAME, call_name, CALLED);
    EXPECT_TEXTS(IDENTITY_CALL_NAME, initials, ((const struct pair[]) { { "Mevr.", "" } }));
    EXPECT_TEXTS(IDENTITY_GIVEN_NAMES, given_names, GIVEN);
    EXPECT_TEXTS(IDENTITY_INITIALS, initials, INITIALS);
    expect_refusal(IDENTITY_GIVEN_NAMES, "van der", IDENTITY_ONLY_PARTICLES);
    expect_refusal(IDENTITY_CALL_NAME, "van den", IDENTITY_ONLY_PARTICLES);
}

static void
initials_are_kept_whatever_they_spell(void **state)
{
    static const struct pair GIVEN[] = {
        { "Maria Elisabeth Johanna", "mej" },
        { "Nico Nel", "nn" },
        { "N. N.", "" },
    };
    static const struct pair CALLED[] = { { "Th.", "t" }, { "J.M.", "jm" }, { "Jan P.", "" } };
    static const struct pair NAMES[] = { { "Th.", "" }, { "J.M.", "" }, { "Jan P.", "jan" } };

    (void) state;
    EXPECT_TEXTS(IDENTITY_GIVEN_NAMES, initials, GIVEN);
    EXPECT_TEXTS(IDENTITY_CALL_NAME, initials, CALLED);
    EXPECT_TEXTS(IDENTITY_CALL_NAME, call_name, NAMES);
}

static void
the_long_y_begins_a_name_as_y_does(void **state)
{
    static const struct pair GIVEN[] = { { "IJsbrand", "y" },
                                         { "Ysbrand", "y" },
                                         { "IJ. P.", "yp" } };
    static const struct pair INITIALS[] = { { "IJ.P.", "yp" }, { "Y.P.", "yp" } };

    (void) state;
    EXPECT_TEXTS(IDENTITY_GIVEN_NAMES, initials, GIVEN);
    EXPECT_TEXTS(IDENTITY_INITIALS, initials, INITIALS);
}

static void
only_a_prefix_is_no_surname_in_any_field_for_one(void **state)
{
    static const enum identity_field FIELDS[] = { IDENTITY_SURNAME, IDENTITY_BIRTH_NAME,
                                                  IDENTITY_PARTNER_NAME };

    (void) state;
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        expect_refusal(FIELDS[i], "van der", IDENTITY_ONLY_PARTICLES);
        expect_refusal(FIELDS[i], "in 't", IDENTITY_ONLY_PARTICLES);
    }
}

static void
first_names_and_initials_are_kept_apart(void **state)
{
    static const struct {
        const char *entered, *names, *initials;
    } CASES[] = {
        { "Johanna Maria", "johanna maria", "jm" },
        { "Jean-Claude", "jeanclaude", "j" },
        { "J.M.", "", "jm" },
        { "J", "", "j" },
        { "Th.", "", "t" },
        { "Jan M.", "jan", "jm" },
        { "dr. Jan", "jan", "j" },
        { "Anne-M.", "anne", "am" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct identity identity = { 0 };
        struct identity_refusal refusal = { 0 };

        assert_ok(enter(IDENTITY_GIVEN_NAMES, CASES[i].entered, &identity, &refusal));
        assert_string_equal(identity.given_names, CASES[i].names);
        assert_string_equal(identity.initials, CASES[i].initials);
    }
}

static void
initials_are_read_with_and_without_points(void **state)
{
    static const struct pair PAIRS[] = {
        { "J.M.", "jm" }, { "JM", "jm" }, { "j m", "jm" }, { "Th.M.", "tm" }
    };

    (void) state;
    EXPECT_TEXTS(IDENTITY_INITIALS, initials, PAIRS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(particles_and_titles_leave_the_surname),
        cmocka_unit_test(two_surnames_are_told_apart_in_either_order),
        cmocka_unit_test(separate_name_fields_agree_with_the_name_in_use),
        cmocka_unit_test(surnames_that_are_none_are_refused),
        cmocka_unit_test(prefixes_are_known_as_clerks_write_them),
        cmocka_unit_test(a_name_that_is_also_a_prefix_stays_a_name),
        cmocka_unit_test(a_hyphen_behind_an_arabic_article_parts_no_names),
        cmocka_unit_test(two_names_in_one_field_are_parted),
        cmocka_unit_test(a_form_of_address_is_no_first_name),
        cmocka_unit_test(initials_are_kept_whatever_they_spell),
        cmocka_unit_test(the_long_y_begins_a_name_as_y_does),
        cmocka_unit_test(only_a_prefix_is_no_surname_in_any_field_for_one),
        cmocka_unit_test(first_names_and_initials_are_kept_apart),
        cmocka_unit_test(initials_are_read_with_and_without_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
