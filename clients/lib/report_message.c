/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/report_message.h"

#include <string.h>

#include <unistr.h>

#include "proto/wire/arena.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/signal.pb-c.h"

enum { ARENA_SIZE = 64 * 1024 };

/* The texts of an identity beside those that need a form of their own. */
#define CAPSULE_TEXTS(X)                                                                           \
    X(given_names, given_names)                                                                    \
    X(call_name, call_name)                                                                        \
    X(initials, initials)                                                                          \
    X(birth_surname, surname)                                                                      \
    X(partner_surname, other_surname)                                                              \
    X(bsn, person_number)                                                                          \
    X(postcode, postcode)                                                                          \
    X(house_number, house_number)                                                                  \
    X(house_addition, house_addition)                                                              \
    X(street, street)                                                                              \
    X(place, town)

#define CONTENT_TEXTS(X)                                                                           \
    X(subject_name, subject_name)                                                                  \
    X(narrative, narrative)                                                                        \
    X(already_tried, already_tried)                                                                \
    X(wishes, wishes)                                                                              \
    X(contact, contact)                                                                            \
    X(consent_reference, consent_reference)                                                        \
    X(partner_reference, reference)

static enum err
pack(const ProtobufCMessage *message, size_t most, struct report_packed *out)
{
    if (protobuf_c_message_get_packed_size(message) > most) {
        return ERR_TOO_BIG;
    }
    out->len = protobuf_c_message_pack(message, out->bytes);
    return ERR_OK;
}

enum err
report_pack_capsule(const struct report_capsule *capsule, struct report_packed *out)
{
    Seinhuis__V1__Capsule message;
    WIPED(report_capsule) struct report_capsule copy = *capsule;
    WIPED(identity_text) struct identity_text text = { .sex = "" };
    struct identity_input input = { .may_use_person_number = true };

    seinhuis__v1__capsule__init(&message);
    identity_as_input(&copy.identity, &text, &input);
    message.key_types.data = copy.key_types;
    message.key_types.len = copy.slot_count;
    message.date_of_birth = text.birth_date;
    message.sex = text.sex;
#define CAPSULE_PUT(field, member) message.field = copy.identity.member;
    CAPSULE_TEXTS(CAPSULE_PUT)
#undef CAPSULE_PUT
    return pack(&message.base, ENVELOPE_CAPSULE_MAX, out);
}

enum err
report_pack_content(const struct report_content *content, struct report_packed *out)
{
    Seinhuis__V1__Content message;
    WIPED(report_content) struct report_content copy = *content;
    char observed_on[DATE_TEXT_ROOM];

    seinhuis__v1__content__init(&message);
    date_format(copy.observed_on, observed_on);
    message.observed_on = observed_on;
    message.domains = copy.domains;
    message.awareness = (Seinhuis__V1__Awareness) copy.awareness;
#define CONTENT_PUT(field, member) message.field = copy.member;
    CONTENT_TEXTS(CONTENT_PUT)
#undef CONTENT_PUT
    return pack(&message.base, ENVELOPE_CONTENT_MAX, out);
}

/* Copies a text that must fit its room. */
static enum err
take(char *out, size_t room, const char *text)
{
    size_t len = strlen(text);

    if (len >= room) {
        return ERR_MALFORMED;
    }
    memcpy(out, text, len + 1);
    return ERR_OK;
}

/* "YYYY-MM-DD" with 00 for what is not known, as identity_as_input writes it; or "". */
static enum err
take_birth_date(const char *text, struct birth_date *out)
{
    unsigned int parts[3] = { 0 };
    static const size_t STARTS[] = { 0, 5, 8 };
    static const size_t LENS[] = { 4, 2, 2 };

    if (text[0] == '\0') {
        return ERR_OK;
    }
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t at = STARTS[i]; at < STARTS[i] + LENS[i]; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return ERR_MALFORMED;
            }
            parts[i] = parts[i] * 10 + (unsigned int) (text[at] - '0');
        }
    }
    if (parts[0] == 0 && parts[1] == 0 && parts[2] == 0) {
        return ERR_MALFORMED;
    }
    *out = (struct birth_date) { .year = (uint16_t) parts[0],
                                 .month = (uint8_t) parts[1],
                                 .day = (uint8_t) parts[2] };
    return ERR_OK;
}

static enum err
read_capsule(const Seinhuis__V1__Capsule *message, struct report_capsule *out)
{
    struct identity *identity = &out->identity;
    enum err err = ERR_OK;

#define CAPSULE_TAKE(field, member)                                                                \
    if (err == ERR_OK) {                                                                           \
        err = take(identity->member, sizeof identity->member, message->field);                     \
    }
    CAPSULE_TEXTS(CAPSULE_TAKE)
#undef CAPSULE_TAKE
    if (err != ERR_OK || message->key_types.len > sizeof out->key_types ||
        strlen(message->sex) > 1) {
        return ERR_MALFORMED;
    }
    identity->sex = message->sex[0];
    if (message->key_types.len > 0) {
        memcpy(out->key_types, message->key_types.data, message->key_types.len);
    }
    out->slot_count = message->key_types.len;
    err = take_birth_date(message->date_of_birth, &identity->birth_date);
    return err != ERR_OK ? err : identity_check(identity);
}

enum err
report_unpack_capsule(struct bytes packed, struct report_capsule *out)
{
    WIPED(report_capsule) struct report_capsule capsule = { .slot_count = 0 };
    struct arena arena = { .base = NULL };
    const ProtobufCMessage *message = NULL;
    enum refusal refusal = REFUSAL_NONE;
    enum err err = arena_init(&arena, ARENA_SIZE);

    if (err != ERR_OK) {
        return err;
    }
    refusal = wire_decode(&seinhuis__v1__capsule__descriptor, packed, ENVELOPE_CAPSULE_MAX, &arena,
                          &message);
    err = refusal != REFUSAL_NONE ? ERR_MALFORMED
                                  : read_capsule((const Seinhuis__V1__Capsule *) message, &capsule);
    arena_done(&arena);
    if (err == ERR_OK) {
        *out = capsule;
    }
    return err;
}

static enum err
read_content(const Seinhuis__V1__Content *message, struct report_content *out)
{
    enum err err = date_parse(message->observed_on, &out->observed_on);

#define CONTENT_TAKE(field, member)                                                                \
    if (err == ERR_OK) {                                                                           \
        err = take(out->member, sizeof out->member, message->field);                               \
    }
    CONTENT_TEXTS(CONTENT_TAKE)
#undef CONTENT_TAKE
    if (err != ERR_OK || message->domains > UINT16_MAX) {
        return ERR_MALFORMED;
    }
    out->domains = (uint16_t) message->domains;
    out->awareness = (uint8_t) message->awareness;
    return ERR_OK;
}

enum err
report_unpack_content(struct bytes packed, struct report_content *out)
{
    WIPED(report_content) struct report_content content = { .domains = 0 };
    struct arena arena = { .base = NULL };
    const ProtobufCMessage *message = NULL;
    enum refusal refusal = REFUSAL_NONE;
    enum err err = arena_init(&arena, ARENA_SIZE);

    if (err != ERR_OK) {
        return err;
    }
    refusal = wire_decode(&seinhuis__v1__content__descriptor, packed, ENVELOPE_CONTENT_MAX, &arena,
                          &message);
    err = refusal != REFUSAL_NONE ? ERR_MALFORMED
                                  : read_content((const Seinhuis__V1__Content *) message, &content);
    arena_done(&arena);
    if (err == ERR_OK) {
        *out = content;
    }
    return err;
}
