/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>

#include "tools/measure/echo.h"
#include "tools/measure/figures.h"
#include "tools/measure/meter.h"
#include "tools/measure/parts.h"
#include "tools/measure/reference.h"

enum { REQUEST_LEN = 2048 };

static const size_t outstanding_list[] = { 1, 16, 64, 256 };

/* Our layer and the reference in turn, so that what disturbs the machine disturbs both. */
struct pair {
    struct rounds per_s;
    struct rounds p50_us;
    struct rounds p99_us;
    struct rounds server_us;
    struct rounds client_us;
};

static void
pair_add(struct pair *pair, const struct load_result *result)
{
    rounds_add(&pair->per_s, result->per_s);
    rounds_add(&pair->p50_us, result->p50_us);
    rounds_add(&pair->p99_us, result->p99_us);
    rounds_add(&pair->server_us, result->server_us);
    rounds_add(&pair->client_us, result->client_us);
}

static void
named(const char *whose, size_t outstanding, const char *what, double value, const char *unit)
{
    char name[96];

    (void) snprintf(name, sizeof name, "%s, %zu under way: %s", whose, outstanding, what);
    figure(name, value, unit);
}

static void
print_pair(const char *whose, size_t outstanding, const struct pair *pair)
{
    named(whose, outstanding, "calls", rounds_median(&pair->per_s), "/s");
    named(whose, outstanding, "p50", rounds_median(&pair->p50_us), "us");
    named(whose, outstanding, "p99", rounds_median(&pair->p99_us), "us");
    named(whose, outstanding, "server CPU per call", rounds_median(&pair->server_us), "us");
    named(whose, outstanding, "client CPU per call", rounds_median(&pair->client_us), "us");
}

static void
print_ratio(size_t outstanding, const struct pair *ours, const struct pair *theirs)
{
    char name[96];

    (void) snprintf(name, sizeof name, "%zu under way: calls, ratio to the reference", outstanding);
    figure_aimed(name, rounds_median(&ours->per_s) / rounds_median(&theirs->per_s), "",
                 FIGURE_AT_LEAST, 0.8);
    (void) snprintf(name, sizeof name, "%zu under way: server CPU, reference's share of ours",
                    outstanding);
    figure(name, rounds_median(&theirs->server_us) / rounds_median(&ours->server_us), "");
}

static void
compare(const struct bench *bench, const struct reference *reference, size_t outstanding)
{
    struct pair ours = { .per_s = { .count = 0 } };
    struct pair theirs = { .per_s = { .count = 0 } };
    const struct echo_load load = {
        .method = "Quick", .len = REQUEST_LEN, .connections = 1, .outstanding = outstanding
    };
    struct load_result result;

    echo_run(bench->echo, &load, bench->seconds / 4, &result);
    for (size_t i = 0; i < bench->rounds; i++) {
        echo_run(bench->echo, &load, bench->seconds, &result);
        pair_add(&ours, &result);
        if (reference != NULL) {
            reference_run(reference, outstanding, bench->seconds, &result);
            pair_add(&theirs, &result);
        }
    }
    print_pair("rpc", outstanding, &ours);
    if (reference != NULL) {
        print_pair("reference", outstanding, &theirs);
        print_ratio(outstanding, &ours, &theirs);
    }
}

/* What a handler costs that may wait: it runs on a thread of the pool. */
static void
measure_pooled(const struct bench *bench, size_t outstanding)
{
    const struct echo_load load = {
        .method = "Pooled", .len = REQUEST_LEN, .connections = 1, .outstanding = outstanding
    };
    struct pair pooled = { .per_s = { .count = 0 } };
    struct load_result result;

    for (size_t i = 0; i < bench->rounds; i++) {
        echo_run(bench->echo, &load, bench->seconds / 2, &result);
        pair_add(&pooled, &result);
    }
    print_pair("rpc, handler in the pool", outstanding, &pooled);
}

void
part_rpc(const struct bench *bench)
{
    struct reference reference = { .pid = -1 };

    figures_part("rpc", "The bare rpc layer: 2048 bytes in, 64 out, mutual TLS, one connection");
    if (bench->reference != NULL) {
        reference_start(bench->reference, bench->folder, &reference);
    } else {
        figures_note("no reference echo here: no ratio");
    }
    for (size_t i = 0; i < sizeof outstanding_list / sizeof *outstanding_list; i++) {
        compare(bench, bench->reference == NULL ? NULL : &reference, outstanding_list[i]);
    }
    for (size_t i = 0; i < sizeof outstanding_list / sizeof *outstanding_list; i++) {
        measure_pooled(bench, outstanding_list[i]);
    }
    if (bench->reference != NULL) {
        reference_stop(&reference);
    }
}
