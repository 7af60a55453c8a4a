/* SPDX-License-Identifier: EUPL-1.2 */
/* The head of a ring file is read before anything is proven, its body after; both must bear any
 * bytes, and what is read must be written back alike. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "vault/store/keyring_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct keyring_name names[KEYRING_KEY_MAX];
    static struct key32 keys[KEYRING_KEY_MAX];
    static uint8_t body[KEYRING_BODY_MAX];
    struct keyring_head head;
    uint8_t again[KEYRING_HEAD_LEN];
    size_t count = 0;

    if (keyring_head_read(data, len, &head) == ERR_OK) {
        keyring_head_write(&head, again);
        assert(sodium_memcmp(again, data, sizeof again) == 0);
    }
    if (keyring_body_read(data, len, names, keys, &count) == ERR_OK) {
        bool all_live = true;

        for (size_t i = 0; i < count; i++) {
            all_live = all_live && names[i].state == KEYRING_LIVES;
        }
        keyring_body_write(names, keys, count, body);
        assert(keyring_body_len(count) == len);
        assert(!all_live || sodium_memcmp(body, data, len) == 0);
    }
    return 0;
}
