/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_REQUEST_H
#define PROTO_ESCROW_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/links.h"
#include "proto/escrow/types.h"

/* What a member of the CMZ team signs (docs/PROTOCOL.md section 5). */

enum {
    CASE_ID_LEN = 16,
    REQUEST_NONCE_LEN = 16,
    REQUEST_MAX_LEN = CASE_ID_LEN + REQUEST_NONCE_LEN + 2 + LINKS_RECORDS_MAX * HASH32_LEN
};

struct case_id {
    uint8_t bytes[CASE_ID_LEN];
};

/* Records by hh: 1 to LINKS_RECORDS_MAX, ascending, all different. */
struct record_set {
    size_t count;
    struct hash32 items[LINKS_RECORDS_MAX];
};

/* Sorts in place.  ERR_INVALID: none, too many, or one twice. */
enum err record_set_sort(struct record_set *set) MUST_CHECK;

/* Reads hh's one after the other.  ERR_MALFORMED: none, too many, another length, or out of
 * order. */
enum err record_set_read(struct bytes data, struct record_set *out) MUST_CHECK;

/* 16 case || 16 random || u16 ground || hh sorted */
struct release_request {
    struct case_id case_id;
    uint8_t nonce[REQUEST_NONCE_LEN];
    uint16_t ground; /* enum release_ground */
    struct record_set records;
};

/* h(release answer) || u16 purpose || hh sorted */
struct confirm_request {
    struct hash32 release_answer;
    uint16_t purpose; /* enum confirm_purpose */
    struct record_set records;
};

/* The signed message itself.  ERR_INVALID: records out of order, an unknown ground or purpose. */
enum err request_write_release(const struct release_request *request, uint8_t out[REQUEST_MAX_LEN],
                               size_t *out_len) MUST_CHECK;
enum err request_write_confirm(const struct confirm_request *request, uint8_t out[REQUEST_MAX_LEN],
                               size_t *out_len) MUST_CHECK;

/* ERR_MALFORMED: not what the above would have written. */
enum err request_read_release(struct bytes message, struct release_request *out) MUST_CHECK;
enum err request_read_confirm(struct bytes message, struct confirm_request *out) MUST_CHECK;

/* By the member's Ed25519 key.  ERR_INVALID: as above. */
enum err request_sign_release(const struct key64 *secret, uint16_t tenant,
                              const struct release_request *request,
                              struct signature *out) MUST_CHECK;
enum err request_sign_confirm(const struct key64 *secret, uint16_t tenant,
                              const struct confirm_request *request,
                              struct signature *out) MUST_CHECK;

/* ERR_INVALID: as above.  ERR_AUTH: not signed so by 'key'. */
enum err request_verify_release(const struct sign_public *key, uint16_t tenant,
                                const struct release_request *request,
                                const struct signature *signature) MUST_CHECK;
enum err request_verify_confirm(const struct sign_public *key, uint16_t tenant,
                                const struct confirm_request *request,
                                const struct signature *signature) MUST_CHECK;

#endif
