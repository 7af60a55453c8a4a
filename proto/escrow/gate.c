/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/gate.h"

#include <string.h>

#include <sodium.h>

#include "proto/escrow/terms.h"

struct gate_plain {
    uint8_t bytes[ENVELOPE_GATE_PLAIN_LEN];
};
WIPED_KIND(gate_plain)

enum err
gate_open(const struct key32 *secret, struct bytes box, const struct rid *rid,
          const struct hash32 *header_hash, struct gate_secrets *out)
{
    WIPED(gate_plain) struct gate_plain plain = { { 0 } };
    WIPED(gate_secrets) struct gate_secrets secrets = { 0 };
    struct byte_reader reader;

    if (box.len != ENVELOPE_GATE_LEN || crypt_box_open(secret, box, plain.bytes) != ERR_OK) {
        return ERR_AUTH;
    }
    byte_reader_init(&reader, plain.bytes, sizeof plain.bytes);
    byte_reader_raw(&reader, secrets.rid.bytes, RID_LEN);
    byte_reader_raw(&reader, secrets.header_hash.bytes, HASH32_LEN);
    byte_reader_raw(&reader, secrets.z1.bytes, sizeof secrets.z1.bytes);
    byte_reader_raw(&reader, secrets.z2.bytes, sizeof secrets.z2.bytes);
    secrets.domains = byte_reader_u16(&reader);
    if (sodium_memcmp(secrets.rid.bytes, rid->bytes, RID_LEN) != 0 ||
        sodium_memcmp(secrets.header_hash.bytes, header_hash->bytes, HASH32_LEN) != 0 ||
        !term_domains_are_valid(secrets.domains)) {
        return ERR_MALFORMED;
    }
    *out = secrets;
    return ERR_OK;
}

void
gate_tag_domains(const uint16_t *domains, size_t count, uint16_t *tags)
{
    uint8_t place[DOMAIN_COUNT];

    for (size_t i = 0; i < DOMAIN_COUNT; i++) {
        const size_t other = randombytes_uniform((uint32_t) i + 1);

        place[i] = place[other];
        place[other] = (uint8_t) i;
    }
    for (size_t i = 0; i < count; i++) {
        unsigned int renamed = 0;

        for (size_t domain = 0; domain < DOMAIN_COUNT; domain++) {
            renamed |= ((unsigned int) domains[i] >> domain & 1U) << place[domain];
        }
        tags[i] = (uint16_t) renamed;
    }
    sodium_memzero(place, sizeof place);
}

enum err
gate_seal_release(const struct box_public *team, const struct gate_secrets *secrets,
                  uint8_t out[GATE_RELEASED_LEN])
{
    WIPED(gate_plain) struct gate_plain plain = { { 0 } };
    struct byte_writer writer;

    byte_writer_init(&writer, plain.bytes, sizeof plain.bytes);
    byte_writer_raw(&writer, secrets->rid.bytes, RID_LEN);
    byte_writer_raw(&writer, secrets->header_hash.bytes, HASH32_LEN);
    byte_writer_raw(&writer, secrets->z1.bytes, sizeof secrets->z1.bytes);
    return crypt_box_seal(team, (struct bytes) { plain.bytes, writer.len }, out);
}

enum err
gate_seal_confirm(const struct box_public *team, const struct gate_secrets *secrets,
                  uint8_t out[GATE_CONFIRMED_LEN])
{
    WIPED(gate_plain) struct gate_plain plain = { { 0 } };
    struct byte_writer writer;

    byte_writer_init(&writer, plain.bytes, sizeof plain.bytes);
    byte_writer_raw(&writer, secrets->rid.bytes, RID_LEN);
    byte_writer_raw(&writer, secrets->header_hash.bytes, HASH32_LEN);
    byte_writer_raw(&writer, secrets->z2.bytes, sizeof secrets->z2.bytes);
    byte_writer_u16(&writer, secrets->domains);
    return crypt_box_seal(team, (struct bytes) { plain.bytes, writer.len }, out);
}
