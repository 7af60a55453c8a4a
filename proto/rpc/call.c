/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/call.h"

#include <assert.h>

enum err
rpc_send(struct rpc_call *call, const ProtobufCMessage *message)
{
    assert(call->stream != NULL);
    return call->stream->send(call->stream, message);
}

enum refusal
rpc_receive(struct rpc_call *call, const ProtobufCMessage **out)
{
    assert(call->stream != NULL);
    return call->stream->receive(call->stream, out);
}

bool
rpc_is_over(const struct rpc_call *call)
{
    return call->stream != NULL && call->stream->is_over(call->stream);
}

void
rpc_set_wake(struct rpc_call *call, void (*wake)(void *context), void *context)
{
    assert(call->stream != NULL);
    call->stream->set_wake(call->stream, wake, context);
}
