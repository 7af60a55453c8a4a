/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_SOUNDCODE_H
#define CLIENTS_LIB_SOUNDCODE_H

#include "base/secret.h"
#include "clients/lib/country.h"

enum { SOUND_ROOM = 20 };

/* How a name sounds, or its letters, cut to what a key needs. */
struct sound {
    char text[SOUND_ROOM];
};
WIPED_KIND(sound)

/* The sound code of a normalised name by the country's steps: consonants, doubles made one, a
 * vowel only at the start and there always 'a'.  "" for "". */
void sound_of(const struct identity_rules *rules, const char *name, struct sound *out);

/* The first 'len' letters of a normalised name, spellings of one letter made one ("ij" is "y"). */
void letters_of(const struct identity_rules *rules, const char *name, size_t len,
                struct sound *out);

/* The first 'len' characters of a text. */
void prefix_of(const char *text, size_t len, struct sound *out);

#endif
