/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/storage.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
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

static struct store_key
generation_key(void)
{
    static const char name[] = "keyring generation";

    return store_key(STORE_STATE, 0, name, sizeof name - 1);
}

/* Holds the keyring against the highest generation that the store remembers. */
static enum err
check_generation(struct storage *storage)
{
    const struct store_key key = generation_key();
    struct store_value value = { NULL, 0, 0 };
    struct byte_reader reader;
    enum err err = store_get(storage->store, NULL, &key, &value);

    if (err == ERR_NOT_FOUND) {
        return ERR_OK;
    }
    if (err != ERR_OK) {
        return err;
    }
    byte_reader_init(&reader, value.data, value.len);
    storage->generation = byte_reader_u64(&reader);
    err = byte_reader_finish(&reader) == ERR_OK ? ERR_OK : ERR_CORRUPT;
    store_value_done(&value);
    if (err == ERR_OK && keyring_generation(storage->ring) < storage->generation) {
        err = ERR_ROLLBACK;
    }
    return err;
}

/* Remembers the keyring's generation when it has changed. */
static enum err
keep_generation(struct storage *storage)
{
    const struct store_key key = generation_key();
    uint64_t generation = keyring_generation(storage->ring);
    struct store_batch *batch = NULL;
    struct store_result result;
    struct byte_writer writer;
    struct store_id id;
    uint8_t row[8];
    enum err err;

    if (generation == storage->generation) {
        return ERR_OK;
    }
    byte_writer_init(&writer, row, sizeof row);
    byte_writer_u64(&writer, generation);
    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    if (err == ERR_OK) {
        store_batch_put(batch, &key, row, writer.len);
        err = store_apply(storage->store, batch, &result);
    }
    if (err == ERR_OK) {
        storage->generation = generation;
    }
    store_batch_free(batch);
    return err;
}

enum err
storage_open(const struct daemon_config *config, struct clock *clock, struct storage *out)
{
    const struct keyring_unlock unlock = { .key_file = config->keys.root };
    struct storage storage = { .ring = NULL };
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
    err = check_generation(&storage);
    if (err == ERR_OK) {
        err = keep_generation(&storage);
    }
    if (err != ERR_OK) {
        daemon_complain("keys", config->keys.ring,
                        err == ERR_ROLLBACK
                            ? "older than the store has seen it; put the newest back"
                            : err_text(err));
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
    storage = (struct storage) { .ring = NULL };
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
    *storage = (struct storage) { .ring = NULL };
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
    err = keep_generation(storage);
    if (err != ERR_OK) {
        log_failure(LOG_ERROR, "keyring_generation_not_kept", err);
    }
}
