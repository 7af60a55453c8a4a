/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_QUALITY_COUNT_H
#define VAULT_QUALITY_COUNT_H

#include "vault/cases.h"
#include "vault/component.h"

/* Counts what a comparison said of the linked pairs of a component; its one caller is case_compare.c.  What
 * was counted before is remembered per pair, as long as both reports live, so that a comparison told
 * again counts once.  The caller holds 'changing'.
 *
 * Errors of store_apply and row_put; what is counted by then stays, and is not counted again. */
enum err quality_count(struct vault *vault, const struct component *component,
                       const struct case_link *links, size_t count) MUST_CHECK;

#endif
