/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/team_key.h"

#include <sodium.h>

#include "base/keyfile.h"
#include "proto/escrow/crypt.h"

enum { WRAPPED_LEN = 32 + CRYPT_BOX_EXTRA };

static const char KIND[] = "team-wrapped";

enum err
team_key_wrap(const char *path, const struct key32 *team, const struct sign_public *member)
{
    const struct bytes plain = { .data = team->bytes, .len = sizeof team->bytes };
    uint8_t wrapped[WRAPPED_LEN];
    struct box_public box;
    enum err err;

    if (crypto_sign_ed25519_pk_to_curve25519(box.bytes, member->bytes) != 0) {
        return ERR_INVALID;
    }
    err = crypt_box_seal(&box, plain, wrapped);
    return err == ERR_OK ? keyfile_create(path, KIND, wrapped, sizeof wrapped) : err;
}

enum err
team_key_unwrap(const char *path, const struct key64 *member, struct key32 *out)
{
    WIPED(key32) struct key32 box = { { 0 } };
    uint8_t wrapped[WRAPPED_LEN];
    enum err err = keyfile_read(path, KIND, wrapped, sizeof wrapped);

    if (err != ERR_OK) {
        return err;
    }
    if (crypto_sign_ed25519_sk_to_curve25519(box.bytes, member->bytes) != 0) {
        return ERR_INVALID;
    }
    return crypt_box_open(&box, (struct bytes) { .data = wrapped, .len = sizeof wrapped },
                          out->bytes);
}
