/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_TLS_H
#define PROTO_RPC_TLS_H

/* Who we are on the network, as paths of PEM files: the CA whose certificates we accept, our own
 * certificate (with its chain, leaf first) and our private key (mode 0600).  Read once, at open. */
struct rpc_identity {
    const char *ca_file;
    const char *cert_file;
    const char *key_file;
};

#endif
