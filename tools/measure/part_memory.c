/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/figures.h"
#include "tools/measure/filling.h"
#include "tools/measure/load.h"
#include "tools/measure/meter.h"
#include "tools/measure/parts.h"
#include "tools/measure/premade.h"

enum { SIGNALS = 100000, MORE_SIGNALS = 2000, CLIENTS = 64 };

static const double MIB = 1024 * 1024;

static double
rss_anon_mib(const struct deployment *deployment, enum deployment_daemon which)
{
    return (double) meter_rss_anon_len(deployment->places[which].pid) / MIB;
}

static const ProtobufCMessage *
next(void *context, size_t channel)
{
    struct premade *premade = context;

    return &premade_take(&premade[channel])->base;
}

/* Load again, so that the memory that calls need is counted too. */
static void
file_more(const struct deployment *deployment)
{
    struct premade premade[DEPLOYMENT_ORGANISATIONS];
    struct rpc_channel *channels[DEPLOYMENT_ORGANISATIONS];
    const struct load load = {
        .channels = channels,
        .channel_count = DEPLOYMENT_ORGANISATIONS,
        .outstanding = CLIENTS,
        .seconds = 60,
        .max_calls = MORE_SIGNALS,
        .server = deployment->places[DEPLOYMENT_VAULTD].pid,
        .service = &seinhuis__v1__intake__descriptor,
        .method = "Submit",
        .next = next,
        .context = premade,
    };
    struct load_result result;

    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        premade_make(deployment, i, MORE_SIGNALS / DEPLOYMENT_ORGANISATIONS, &premade[i]);
        channels[i] = deployment_channel(deployment, DEPLOYMENT_VAULTD, i);
    }
    load_run(&load, &result);
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        rpc_channel_close(channels[i]);
        premade_done(&premade[i]);
    }
}

void
part_memory(const struct bench *bench, struct deployment *deployment)
{
    struct filling_result filled;

    (void) bench;
    figures_part("memory", "Memory and disk, with 100,000 signals in the vault");
    filling_run(deployment, SIGNALS, &filled);
    figure("signals taken in by the library, without network, 32 threads",
           filled.reports / filled.seconds, "/s");
    figure("disk per signal, as taken in", filled.taken_len, "B");
    figure("disk per signal, with its index rows", filled.done_len, "B");
    figure("correlator's CPU per signal without a match", filled.correlate_us, "us");
    figure("correlator's time per signal without a match", filled.correlate_wall_us, "us");
    for (int i = 0; i < DEPLOYMENT_DAEMONS; i++) {
        deployment_start(deployment, (enum deployment_daemon) i);
    }
    figure("pseudonymd's anonymous memory, idle", rss_anon_mib(deployment, DEPLOYMENT_PSEUDONYMD),
           "MiB");
    figure("gated's anonymous memory, idle", rss_anon_mib(deployment, DEPLOYMENT_GATED), "MiB");
    figure("vaultd's anonymous memory, idle", rss_anon_mib(deployment, DEPLOYMENT_VAULTD), "MiB");
    file_more(deployment);
    figure_aimed("vaultd's anonymous memory after 2,000 more signals from 64 clients",
                 rss_anon_mib(deployment, DEPLOYMENT_VAULTD), "MiB", FIGURE_AT_MOST, 64);
    for (int i = 0; i < DEPLOYMENT_DAEMONS; i++) {
        deployment_stop(deployment, (enum deployment_daemon) i);
    }
}
