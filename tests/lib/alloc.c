/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/alloc.h"

#include <errno.h>
#include <stdatomic.h>

/* NOLINTBEGIN(*-reserved-identifier,*-naming,cert-dcl*): the linker gives these names (--wrap). */
void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *old, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *old, size_t len);

static atomic_size_t left;
static atomic_bool has_failed;

void
alloc_fail_at(size_t nth)
{
    atomic_store(&has_failed, false);
    atomic_store(&left, nth);
}

bool
alloc_has_failed(void)
{
    atomic_store(&left, 0);
    return atomic_load(&has_failed);
}

static bool
must_fail(void)
{
    size_t now = atomic_load(&left);

    while (now > 0 && !atomic_compare_exchange_weak(&left, &now, now - 1)) { }
    if (now != 1) {
        return false;
    }
    atomic_store(&has_failed, true);
    errno = ENOMEM;
    return true;
}

void *
__wrap_malloc(size_t len)
{
    return must_fail() ? NULL : __real_malloc(len);
}

void *
__wrap_calloc(size_t count, size_t len)
{
    return must_fail() ? NULL : __real_calloc(count, len);
}

void *
__wrap_realloc(void *old, size_t len)
{
    return must_fail() ? NULL : __real_realloc(old, len);
}
/* NOLINTEND(*-reserved-identifier,*-naming,cert-dcl*) */
