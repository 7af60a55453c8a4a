/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

const struct engine engines[] = { { "lmdb", store_open }, { NULL, NULL } };
const struct engine *engine_now = &engines[0];

void
engine_set_clock(struct engine_case *it, const char *time)
{
    assert_ok(file_replace(it->clock_file, time, strlen(time), 0600));
}

void
engine_reopen(struct engine_case *it, uint64_t map_size)
{
    const struct store_config config = { .folder = it->store_folder,
                                         .map_size = map_size,
                                         .clock = it->clock };

    store_close(it->store);
    it->store = NULL;
    assert_ok(engine_now->open(&config, &it->store));
}

int
engine_setup(void **state)
{
    struct engine_case *it = calloc(1, sizeof *it);

    assert_non_null(it);
    it->folder = temp_folder();
    it->store_folder = temp_path(it->folder, "store");
    it->clock_file = temp_path(it->folder, "clock");
    engine_set_clock(it, ENGINE_FIRST_DAY);
    assert_ok(clock_open(it->clock_file, &it->clock));
    engine_reopen(it, 0);
    *state = it;
    return 0;
}

int
engine_teardown(void **state)
{
    struct engine_case *it = *state;

    store_close(it->store);
    clock_close(it->clock);
    free(it->clock_file);
    free(it->store_folder);
    temp_remove(it->folder);
    free(it);
    return 0;
}

struct store_key
engine_key(enum store_space space, uint16_t month, const char *text)
{
    return store_key(space, month, text, strlen(text));
}

struct store_batch *
engine_batch(void)
{
    struct store_batch *batch = NULL;
    struct store_id id;

    store_id_random(&id);
    assert_ok(store_batch_new(&id, &batch));
    return batch;
}

struct store_result
engine_apply(struct store *store, struct store_batch *batch)
{
    return engine_apply_err(ERR_OK, store, batch);
}

struct store_result
engine_apply_err(enum err wanted, struct store *store, struct store_batch *batch)
{
    struct store_result result = { 0 };

    assert_err(wanted, store_apply(store, batch, &result));
    store_batch_free(batch);
    return result;
}

void
engine_put(struct store *store, struct store_key key, const char *value)
{
    struct store_batch *batch = engine_batch();

    store_batch_put(batch, &key, value, strlen(value));
    engine_apply(store, batch);
}

void
engine_leaf(struct store_batch *batch, uint8_t fill, const char *body)
{
    uint8_t leaf[STORE_LEAF_LEN];

    memset(leaf, fill, sizeof leaf);
    store_batch_leaf(batch, leaf, body, strlen(body));
}
