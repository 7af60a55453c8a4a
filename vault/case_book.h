/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef VAULT_CASE_BOOK_H
#define VAULT_CASE_BOOK_H

#include "vault/cases.h"

/* The summaries of all cases in memory, ordered by number, and who waits for a change.  Rebuilt from the
 * store at each start.  Threads: any. */
struct case_book;

/* Reads all cases.  ERR_CORRUPT, ERR_NOMEM, ERR_UNAVAILABLE, ERR_IO. */
enum err case_book_open(struct vault *vault, struct case_book **out) MUST_CHECK;

/* Takes NULL. */
void case_book_close(struct case_book *book);

/* Makes room for so many new cases, so that putting them cannot fail.  ERR_NOMEM. */
enum err case_book_reserve(struct case_book *book, size_t count) MUST_CHECK;

/* A new case or a change of one; wakes who waits. */
void case_book_put(struct case_book *book, const struct case_summary *summary);

/* The highest number of the year; 0: none yet. */
uint32_t case_book_last_number(struct case_book *book, uint16_t year);

#endif
