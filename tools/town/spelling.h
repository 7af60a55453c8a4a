/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_SPELLING_H
#define TOOLS_TOWN_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "tools/town/rng.h"

/* How texts change on their way into somebody's system.  All texts are NUL-terminated UTF-8 in a
 * buffer of 'room' bytes, changed in place. */

/* Takes the marks off letters ("Yılmaz" -> "Yilmaz").
 * ERR_MALFORMED: not UTF-8, or a letter that has no plain form.  ERR_TOO_BIG. */
enum err spelling_to_ascii(char *text, size_t room) MUST_CHECK;

/* Capital letters.  ERR_MALFORMED, ERR_TOO_BIG as above. */
enum err spelling_to_upper(char *text, size_t room) MUST_CHECK;

/* One slip in a name: as it sounds (ij for y, c for k), two letters changed over, one doubled,
 * dropped or mistyped.  Only plain letters are touched, never the first one of the text. Returns
 * whether the text changed; a text too short for it stays. */
bool spelling_slip_name(struct rng *rng, char *text, size_t room);

/* One slip in "YYYY-MM-DD": day and month changed over, or one digit mistyped, so that the result
 * still is a day that exists, is in the same century and is no later than the year 'latest'.
 * Returns whether the text changed. */
bool spelling_slip_date(struct rng *rng, char *text, int latest);

/* A letter typed as one beside it on the keyboard, in any direction.  Returns as above. */
bool spelling_slip_key(struct rng *rng, char *text);

/* Two neighbouring digits changed over, the first of them never becoming 0; in a date so that the result
 * still is a day that exists, is no later than the year 'latest' and in a century of ours. */
bool spelling_swap_digits(struct rng *rng, char *text);
bool spelling_swap_in_date(struct rng *rng, char *text, int latest);

/* One slip in "1234AB": another last letter, or the last digits changed over; still a postcode. */
bool spelling_slip_postcode(struct rng *rng, char *text);

/* One slip in a house number: one digit more by accident, or one beside it. */
bool spelling_slip_number(struct rng *rng, char *text, size_t room);

#endif
