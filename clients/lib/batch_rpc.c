/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/batch_rpc.h"

#include <stdlib.h>

enum { ANSWER_CAP = 64 * 1024, DEADLINE_MS = 30 * 1000 };

struct batch_rpc {
    struct rpc_window *pseudonym;
    struct rpc_window *vault;
};

enum err
batch_rpc_open(struct rpc_channel *pseudonym, struct rpc_channel *vault, struct batch_rpc **out)
{
    struct batch_rpc *rpc = calloc(1, sizeof *rpc);
    enum err err;

    if (rpc == NULL) {
        return ERR_NOMEM;
    }
    err = rpc_window_open(pseudonym, BATCH_WIDTH * REGISTRY_MAX_CTXS, ANSWER_CAP, &rpc->pseudonym);
    if (err == ERR_OK) {
        err = rpc_window_open(vault, BATCH_WIDTH, ANSWER_CAP, &rpc->vault);
    }
    if (err != ERR_OK) {
        batch_rpc_close(rpc);
        return err;
    }
    *out = rpc;
    return ERR_OK;
}

void
batch_rpc_close(struct batch_rpc *rpc)
{
    if (rpc != NULL) {
        rpc_window_close(rpc->pseudonym);
        rpc_window_close(rpc->vault);
        free(rpc);
    }
}

static enum err
start(void *context, enum party_role service, const ProtobufCMessage *message, void *tag)
{
    struct batch_rpc *rpc = context;
    bool is_vault = service == ROLE_VAULT;
    const struct rpc_request request = {
        .service =
            is_vault ? &seinhuis__v1__intake__descriptor : &seinhuis__v1__pseudonym__descriptor,
        .method = is_vault ? "Submit" : "Evaluate",
        .message = message,
        .deadline_ms = DEADLINE_MS,
    };

    return rpc_window_start(is_vault ? rpc->vault : rpc->pseudonym, &request, tag);
}

static enum err
next(void *context, enum party_role service, uint32_t wait_ms, struct rpc_reply *out)
{
    struct batch_rpc *rpc = context;

    return rpc_window_next(service == ROLE_VAULT ? rpc->vault : rpc->pseudonym, wait_ms, out);
}

struct batch_line
batch_rpc_line(struct batch_rpc *rpc)
{
    return (struct batch_line) { .context = rpc, .start = start, .next = next };
}
