/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_SESSION_H
#define CLIENTS_SEIN_SESSION_H

#include <stdbool.h>

#include "clients/sein/exit_code.h"

/* What the common options said, and later the rooms that most commands need: configuration, clock,
 * registry and channels, opened when first asked for. */
struct session {
    bool is_json; /* --json */
    const char *language; /* --lang, else NULL */
    const char *config_path; /* --config, else NULL: $SEIN_CONFIG, else ~/.config/sein/sein.yaml */
};

void session_done(struct session *session);

#endif
