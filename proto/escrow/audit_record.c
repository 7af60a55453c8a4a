/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/audit_record.h"

#include <string.h>

#include <sodium.h>

#include "seinhuis/v1/audit.pb-c.h"

/* ---- validity ---- */

/* Whether 'text' is closed within 'room' and holds printable ASCII alone. */
static bool
is_text(const char *text, size_t room)
{
    for (size_t i = 0; i < room; i++) {
        if (text[i] == '\0') {
            return true;
        }
        if (text[i] < 0x20 || text[i] > 0x7e) {
            return false;
        }
    }
    return false;
}

static bool
is_oin(const char *text)
{
    size_t len = 0;

    while (len <= AUDIT_OIN_LEN && text[len] >= '0' && text[len] <= '9') {
        len++;
    }
    return text[len < AUDIT_OIN_LEN ? len : AUDIT_OIN_LEN] == '\0' &&
        (len == 0 || len == AUDIT_OIN_LEN);
}

static bool
action_is_valid(enum audit_action action)
{
    switch (action) {
        case AUDIT_CREATE:
        case AUDIT_READ:
        case AUDIT_UPDATE:
        case AUDIT_DELETE:
        case AUDIT_EXECUTE:
            return true;
    }
    return false;
}

static bool
outcome_is_valid(enum audit_outcome outcome)
{
    switch (outcome) {
        case AUDIT_SUCCESS:
        case AUDIT_MINOR_FAILURE:
        case AUDIT_SERIOUS_FAILURE:
        case AUDIT_MAJOR_FAILURE:
            return true;
    }
    return false;
}

static bool
object_is_valid(const struct audit_record *record)
{
    if (record->object_len > AUDIT_OBJECT_MAX) {
        return false;
    }
    switch (record->object_type) {
        case AUDIT_NO_OBJECT:
        case AUDIT_OBJECT_SIGNAL:
        case AUDIT_OBJECT_CASE:
        case AUDIT_OBJECT_LOG:
        case AUDIT_OBJECT_KEY:
        case AUDIT_OBJECT_REGISTRY:
        case AUDIT_OBJECT_TICKET:
            return true;
    }
    return false;
}

static bool
life_cycle_is_valid(enum audit_life_cycle life_cycle)
{
    switch (life_cycle) {
        case AUDIT_LIFE_UNSPECIFIED:
        case AUDIT_LIFE_CREATION:
        case AUDIT_LIFE_AMENDMENT:
        case AUDIT_LIFE_ACCESS:
        case AUDIT_LIFE_DISCLOSURE:
        case AUDIT_LIFE_DESTRUCTION:
            return true;
    }
    return false;
}

static bool
sensitivity_is_valid(enum audit_sensitivity sensitivity)
{
    switch (sensitivity) {
        case AUDIT_SENSITIVITY_UNSPECIFIED:
        case AUDIT_DEIDENTIFIED:
        case AUDIT_IDENTITY:
        case AUDIT_CONTENT:
            return true;
    }
    return false;
}

static bool
check_is_valid(enum audit_check check)
{
    switch (check) {
        case AUDIT_UNCHECKED:
        case AUDIT_TRUE:
        case AUDIT_FALSE:
            return true;
    }
    return false;
}

static bool
record_is_valid(const struct audit_record *record)
{
    return record->time_s != 0 && record->count != 0 && action_is_valid(record->action) &&
        outcome_is_valid(record->outcome) && record->type[0] != '\0' &&
        is_text(record->type, sizeof record->type) && is_text(record->user, sizeof record->user) &&
        is_oin(record->organisation) &&
        is_text(record->access_point, sizeof record->access_point) &&
        is_text(record->refusal, sizeof record->refusal) && object_is_valid(record) &&
        life_cycle_is_valid(record->life_cycle) && sensitivity_is_valid(record->sensitivity) &&
        check_is_valid(record->authorised) && check_is_valid(record->involved) &&
        check_is_valid(record->consent) && check_is_valid(record->break_glass);
}

/* ---- writing ---- */

/* protobuf-c's fields are not const; packing does not write to them. */
static char *
text_field(const char *text)
{
    union {
        const char *in;
        char *out;
    } field = { .in = text };

    return field.out;
}

static ProtobufCBinaryData
bytes_field(const uint8_t *data, size_t len)
{
    union {
        const uint8_t *in;
        uint8_t *out;
    } field = { .in = data };

    return (ProtobufCBinaryData) { .len = len, .data = field.out };
}

static ProtobufCBinaryData
id_field(const uint8_t *id, size_t len)
{
    return bytes_field(id, sodium_is_zero(id, len) ? 0 : len);
}

enum err
audit_record_encode(const struct audit_record *record, uint8_t out[AUDIT_RECORD_MAX],
                    size_t *out_len)
{
    Seinhuis__V1__AuditRecord message;

    if (!record_is_valid(record)) {
        return ERR_INVALID;
    }
    seinhuis__v1__audit_record__init(&message);
    message.event_id = bytes_field(record->event_id, sizeof record->event_id);
    message.time = record->time_s;
    message.action = (uint32_t) record->action;
    message.outcome = (uint32_t) record->outcome;
    message.type = text_field(record->type);
    message.user = text_field(record->user);
    message.role = record->role;
    message.organisation = text_field(record->organisation);
    message.purpose = record->purpose;
    message.access_point = text_field(record->access_point);
    message.object = bytes_field(record->object, record->object_len);
    message.object_type = (uint32_t) record->object_type;
    message.life_cycle = (uint32_t) record->life_cycle;
    message.sensitivity = (uint32_t) record->sensitivity;
    message.legal_basis = record->legal_basis;
    message.consent_profile = record->consent_profile;
    message.authorised = (uint32_t) record->authorised;
    message.involved = (uint32_t) record->involved;
    message.consent = (uint32_t) record->consent;
    message.break_glass = (uint32_t) record->break_glass;
    message.trace_id = id_field(record->trace_id, sizeof record->trace_id);
    message.span_id = id_field(record->span_id, sizeof record->span_id);
    message.refusal = text_field(record->refusal);
    message.count = record->count;
    if (seinhuis__v1__audit_record__get_packed_size(&message) > AUDIT_RECORD_MAX) {
        return ERR_INVALID; /* the bounds of the fields do not allow it */
    }
    *out_len = seinhuis__v1__audit_record__pack(&message, out);
    return ERR_OK;
}

/* ---- reading ---- */

static bool
take_text(const char *text, char *out, size_t room)
{
    const size_t len = strlen(text);

    if (len >= room) {
        return false;
    }
    memcpy(out, text, len + 1);
    return true;
}

static bool
take_id(ProtobufCBinaryData field, uint8_t *out, size_t len)
{
    if (field.len != 0 && field.len != len) {
        return false;
    }
    if (field.len != 0) {
        memcpy(out, field.data, len);
    }
    return true;
}

static bool
numbers_fit(const Seinhuis__V1__AuditRecord *message)
{
    return message->role <= UINT8_MAX && message->purpose <= UINT16_MAX &&
        message->legal_basis <= UINT16_MAX && message->consent_profile <= UINT16_MAX &&
        message->action <= UINT8_MAX && message->outcome <= UINT8_MAX &&
        message->object_type <= UINT8_MAX && message->life_cycle <= UINT8_MAX &&
        message->sensitivity <= UINT8_MAX && message->authorised <= UINT8_MAX &&
        message->involved <= UINT8_MAX && message->consent <= UINT8_MAX &&
        message->break_glass <= UINT8_MAX;
}

static bool
take_fields(const Seinhuis__V1__AuditRecord *message, struct audit_record *out)
{
    out->time_s = message->time;
    out->action = (enum audit_action) message->action;
    out->outcome = (enum audit_outcome) message->outcome;
    out->role = (uint8_t) message->role;
    out->purpose = (uint16_t) message->purpose;
    out->object_type = (enum audit_object) message->object_type;
    out->life_cycle = (enum audit_life_cycle) message->life_cycle;
    out->sensitivity = (enum audit_sensitivity) message->sensitivity;
    out->legal_basis = (uint16_t) message->legal_basis;
    out->consent_profile = (uint16_t) message->consent_profile;
    out->authorised = (enum audit_check) message->authorised;
    out->involved = (enum audit_check) message->involved;
    out->consent = (enum audit_check) message->consent;
    out->break_glass = (enum audit_check) message->break_glass;
    out->count = message->count;
    if (message->object.len > AUDIT_OBJECT_MAX) {
        return false;
    }
    out->object_len = message->object.len;
    if (message->object.len > 0) {
        memcpy(out->object, message->object.data, message->object.len);
    }
    return numbers_fit(message) &&
        take_id(message->event_id, out->event_id, sizeof out->event_id) &&
        take_id(message->trace_id, out->trace_id, sizeof out->trace_id) &&
        take_id(message->span_id, out->span_id, sizeof out->span_id) &&
        take_text(message->type, out->type, sizeof out->type) &&
        take_text(message->user, out->user, sizeof out->user) &&
        take_text(message->organisation, out->organisation, sizeof out->organisation) &&
        take_text(message->access_point, out->access_point, sizeof out->access_point) &&
        take_text(message->refusal, out->refusal, sizeof out->refusal);
}

enum err
audit_record_decode(const uint8_t *data, size_t len, struct audit_record *out)
{
    Seinhuis__V1__AuditRecord *message = NULL;
    struct audit_record record = { 0 };
    uint8_t again[AUDIT_RECORD_MAX];
    size_t again_len = 0;
    bool is_whole = false;

    if (len > AUDIT_RECORD_MAX) {
        return ERR_TOO_BIG;
    }
    message = seinhuis__v1__audit_record__unpack(NULL, len, data);
    if (message == NULL) {
        return ERR_MALFORMED;
    }
    is_whole = take_fields(message, &record);
    seinhuis__v1__audit_record__free_unpacked(message, NULL);

    /* Whatever protobuf-c takes in silence (unknown fields, doubled ones, defaults written out) shows
     * when the record is written again. */
    if (!is_whole || audit_record_encode(&record, again, &again_len) != ERR_OK ||
        again_len != len || sodium_memcmp(again, data, len) != 0) {
        return ERR_MALFORMED;
    }
    *out = record;
    return ERR_OK;
}

void
audit_leaf(const uint8_t salt[AUDIT_SALT_LEN], const uint8_t *record, size_t len,
           uint8_t out[AUDIT_LEAF_LEN])
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *) "sein1/leaf", 10);
    crypto_hash_sha256_update(&state, salt, AUDIT_SALT_LEN);
    crypto_hash_sha256_update(&state, record, len);
    out[0] = AUDIT_LEAF_VERSION;
    crypto_hash_sha256_final(&state, out + 1);
}
