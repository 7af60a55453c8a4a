/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_STATUS_H
#define PROTO_RPC_STATUS_H

#include <grpc/status.h>

#include "base/err.h"

/* What a caller learns of an error as gRPC status. */
grpc_status_code status_of_err(enum err err);

/* The error behind a status that came without one of our tokens. */
enum err status_to_err(grpc_status_code status);

#endif
