/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_CMOCKA_ALL_H
#define TESTS_LIB_CMOCKA_ALL_H

/* cmocka wants these in this order before its own header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

/* Fails with the error's text rather than a number. */
#define assert_ok(call) assert_ok_at((call), #call, __FILE__, __LINE__)
#define assert_err(wanted, call) assert_err_at((wanted), (call), #call, __FILE__, __LINE__)

void assert_ok_at(enum err err, const char *call, const char *file, int line);
void assert_err_at(enum err wanted, enum err got, const char *call, const char *file, int line);

#endif
