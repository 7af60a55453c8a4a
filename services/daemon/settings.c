/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "services/daemon/daemon.h"

enum err
settings_u32(const char *name, const char *text, uint32_t otherwise, uint32_t *out)
{
    unsigned long long value = otherwise;

    if (text != NULL) {
        size_t len = strlen(text);

        errno = 0;
        value = strtoull(text, NULL, 10);
        if (len == 0 || strspn(text, "0123456789") != len || errno != 0 || value > UINT32_MAX) {
            daemon_complain("setting", name, "takes a whole number");
            return ERR_MALFORMED;
        }
    }
    *out = (uint32_t) value;
    return ERR_OK;
}
