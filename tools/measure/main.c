/* SPDX-License-Identifier: EUPL-1.2 */
/* The program behind tools/bench. */
#include <argp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "tests/lib/pki.h"
#include "tests/lib/temp.h"
#include "tools/measure/figures.h"
#include "tools/measure/meter.h"
#include "tools/measure/parts.h"
#include "tools/measure/process.h"

enum { OPTION_JSON = 256, OPTION_REFERENCE, OPTION_ONLY, OPTION_BINARIES, OPTION_POLICY };

struct options {
    bool as_json;
    const char *reference;
    const char *only;
    const char *binaries;
    const char *policy;
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
        case OPTION_BINARIES:
            options->binaries = argument;
            return 0;
        case OPTION_POLICY:
            options->policy = argument;
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

static void
run_parts(const struct options *options, const struct bench *bench, struct pki *pki)
{
    struct deployment *deployment = NULL;

    if (is_wanted(options, "rpc")) {
        part_rpc(bench);
    }
    deployment = deployment_new(bench->folder, options->binaries, pki, options->policy);
    if (is_wanted(options, "voprf")) {
        part_voprf(bench, deployment);
    }
    if (is_wanted(options, "intake")) {
        part_intake(bench, deployment);
    }
    if (is_wanted(options, "memory")) {
        part_memory(bench, deployment);
    }
    deployment_free(deployment);
}

int
main(int argc, char **argv)
{
    static const struct argp_option rows[] = {
        { "json", OPTION_JSON, NULL, 0, "Print JSON; the text goes to standard error", 0 },
        { "binaries", OPTION_BINARIES, "FOLDER", 0, "Where the daemons are", 0 },
        { "policy", OPTION_POLICY, "FILE", 0, "The vault's policy", 0 },
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
    struct bench bench = { .seconds = 0.6, .rounds = 5 };
    struct echo_server echo;
    struct pki *pki = NULL;
    char *folder = NULL;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (options.binaries == NULL || options.policy == NULL) {
        meter_fail("options", "--binaries and --policy are needed");
    }
    if (secret_start(0) != ERR_OK) {
        meter_fail("libsodium", "does not start");
    }
    folder = temp_folder();
    pki = pki_new(folder);
    /* The reference wants these names: server and client. */
    echo_start(pki_issue_oin(pki, "server", ECHO_SERVER_OIN), &echo);
    echo_connect(&echo, pki_issue_oin(pki, "client", ECHO_CLIENT_OIN));
    process_begin();
    bench.folder = folder;
    bench.reference = options.reference;
    bench.echo = &echo;
    figures_begin(options.as_json);
    run_parts(&options, &bench, pki);
    echo_stop(&echo);
    pki_free(pki);
    temp_remove(folder);
    return figures_end() == 0 ? EXIT_SUCCESS : 2;
}
