/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_REGISTER_H
#define CLIENTS_LIB_REGISTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "clients/lib/journal.h"

/* The organisation's own list, on its own machine, of which report has which reference: the vault knows
 * the one, the organisation's files the other.  One line of text for each in the state folder, mode 0600:
 * rid, row key, day, reference. */
struct register_book;

struct register_entry {
    struct rid rid;
    struct journal_key row; /* as in journal.h */
    uint32_t day; /* of the receipt */
    const char *reference; /* belongs to the book */
};

/* Opens or makes STATE/register.  ERR_EXISTS: another process has it open.  ERR_CORRUPT: a line is
 * damaged.  ERR_DENIED, ERR_IO, ERR_NOMEM. */
enum err register_open(const char *state_folder, struct register_book **out) MUST_CHECK;

/* Takes NULL. */
void register_close(struct register_book *book);

/* Adds a line; the newest of a reference counts.  ERR_FULL, ERR_IO, ERR_NOMEM. */
enum err register_add(struct register_book *book, const struct register_entry *entry) MUST_CHECK;

/* ERR_NOT_FOUND. */
enum err register_by_rid(const struct register_book *book, const struct rid *rid,
                         struct register_entry *out) MUST_CHECK;
enum err register_by_reference(const struct register_book *book, const char *reference,
                               struct register_entry *out) MUST_CHECK;

#endif
