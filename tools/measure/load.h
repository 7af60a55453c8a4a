/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_LOAD_H
#define TOOLS_MEASURE_LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/rpc/channel.h"

/* Calls as fast as they are answered, a fixed number of them under way. */

enum { LOAD_CHANNELS_MAX = 16 };

/* One kind of call, repeated.  'next' gives the message of the next call on a channel; it is called
 * by that channel's thread, and the message is used before it is called again by the same. */
struct load {
    struct rpc_channel *const *channels; /* a thread for each */
    size_t channel_count;
    size_t outstanding; /* calls under way, over all channels */
    double seconds;
    size_t max_calls; /* over all channels; 0: as many as there is time for */
    pid_t server;
    const ProtobufCServiceDescriptor *service;
    const char *method;
    const ProtobufCMessage *(*next)(void *context, size_t channel);
    void *context;
};

/* What a load showed. */
struct load_result {
    double per_s;
    double p50_us;
    double p99_us;
    double server_us; /* CPU per call */
    double client_us;
    uint64_t calls;
};

/* A call that is refused ends the bench. */
void load_run(const struct load *load, struct load_result *out);

#endif
