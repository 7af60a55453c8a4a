/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_REGISTRY_DRAFT_H
#define CLIENTS_LIB_REGISTRY_DRAFT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/yaml.h"
#include "proto/escrow/registry.h"

/* From what governance writes down in YAML to the text of a registry, ready to be signed.
 *
 * The services' public keys are taken from the files that 'seinhuis-pseudonymd|vaultd|gated --make-keys'
 * printed, named under 'services'; paths are relative to the description's folder. */

enum { DRAFT_SUBJECT_ROOM = 160 };

struct draft_error {
    char subject[DRAFT_SUBJECT_ROOM]; /* the file, key or entry it is about; "" when not known */
    const char *reason; /* a constant English sentence, NULL: see the others */
    struct yaml_error yaml;
    struct registry_error registry;
};

/* Reads 'path' and builds the registry's text; free() '*out'.
 * ERR_MALFORMED, and the errors of the file system: '*error' says what to mend.  ERR_NOMEM. */
enum err registry_draft_build(const char *path, char **out, size_t *out_len,
                              struct draft_error *error) MUST_CHECK;

#endif
