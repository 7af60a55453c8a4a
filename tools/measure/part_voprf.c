/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <string.h>

#include "seinhuis/v1/pseudonym.pb-c.h"
#include "tools/measure/bare_store.h"
#include "tools/measure/figures.h"
#include "tools/measure/load.h"
#include "tools/measure/meter.h"
#include "tools/measure/parts.h"
#include "tools/measure/primitives.h"

/* libsodium's operations in one batch of 16 with its proof (RFC 9497): 16 evaluations, 16 weighted
 * inputs, Z and one commitment of the proof; the other commitment on the base point; 15 additions
 * that sum the weighted inputs, for which libsodium has no cheaper form. */
enum { MULTIPLICATIONS = 34, BASE_MULTIPLICATIONS = 1, ADDITIONS = 15 };

enum { PATH_ROOM = 4096 };

static const size_t outstanding_list[] = { 1, 4, 16 };
enum { LEVELS = sizeof outstanding_list / sizeof *outstanding_list };

static char user[] = "bench";

struct question {
    Seinhuis__V1__EvaluateRequest message;
    uint8_t ctx[CTX_LEN];
    struct voprf_batch batch;
};

static void
make_question(const struct deployment *deployment, struct question *out)
{
    static const uint8_t text[] = "a fictitious match key";
    struct bytes inputs[VOPRF_BATCH_MAX];

    for (size_t i = 0; i < VOPRF_BATCH_MAX; i++) {
        inputs[i] = (struct bytes) { .data = text, .len = sizeof text - i };
    }
    if (voprf_blind(inputs, VOPRF_BATCH_MAX, &out->batch) != ERR_OK) {
        meter_fail("VOPRF", "the batch could not be blinded");
    }
    ctx_write(&deployment->ctx, out->ctx);
    seinhuis__v1__evaluate_request__init(&out->message);
    out->message.user = user;
    out->message.context = (ProtobufCBinaryData) { CTX_LEN, out->ctx };
    out->message.blinded =
        (ProtobufCBinaryData) { VOPRF_BATCH_MAX * POINT_LEN, out->batch.blinded[0].bytes };
}

static const ProtobufCMessage *
next(void *context, size_t channel)
{
    const struct question *question = context;

    (void) channel;
    return &question->message.base;
}

/* One level's figures over the rounds. */
struct level {
    struct rounds per_s;
    struct rounds p50_us;
    struct rounds p99_us;
    struct rounds server_us;
    struct rounds share; /* with additions */
    struct rounds strict; /* without */
    struct rounds group; /* batches per commit */
};

static void
run_level(const struct bench *bench, const struct deployment *deployment,
          struct rpc_channel *const *channels, struct question *question, size_t outstanding,
          struct level *level)
{
    struct load load = {
        .channels = channels,
        .channel_count =
            outstanding < DEPLOYMENT_ORGANISATIONS ? outstanding : DEPLOYMENT_ORGANISATIONS,
        .outstanding = outstanding,
        .seconds = bench->seconds,
        .server = deployment->places[DEPLOYMENT_PSEUDONYMD].pid,
        .service = &seinhuis__v1__pseudonym__descriptor,
        .method = "Evaluate",
        .next = next,
        .context = question,
    };
    struct primitives bare;
    struct load_result result;
    double multiplied = 0;
    char store[PATH_ROOM];
    uint64_t commits = 0;

    (void) snprintf(store, sizeof store, "%s/store",
                    deployment->places[DEPLOYMENT_PSEUDONYMD].config.folder);
    primitives_measure(&bare);
    commits = bare_store_commits(store);
    load_run(&load, &result);
    commits = bare_store_commits(store) - commits;
    rounds_add(&level->group, (double) result.calls / (double) commits);
    multiplied = MULTIPLICATIONS * bare.multiply_us + BASE_MULTIPLICATIONS * bare.multiply_base_us;
    rounds_add(&level->per_s, result.per_s);
    rounds_add(&level->p50_us, result.p50_us);
    rounds_add(&level->p99_us, result.p99_us);
    rounds_add(&level->server_us, result.server_us);
    rounds_add(&level->strict, multiplied / result.server_us);
    rounds_add(&level->share, (multiplied + ADDITIONS * bare.add_us) / result.server_us);
}

static void
print_level(size_t outstanding, const struct level *level)
{
    char name[96];
    double batches = rounds_median(&level->per_s);

#define NAMED(what)                                                                                \
    ((void) snprintf(name, sizeof name, "%zu under way: %s", outstanding, what), name)
    figure(NAMED("batches of 16"), batches, "/s");
    figure(NAMED("elements evaluated"), batches * VOPRF_BATCH_MAX, "/s");
    figure(NAMED("p50"), rounds_median(&level->p50_us), "us");
    figure(NAMED("p99"), rounds_median(&level->p99_us), "us");
    figure(NAMED("batches per commit"), rounds_median(&level->group), "");
    figure(NAMED("pseudonymd's CPU per batch"), rounds_median(&level->server_us), "us");
    figure(NAMED("share of the multiplications alone"), rounds_median(&level->strict), "");
    figure_aimed(NAMED("share of multiplications and additions"), rounds_median(&level->share), "",
                 FIGURE_AT_LEAST, 0.85);
#undef NAMED
}

static void
print_primitives(void)
{
    struct primitives bare;
    double sum = 0;

    primitives_measure(&bare);
    sum = MULTIPLICATIONS * bare.multiply_us + BASE_MULTIPLICATIONS * bare.multiply_base_us +
        ADDITIONS * bare.add_us;
    figure("libsodium: multiplications by a scalar", 1e6 / bare.multiply_us, "/s");
    figure("libsodium: one multiplication", bare.multiply_us, "us");
    figure("libsodium: one multiplication of the base point", bare.multiply_base_us, "us");
    figure("libsodium: one addition", bare.add_us, "us");
    figure("libsodium: 34 + 1 multiplications and 15 additions of a batch", sum, "us");
}

void
part_voprf(const struct bench *bench, struct deployment *deployment)
{
    struct rpc_channel *channels[DEPLOYMENT_ORGANISATIONS];
    struct level levels[LEVELS];
    struct question question;

    memset(levels, 0, sizeof levels);
    figures_part("voprf", "The pseudonym service: batches of 16 with proof and ticket");
    print_primitives();
    make_question(deployment, &question);
    deployment_start(deployment, DEPLOYMENT_PSEUDONYMD);
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        channels[i] = deployment_channel(deployment, DEPLOYMENT_PSEUDONYMD, i);
    }
    for (size_t round = 0; round < bench->rounds; round++) {
        for (size_t i = 0; i < LEVELS; i++) {
            run_level(bench, deployment, channels, &question, outstanding_list[i], &levels[i]);
        }
    }
    for (size_t i = 0; i < LEVELS; i++) {
        print_level(outstanding_list[i], &levels[i]);
    }
    figure("pseudonymd's anonymous memory after that",
           (double) meter_rss_anon_len(deployment->places[DEPLOYMENT_PSEUDONYMD].pid) / 1048576,
           "MiB");
    for (size_t i = 0; i < DEPLOYMENT_ORGANISATIONS; i++) {
        rpc_channel_close(channels[i]);
    }
    deployment_stop(deployment, DEPLOYMENT_PSEUDONYMD);
}
