/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/measure/bare_store.h"
#include "tools/measure/echo.h"
#include "tools/measure/figures.h"
#include "tools/measure/load.h"
#include "tools/measure/meter.h"
#include "tools/measure/parts.h"
#include "tools/measure/premade.h"
#include "tools/measure/primitives.h"

/* How many calls are under way, and how many reports each round files. */
static const struct {
    size_t clients;
    size_t reports;
} levels_list[] = { { 1, 800 }, { 16, 2400 }, { 64, 4800 } };
enum { LEVELS = sizeof levels_list / sizeof *levels_list };

/* One level's figures over the rounds. */
struct level {
    struct rounds per_s;
    struct rounds p50_us;
    struct rounds p99_us;
    struct rounds server_us;
    struct rounds group; /* reports per commit */
    struct rounds call_us; /* a bare call */
    struct rounds bare_per_s;
    struct rounds bare_p50_us;
    struct rounds bare_p99_us;
    struct rounds bare_us; /* a report's share of a bare commit */
};

/* All of one run. */
struct intake_run {
    const struct bench *bench;
    struct deployment *deployment;
    struct premade premade[DEPLOYMENT_ORGANISATIONS]; /* by organisation */
    char *store_folder;
    struct rpc_channel *channels[DEPLOYMENT_ORGANISATIONS];
    struct level levels[LEVELS];
    double groups[ROUNDS_MAX][LEVELS]; /* as they came, for the bare commits */
};

static size_t
connections_of(size_t clients)
{
    return clients < DEPLOYMENT_ORGANISATIONS ? clients : DEPLOYMENT_ORGANISATIONS;
}

static const ProtobufCMessage *
next(void *context, size_t channel)
{
    struct intake_run *run = context;

    return &premade_take(&run->premade[channel])->base;
}

static void
file_reports(struct intake_run *run, size_t at, size_t round)
{
    struct level *level = &run->levels[at];
    const struct load load = {
        .channels = run->channels,
        .channel_count = connections_of(levels_list[at].clients),
        .outstanding = levels_list[at].clients,
        .seconds = 60,
        .max_calls = levels_list[at].reports,
        .server = run->deployment->places[DEPLOYMENT_VAULTD].pid,
        .service = &seinhuis__v1__intake__descriptor,
        .method = "Submit",
        .next = next,
        .context = run,
    };
    uint64_t commits = bare_store_commits(run->store_folder);
    struct load_result result;

    load_run(&load, &result);
    commits = bare_store_commits(run->store_folder) - commits;
    run->groups[round][at] = (double) result.calls / (double) commits;
    rounds_add(&level->per_s, result.per_s);
    rounds_add(&level->p50_us, result.p50_us);
    rounds_add(&level->p99_us, result.p99_us);
    rounds_add(&level->server_us, result.server_us);
    rounds_add(&level->group, run->groups[round][at]);
}

static void
call_barely(struct intake_run *run, size_t at)
{
    struct load_result result;

    echo_run(run->bench->echo, "Quick", premade_len(run->premade),
             connections_of(levels_list[at].clients), levels_list[at].clients,
             run->bench->seconds / 2, &result);
    rounds_add(&run->levels[at].call_us, result.server_us);
}

static void
commit_barely(struct intake_run *run, struct bare_store *bare, size_t at, size_t round)
{
    struct level *level = &run->levels[at];
    struct bare_result result;

    bare_store_run(bare, levels_list[at].reports, run->groups[round][at], &result);
    rounds_add(&level->bare_per_s, result.per_s);
    rounds_add(&level->bare_p50_us, result.p50_us);
    rounds_add(&level->bare_p99_us, result.p99_us);
    rounds_add(&level->bare_us, result.cpu_us);
}

static void
print_level(const struct level *level, size_t clients, double signatures_us)
{
    char name[96];
    double server = rounds_median(&level->server_us);
    double call = rounds_median(&level->call_us);
    double commit = rounds_median(&level->bare_us);

#define NAMED(what) ((void) snprintf(name, sizeof name, "%zu clients: %s", clients, what), name)
    figure(NAMED("durable signals"), rounds_median(&level->per_s), "/s");
    figure(NAMED("p50"), rounds_median(&level->p50_us), "us");
    figure(NAMED("p99"), rounds_median(&level->p99_us), "us");
    figure(NAMED("signals per commit"), rounds_median(&level->group), "");
    figure(NAMED("bare commits: signals"), rounds_median(&level->bare_per_s), "/s");
    figure(NAMED("bare commits: p50 of a commit"), rounds_median(&level->bare_p50_us), "us");
    figure(NAMED("bare commits: p99 of a commit"), rounds_median(&level->bare_p99_us), "us");
    figure(NAMED("vaultd's CPU per signal"), server, "us");
    figure(NAMED("  its signature operations"), signatures_us, "us");
    figure(NAMED("  one bare call"), call, "us");
    figure(NAMED("  its part of a bare commit"), commit, "us");
    figure_aimed(NAMED("CPU, ratio to the sum of the three"),
                 server / (signatures_us + call + commit), "", FIGURE_AT_MOST, 1.5);
#undef NAMED
}

static void
begin(struct intake_run *run)
{
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        size_t reports = 0;

        for (size_t at = 0; at < LEVELS; at++) {
            size_t connections = connections_of(levels_list[at].clients);

            reports += i < connections ? levels_list[at].reports / connections : 0;
        }
        premade_make(run->deployment, i, reports * run->bench->rounds, &run->premade[i]);
    }
    if (asprintf(&run->store_folder, "%s/store",
                 run->deployment->places[DEPLOYMENT_VAULTD].config.folder) < 0) {
        meter_fail("store", "out of memory");
    }
    deployment_start(run->deployment, DEPLOYMENT_VAULTD);
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        run->channels[i] = deployment_channel(run->deployment, DEPLOYMENT_VAULTD, i);
    }
}

static void
replay(struct intake_run *run)
{
    struct bare_store *bare = NULL;
    char *folder = NULL;

    if (asprintf(&folder, "%s/bare", run->bench->folder) < 0) {
        meter_fail("store", "out of memory");
    }
    bare = bare_store_new(run->store_folder, folder);
    for (size_t round = 0; round < run->bench->rounds; round++) {
        for (size_t i = 0; i < LEVELS; i++) {
            commit_barely(run, bare, i, round);
        }
    }
    figure("puts per signal in a commit", (double) bare_store_puts(bare), "");
    figure("bytes per signal in a commit, keys included", (double) bare_store_bytes(bare), "B");
    bare_store_free(bare);
    free(folder);
}

void
part_intake(const struct bench *bench, struct deployment *deployment)
{
    struct intake_run *run = calloc(1, sizeof *run);
    struct primitives bare;
    double signatures_us = 0;

    if (run == NULL) {
        meter_fail("intake", "out of memory");
    }
    run->bench = bench;
    run->deployment = deployment;
    figures_part("intake", "Intake by the vault: complete signals, made beforehand, durable");
    begin(run);
    for (size_t round = 0; round < bench->rounds; round++) {
        for (size_t i = 0; i < LEVELS; i++) {
            file_reports(run, i, round);
            call_barely(run, i);
        }
    }
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        rpc_channel_close(run->channels[i]);
    }
    deployment_stop(deployment, DEPLOYMENT_VAULTD);
    primitives_measure(&bare);
    signatures_us = 2 * bare.verify_us + bare.sign_us;
    figure("bytes of a request", (double) premade_len(run->premade), "B");
    replay(run);
    for (size_t i = 0; i < LEVELS; i++) {
        print_level(&run->levels[i], levels_list[i].clients, signatures_us);
    }
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        premade_done(&run->premade[i]);
    }
    free(run->store_folder);
    free(run);
}
