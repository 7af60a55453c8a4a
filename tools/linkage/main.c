/* SPDX-License-Identifier: EUPL-1.2 */
/* linkage: how well the match keys and the capsule find the same person in files whose truth is
 * known. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "tools/linkage/evaluate.h"
#include "tools/linkage/explain.h"
#include "tools/linkage/print.h"

enum {
    OPTION_NO_ID = 256,
    OPTION_VOPRF,
    OPTION_JSON,
    OPTION_EXPLAIN,
    OPTION_INSTITUTIONS,
    EXIT_BAD_INPUT = 1
};

struct options {
    const char *left;
    const char *right;
    const char *map;
    const char *institutions;
    bool without_number;
    bool is_blind;
    bool is_json;
    bool is_explained;
};

static const struct argp_option OPTIONS[] = {
    { "left", 'l', "FILE", 0, "CSV file of test persons; alone: find the doubles in it", 0 },
    { "right", 'r', "FILE", 0, "second CSV file: link the two", 0 },
    { "map", 'm', "FILE", 0, "YAML file that says which column is what", 0 },
    { "no-id", OPTION_NO_ID, NULL, 0, "do without the person number", 0 },
    { "voprf", OPTION_VOPRF, NULL, 0, "send every key through the oblivious function", 0 },
    { "institutions", OPTION_INSTITUTIONS, "FILE", 0,
      "YAML list of addresses that carry nothing (clients/lib/institution.h)", 0 },
    { "json", OPTION_JSON, NULL, 0, "print one JSON object", 0 },
    { "explain", OPTION_EXPLAIN, NULL, 0, "list the pairs that went wrong, on standard error", 0 },
    { 0 },
};

static error_t
parse(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case 'l':
            options->left = value;
            return 0;
        case 'r':
            options->right = value;
            return 0;
        case 'm':
            options->map = value;
            return 0;
        case OPTION_INSTITUTIONS:
            options->institutions = value;
            return 0;
        case OPTION_NO_ID:
            options->without_number = true;
            return 0;
        case OPTION_VOPRF:
            options->is_blind = true;
            return 0;
        case OPTION_JSON:
            options->is_json = true;
            return 0;
        case OPTION_EXPLAIN:
            options->is_explained = true;
            return 0;
        case ARGP_KEY_END:
            if (options->left == NULL || options->map == NULL) {
                argp_error(state, "--left and --map are needed");
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static enum err
read_institutions(const struct options *options, const struct mapping *mapping,
                  struct institution_list **out)
{
    struct yaml_error error = { .line = 0 };
    char text[MAPPING_ERROR_ROOM] = "";
    enum err err = ERR_OK;

    if (options->institutions != NULL) {
        err = institution_list_load(options->institutions, &mapping->rules, out, &error);
    }
    if (err != ERR_OK) {
        mapping_describe(&error, text);
        fprintf(stderr, "linkage: %s: %s\n", options->institutions, text);
    }
    return err;
}

static enum err
read_files(const struct options *options, const struct mapping *mapping, struct persons *persons)
{
    char error[PERSONS_ERROR_ROOM] = "";
    enum err err = persons_read(persons, mapping, options->left, false, error);

    if (err != ERR_OK) {
        fprintf(stderr, "linkage: %s: %s\n", options->left, error);
        return err;
    }
    if (options->right != NULL) {
        err = persons_read(persons, mapping, options->right, true, error);
    }
    if (err != ERR_OK) {
        fprintf(stderr, "linkage: %s: %s\n", options->right, error);
        return err;
    }
    return persons_number(persons);
}

/* A full disk may show only when the last bytes leave the buffer. */
static enum err
print_result(const struct options *options, const struct persons *persons,
             const struct keytable *table, const struct evaluation *evaluation)
{
    enum err err = ERR_OK;

    if (options->is_json) {
        err = print_json(persons, table, evaluation, stdout);
    } else {
        print_table(persons, table, evaluation, stdout);
    }
    if (err == ERR_OK && (fflush(stdout) != 0 || ferror(stdout) != 0)) {
        err = ERR_IO;
    }
    return err;
}

static enum err
run_trial(const struct options *options, const struct mapping *mapping,
          const struct persons *persons, const struct institution_list *institutions)
{
    const struct capsule_policy policy = { &mapping->rules, institutions, mapping->today };
    struct keytable table = { .entries = NULL };
    struct evaluation evaluation = { .true_pairs = 0 };
    enum err err = keytable_init(&table, persons, &mapping->rules, options->is_blind);

    if (err == ERR_OK) {
        err = evaluate(persons, &policy, &table, &evaluation);
    }
    if (err == ERR_OK) {
        err = print_result(options, persons, &table, &evaluation);
    }
    if (err == ERR_OK && options->is_explained) {
        err = explain(persons, &policy, &table, stderr);
    }
    if (err != ERR_OK) {
        fprintf(stderr, "linkage: %s\n",
                err == ERR_IO
                    ? "the result cannot be written to standard output; is there room left?"
                    : err_text(err));
    }
    keytable_done(&table);
    return err;
}

int
main(int argc, char **argv)
{
    static const struct argp ARGP = {
        OPTIONS,
        parse,
        NULL,
        "How well the match keys and the capsule find the same person, in files whose truth is "
        "known.",
        NULL,
        NULL,
        NULL,
    };
    struct options options = { .left = NULL };
    struct mapping mapping = { .column_count = 0 };
    struct persons persons = { .at = NULL };
    struct institution_list *institutions = NULL;
    char error[MAPPING_ERROR_ROOM] = "";
    enum err err;

    if (argp_parse(&ARGP, argc, argv, 0, NULL, &options) != 0 || sodium_init() < 0) {
        return EXIT_FAILURE;
    }
    err = mapping_init(&mapping, options.map, error);
    if (err != ERR_OK) {
        fprintf(stderr, "linkage: %s: %s\n", options.map, error);
        return EXIT_BAD_INPUT;
    }
    if (options.without_number) {
        mapping_drop_number(&mapping);
    }
    err = read_institutions(&options, &mapping, &institutions);
    if (err == ERR_OK) {
        err = read_files(&options, &mapping, &persons);
    }
    if (err == ERR_OK) {
        err = run_trial(&options, &mapping, &persons, institutions);
    }
    institution_list_free(institutions);
    persons_done(&persons);
    mapping_done(&mapping);
    return err == ERR_OK ? EXIT_SUCCESS : EXIT_BAD_INPUT;
}
