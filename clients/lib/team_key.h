/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_TEAM_KEY_H
#define CLIENTS_LIB_TEAM_KEY_H

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "proto/escrow/types.h"

/* The CMZ team's X25519 key of a quarter rests only wrapped: one file for each member, sealed to that
 * member's own Ed25519 key (in its X25519 form), so that a member who leaves takes nothing along that
 * others need. */

/* Wraps 'team' for a member; creates 'path', a key file of kind "team-wrapped".
 * ERR_INVALID: 'member' is no key.  ERR_EXISTS and others as keyfile_create. */
enum err team_key_wrap(const char *path, const struct key32 *team,
                       const struct sign_public *member) MUST_CHECK;

/* Unwraps with the member's secret key (libsodium's form).
 * ERR_AUTH: wrapped for another member, or changed.  Else as keyfile_read. */
enum err team_key_unwrap(const char *path, const struct key64 *member,
                         struct key32 *out) MUST_CHECK;

#endif
