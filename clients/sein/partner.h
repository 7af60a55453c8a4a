/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_SEIN_PARTNER_H
#define CLIENTS_SEIN_PARTNER_H

#include "clients/lib/batch.h"
#include "clients/lib/batch_rpc.h"
#include "clients/sein/session.h"

/* What every command that files signals needs.  Functions tell the user what is wrong and return the code
 * to exit with. */
struct partner {
    struct session *session;
    const struct registry_party *party;
    struct report_filer filer;
    struct filing *filing;
    struct register_book *book;
    struct journal *journal;
    struct batch_rpc *rpc;
    struct key32 user_key;
};

/* Who we are, by configuration and registry, without files and connections. */
enum exit_code partner_open(struct session *session, struct partner *out) MUST_CHECK;

/* Opens signing key, register, channels and the journal 'path' (NULL: the outbox in the state folder). */
enum exit_code partner_prepare(struct partner *partner, const char *path) MUST_CHECK;

/* Wipes and closes; takes one that is all zero. */
void partner_done(struct partner *partner);

/* A batch with everything of the partner's; source and hooks are the caller's. */
struct batch partner_batch(const struct partner *partner);

/* Tells why a run stopped; EXIT_CODE_OK when it did not. */
enum exit_code partner_say_stop(const struct partner *partner,
                                const struct batch_stop *stop) MUST_CHECK;

/* "what, reason": one problem of one report, on standard error. */
void partner_say_problem(const struct report_problem *problem);

/* Prints the receipt of one signal, for people or as JSON. */
enum exit_code partner_print_receipt(const struct partner *partner, const char *reference,
                                     const struct rid *rid,
                                     const Seinhuis__V1__SubmitResponse *response) MUST_CHECK;

#endif
