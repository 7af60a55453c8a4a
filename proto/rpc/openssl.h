/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_RPC_OPENSSL_H
#define PROTO_RPC_OPENSSL_H

/* OpenSSL's headers, whose type ERR_STATE bears the name of one of our errors: it is renamed while
 * they are read.  Include this instead of <openssl/...>. */
#define ERR_STATE openssl_err_state
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#undef ERR_STATE

#endif
