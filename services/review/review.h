/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_REVIEW_REVIEW_H
#define SERVICES_REVIEW_REVIEW_H

#include "base/clock.h"
#include "proto/rpc/server.h"
#include "services/daemon/storage.h"
#include "services/review/gate_client.h"

/* The service of review.proto: what the CMZ team does with flagged cases. */

struct review {
    struct storage *storage;
    struct vault *vault;
    struct clock *clock;
    struct gate_client gate;
};

/* 'review' must outlive the server. */
struct rpc_service review_service(struct review *review);

/* The service of quality.proto, for the officer: how well the match keys do. */
struct rpc_service quality_service(struct review *review);

/* The handlers, by file: listing.c, opening.c, quality.c. */
enum refusal review_list_cases(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                               ProtobufCMessage *response);
enum refusal review_get_case(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                             ProtobufCMessage *response);
enum refusal review_watch_cases(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                                ProtobufCMessage *response);
enum refusal review_release(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                            ProtobufCMessage *response);
enum refusal review_get_released(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                                 ProtobufCMessage *response);
enum refusal review_report_comparison(void *self, struct rpc_call *call,
                                      const ProtobufCMessage *request, ProtobufCMessage *response);
enum refusal review_confirm(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                            ProtobufCMessage *response);
enum refusal review_get_direct(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                               ProtobufCMessage *response);
enum refusal review_get_link_quality(void *self, struct rpc_call *call,
                                     const ProtobufCMessage *request, ProtobufCMessage *response);

#endif
