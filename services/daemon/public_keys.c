/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/public_keys.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"

void
public_keys_add(struct public_keys *keys, const char *use, uint16_t period, const uint8_t key[32])
{
    struct public_key *row = &keys->keys[keys->count];

    assert(keys->count < PUBLIC_KEYS_MAX);
    row->use = use;
    row->period = period;
    memcpy(row->key, key, sizeof row->key);
    keys->count++;
}

static json_t *
key_json(const struct public_key *key)
{
    char text[64];

    bytes_to_base64(key->key, sizeof key->key, text);
    if (key->period == 0) {
        return json_pack("{s:s, s:s}", "use", key->use, "key", text);
    }
    return json_pack("{s:s, s:i, s:s}", "use", key->use, "period", (int) key->period, "key", text);
}

enum err
public_keys_print(const struct public_keys *keys)
{
    json_t *list = json_array();
    json_t *root = NULL;
    enum err err = ERR_NOMEM;

    for (size_t i = 0; i < keys->count; i++) {
        if (json_array_append_new(list, key_json(&keys->keys[i])) != 0) {
            goto out;
        }
    }
    root = json_pack("{s:s, s:O}", "audit_vkey", keys->audit_vkey, "keys", list);
    if (root == NULL ||
        (keys->has_epoch && json_object_set_new(root, "epoch", json_integer(keys->epoch)) != 0)) {
        goto out;
    }
    err = json_dumpf(root, stdout, JSON_INDENT(2) | JSON_SORT_KEYS) == 0 && putchar('\n') != EOF &&
            fflush(stdout) == 0
        ? ERR_OK
        : ERR_IO;
out:
    json_decref(root);
    json_decref(list);
    return err;
}
