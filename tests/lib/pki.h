/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_LIB_PKI_H
#define TESTS_LIB_PKI_H

#include <stddef.h>

#include "proto/rpc/tls.h"

/* A certificate authority for a test, with its files in a folder.  What goes wrong ends the test. */
struct pki;

struct pki *pki_new(const char *folder);

/* Takes NULL; the files stay. */
void pki_free(struct pki *pki);

/* What stands in a certificate. */
struct pki_subject {
    const char *serials[2]; /* serialNumbers of the subject; NULL: none */
    long begins_s; /* validity, in seconds from now */
    long ends_s; /* 0: in an hour */
};

/* Issues a certificate for client and server, for localhost and 127.0.0.1; 'name' is used for its files,
 * folder/NAME.pem and folder/NAME.key.  The result lives as long as 'pki'. */
const struct rpc_identity *pki_issue(struct pki *pki, const char *name,
                                     const struct pki_subject *subject);

/* The same for the usual case: one OIN, valid now. */
const struct rpc_identity *pki_issue_oin(struct pki *pki, const char *name, const char *oin);

#endif
