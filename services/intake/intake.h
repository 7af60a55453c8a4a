/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef SERVICES_INTAKE_INTAKE_H
#define SERVICES_INTAKE_INTAKE_H

#include "base/attr.h"
#include "base/clock.h"
#include "base/secret.h"
#include "proto/rpc/server.h"
#include "services/daemon/roster.h"
#include "services/daemon/storage.h"

/* The service of intake.proto: partners file signals and list their own. */

struct vault;

struct intake {
    struct storage *storage;
    struct vault *vault;
    struct roster *roster;
    struct clock *clock;
    struct secret *receipt_key; /* Ed25519, in libsodium's form */
};

/* Borrows all but the receipt key, which it takes from the keyring.
 * ERR_NOT_FOUND: the keyring has no receipt key (--make-keys).  ERR_NOMEM. */
enum err intake_init(struct intake *intake, struct storage *storage, struct vault *vault,
                     struct roster *roster, struct clock *clock) MUST_CHECK;
void intake_done(struct intake *intake);

/* 'intake' must outlive the server. */
struct rpc_service intake_service(struct intake *intake);

#endif
