/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_CLIENT_H
#define CLIENTS_LIB_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/yaml.h"
#include "clients/lib/config.h"
#include "proto/escrow/registry.h"
#include "proto/rpc/channel.h"

/* What every client has: its configuration, a clock, the verified registry, and channels to the
 * services, each opened when it is first asked for.  Used by one thread. */
struct client;

/* What went wrong while a client was opened or a channel was asked for; X(code, sentence for people). */
#define CLIENT_PROBLEM_MAP(X)                                                                      \
    X(CLIENT_FINE, "nothing is wrong")                                                             \
    X(CLIENT_NO_CONFIG, "there is no configuration file")                                          \
    X(CLIENT_BAD_CONFIG, "the configuration file cannot be used")                                  \
    X(CLIENT_BAD_STATE, "the folder for the client's own files cannot be used")                    \
    X(CLIENT_BAD_CLOCK, "the clock file cannot be read")                                           \
    X(CLIENT_NO_DEMONSTRATION, "a clock file is only for a demonstration, which this is not")      \
    X(CLIENT_NO_REGISTRY, "the registry cannot be read")                                           \
    X(CLIENT_BAD_GOVERNANCE,                                                                       \
      "a governance key in the configuration is not a key, or one is alone")                       \
    X(CLIENT_BAD_REGISTRY, "the registry is not acceptable; nothing was sent")                     \
    X(CLIENT_NOT_IN_REGISTRY, "this organisation is not in the registry, or its entry has ended")  \
    X(CLIENT_OTHER_ROLE, "this organisation has another role in the registry")                     \
    X(CLIENT_NO_ADDRESS, "the configuration does not say where this service is")                   \
    X(CLIENT_NO_SERVICE, "the registry names no such service")                                     \
    X(CLIENT_BAD_IDENTITY, "the certificate, its key or the CA cannot be used")                    \
    X(CLIENT_ENDED_IDENTITY, "the certificate has expired, or is not valid yet; nothing was sent") \
    X(CLIENT_NO_MEMORY, "out of memory")

#define CLIENT_PROBLEM_ENUM(code, text) code,
enum client_problem { CLIENT_PROBLEM_MAP(CLIENT_PROBLEM_ENUM) };
#undef CLIENT_PROBLEM_ENUM

/* The constant English sentence; never NULL. */
const char *client_problem_text(enum client_problem problem);

enum { CLIENT_SUBJECT_ROOM = 256 };

struct client_error {
    enum client_problem problem;
    enum err err; /* the cause */
    char subject[CLIENT_SUBJECT_ROOM]; /* the file, key or OIN it is about; "" when none */
    struct yaml_error yaml; /* with CLIENT_BAD_CONFIG */
    struct registry_error registry; /* with CLIENT_BAD_REGISTRY */
};

/* Opens a client by the configuration file 'path'.  The registry is verified against the pinned
 * governance keys, must hold today, and must follow the one that this user accepted last, which is kept
 * in the state folder.
 *
 * Every error but ERR_OK: '*error' says what to tell the user. */
enum err client_open(const char *path, struct client **out, struct client_error *error) MUST_CHECK;

/* Takes NULL. */
void client_close(struct client *client);

const struct client_config *client_config(const struct client *client);
const struct registry *client_registry(const struct client *client);
struct clock *client_clock(struct client *client);
uint32_t client_today(struct client *client); /* days since 1970, by its clock */

/* Our own entry in the registry.
 * ERR_NOT_FOUND (CLIENT_NOT_IN_REGISTRY); ERR_DENIED (CLIENT_OTHER_ROLE). */
enum err client_party(struct client *client, enum party_role role,
                      const struct registry_party **out, struct client_error *error) MUST_CHECK;

/* The channel to the pseudonym service, the vault or the gate (by role), which is checked against the
 * OIN that the registry names.  Belongs to the client.  Does not connect yet.
 *
 * ERR_NOT_FOUND: CLIENT_NO_ADDRESS or CLIENT_NO_SERVICE.
 * ERR_EXPIRED: CLIENT_ENDED_IDENTITY.
 * Else as rpc_channel_open: CLIENT_BAD_IDENTITY. */
enum err client_channel(struct client *client, enum party_role service, struct rpc_channel **out,
                        struct client_error *error) MUST_CHECK;

/* Where the configuration says that a service is; NULL: nowhere. */
const char *client_address(const struct client *client, enum party_role service);

#endif
