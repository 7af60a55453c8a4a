/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/pki.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "proto/rpc/openssl.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

enum { ISSUED_MAX = 32, HOUR_S = 3600 };

struct issued {
    struct rpc_identity identity;
    char *cert_file;
    char *key_file;
};

struct pki {
    char *folder;
    char *ca_file;
    X509 *cert;
    EVP_PKEY *key;
    long next_serial;
    struct issued issued[ISSUED_MAX];
    size_t count;
};

static void
add_name(X509 *cert, const char *field, const char *value)
{
    X509_NAME *name = X509_get_subject_name(cert);
    const unsigned char *text = (const unsigned char *) value;

    assert_int_equal(X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, text, -1, -1, 0), 1);
}

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension = NULL;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(cert, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static X509 *
new_certificate(struct pki *pki, EVP_PKEY *key, const struct pki_subject *subject)
{
    X509 *cert = X509_new();

    assert_non_null(cert);
    assert_int_equal(X509_set_version(cert, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), ++pki->next_serial), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(cert), subject->begins_s));
    assert_non_null(
        X509_gmtime_adj(X509_getm_notAfter(cert), subject->ends_s != 0 ? subject->ends_s : HOUR_S));
    assert_int_equal(X509_set_pubkey(cert, key), 1);
    return cert;
}

static void
write_certificate(const char *path, X509 *cert)
{
    BIO *file = BIO_new_file(path, "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_bio_X509(file, cert), 1);
    BIO_free(file);
}

static void
write_key(const char *path, EVP_PKEY *key)
{
    BIO *file = BIO_new_file(path, "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_bio_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    BIO_free(file);
    assert_int_equal(chmod(path, 0600), 0);
}

static char *
file_of(const char *folder, const char *name, const char *suffix)
{
    char *stem = temp_path(folder, name);
    char *path = NULL;

    if (asprintf(&path, "%s%s", stem, suffix) < 0) {
        fail_msg("out of memory");
    }
    free(stem);
    return path;
}

struct pki *
pki_new(const char *folder)
{
    struct pki *pki = calloc(1, sizeof *pki);
    const struct pki_subject subject = { .begins_s = -HOUR_S };

    assert_non_null(pki);
    pki->folder = strdup(folder);
    pki->ca_file = temp_path(folder, "ca.pem");
    pki->key = EVP_EC_gen("P-256");
    assert_non_null(pki->key);
    pki->cert = new_certificate(pki, pki->key, &subject);
    add_name(pki->cert, "CN", "CA of a test");
    assert_int_equal(X509_set_issuer_name(pki->cert, X509_get_subject_name(pki->cert)), 1);
    add_extension(pki->cert, pki->cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(pki->cert, pki->cert, NID_key_usage, "critical,keyCertSign,cRLSign");
    assert_int_not_equal(X509_sign(pki->cert, pki->key, EVP_sha256()), 0);
    write_certificate(pki->ca_file, pki->cert);
    return pki;
}

void
pki_free(struct pki *pki)
{
    if (pki == NULL) {
        return;
    }
    for (size_t i = 0; i < pki->count; i++) {
        free(pki->issued[i].cert_file);
        free(pki->issued[i].key_file);
    }
    X509_free(pki->cert);
    EVP_PKEY_free(pki->key);
    free(pki->ca_file);
    free(pki->folder);
    free(pki);
}

const struct rpc_identity *
pki_issue(struct pki *pki, const char *name, const struct pki_subject *subject)
{
    struct issued *issued = &pki->issued[pki->count];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = new_certificate(pki, key, subject);

    assert_true(pki->count < ISSUED_MAX);
    pki->count++;
    add_name(cert, "CN", name);
    for (size_t i = 0; i < 2 && subject->serials[i] != NULL; i++) {
        add_name(cert, "serialNumber", subject->serials[i]);
    }
    assert_int_equal(X509_set_issuer_name(cert, X509_get_subject_name(pki->cert)), 1);
    add_extension(cert, pki->cert, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(cert, pki->cert, NID_ext_key_usage, "clientAuth,serverAuth");
    add_extension(cert, pki->cert, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    assert_int_not_equal(X509_sign(cert, pki->key, EVP_sha256()), 0);
    issued->cert_file = file_of(pki->folder, name, ".pem");
    issued->key_file = file_of(pki->folder, name, ".key");
    issued->identity = (struct rpc_identity) {
        .ca_file = pki->ca_file,
        .cert_file = issued->cert_file,
        .key_file = issued->key_file,
    };
    write_certificate(issued->cert_file, cert);
    write_key(issued->key_file, key);
    X509_free(cert);
    EVP_PKEY_free(key);
    return &issued->identity;
}

const struct rpc_identity *
pki_issue_oin(struct pki *pki, const char *name, const char *oin)
{
    const struct pki_subject subject = { .serials = { oin, NULL }, .begins_s = -60 };

    return pki_issue(pki, name, &subject);
}
