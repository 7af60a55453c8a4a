/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_OVERSIGHT_OVERSIGHT_H
#define SERVICES_OVERSIGHT_OVERSIGHT_H

#include "proto/rpc/server.h"
#include "services/daemon/storage.h"

/* The service of oversight.proto: the privacy officer reads a daemon's audit log.  All three daemons serve
 * it.  Reading is recorded too: one record when the checkpoint or a range is asked for, with how far. */
struct rpc_service oversight_service(struct storage *storage);

#endif
