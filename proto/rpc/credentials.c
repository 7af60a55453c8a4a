/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/credentials.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <grpc/support/alloc.h>
#include <grpc/support/string_util.h>
#include <sodium.h>

#include "base/file.h"
#include "proto/rpc/openssl.h"
#include "proto/rpc/peer.h"

enum { PEM_MAX_LEN = 64 * 1024 };

/* The three files as gRPC wants them. */
struct pem {
    char *ca;
    char *cert;
    char *key;
};

static void
pem_done(struct pem *pem)
{
    free(pem->ca);
    free(pem->cert);
    if (pem->key != NULL) {
        sodium_memzero(pem->key, PEM_MAX_LEN + 1);
    }
    free(pem->key);
}

static enum err
read_key(const char *path, char **out)
{
    char *key = calloc(1, PEM_MAX_LEN + 1);
    size_t len = 0;
    enum err err = ERR_OK;

    if (key == NULL) {
        return ERR_NOMEM;
    }
    err = file_read_secret(path, key, PEM_MAX_LEN, &len);
    if (err != ERR_OK) {
        sodium_memzero(key, PEM_MAX_LEN + 1);
        free(key);
        return err;
    }
    *out = key;
    return ERR_OK;
}

static X509 *
parse_certificate(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);

    BIO_free(bio);
    return certificate;
}

/* gRPC would only say at the first handshake that something is wrong with our own files. */
static enum err
check(const struct pem *pem)
{
    struct peer self = { .not_after_s = 0 };
    X509 *ca = parse_certificate(pem->ca);
    X509 *cert = parse_certificate(pem->cert);
    BIO *bio = BIO_new_mem_buf(pem->key, -1);
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    enum err err = ERR_MALFORMED;

    if (ca == NULL || cert == NULL || key == NULL) {
        goto out;
    }
    if (X509_check_private_key(cert, key) != 1) {
        err = ERR_AUTH;
        goto out;
    }
    if (X509_cmp_current_time(X509_get0_notBefore(cert)) > 0 ||
        X509_cmp_current_time(X509_get0_notAfter(cert)) < 0) {
        err = ERR_EXPIRED;
        goto out;
    }
    err = peer_of_pem(pem->cert, strlen(pem->cert), &self);
out:
    EVP_PKEY_free(key);
    BIO_free(bio);
    X509_free(cert);
    X509_free(ca);
    ERR_clear_error();
    return err;
}

static enum err
pem_read(const struct rpc_identity *identity, struct pem *out)
{
    struct pem pem = { .ca = NULL };
    size_t len = 0;
    enum err err = file_read(identity->ca_file, PEM_MAX_LEN, &pem.ca, &len);

    if (err != ERR_OK) {
        goto out;
    }
    err = file_read(identity->cert_file, PEM_MAX_LEN, &pem.cert, &len);
    if (err != ERR_OK) {
        goto out;
    }
    err = read_key(identity->key_file, &pem.key);
    if (err != ERR_OK) {
        goto out;
    }
    err = check(&pem);
    if (err != ERR_OK) {
        goto out;
    }
    *out = pem;
    pem = (struct pem) { .ca = NULL };
out:
    pem_done(&pem);
    return err;
}

/* Options that both ends have in common; the caller hands them on to gRPC, which then owns them. */
static enum err
options_of(const struct rpc_identity *identity, grpc_tls_credentials_options **out)
{
    struct pem pem = { .ca = NULL };
    grpc_tls_identity_pairs *pairs = NULL;
    grpc_tls_certificate_provider *provider = NULL;
    grpc_tls_credentials_options *options = NULL;
    enum err err = pem_read(identity, &pem);

    if (err != ERR_OK) {
        return err;
    }
    pairs = grpc_tls_identity_pairs_create();
    grpc_tls_identity_pairs_add_pair(pairs, pem.key, pem.cert);
    provider = grpc_tls_certificate_provider_static_data_create(pem.ca, pairs);
    options = grpc_tls_credentials_options_create();
    grpc_tls_credentials_options_set_certificate_provider(options, provider);
    grpc_tls_credentials_options_watch_root_certs(options);
    grpc_tls_credentials_options_watch_identity_key_cert_pairs(options);
    grpc_tls_certificate_provider_release(provider);
    pem_done(&pem);
    *out = options;
    return ERR_OK;
}

enum err
credentials_for_server(const struct rpc_identity *identity, grpc_server_credentials **out)
{
    grpc_tls_credentials_options *options = NULL;
    enum err err = options_of(identity, &options);

    if (err != ERR_OK) {
        return err;
    }
    grpc_tls_credentials_options_set_cert_request_type(
        options, GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    *out = grpc_tls_server_credentials_create(options);
    return *out == NULL ? ERR_INTERNAL : ERR_OK;
}

struct server_check {
    grpc_tls_certificate_verifier_external verifier;
    char oin[RPC_OIN_LEN + 1];
    atomic_int holders; /* the channel, and each verifier that gRPC has of it */
};

/* Runs in the handshake, after the chain was found good and before any byte of a request is sent.
 * */
static int
verify(void *data, grpc_tls_custom_verification_check_request *request,
       grpc_tls_on_custom_verification_check_done_cb callback, void *callback_arg,
       grpc_status_code *status, char **details)
{
    struct server_check *check = data;
    const char *pem = request->peer_info.peer_cert;
    struct peer peer = { .not_after_s = 0 };
    bool is_expected = pem != NULL && peer_of_pem(pem, strlen(pem), &peer) == ERR_OK &&
        strcmp(peer.oin, check->oin) == 0;

    (void) callback;
    (void) callback_arg;
    *status = is_expected ? GRPC_STATUS_OK : GRPC_STATUS_UNAUTHENTICATED;
    *details = is_expected ? NULL : gpr_strdup(WRONG_SERVER_TEXT);
    return 1;
}

static void
cancel(void *data, grpc_tls_custom_verification_check_request *request)
{
    (void) data;
    (void) request;
}

void
server_check_release(struct server_check *check)
{
    if (check != NULL && atomic_fetch_sub(&check->holders, 1) == 1) {
        free(check);
    }
}

static void
destruct(void *data)
{
    server_check_release(data);
}

enum err
server_check_new(const char *oin, struct server_check **out)
{
    struct server_check *check = NULL;

    if (!peer_is_oin(oin)) {
        return ERR_INVALID;
    }
    check = calloc(1, sizeof *check);
    if (check == NULL) {
        return ERR_NOMEM;
    }
    check->verifier = (grpc_tls_certificate_verifier_external) {
        .user_data = check,
        .verify = verify,
        .cancel = cancel,
        .destruct = destruct,
    };
    memcpy(check->oin, oin, sizeof check->oin);
    atomic_init(&check->holders, 1);
    *out = check;
    return ERR_OK;
}

enum err
credentials_for_client(const struct rpc_identity *identity, struct server_check *check,
                       grpc_channel_credentials **out)
{
    grpc_tls_credentials_options *options = NULL;
    grpc_tls_certificate_verifier *verifier = NULL;
    enum err err = options_of(identity, &options);

    if (err != ERR_OK) {
        return err;
    }
    atomic_fetch_add(&check->holders, 1);
    verifier = grpc_tls_certificate_verifier_external_create(&check->verifier);
    grpc_tls_credentials_options_set_certificate_verifier(options, verifier);
    grpc_tls_certificate_verifier_release(verifier);
    grpc_tls_credentials_options_set_verify_server_cert(options, 1);
    grpc_tls_credentials_options_set_check_call_host(options, 0);
    *out = grpc_tls_credentials_create(options);
    return *out == NULL ? ERR_INTERNAL : ERR_OK;
}
