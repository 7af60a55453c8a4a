/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_PEER_H
#define PROTO_RPC_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "proto/rpc/call.h"

/* Who a certificate speaks for: the OIN in its subject's serialNumber, of which there must be
 * exactly one, of 20 digits.  Other parts of the subject carry no trust. */
struct peer {
    char oin[RPC_OIN_LEN + 1];
    long long not_after_s; /* Unix seconds */
};

/* ERR_MALFORMED: 'pem' is not a certificate.  ERR_AUTH: not exactly one serialNumber of 20 digits.
 * */
enum err peer_of_pem(const char *pem, size_t len, struct peer *out) MUST_CHECK;

bool peer_is_oin(const char *text);

/* Remembers the peers of certificates seen, so that each is parsed once and not at every call. */
struct peer_cache;

enum err peer_cache_new(struct peer_cache **out) MUST_CHECK;

/* Takes NULL. */
void peer_cache_free(struct peer_cache *cache);

/* REFUSAL_NO_OIN, REFUSAL_CERTIFICATE_EXPIRED (by the real time; a connection may outlive it).
 * Threads: one at a time. */
enum refusal peer_cache_find(struct peer_cache *cache, const char *pem, size_t len,
                             char oin[RPC_OIN_LEN + 1]) MUST_CHECK;

#endif
