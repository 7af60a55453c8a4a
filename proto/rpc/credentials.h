/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_CREDENTIALS_H
#define PROTO_RPC_CREDENTIALS_H

#include <grpc/grpc_security.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/rpc/tls.h"

/* Mutual TLS for both ends: certificates of our CA only.  The errors are those of
 * rpc_server_open(). */
enum err credentials_for_server(const struct rpc_identity *identity,
                                grpc_server_credentials **out) MUST_CHECK;

/* A check that the server's certificate names a certain OIN; shared with gRPC, which may outlive
 * the channel. */
struct server_check;

/* ERR_INVALID: 'oin' is not one. */
enum err server_check_new(const char *oin, struct server_check **out) MUST_CHECK;

/* Takes NULL. */
void server_check_release(struct server_check *check);

/* What the status of a call has in its text when the check failed. */
#define WRONG_SERVER_TEXT "another OIN than expected"

/* The client's credentials.  The host name is not compared: the OIN takes its place. */
enum err credentials_for_client(const struct rpc_identity *identity, struct server_check *check,
                                grpc_channel_credentials **out) MUST_CHECK;

#endif
