/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/wire/decode.h"

#include <string.h>

#include <unistr.h>

static enum refusal check_message(const ProtobufCMessage *message);

static enum refusal
check_text(const char *text)
{
    return u8_check((const uint8_t *) text, strlen(text)) == NULL ? REFUSAL_NONE : REFUSAL_BAD_TEXT;
}

static enum refusal
check_enum(const ProtobufCFieldDescriptor *field, int value)
{
    const ProtobufCEnumDescriptor *type = field->descriptor;

    return protobuf_c_enum_descriptor_get_value(type, value) != NULL ? REFUSAL_NONE
                                                                     : REFUSAL_UNKNOWN_VALUE;
}

/* Checks one value of 'field', which lies at 'at' in the form protobuf-c stores it. */
static enum refusal
check_value(const ProtobufCFieldDescriptor *field, const uint8_t *at)
{
    const void *pointer = NULL;
    int number = 0;

    /* The other types have no values that could be wrong in themselves. */
    switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
            memcpy(&pointer, at, sizeof pointer);
            return pointer == NULL ? REFUSAL_NONE : check_text(pointer);
        case PROTOBUF_C_TYPE_MESSAGE:
            memcpy(&pointer, at, sizeof pointer);
            return pointer == NULL ? REFUSAL_NONE : check_message(pointer);
        case PROTOBUF_C_TYPE_ENUM:
            memcpy(&number, at, sizeof number);
            return check_enum(field, number);
        default:
            return REFUSAL_NONE;
    }
}

/* Whether values of this type have to be looked at one by one. */
static bool
is_checked_type(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_STRING || type == PROTOBUF_C_TYPE_MESSAGE ||
        type == PROTOBUF_C_TYPE_ENUM;
}

static enum refusal
check_repeated(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *base = (const uint8_t *) message;
    size_t step = field->type == PROTOBUF_C_TYPE_ENUM ? sizeof(int) : sizeof(void *);
    const uint8_t *values = NULL;
    size_t count = 0;

    memcpy(&count, base + field->quantifier_offset, sizeof count);
    memcpy(&values, base + field->offset, sizeof values);
    for (size_t i = 0; i < count; i++) {
        enum refusal refusal = check_value(field, values + i * step);

        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    return REFUSAL_NONE;
}

static enum refusal
check_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *base = (const uint8_t *) message;
    int chosen = 0;

    if (!is_checked_type(field->type)) {
        return REFUSAL_NONE;
    }
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        return check_repeated(message, field);
    }
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        memcpy(&chosen, base + field->quantifier_offset, sizeof chosen);
        if (chosen != (int) field->id) {
            return REFUSAL_NONE;
        }
    }
    return check_value(field, base + field->offset);
}

/* protobuf-c keeps unknown fields in each message and says nothing of bad text or values.  The
 * depth of the recursion is that of the .proto file, none of whose messages contains itself. */
static enum refusal
check_message(const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;

    if (message->n_unknown_fields != 0) {
        return REFUSAL_UNKNOWN_FIELD;
    }
    for (unsigned int i = 0; i < type->n_fields; i++) {
        enum refusal refusal = check_field(message, &type->fields[i]);

        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    return REFUSAL_NONE;
}

enum refusal
wire_decode(const ProtobufCMessageDescriptor *type, struct bytes bytes, size_t max_len,
            struct arena *arena, const ProtobufCMessage **out)
{
    size_t mark = arena_mark(arena);
    ProtobufCMessage *message = NULL;
    enum refusal refusal = REFUSAL_NONE;

    if (bytes.len > max_len) {
        return REFUSAL_MESSAGE_TOO_LONG;
    }
    arena->was_full = false;
    message = protobuf_c_message_unpack(type, arena_allocator(arena), bytes.len, bytes.data);
    if (message == NULL) {
        refusal = arena->was_full ? REFUSAL_MESSAGE_TOO_COSTLY : REFUSAL_MESSAGE_MALFORMED;
        goto out;
    }
    refusal = check_message(message);
    if (refusal != REFUSAL_NONE) {
        goto out;
    }
    if (protobuf_c_message_get_packed_size(message) != bytes.len) {
        refusal = REFUSAL_NOT_CANONICAL;
        goto out;
    }
    *out = message;
out:
    if (refusal != REFUSAL_NONE) {
        arena_rewind(arena, mark);
    }
    return refusal;
}

enum err
wire_encode(const ProtobufCMessage *message, struct arena *arena, struct bytes *out)
{
    size_t len = protobuf_c_message_get_packed_size(message);
    uint8_t *data = arena_alloc(arena, len);

    if (data == NULL) {
        return ERR_FULL;
    }
    *out = (struct bytes) { data, protobuf_c_message_pack(message, data) };
    return ERR_OK;
}

struct bytes
wire_bytes(ProtobufCBinaryData field)
{
    return (struct bytes) { field.data, field.len };
}

bool
wire_has_len(ProtobufCBinaryData field, size_t len)
{
    return field.len == len;
}

bool
wire_is_user(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    size_t len = strspn(text, allowed);

    return len >= 1 && len <= WIRE_USER_MAX && text[len] == '\0';
}
