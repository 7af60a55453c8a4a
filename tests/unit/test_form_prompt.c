/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

#include "clients/sein/form_prompt.h"
#include "clients/sein/language.h"
#include "proto/escrow/terms.h"

static const struct report_filer POLICE = { .sector = SECTOR_POLICE,
                                            .may_use_bsn = true,
                                            .retention_months = 12 };
static const struct report_filer HOUSING = { .sector = SECTOR_HOUSING,
                                             .may_use_bsn = false,
                                             .retention_months = 12 };

/* Asks with 'typed' as input; '*said' is what was printed; free() it. */
static enum err
ask(const struct report_filer *filer, const char *typed, struct form_answers *answers, char **said)
{
    size_t len = 0;
    struct form_prompt prompt = { .filer = filer, .today = { 2026, 3, 10 } };
    enum err err;

    prompt.in = fmemopen((char *) (uintptr_t) typed, strlen(typed), "r");
    prompt.out = open_memstream(said, &len);
    err = form_ask(&prompt, answers);
    if (err == ERR_OK) {
        form_show(&prompt, answers);
    }
    fclose(prompt.in);
    fclose(prompt.out);
    return err;
}

static unsigned int
count_of(const char *text, const char *word)
{
    unsigned int count = 0;

    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        count++;
    }
    return count;
}

/* Everything up to the name: not in danger, reference, day, domains, severity, basis, mode, consent,
 * informed. */
#define UP_TO_THE_NAME "\nP-1\n2026-03-02\n1 11\n3\n3\n\n\n\n"
/* Given names, call name, initials, surname, birth surname, partner's, date, sex, BSN. */
#define WHO "\nJoke\n\nvan Testen\n\n\n1957-04-03\nf\n\n"
/* Street, number, addition, postcode, place, country, narrative, tried, wishes, contact. */
#define THE_REST "\n\n\n\n\n\nseen at night\n\n\n\n"

static void
numbers_and_words_fill_the_form(void **state)
{
    struct form_answers answers = { .text = { NULL } };
    char *said = NULL;

    (void) state;
    assert_ok(ask(&POLICE, UP_TO_THE_NAME WHO THE_REST, &answers, &said));
    assert_string_equal(answers.text[COLUMN_REFERENCE], "P-1");
    assert_string_equal(answers.text[COLUMN_DOMAINS], "money nuisance_justice");
    assert_string_equal(answers.text[COLUMN_SEVERITY], "serious");
    assert_string_equal(answers.text[COLUMN_LEGAL_BASIS], "wpg_20");
    assert_string_equal(answers.text[COLUMN_SURNAME], "van Testen");
    assert_string_equal(answers.text[COLUMN_NARRATIVE], "seen at night");
    assert_non_null(strstr(said, "  Surname: van Testen\n"));
    form_answers_done(&answers);
    free(said);
}

static void
a_mistake_is_told_and_asked_again(void **state)
{
    struct form_answers answers = { .text = { NULL } };
    char *said = NULL;

    (void) state;
    assert_ok(
        ask(&POLICE,
            "\nP-1\n2026-02-30\n2026-03-02\n1 99\n1\n3\n3\n\n\n\n"
            "\nJoke\n\nvan Testen\n\n\n1957-13-03\n1957-04-03\nf\n999990018\n999990019\n" THE_REST,
            &answers, &said));
    assert_string_equal(answers.text[COLUMN_OBSERVED_ON], "2026-03-02");
    assert_string_equal(answers.text[COLUMN_DATE_OF_BIRTH], "1957-04-03");
    assert_string_equal(answers.text[COLUMN_BSN], "999990019");
    assert_int_equal(count_of(said, "  ! "), 4);
    form_answers_done(&answers);
    free(said);
}

static void
what_is_wrong_with_the_whole_is_asked_again(void **state)
{
    struct form_answers answers = { .text = { NULL } };
    char *said = NULL;

    (void) state;
    /* No date of birth: too little to recognise anybody; asked for again and given. */
    assert_ok(ask(&POLICE,
                  UP_TO_THE_NAME "\nJoke\n\nvan Testen\n\n\n\nf\n\n" THE_REST "1957-04-03\n",
                  &answers, &said));
    assert_string_equal(answers.text[COLUMN_DATE_OF_BIRTH], "1957-04-03");
    assert_non_null(strstr(said, "too little to recognise anybody"));
    form_answers_done(&answers);
    free(said);
}

static void
fields_closed_to_the_sector_are_not_asked(void **state)
{
    struct form_answers answers = { .text = { NULL } };
    char *said = NULL;

    (void) state;
    assert_err(ERR_IO,
               ask(&HOUSING,
                   "\nP-1\n2026-03-02\n3\n3\n2\n\n\n\n\nJoke\n\nvan Testen\n\n\n"
                   "1957-04-03\nf\n",
                   &answers, &said));
    assert_null(strstr(said, "BSN"));
    assert_null(strstr(said, "wpg_20"));
    assert_non_null(strstr(said, "avg_6_1_f"));
    free(said);
}

static void
danger_to_life_says_112_first_and_files_nothing_in_its_place(void **state)
{
    struct form_answers answers = { .text = { NULL } };
    char *said = NULL;

    (void) state;
    assert_err(ERR_STATE, ask(&POLICE, "y\nn\n", &answers, &said));
    assert_non_null(strstr(said, "Call 112 now"));
    assert_null(strstr(said, "file number"));
    free(said);
}

static void
danger_with_112_called_makes_the_signal_acute(void **state)
{
    struct form_answers answers = { .text = { NULL } };
    char *said = NULL;

    (void) state;
    assert_ok(ask(&POLICE, "y\ny\nP-1\n2026-03-02\n1\n3\n\n\n" WHO THE_REST, &answers, &said));
    assert_string_equal(answers.text[COLUMN_MODE], "acute");
    assert_string_equal(answers.text[COLUMN_SEVERITY], "acute");
    form_answers_done(&answers);
    free(said);
}

static void
an_input_that_ends_at_any_place_files_nothing(void **state)
{
    static const char WHOLE[] = UP_TO_THE_NAME WHO THE_REST;

    (void) state;
    for (size_t len = 1; len < sizeof WHOLE - 1; len++) {
        struct form_answers answers = { .text = { NULL } };
        char *typed = strndup(WHOLE, len);
        char *said = NULL;

        /* Cut within the last line there is nothing left to type. */
        if (WHOLE[len - 1] == '\n') {
            assert_err(ERR_IO, ask(&POLICE, typed, &answers, &said));
            free(said);
        }
        free(typed);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_words_fill_the_form),
        cmocka_unit_test(a_mistake_is_told_and_asked_again),
        cmocka_unit_test(what_is_wrong_with_the_whole_is_asked_again),
        cmocka_unit_test(fields_closed_to_the_sector_are_not_asked),
        cmocka_unit_test(danger_to_life_says_112_first_and_files_nothing_in_its_place),
        cmocka_unit_test(danger_with_112_called_makes_the_signal_acute),
        cmocka_unit_test(an_input_that_ends_at_any_place_files_nothing),
    };

    return language_choose("en") != ERR_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
