/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/session.h"

void
session_done(struct session *session)
{
    *session = (struct session) { .is_json = false };
}
