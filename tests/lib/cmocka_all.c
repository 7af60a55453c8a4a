/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/cmocka_all.h"

void
assert_err_at(enum err wanted, enum err got, const char *call, const char *file, int line)
{
    if (wanted != got) {
        print_error("%s: \"%s\" instead of \"%s\"\n", call, err_text(got), err_text(wanted));
        _fail(file, line);
    }
}

void
assert_ok_at(enum err err, const char *call, const char *file, int line)
{
    assert_err_at(ERR_OK, err, call, file, line);
}
