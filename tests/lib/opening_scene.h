/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_OPENING_SCENE_H
#define TESTS_LIB_OPENING_SCENE_H

#include "clients/lib/identity.h"
#include "clients/lib/opening.h"
#include "tests/lib/casework.h"
#include "tests/lib/filing.h"

/* A case on its way to being opened: reports about made-up persons, and what the gate answered. */

enum { FILED_MAX = 12 };

struct scene {
    struct casework work;
    struct filing filed[FILED_MAX];
    const struct filing *list[FILED_MAX];
    size_t count;
    struct opening *opening;
    struct casework_answer released;
    struct casework_answer confirmed;
};

struct filing_plan {
    uint32_t serial;
    const char *match_keys;
    const struct identity_input *who;
    uint8_t mode;
    uint16_t told_domains; /* 0: those of the content */
};

extern const struct identity_input JOHANNA;
extern const struct identity_input PETRA;
extern const struct identity_input INITIAL;

/* cmocka set-up and tear-down, steps of a story, and what must hold; a failure ends the test. */
void scene_file(struct scene *scene, const struct filing_plan *plan);
int scene_new(void **state);
int scene_free(void **state);
void scene_release(struct scene *scene);
void scene_add(struct scene *scene);
void scene_take_release(struct scene *scene);
void scene_is_in_state(const struct scene *scene, size_t at, enum opening_state state);
void scene_is_dropped(const struct scene *scene, size_t at, enum opening_fault fault);
void scene_file_two(struct scene *scene);
struct opening_answer scene_given(const struct casework_answer *from);

/* One test with a scene of its own. */
#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_new, scene_free)

#endif
