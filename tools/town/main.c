/* SPDX-License-Identifier: EUPL-1.2 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "tools/town/corpus.h"
#include "tools/town/score.h"
#include "tools/town/write.h"

enum { EXIT_USAGE = 2 };

enum option_key {
    OPTION_OUT = 'o',
    OPTION_SEED = 's',
    OPTION_RESIDENTS = 'r',
    OPTION_SIGNALS = 'n',
    OPTION_TYPOS = 't',
    OPTION_END = 'e',
    OPTION_FROM = 1000,
    OPTION_UNTIL,
    OPTION_TRUTH,
    OPTION_FLAGGED,
    OPTION_WEEKS,
    OPTION_DOMAINS,
    OPTION_REPORTS
};

struct options {
    struct town_config config;
    const char *out;
    bool has_from;
    bool has_until;
    const char *truth;
    const char *flagged;
    struct score_policy policy;
    size_t reports;
};

static uint64_t
number_argument(struct argp_state *state, const char *name, const char *text, uint64_t least,
                uint64_t most)
{
    char *end = NULL;
    unsigned long long number = 0;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (strspn(text, "0123456789") != strlen(text) || *text == '\0' || errno != 0 ||
        number < least || number > most) {
        argp_error(state, "--%s takes a number from %" PRIu64 " to %" PRIu64 ", not '%s'", name,
                   least, most, text);
    }
    return number;
}

/* "0.08" is 80 in a thousand. */
static uint32_t
rate_argument(struct argp_state *state, const char *text)
{
    char *end = NULL;
    double rate = strtod(text, &end);

    if (end == text || *end != '\0' || !(rate >= 0.0 && rate <= 1.0)) {
        argp_error(state, "--typos takes a rate from 0 to 1 such as 0.08, not '%s'", text);
        return 0;
    }
    return (uint32_t) (rate * 1000.0 + 0.5);
}

static struct date
date_argument(struct argp_state *state, const char *name, const char *text)
{
    struct date date = { 0 };

    if (date_parse(text, &date) != ERR_OK) {
        argp_error(state, "--%s takes a date such as 2026-03-31, not '%s'", name, text);
    }
    return date;
}

static error_t
parse_make(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    struct town_config *config = &options->config;

    switch (key) {
        case OPTION_OUT:
            options->out = argument;
            return 0;
        case OPTION_SEED:
            config->seed = number_argument(state, "seed", argument, 0, UINT64_MAX);
            return 0;
        case OPTION_RESIDENTS:
            config->residents =
                number_argument(state, "residents", argument, PEOPLE_LEAST, PEOPLE_MOST);
            return 0;
        case OPTION_SIGNALS:
            config->signals = number_argument(state, "signals", argument, 1, EVENTS_MOST);
            return 0;
        case OPTION_TYPOS:
            config->typo_permille = rate_argument(state, argument);
            return 0;
        case OPTION_END:
            config->end = date_argument(state, "end", argument);
            return 0;
        case OPTION_FROM:
            config->from = date_argument(state, "from", argument);
            options->has_from = true;
            return 0;
        case OPTION_UNTIL:
            config->until = date_argument(state, "until", argument);
            options->has_until = true;
            return 0;
        case ARGP_KEY_END:
            if (options->out == NULL) {
                argp_error(state, "--out FOLDER is needed");
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_score(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case OPTION_TRUTH:
            options->truth = argument;
            return 0;
        case OPTION_FLAGGED:
            options->flagged = argument;
            return 0;
        case OPTION_WEEKS:
            options->policy.window_weeks =
                (unsigned int) number_argument(state, "window-weeks", argument, 0, 520);
            return 0;
        case OPTION_DOMAINS:
            options->policy.domains =
                (unsigned int) number_argument(state, "domains", argument, 0, DOMAIN_COUNT);
            return 0;
        case ARGP_KEY_END:
            if (options->truth == NULL || options->flagged == NULL) {
                argp_error(state, "--truth FOLDER and --flagged FILE are needed");
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static error_t
parse_corpus(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    if (key == OPTION_REPORTS) {
        options->reports = number_argument(state, "reports", argument, 1, CORPUS_REPORTS_MOST);
        return 0;
    }
    return parse_make(key, argument, state);
}

static void
print_figures(const struct options *options, const struct town_figures *figures)
{
    char end[DATE_TEXT_ROOM];

    date_format(options->config.end, end);
    (void) printf("seed %" PRIu64 ", last day %s, typing errors in %u.%u %% of the rows asked\n",
                  options->config.seed, end, options->config.typo_permille / 10,
                  options->config.typo_permille % 10);
    (void) printf("%6zu fictitious residents in %zu households\n", figures->residents,
                  figures->households);
    (void) printf("%6zu signals, %zu of them with enough to recognise somebody, %zu with a typing "
                  "error\n",
                  figures->signals, figures->identifiable, figures->with_typing_errors);
    (void) printf("%6zu in escrow, %zu with consent to contact, %zu acute\n",
                  figures->by_mode[MODE_ESCROW], figures->by_mode[MODE_CONSENTED],
                  figures->by_mode[MODE_ACUTE]);
    for (size_t i = 0; i < ORG_COUNT; i++) {
        (void) printf("%6zu signals/%s.csv (%s)\n", figures->by_org[i], ORGS[i].key,
                      org_sector_key(&ORGS[i]));
    }
    for (size_t i = 0; i < STORY_COUNT; i++) {
        (void) printf("%6zu signals of the story '%s'\n", figures->by_story[i],
                      events_story_key((enum story) i));
    }
    (void) printf("written to %s\n", options->out);
}

static int
complain_of_folder(const char *folder, enum err err)
{
    if (err == ERR_NOT_FOUND) {
        (void) fprintf(stderr, "town: the folder '%s' is not there; make it first\n", folder);
    } else {
        (void) fprintf(stderr, "town: cannot write to '%s': %s\n", folder, err_text(err));
    }
    return EXIT_FAILURE;
}

static int
make(struct options *options)
{
    struct town_figures figures = { 0 };
    enum err err = ERR_OK;

    if (!options->has_from) {
        options->config.from = date_from_days(date_to_days(options->config.end) - EVENTS_DAYS);
    }
    if (!options->has_until) {
        options->config.until = options->config.end;
    }
    err = town_write(&options->config, options->out, &figures);
    if (err == ERR_INVALID) {
        (void) fprintf(stderr, "town: --signals may be a third of --residents, %zu, at most\n",
                       options->config.residents / 3);
        return EXIT_USAGE;
    }
    if (err != ERR_OK) {
        return complain_of_folder(options->out, err);
    }
    print_figures(options, &figures);
    return EXIT_SUCCESS;
}

static int
make_corpus(const struct options *options)
{
    struct corpus_config config = { .seed = options->config.seed,
                                    .residents = options->config.residents,
                                    .reports = options->reports,
                                    .typo_permille = options->config.typo_permille,
                                    .end = options->config.end };
    struct corpus_figures figures = { 0 };
    enum err err = corpus_write(&config, options->out, "corpus.csv", &figures);

    if (err != ERR_OK) {
        return complain_of_folder(options->out, err);
    }
    (void) printf("seed %" PRIu64 "\n%6zu fictitious residents\n", config.seed, figures.residents);
    (void) printf("%6zu rows, %zu with a typing error; %zu with too little to recognise anybody "
                  "left out\n",
                  figures.rows, figures.with_typing_errors, figures.unidentifiable);
    (void) printf("written to %s/corpus.csv\n", options->out);
    return EXIT_SUCCESS;
}

static int
score(const struct options *options)
{
    struct score result;
    const char *where = "";
    enum err err = score_make(options->truth, options->flagged, &options->policy, &result, &where);

    if (err != ERR_OK) {
        (void) fprintf(stderr, "town: %s: %s\n", where, err_text(err));
        return EXIT_FAILURE;
    }
    (void) printf("%6zu residents with a signal\n", result.residents_reported);
    (void) printf("%6zu really reported by two sectors within the policy\n",
                  result.really_two_sectors);
    (void) printf("%6zu of these were flagged\n", result.flagged);
    (void) printf("%6zu could be recognised at all (enough given by two sectors)\n",
                  result.really_findable);
    (void) printf("%6zu of these were flagged\n", result.flagged_findable);
    (void) printf("%6zu cases, %zu of one source (acute or consented)\n", result.cases,
                  result.cases_of_one_source);
    (void) printf("%6zu false flags: records of more than one resident\n", result.false_flags);
    (void) printf("%6zu flags on one resident for whom the truth has no reason\n",
                  result.early_flags);
    (void) printf("%6zu cases opened, %zu of them on the wrong person\n", result.cases_opened,
                  result.opened_wrong_person);
    (void) printf("%6zu records of the listing are not in the truth\n", result.unknown_records);
    return EXIT_SUCCESS;
}

static void
parse_make_arguments(int argc, char **argv, struct options *options)
{
    const struct argp_option rows[] = {
        { "out", OPTION_OUT, "FOLDER", 0, "Where the files go", 0 },
        { "seed", OPTION_SEED, "NUMBER", 0, "The same seed gives the same town (default 1)", 0 },
        { "residents", OPTION_RESIDENTS, "NUMBER", 0, "How many residents (default 5000)", 0 },
        { "signals", OPTION_SIGNALS, "NUMBER", 0, "How many signals (default 1500)", 0 },
        { "typos", OPTION_TYPOS, "RATE", 0,
          "Share of the rows that have a typing error (default 0.08)", 0 },
        { "end", OPTION_END, "DATE", 0, "Last day of the eighteen months (default today)", 0 },
        { "from", OPTION_FROM, "DATE", 0, "Write only signals observed from this day on", 0 },
        { "until", OPTION_UNTIL, "DATE", 0, "Write only signals observed until this day", 0 },
        { 0 }
    };
    const struct argp argp = { rows,
                               parse_make,
                               NULL,
                               "Makes a fictitious Dutch municipality: residents, and what each "
                               "organisation would file about them, as CSV.\v"
                               "'town score --help' explains how results are compared with the "
                               "truth, 'town corpus --help' a test for telling persons apart.",
                               NULL,
                               NULL,
                               NULL };

    argp_parse(&argp, argc, argv, 0, NULL, options);
}

static void
parse_corpus_arguments(int argc, char **argv, struct options *options)
{
    const struct argp_option rows[] = {
        { "out", OPTION_OUT, "FOLDER", 0, "Where corpus.csv goes", 0 },
        { "seed", OPTION_SEED, "NUMBER", 0, "The same seed gives the same corpus (default 1)", 0 },
        { "residents", OPTION_RESIDENTS, "NUMBER", 0, "How many residents (default 5000)", 0 },
        { "reports", OPTION_REPORTS, "NUMBER", 0, "Rows for each resident (default 2)", 0 },
        { "typos", OPTION_TYPOS, "RATE", 0,
          "Share of the rows that have a typing error (default 0.08)", 0 },
        { "end", OPTION_END, "DATE", 0, "Last day of the eighteen months (default today)", 0 },
        { 0 }
    };
    const struct argp argp = { rows,
                               parse_corpus,
                               NULL,
                               "Writes each resident as several organisations know them, into one "
                               "CSV whose truth is known.\v"
                               "'linkage' with tools/linkage/dutch.yaml measures how well they are "
                               "told apart.",
                               NULL,
                               NULL,
                               NULL };

    argp_parse(&argp, argc, argv, 0, NULL, options);
}

static void
parse_score_arguments(int argc, char **argv, struct options *options)
{
    const struct argp_option rows[] = {
        { "truth", OPTION_TRUTH, "FOLDER", 0, "The folder that town made", 0 },
        { "flagged", OPTION_FLAGGED, "FILE", 0, "The listing of flagged cases, as JSON", 0 },
        { "window-weeks", OPTION_WEEKS, "NUMBER", 0, "The policy's window (default 52)", 0 },
        { "domains", OPTION_DOMAINS, "NUMBER", 0, "Distinct domains of a flag (default 2)", 0 },
        { 0 }
    };
    const struct argp argp = {
        rows,
        parse_score,
        NULL,
        "Compares the flagged cases with the truth of the town.\v"
        "The listing: {\"cases\": [{\"records\": [{\"organisation\": KEY-OR-OIN, \"reference\": "
        "TEXT}, ...], \"opened\": [...]}, ...]}; \"opened\" may be absent.",
        NULL,
        NULL,
        NULL
    };

    argp_parse(&argp, argc, argv, 0, NULL, options);
}

int
main(int argc, char **argv)
{
    struct clock *clock = NULL;
    struct options options = {
        .config = { .seed = 1, .residents = 5000, .signals = 1500, .typo_permille = 80 },
        .policy = { .window_weeks = 52, .domains = 2 },
        .reports = 2
    };
    char score_name[] = "town score";
    char corpus_name[] = "town corpus";

    argp_err_exit_status = EXIT_USAGE;
    if (sodium_init() < 0 || clock_open(NULL, &clock) != ERR_OK) {
        (void) fputs("town: cannot start\n", stderr);
        return EXIT_FAILURE;
    }
    options.config.end = date_of(clock_now_s(clock));
    clock_close(clock);
    if (argc > 1 && strcmp(argv[1], "score") == 0) {
        argv[1] = score_name;
        parse_score_arguments(argc - 1, argv + 1, &options);
        return score(&options);
    }
    if (argc > 1 && strcmp(argv[1], "corpus") == 0) {
        argv[1] = corpus_name;
        parse_corpus_arguments(argc - 1, argv + 1, &options);
        return make_corpus(&options);
    }
    parse_make_arguments(argc, argv, &options);
    return make(&options);
}
