/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_REPORT_MESSAGE_H
#define CLIENTS_LIB_REPORT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "clients/lib/identity.h"
#include "clients/lib/report_form.h"
#include "proto/escrow/envelope.h"

/* Identity and content of a report as the packed messages of signal.proto, and back. */

/* Packed bytes on their way into an envelope. */
struct report_packed {
    size_t len;
    uint8_t bytes[ENVELOPE_CONTENT_LEN];
};
WIPED_KIND(report_packed)

/* What a capsule holds. */
struct report_capsule {
    struct identity identity;
    uint8_t key_types[HEADER_SLOTS_MAX]; /* of each slot of the header; 0: unused */
    size_t slot_count; /* 12 for each block */
};
WIPED_KIND(report_capsule)

/* ERR_TOO_BIG: more than ENVELOPE_CAPSULE_MAX or ENVELOPE_CONTENT_MAX; then a name is too long. */
enum err report_pack_capsule(const struct report_capsule *capsule,
                             struct report_packed *out) MUST_CHECK;
enum err report_pack_content(const struct report_content *content,
                             struct report_packed *out) MUST_CHECK;

/* What a partner sealed, opened again; it is outside input.
 * ERR_MALFORMED: not such a message, a text out of its bounds, or an identity that no normaliser made.
 * ERR_NOMEM. */
enum err report_unpack_capsule(struct bytes packed, struct report_capsule *out) MUST_CHECK;
enum err report_unpack_content(struct bytes packed, struct report_content *out) MUST_CHECK;

#endif
