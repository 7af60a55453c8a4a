/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_REVIEW_MEMBER_H
#define SERVICES_REVIEW_MEMBER_H

#include <stdint.h>

#include "base/attr.h"
#include "proto/escrow/request.h"
#include "proto/rpc/call.h"
#include "proto/wire/refusal.h"

/* Whether a member of the team, in the registry on this day, has signed the request with a key that holds
 * then.  The gate decides for itself; here it keeps a word that is not the member's out of case and log.
 *
 * REFUSAL_UNKNOWN_MEMBER, REFUSAL_BAD_MEMBER_SIGNATURE. */
enum refusal member_check_release(const struct rpc_call *call, const char *member, uint32_t today,
                                  const struct release_request *request,
                                  const struct signature *signature) MUST_CHECK;
enum refusal member_check_confirm(const struct rpc_call *call, const char *member, uint32_t today,
                                  const struct confirm_request *request,
                                  const struct signature *signature) MUST_CHECK;

#endif
