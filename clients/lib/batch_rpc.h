/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_BATCH_RPC_H
#define CLIENTS_LIB_BATCH_RPC_H

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/batch.h"
#include "proto/rpc/channel.h"

/* A batch's line over real channels, to the pseudonym service and the vault. */
struct batch_rpc;

/* The channels are borrowed.  ERR_NOMEM and the errors of rpc_window_open. */
enum err batch_rpc_open(struct rpc_channel *pseudonym, struct rpc_channel *vault,
                        struct batch_rpc **out) MUST_CHECK;

/* Takes NULL. */
void batch_rpc_close(struct batch_rpc *rpc);

/* Borrows 'rpc'. */
struct batch_line batch_rpc_line(struct batch_rpc *rpc);

#endif
