/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/err.h"

const char *
err_text(enum err err)
{
    switch (err) {
#define ERR_CASE(code, text)                                                                       \
    case code:                                                                                     \
        return text;
        ERR_MAP(ERR_CASE)
#undef ERR_CASE
    }
    return "unknown error code";
}
