/* SPDX-License-Identifier: EUPL-1.2 */
/* The program behind tools/bench. */
#include <argp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "tests/lib/temp.h"
#include "tools/measure/figures.h"
#include "tools/measure/meter.h"
#include "tools/measure/parts.h"

enum { OPTION_JSON = 256, OPTION_REFERENCE, OPTION_ONLY };

struct options {
    bool as_json;
    const char *reference;
    const char *only;
};

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case OPTION_JSON:
            options->as_json = true;
            return 0;
        case OPTION_REFERENCE:
            options->reference = argument;
            return 0;
        case OPTION_ONLY:
            options->only = argument;
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static bool
is_wanted(const struct options *options, const char *part)
{
    return options->only == NULL || strcmp(options->only, part) == 0;
}

int
main(int argc, char **argv)
{
    static const struct argp_option rows[] = {
        { "json", OPTION_JSON, NULL, 0, "Print JSON; the text goes to standard error", 0 },
        { "reference", OPTION_REFERENCE, "FOLDER", 0,
          "Where grpc_echo_server and grpc_echo_client are, to compare with", 0 },
        { "only", OPTION_ONLY, "PART", 0, "Only rpc, voprf, intake or memory", 0 },
        { NULL, 0, NULL, 0, NULL, 0 },
    };
    const struct argp argp = {
        rows, parse_option,
        NULL, "Measures Seinhuis against limits that it measures in the same run.",
        NULL, NULL,
        NULL
    };
    struct options options = { .as_json = false };
    struct bench bench = { .seconds = 1.0, .rounds = 3 };
    struct bench_limits limits = { .call_us = 0 };
    char *folder = NULL;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (sodium_init() < 0) {
        meter_fail("libsodium", "does not start");
    }
    folder = temp_folder();
    bench.folder = folder;
    bench.reference = options.reference;
    figures_begin(options.as_json);
    if (is_wanted(&options, "rpc")) {
        part_rpc(&bench, &limits);
    }
    temp_remove(folder);
    return figures_end() == 0 ? EXIT_SUCCESS : 2;
}
