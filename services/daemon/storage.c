/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/storage.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "services/daemon/daemon.h"

enum { CHECKPOINT_S = 10 };

static void
complain(const char *what, const char *subject, enum err err)
{
    const char *reason = err_text(err);

    if (err == ERR_NOT_FOUND) {
        reason = "not there; make the keys first, with --make-keys";
    } else if (err == ERR_DENIED) {
        reason = "only its owner may read it; chmod 600";
    } else if (err == ERR_EXISTS) {
        reason = "another process has it open";
    } else if (err == ERR_AUTH) {
        reason = "it does not open: another root key, or the file was changed";
    }
    daemon_complain(what, subject, reason);
}

static enum err
open_store(const struct daemon_config *config, struct clock *clock, struct store **out)
{
    struct store_config store_config = { .clock = clock };
    char *folder = NULL;
    enum err err = file_join(config->folder, "store", &folder);

    if (err == ERR_OK) {
        store_config.folder = folder;
        err = store_open(&store_config, out);
    }
    if (err != ERR_OK) {
        complain("store", folder == NULL ? config->folder : folder, err);
    }
    free(folder);
    return err;
}

enum err
storage_open(const struct daemon_config *config, struct clock *clock, struct storage *out)
{
    const struct keyring_unlock unlock = { .key_file = config->keys.root };
    struct storage storage = { NULL, NULL, NULL };
    struct audit_config audit_config = {
        .clock = clock,
        .origin = config->log.origin,
        .interval_s = CHECKPOINT_S,
    };
    enum err err = keyring_open(config->keys.ring, &unlock, &storage.ring);

    if (err != ERR_OK) {
        complain("keys", config->keys.ring, err);
        goto out;
    }
    err = open_store(config, clock, &storage.store);
    if (err != ERR_OK) {
        goto out;
    }
    audit_config.store = storage.store;
    audit_config.ring = storage.ring;
    err = audit_open(&audit_config, &storage.audit);
    if (err != ERR_OK) {
        daemon_complain("audit log", config->log.origin, err_text(err));
        goto out;
    }
    *out = storage;
    storage = (struct storage) { NULL, NULL, NULL };
out:
    storage_close(&storage);
    return err;
}

void
storage_close(struct storage *storage)
{
    audit_close(storage->audit);
    store_close(storage->store);
    keyring_close(storage->ring);
    *storage = (struct storage) { NULL, NULL, NULL };
}

/* Opens the ring that is there, or begins one. */
static enum err
open_or_create_ring(const struct daemon_config *config, struct keyring **out)
{
    const struct keyring_unlock unlock = { .key_file = config->keys.root };
    enum err err = keyring_open(config->keys.ring, &unlock, out);

    if (err != ERR_NOT_FOUND) {
        return err;
    }
    err = keyring_make_key_file(config->keys.root);
    if (err != ERR_OK && err != ERR_EXISTS) {
        return err;
    }
    return keyring_create(config->keys.ring, &unlock, out);
}

enum err
storage_make_ring(const struct daemon_config *config, struct keyring **out,
                  char audit_vkey[NOTE_VKEY_ROOM])
{
    WIPED(note_skey) struct note_skey skey = { .type = NOTE_ED25519 };
    WIPED(key32) struct key32 seed = { { 0 } };
    struct note_vkey vkey;
    struct keyring *ring = NULL;
    enum err err = open_or_create_ring(config, &ring);

    if (err != ERR_OK) {
        complain("keys", config->keys.ring, err);
        return err;
    }
    err = keyring_make(ring, KEYRING_AUDIT_SIGN, 0, &seed);
    if (err == ERR_OK && !note_name_is_valid(config->log.origin)) {
        err = ERR_INVALID;
    }
    if (err != ERR_OK) {
        daemon_complain("audit log", config->log.origin, err_text(err));
        keyring_close(ring);
        return err;
    }
    memcpy(skey.name, config->log.origin, strlen(config->log.origin) + 1);
    memcpy(skey.seed, seed.bytes, sizeof skey.seed);
    note_vkey_of(&skey, &vkey);
    note_vkey_format(&vkey, audit_vkey);
    *out = ring;
    return ERR_OK;
}

void
storage_tick(struct storage *storage)
{
    enum err err = audit_tick(storage->audit);

    if (err != ERR_OK) {
        log_failure(LOG_ERROR, "audit_log_not_written", err);
    }
}
