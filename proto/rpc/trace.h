/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_TRACE_H
#define PROTO_RPC_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rpc/call.h"

/* W3C Trace Context, version 00, read strictly: "00-<32 hex>-<16 hex>-<2 hex>", lower case, no id
 * all zero.  https://www.w3.org/TR/trace-context/ */

/* Continues the trace of 'received' ('len' bytes, or NULL), or begins a new one when that is no
 * valid traceparent: the trace stays, our step in it gets a random id, which is returned. */
uint64_t trace_step(const char *received, size_t len, char out[RPC_TRACEPARENT_LEN + 1]);

#endif
