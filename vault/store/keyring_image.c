/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/store/keyring_image.h"

#include <string.h>

static const char magic[8] = { 'S', 'E', 'I', 'N', 'R', 'I', 'N', 'G' };

bool
keyring_kind_is_valid(enum keyring_kind kind)
{
    switch (kind) {
#define KIND_CASE(code, number, name) case code:
        KEYRING_KIND_MAP(KIND_CASE)
#undef KIND_CASE
        return true;
    }
    return false;
}

void
keyring_head_write(const struct keyring_head *head, uint8_t out[KEYRING_HEAD_LEN])
{
    struct byte_writer writer;

    byte_writer_init(&writer, out, KEYRING_HEAD_LEN);
    byte_writer_raw(&writer, magic, sizeof magic);
    byte_writer_u8(&writer, KEYRING_VERSION);
    byte_writer_u8(&writer, (uint8_t) head->way);
    byte_writer_raw(&writer, head->salt, sizeof head->salt);
    byte_writer_u32(&writer, head->memory_kib);
    byte_writer_u32(&writer, head->passes);
    byte_writer_u64(&writer, head->generation);
    byte_writer_raw(&writer, head->nonce, sizeof head->nonce);
}

/* The costs are read before anything is proven: a bound on what they may ask of this machine. */
static bool
costs_are_valid(const struct keyring_head *head)
{
    switch (head->way) {
        case KEYRING_BY_FILE:
            return head->memory_kib == 0 && head->passes == 0;
        case KEYRING_BY_PASSPHRASE:
            return head->memory_kib >= KEYRING_MEMORY_MIN_KIB &&
                head->memory_kib <= KEYRING_MEMORY_MAX_KIB && head->passes >= 1 &&
                head->passes <= KEYRING_PASSES_MAX;
    }
    return false;
}

enum err
keyring_head_read(const uint8_t *data, size_t len, struct keyring_head *out)
{
    struct keyring_head head = { .generation = 0 };
    struct byte_reader reader;
    char found[sizeof magic];

    byte_reader_init(&reader, data, len);
    byte_reader_raw(&reader, found, sizeof found);
    if (sodium_memcmp(found, magic, sizeof magic) != 0 ||
        byte_reader_u8(&reader) != KEYRING_VERSION) {
        return ERR_MALFORMED;
    }
    head.way = (enum keyring_way) byte_reader_u8(&reader);
    byte_reader_raw(&reader, head.salt, sizeof head.salt);
    head.memory_kib = byte_reader_u32(&reader);
    head.passes = byte_reader_u32(&reader);
    head.generation = byte_reader_u64(&reader);
    byte_reader_raw(&reader, head.nonce, sizeof head.nonce);
    if (reader.underflowed || !costs_are_valid(&head)) {
        return ERR_MALFORMED;
    }
    *out = head;
    return ERR_OK;
}

size_t
keyring_body_len(size_t count)
{
    return 2 + count * KEYRING_ENTRY_LEN;
}

void
keyring_body_write(const struct keyring_name *names, const struct key32 *keys, size_t count,
                   uint8_t *out)
{
    static const uint8_t nothing[32] = { 0 };
    struct byte_writer writer;

    byte_writer_init(&writer, out, keyring_body_len(count));
    byte_writer_u16(&writer, (uint16_t) count);
    for (size_t i = 0; i < count; i++) {
        const bool lives = names[i].state == KEYRING_LIVES;

        byte_writer_u8(&writer, (uint8_t) names[i].kind);
        byte_writer_u8(&writer, (uint8_t) names[i].state);
        byte_writer_u16(&writer, names[i].number);
        byte_writer_raw(&writer, lives ? keys[i].bytes : nothing, sizeof nothing);
    }
}

static bool
is_known(const struct keyring_name *names, size_t count, const struct keyring_name *name)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].kind == name->kind && names[i].number == name->number) {
            return true;
        }
    }
    return false;
}

enum err
keyring_body_read(const uint8_t *data, size_t len, struct keyring_name *names, struct key32 *keys,
                  size_t *count)
{
    struct byte_reader reader;
    size_t wanted = 0;

    byte_reader_init(&reader, data, len);
    wanted = byte_reader_u16(&reader);
    if (wanted > KEYRING_KEY_MAX || len != keyring_body_len(wanted)) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < wanted; i++) {
        struct keyring_name name = { .number = 0 };

        name.kind = (enum keyring_kind) byte_reader_u8(&reader);
        name.state = (enum keyring_state) byte_reader_u8(&reader);
        name.number = byte_reader_u16(&reader);
        byte_reader_raw(&reader, keys[i].bytes, sizeof keys[i].bytes);
        if (!keyring_kind_is_valid(name.kind) ||
            (name.state != KEYRING_LIVES && name.state != KEYRING_DESTROYED) ||
            is_known(names, i, &name)) {
            return ERR_MALFORMED;
        }
        names[i] = name;
    }
    *count = wanted;
    return byte_reader_finish(&reader);
}
