/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_DAEMON_SETTINGS_H
#define SERVICES_DAEMON_SETTINGS_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* Reads the number of a setting, or takes 'otherwise' when 'text' is NULL.  Complains to the operator.
 * ERR_MALFORMED: anything but decimal digits, or beyond 32 bits. */
enum err settings_u32(const char *name, const char *text, uint32_t otherwise,
                      uint32_t *out) MUST_CHECK;

#endif
