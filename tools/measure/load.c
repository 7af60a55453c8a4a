/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/load.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/measure/meter.h"

enum { ANSWER_ARENA = 64 * 1024, WAIT_MS = 60 * 1000 };

/* A load while it runs; what its threads share. */
struct run {
    const struct load *load;
    uint64_t end_ns;
};

struct worker {
    struct run *run;
    struct rpc_channel *channel;
    size_t at; /* of the channel */
    size_t outstanding;
    size_t left; /* calls still to be made */
    pthread_t thread;
    struct samples samples;
};

static bool
start_one(struct worker *worker, struct rpc_window *window, uint64_t *started_ns)
{
    const struct load *load = worker->run->load;
    struct rpc_request request = { .service = load->service, .method = load->method };

    if (worker->left == 0) {
        return false;
    }
    worker->left--;
    request.message = load->next(load->context, worker->at);
    *started_ns = meter_now_ns();
    if (rpc_window_start(window, &request, started_ns) != ERR_OK) {
        meter_fail("load", "a call could not be started");
    }
    return true;
}

static void *
work(void *data)
{
    struct worker *worker = data;
    struct rpc_window *window = NULL;
    uint64_t *started = meter_alloc(worker->outstanding, sizeof *started);
    struct rpc_reply reply;
    bool goes_on = true;

    if (rpc_window_open(worker->channel, worker->outstanding, ANSWER_ARENA, &window) != ERR_OK) {
        meter_fail("load", "out of memory");
    }
    for (size_t i = 0; goes_on && i < worker->outstanding; i++) {
        goes_on = start_one(worker, window, &started[i]);
    }
    while (rpc_window_next(window, WAIT_MS, &reply) == ERR_OK) {
        uint64_t now = meter_now_ns();
        uint64_t *begun = reply.tag;

        if (reply.result.end != RPC_END_OK) {
            meter_fail("load", rpc_result_text(&reply.result));
        }
        samples_add(&worker->samples, now - *begun);
        if (goes_on && now < worker->run->end_ns) {
            goes_on = start_one(worker, window, begun);
        }
    }
    rpc_window_close(window);
    free(started);
    return NULL;
}

static void
start_workers(struct run *run, struct worker *workers)
{
    const struct load *load = run->load;

    for (size_t i = 0; i < load->channel_count; i++) {
        workers[i] = (struct worker) {
            .run = run,
            .channel = load->channels[i],
            .at = i,
            .left = load->max_calls == 0 ? SIZE_MAX : load->max_calls / load->channel_count,
            .outstanding = load->outstanding / load->channel_count,
        };
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            meter_fail("load", "no more threads");
        }
    }
}

void
load_run(const struct load *load, struct load_result *out)
{
    uint64_t begun_ns = meter_now_ns();
    uint64_t server_ns = meter_cpu_ns(load->server);
    uint64_t client_ns = meter_cpu_ns(getpid());
    struct run run = { .load = load, .end_ns = begun_ns + (uint64_t) (load->seconds * 1e9) };
    struct worker workers[LOAD_CHANNELS_MAX];
    struct samples all = { .ns = NULL };
    struct load_result result = { .calls = 0 };
    double seconds = 0;

    start_workers(&run, workers);
    for (size_t i = 0; i < load->channel_count; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    seconds = (double) (meter_now_ns() - begun_ns) / 1e9;
    server_ns = meter_cpu_ns(load->server) - server_ns;
    client_ns = meter_cpu_ns(getpid()) - client_ns;
    for (size_t i = 0; i < load->channel_count; i++) {
        for (size_t n = 0; n < workers[i].samples.count; n++) {
            samples_add(&all, workers[i].samples.ns[n]);
        }
        samples_done(&workers[i].samples);
    }
    if (all.count == 0) {
        meter_fail("load", "no call was answered");
    }
    result.calls = all.count;
    result.per_s = (double) all.count / seconds;
    result.p50_us = samples_percentile_us(&all, 50);
    result.p99_us = samples_percentile_us(&all, 99);
    result.server_us = (double) server_ns / 1e3 / (double) all.count;
    result.client_us = (double) client_ns / 1e3 / (double) all.count;
    samples_done(&all);
    *out = result;
}
