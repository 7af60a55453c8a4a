/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_AUDIT_RECORD_H
#define PROTO_ESCROW_AUDIT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* One line of an audit log, with the names of NEN 7513: who did what, when, to what, from where,
 * with which result, on which ground.  Never a payload, a key, a token or a name of a resident.
 * The canonical bytes are the message AuditRecord of seinhuis/v1/audit.proto, fields in order,
 * defaults left out. */

enum {
    AUDIT_EVENT_ID_LEN = 16,
    AUDIT_SALT_LEN = 32,
    AUDIT_LEAF_LEN = 33,
    AUDIT_LEAF_VERSION = 1,
    AUDIT_TYPE_MAX = 48,
    AUDIT_USER_MAX = 64,
    AUDIT_OIN_LEN = 20,
    AUDIT_ACCESS_POINT_MAX = 64,
    AUDIT_OBJECT_MAX = 64,
    AUDIT_WORD_MAX = 48,
    AUDIT_TRACE_LEN = 16,
    AUDIT_SPAN_LEN = 8,
    AUDIT_RECORD_MAX = 512 /* canonical bytes */
};

/* EventActionCode. */
enum audit_action {
    AUDIT_CREATE = 'C',
    AUDIT_READ = 'R',
    AUDIT_UPDATE = 'U',
    AUDIT_DELETE = 'D',
    AUDIT_EXECUTE = 'E'
};

/* EventOutcomeIndicator, as in NEN 7513 and DICOM. */
enum audit_outcome {
    AUDIT_SUCCESS = 0,
    AUDIT_MINOR_FAILURE = 4, /* refused: the caller can mend it */
    AUDIT_SERIOUS_FAILURE = 8, /* refused: the caller may not */
    AUDIT_MAJOR_FAILURE = 12 /* we could not */
};

/* What kind of object, DataLifeCycle and Sensitivity. */
enum audit_object {
    AUDIT_NO_OBJECT = 0,
    AUDIT_OBJECT_SIGNAL = 1,
    AUDIT_OBJECT_CASE = 2,
    AUDIT_OBJECT_LOG = 3,
    AUDIT_OBJECT_KEY = 4,
    AUDIT_OBJECT_REGISTRY = 5,
    AUDIT_OBJECT_TICKET = 6
};

enum audit_life_cycle {
    AUDIT_LIFE_UNSPECIFIED = 0,
    AUDIT_LIFE_CREATION = 1,
    AUDIT_LIFE_AMENDMENT = 3,
    AUDIT_LIFE_ACCESS = 6,
    AUDIT_LIFE_DISCLOSURE = 11,
    AUDIT_LIFE_DESTRUCTION = 14
};

enum audit_sensitivity {
    AUDIT_SENSITIVITY_UNSPECIFIED = 0,
    AUDIT_DEIDENTIFIED = 1, /* bands, weeks, sectors */
    AUDIT_IDENTITY = 2, /* a capsule */
    AUDIT_CONTENT = 3 /* a narrative */
};

/* A check that was made, and what came out; 'controles'. */
enum audit_check { AUDIT_UNCHECKED = 0, AUDIT_TRUE = 1, AUDIT_FALSE = 2 };

/* Texts are closed by a NUL, ASCII without control characters; empty when they do not apply. */
struct audit_record {
    uint8_t event_id[AUDIT_EVENT_ID_LEN]; /* EventID */
    uint64_t time_s; /* EventDateTime, Unix seconds */
    enum audit_action action; /* EventActionCode */
    enum audit_outcome outcome; /* EventOutcomeIndicator */
    char type[AUDIT_TYPE_MAX + 1]; /* EventTypeCode: a word such as "signal_filed" */
    char user[AUDIT_USER_MAX + 1]; /* UserID: opaque, vouched for by the organisation */
    uint8_t role; /* RoleIDCode: the organisation's role in the registry */
    char organisation[AUDIT_OIN_LEN + 1]; /* OIN; empty or 20 digits */
    uint16_t purpose; /* PurposeOfUse */
    char access_point[AUDIT_ACCESS_POINT_MAX + 1]; /* NetworkAccessPointID: the method called */
    size_t object_len;
    uint8_t object[AUDIT_OBJECT_MAX]; /* ParticipantObjectID: opaque case or record id */
    enum audit_object object_type;
    enum audit_life_cycle life_cycle;
    enum audit_sensitivity sensitivity;
    uint16_t legal_basis;
    uint16_t consent_profile;
    enum audit_check authorised;
    enum audit_check involved;
    enum audit_check consent;
    enum audit_check break_glass;
    uint8_t trace_id[AUDIT_TRACE_LEN]; /* W3C trace context */
    uint8_t span_id[AUDIT_SPAN_LEN];
    char refusal[AUDIT_WORD_MAX + 1]; /* token of the refusal, when refused */
    uint32_t count; /* how many like ones this line stands for; at least 1 */
};

/* Writes the canonical bytes.
 * ERR_INVALID: a field out of its list or range, a text with other characters, no type, or no
 * time. */
enum err audit_record_encode(const struct audit_record *record, uint8_t out[AUDIT_RECORD_MAX],
                             size_t *out_len) MUST_CHECK;

/* Reads bytes that audit_record_encode could have written, and no others.
 * ERR_MALFORMED, ERR_TOO_BIG, ERR_NOMEM. */
enum err audit_record_decode(const uint8_t *data, size_t len, struct audit_record *out) MUST_CHECK;

/* The leaf of a record: version | SHA-256("sein1/leaf" | salt | canonical bytes). */
void audit_leaf(const uint8_t salt[AUDIT_SALT_LEN], const uint8_t *record, size_t len,
                uint8_t out[AUDIT_LEAF_LEN]);

#endif
