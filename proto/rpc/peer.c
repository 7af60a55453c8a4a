/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/peer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/rpc/openssl.h"

/* Certificates are few (one per party and renewal); two in one slot only cost a parse each time. */
enum { SLOT_COUNT = 256, PEM_MAX_LEN = 16 * 1024 };

struct slot {
    char *pem; /* NULL: empty */
    size_t len;
    enum refusal refusal;
    struct peer peer;
};

struct peer_cache {
    struct slot slots[SLOT_COUNT];
};

bool
peer_is_oin(const char *text)
{
    return strspn(text, "0123456789") == RPC_OIN_LEN && text[RPC_OIN_LEN] == '\0';
}

/* Takes the one serialNumber of 'name'. */
static enum err
take_oin(const X509_NAME *name, char oin[RPC_OIN_LEN + 1])
{
    int at = X509_NAME_get_index_by_NID(name, NID_serialNumber, -1);
    const ASN1_STRING *value = NULL;
    char text[RPC_OIN_LEN + 1] = "";

    if (at < 0 || X509_NAME_get_index_by_NID(name, NID_serialNumber, at) >= 0) {
        return ERR_AUTH;
    }
    value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    if (ASN1_STRING_length(value) != RPC_OIN_LEN) {
        return ERR_AUTH;
    }
    memcpy(text, ASN1_STRING_get0_data(value), RPC_OIN_LEN);
    if (!peer_is_oin(text)) {
        return ERR_AUTH;
    }
    memcpy(oin, text, sizeof text);
    return ERR_OK;
}

static enum err
take_not_after(const X509 *certificate, long long *out)
{
    struct tm end;

    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
        return ERR_MALFORMED;
    }
    *out = timegm(&end);
    return ERR_OK;
}

enum err
peer_of_pem(const char *pem, size_t len, struct peer *out)
{
    struct peer peer = { .not_after_s = 0 };
    BIO *bio = NULL;
    X509 *certificate = NULL;
    enum err err = ERR_MALFORMED;

    if (len > PEM_MAX_LEN) {
        goto out;
    }
    bio = BIO_new_mem_buf(pem, (int) len);
    certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (certificate == NULL) {
        goto out;
    }
    err = take_not_after(certificate, &peer.not_after_s);
    if (err != ERR_OK) {
        goto out;
    }
    err = take_oin(X509_get_subject_name(certificate), peer.oin);
    if (err != ERR_OK) {
        goto out;
    }
    *out = peer;
out:
    X509_free(certificate);
    BIO_free(bio);
    ERR_clear_error();
    return err;
}

enum err
peer_cache_new(struct peer_cache **out)
{
    struct peer_cache *cache = calloc(1, sizeof *cache);

    if (cache == NULL) {
        return ERR_NOMEM;
    }
    *out = cache;
    return ERR_OK;
}

void
peer_cache_free(struct peer_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        free(cache->slots[i].pem);
    }
    free(cache);
}

/* The slot for a certificate, by some bytes of its signature near the end of the PEM. */
static struct slot *
slot_of(struct peer_cache *cache, const char *pem, size_t len)
{
    enum { FROM_END = 96, TAKEN = 48 };
    uint32_t hash = 2166136261U;

    for (size_t i = 0; len >= FROM_END && i < TAKEN; i++) {
        hash = (hash ^ (uint8_t) pem[len - FROM_END + i]) * 16777619U;
    }
    return &cache->slots[(hash ^ (hash >> 16)) % SLOT_COUNT];
}

static enum refusal
fill_slot(struct slot *slot, const char *pem, size_t len)
{
    struct peer peer = { .not_after_s = 0 };
    enum refusal refusal = peer_of_pem(pem, len, &peer) == ERR_OK ? REFUSAL_NONE : REFUSAL_NO_OIN;
    char *copy = malloc(len == 0 ? 1 : len);

    if (copy == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    memcpy(copy, pem, len);
    free(slot->pem);
    *slot = (struct slot) { .pem = copy, .len = len, .refusal = refusal, .peer = peer };
    return REFUSAL_NONE;
}

enum refusal
peer_cache_find(struct peer_cache *cache, const char *pem, size_t len, char oin[RPC_OIN_LEN + 1])
{
    struct slot *slot = slot_of(cache, pem, len);

    if (slot->pem == NULL || slot->len != len || memcmp(slot->pem, pem, len) != 0) {
        enum refusal refusal = fill_slot(slot, pem, len);

        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    if (slot->refusal != REFUSAL_NONE) {
        return slot->refusal;
    }
    if (time(NULL) > slot->peer.not_after_s) {
        return REFUSAL_CERTIFICATE_EXPIRED;
    }
    memcpy(oin, slot->peer.oin, sizeof slot->peer.oin);
    return REFUSAL_NONE;
}
