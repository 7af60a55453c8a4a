/* SPDX-License-Identifier: EUPL-1.2 */
#include "tests/lib/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/lib/cmocka_all.h"

void
pattern_fill(void *out, size_t len, unsigned int salt)
{
    uint8_t *bytes = out;

    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t) (i * 31 + (i >> 8) + salt);
    }
}

void
assert_golden_at(const char *golden, const void *data, size_t len, const char *file, int line)
{
    char *text = malloc(2 * len + 1);
    int is_equal = 0;

    if (text != NULL) {
        bytes_to_hex(data, len, text);
        is_equal = strcmp(text, golden) == 0;
        if (!is_equal) {
            print_error("wanted %s\ngot    %s\n", golden, text);
        }
    }
    free(text);
    if (!is_equal) {
        _fail(file, line);
    }
}
