/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_PUBLIC_KEYS_H
#define SERVICES_DAEMON_PUBLIC_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* What --make-keys prints for the registry: one JSON object
 *
 *     { "audit_vkey": "NAME+HASH+BASE64", "epoch": 1,
 *       "keys": [ { "use": "ticket", "key": "BASE64" },
 *                 { "use": "gate", "period": 322, "key": "BASE64" } ] }
 */

enum { PUBLIC_KEYS_MAX = 256 };

struct public_key {
    const char *use;
    uint16_t period; /* bucket of a "gate" key; 0: none */
    uint8_t key[32];
};

struct public_keys {
    const char *audit_vkey;
    uint32_t epoch;
    bool has_epoch;
    size_t count;
    struct public_key keys[PUBLIC_KEYS_MAX];
};

/* 'use' must be a constant.  More than PUBLIC_KEYS_MAX is a mistake of ours. */
void public_keys_add(struct public_keys *keys, const char *use, uint16_t period,
                     const uint8_t key[32]);

/* Prints to standard output.  ERR_NOMEM, ERR_IO. */
enum err public_keys_print(const struct public_keys *keys) MUST_CHECK;

#endif
