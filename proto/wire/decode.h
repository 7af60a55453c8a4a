/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_WIRE_DECODE_H
#define PROTO_WIRE_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "proto/wire/arena.h"
#include "proto/wire/refusal.h"

/* Decodes 'bytes' as a 'type' message into 'arena' and checks all that can be checked without
 * knowing what the message is for; the fields' own bounds (lengths of bytes, ranges, presence) stay
 * with the caller.  Absent sub-messages are NULL, absent strings "", absent oneofs 0, absent bytes
 * {0, NULL}.
 *
 * Nothing of '*out' points into 'bytes'.  It lives until the arena is rewound or reset.
 *
 * REFUSAL_MESSAGE_TOO_LONG: more than 'max_len' bytes.
 * REFUSAL_MESSAGE_TOO_COSTLY: decoding passes the arena's cap (many empty repeated fields do).
 * REFUSAL_MESSAGE_MALFORMED: not a message of this type.
 * REFUSAL_UNKNOWN_FIELD: a field that the type does not have, at any depth.
 * REFUSAL_UNKNOWN_VALUE: an enum value outside its list.
 * REFUSAL_BAD_TEXT: a string that is not UTF-8.
 * REFUSAL_NOT_CANONICAL: encoded otherwise than our own encoder would (a field twice, both arms of
 * a oneof, a default value sent, a varint too long, a NUL in a string).
 *
 * Threads: any, one per arena. */
enum refusal wire_decode(const ProtobufCMessageDescriptor *type, struct bytes bytes, size_t max_len,
                         struct arena *arena, const ProtobufCMessage **out) MUST_CHECK;

/* Encodes 'message' into the arena.
 * ERR_FULL: the arena's cap would be passed. */
enum err wire_encode(const ProtobufCMessage *message, struct arena *arena,
                     struct bytes *out) MUST_CHECK;

/* A protobuf bytes field as bytes, and whether it has exactly 'len' of them. */
struct bytes wire_bytes(ProtobufCBinaryData field);
bool wire_has_len(ProtobufCBinaryData field, size_t len);

enum { WIRE_USER_MAX = 64 };

/* Whether 'text' can be the opaque id of a person: 1 to 64 of A-Z a-z 0-9 . _ - */
bool wire_is_user(const char *text);

#endif
