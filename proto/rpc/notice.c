/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdatomic.h>
#include <string.h>

#include <grpc/support/log.h>

#include "proto/rpc/notice.h"
#include "proto/rpc/server.h"

typedef void notice_function(enum rpc_notice notice);

static _Atomic(notice_function *) listener;

const char *
rpc_notice_text(enum rpc_notice notice)
{
    switch (notice) {
        case RPC_NOTICE_HANDSHAKE_REFUSED:
            return "tls-handshake-refused";
        case RPC_NOTICE_TRANSPORT:
            return "transport-error";
    }
    return "transport-error";
}

/* gRPC's lines hold addresses and file names: only their kind is let through. */
static void
take_line(gpr_log_func_args *args)
{
    notice_function *listen = atomic_load(&listener);

    if (listen == NULL || args->severity != GPR_LOG_SEVERITY_ERROR) {
        return;
    }
    listen(strstr(args->message, "andshake failed") != NULL ? RPC_NOTICE_HANDSHAKE_REFUSED
                                                            : RPC_NOTICE_TRANSPORT);
}

void
rpc_set_notice(void (*on_notice)(enum rpc_notice notice))
{
    atomic_store(&listener, on_notice);
}

void
notice_take_lines(void)
{
    gpr_set_log_function(take_line);
    gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
}
