/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_ENGINE_H
#define TESTS_LIB_ENGINE_H

#include "vault/store/store.h"

/* A store in a folder of its own, opened by one of the engines: the tests of the storage
 * interface know nothing else about what is behind it.  A new engine gets a line in engines[] of
 * engine.c. */

struct engine {
    const char *name;
    enum err (*open)(const struct store_config *config, struct store **out);
};

/* Set by the test's main for each engine in turn. */
extern const struct engine *engine_now;

/* The engines; the last one has no name. */
extern const struct engine engines[];

struct engine_case {
    char *folder; /* holds the store in "store" and the clock in "clock" */
    char *store_folder;
    char *clock_file;
    struct clock *clock;
    struct store *store;
};

/* The day on which each case begins. */
#define ENGINE_FIRST_DAY "2026-03-01T12:00:00Z"

/* cmocka set-up and tear-down: '*state' becomes a struct engine_case with an open store. */
int engine_setup(void **state);
int engine_teardown(void **state);

/* Opens it again, as after an end of the process. */
void engine_reopen(struct engine_case *it, uint64_t map_size);

/* Moves the clock; "YYYY-MM-DDThh:mm:ssZ". */
void engine_set_clock(struct engine_case *it, const char *time);

/* ---- short forms; a failure ends the test ---- */

/* A key of text, and a batch under a random name. */
struct store_key engine_key(enum store_space space, uint16_t month, const char *text);
struct store_batch *engine_batch(void);

/* Applies and frees; returns the result. */
struct store_result engine_apply(struct store *store, struct store_batch *batch);

/* Applies and frees a batch that must end with 'wanted'. */
struct store_result engine_apply_err(enum err wanted, struct store *store,
                                     struct store_batch *batch);

/* Puts one row. */
void engine_put(struct store *store, struct store_key key, const char *value);

/* A leaf whose commitment is 'fill' in each byte. */
void engine_leaf(struct store_batch *batch, uint8_t fill, const char *body);

#endif
