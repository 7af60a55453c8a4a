/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/exit_code.h"

enum exit_code
exit_code_of(enum err err)
{
    switch (err) {
        case ERR_OK:
            return EXIT_CODE_OK;
        case ERR_MALFORMED:
        case ERR_INVALID:
        case ERR_NOT_FOUND:
        case ERR_TOO_BIG:
            return EXIT_CODE_INPUT;
        case ERR_UNAVAILABLE:
        case ERR_UNKNOWN:
            return EXIT_CODE_UNREACHABLE;
        case ERR_DENIED:
        case ERR_QUOTA:
        case ERR_EXPIRED:
        case ERR_STATE:
        case ERR_CONFLICT:
        case ERR_REPLAY:
        case ERR_UNSUPPORTED:
            return EXIT_CODE_REFUSED;
        case ERR_AUTH:
        case ERR_ROLLBACK:
            return EXIT_CODE_UNTRUSTED;
        case ERR_NOMEM:
        case ERR_EXISTS:
        case ERR_FULL:
        case ERR_CORRUPT:
        case ERR_IO:
        case ERR_INTERNAL:
            return EXIT_CODE_FAILED;
    }
    return EXIT_CODE_FAILED;
}
