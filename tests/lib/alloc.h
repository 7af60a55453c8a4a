/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_ALLOC_H
#define TESTS_LIB_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* Lets the n-th allocation fail.  Link 'failalloc' for it: our own objects then reach malloc,
 * calloc and realloc through here; libraries do not. */

/* The 'nth' allocation from now on fails, and no other; 0: none. */
void alloc_fail_at(size_t nth);

/* Whether it came to that; ends the waiting. */
bool alloc_has_failed(void);

#endif
