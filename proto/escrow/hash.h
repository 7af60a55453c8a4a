/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_HASH_H
#define PROTO_ESCROW_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "proto/escrow/types.h"

enum { HASH_LABEL_LEN = 16, HASH_MIN_LEN = 16, HASH_MAX_LEN = 64 };

/* B(n; key; pers; data) of docs/PROTOCOL.md section 2: BLAKE2b of 'parts' one after the other, with
 * 'label' (at most 16 characters) as personalisation.  'key' NULL: none.  'out_len' is n, 16 to 64.
 * Wipes its state.
 *
 * Threads: any. */
void hash_labelled(const struct bytes *key, const char *label, const struct bytes *parts,
                   size_t count, uint8_t *out, size_t out_len);

/* h(m): names a part of a message. */
void hash_part(const void *data, size_t len, struct hash32 *out);

/* Orders two hashes bytewise, like memcmp.  Public values only. */
int hash32_compare(const struct hash32 *a, const struct hash32 *b);

#endif
