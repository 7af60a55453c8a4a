/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_PATTERN_H
#define TESTS_LIB_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* Fixed bytes in place of random ones, as tests/vectors/escrow.py makes them. */
void pattern_fill(void *out, size_t len, unsigned int salt);

/* Fails the test unless 'data' is what the hexadecimal 'golden' says. */
#define assert_golden(golden, data, len)                                                           \
    assert_golden_at((golden), (data), (len), __FILE__, __LINE__)
void assert_golden_at(const char *golden, const void *data, size_t len, const char *file, int line);

#endif
