/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_NOTICE_H
#define PROTO_RPC_NOTICE_H

/* Takes gRPC's log lines off standard error; what is left of them goes to the listener of
 * rpc_set_notice().  Call it before grpc_init(). */
void notice_take_lines(void);

#endif
