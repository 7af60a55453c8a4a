/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/wire/arena.h"

#include <stdalign.h>
#include <string.h>

#include "tests/lib/cmocka_all.h"

static void
assert_all_zero(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(data[i], 0);
    }
}

static void
memory_is_zero_and_aligned(void **state)
{
    struct arena arena;

    (void) state;
    assert_ok(arena_init(&arena, 1024));
    for (size_t len = 0; len < 20; len++) {
        uint8_t *memory = arena_alloc(&arena, len);

        assert_non_null(memory);
        assert_int_equal((uintptr_t) memory % alignof(max_align_t), 0);
        assert_all_zero(memory, len);
        memset(memory, 0xff, len);
    }
    arena_done(&arena);
}

static void
the_cap_is_reached_exactly_and_never_passed(void **state)
{
    struct arena arena;

    (void) state;
    assert_ok(arena_init(&arena, 64));
    assert_null(arena_alloc(&arena, 65));
    assert_true(arena.was_full);
    assert_non_null(arena_alloc(&arena, 63));
    assert_null(arena_alloc(&arena, 1));
    arena_reset(&arena, 32);
    assert_false(arena.was_full);
    assert_null(arena_alloc(&arena, 33));
    assert_non_null(arena_alloc(&arena, 32));
    arena_reset(&arena, SIZE_MAX);
    assert_non_null(arena_alloc(&arena, 64));
    arena_done(&arena);
}

static void
lengths_near_the_end_of_size_t_are_refused(void **state)
{
    struct arena arena;

    (void) state;
    assert_ok(arena_init(&arena, 64));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX - 14));
    assert_null(arena_array(&arena, SIZE_MAX / 2, 4));
    assert_null(arena_copy(&arena, "", SIZE_MAX));
    assert_non_null(arena_array(&arena, 4, 16));
    arena_done(&arena);
}

static void
a_rewind_wipes_what_it_takes_back_and_nothing_else(void **state)
{
    struct arena arena;
    const char *kept = NULL;
    char *wiped = NULL;
    size_t mark = 0;

    (void) state;
    assert_ok(arena_init(&arena, 256));
    kept = arena_copy(&arena, "kept", 4);
    mark = arena_mark(&arena);
    wiped = arena_copy(&arena, "secret", 6);
    assert_string_equal(wiped, "secret");
    arena_rewind(&arena, mark);
    assert_string_equal(kept, "kept");
    assert_all_zero((const uint8_t *) wiped, 6);
    assert_ptr_equal(arena_alloc(&arena, 1), wiped);
    arena_done(&arena);
    arena_done(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zero_and_aligned),
        cmocka_unit_test(the_cap_is_reached_exactly_and_never_passed),
        cmocka_unit_test(lengths_near_the_end_of_size_t_are_refused),
        cmocka_unit_test(a_rewind_wipes_what_it_takes_back_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
