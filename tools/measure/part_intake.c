/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
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
} levels_list[] = { { 1, 500 }, { 16, 1600 }, { 64, 3200 } };
enum {
    LEVELS = sizeof levels_list / sizeof *levels_list,
    WARM_UP = 2 /* reports per connection */
};

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
    struct rounds ratio;
};

/* All of one run. */
struct intake_run {
    const struct bench *bench;
    struct deployment *deployment;
    struct premade premade[DEPLOYMENT_ORGANISATIONS]; /* by organisation */
    struct rpc_channel *channels[DEPLOYMENT_ORGANISATIONS];
    char *store_folder;
    struct bare_store *bare;
    struct level levels[LEVELS];
    struct rounds signatures_us;
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

/* Files by the real vaultd; 'group' becomes the reports per commit. */
static struct load_result
file_reports(struct intake_run *run, struct load *load, size_t count, size_t outstanding,
             double *group)
{
    uint64_t commits = bare_store_commits(run->store_folder);
    struct load_result result;

    load->max_calls = count;
    load->outstanding = outstanding;
    load_run(load, &result);
    commits = bare_store_commits(run->store_folder) - commits;
    *group = (double) result.calls / (double) commits;
    return result;
}

/* Files some reports that make the connections, then those that count. */
static double
file_level(struct intake_run *run, size_t at)
{
    struct level *level = &run->levels[at];
    size_t connections = connections_of(levels_list[at].clients);
    struct load load = {
        .channels = run->channels,
        .channel_count = connections,
        .seconds = 60,
        .server = run->deployment->places[DEPLOYMENT_VAULTD].pid,
        .service = &seinhuis__v1__intake__descriptor,
        .method = "Submit",
        .next = next,
        .context = run,
    };
    struct load_result result;
    double group = 0;

    (void) file_reports(run, &load, WARM_UP * connections, connections, &group);
    result = file_reports(run, &load, levels_list[at].reports, levels_list[at].clients, &group);
    rounds_add(&level->per_s, result.per_s);
    rounds_add(&level->p50_us, result.p50_us);
    rounds_add(&level->p99_us, result.p99_us);
    rounds_add(&level->server_us, result.server_us);
    rounds_add(&level->group, group);
    return group;
}

static double
call_barely(struct intake_run *run, size_t at)
{
    const struct echo_load load = {
        .method = "Quick",
        .len = premade_len(run->premade),
        .connections = connections_of(levels_list[at].clients),
        .outstanding = levels_list[at].clients,
    };
    struct load_result result;

    echo_run(run->bench->echo, &load, run->bench->seconds / 2, &result);
    rounds_add(&run->levels[at].call_us, result.server_us);
    return result.server_us;
}

/* Commits the same rows again, as many in each commit as the vault did. */
static double
commit_barely(struct intake_run *run, size_t at, double group)
{
    struct level *level = &run->levels[at];
    size_t warm_up = WARM_UP * connections_of(levels_list[at].clients);
    struct bare_result result;

    bare_store_read(run->bare, run->store_folder);
    bare_store_run(run->bare, warm_up, 1, &result);
    bare_store_run(run->bare, levels_list[at].reports, group, &result);
    rounds_add(&level->bare_per_s, result.per_s);
    rounds_add(&level->bare_p50_us, result.p50_us);
    rounds_add(&level->bare_p99_us, result.p99_us);
    rounds_add(&level->bare_us, result.cpu_us);
    return result.cpu_us;
}

static double
sign_barely(struct intake_run *run)
{
    struct primitives bare;
    double sum = 0;

    primitives_measure(&bare);
    sum = 2 * bare.verify_us + bare.sign_us;
    rounds_add(&run->signatures_us, sum);
    return sum;
}

/* The daemon and its limits one right after the other. */
static void
run_level(struct intake_run *run, size_t at)
{
    struct level *level = &run->levels[at];
    double group = file_level(run, at);
    double server_us = level->server_us.values[level->server_us.count - 1];
    double limit_us = commit_barely(run, at, group) + call_barely(run, at) + sign_barely(run);

    rounds_add(&level->ratio, server_us / limit_us);
}

static void
print_level(const struct intake_run *run, size_t at)
{
    const struct level *level = &run->levels[at];
    char name[96];

#define NAMED(what)                                                                                \
    ((void) snprintf(name, sizeof name, "%zu clients: %s", levels_list[at].clients, what), name)
    figure(NAMED("durable signals"), rounds_median(&level->per_s), "/s");
    figure(NAMED("p50"), rounds_median(&level->p50_us), "us");
    figure(NAMED("p99"), rounds_median(&level->p99_us), "us");
    figure(NAMED("signals per commit"), rounds_median(&level->group), "");
    figure(NAMED("bare commits: signals"), rounds_median(&level->bare_per_s), "/s");
    figure(NAMED("bare commits: p50 of a commit"), rounds_median(&level->bare_p50_us), "us");
    figure(NAMED("bare commits: p99 of a commit"), rounds_median(&level->bare_p99_us), "us");
    figure(NAMED("vaultd's CPU per signal"), rounds_median(&level->server_us), "us");
    figure(NAMED("  its signature operations"), rounds_median(&run->signatures_us), "us");
    figure(NAMED("  one bare call"), rounds_median(&level->call_us), "us");
    figure(NAMED("  its part of a bare commit"), rounds_median(&level->bare_us), "us");
    figure_aimed(NAMED("CPU, ratio to the sum of the three"), rounds_median(&level->ratio), "",
                 FIGURE_AT_MOST, 1.5);
#undef NAMED
}

static char *
path_of(const char *folder, const char *name)
{
    char *path = NULL;

    if (file_join(folder, name, &path) != ERR_OK) {
        meter_fail("path", "out of memory");
    }
    return path;
}

static void
begin(struct intake_run *run)
{
    char *bare_folder = NULL;

    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        size_t reports = 0;

        for (size_t at = 0; at < LEVELS; at++) {
            size_t connections = connections_of(levels_list[at].clients);

            reports += i < connections ? levels_list[at].reports / connections + WARM_UP : 0;
        }
        premade_make(run->deployment, i, reports * run->bench->rounds, &run->premade[i]);
    }
    run->store_folder = path_of(run->deployment->places[DEPLOYMENT_VAULTD].config.folder, "store");
    bare_folder = path_of(run->bench->folder, "bare");
    run->bare = bare_store_new(bare_folder);
    free(bare_folder);
    deployment_start(run->deployment, DEPLOYMENT_VAULTD);
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        run->channels[i] = deployment_channel(run->deployment, DEPLOYMENT_VAULTD, i);
    }
}

static void
end(struct intake_run *run)
{
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        rpc_channel_close(run->channels[i]);
        premade_done(&run->premade[i]);
    }
    deployment_stop(run->deployment, DEPLOYMENT_VAULTD);
    bare_store_free(run->bare);
    free(run->store_folder);
    free(run);
}

void
part_intake(const struct bench *bench, struct deployment *deployment)
{
    struct intake_run *run = meter_alloc(1, sizeof *run);

    run->bench = bench;
    run->deployment = deployment;
    figures_part("intake", "Intake by the vault: complete signals, made beforehand, durable");
    begin(run);
    for (size_t round = 0; round < bench->rounds; round++) {
        for (size_t i = 0; i < LEVELS; i++) {
            run_level(run, i);
        }
    }
    figure("bytes of a request", (double) premade_len(run->premade), "B");
    figure("puts per signal in a commit", (double) bare_store_puts(run->bare), "");
    figure("bytes per signal in a commit, keys included", (double) bare_store_bytes(run->bare),
           "B");
    for (size_t i = 0; i < LEVELS; i++) {
        print_level(run, i);
    }
    end(run);
}
